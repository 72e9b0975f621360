"""Who answers second answers for themselves: what others answered is not shown to somebody who may still answer, until they have.

Hidden on every page, list, history and export of the record: the answers themselves, the events written with them, and who read the
text before answering. That more than one person is asked is no secret. An open request only; once it ended everybody sees everything.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from governance.audit import account_stream
from governance.models import Approval, ApprovalRequest, Event, RequiredRole, User
from governance.rights import Scope
from governance.roles import SATISFIED_BY

# What somebody who looks at a text before they answer leaves behind; it tells who answered as surely as the answer does.
LOOKS = ("draft.opened", "draft.viewed_evidence", "draft.answered_first", "follow_up.open", "follow_up.leave")


@dataclass(frozen=True, slots=True)
class Withheld:
    """One open request whose answers so far this person does not see yet. ``since`` is the moment of the first of them."""

    request_id: int
    subject_kind: str
    subject_id: int
    account_id: int
    people: frozenset[int]
    since: datetime

    def hides(self, event: Event) -> bool:
        """True for an event that would tell who answered, or how."""
        if event.stream != account_stream(self.account_id):
            return False
        if event.actor_id in self.people and (event.at >= self.since or event.action in LOOKS):
            return True
        about = (event.subject_kind, event.subject_id) == (self.subject_kind, self.subject_id)
        return about and event.action.startswith("approval.") and event.at >= self.since

    def condition(self) -> Q:
        """The same for a query over events."""
        stream = Q(stream=account_stream(self.account_id))
        theirs = Q(actor_id__in=self.people) & (Q(at__gte=self.since) | Q(action__in=LOOKS))
        about = Q(subject_kind=self.subject_kind, subject_id=self.subject_id, action__startswith="approval.", at__gte=self.since)
        return stream & (theirs | about)


def withheld(
    person: User, scope: Scope, *, account_ids: Collection[int] | None = None, subject_ids: Collection[int] | None = None
) -> list[Withheld]:
    """What ``person`` does not see yet, of some accounts or subjects (None: of all in reach). Two queries."""
    mine = Approval.objects.filter(request=OuterRef("pk"), person=person)
    missing = RequiredRole.objects.filter(request=OuterRef("pk"), approval__isnull=True)
    reached = Q(pk__isnull=True)
    for role, fillers in SATISFIED_BY.items():
        here = _reach(scope, fillers)
        if here is not None:
            reached = reached | Q(here & Q(Exists(missing.filter(role=role))))
    rows = ApprovalRequest.objects.filter(reached & ~Exists(mine), state=ApprovalRequest.State.OPEN)
    if account_ids is not None:
        rows = rows.filter(account_id__in=account_ids)
    if subject_ids is not None:
        rows = rows.filter(subject_kind="draft", subject_id__in=subject_ids)
    found = []
    for row in rows.prefetch_related("approvals"):
        given = list(row.approvals.all())
        if given:
            people = frozenset(a.person_id for a in given)
            found.append(Withheld(row.pk, row.subject_kind, row.subject_id, row.account_id, people, min(a.at for a in given)))
    return found


def _reach(scope: Scope, roles: frozenset[str]) -> Q | None:
    """Requests where the person holds one of ``roles``; None when nowhere."""
    if scope.roles_everywhere & roles:
        return Q()
    portfolios = [pk for pk, held in scope.roles_by_portfolio.items() if held & roles]
    accounts = [pk for pk, held in scope.roles_by_account.items() if held & roles]
    if not portfolios and not accounts:
        return None
    return Q(portfolio_id__in=portfolios) | Q(account_id__in=accounts)


def hidden_events(found: Collection[Withheld]) -> Q:
    """The events to leave out; matches none when nothing is withheld."""
    out = Q(pk__isnull=True)
    for one in found:
        out |= one.condition()
    return out
