"""What already stands for a batch of accounts: follow-ups, messages sent before, decisions and terms. A few
queries for any number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from accounts.fact_types import AccountFacts
from drafts import states
from drafts.classification.types import DecisionFact, Earlier, TermFact
from drafts.models import Draft, FollowUp
from governance.calendar import zone
from governance.holds import HoldFact, in_force
from governance.models import ApprovedTerm, Decision
from governance.money import to_minor
from governance.sql import Among

# Only what was sent this long ago can still matter to the ladder.
_DRAFT_SOURCES = (
    states.PREPARING,
    *states.REVIEWABLE,
    states.STOPPED,
    states.ON_HOLD,
    states.AWAITING_DECISION,
)


@dataclass(slots=True)
class Standing:
    """What stands for one account. ``last`` is its newest follow-up, open or not; ``material`` the hash its
    brief was made with.
    """

    last: FollowUp | None = None
    material: str = ""
    revision: int = 0  # of the newest draft of ``last``
    holds: tuple[HoldFact, ...] = ()
    earlier: list[Earlier] = field(default_factory=list)
    decisions: list[DecisionFact] = field(default_factory=list)
    terms: list[TermFact] = field(default_factory=list)

    @property
    def open(self) -> FollowUp | None:
        """The open follow-up, if there is one."""
        return self.last if self.last is not None and self.last.status in states.OPEN else None

    @property
    def asked(self) -> frozenset[str]:
        """Kinds of decision that are prepared and not yet made."""
        return frozenset(d.kind for d in self.decisions if d.state == Decision.State.OPEN)


def read_standing(facts: Mapping[int, AccountFacts], as_of: datetime) -> dict[int, Standing]:
    """What stands for each of the accounts."""
    ids = list(facts)
    found = {pk: Standing() for pk in ids}
    for account_id, holds in in_force({pk: f.portfolio_id for pk, f in facts.items()}, as_of).items():
        found[account_id].holds = holds
    _follow_ups(ids, found)
    _earlier(ids, facts, found)
    _decisions(ids, found)
    _terms(ids, found, as_of.date())
    return found


def _follow_ups(ids: Sequence[int], found: Mapping[int, Standing]) -> None:
    newest = (
        FollowUp.objects.filter(Among("account_id", ids)).order_by().values("account_id").annotate(newest=Max("pk"))
    )
    rows = (
        FollowUp.objects.filter(pk__in=newest.values("newest")).select_related("brief").defer("brief__facts")
    )
    for row in rows:
        standing = found[row.account_id]
        standing.last = row
        standing.material = row.brief.material_hash if row.brief else ""
    revisions = [s.last.pk for s in found.values() if s.last is not None and s.last.status in _DRAFT_SOURCES]
    if not revisions:
        return
    drafts = Draft.objects.filter(follow_up_id__in=revisions).order_by().values_list("follow_up__account_id")
    for account_id, revision in drafts.annotate(newest=Max("revision")):
        found[account_id].revision = revision


def _earlier(ids: Sequence[int], facts: Mapping[int, AccountFacts], found: Mapping[int, Standing]) -> None:
    """Messages of this line that were sent, oldest first."""
    rows = FollowUp.objects.filter(Among("account_id", ids), sent_at__isnull=False).order_by("sent_at", "pk")
    for account_id, cycle, step, sent_at, purpose, invoice_ids in rows.values_list(
        "account_id", "cycle", "step", "sent_at", "purpose", "draft__invoice_ids"
    ):
        assert sent_at is not None
        sent_on = sent_at.astimezone(zone(facts[account_id].time_zone)).date()
        found[account_id].earlier.append(Earlier(cycle, step, sent_on, purpose, tuple(invoice_ids or ())))


def _decisions(ids: Sequence[int], found: Mapping[int, Standing]) -> None:
    rows = Decision.objects.filter(Among("account_id", ids)).exclude(state=Decision.State.LAPSED).order_by("pk")
    rows = rows.defer("options", "why", "question")
    for row in rows:
        found[row.account_id].decisions.append(
            DecisionFact(row.pk, row.kind, row.state, row.outcome, row.valid_until, row.decided_at, row.raised_by_id is not None)
        )


def _terms(ids: Sequence[int], found: Mapping[int, Standing], today: date) -> None:
    rows = ApprovedTerm.objects.filter(Among("account_id", ids), withdrawn_at__isnull=True, expires_on__gte=today)
    for term in rows.order_by("pk"):
        parts = [(part.get("date") or "", to_minor(Decimal(part["amount"]), term.currency)) for part in term.schedule]
        schedule = tuple((date.fromisoformat(on), minor) for on, minor in parts if on)
        found[term.account_id].terms.append(
            TermFact(
                term.pk, term.kind, term.ref, term.currency, term.approved_at, term.expires_on, schedule,
                tuple(term.invoice_numbers), tuple(minor for on, minor in parts if not on), term.percent, term.wording,
            )
        )  # fmt: skip
