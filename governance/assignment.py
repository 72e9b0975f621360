"""Who gives roles: one administrator asks, another confirms, and neither of them gains. Ending a role takes one; it acts on the next click.

Roles that neither approve nor decide, activate, assign or export (``governance.roles.STRONG`` names the others) take one administrator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from governance import clock
from governance.audit import Entry, record
from governance.canonical import sha256_hex
from governance.decisions import Allowed, Decision, Denied
from governance.history import save_as
from governance.models import AllPortfoliosGrant, Event, Portfolio, PortfolioGroupGrant, PortfolioUserGrant, RoleRequest, User
from governance.rights import GrantRow, can, scope_of
from governance.roles import ALL_ROLES, STRONG, SYSTEM, label_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAYS_TO_CONFIRM = 14
# Whoever changed how a colleague signs in could sit at the colleague's screen: for so long that colleague does not confirm their requests.
DAYS_AFTER_A_RESET = 7
RESETS = ("rights.password_set", "rights.second_factor_reset")
SIGN_IN_FIELDS = ("username", "email")  # single sign-on knows people by their address


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: a role for a person or a group in a portfolio (None: in all), or, with an empty role, a person in a group."""

    role: str
    reason: str
    user: User | None = None
    group: Group | None = None
    portfolio: Portfolio | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def strong(self) -> bool:
        """True when it takes a second administrator: the role, or a role that comes with the group."""
        return bool(({self.role} if self.role else roles_of_group(self.group)) & STRONG)


