"""Small questions about disputes that several pages ask."""

from __future__ import annotations

from accounts.models import DisputeSignal
from accounts.models.dispute import CATEGORIES


def pending(account_id: int) -> list[DisputeSignal]:
    """Signals of one account nobody has judged, oldest first."""
    rows = DisputeSignal.objects.filter(account_id=account_id, status=DisputeSignal.Status.PENDING)
    return list(rows.select_related("invoice").order_by("found_at"))


def categories() -> list[tuple[str, str]]:
    """Kinds of dispute for the forms."""
    return list(CATEGORIES)
