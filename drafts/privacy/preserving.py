"""What keeps data from being erased: a preservation hold, or a hold of the kind "legal" in force on the account or the person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from accounts.models import Account
from governance.audit import Entry, account_stream, record
from governance.models import Hold, PreservationHold
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User


def kept_by(account_id: int, at: datetime) -> str:
    """Why nothing of this account may be erased now, in words; empty when it may."""
    held = PreservationHold.objects.filter(account_id=account_id, released_at__isnull=True).first()
    if held is not None:
        return f"a preservation hold stands since {held.put_at:%d %B %Y}: {held.reason}"
    standing = Q(released_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=at))
    legal = Hold.objects.filter(standing, account_id=account_id, kind=Hold.Kind.LEGAL).first()
    return f"a legal hold stands since {legal.created_at:%d %B %Y}: {legal.reason}" if legal else ""


def preserve(account_id: int, reason: str, *, by: User, at: datetime) -> PreservationHold:
    """Put a preservation hold. Raises ``NotAllowed``, or ``ValueError`` without a reason or when one stands."""
    if not reason.strip():
        raise ValueError("write a reason: it is recorded with the hold")
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
        can(by, "preserve", account).or_raise()
        if PreservationHold.objects.filter(account_id=account_id, released_at__isnull=True).exists():
            raise ValueError("a preservation hold stands already")
        row = PreservationHold.objects.create(account_id=account_id, reason=reason.strip(), put_by=by, put_at=at)
        record([Entry(account_stream(account_id), "privacy.hold_put", "preservation_hold", row.pk)], by=by, at=at)
    return row


def release(account_id: int, reason: str, *, by: User, at: datetime) -> PreservationHold:
    """Release it with a reason. Raises ``NotAllowed``, or ``ValueError`` without a reason or when none stands."""
    if not reason.strip():
        raise ValueError("write a reason: it is recorded with the release")
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
        can(by, "preserve", account).or_raise()
        row = PreservationHold.objects.filter(account_id=account_id, released_at__isnull=True).first()
        if row is None:
            raise ValueError("no preservation hold stands")
        row.released_by, row.released_at, row.release_reason = by, at, reason.strip()
        row.save()
        record([Entry(account_stream(account_id), "privacy.hold_released", "preservation_hold", row.pk)], by=by, at=at)
    return row
