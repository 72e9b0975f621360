"""How much waits: the numbers beside the links of every page and on the tabs of the queue. One statement, each counted like the list it points at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery
from django.http import HttpRequest

from accounts.models import DisputeSignal
from drafts.admin import decisions, outgoing
from drafts.admin.lookup import accounts_of, follow_ups_of
from drafts.admin.work import mine
from drafts.models import Delivery
from governance import holds
from governance.admin.pages import moment, person, scope_for
from governance.models import Decision, Quarantine, Told, User
from governance.roles import AUDITOR, DECIDERS

COUNTED = 1000  # nobody counts further: a longer list says "more than"


class Counted(Subquery):
    """How many rows another query has, inside a statement: at most ``COUNTED``, or one more when there are more."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[: COUNTED + 1])


def counts(request: HttpRequest, more: Mapping[str, QuerySet[Any]] | None = None) -> dict[str, int]:
    """The numbers of this page by name, those of ``more`` lists with them; none is asked for twice in a request."""
    known: dict[str, int] = request.__dict__.setdefault("desk_counts", {})
    wanted = {name: rows for name, rows in (more or {}).items() if name not in known}
    if not known:
        wanted = {**_beside_links(request), **wanted}
    if wanted:
        asked: QuerySet[Any, Any] = User.objects.filter(pk=person(request).pk).values(**{name: Counted(rows) for name, rows in wanted.items()})
        known.update(asked.get())
    return known


def told(number: int) -> str:
    """A number as it is shown: "23", "1000+"."""
    return f"{COUNTED}+" if number > COUNTED else str(number)


def _beside_links(request: HttpRequest) -> dict[str, QuerySet[Any]]:
    """The lists behind the links of the sidebar that have a number."""
    user, scope = person(request), scope_for(request)
    on_top: dict[str, QuerySet[Any]] = {
        "notices": Told.objects.filter(person=user, read_at__isnull=True),
        # For the bar on top, which reads such rows only when there are any.
        "switches": holds.thrown(moment(request)), "quarantines": Quarantine.objects.filter(lifted_at__isnull=True),
    }
    if not scope.all_roles & (DECIDERS | {AUDITOR}):
        return on_top
    rows = follow_ups_of(request)
    return {
        **on_top,
        "mine": rows.filter(mine(user, scope, moment(request))),
        "leaving": Delivery.objects.filter(follow_up__in=rows, state__in=outgoing.TABS["leaving"][1]),
        "decisions": Decision.objects.filter(decisions.deciding(scope), state=Decision.State.OPEN),
        "signals": DisputeSignal.objects.filter(account__in=accounts_of(request), status=DisputeSignal.Status.PENDING),
    }
