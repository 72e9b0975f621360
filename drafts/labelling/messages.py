"""The units of the second look: messages that left, by lane and by whether a person edited the text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from drafts import states
from drafts.models import Delivery, Draft

LANES = dict(states.LANE_CHOICES)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that left. ``stratum`` is lane and "edited" or "unedited"."""

    delivery_id: int
    follow_up_id: int
    account_id: int
    portfolio_id: int
    brief_id: int
    draft_id: int
    decided_at: datetime
    stratum: str
    invoice_id: int | None = None

    @property
    def key(self) -> str:
        """The delivery's id as text."""
        return str(self.delivery_id)


def sent_between(starts_at: datetime, ends_at: datetime, portfolio_ids: Collection[int] = ()) -> list[Sent]:
    """Messages the mail server accepted in [``starts_at``, ``ends_at``), each approved by people; by id."""
    by_person = Draft.objects.filter(follow_up=OuterRef("follow_up"), author_kind=Draft.AuthorKind.PERSON, revision__lte=OuterRef("draft__revision"))
    rows = Delivery.objects.filter(state=states.ACCEPTED, accepted_at__gte=starts_at, accepted_at__lt=ends_at)
    if portfolio_ids:
        rows = rows.filter(follow_up__portfolio_id__in=portfolio_ids)
    columns = ("pk", "follow_up_id", "account_id", "follow_up__portfolio_id", "draft__brief_id", "draft_id", "created_at", "approval_request__lane", "edited")
    found = rows.annotate(edited=Exists(by_person)).order_by("pk").values_list(*columns)
    return [Sent(*row, f"{lane or states.ROUTINE} {'edited' if edited else 'unedited'}") for *row, lane, edited in found]  # type: ignore[call-arg]


def words(stratum: str) -> str:
    """ "Routine, edited"."""
    lane, _, edited = stratum.partition(" ")
    return f"{LANES.get(lane, lane)}, {edited}"