def roles_of_group(group: Group | None) -> set[str]:
    """Roles that come with a group, those that begin later included."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())
    if group is None:
        return set()
    here = PortfolioGroupGrant.objects.filter(lasting, group=group).values_list("permission__codename", flat=True)
    return {*here, *AllPortfoliosGrant.objects.filter(lasting, group=group).values_list("role", flat=True)}


def may_assign(by: User, portfolio: Portfolio | None) -> Decision:
    """May ``by`` assign roles in a portfolio; in all of them only an administrator of all."""
    if portfolio is not None:
        return can(by, "assign_roles", portfolio)
    if SYSTEM in scope_of(by).roles_everywhere:
        return Allowed()
    return Denied("because only a system administrator of all portfolios gives roles in all of them or changes groups")


def gains(person: User, *, role: str, user: User | None, group: Group | None) -> bool:
    """True when the change reaches ``person``: directly, or through a group they belong to."""
    if user is not None:
        return user.pk == person.pk
    return bool(role) and group is not None and person.groups.filter(pk=group.pk).exists()


def ask(wish: Wish, *, by: User, at: datetime) -> RoleRequest:
    """Ask for a role, or give it where one administrator suffices. Raises ``NotAllowed``, or ``ValueError`` naming what is wrong."""
    may_assign(by, wish.portfolio).or_raise()
    _refuse_own(wish.role, wish.user, wish.group, by)
    _checked(wish, at)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # one request at a time, so that no wish is asked for twice
        if RoleRequest.objects.filter(_same(wish), state=RoleRequest.State.WAITING).exists():
            raise ValueError("the same is asked for already and waits for another administrator")
        row = RoleRequest.objects.create(
            role=wish.role, user=wish.user, group=wish.group, portfolio=wish.portfolio, starts_on=wish.starts_on, ends_on=wish.ends_on,
            reason=wish.reason.strip(), asked_by=by, asked_at=at,
        )
        if wish.strong:
            record([Entry("rights", "rights.asked", "rolerequest", row.pk, _data(row))], by=by, at=at)
        else:
            _put_in_force(row, None, by, at)
    return row


def _same(wish: Wish) -> Q:
    return Q(role=wish.role, user=wish.user, group=wish.group, portfolio=wish.portfolio)


def _refuse_own(role: str, user: User | None, group: Group | None, by: User) -> None:
    if gains(by, role=role, user=user, group=group):
        words = "because you belong to this group" if user is None else "because it would be yours"
        Denied(f"{words}: nobody gives a role to themselves. Another system administrator can").or_raise()


def _checked(wish: Wish, at: datetime) -> None:
    membership = not wish.role
    if not wish.reason.strip():
        raise ValueError("write a reason: it is recorded with the role")
    if membership and (wish.user is None or wish.group is None or wish.portfolio is not None):
        raise ValueError("choose a person and a group")
    if not membership and (wish.role not in ALL_ROLES or (wish.user is None) == (wish.group is None)):
        raise ValueError("choose a role, and either a person or a group")
    if wish.user is not None and (not wish.user.is_active or wish.user.is_service):
        raise ValueError(f"{wish.user} cannot sign in, so a role would be without effect")
    if wish.ends_on and wish.ends_on < max(wish.starts_on or at.date(), at.date()):
        raise ValueError("the last day lies before the first day, or in the past")
    if membership and wish.user is not None and wish.user.groups.filter(pk=wish.group.pk).exists():  # type: ignore[union-attr]
        raise ValueError(f"{wish.user} is in this group already")


def may_confirm(row: RoleRequest, by: User, at: datetime) -> Decision:
    """May ``by`` put this request into force now?"""
    if row.asked_by_id == by.pk:
        return Denied("because you asked for it; another system administrator confirms")
    if gains(by, role=row.role, user=row.user, group=row.group):
        return Denied("because it would be yours; another system administrator confirms")
    if gains(row.asked_by, role=row.role, user=row.user, group=row.group):
        return Denied(f"because {row.asked_by}, who asked for it, would gain by it")
    here = may_assign(by, row.portfolio)
    if not here:
        return here
    if not may_assign(row.asked_by, row.portfolio):
        return Denied(f"because {row.asked_by}, who asked for it, assigns roles there no more")
    if at - row.asked_at > timedelta(days=DAYS_TO_CONFIRM):
        return Denied(f"because it was asked for more than {DAYS_TO_CONFIRM} days ago; ask again")
    reset = _last_reset(by, row.asked_by, at)
    if reset is not None:
        day = f"{reset:%d %b}"
        return Denied(f"because {row.asked_by} changed your sign-in on {day}; another administrator confirms within {DAYS_AFTER_A_RESET} days of that")
    return Allowed()


def _last_reset(confirmer: User, asker: User, at: datetime) -> datetime | None:
    since = at - timedelta(days=DAYS_AFTER_A_RESET)
    rows = Event.objects.filter(stream="rights", actor_id=asker.pk, subject_kind="user", subject_id=confirmer.pk, at__gte=since)
    changed = Q(action="rights.person_changed") & Q(*[("data__contains", f'"{name}"') for name in SIGN_IN_FIELDS], _connector=Q.OR)
    return rows.filter(Q(action__in=RESETS) | changed).order_by("-id").values_list("at", flat=True).first()


def _locked(pk: int) -> RoleRequest:
    row = RoleRequest.objects.select_for_update(of=("self",)).select_related("user", "group", "portfolio", "asked_by").get(pk=pk)
    if row.state != RoleRequest.State.WAITING:
        raise ValueError(f"this request was answered already: {row.get_state_display().lower()}")
    return row


def confirm(pk: int, *, by: User, at: datetime) -> RoleRequest:
    """Put a request into force. Raises ``NotAllowed`` for the asker, for who gains by it, and for who may not assign roles there."""
    with transaction.atomic():
        row = _locked(pk)
        may_confirm(row, by, at).or_raise()
        if row.user is not None and (not row.user.is_active or row.user.is_service):
            raise ValueError(f"{row.user} cannot sign in any more; refuse the request instead")
        _put_in_force(row, by, by, at)
    return row


def refuse(pk: int, reason: str, *, by: User, at: datetime) -> RoleRequest:
    """Say no to a request, with a reason. Whoever asked withdraws it instead."""
    with transaction.atomic():
        row = _locked(pk)
        own = row.asked_by_id == by.pk
        if not own:
            may_assign(by, row.portfolio).or_raise()
            _refuse_own(row.role, row.user, row.group, by)
        if not reason.strip():
            raise ValueError("write a reason: it is recorded with the answer")
        row.state = RoleRequest.State.WITHDRAWN if own else RoleRequest.State.REFUSED
        row.decided_by, row.decided_at, row.answer = by, at, reason.strip()
        row.save()
        act = "rights.recalled" if own else "rights.refused"
        record([Entry("rights", act, "rolerequest", row.pk, {**_data(row), "answer_sha256": sha256_hex(row.answer)})], by=by, at=at)
    return row


def _put_in_force(row: RoleRequest, second: User | None, by: User, at: datetime) -> None:
    """Write the grant or the membership, close the request, record both people."""
    row.state, row.decided_by, row.decided_at = RoleRequest.State.CONFIRMED, second, at
    row.save()
    if not row.role:
        row.user.groups.add(row.group)  # type: ignore[union-attr, arg-type]
        record([Entry("rights", "rights.joined_group", "user", row.user_id, _data(row))], by=by, at=at)
        return
    grant = _grant_for(row)
    grant.starts_on, grant.ends_on, grant.granted_by, grant.reason = row.starts_on, row.ends_on, row.asked_by, row.reason
    save_as(grant, by=by, at=at, reason=f"request {row.pk}")
    record([Entry("rights", "rights.granted", "grant", grant.pk, _data(row))], by=by, at=at)


def _grant_for(row: RoleRequest) -> GrantRow:
    """The grant of this holder, role and portfolio: the one that is there (perhaps ended), or a new one."""
    holder: dict[str, Any] = {"user": row.user} if row.user_id else {"group": row.group}
    model: Any = AllPortfoliosGrant if row.portfolio_id is None else PortfolioUserGrant if row.user_id else PortfolioGroupGrant
    if row.portfolio_id is None:
        what: dict[str, Any] = {"role": row.role}
    else:
        what = {"permission": Permission.objects.get(content_type__model="portfolio", codename=row.role), "content_object": row.portfolio}
    return model.objects.select_for_update().filter(**holder, **what).first() or model(**holder, **what)


def _data(row: RoleRequest) -> dict[str, Any]:
    """What an event tells of a request: ids, the role, days, and the hash of the reason, whose words stay with the request."""
    return {
        "request": row.pk, "role": row.role, "portfolio": row.portfolio_id, "user": row.user_id, "group": row.group_id, "asked_by": row.asked_by_id,
        "from": str(row.starts_on or ""), "until": str(row.ends_on or ""), "reason_sha256": sha256_hex(row.reason),
    }


def end(grant: GrantRow, reason: str, *, by: User, at: datetime, last_day: date | None = None) -> None:
    """End a role: now, or after ``last_day``. One administrator suffices; a grant that reaches oneself is for a colleague to end."""
    portfolio = getattr(grant, "content_object", None)
    may_assign(by, portfolio).or_raise()
    user, group = getattr(grant, "user", None), getattr(grant, "group", None)
    role = getattr(grant, "role", "") or grant.permission.codename  # type: ignore[union-attr]
    if gains(by, role=role, user=user, group=group):
        Denied("because this role is your own; another system administrator ends it").or_raise()
    if not reason.strip():
        raise ValueError("write a reason: it is recorded with the role")
    last = last_day or at.date() - timedelta(days=1)
    if last_day is not None and last_day < at.date():
        raise ValueError("the last day lies in the past; leave it empty to end the role now")
    with transaction.atomic():
        row: Any = type(grant).objects.select_for_update().get(pk=grant.pk)  # type: ignore[attr-defined]
        if row.ends_on is not None and row.ends_on <= last:
            raise ValueError(f"the {label_of(role)} role ends on {row.ends_on} already")
        row.ends_on, row.reason = last, reason.strip()
        row.starts_on = min(row.starts_on, last) if row.starts_on else None
        save_as(row, by=by, at=at, reason="ended")
        data = {"role": role, "portfolio": getattr(row, "content_object_id", None), "user": getattr(user, "pk", None),
                "group": getattr(group, "pk", None), "until": str(last), "reason_sha256": sha256_hex(row.reason)}
        record([Entry("rights", "rights.withdrawn", "grant", row.pk, data)], by=by, at=at)


def leave_group(user: User, group: Group, reason: str, *, by: User, at: datetime) -> None:
    """Take a person out of a group; never oneself. Raises ``NotAllowed`` or ``ValueError``."""
    may_assign(by, None).or_raise()
    _refuse_own("", user, group, by)
    if not reason.strip():
        raise ValueError("write a reason: it is recorded")
    with transaction.atomic():
        if not user.groups.filter(pk=group.pk).exists():
            raise ValueError(f"{user} is not in this group")
        user.groups.remove(group)
        data = {"group": group.pk, "user": user.pk, "reason_sha256": sha256_hex(reason.strip())}
        record([Entry("rights", "rights.left_group", "user", user.pk, data)], by=by, at=at)


def waiting(by: User) -> QuerySet[RoleRequest]:
    """Requests this administrator (or auditor) reaches that wait for an answer, oldest first."""
    rows = RoleRequest.objects.filter(state=RoleRequest.State.WAITING).select_related("user", "group", "portfolio", "asked_by").order_by("pk")
    scope = scope_of(by)
    if {SYSTEM, "compliance_auditor"} & scope.roles_everywhere:
        return rows
    return rows.filter(portfolio_id__in=[pk for pk, held in scope.roles_by_portfolio.items() if {SYSTEM, "compliance_auditor"} & held])
