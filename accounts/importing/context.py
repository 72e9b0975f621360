"""What an import knows besides the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from governance.models import Portfolio, User


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for. Empty strings mean: find out, and ask when in doubt."""

    layout: str = ""
    as_of: date | None = None
    currency: str = ""
    placeholder_contacts: bool = False
    accept_partial: bool = False
    date_order: str = ""
    decimal: str = ""
    encoding: str = ""
    upload: bool = False

    def as_json(self) -> dict[str, object]:
        """For the run's record; a confirm runs with exactly these."""
        return {
            "layout": self.layout,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "currency": self.currency,
            "placeholder_contacts": self.placeholder_contacts,
            "accept_partial": self.accept_partial,
            "date_order": self.date_order,
            "decimal": self.decimal,
            "encoding": self.encoding,
        }


@dataclass(slots=True)
class Context:
    """One import: where it goes, as of when, by whom. ``now`` is the moment of the run; ``vendor`` the database's."""

    portfolio: Portfolio
    options: Options
    now: datetime
    by: User | None
    vendor: str
    users: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    as_of: date = field(init=False)
    day: str = field(init=False)

    def __post_init__(self) -> None:
        """``as_of`` is the day the book is as of (rows issued later are not in it yet), ``day`` its ISO text."""
        self.as_of = self.options.as_of or self.now.astimezone(UTC).date()
        self.day = self.as_of.isoformat()

    @property
    def pk(self) -> int:
        """Id of the portfolio; 0, which matches no row, while it does not exist yet."""
        return int(self.portfolio.pk or 0)

    @property
    def as_of_moment(self) -> datetime:
        """The moment the data is good for: now, or the end of an earlier day."""
        end = datetime.combine(self.as_of, time(23, 59, 59), tzinfo=UTC)
        return min(self.now, end)

    @property
    def currency(self) -> str:
        """Currency of amounts that state none."""
        return self.options.currency or self.portfolio.currency

    def note(self, words: str) -> None:
        """Say something once, in the output and on the screen."""
        if words not in self.notes:
            self.notes.append(words)
