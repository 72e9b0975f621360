"""The facts of one account as the checks look them up: identifiers, amounts in thousandths, dates; built once per ``CheckInput``.

Everything that would cost time per invoice is computed for the invoices a text names, not for all 351 an account may have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from .fold import fold
from .numbers import fact_amount
from .readings import spaced_pattern

_RESOLVED = frozenset("closed resolved dismissed rejected withdrawn settled".split())
# A number to dial; the hours behind it ("9:00", "8 h 30") are none of it.
_DIALLED = re.compile(r"(?<![\d:])[+(]{0,2}\d[\d ()/.-]{3,}\d(?![\d:]| ?(?:h|am|pm|uhr)\b)", re.I)
_SHORTEST = 5
_LOOKALIKE = str.maketrans("OILSBZGQ", "01158260")


def compact(text: str) -> str:
    """``fi-20 417`` → ``FI20417``: the form in which spellings of one identifier meet."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def skeleton(text: str) -> str:
    """Look-alikes made equal (O/0, I/l/1, S/5, B/8, Z/2, G/6)."""
    return compact(text.replace("l", "1")).translate(_LOOKALIKE)


@lru_cache(maxsize=20_000)
def simple(text: str) -> str:
    """Lower case without accents, ß as s: the form of ``Folded.plain``."""
    return fold(text).plain


class Ref:
    """An identifier that is a fact: ``kind`` invoice, po, credit, ticket, term or account; ``row`` the facts row it comes from."""

    __slots__ = ("kind", "name", "row")

    def __init__(self, kind: str, name: str, row: Mapping[str, Any]) -> None:
        self.kind, self.name, self.row = kind, name, row


class Invoice:
    """One invoice of the facts with its money in thousandths."""

    __slots__ = ("amount", "currency", "days", "due", "issued", "number", "open", "po", "status")

    def __init__(self, row: Mapping[str, Any], currency: str) -> None:
        self.number = str(row["number"])
        self.amount = fact_amount(str(row.get("amount", "")))
        self.open = fact_amount(str(row.get("open", row.get("amount", ""))))
        self.issued, self.due = str(row.get("issued") or ""), str(row.get("due") or "")
        self.days, self.po = row.get("days_overdue"), str(row.get("po") or "")
        self.currency, self.status = str(row.get("currency") or currency), str(row.get("status") or "")

    def days_overdue(self, as_of: date | None) -> int | None:
        """Days past the due date on ``as_of``; negative before it; None when the due date is unknown."""
        if as_of is not None and self.due:
            return (as_of - date.fromisoformat(self.due[:10])).days
        return int(self.days) if self.days is not None else None


