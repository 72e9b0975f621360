"""A page of measures on a long history: what it costs with two quarters on record, and what it costs with years of them.

The page is what leadership's first screen asks; the rows are made by ``history``.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from collections_site.benchmarks.history import quarter_and_all
from collections_site.benchmarks.yardsticks import Meter, Refused
from governance import clock
from governance.metrics.answering import measured_all
from governance.metrics.asking import Filters, Question, Window
from governance.metrics.zero import must_be_zero

WINDOW, PAGES = 84, 24
CHARTS = ("drafts_decided", "draft_correction_rate", "critical_correction_rate", "dispute_precision", "source_completeness", "approval_time", "messages_sent")


def run(drafts: int) -> dict[str, Any]:
    """``drafts`` decided drafts over two years; the page with the last quarter of them on record, then with all.

    Raises ``Refused`` on anything but PostgreSQL: the rows are made by it.
    """
    if connection.vendor != "postgresql":
        raise Refused("The measures are benchmarked on PostgreSQL: set DATABASE_URL=postgres://…")
    now = clock.now()
    result: dict[str, Any] = {}
    ratio = quarter_and_all(drafts, result, lambda name: _measured(now, result, name))
    return {**result, "page_p95_ratio_all_to_quarter": ratio}


def _measured(now: datetime, result: dict[str, Any], name: str) -> float:
    """Milliseconds of the slowest pages but one in twenty."""
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
