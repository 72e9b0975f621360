"""How things stand for one draft now: facts, holds, verdict, findings, and what changed since it was written.

Asked twice with the same code, when a person approves and at the last look, so that the two can never disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F

from accounts.fact_types import AccountFacts
from accounts.facts import facts_for
from accounts.models import Invoice
from drafts import states
from drafts.checks import CheckInput, run_checks
from drafts.checks import base as severity
from drafts.checks.base import Finding
from drafts.checks.context import check_facts
from drafts.classification import Verdict, classify, routing
from drafts.classification.types import DecisionFact, TermFact
from drafts.classification.types import Reason as ClassificationReason
from drafts.delivery.changes import Reason, material_changes
from drafts.delivery.duties import barred
from drafts.fingerprint import material_facts
from drafts.models import Draft, FollowUp
from drafts.preparation.approvers import raised, roles_for, topics_of
from drafts.preparation.plan import CHECK_PREFIX
from drafts.preparation.speaking import SUGGESTED
from drafts.preparation.standing import read_standing
from governance import policies
from governance.holds import HoldFact
from governance.models import PolicyVersion
from governance.policies import PolicyParameters
from governance.roles import FINANCE, OWNER, REVIEWER
from governance.standards import checks_read

# What a person writes beside a hold, to answer or to correct: never a demand.
BESIDE_A_HOLD = (states.DISPUTE_RESPONSE, states.CORRECTION)
# Holds such a message may go out under: they are what it is about.
_ITS_SUBJECT = ("dispute", "payment_claim")


@dataclass(frozen=True)
class Standing:
    """One account at one moment, as far as one draft is concerned."""

    draft: Draft
    facts: AccountFacts
    holds: tuple[HoldFact, ...]
    decisions: tuple[DecisionFact, ...]
    terms: tuple[TermFact, ...]
    verdict: Verdict
    policy_version: PolicyVersion
    at: datetime

    @property
    def policy(self) -> PolicyParameters:
        """The parameters in force."""
        return self.policy_version.typed

    @cached_property
    def read_by_checks(self) -> dict[str, Any]:
        """What the checks read besides text and facts: the parameters in force, and the tone rules."""
        return checks_read(self.policy)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks say about the text on the facts of now."""
        return findings_of(self.draft.subject, self.draft.body, self)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings that refuse the text, whoever approves."""
        return tuple(f for f in self.findings if f.severity == severity.BLOCK and not f.registered)

    @cached_property
    def material(self) -> dict[str, Any]:
        """The material facts of this draft's invoices as they are now."""
        return material_of(self.facts, self.holds, self.draft.invoice_ids)

    @cached_property
    def known_messages(self) -> frozenset[int]:
        """Ids of the messages the draft's brief lists."""
        return frozenset(message["id"] for message in json.loads(self.draft.brief.facts).get("messages", []))

    @cached_property
    def judged(self) -> tuple[str, list[dict[str, Any]], list[list[str]]]:
        """Lane, reasons and required roles: those of now, those the draft was prepared with, and what the findings add.

        A reason that went away since (a source is back) counts until everything is computed again: people decide on what they saw.
        """
        known = {reason.rule for reason in self.verdict.reasons}
        kept = [reason for reason in reasons_of(self.draft.follow_up) if reason.rule not in known]
        reasons = (*self.verdict.reasons, *kept)
        lane = routing.strictest(reasons)
        merged = replace(self.verdict, reasons=reasons, lane=lane, required_roles=routing.required_roles(reasons, lane))
        return raised(merged, self.findings)

    @property
    def lane(self) -> str:
        """The lane this text is approved in; what people wrote beside a hold is never routine."""
        lane = self.judged[0]
        return states.EXCEPTION if lane == states.ROUTINE and self.draft.purpose in BESIDE_A_HOLD else lane

    @property
    def awaiting_decision(self) -> bool:
        """True for an executive-review account without a decision in force that lets us write (invariant I28)."""
        if self.lane != states.EXECUTIVE_REVIEW:
            return False
        decided = [d for d in self.decisions if d.kind == "relationship_path" and d.in_force(self.facts.today)]
        return not decided or not max(decided, key=lambda d: d.id).proceeds

    def barred(self) -> list[tuple[int, str]]:
        """(user id, "because …") of everybody who may not approve this text, whatever their roles."""
        return barred(self.draft, lane=self.lane, policy=self.policy, last_out=self.facts.last_out_at)

    def holds_against(self) -> list[HoldFact]:
        """Holds that forbid this message. A pause stops sending, not approving; it is looked at separately."""
        recipient = self.material["recipient"]
        return forbidding(self.holds, self.draft, recipient[0] if recipient else None)

    def required_roles(self) -> list[tuple[str, str]]:
        """(role, why) of everybody who must approve: by the lane and its reasons, by the purpose, and by what the checks found."""
        if self.draft.purpose not in BESIDE_A_HOLD:
            return [(role, why) for role, why in self.judged[2]]
        needed = {FINANCE: f"a {self.draft.get_purpose_display().lower()} goes out", OWNER: "the account's owner answers for it"}
        for role, why in self.judged[2]:
            if role != REVIEWER:  # finance and the owner look instead
                needed.setdefault(role, why)
        for finding in self.findings:
            for role in roles_for(finding):
                needed.setdefault(role, finding.why)
        return list(needed.items())

    @property
    def topics(self) -> list[str]:
        """What the text commits us to (``governance.topics``)."""
        return topics_of(self.findings)


