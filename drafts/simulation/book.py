"""Today's book under two policies: every due account judged twice by the rules of production, batch by batch. Nothing is written.

Memory does not grow with the book: what differs is handed to the caller account by account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.fact_types import AccountFacts
from accounts.facts import facts_under
from drafts.classification import Verdict, classify
from drafts.classification.types import Reason
from drafts.delivery import outbox
from drafts.delivery.standing import Standing as DraftStanding
from drafts.fingerprint import account_material_hash
from drafts.models import Delivery
from drafts.preparation import speaking
from drafts.preparation.standing import Standing, read_standing
from drafts.simulation.judging import NOT_CHASED, ON_HOLD, Moved, Tally, cell
from governance.canonical import canonical_json, sha256_hex
from governance.models import Approval, PolicyVersion
from governance.policies import PolicyParameters
from governance.sql import Among

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """One account that would be judged otherwise, with what a person reads about it."""

    account_id: int
    moved: Moved
    tier: str
    totals: dict[str, int]
    days_overdue: int

    @property
    def case_key(self) -> str:
        """The same for the same case in a later run."""
        moved = self.moved
        return sha256_hex(canonical_json([self.account_id, moved.before, moved.after, moved.rules, moved.roles_before, moved.roles_after]))


@dataclass(slots=True)
class Scheduled:
    """Messages that wait to leave: how many would now need an approval they do not have, would be held, or go on as they are."""

    waiting: int = 0
    need_more: int = 0
    held: int = 0
    delivery_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sides:
    """The two policies: what is in force, and what is asked about."""

    before: PolicyVersion
    after: PolicyVersion

    @property
    def typed(self) -> tuple[PolicyParameters, PolicyParameters]:
        """Their parameters."""
        return self.before.typed, self.after.typed


@dataclass(slots=True)
class Book:
    """What came out for the accounts of today."""

    tally: Tally = field(default_factory=Tally)
    scheduled: Scheduled = field(default_factory=Scheduled)


def judge(ids: Sequence[int], sides: Sides, at: datetime, keep: Callable[[Found], object]) -> Book:
    """Judge the accounts ``ids`` as of ``at`` under both policies; ``keep`` gets each that differs."""
    book = Book()
    for start in range(0, len(ids), BATCH):
        _batch(ids[start : start + BATCH], sides, at, keep, book)
    return book


def _batch(ids: Sequence[int], sides: Sides, at: datetime, keep: Callable[[Found], object], book: Book) -> None:
    old_policy, new_policy = sides.typed
    old, new = facts_under(ids, at, (old_policy, new_policy), habits=False)
    standing = read_standing(old, at)
    suggested = speaking.suggestions(standing)
    waiting = _waiting(ids)
    book.scheduled.waiting += sum(map(len, waiting.values()))
    for pk, facts in old.items():
        stands, extra = standing[pk], _extra(facts, standing[pk], suggested.get(pk))
        before = _verdict(facts, stands, old_policy, extra)
        after = _verdict(new[pk], stands, new_policy, extra)
        moved = book.tally.add(before, after)
        if moved is None:
            continue
        keep(_found(facts, moved, before, after))
        for delivery in waiting.get(pk, ()):
            _weigh(delivery, new[pk], stands, after, sides.after, at, book.scheduled)


def _verdict(facts: AccountFacts, stands: Standing, policy: PolicyParameters, extra: Reason | None) -> Verdict:
    return classify(facts, stands.holds, policy, stands.decisions, stands.terms, stands.earlier, extra)


def _extra(facts: AccountFacts, stands: Standing, suggested: tuple[str, Reason] | None) -> Reason | None:
    """A model's suggestion counts as in a preparation: for the facts it was made for, and for no others."""
    if suggested is None or suggested[0] != account_material_hash(facts, [hold.kind for hold in stands.holds]):
        return None
    return suggested[1]


def _found(facts: AccountFacts, moved: Moved, before: Verdict, after: Verdict) -> Found:
    overdue = max((i.days_overdue for i in facts.overdue_invoices), default=0)
    return Found(facts.account_id, moved, facts.tier, dict(after.totals or before.totals), overdue)


def _waiting(ids: Sequence[int]) -> Mapping[int, list[Delivery]]:
    """Messages about to leave, by account. One query."""
    rows = Delivery.objects.filter(Among("account_id", ids), state__in=outbox.STOPPABLE).defer("mime")
    found: dict[int, list[Delivery]] = {}
    for row in rows.select_related("draft__follow_up", "draft__brief").order_by("pk"):
        found.setdefault(row.account_id, []).append(row)
    return found


def _weigh(
    delivery: Delivery, facts: AccountFacts, stands: Standing, after: Verdict, policy: PolicyVersion, at: datetime, scheduled: Scheduled
) -> None:
    """What the last look of the new policy would say of one approved message, with the code of the last look."""
    if cell(after) in (ON_HOLD, NOT_CHASED):
        scheduled.held += 1
    else:
        look = DraftStanding(delivery.draft, facts, stands.holds, tuple(stands.decisions), tuple(stands.terms), after, policy, at)
        given = Approval.objects.filter(request_id=delivery.approval_request_id, verdict=Approval.Verdict.APPROVE)
        have = set(given.values_list("required_role__role", flat=True))
        if not {role for role, _ in look.required_roles()} - have and not look.awaiting_decision:
            return
        scheduled.need_more += 1
    scheduled.delivery_ids.append(delivery.pk)
