"""The kill switch at its four levels: everything, one portfolio, whatever a model writes, one version of a text.

Anyone with a role may throw it, with a reason. A finance approver lets things go on, or a system administrator who did not throw it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.delivery import duties, outbox
from drafts.models import Delivery, Draft, FollowUp
from drafts.review.base import Blocked, demand_reason, void_approvals
from governance import holds
from governance.audit import Entry, record
from governance.decisions import Denied
from governance.models import Hold, Portfolio, TemplateVersion
from governance.rights import can, scope_of
from governance.roles import FINANCE

if TYPE_CHECKING:
    from governance.models import User

BY_HAND, TRIPPED = "pause", "trip"
AT_ONCE = 200
Scope = Hold.Scope
# What a follow-up on hold says while no text in force is left for it (``drafts.preparation``).
NO_TEXT = "no approved text"


def pause_sending(reason: str, *, by: User, at: datetime) -> Hold:
    """Stop all sending, now, for everybody. Anyone with a role may."""
    reason = demand_reason(reason, "pausing all sending")
    can(by, "pause_sending").or_raise()
    return _throw(Scope.GLOBAL, 0, reason, "system.sending_paused", by, at)


def pause_portfolio(portfolio_id: int, reason: str, *, by: User, at: datetime) -> Hold:
    """Stop sending for one portfolio. Anyone with a role there may; drafts are still prepared and reviewed."""
    reason = demand_reason(reason, "pausing a portfolio")
    can(by, "pause_sending", Portfolio.objects.get(pk=portfolio_id)).or_raise()
    return _throw(Scope.PORTFOLIO, portfolio_id, reason, "system.sending_paused", by, at)


def switch_off_model(reason: str, *, by: User, at: datetime) -> Hold:
    """No model drafts from now on: approved templates speak and say so. What it worded and has not left yet stops."""
    reason = demand_reason(reason, "switching model drafting off")
    can(by, "pause_sending").or_raise()
    hold = _throw(Scope.MODEL, 0, reason, "system.words_off", by, at)
    carry_out(hold, by=by, at=at)
    return hold


def switch_off_text(template_id: int, reason: str, *, by: User, at: datetime) -> Hold:
    """Nothing is prepared or sent with one version of a text; scheduled messages with it stop. Raises ``Blocked`` unless it is in force
    or was (a message of a retired version may still wait)."""
    reason = demand_reason(reason, "switching a text off")
    can(by, "pause_sending").or_raise()
    if TemplateVersion.objects.get(pk=template_id).state == TemplateVersion.State.DRAFT:
        raise Blocked("E-PAUSE", "This version was never in force: nothing is written with it.")
    hold = _throw(Scope.TEMPLATE, template_id, reason, "system.words_off", by, at)
    carry_out(hold, by=by, at=at)
    return hold


def trip(scope: str, scope_id: int, reason: str, *, at: datetime) -> Hold:
    """The switch throws itself. Run inside the transaction of the decision that did it; what waits is stopped once that is saved."""
    standing = Hold.objects.filter(holds.standing(at), scope=scope, scope_id=scope_id).first()
    if standing is not None:
        return standing
    hold = holds.put(scope, scope_id, kind=Hold.Kind.PAUSE, reason=reason, source=TRIPPED, by=None, at=at)
    record([Entry("system", "system.switch_tripped", "hold", hold.pk, {"scope": scope, "id": scope_id})], by=None, at=at)
    # Other accounts are locked only after this one is released; if the process dies first, the last look stops them and the sweep goes on.
    transaction.on_commit(lambda: carry_out(hold, by=None, at=at), robust=True)
    return hold


def resume_sending(reason: str, *, by: User, at: datetime) -> Hold:
    """Let messages leave again everywhere. A finance approver may; a system administrator only if somebody else paused."""
    hold = holds.sending_paused(at)
    if hold is None:
        can(by, "resume_sending").or_raise()
        raise Blocked("E-PAUSE", "Sending is not paused.")
    return resume(hold.pk, reason, by=by, at=at)


def resume(hold_id: int, reason: str, *, by: User, at: datetime) -> Hold:
    """End one switch with a reason. What waited for it is computed again, never replayed."""
    reason = demand_reason(reason, "resuming")
    with transaction.atomic():
        hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold_id)
        portfolio = Portfolio.objects.get(pk=hold.scope_id) if hold.scope == Scope.PORTFOLIO else None
        can(by, "resume_sending", portfolio).or_raise()
        held = scope_of(by)
        roles = held.roles_for(portfolio.pk) if portfolio else held.all_roles
        if FINANCE not in roles and hold.created_by_id == by.pk:
            Denied("because you paused it yourself; a second person resumes it").or_raise()
        if not holds.release(hold.pk, by=by, at=at, reason=reason):
            raise Blocked("E-PAUSE", "This is not paused any more.")
        action = "system.sending_resumed" if hold.scope in (Scope.GLOBAL, Scope.PORTFOLIO) else "system.words_on"
        record([Entry("system", action, "hold", hold.pk, {"scope": hold.scope, "id": hold.scope_id})], by=by, at=at)
    if hold.scope == Scope.TEMPLATE:
        _prepare_without_text(by, at)
    hold.refresh_from_db()
    return hold


def _throw(scope: str, scope_id: int, reason: str, action: str, by: User, at: datetime) -> Hold:
    with transaction.atomic():
        standing = Hold.objects.filter(holds.standing(at), scope=scope, scope_id=scope_id, kind=Hold.Kind.PAUSE).order_by("pk").first()
        if standing is not None and standing.source in (BY_HAND, TRIPPED):
            return standing
        hold = holds.put(scope, scope_id, kind=Hold.Kind.PAUSE, reason=reason, source=BY_HAND, owner=by, by=by, at=at)
        record([Entry("system", action, "hold", hold.pk, {"scope": scope, "id": scope_id})], by=by, at=at)
    return hold


def carry_out(hold: Hold, *, by: User | None, at: datetime) -> int:
    """Stop what would leave with the words a switch is about, and have what waits for review written anew. Returns how many moved.

    In portions; a portion that fails or never runs is found again by the sweep, and the last look lets nothing through meanwhile.
    """
    if hold.scope not in (Scope.MODEL, Scope.TEMPLATE):
        return 0
    words = f"{'Model drafting' if hold.scope == Scope.MODEL else 'The text this message was written with'} is switched off: {hold.reason}"
    moved = 0
    for ids in _portions(_leaving(hold)):
        moved += len(outbox.stop(ids, code="words_off", reason=words, by=by, at=at))
    for ids in _portions(_waiting(hold, at)):
        moved += _write_anew(ids, hold, words, by, at)
    return moved


def carry_out_all(at: datetime) -> int:
    """Every switch against words in force, for the sweep; one query when there is none."""
    rows = Hold.objects.filter(holds.standing(at), scope__in=(Scope.MODEL, Scope.TEMPLATE)).order_by("pk")
    return sum(carry_out(hold, by=None, at=at) for hold in rows)


def _leaving(hold: Hold) -> list[int]:
    rows = Delivery.objects.filter(state__in=outbox.STOPPABLE)
    if hold.scope == Scope.TEMPLATE:
        return list(rows.filter(draft__template_version_id=hold.scope_id).order_by("pk").values_list("pk", flat=True))
    written = rows.filter(draft__template_version__isnull=True).select_related("draft").defer("mime")
    return [row.pk for row in written.order_by("pk") if worded_by_model(row.draft)]


def _waiting(hold: Hold, at: datetime) -> list[int]:
    """Follow-ups whose draft in force is the machine's own, with those words; a person's edit stays with that person."""
    rows = FollowUp.objects.filter(status__in=states.REVIEWABLE).exclude(claimed_until__gt=at)
    if hold.scope == Scope.TEMPLATE:
        rows = rows.filter(draft__template_version_id=hold.scope_id, draft__author__isnull=True)
    else:
        rows = rows.filter(draft__author_kind=Draft.AuthorKind.MODEL)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _write_anew(ids: list[int], hold: Hold, words: str, by: User | None, at: datetime) -> int:
    with transaction.atomic():
        transitions.lock(ids)
        still = set(_waiting(hold, at)) & set(ids)
        rows = list(FollowUp.objects.filter(pk__in=still).order_by("pk"))
        for row in rows:
            void_approvals(row, words, code="words_off", by=by, at=at)
        transitions.perform([row.pk for row in rows], "refresh", by=by, at=at, reason=words)
    return len(rows)


def _prepare_without_text(by: User, at: datetime) -> None:
    """What waited on hold for want of a text is computed again at the next round."""
    stuck = FollowUp.objects.filter(status=states.ON_HOLD, hold_reason__startswith=NO_TEXT).order_by("pk")
    for ids in _portions(list(stuck.values_list("pk", flat=True))):
        with transaction.atomic():
            rows = [row.pk for row in transitions.lock(ids) if row.status == states.ON_HOLD]
            transitions.perform(rows, "released", by=by, at=at, reason="a text was switched on again")


def worded_by_model(draft: Draft) -> bool:
    """True when a model wrote it, or the text a person made it from."""
    return duties.chain_of(draft)[-1].author_kind == Draft.AuthorKind.MODEL


def _portions(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
