"""The account page: everything known about one customer, honest about what is not known, and the place to be during a phone call."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.ageing import BUCKETS, LABELS
from accounts.fact_types import AccountFacts
from accounts.facts import facts_for
from accounts.models import Account, AddressChange, CallNote, Contact
from drafts import responses, review, states
from drafts.admin import evidence, holding, timeline
from drafts.admin.acting import Missing, Problem, attempt, day_of, needed, tell, whole
from drafts.admin.decisions import ASKED
from drafts.admin.disputing import categories, pending
from drafts.admin.lookup import account_or_404, accounts_of
from drafts.admin.reveal import PURPOSES
from drafts.admin.signals import ORDINARY, look
from drafts.classification.presend import Forecast, forecast
from drafts.models import FollowUp
from drafts.privacy import kept_by
from governance import clock
from governance.admin.pages import may, moment, page, person
from governance.calendar import business_moment, zone
from governance.decisions import Denied
from governance.models import User
from governance.money import is_currency, to_minor
from governance.policies import active_parameters
from governance.rights import people_with
from governance.roles import DECIDERS

RIGHTS = ("request_draft", "ask_decision", "log_call", "put_hold", "lift_hold", "record_reply", "judge_dispute", "export_pack", "reveal_contact", "erase_person", "preserve",
          "propose_recipient", "confirm_recipient")  # fmt: skip


def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    return shown(request, account_or_404(request, pk))


def shown(request: HttpRequest, row: Account, problem: Problem | None = None) -> HttpResponse:
    """The page, with what stood in the way of an act from it."""
    now = moment(request)
    facts = facts_for([row.pk], now)[row.pk]
    personal = bool(may(request, "see_contact_data", row))
    follow_up = FollowUp.objects.filter(account=row).select_related("draft", "owner").order_by("-pk").first()
    family = accounts_of(request)
    return page(
        request, "desk/account.html", row.name, a=row, facts=facts, lines=evidence.numbered(facts), follow_up=follow_up,
        sources=evidence.sources(facts, personal), ageing=_ageing(facts), bands=[LABELS[b] for b in BUCKETS],
        held=holding.on_account(request, row), asked=ASKED,
        forecast=_forecast(facts, follow_up, now),
        pending=pending(row.pk), colleagues=_colleagues(request, row),
        disputes=list(row.disputes.select_related("invoice", "owner").order_by("-opened_on")[:10]),
        parent=family.filter(pk=row.parent_id).first() if row.parent_id else None,
        children=list(family.filter(parent=row).order_by("name")[:20]),
        timeline=timeline.of(request, row, now), whole=request.GET.get("rows") == "all", kinds=timeline.KINDS, judged=_judged(follow_up),
        contacts=_contacts(row, personal), addresses=_addresses(request, row, personal), contact_roles=Contact.Role.choices, outcomes=CallNote.Outcome.choices, hold_kinds=holding.KINDS, lifters=holding.LIFTERS, categories=categories(),
        rights={name: bool(may(request, name, row)) for name in RIGHTS}, purposes=PURPOSES, preserved=kept_by(row.pk, now),
        personal=personal, problem=problem, errors=problem is not None, status=problem.status if problem else 200,
        typed=problem.posted if problem else {}, today=timezone.localtime(now).date(),
    )  # fmt: skip


def _forecast(facts: AccountFacts, follow_up: FollowUp | None, now: datetime) -> Forecast | None:
    """What a message leaving at the next business hour would be for the customer; None when nothing is overdue."""
    if not facts.overdue_invoices:
        return None
    policy = active_parameters()
    opens = business_moment(now, facts.time_zone, facts.country, policy.business_start_hour, policy.business_end_hour)
    purpose = follow_up.purpose if follow_up is not None and follow_up.status in states.OPEN else states.DEMAND
    return forecast(facts, policy, opens.astimezone(zone(facts.time_zone)).date(), purpose)


def _judged(follow_up: FollowUp | None) -> dict[str, Any] | None:
    """Which policy put it into its lane, when, and by which rules; None before it was judged."""
    last = follow_up.classifications.select_related("policy_version").order_by("-pk").first() if follow_up else None
    if last is None:
        return None
    rules = dict.fromkeys(look(str(reason.get("rule", "")))[0] for reason in last.reasons if reason.get("rule") not in ORDINARY)
    return {"lane": last.get_lane_display(), "policy": last.policy_version, "at": last.created_at, "rules": list(rules)}


def _contacts(row: Account, personal: bool) -> list[dict[str, Any]]:
    return [{"c": c, "name": c.name if personal else evidence.MASK, "email": c.email if personal else ""} for c in Contact.objects.filter(account=row).order_by("role", "pk")]


def _addresses(request: HttpRequest, row: Account, personal: bool) -> list[dict[str, Any]]:
    """Proposed addresses that nobody answered, each with whether this person may confirm it."""
    rows = AddressChange.objects.filter(account=row, state=AddressChange.State.WAITING).select_related("contact", "asked_by").order_by("pk")
    out = []
    for change in rows:
        own = change.asked_by_id == person(request).pk
        of = change.contact.name if change.contact else f"{change.name} (new)"
        answer = Denied("because you proposed it") if own else may(request, "confirm_recipient", row)
        out.append({"c": change, "of": of if personal else evidence.MASK, "email": change.email if personal else evidence.MASK, "own": own, "may": answer,
                    "panel": f"address-{change.pk}"})  # fmt: skip
    return out


def _ageing(facts: AccountFacts) -> list[dict[str, Any]]:
    """Per currency: the bands with their amounts and, for the bar, each one's share in whole per mille."""
    out = []
    for currency, bands in sorted(facts.ageing.items()):
        total, left = sum(bands.values()) or 1, 0.0
        cells = []
        for band in BUCKETS:
            width = round(bands[band] * 100 / total, 1)
            cells.append({"minor": bands[band], "x": left, "width": width, "band": band})
            left += width
        out.append({"currency": currency, "cells": cells, "balance": facts.balances.get(currency)})
    return out


