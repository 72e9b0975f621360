"""A synthetic history from its beginning to its mark on the record, and the databases in which none is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import Account
from collections_site.synthetic import book as books
from collections_site.synthetic import planted
from collections_site.synthetic.planted import RATES, Case
from collections_site.synthetic.playing import WEEK, Play
from collections_site.synthetic.sampling import sample
from collections_site.synthetic.stage import Stage
from collections_site.synthetic.travel import travelling
from governance import clock, synthetic
from governance.models import Installation, Portfolio, SampleResult

PER_MONTH, SAMPLED = 40, 60
# From the beginning of the last round to the end: time to answer and to pay. From the first message of a day to the evening before.
TAIL = timedelta(days=14)
BEGINS = 6


class Refused(Exception):
    """No history is made here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. ``until`` is when the history ends; ``into_existing`` and ``production`` are the two explicit permissions."""

    months: int
    seed: int
    per_month: int = PER_MONTH
    sampled: int = SAMPLED
    code: str = ""
    until: datetime | None = None
    into_existing: bool = False
    production: bool = False

    @property
    def portfolio(self) -> str:
        """The code of the portfolio it becomes."""
        return self.code or f"synthetic-{self.seed}"


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was made, with the truth that was planted."""

    seed: int
    months: int
    portfolio: str
    drafts: int
    refused: int
    labelled: int
    truth: dict[str, Any]
    synthetic: bool = True

    @property
    def told(self) -> dict[str, Any]:
        """As a table of plain values."""
        return asdict(self)


def refuse(wish: Wish) -> None:
    """Raises ``Refused`` where a history would stand among people's data, or where one of this name is."""
    kind = Installation.objects.values_list("kind", flat=True).get(pk=1)
    if kind == Installation.Kind.PRODUCTION and not settings.DEBUG and not wish.production:
        raise Refused(
            "This is a production installation: what is simulated here can never be taken out of its record again. "
            "If it is one for trying things, say --on-production."
        )
    ours = synthetic.portfolio_ids()
    if Account.objects.exclude(portfolio_id__in=ours).exists() and not wish.into_existing:
        raise Refused(
            "This database holds accounts of people. Invented messages, disputes and payments would stand among theirs in every measure of "
            "all portfolios, and the record is append-only. Use an empty database, or say --into-existing."
        )
    if Portfolio.objects.filter(code=wish.portfolio).exists():
        raise Refused(f"There is a portfolio {wish.portfolio} already. Choose another --seed or --portfolio.")


def simulate(wish: Wish) -> Simulated:
    """Play a history and mark its portfolio as synthetic for good. Raises ``Refused`` before a row is written, ``ValueError`` for no size.

    One transaction: what fails leaves nothing. No message is sent, none can be: the hand-over is played without a line to any server.
    """
    refuse(wish)
    cases = planted.plant(wish.seed, wish.months, wish.per_month)
    end = wish.until or clock.now()
    with travelling():
        first = _first(end, cases)
        book = _book(wish, cases, first)
        # Before anything happens in it: what asks whether something was simulated must know while it is.
        synthetic.mark(book.portfolio, first.date(), {"seed": wish.seed, "months": wish.months, "portfolio": wish.portfolio, "synthetic": True}, at=end)
        play = _played(book, cases, first, end)
        result = sample(book, {case.number: case for case in cases}, play.invoices, first, end, wish.sampled) if wish.sampled else None
        books.send_home(book)
    return _told(wish, cases, play.stage.refused, result)


def _first(end: datetime, cases: list[Case]) -> datetime:
    """The Tuesday morning of the first round."""
    weeks = max(case.week for case in cases)
    last = (end - TAIL).replace(hour=BEGINS, minute=0, second=0, microsecond=0)
    last -= timedelta(days=(last.weekday() - 1) % 7)
    return last - weeks * WEEK


def _book(wish: Wish, cases: list[Case], first: datetime) -> books.Book:
    customers = planted.customers_of(wish.per_month)
    book = books.create(wish.portfolio, customers, round(customers * RATES.strategic), first)
    return book


def _played(book: books.Book, cases: list[Case], first: datetime, end: datetime) -> Play:
    stage = Stage(book, end)
    stage.now(first)
    play = Play(stage, cases, first)
    play.play()
    return play


def _told(wish: Wish, cases: list[Case], refused: int, result: SampleResult | None) -> Simulated:
    return Simulated(
        wish.seed, wish.months, wish.portfolio, sum(case.words != planted.CLEAR for case in cases), refused,
        result.labelled if result else 0, planted.truth(cases),
    )  # fmt: skip
