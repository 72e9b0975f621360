"""The order of the queue as one stored integer, smaller first, and the word that says why. Pure.

Stopped sends, then overdue decisions, then dispute signals by age, then what is due today by the risk of its lane; inside each, larger
amounts first, then older debt. The id breaks ties through the queue's index.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from drafts.states import EXCEPTION, EXECUTIVE_REVIEW, ROUTINE
from governance.calendar import business_moment
from governance.money import to_decimal
from governance.policies import PolicyParameters

# Upper ends of the amount bands, in major units; the highest band comes first.
BANDS = (1_000, 5_000, 25_000, 50_000, 100_000, 250_000)
LANE_RISK = {EXECUTIVE_REVIEW: 0, EXCEPTION: 1, ROUTINE: 2}
_MINUTES = 10**8  # minutes since 1970 stay below this until the year 2160
BAND_STEP = 10_000  # ranks of one amount band: the days of the oldest debt
RANK_TAIL = 10 * BAND_STEP  # band and age: ``work_rank % RANK_TAIL``, whatever stands in front


def amount_band(totals: Mapping[str, int]) -> int:
    """0 to 6 by the largest total of any one currency (currencies are compared, never added)."""
    largest = max((to_decimal(minor, currency) for currency, minor in totals.items()), default=0)
    return sum(1 for end in BANDS if largest >= end)


def due_at(
    lane: str, at: datetime, time_zone: str, country: str, policy: PolicyParameters
) -> datetime:
    """When a person should have decided: the lane's hours from ``at``, moved into business hours."""
    hours = {ROUTINE: policy.due_hours_routine, EXCEPTION: policy.due_hours_exception}.get(lane, policy.due_hours_executive)
    start, end = policy.business_start_hour, policy.business_end_hour
    return business_moment(at + timedelta(hours=hours), time_zone, country, start, end)


def work_rank(
    *, lane: str, totals: Mapping[str, int], days_overdue: int, due: datetime | None, as_of: datetime, stopped: bool = False,
    signal_since: datetime | None = None,
) -> tuple[int, str]:
    """The rank and the word for "why first". It ages: recompute it on change and every few minutes."""
    band = amount_band(totals)
    tail = (len(BANDS) - band) * BAND_STEP + (BAND_STEP - 1 - min(max(days_overdue, 0), BAND_STEP - 1))
    if stopped:
        head, key, why = 0, 0, "stopped"
    elif due is not None and due < as_of:
        head, key, why = 1, _minutes(due), "late"
    elif signal_since is not None:
        head, key, why = 2, _minutes(signal_since), "dispute"
    elif due is not None and due.date() <= as_of.date():
        head, key, why = 3, LANE_RISK.get(lane, 2), "due today"
    else:
        head, key, why = 4, 0, "high amount" if band >= 3 else "age"
    return (head * _MINUTES + key) * RANK_TAIL + tail, why


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