def _after(request: HttpRequest, row: Account, problem: Problem | None, done: str) -> HttpResponse:
    if problem is not None:
        return shown(request, row, problem)
    tell(request, None, done)
    return redirect("admin:account_page", row.pk)


def _colleagues(request: HttpRequest, row: Account) -> list[User]:
    """Who may own a hold of this account."""
    return sorted(people_with(DECIDERS, row.portfolio_id), key=str) if may(request, "put_hold", row) else []


def put_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold the account, one of its contacts or one invoice: what is about to leave stops, and the account says who and why."""
    row = account_or_404(request, pk)

    def act() -> Any:
        scope, scope_id = _held_part(row, request.POST.get("about", ""))
        owner = whole(request, "owner")
        return review.put_hold(
            scope, scope_id, kind=holding.kind_of(request), reason=request.POST.get("reason", ""), by=person(request), at=clock.now(),
            expires_at=holding.ends_of(request), quote=request.POST.get("quote", ""),
            owner=next((user for user in _colleagues(request, row) if user.pk == owner), None),
        )  # fmt: skip

    _, problem = attempt(request, "hold", act)
    return _after(request, row, problem, "On hold. Whatever was about to leave has been stopped.")


def _held_part(row: Account, about: str) -> tuple[str, int]:
    """What a form names: the account (""), ``contact:12`` or ``invoice:34``, each of this account."""
    scope, _, text = about.partition(":")
    if not about:
        return "account", row.pk
    rows = {"contact": row.contacts, "invoice": row.invoices}.get(scope)
    if rows is None or not text.isdecimal() or not rows.filter(pk=int(text)).exists():
        raise Missing("choose what to hold: the account, one of its contacts or one of its invoices")
    return scope, int(text)


def bounced(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail to one of its contacts came back, as somebody here knows."""
    row = account_or_404(request, pk)

    def act() -> Any:
        contact = whole(request, "contact")
        if contact is None or not row.contacts.filter(pk=contact).exists():
            raise Missing("choose the contact whose mail came back")
        return responses.mark_bounced(contact, request.POST.get("said", ""), by=person(request), at=clock.now())

    _, problem = attempt(request, "bounce", act)
    return _after(request, row, problem, "On record. Nothing is written to this address until somebody lifts the hold.")


def request_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the machine look at the account now."""
    row = account_or_404(request, pk)
    words, problem = attempt(request, "draft", lambda: review.request_draft(row.pk, by=person(request), at=clock.now()))
    return _after(request, row, problem, words)


def log_call(request: HttpRequest, pk: int) -> HttpResponse:
    """A phone call in ten seconds: who, outcome, and the promise where there is one."""
    row = account_or_404(request, pk)

    def act() -> Any:
        currency = row.currency
        invoice = whole(request, "invoice")
        return review.log_call(
            pk, needed(request, "outcome", "choose what came of the call"), by=person(request), at=clock.now(),
            note=request.POST.get("note", ""), contact_id=whole(request, "contact"), invoice_id=invoice,
            promised_on=day_of(request, "promised_on"), amount_minor=_amount(request, currency),
        )  # fmt: skip

    _, problem = attempt(request, "call", act)
    return _after(request, row, problem, "Call logged.")


def _amount(request: HttpRequest, currency: str) -> int | None:
    """An amount as typed ("1,234.50" or "1234.50"), exact; None when empty."""
    text = request.POST.get("amount", "").replace(" ", "").replace(",", "")
    if not text:
        return None
    try:
        minor = to_minor(Decimal(text), currency) if is_currency(currency) else -1
    except InvalidOperation as error:
        raise Missing(f"“{text}” is not an amount; expected for example 1234.50") from error
    if minor <= 0:
        raise Missing("the promised amount must be more than zero")
    return minor

