"""What a look at an invariant is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet

from drafts import states
from drafts.models import Delivery

# The mail server has these, or may have them.
REACHED = (states.HANDING_OVER, states.ACCEPTED, states.OUTCOME_UNKNOWN)
# The moment of an act is read before it waits for its turn: what carries an older moment may still have happened later.
SKEW = timedelta(minutes=5)
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that breaks an invariant: its kind and id, and what is wrong in words."""

    kind: str
    id: int | str
    words: str


Look = Callable[[], Iterable[Violation]]
Note = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Invariant:
    """One sentence that must hold at every moment, the looks at the rows that show whether it does, and what has to be said besides."""

    id: str
    words: str
    looks: tuple[Look, ...]
    note: Note | None = None


def reached() -> Iterator[Delivery]:
    """Every delivery that reached the mail server or may have, with its draft, brief, account and approval request."""
    return each(deliveries().filter(state__in=REACHED))


def deliveries() -> QuerySet[Delivery]:
    """Deliveries with what most looks read of them."""
    return Delivery.objects.select_related("draft__brief", "draft__follow_up", "account", "approval_request__policy_version")


def each(rows: QuerySet[Delivery]) -> Iterator[Delivery]:
    """The rows in order, a few at a time."""
    return rows.order_by("pk").iterator(chunk_size=CHUNK)


def of(delivery: Delivery, words: str) -> Violation:
    """A violation by a delivery."""
    return Violation("delivery", delivery.pk, words)
