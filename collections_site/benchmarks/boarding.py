"""The pages of measures as people load them: signed in, over the whole stack, on a history of any length.

Asked again and again for the usual twelve weeks, by somebody who sees everything and by somebody who sees one portfolio: with the charts of
figures that did not change (``usual``), with every chart drawn anew as after a change of all of them (``undrawn``), for one question after
another (``filtered``), the list behind a number (``rows``) and the file of all (``csv``). The same is measured on a quarter of the history,
in the same run: the ratio of the two says whether a page costs its period or its past. A database that is kept is filled once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collections_site.benchmarks.history import quarter_and_all
from collections_site.benchmarks.loading import as_served, reader, spread, timed
from collections_site.benchmarks.yardsticks import Refused, peak_memory_mb
from collections_site.measures import drawing
from governance.models import AllPortfoliosGrant, Portfolio, PortfolioUserGrant, User
from governance.roles import LEADERSHIP

PAGES, PORTFOLIOS, MINE = 20, 10, 3
WHOLE, ONE, USUAL = "leads-all", "leads-one", "period=12w"
ASKED = (
    "period=4w", "period=26w", "period=12w&lane=routine", "period=12w&lane=exception", "period=12w&model=small-model", "period=12w&band=1_30",
    "period=12w&template=3", "period=12w&currency=EUR", "period=52w", "period=4w&lane=routine&model=template",
)  # fmt: skip


def run(drafts: int) -> dict[str, Any]:
    """``drafts`` decided drafts over two years; the pages with a quarter of them on record, then with all. Raises ``Refused`` but on PostgreSQL."""
    if connection.vendor != "postgresql":
        raise Refused("The page of measures is benchmarked on PostgreSQL: set DATABASE_URL=postgres://…")
    with as_served():
        return _run(drafts)


def _run(drafts: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    ratio = quarter_and_all(drafts, result, lambda name: _read(_readers(), result, name))
    return {**result, **({"p50_ratio_all_to_quarter": ratio} if ratio else {}), "peak_memory_mb": round(peak_memory_mb(), 1)}


def _readers() -> dict[str, Client]:
    """Somebody who leads everything, and somebody who leads one portfolio."""
    if not User.objects.filter(username=WHOLE).exists():
        _cast()
    return {who: reader(User.objects.get(username=name)) for who, name in (("whole_book", WHOLE), ("one_portfolio", ONE))}


def _cast() -> None:
    Portfolio.objects.bulk_create(
        [Portfolio(pk=100 + n, code=f"benchmark-{n}", name=f"Benchmark {n}") for n in range(1, PORTFOLIOS + 1) if n != MINE]
    )
    Portfolio.objects.create(pk=MINE, code=f"benchmark-{MINE}", name=f"Benchmark {MINE}")
    kind = ContentType.objects.get_for_model(Portfolio)
    whole, one = (User.objects.create_user(username=name) for name in (WHOLE, ONE))
    AllPortfoliosGrant.objects.create(user=whole, role=LEADERSHIP)
    permission = Permission.objects.get(content_type=kind, codename=LEADERSHIP)
    PortfolioUserGrant.objects.create(user=one, permission=permission, content_object=Portfolio.objects.get(pk=MINE))


def _read(readers: dict[str, Client], result: dict[str, Any], name: str) -> float:
    """Milliseconds at the middle of whoever sees everything."""
    middle = 0.0
    for who, client in readers.items():
        for kind, load in LOADS.items():
            _board(client, USUAL)  # the first page of a process starts the renderer
            half, figures = spread(partial(load, client), ASKED if kind == "filtered" else [USUAL], PAGES)
            result |= {f"{figure}_{who}_{kind}_{name}": value for figure, value in figures.items()}
            if (who, kind) == ("whole_book", "usual"):
                middle = half
        with CaptureQueriesContext(connection) as asked:
            _board(client, USUAL)
        result[f"queries_{who}_{name}"] = len(asked)
    return max(middle, 1.0)


def _board(client: Client, query: str) -> float:
    return timed(lambda: client.get(f"{reverse('admin:measures')}?{query}", secure=True))


def _undrawn(client: Client, query: str) -> float:
    drawing.forget()
    return _board(client, query)


def _rows(client: Client, query: str) -> float:
    """The longest list there is: every draft decided in the period."""
    return timed(lambda: client.get(f"{reverse('admin:measure_rows', args=['drafts_decided'])}?{query}", secure=True))


def _csv(client: Client, query: str) -> float:
    return timed(lambda: client.post(reverse("admin:measures_csv"), dict(parse_qsl(query)), secure=True))


LOADS: dict[str, Callable[[Client, str], float]] = {"usual": _board, "undrawn": _undrawn, "filtered": _board, "rows": _rows, "csv": _csv}
