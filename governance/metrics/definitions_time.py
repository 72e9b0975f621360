"""Measures of time, with what still waits counted as waiting, and of oversight: whether anybody can have read what was approved."""

from __future__ import annotations

from governance.measuring import kinds
from governance.measuring.levels import EXACT
from governance.metrics.base import COUNT, PERSON, QUANTILE, SHARE, SURVIVAL, Metric
from governance.metrics.rows import rows

_OFFERED = rows(kinds.DRAFT)
_ENDED = _OFFERED.but(outcome__in=kinds.DECISIONS)
_DECIDED = rows(kinds.DECIDED)
_ANSWERS = rows(kinds.ANSWER, outcome="approved")
_TIMED = _ANSWERS.but(timed=True)
_FIRST = rows(kinds.OPENED, code="first")
_FIRST_ENDED = rows(kinds.FIRST, outcome__in=kinds.FIRST_ENDS)
_GROUP, _OVERSIGHT = "time", "oversight"
_STEPS = f"Read in steps: exact up to {EXACT}, then to within 1.6 %."
_WAITING = "Drafts still waiting count for as long as they have waited; those that lapsed count until then."
_WAITING_IN_STEPS = f"{_WAITING} {_STEPS}"

TIME: tuple[Metric, ...] = (
    Metric(
        "approval_time", "From ready to decided",
        f"Minutes from a draft being put before people to its decision, by the clock on the wall: median and 90th percentile. {_WAITING_IN_STEPS}",
        SURVIVAL, _GROUP, _OFFERED, _ENDED, column="minutes", unit="minutes", version=2, good="low",
    ),
    Metric(
        "approval_time_business", "From ready to decided, business hours",
        f"The same, counted in business hours at the customer (for what still waits: weekdays 9 to 17 UTC). {_WAITING}",
        SURVIVAL, _GROUP, _OFFERED, _ENDED, column="business", unit="minutes", good="low",
    ),
    Metric(
        "queue_wait", "From ready to first opened",
        "Minutes from a draft being put before people until the first of them opened it; over drafts opened in the window.",
        QUANTILE, _GROUP, _FIRST, column="minutes", unit="minutes", good="low",
    ),
    Metric(
        "active_review", "Time spent reading",
        "Seconds with the draft in a focused, visible tab, idle time cut after 60 seconds, of everybody who decided it; over decided drafts "
        "where it was measured.",
        QUANTILE, _GROUP, _DECIDED, column="seconds", unit="seconds",
    ),
    Metric(
        "sla_attainment", "Decided in time",
        "Drafts decided by the time their lane sets, of all decided.",
        SHARE, _GROUP, _DECIDED, _DECIDED.but(late=False), good="high",
    ),
    Metric(
        "approved_unread", "Approved faster than it can be read",
        f"Approvals given after less time than the text takes to read at {kinds.WORDS_PER_MINUTE} words a minute, of approvals whose time is "
        "known. Each person's approval counts; nobody is ranked.",
        SHARE, _OVERSIGHT, _TIMED, _TIMED.but(unread=True), good="low", least=PERSON,
    ),
    Metric(
        "evidence_open_rate", "Evidence opened before approving",
        "Approvals by somebody who had opened evidence beside that draft, of all approvals.",
        SHARE, _OVERSIGHT, _ANSWERS, _ANSWERS.but(evidence=True), good="high", least=PERSON,
    ),
    Metric(
        "zero_edit_rate", "Approved without a change",
        "Approvals of a text nobody had edited, of all approvals; with the longest run of such approvals by one person.",
        SHARE, _OVERSIGHT, _ANSWERS, _ANSWERS.but(reworked=False), least=PERSON,
    ),
    Metric(
        "first_answer_kept", "Decided as first answered",
        "Drafts a person refused after naming a reason not to write, and drafts a person approved after finding none, of all that person "
        "decided after answering from the evidence alone.",
        SHARE, _OVERSIGHT, _FIRST_ENDED, _FIRST_ENDED.but(outcome__in=kinds.FIRST_KEPT), least=PERSON,
        parts=tuple((end, rows(kinds.FIRST, outcome=end)) for end in kinds.FIRST_ENDS),
    ),
    Metric(
        "lane_overrides", "Lanes changed by people",
        "Drafts a person gave to another owner or lane, and in which direction.",
        COUNT, _OVERSIGHT, rows(kinds.ROUTED), unit="drafts",
        parts=tuple((o, rows(kinds.ROUTED, outcome=o)) for o in ("raised", "lowered", "same")),
    ),
)  # fmt: skip