class Facts:
    """Lookups over one facts mapping; raises ``KeyError``/``ValueError`` on facts that break the format (the caller fails closed)."""

    def __init__(self, facts: Mapping[str, Any], as_of: date | None) -> None:
        self.raw = facts
        self.as_of = as_of or (date.fromisoformat(str(facts["as_of"])[:10]) if facts.get("as_of") else None)
        self.currency = str(facts.get("currency") or "")
        self.rows: list[Mapping[str, Any]] = list(facts.get("invoices") or ())
        self.ids: dict[str, Ref] = {}
        self._invoices: dict[str, Invoice] = {}
        self._index()

    def _index(self) -> None:
        ids = self.ids
        for row in self.rows:
            number = str(row["number"])
            if row.get("po"):
                po = str(row["po"])
                ids[po.upper()] = ids[compact(po)] = Ref("po", po, row)
            ids[number.upper()] = ids[compact(number)] = Ref("invoice", number, row)
        for kind, key, name in (("credit", "credit_notes", "number"), ("ticket", "disputes", "ticket"), ("term", "approved_terms", "ref")):
            for row in self.raw.get(key) or ():
                if row.get(name):
                    ids[str(row[name]).upper()] = ids[compact(str(row[name]))] = Ref(kind, str(row[name]), row)
        for row in (*(self.raw.get("payments") or ()), *(self.raw.get("credit_notes") or ())):
            number = str(row.get("invoice") or "")
            if number and number.upper() not in ids:  # paid or credited, and no longer on the list: nothing is open on it
                ids[number.upper()] = ids[compact(number)] = Ref("invoice", number, {"number": number, "open": "0", "status": "paid"})
        account = str((self.raw.get("customer") or {}).get("account_id") or "")
        if account:
            ids[account.upper()] = ids[compact(account)] = Ref("account", account, self.raw["customer"])
        ids.pop("", None)

    @cached_property
    def spaced_ids(self) -> re.Pattern[str] | None:
        """Identifiers with spaces or brackets in them, as one expression."""
        return spaced_pattern({ref.name for ref in self.ids.values()})

    @cached_property
    def tails(self) -> dict[str, Ref | None]:
        """Last digits of an invoice number (three or more) → the invoice; None where several end alike."""
        found: dict[str, Ref | None] = {}
        for row in self.rows:
            run = re.search(r"(\d{3,})\W*[A-Za-z]?$", str(row["number"]))
            if run and run[1] != str(row["number"]):
                for tail in {run[1], run[1].lstrip("0")} if len(run[1].lstrip("0")) > 2 else {run[1]}:
                    found[tail] = None if tail in found else self.ids[str(row["number"]).upper()]
        return found

    def invoice(self, number: str) -> Invoice:
        """The invoice of that exact number; raises ``KeyError`` when it is not a fact."""
        found = self._invoices.get(number)
        if found is None:
            found = self._invoices[number] = Invoice(self.ids[number.upper()].row, self.currency)
        return found

    @cached_property
    def invoices(self) -> list[Invoice]:
        """All invoices, in the order of the facts."""
        return [self.invoice(str(row["number"])) for row in self.rows]

    @cached_property
    def phones(self) -> tuple[str, ...]:
        """Digits of each telephone number in the sender's line, which may also hold hours, an extension or a second number."""
        line = str((self.raw.get("sender") or {}).get("phone") or "")
        found = (re.sub(r"\D", "", number.replace("(0)", "")) for number in _DIALLED.findall(line))
        return tuple(digits for digits in found if len(digits) >= _SHORTEST)

    @property
    def phone(self) -> str:
        """Digits of the first of them."""
        return self.phones[0] if self.phones else ""

    @cached_property
    def addresses(self) -> frozenset[str]:
        """E-mail addresses on record for this message: the sender's, the contact's, further ones."""
        rows = (self.raw.get("sender") or {}, self.raw.get("contact") or {})
        return frozenset(str(value).lower() for value in (*(row.get("email") or "" for row in rows), *(self.raw.get("emails") or ())))

    @cached_property
    def total(self) -> int | None:
        """``total_open`` of the facts, in thousandths of ``currency``."""
        value = self.raw.get("total_open")
        return None if value in (None, "") else fact_amount(str(value))

    @cached_property
    def totals(self) -> dict[str, int]:
        """What the account owes per currency: the registered totals, or sums of open amounts where none are registered."""
        found = {
            code: amount
            for code, text in (self.raw.get("totals") or self.raw.get("totals_open") or {}).items()
            if (amount := fact_amount(str(text))) is not None
        }
        if not found:
            for invoice in self.invoices:
                found[invoice.currency] = found.get(invoice.currency, 0) + (invoice.open or 0)
        if self.total is not None and self.currency and len(found) <= 1:
            found[self.currency] = self.total
        return found

    @cached_property
    def disputed(self) -> dict[str, Mapping[str, Any]]:
        """Invoice number → its dispute, for disputes that are still open."""
        return {
            str(row.get("invoice")): row
            for row in self.raw.get("disputes") or ()
            if str(row.get("status") or "open").lower() not in _RESOLVED
        }

    def sums(self, overdue: bool = False, undisputed: bool = False) -> dict[str, int]:
        """Open amounts per currency over all overdue and/or all undisputed invoices: true totals a text may name as such."""
        found: dict[str, int] = {}
        for invoice in self.invoices:
            late = invoice.days_overdue(self.as_of)
            if (overdue and (late is None or late <= 0)) or (undisputed and invoice.number in self.disputed):
                continue
            found[invoice.currency] = found.get(invoice.currency, 0) + (invoice.open or 0)
        return found

    @cached_property
    def payments(self) -> list[Mapping[str, Any]]:
        """Payments received, as given."""
        return list(self.raw.get("payments") or ())

    @cached_property
    def credits(self) -> list[Mapping[str, Any]]:
        """Posted credit notes, as given."""
        return list(self.raw.get("credit_notes") or ())

    @cached_property
    def terms(self) -> list[Mapping[str, Any]]:
        """Approved commercial terms, as given."""
        return list(self.raw.get("approved_terms") or ())

    @cached_property
    def schedule(self) -> list[tuple[int | None, str]]:
        """(amount, date) of every instalment of every approved term."""
        return [
            (fact_amount(str(row.get("amount", ""))), str(row.get("date") or ""))
            for term in self.terms
            for row in term.get("schedule") or ()
        ]

    @cached_property
    def term_amounts(self) -> set[int]:
        """Every amount an approved term names."""
        extra = {fact_amount(str(term[key])) for term in self.terms for key in ("amount", "total") if term.get(key) is not None}
        return {amount for amount, _ in self.schedule if amount is not None} | {amount for amount in extra if amount is not None}

    @cached_property
    def term_totals(self) -> set[int]:
        """What the instalments of each approved term add up to."""
        schedules = [[fact_amount(str(part.get("amount", ""))) for part in term.get("schedule") or ()] for term in self.terms]
        return {sum(amount or 0 for amount in amounts) for amounts in schedules if amounts}

    @cached_property
    def known_names(self) -> str:
        """Words of customer, contact, sender and who approved a term in one simple string, for "is this name one of ours or theirs"."""
        rows = (self.raw.get("customer"), self.raw.get("contact"), self.raw.get("sender"))
        approvers = [str(term.get("approved_by") or "") for term in self.terms]
        return simple(" ".join([*(str(value) for row in rows if row for value in row.values() if value), *approvers]))

    @cached_property
    def name_tokens(self) -> frozenset[str]:
        """The single words of ``known_names``."""
        return frozenset(re.findall(r"[^\W_]+", self.known_names))

    @cached_property
    def all_dates(self) -> frozenset[str]:
        """Every ISO day anywhere in the facts."""
        return frozenset(_walk_dates(self.raw))

    @cached_property
    def digit_runs(self) -> frozenset[str]:
        """Every run of digits in names, addresses and contact data (a street number is no wrong amount)."""
        return frozenset(re.findall(r"\d+", self.known_names))

    @cached_property
    def skeletons(self) -> dict[str, str]:
        """Skeleton of each identifier → the identifier, to name what a look-alike imitates."""
        return {skeleton(ref.name): ref.name for ref in self.ids.values()}

    @cached_property
    def policy_numbers(self) -> list[str]:
        """Figures of the late-fee policy and the approved terms, schedules left out, as written there."""
        policy = self.raw.get("late_fee_policy")
        rows = [policy] if isinstance(policy, dict) else []
        rows += [term for term in self.terms if isinstance(term, dict)]
        values = [str(value) for row in rows for key, value in row.items() if key not in {"schedule", "ref", "expires", "invoices"}]
        return [number for value in values for number in re.findall(r"\d+(?:\.\d+)?", value)]


def _walk_dates(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key != "live":
                yield from _walk_dates(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _walk_dates(inner)
    elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value):
        yield value[:10]
