"""The drafts people decided in the last 28 days, judged again on the facts they were frozen with: under the policy in force, and the other.

What came later is known of them: a dispute, or nothing. That may be counted for what a policy tightens. For what it loosens nothing can
be known, and no figure is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from accounts.fact_types import AccountFacts
from accounts.models import Dispute
from drafts import states
from drafts.brief import open_brief
from drafts.classification import DecisionFact, classify
from drafts.models import Draft, FollowUp
from drafts.models.simulation import TIGHTENED
from drafts.preparation.standing import Standing, read_standing
from drafts.simulation.judging import Tally, compare
from drafts.simulation.teams import Team, with_answers
from drafts.simulation.thaw import thaw, under
from governance.models import Approval, ApprovalRequest
from governance.policies import PolicyParameters

WINDOW = timedelta(days=28)
BATCH = 200


@dataclass(slots=True)
class Replay:
    """``answers`` are what people gave in the window; ``days`` how many of its days the desk has been at work."""

    tally: Tally = field(default_factory=Tally)
    unreadable: int = 0
    disputed_later: int = 0
    caught: int = 0
    went_well: int = 0
    answers: int = 0
    days: int = 0
    teams: defaultdict[int, Team] = field(default_factory=lambda: defaultdict(Team))


def replay(policies: tuple[PolicyParameters, PolicyParameters], at: datetime) -> Replay:
    """Judge every decided draft of the window on its own facts, in batches. Nothing is written."""
    found = Replay(teams=with_answers(at, WINDOW))
    when = decided(at)
    ids = sorted(when)
    for start in range(0, len(ids), BATCH):
        for draft, content in _opened(ids[start : start + BATCH], found):
            _one(draft, content, policies, found, when[draft.pk])
    found.answers, found.days = _load(at)
    return found


def decided(at: datetime) -> dict[int, datetime]:
    """Drafts that were approved by everybody, or refused, in the window, and when."""
    since = at - WINDOW
    answered = ApprovalRequest.objects.filter(subject_kind="draft", completed_at__gt=since, completed_at__lte=at)
    rejected = FollowUp.objects.filter(status=states.REJECTED, ended_at__gt=since, ended_at__lte=at, draft__isnull=False)
    rows = [*rejected.values_list("draft_id", "ended_at"), *answered.values_list("subject_id", "completed_at")]
    return {pk: moment for pk, moment in rows if pk and moment}


def _load(at: datetime) -> tuple[int, int]:
    """Answers people gave in the window, and over how many days."""
    given = Approval.objects.filter(at__gt=at - WINDOW, at__lte=at)
    first = given.order_by("at").values_list("at", flat=True).first()
    return given.count(), 0 if first is None else min(WINDOW.days, (at - first).days + 1)


@dataclass(slots=True)
class _Then:
    """One decided draft with its facts and what stood at its moment."""

    draft: Draft
    facts: AccountFacts
    stands: Standing
    disputed_on: date | None


def _opened(ids: Sequence[int], found: Replay) -> Iterator[tuple[Draft, _Then]]:
    drafts = list(Draft.objects.filter(pk__in=ids).select_related("brief", "follow_up").order_by("pk"))
    read: list[tuple[Draft, AccountFacts, Any]] = []
    for draft in drafts:
        try:
            read.append((draft, *thaw(open_brief(draft.brief))))
        except ValueError:
            found.unreadable += 1
    if not read:
        return
    # Several drafts may be of one account: what stood is read once per account and cut to each draft's moment.
    standing = read_standing({facts.account_id: facts for _, facts, _ in read}, max(facts.as_of for _, facts, _ in read))
    disputes = _disputes({facts.account_id for _, facts, _ in read})
    for draft, facts, holds in read:
        stands = _as_of(standing[facts.account_id], facts.as_of)
        stands.holds = holds
        later = next((on for on in disputes.get(facts.account_id, ()) if on > facts.today), None)
        yield draft, _Then(draft, facts, stands, later)


def _disputes(account_ids: set[int]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    rows = Dispute.objects.filter(account_id__in=account_ids).order_by("opened_on", "pk")
    for account_id, opened_on in rows.values_list("account_id", "opened_on"):
        found.setdefault(account_id, []).append(opened_on)
    return found


def _as_of(stands: Standing, moment: datetime) -> Standing:
    """What of it was there at ``moment``: messages sent, decisions made, terms approved by then."""
    decisions = [
        d if d.decided_at is None or d.decided_at <= moment else DecisionFact(d.id, d.kind, "open") for d in stands.decisions
    ]
    terms = [t for t in stands.terms if t.approved_at <= moment]
    earlier = [e for e in stands.earlier if e.sent_on < moment.date()]
    return Standing(earlier=earlier, decisions=decisions, terms=terms)


def _one(draft: Draft, then: _Then, policies: tuple[PolicyParameters, PolicyParameters], found: Replay, decided_at: datetime) -> None:
    stands = then.stands
    before, after = (
        classify(under(then.facts, policy), stands.holds, policy, stands.decisions, stands.terms, stands.earlier) for policy in policies
    )
    found.tally.add(before, after)
    found.teams[draft.follow_up.portfolio_id].add(before, after, decided_at)
    moved = compare(before, after)
    tightened = moved is not None and moved.direction == TIGHTENED
    found.disputed_later += then.disputed_on is not None
    found.caught += tightened and then.disputed_on is not None
    found.went_well += tightened and then.disputed_on is None and draft.follow_up.status in (states.SENT, states.ANSWERED, states.CLOSED)
