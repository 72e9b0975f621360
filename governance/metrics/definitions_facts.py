"""Measures of facts: whether the sources answered, at draft time, at approval and at hand-over, and whether what changed was noticed."""

from __future__ import annotations

from governance.measuring import kinds
from governance.metrics.base import COUNT, SHARE, Metric
from governance.metrics.rows import rows

_OFFERED = rows(kinds.DRAFT, machine=True)
_APPROVED = rows(kinds.DECIDED, outcome__in=kinds.APPROVED, code__not=kinds.UNMEASURED)
_DISPATCHED = rows(kinds.DISPATCH, outcome="known")
_DRIFT = rows(kinds.DRIFT)
_WHERE = ("before approval", "at approval", "after approval")
_GROUP = "facts"
_FINE = "Complete means: every required source present, or checked and empty, and within its age limit; unknown never counts as complete."

FACTS: tuple[Metric, ...] = (
    Metric(
        "source_completeness", "Complete facts when a draft was written",
        f"Drafts whose required sources were all fine when they were written, of all drafts. {_FINE}",
        SHARE, _GROUP, _OFFERED, _OFFERED.but(complete=True), good="high",
        parts=tuple((state, rows(kinds.GAP, outcome=state, code__endswith=":draft")) for state in ("stale", "unavailable", "not_permitted", "not_configured")),
    ),
    Metric(
        "source_completeness_at_approval", "Complete facts at approval",
        f"Approved drafts whose required sources were all fine at that moment, of all approved. {_FINE}",
        SHARE, _GROUP, _APPROVED, _APPROVED.but(complete=True), good="high",
    ),
    Metric(
        "source_completeness_at_dispatch", "Complete facts at hand-over",
        f"Messages whose required sources were all fine when they were handed over, of all handed over. {_FINE}",
        SHARE, _GROUP, _DISPATCHED, _DISPATCHED.but(complete=True), good="high",
    ),
    Metric(
        "silent_gap_rate", "Approved with a gap nobody was told of",
        "Drafts approved in the routine lane while a required source was not fine, of all approved. In the other lanes the gap is a reason "
        "on the screen that named people approve.",
        SHARE, _GROUP, _APPROVED, _APPROVED.but(complete=False, lane="routine"), good="low", target=0.0,
    ),
    Metric(
        "fact_drift", "Drafts whose facts changed before they left",
        "Drafts whose facts changed between being written and leaving, by where that was noticed.",
        COUNT, _GROUP, _DRIFT, unit="drafts", parts=tuple((where, _DRIFT.but(outcome=where)) for where in _WHERE),
    ),
    Metric(
        "fact_drift_rate", "Share of drafts whose facts changed",
        "Drafts whose facts changed between being written and leaving, of all drafts put before people.",
        "rate", _GROUP, _OFFERED, _DRIFT,
    ),
    Metric(
        "fact_drift_caught", "Changed facts that were noticed in time",
        "Drafts whose facts changed and that were noticed before they left, of all whose facts changed: must be all of them. What left about "
        "a paid or disputed invoice is counted apart in the row that must be zero.",
        SHARE, _GROUP, _DRIFT, _DRIFT.but(outcome__in=_WHERE), good="high", target=1.0,
    ),
)  # fmt: skip
