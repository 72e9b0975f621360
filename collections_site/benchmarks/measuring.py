"""A page of measures on a long history: what it costs with two quarters on record, and what it costs with years of them.

The rows are made by the database itself, as the projection would write them; the page is what leadership's first screen asks.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from collections_site.benchmarks.yardsticks import Meter, Refused
from governance import clock
from governance.measuring import kinds, rolling
from governance.metrics.answering import measured_all
from governance.metrics.asking import Filters, Question, Window
from governance.metrics.zero import must_be_zero
from governance.models import Measure, MeasureSpread, MeasureState, MeasureSum

DAYS, WINDOW, PAGES = 730, 84, 24
CHARTS = ("drafts_decided", "draft_correction_rate", "critical_correction_rate", "dispute_precision", "source_completeness", "approval_time", "messages_sent")

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


def run(drafts: int) -> dict[str, Any]:
    """``drafts`` decided drafts over two years; the page with the last quarter of them on record, then with all.

    Raises ``Refused`` on anything but PostgreSQL: the rows are made by it.
    """
    if connection.vendor != "postgresql":
        raise Refused("The measures are benchmarked on PostgreSQL: set DATABASE_URL=postgres://…")
    now = clock.now()
    recent = drafts // 4
    result: dict[str, Any] = {"drafts": drafts, "days": DAYS}
    fill(now, 1, recent, DAYS // 4)
    short = _measured(now, result, "quarter")
    fill(now - timedelta(days=DAYS // 4), recent + 1, drafts, DAYS - DAYS // 4)
    MeasureSum.objects.all().delete()
    MeasureSpread.objects.all().delete()
    MeasureState.objects.update(summed_until=None)
    long = _measured(now, result, "all")
    result["page_p95_ratio_all_to_quarter"] = round(long / short, 2)
    return result


def fill(last: datetime, first: int, until: int, days: int) -> None:
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


def _measured(now: datetime, result: dict[str, Any], name: str) -> float:
    began = time.perf_counter()
    rolling.roll(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE governance_measuresum")
    result[f"rows_{name}"], result[f"sums_{name}"] = Measure.objects.count(), MeasureSum.objects.count()
    result[f"seconds_to_sum_{name}"] = round(time.perf_counter() - began, 1)
    meter = Meter()
    times = sorted(_page(now, number) for number in range(PAGES))
    spent = meter.read()
    # On a busy machine wall time is other people's work too; what the page itself costs is this.
    result[f"page_python_cpu_ms_{name}"] = round(spent["python_cpu_seconds"] / PAGES * 1000)
    result[f"page_database_cpu_ms_{name}"] = round(spent["database_cpu_seconds"] / PAGES * 1000)
    result[f"page_p50_ms_{name}"], result[f"page_p95_ms_{name}"] = round(times[len(times) // 2]), round(times[int(len(times) * 0.95)])
    return max(times[int(len(times) * 0.95)], 1.0)


def _page(now: datetime, number: int) -> float:
    """Milliseconds of one page: every measure now and in the window before, the charts by week, and the row that must be zero."""
    last: date = now.date()
    filters = (Filters(), Filters(lane="routine"), Filters(portfolio=3), Filters(model="small-model"))[number % 4]
    question = Question(Window(last - timedelta(days=WINDOW - 1), last), filters)
    before = Question(question.window.before, filters)
    began = time.perf_counter()
    measured_all(None, question, at=now)
    measured_all(None, before, at=now)
    measured_all(CHARTS, question, "week", at=now)
    must_be_zero(question, at=now)
    return (time.perf_counter() - began) * 1000
