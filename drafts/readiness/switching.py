"""Letting a model write for a portfolio: one person asks, another confirms, both on record; ending it takes one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts.readiness.looks import look
from governance.audit import Entry, record
from governance.decisions import Denied
from governance.models import ModelSwitch, Portfolio, ReadinessLook
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

State = ModelSwitch.State


class NotPossible(ValueError):
    """The switch is not in the state for this, the portfolio is not ready, or a reason is missing; the message says which."""


def _reason(text: str) -> str:
    if not text.strip():
        raise NotPossible("Write a reason: it is recorded with the act.")
    return text.strip()


def _ready(portfolio_id: int, at: datetime) -> ReadinessLook:
    """Measured now; raises ``NotPossible`` when the portfolio does not pass."""
    found = look([portfolio_id], at)[portfolio_id]
    if not found.passes:
        raise NotPossible(f"Not possible yet, because {found.why_not}. Mend what the page names, then ask again.")
    return found


def ask(portfolio: Portfolio, reason: str, *, by: User, at: datetime) -> ModelSwitch:
    """Ask for a model to write for a portfolio that is ready. Raises ``NotAllowed`` or ``NotPossible``."""
    can(by, "ask_model", portfolio).or_raise()
    reason = _reason(reason)
    found = _ready(portfolio.pk, at)
    with transaction.atomic():
        Portfolio.objects.select_for_update().get(pk=portfolio.pk)
        if ModelSwitch.objects.filter(portfolio=portfolio, state__in=(State.ASKED, State.ON)).exists():
            raise NotPossible("It was asked for already, or a model writes for this portfolio.")
        switch = ModelSwitch.objects.create(portfolio=portfolio, reason=reason, look=found, score=found.score, asked_by=by, asked_at=at)
        _record("model.asked_for", switch, found, by, at)
    return switch


def confirm(switch_id: int, *, by: User, at: datetime) -> ModelSwitch:
    """The second person lets the model write. Raises ``NotAllowed`` (also for who asked) or ``NotPossible``."""
    found = _ready(_may_decide(switch_id, by).portfolio_id, at)
    with transaction.atomic():
        switch = _asked(switch_id)
        switch.state, switch.decided_by, switch.decided_at = State.ON, by, at
        switch.save()
        _record("model.switched_on", switch, found, by, at)
    return switch


def refuse(switch_id: int, reason: str, *, by: User, at: datetime) -> ModelSwitch:
    """The second person says no, with a reason. Raises as ``confirm``."""
    _may_decide(switch_id, by)
    reason = _reason(reason)
    with transaction.atomic():
        switch = _asked(switch_id)
        switch.state, switch.decided_by, switch.decided_at, switch.end_reason = State.REFUSED, by, at, reason
        switch.save()
        _record("model.refused", switch, None, by, at)
    return switch


def end(switch_id: int, reason: str, *, by: User, at: datetime) -> ModelSwitch:
    """Back to the approved templates, at once, by one person; also takes a request back. Raises ``NotAllowed`` or ``NotPossible``."""
    can(by, "end_model", ModelSwitch.objects.select_related("portfolio").get(pk=switch_id).portfolio).or_raise()
    reason = _reason(reason)
    with transaction.atomic():
        switch = ModelSwitch.objects.select_for_update(of=("self",)).get(pk=switch_id)
        if switch.state not in (State.ASKED, State.ON):
            raise NotPossible("No model writes for this portfolio any more.")
        switch.state, switch.ended_by, switch.ended_at, switch.end_reason = State.OFF, by, at, reason
        switch.fell_back_at, switch.fell_back_why = None, ""
        switch.save()
        _record("model.switched_off", switch, None, by, at)
    return switch


def _may_decide(switch_id: int, by: User) -> ModelSwitch:
    switch = ModelSwitch.objects.select_related("portfolio").get(pk=switch_id)
    can(by, "confirm_model", switch.portfolio).or_raise()
    if switch.asked_by_id == by.pk:
        Denied("because you asked for it; another person confirms").or_raise()
    return switch


def _asked(switch_id: int) -> ModelSwitch:
    switch: ModelSwitch = ModelSwitch.objects.select_for_update(of=("self",)).get(pk=switch_id)
    if switch.state != State.ASKED:
        raise NotPossible("This request was answered already.")
    return switch


def _record(action: str, switch: ModelSwitch, found: ReadinessLook | None, by: User, at: datetime) -> None:
    data = {"portfolio": switch.portfolio_id, "score": found.score if found else switch.score, "look": found.pk if found else None}
    record([Entry("policy", action, "model_switch", switch.pk, data)], by=by, at=at)
