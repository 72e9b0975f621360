"""The review queue as people load it: signed in, over the whole stack, in a book of any length.

A few thousand accounts are really prepared; the rest of the rows are theirs again under other names, so that states, lanes, ranks and
reasons are those of a real book. Asked for by somebody who works in the whole portfolio, list after list.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from collections_site.benchmarks import book
from collections_site.benchmarks.loading import as_served, reader, spread, timed
from collections_site.benchmarks.preparing import analyse
from collections_site.benchmarks.yardsticks import Refused, peak_memory_mb
from drafts.models import Brief, Draft, FollowUp
from drafts.preparation import prepare_all
from governance import bulk
from governance.canonical import sha256_hex
from governance.models import AllPortfoliosGrant, User
from governance.roles import FINANCE

PREPARED, PAGES, AT_ONCE = 2_000, 40, 2_000
LISTS = (
    "tab=mine", "tab=all", "tab=unclaimed", "tab=all&sort=due", "tab=all&sort=amount", "tab=all&lane=exception", "tab=all&signal=dispute",
    "tab=all&amount=25000", "tab=all&q=Customer%201", "tab=second",
)  # fmt: skip
NOTHING = "{}"


def run(drafts: int) -> dict[str, Any]:
    """The queue over ``drafts`` open follow-ups; milliseconds, CPU and statements of a page. Raises ``Refused`` but on PostgreSQL."""
    if connection.vendor != "postgresql":
        raise Refused("The queue is benchmarked on PostgreSQL: set DATABASE_URL=postgres://…")
    book.build(min(drafts, PREPARED))
    prepare_all(book.AS_OF)
    rows = list(FollowUp.objects.select_related("account", "brief", "draft").order_by("pk"))
    client = _reader()
    with as_served(SECOND_FACTOR=False):  # showing one is not measured
        few = _measure(client)["queries"]
        for start in range(len(rows), drafts, AT_ONCE):
            _again(rows, start, min(start + AT_ONCE, drafts))
        analyse()
        return {"follow_ups": FollowUp.objects.count(), "queries_of_few": few, **_measure(client), "peak_memory_mb": round(peak_memory_mb(), 1)}


def _reader() -> Client:
    user = User.objects.create_user(username="works-everywhere")
    AllPortfoliosGrant.objects.create(user=user, role=FINANCE)
    return reader(user)


def _again(rows: Sequence[FollowUp], start: int, end: int) -> None:
    """The rows once more, under other accounts, with briefs and drafts that hold no text: a list shows none."""
    chosen = [rows[n % len(rows)] for n in range(start, end)]
    accounts = bulk.insert(Account, [_copy(row.account, external_id=f"C{start + n}", name=f"Customer {start + n}") for n, row in enumerate(chosen)])
    briefs = [_copy(row.brief, account=a, facts=NOTHING, fingerprint=sha256_hex(NOTHING)) for row, a in zip(chosen, accounts, strict=True) if row.brief]
    found = {brief.account_id: brief for brief in bulk.insert(Brief, briefs)}
    copies = [_copy(row, account=a, brief=found.get(a.pk), draft=None) for row, a in zip(chosen, accounts, strict=True)]
    follow_ups = bulk.insert(FollowUp, copies)
    drafts = []
    for row, follow_up in zip(chosen, follow_ups, strict=True):
        if row.draft is not None:
            drafts.append(_copy(row.draft, follow_up=follow_up, brief=follow_up.brief, canonical=NOTHING, fingerprint=sha256_hex(NOTHING), body=""))
    written = bulk.insert(Draft, drafts)
    for draft in written:
        draft.follow_up.draft = draft
    bulk.update(FollowUp, [draft.follow_up for draft in written], ["draft"])


def _copy(row: Any, **fields: Any) -> Any:
    """An unsaved row like this one, with some fields of its own."""
    out = copy.copy(row)
    out._state = copy.copy(row._state)
    out._state.fields_cache = dict(row._state.fields_cache)
    out.pk, out._state.adding = None, True
    for name, value in fields.items():
        setattr(out, name, value)
    return out


def _measure(client: Client) -> dict[str, Any]:
    _page(client, LISTS[0])
    _, figures = spread(partial(_page, client), LISTS, PAGES)
    with CaptureQueriesContext(connection) as asked:
        _page(client, "tab=all")
    return {**figures, "queries": len(asked)}


def _page(client: Client, query: str) -> float:
    return timed(lambda: client.get(f"{reverse('admin:drafts_followup_changelist')}?{query}", secure=True))
