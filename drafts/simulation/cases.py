"""The same facts for both sides: accounts with something overdue, routine and exception, as they are now. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.fact_types import AccountFacts
from accounts.facts import facts_for
from drafts import states
from drafts.brief import freeze
from drafts.classification import DRAFT, SKIP, Verdict, classify
from drafts.classification.types import TermFact
from drafts.models import Draft
from drafts.preparation import due_account_ids
from drafts.preparation.speaking import SPOKEN, material
from drafts.preparation.standing import read_standing
from drafts.simulation import samples
from governance import policies
from governance.canonical import sha256_hex
from governance.holds import HoldFact
from governance.models import ApprovalRequest
from governance.policies import PolicyParameters

CHUNK = 200
# So many accounts are looked at for each one that is wanted, then what was found must do.
PATIENCE = 10
LANES = (states.ROUTINE, states.EXCEPTION)


@dataclass(frozen=True, slots=True)
class Case:
    """One account on which versions are compared. ``frozen`` is its brief as JSON; ``approved`` what people approved last, or empty."""

    facts: AccountFacts
    verdict: Verdict
    frozen: str
    holds: tuple[HoldFact, ...] = ()
    terms: tuple[TermFact, ...] = ()
    material: tuple[tuple[str, str], ...] = ()
    approved: str = ""
    made_up: bool = False


def cases(count: int, at: datetime) -> list[Case]:
    """``count`` cases, half of each lane where the book has them, made-up ones where it has not enough. The same book gives the same."""
    policy = policies.active_parameters()
    by_lane: dict[str, list[Case]] = {lane: [] for lane in LANES}
    for case in _from_book(count, at, policy):
        by_lane[case.verdict.lane].append(case)
        if all(len(found) >= (count + 1) // 2 for found in by_lane.values()):
            break
    chosen = _share(by_lane, count)
    return [*_with_texts(chosen), *made_up(at, policy)[: max(0, count - len(chosen))]]


def _share(by_lane: dict[str, list[Case]], count: int) -> list[Case]:
    """Half of each lane; what one lane lacks the other gives."""
    routine, exception = (by_lane[lane] for lane in LANES)
    first = max(count - count // 2, count - len(exception))
    few = routine[:first]
    return [*few, *exception[: count - len(few)]]


def _from_book(count: int, at: datetime, policy: PolicyParameters) -> Iterator[Case]:
    ids = sorted(due_account_ids(at), key=lambda pk: sha256_hex(str(pk)))[: count * PATIENCE]
    for start in range(0, len(ids), CHUNK):
        found = facts_for(ids[start : start + CHUNK], at, policy=policy)
        standing = read_standing(found, at)
        for pk, facts in found.items():
            stands = standing[pk]
            verdict = classify(facts, stands.holds, policy, stands.decisions, stands.terms, stands.earlier)
            if _fits(facts, verdict):
                frozen = freeze(facts, stands.holds, policy).facts_json
                yield Case(facts, verdict, frozen, tuple(stands.holds), tuple(stands.terms))


def _fits(facts: AccountFacts, verdict: Verdict) -> bool:
    """A message could be written, now or once the contact caps allow it."""
    drafted = verdict.action in (DRAFT, SKIP) and verdict.lane in LANES and verdict.purpose in SPOKEN
    return drafted and bool(verdict.chase_invoice_ids) and facts.recipient is not None


def _with_texts(chosen: Sequence[Case]) -> list[Case]:
    """The cases with the texts from outside a model is shown, and what people approved last."""
    ids = [case.facts.account_id for case in chosen]
    texts, approved = material(ids), _approved(ids)
    return [
        Case(c.facts, c.verdict, c.frozen, c.holds, c.terms, tuple(texts.get(pk, ())), approved.get((pk, c.verdict.purpose), ""))
        for c, pk in zip(chosen, ids, strict=True)
    ]


def _approved(account_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """Per account and purpose the body people approved last. Two queries."""
    complete = ApprovalRequest.objects.filter(subject_kind="draft", state=ApprovalRequest.State.COMPLETE, account_id__in=account_ids)
    drafts = Draft.objects.filter(pk__in=complete.values("subject_id")).order_by("pk")
    return {(account, purpose): body for account, purpose, body in drafts.values_list("follow_up__account_id", "purpose", "body")}


def made_up(at: datetime, policy: PolicyParameters, language: str = "en", purpose: str = states.DEMAND) -> list[Case]:
    """One case per made-up account."""
    return [
        Case(facts, _verdict(facts, purpose, number), freeze(facts, (), policy).facts_json, made_up=True)
        for number, facts in enumerate(samples.accounts(at, language))
    ]


def _verdict(facts: AccountFacts, purpose: str, number: int) -> Verdict:
    named = tuple(i.id for i in facts.invoices if i.overdue and not i.dispute_ids)
    return Verdict(DRAFT, LANES[number % 2], purpose=purpose, chase_invoice_ids=named, step=1 + number % 3)
