"""Looks at controls: run the registered evidence queries, keep every result, say the last one.

A control is only ever shown as good with evidence: no query, no row, a query that failed and a look that is too old are each said as
what they are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from governance.audit import Entry, record
from governance.controls import BY_ID, CONTROLS, Control
from governance.models import ControlResult

if TYPE_CHECKING:
    from governance.models import User

log = logging.getLogger(__name__)

# Looked at every night: what is older than this says nothing about today.
STALE = timedelta(hours=50)


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: rows of evidence, rows that contradict the control, and a sentence for people."""

    count: int
    words: str
    bad: int = 0


@dataclass
class Round:
    """One round of looks at one moment; ``memo`` is shared, so that a costly question is asked once."""

    at: datetime
    memo: dict[str, Any] = field(default_factory=dict)


Query = Callable[[Round], Found]
_QUERIES: dict[str, Query] = {}


def evidence(control_id: str) -> Callable[[Query], Query]:
    """Register the evidence query of a control. Raises ``KeyError`` for one that is not in the matrix."""

    def keep(query: Query) -> Query:
        _QUERIES[BY_ID[control_id].id] = query
        return query

    return keep


def query_of(control_id: str) -> Query | None:
    """The registered query, or None: then nothing is ever claimed about the control."""
    return _QUERIES.get(control_id)


def look(at: datetime, *, by: User | None = None) -> list[ControlResult]:
    """Look at every control now, keep the results and record the act with how many were of each state."""
    around = Round(at)
    results = [_result(control, around) for control in CONTROLS]
    with transaction.atomic():
        ControlResult.objects.bulk_create(results)
        states = [result.state for result in results]
        data = {state: states.count(state) for state in ControlResult.State.values}
        record([Entry("system", "control.looked_at", "control", None, data)], by=by, at=at)
    return results


def _result(control: Control, around: Round) -> ControlResult:
    query = query_of(control.id)
    if query is None:
        return ControlResult(control=control.id, state=ControlResult.State.NONE, words="Nothing here records this yet.", at=around.at)
    try:
        with transaction.atomic():
            found = query(around)
    except Exception as error:
        log.exception("the evidence of control %s could not be looked at", control.id)
        words = f"The look failed ({type(error).__name__}); nothing is known."
        return ControlResult(control=control.id, state=ControlResult.State.ERROR, words=words, at=around.at)
    state = ControlResult.State.NONE
    if found.bad:
        state = ControlResult.State.FAILING
    elif found.count:
        state = ControlResult.State.EVIDENCE
    return ControlResult(control=control.id, state=state, count=found.count, bad=found.bad, words=found.words, at=around.at)


@dataclass(frozen=True, slots=True)
class Standing:
    """A control with its last result; ``good`` only when that is evidence and not too old."""

    control: Control
    result: ControlResult | None
    at: datetime

    @property
    def stale(self) -> bool:
        """The last look is too long ago to say anything about today."""
        return self.result is not None and self.at - self.result.at > STALE

    @property
    def good(self) -> bool:
        """Evidence, found lately."""
        return self.result is not None and self.result.state == ControlResult.State.EVIDENCE and not self.stale

    @property
    def words(self) -> str:
        """The state for the badge."""
        if self.result is None:
            return "Never looked at"
        label = str(self.result.get_state_display())
        return f"Was: {label.lower()}" if self.stale else label


def standings(at: datetime, controls: Sequence[Control] = CONTROLS) -> list[Standing]:
    """Each control with its last result before ``at``."""
    last: dict[str, ControlResult] = {}
    for control in controls:
        row = ControlResult.objects.filter(control=control.id, at__lte=at).order_by("-at", "-pk").first()
        if row is not None:
            last[control.id] = row
    return [Standing(control, last.get(control.id), at) for control in controls]
