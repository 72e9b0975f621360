"""Handing an account to the right person: the owner changes, and where the person has no grant, a dated share is written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.models import FollowUp
from drafts.review import evidence_first
from drafts.review.base import RELEASED, Blocked, demand_reason, locked
from drafts.review.verdicts import void_approvals
from governance import policies
from governance.audit import Entry, account_stream, record
from governance.history import save_as
from governance.models import AccountShare
from governance.rights import roles_of, scope_of
from governance.roles import DECIDERS, FINANCE, LABELS, OWNER, REVIEWER, SATISFIED_BY, label_of

if TYPE_CHECKING:
    from governance.models import User

SHARE_DAYS = 30
# In which role somebody is asked when the router names a person only: the first the person could act in here.
_PREFERRED = (OWNER, FINANCE, REVIEWER)


def route(
    follow_up_id: int, *, by: User, at: datetime, note: str, role: str = "", user: User | None = None, version: int | None = None
) -> FollowUp:
    """Hand the follow-up to a role, a person, or a person in a role; it leaves this person's queue.

    A person without that role here receives access to this one account for 30 days. A follow-up on hold stays on hold: only its owner
    changes. Raises ``Blocked`` without a target or for a role that decides nothing.
    """
    note = demand_reason(note, "routing")
    if not role and user is None:
        raise Blocked("E-ROUTE", "Please choose a role or a person to route this to.")
    if role and role not in DECIDERS:
        raise Blocked("E-ROUTE", f"The role {label_of(role)} does not decide about messages.")
    with transaction.atomic():
        follow_up = locked(follow_up_id, by=by, action="route", at=at, version=version)
        evidence_first.demand(follow_up, policies.active_parameters(), by=by, at=at)
        role = role or _role_of(user, follow_up)
        if user is not None:
            _share(follow_up, user, role, note, by, at)
        fields = {"owner_role": role, "owner_id": user.pk if user else None, **RELEASED}
        data = {follow_up.pk: {"role": role, "user": user.pk if user else None}}
        stream = account_stream(follow_up.account_id)
        record([Entry(stream, "account.routed", "follow_up", follow_up.pk, data[follow_up.pk])], by=by, at=at)
        action = "route_held" if follow_up.status == states.ON_HOLD else "route"
        if follow_up.status == states.STOPPED:
            void_approvals(follow_up, "routed to another owner", code="routed", by=by, at=at)
        return transitions.perform([follow_up.pk], action, by=by, at=at, reason=note, fields={follow_up.pk: fields}, data=data)[0]


def _role_of(user: User | None, follow_up: FollowUp) -> str:
    """The role a person named without one is asked in: one they hold here, else one they hold elsewhere."""
    assert user is not None  # the caller named a role or a person
    here = roles_of(user, follow_up.portfolio_id, follow_up.account_id)
    for held in (here, _roles_anywhere(user)):
        for role in (*_PREFERRED, *sorted(DECIDERS)):
            if role in held:
                return role
    raise Blocked("E-ROUTE", f"{user} holds no role that decides about messages.")


def _roles_anywhere(user: User) -> frozenset[str]:
    """Roles a person was ever given by somebody who may: by a grant, or by membership in the role's group."""
    labels = set(user.groups.values_list("name", flat=True))
    return scope_of(user).all_roles | {role for role, label in LABELS.items() if label in labels}


def _share(follow_up: FollowUp, user: User, role: str, reason: str, by: User, at: datetime) -> None:
    if not user.is_active or user.is_service:
        raise Blocked("E-ROUTE", f"{user} cannot receive work: this user is not active.")
    if roles_of(user, follow_up.portfolio_id, follow_up.account_id) & SATISFIED_BY[role]:
        return
    # Routing opens one more account to a role; it never makes a role (only the system administrator assigns those).
    if not _roles_anywhere(user) & SATISFIED_BY[role]:
        raise Blocked("E-ROUTE", f"{user} does not hold the role {label_of(role)}; routing cannot give it.")
    if user == by:
        raise Blocked("E-ROUTE", "You cannot open an account to yourself by routing.")
    share = AccountShare.objects.filter(account_id=follow_up.account_id, user=user, role=role).first() or AccountShare(
        account_id=follow_up.account_id, user=user, role=role
    )
    share.reason, share.routed_by, share.starts_at, share.ends_at = reason, by, at, at + timedelta(days=SHARE_DAYS)
    save_as(share, by=by, at=at, reason=reason)
    stream = account_stream(follow_up.account_id)
    data = {"user": user.pk, "role": role, "until": share.ends_at}
    record([Entry(stream, "rights.granted", "account", follow_up.account_id, data)], by=by, at=at)
