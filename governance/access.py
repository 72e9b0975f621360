"""Access review: every quarter each grant in force is certified by another person: kept or ended, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max, Q

from governance import clock
from governance.audit import Entry, record
from governance.decisions import Denied
from governance.history import save_as
from governance.models import AccessReview, AllPortfoliosGrant, Certification, Event, PortfolioGroupGrant, PortfolioUserGrant
from governance.rights import Scope, can, scope_of
from governance.roles import ACTIONS, label_of

if TYPE_CHECKING:
    from governance.models import User

DAYS_TO_CERTIFY = 30
GRANTS: dict[str, Any] = {
    Certification.Kind.PERSON: PortfolioUserGrant,
    Certification.Kind.GROUP: PortfolioGroupGrant,
    Certification.Kind.EVERYWHERE: AllPortfoliosGrant,
}


@dataclass(frozen=True, slots=True)
class ReviewState:
    """How far the review of a quarter is; ``overdue`` are grants nobody certified in time."""

    quarter: str
    total: int
    done: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Item:
    """One grant on the worklist, ready to be shown; ``last_use`` is the last act of its holder on record (None: never)."""

    certification: Certification
    holder: str
    role: str
    portfolio: str
    since: date | None
    ended: bool
    last_use: datetime | None
    own: bool
    may: bool


def quarter_of(day: date) -> str:
    """ "2026Q4"."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def open_due(at: datetime) -> AccessReview:
    """The review of this quarter, opened if it is not, with every grant that came since."""
    with transaction.atomic():
        due = (at + timedelta(days=DAYS_TO_CERTIFY)).date()
        review, fresh = AccessReview.objects.get_or_create(quarter=quarter_of(at.date()), defaults={"opened_at": at, "due_on": due})
        known = set(review.certifications.values_list("kind", "grant_id"))
        rows = [
            Certification(review=review, kind=kind, grant_id=pk)
            for kind, model in GRANTS.items()
            for pk in model.objects.filter(_in_force(at.date())).order_by("pk").values_list("pk", flat=True)
            if (kind, pk) not in known
        ]
        Certification.objects.bulk_create(rows)
        if fresh:
            record([Entry("rights", "review.opened", "access_review", review.pk, {"grants": len(rows)})], by=None, at=at)
    return review


def _in_force(on: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gte=on)


def review_state(at: datetime, scope: Scope | None = None) -> ReviewState:
    """The review of the quarter of ``at``, of the grants a person reaches where their scope is given; all zero before it was opened."""
    review = AccessReview.objects.filter(quarter=quarter_of(at.date())).first()
    if review is None:
        return ReviewState(quarter_of(at.date()), 0, 0, 0)
    rows = list(review.certifications.all())
    if scope is not None:
        grants = _grants_of(rows)
        rows = [row for row in rows if (row.kind, row.grant_id) in grants and _reached(grants[row.kind, row.grant_id], "see_compliance", scope)]
    total, waiting = len(rows), sum(not row.verdict for row in rows)
    return ReviewState(review.quarter, total, total - waiting, waiting if at.date() > review.due_on else 0)


def items(review: AccessReview, viewer: User) -> list[Item]:
    """The worklist of what the viewer reaches: what waits first. A few queries for any number."""
    scope = scope_of(viewer)
    rows = list(review.certifications.select_related("by").order_by("pk"))
    grants = _grants_of(rows)
    people = {g.user_id for g in grants.values() if getattr(g, "user_id", None)}
    used = dict(Event.objects.filter(actor_id__in=people).order_by().values_list("actor_id").annotate(last=Max("at")))
    groups = set(viewer.groups.values_list("pk", flat=True))
    found = ((row, grants[row.kind, row.grant_id]) for row in rows if (row.kind, row.grant_id) in grants)
    shown = [_item(row, grant, used, viewer, groups, scope) for row, grant in found if _reached(grant, "see_access_review", scope)]
    return sorted(shown, key=lambda item: (bool(item.certification.verdict), item.holder, item.certification.pk))


