"""The vocabulary of the canonical set: a column, and a kind of file."""

from __future__ import annotations

from dataclasses import dataclass, field

ACCOUNT = "account"
INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical file.

    ``type``: text, email, choice, currency, country, zone, bool, maybe (bool or empty), date, moment, int, amount, user, account, invoice.
    ``target`` is the column of the database table (empty: used by the row rule only). ``blank`` is what an empty cell stores.
    """

    name: str
    type: str
    target: str
    meaning: str
    example: str
    required: bool = False
    size: int = 0
    choices: tuple[str, ...] = ()
    blank: object = ""

    @property
    def format(self) -> str:
        """The format in words, for the documentation and for messages."""
        if self.type == "choice":
            return "one of " + ", ".join(self.choices)
        if self.type == "text":
            return f"text, at most {self.size} characters" if self.size else "text, at most 8 kB"
        return FORMATS[self.type]


FORMATS = {
    "email": "an e-mail address",
    "currency": "a currency code of ISO 4217, for example EUR",
    "country": "a country code of two letters, for example DE",
    "zone": "a time zone such as Europe/Berlin",
    "bool": "yes or no",
    "maybe": "yes, no, or empty when not known",
    "date": "a date such as 2026-05-31",
    "moment": "a moment such as 2026-05-31T14:05:00+02:00",
    "int": "a whole number of days",
    "amount": "an amount such as 1234.56",
    "user": "the user name of a person in Collections Desk",
    "account": "an account number of the book",
    "invoice": "an invoice number of the same account",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its table, its natural key, its columns. ``key`` names the column that identifies a row within its scope."""

    name: str
    model: str
    key: str
    scope: str  # "portfolio" or "account": within what the key is unique
    source: str  # the kind of Source its rows come from
    columns: tuple[Column, ...]
    derived: tuple[str, ...] = field(default=())  # target columns the row rule always states

    @property
    def required(self) -> tuple[str, ...]:
        """Columns a file of this kind must have."""
        return tuple(c.name for c in self.columns if c.required or c.name == self.key)

    @property
    def by_name(self) -> dict[str, Column]:
        """Columns by their name in the file."""
        return {c.name: c for c in self.columns}
