"""What must be zero and is not: each case with its incident, in words without the customer's. Who leads reads here what was done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst

from accounts.models import Account
from collections_site.measures.asked import asked
from drafts.admin.lookup import follow_ups_of
from drafts.privacy.terms import Terms
from governance.admin.pages import may, moment, page, require
from governance.metrics.zero import Zero, must_be_zero
from governance.models import Incident, Measure, Portfolio

PAGE = 50
# The nightly check that holds the same promise; what it finds opens one incident for all of it.
CHECKED_BY = {
    "without_approval": "I1", "twice": "I3", "paid": "I7", "disputed": "I7", "after_stop": "I7", "without_decision": "I28", "ledger_breaks": "I12",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """An incident as it may be told to who reads no customer's words: state, times, and the correction without names of the customer."""

    incident: Incident
    action: str
    late: bool
    readable: bool


def never(request: HttpRequest, code: str) -> HttpResponse:
    """One entry of the row that must be zero: as many cases as it counts, and what is done about each."""
    require(request, "see_metrics")
    question = asked(request)
    zero = next((one for one in must_be_zero(question.question, at=moment(request)) if one.name == code), None)
    if zero is None:
        raise Http404
    rows = list(zero.rows[:PAGE]) if zero.rows is not None else []
    return page(
        request, "desk/measures/never.html", capfirst(zero.words), zero=zero, asked=question, back=question.address(),
        cases=_cases(request, rows), standing=_standing(request, zero, question.question.reach.portfolios is None), shown=len(rows),
    )  # fmt: skip


def _cases(request: HttpRequest, rows: Sequence[Measure]) -> list[dict[str, Any]]:
    """Each case with its incident, and the way to the record of the draft for who may read it."""
    sources = {f"delivery:{row.ref}" for row in rows if row.ref}
    found = {one.source: one for one in Incident.objects.filter(source__in=sources).order_by("pk")}  # the newest of one cause
    scrubbed = _scrubbers(one.account_id for one in found.values())
    opened = set(follow_ups_of(request).filter(pk__in={row.follow_up_id for row in rows if row.follow_up_id}).values_list("pk", flat=True))
    portfolios = dict(Portfolio.objects.filter(pk__in={row.portfolio_id for row in rows}).values_list("pk", "name"))
    return [
        {"row": row, "portfolio": portfolios.get(row.portfolio_id or 0, "no portfolio"), "link": row.follow_up_id if row.follow_up_id in opened else None,
         "told": _told(request, found.get(f"delivery:{row.ref}"), scrubbed)}
        for row in rows
    ]  # fmt: skip


def _told(request: HttpRequest, incident: Incident | None, scrubbed: Mapping[int, Terms]) -> Told | None:
    if incident is None:
        return None
    terms, today = scrubbed.get(incident.account_id or 0), moment(request).date()
    action = terms.scrub(incident.action) if terms else incident.action
    return Told(incident, action, _late(incident, today), bool(may(request, "see_incidents", incident)))


def _late(incident: Incident, today: date) -> bool:
    return incident.state == Incident.State.CORRECTING and incident.action_due is not None and incident.action_due < today


def _scrubbers(accounts: Iterable[int | None]) -> dict[int, Terms]:
    """Per account the words that would name the customer: taken out of what colleagues wrote."""
    found = {}
    rows = Account.objects.filter(pk__in={pk for pk in accounts if pk}).prefetch_related("contacts", "invoices")
    for account in rows:
        people = [(contact.name, contact.email) for contact in account.contacts.all()]
        whole = [account.name, account.external_id, *(word for pair in people for word in pair if word), *(i.number for i in account.invoices.all())]
        found[account.pk] = Terms.of("shown", whole, [account.name, *(name for name, _ in people)])
    return found


def _standing(request: HttpRequest, zero: Zero, everything: bool) -> Told | None:
    """The incident of the nightly check; it speaks of the whole installation, so it is told to who reaches all of it."""
    source = CHECKED_BY.get(zero.name)
    if source is None or not everything:
        return None
    return _told(request, Incident.objects.filter(source=f"invariant:{source}").order_by("-pk").first(), {})