def _grants_of(rows: list[Certification]) -> dict[tuple[str, int], Any]:
    """The grants of a review by kind and id, with what a line says about them; three queries."""
    grants: dict[tuple[str, int], Any] = {}
    for kind, model in GRANTS.items():
        ids = [row.grant_id for row in rows if row.kind == kind]
        related = ["group"] if kind == Certification.Kind.GROUP else ["user"]
        related += ["user", "group"] if kind == Certification.Kind.EVERYWHERE else ["permission", "content_object"]
        grants |= {(kind, grant.pk): grant for grant in model.objects.filter(pk__in=ids).select_related(*dict.fromkeys(related))}
    return grants


def _reached(grant: Any, action: str, scope: Scope) -> bool:
    """Grants of a portfolio by a role there; grants everywhere by a role everywhere."""
    held = scope.roles_for(grant.content_object_id) if hasattr(grant, "content_object_id") else scope.roles_everywhere
    return bool(held & ACTIONS[action].roles)


def _item(row: Certification, grant: Any, used: dict[int, datetime], viewer: User, groups: set[int], scope: Scope) -> Item:
    user_id, group_id = getattr(grant, "user_id", None), getattr(grant, "group_id", None)
    holder = str(grant.user) if user_id else f"group {grant.group}"
    role = getattr(grant, "role", "") or grant.permission.codename
    portfolio = str(grant.content_object) if row.kind != Certification.Kind.EVERYWHERE else "all portfolios"
    own = user_id == viewer.pk or group_id in groups
    ended = grant.ends_on is not None and grant.ends_on < clock.today()
    last = used.get(user_id) if user_id else None
    return Item(row, holder, label_of(role), portfolio, grant.starts_on, ended, last, own, _reached(grant, "certify_grants", scope) and not own)


def in_reach(row: Certification, by: User) -> bool:
    """Whether the grant lies where this person certifies; one that does not is no row of theirs."""
    return _reached(GRANTS[row.kind].objects.get(pk=row.grant_id), "certify_grants", scope_of(by))


def certify(certification_id: int, verdict: str, reason: str, *, by: User, at: datetime) -> Certification:
    """Keep or end one grant. Raises ``NotAllowed`` for one's own, ``ValueError`` without a reason or for a verdict there is not."""
    can(by, "certify_grants").or_raise()
    if verdict not in Certification.Verdict.values:
        raise ValueError("choose whether the grant is kept or ended")
    if not reason.strip():
        raise ValueError("write a reason: it is recorded with the decision")
    with transaction.atomic():
        row = Certification.objects.select_for_update(of=("self",)).get(pk=certification_id)
        if row.verdict:
            raise ValueError("somebody has certified this grant already")
        grant = GRANTS[row.kind].objects.get(pk=row.grant_id)
        if not _reached(grant, "certify_grants", scope_of(by)):
            Denied("because this grant lies outside your portfolios").or_raise()
        _refuse_own(grant, by)
        row.verdict, row.reason, row.by, row.at = verdict, reason.strip(), by, at
        row.save()
        if verdict == Certification.Verdict.END:
            _end(grant, by, at)
        action = "review.kept" if verdict == Certification.Verdict.KEEP else "review.ended"
        record([Entry("rights", action, "grant", grant.pk, {"kind": row.kind, "certification": row.pk})], by=by, at=at)
    return row


def _refuse_own(grant: Any, by: User) -> None:
    group_id = getattr(grant, "group_id", None)
    if getattr(grant, "user_id", None) == by.pk or (group_id and by.groups.filter(pk=group_id).exists()):
        Denied("because this grant is your own; another person certifies it").or_raise()


def _end(grant: Any, by: User, at: datetime) -> None:
    """Over from this day on: the last day it counted was yesterday."""
    grant.ends_on = at.date() - timedelta(days=1)
    if grant.starts_on and grant.starts_on > grant.ends_on:
        grant.starts_on = grant.ends_on
    save_as(grant, by=by, at=at, reason="access review")
