"""Two years of decided drafts on record, and the same question asked twice: with the last quarter of them, and with all.

The rows are made by the database itself, as the projection would write them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from collections_site.benchmarks.yardsticks import note
from governance import clock
from governance.measuring import kinds, rolling
from governance.models import Measure, MeasureSpread, MeasureState, MeasureSum

DAYS = 730

_COLUMNS = (
    "event_id, part, kind, at, day, stands, account_id, follow_up_id, case_id, draft_id, portfolio_id, lane, purpose, template, prompt, model, "
    "band, currency, amounts, renewal, machine, complete, substantive, critical, confirmed, evidence, timed, unread, late, reworked, latent, "
    "outcome, code, minutes, business, seconds, permille, words"
)
# One draft: a different mixture of slices and outcomes for each number, without a table of random numbers.
_ROW = """
SELECT n * 16 + %(part)s, 0, '{kind}', at, at::date, true, n %% 50000, n, n * 8, n, 1 + n %% 10,
  (ARRAY['routine','routine','routine','exception','exception','executive_review'])[1 + h %% 6], 'demand', (1 + h %% 8)::text, (1 + h %% 2)::text,
  (ARRAY['template','small-model'])[1 + h %% 2], (ARRAY['1_30','31_60','61_90','over_90'])[1 + h %% 4], (ARRAY['EUR','GBP','USD'])[1 + h %% 3],
  '{{"EUR": 125000}}'::jsonb, false, true, h %% 10 > 0, {edited} AND h %% 3 > 0, {edited} AND h %% 17 = 0, false, h %% 2 = 0, true, h %% 11 = 0,
  h %% 7 = 0, h %% 6 = 0, h %% 97 = 0, {outcome}, {code}, 5 + (h * 7) %% 2800, 5 + h %% 900, 20 + h %% 400, CASE WHEN {edited} THEN h %% 500 ELSE 0 END, 120
FROM (
  SELECT n, (n * 2654435761 %% 4294967296) / 7 %% 1000003 AS h,
         %(last)s::timestamptz - ((n * %(every)s %% (%(days)s * 1440)) || ' minutes')::interval - interval '1 day' AS at
  FROM generate_series(%(first)s::bigint, %(until)s::bigint) AS n
) AS made {only}
"""
_DECISION = "(ARRAY['unchanged','unchanged','unchanged','unchanged','unchanged','edited','edited','rejected','sent_back','unchanged'])[1 + h % 10]"
_KINDS: tuple[tuple[str, str, str, str], ...] = (
    (kinds.DRAFT, _DECISION, "''", ""),
    (kinds.DECIDED, _DECISION, "''", ""),
    (kinds.ANSWER, "'approved'", "''", "WHERE h % 10 NOT IN (7, 8)"),
    (kinds.DISPATCH, "'known'", "''", "WHERE h % 10 NOT IN (7, 8)"),
    (kinds.SENT, "(ARRAY['','','paid','question','dispute'])[1 + h % 5]", "''", "WHERE h % 10 NOT IN (7, 8)"),
    (kinds.CORRECTION, "'substantive'", "'fact'", "WHERE h % 10 IN (5, 6)"),
    (kinds.MISTAKE, "'last_look'", "'paid'", "WHERE h % 61 = 0"),
    (kinds.REPLY, "(ARRAY['paid','question','dispute'])[1 + h % 3]", "''", "WHERE h % 10 NOT IN (7, 8) AND h % 5 > 1"),
    (kinds.SIGNAL, "(ARRAY['confirmed','confirmed','dismissed','pending'])[1 + h % 4]", "'ticket'", "WHERE h % 20 = 0"),
)


def told(drafts: int) -> str:
    """What a database that is kept says of itself once it is filled."""
    return f"{drafts} decided drafts over {DAYS} days"


def quarter_and_all(drafts: int, result: dict[str, Any], look: Callable[[str], float]) -> float | None:
    """``look`` at a quarter of ``drafts`` decided drafts, then at all of them; it gets "quarter" or "all" and returns milliseconds.

    ``result`` gets the figures of the history (rows, sums, seconds to sum). Returns how many times as long all of it took as the quarter;
    None where the history stood already, which is then looked at whole.
    """
    now, result["drafts"], result["days"] = clock.now(), drafts, DAYS
    short = _quarter(now, drafts, result, look) if not Measure.objects.exists() else None
    _sum(now, result, "all")
    long = look("all")
    return round(long / short, 2) if short else None


def _quarter(now: datetime, drafts: int, result: dict[str, Any], look: Callable[[str], float]) -> float:
    """Milliseconds with a quarter; then the rest is filled in, not summed yet."""
    recent = max(1, drafts // 4)
    _fill(now, 1, recent, DAYS // 4)
    _sum(now, result, "quarter")
    short = look("quarter")
    _fill(now - timedelta(days=DAYS // 4), recent + 1, max(drafts, recent + 1), DAYS - DAYS // 4)
    for model in (MeasureSum, MeasureSpread):
        model.objects.all().delete()
    MeasureState.objects.update(summed_until=None)
    note(told(drafts))
    return short


def _fill(last: datetime, first: int, until: int, days: int) -> None:
    """Rows of the drafts ``first`` to ``until``, evenly over the ``days`` before ``last``."""
    every = max(1, days * 1440 // (until - first + 1))
    with connection.cursor() as cursor:
        for part, (kind, outcome, code, only) in enumerate(_KINDS):
            edited = "(h %% 10 IN (5, 6))" if kind in (kinds.DECIDED, kinds.DRAFT, kinds.CORRECTION) else "false"
            row = _ROW.format(
                kind=kind, outcome=outcome.replace("%", "%%"), code=code, only=only.replace("%", "%%"), edited=edited
            )
            cursor.execute(
                f"INSERT INTO governance_measure ({_COLUMNS}) {row}", {"part": part, "last": last, "days": days, "every": every, "first": first, "until": until}
            )
        cursor.execute("ANALYZE governance_measure")


def _sum(now: datetime, result: dict[str, Any], name: str) -> None:
    began = time.perf_counter()
    rolling.roll(now)
    with connection.cursor() as cursor:
        for model in (MeasureSum, MeasureSpread):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    result[f"rows_{name}"], result[f"sums_{name}"] = Measure.objects.count(), MeasureSum.objects.count() + MeasureSpread.objects.count()
    result[f"seconds_to_sum_{name}"] = round(time.perf_counter() - began, 1)
