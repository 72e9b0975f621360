"""What verifications of the record found, kept: a broken record is said again and again until one finds it whole.

Kept where the nightly look keeps its result, so that there is one answer to "is the record whole?".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from governance.models import ControlResult

if TYPE_CHECKING:
    from governance.ledger import Report
    from governance.ledger_stream import Break

LEDGER = "ledger"  # the control of the matrix
State = ControlResult.State


def keep(report: Report, at: datetime) -> None:
    """Keep what a verification of the whole record found."""
    if not report.whole:
        keep_broken(report.breaks, report.count, at)
        return
    beside = f"as {report.checkpoints} signed checkpoints name it" if report.checkpoints else "no checkpoint to compare with"
    state = State.EVIDENCE if report.checkpoints else State.NONE
    words = f"{report.events} events, every hash computed again, {beside}."
    ControlResult.objects.create(control=LEDGER, state=state, count=report.events, words=words, at=at)


def keep_broken(breaks: Sequence[Break], count: int, at: datetime) -> None:
    """Keep that the record is broken, with the first place; nothing when that is known already."""
    if broken() is None:
        first = breaks[0]
        words = f"chain broken at event {first.number} of {first.stream}, which {first.why}; {count} in all"
        ControlResult.objects.create(control=LEDGER, state=State.FAILING, bad=count, words=words, at=at)


def looks() -> QuerySet[ControlResult]:
    """The verifications that came to a result, the newest first. A look that failed says nothing either way."""
    return ControlResult.objects.filter(control=LEDGER).exclude(state=State.ERROR).order_by("-id")


def broken() -> ControlResult | None:
    """The last verification, when it found the record broken."""
    last = looks().first()
    return last if last is not None and last.state == State.FAILING else None
