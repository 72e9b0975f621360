"""Holds: put, released, pulled. They beat any approval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from governance.audit import Entry, account_stream, record
from governance.history import record_history
from governance.models import Hold

if TYPE_CHECKING:
    from governance.models import User


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A hold in force, as every stage sees it."""

    id: int
    scope: str
    scope_id: int
    kind: str
    reason: str
    quote: str
    owner_id: int | None
    expires_at: datetime | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class NewHold:
    """A hold to put. ``source`` makes it idempotent: one hold in force per scope, kind and cause."""

    scope: str
    scope_id: int
    account_id: int | None
    kind: str
    reason: str
    quote: str = ""
    source: str = ""
    owner_id: int | None = None
    expires_at: datetime | None = None


def _cause(hold: Hold) -> tuple[str, int, str, str]:
    """What a hold is about: there is at most one unreleased hold per cause."""
    return hold.scope, hold.scope_id, hold.kind, hold.source


def _stream(account_id: int | None) -> str:
    return account_stream(account_id) if account_id else "system"


def put_many(holds: Iterable[NewHold], *, by: User | None, at: datetime) -> list[Hold]:
    """Put holds in a few statements; one already in force for the same cause is left as it is. Returns those that were new.

    One whose time was over is ended on record first: nobody released it, and it must not stand in the way of the new one.
    """
    wanted = {(h.scope, h.scope_id, h.kind, h.source): h for h in holds}
    with transaction.atomic():
        unreleased = Hold.objects.filter(released_at__isnull=True, scope_id__in={h.scope_id for h in wanted.values()})
        same = [hold for hold in unreleased.order_by("pk") if _cause(hold) in wanted]
        over = [hold for hold in same if hold.expires_at is not None and hold.expires_at <= at]
        if over:
            release_many(over, by=None, at=at, reason="its time was over")
        standing = {_cause(hold) for hold in same if hold not in over}
        rows = [
            Hold(
                scope=h.scope, scope_id=h.scope_id, account_id=h.account_id, kind=h.kind, reason=h.reason, quote=h.quote,
                source=h.source, owner_id=h.owner_id, expires_at=h.expires_at, created_by=by, created_at=at,
            )
            for key, h in wanted.items()
            if key not in standing
        ]
        rows = Hold.objects.bulk_create(rows)
        record_history(Hold, [row.pk for row in rows], "+", by=by, at=at)
        record(
            [Entry(_stream(r.account_id), "hold.put", "hold", r.pk, {"kind": r.kind, "scope": r.scope, "id": r.scope_id}) for r in rows],
            by=by, at=at,
        )
    return rows


def put(
    scope: str, scope_id: int, *, kind: str, reason: str, by: User | None, at: datetime, account_id: int | None = None,
    quote: str = "", source: str = "", owner: User | None = None, expires_at: datetime | None = None,
) -> Hold:
    """Put one hold and return it, or the one already in force for the same cause. Raises ``ValueError`` without a reason."""
    if not reason.strip():
        raise ValueError("a hold needs a reason")
    account_id = scope_id if scope == Hold.Scope.ACCOUNT else account_id
    new = NewHold(scope, scope_id, account_id, kind, reason, quote, source, owner.pk if owner else None, expires_at)
    same = Hold.objects.filter(scope=scope, scope_id=scope_id, kind=kind, source=source, released_at__isnull=True)
    try:
        created = put_many([new], by=by, at=at)
    except IntegrityError:
        # Two at once for the same cause where no account is locked (a pause): the other one stands.
        if not same.exists():
            raise
        created = []
    return created[0] if created else same.get()


def release_many(holds: Iterable[Hold], *, by: User | None, at: datetime, reason: str) -> int:
    """Release holds with a reason; those already released are left alone. Returns how many ended."""
    if not reason.strip():
        raise ValueError("releasing a hold needs a reason")
    with transaction.atomic():
        rows = list(
            Hold.objects.select_for_update().filter(pk__in=[h.pk for h in holds], released_at__isnull=True).order_by("pk")
        )
        for row in rows:
            row.released_at, row.released_by, row.release_reason = at, by, reason
        Hold.objects.bulk_update(rows, ["released_at", "released_by", "release_reason"])
        record_history(Hold, [row.pk for row in rows], "~", by=by, at=at, reason=reason)
        record([Entry(_stream(r.account_id), "hold.released", "hold", r.pk, {"kind": r.kind}) for r in rows], by=by, at=at)
    return len(rows)


def release(hold_id: int, *, by: User | None, at: datetime, reason: str) -> int:
    """Release one hold."""
    return release_many(Hold.objects.filter(pk=hold_id), by=by, at=at, reason=reason)


def standing(at: datetime) -> Q:
    """The condition "in force at ``at``"."""
    return Q(released_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=at))


def in_force(accounts: Mapping[int, int], at: datetime) -> dict[int, tuple[HoldFact, ...]]:
    """Holds that block each account: global, its portfolio's, its own, its contacts' and invoices'. ``accounts`` maps id to portfolio id.

    One query for any number of accounts; accounts without a hold are absent.
    """
    reach = (
        Q(scope="global")
        | Q(scope="portfolio", scope_id__in=set(accounts.values()))
        | Q(account_id__in=list(accounts))
    )
    found: dict[int, list[HoldFact]] = {}
    for hold in Hold.objects.filter(standing(at)).filter(reach).order_by("pk"):
        fact = HoldFact(
            hold.pk, hold.scope, hold.scope_id, hold.kind, hold.reason, hold.quote, hold.owner_id, hold.expires_at, hold.source
        )
        for account_id in _reached(hold, accounts):
            found.setdefault(account_id, []).append(fact)
    return {account_id: tuple(facts) for account_id, facts in found.items()}


def _reached(hold: Hold, accounts: Mapping[int, int]) -> Iterable[int]:
    if hold.scope == Hold.Scope.GLOBAL:
        return accounts.keys()
    if hold.scope == Hold.Scope.PORTFOLIO:
        return [a for a, portfolio in accounts.items() if portfolio == hold.scope_id]
    return [hold.account_id] if hold.account_id is not None and hold.account_id in accounts else []


def switches(at: datetime) -> list[Hold]:
    """The kill switches in force, widest first: everything, portfolios, the model, versions of texts. One query."""
    order = ("global", "portfolio", "model", "template")
    return sorted(thrown(at).select_related("created_by").order_by("pk"), key=lambda hold: order.index(hold.scope))


def thrown(at: datetime) -> QuerySet[Hold]:
    """Holds that are kill switches in force, as a query."""
    return Hold.objects.filter(standing(at)).filter(Q(scope__in=("global", "model", "template")) | Q(scope="portfolio", kind=Hold.Kind.PAUSE))


def words_off(at: datetime, template_id: int | None, *, model: bool) -> list[Hold]:
    """Switches against words: of this version of a text, and of whatever a model wrote when ``model`` says that one did."""
    about = Q(scope=Hold.Scope.TEMPLATE, scope_id=template_id or 0)
    about |= Q(scope=Hold.Scope.MODEL) if model else Q(pk__isnull=True)
    return list(Hold.objects.filter(standing(at)).filter(about).order_by("pk"))


def model_switch(at: datetime) -> Hold | None:
    """The switch that keeps the model from drafting, if it is thrown."""
    return Hold.objects.filter(standing(at), scope=Hold.Scope.MODEL).order_by("pk").first()


def sending_paused(at: datetime) -> Hold | None:
    """The global pause in force, if any."""
    return Hold.objects.filter(standing(at), scope=Hold.Scope.GLOBAL).select_related("created_by").order_by("pk").first()