def forbidding(held: Iterable[HoldFact], draft: Draft, recipient_id: int | None) -> list[HoldFact]:
    """Those of an account's holds that forbid this very text: an answer to a dispute goes out under the dispute's own hold."""
    against = []
    for hold in held:
        if hold.kind == "pause" and hold.scope in ("global", "portfolio"):
            continue
        if draft.purpose in BESIDE_A_HOLD and hold.kind in _ITS_SUBJECT:
            continue
        if hold.scope == "invoice" and hold.scope_id not in draft.invoice_ids:
            continue
        if hold.scope == "contact" and hold.scope_id != recipient_id:
            continue
        against.append(hold)
    return against


def standing_of(draft: Draft, *, at: datetime) -> Standing:
    """Read everything about the draft's account as of ``at``. Raises ``NoActivePolicy``; a missing account raises ``KeyError``."""
    follow_up = draft.follow_up
    account_id = follow_up.account_id
    version = policies.active()
    facts = facts_for([account_id], at, policy=version.typed)[account_id]
    stands = read_standing({account_id: facts}, at)[account_id]
    suggested = next((reason for reason in reasons_of(follow_up) if reason.rule == SUGGESTED), None)
    verdict = classify(facts, stands.holds, version.typed, stands.decisions, stands.terms, stands.earlier, suggested)
    return Standing(draft, facts, stands.holds, tuple(stands.decisions), tuple(stands.terms), verdict, version, at)


def reasons_of(follow_up: FollowUp) -> list[ClassificationReason]:
    """The reasons the follow-up was prepared with. Those of the checks are left out: they are found anew in the text of now."""
    return [
        ClassificationReason(row["rule"], row["words"], tuple(row["evidence"]), row["lane"], tuple(row["routed_to"]))
        for row in follow_up.reasons
        if not row["rule"].startswith(CHECK_PREFIX)
    ]


def findings_of(subject: str, body: str, standing: Standing, invoice_ids: Sequence[int] | None = None) -> tuple[Finding, ...]:
    """Run every check on a text in place of the draft's, on the facts of ``standing``; ``invoice_ids`` when it names other invoices."""
    draft = standing.draft
    named = draft.invoice_ids if invoice_ids is None else invoice_ids
    facts = check_facts(standing.facts, named, terms=standing.terms, live=_moment(standing))
    return run_checks(
        CheckInput(
            subject=subject, body=body, facts=facts, purpose=draft.purpose, language=draft.language, as_of=standing.facts.today,
            policy=standing.read_by_checks,
        )
    )


def _moment(standing: Standing) -> dict[str, Any]:
    """What the checks of the moment cannot read from the facts: the last text we sent."""
    facts, draft = standing.facts, standing.draft
    sent = Draft.objects.filter(follow_up__account_id=facts.account_id, follow_up__sent_at__isnull=False, follow_up__draft_id=F("pk"))
    last = sent.exclude(follow_up_id=draft.follow_up_id).order_by("-follow_up__sent_at").values_list("body", flat=True).first()
    return {"last_sent_body": last or ""}


def material_of(facts: AccountFacts, holds: tuple[HoldFact, ...], invoice_ids: list[int]) -> dict[str, Any]:
    """The material facts of a message, holds on single invoices included."""
    return material_facts(facts, invoice_ids, [hold.scope_id for hold in holds if hold.scope == "invoice"])


def material_reasons(draft: Draft, standing: Standing) -> list[Reason]:
    """What changed between the facts the draft rests on and now, in words; empty when nothing material did."""
    then = json.loads(draft.canonical)["material"]
    now = json.loads(json.dumps(standing.material))
    if then == now:
        return []
    became = Invoice.objects.filter(pk__in=draft.invoice_ids).exclude(status=Invoice.Status.OPEN)
    found = material_changes(then, now, dict(became.values_list("pk", "status")))
    return found or [Reason("facts_changed", "The facts this message rests on changed.")]
