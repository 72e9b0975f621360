"""The words of one account: template, message, checks, and what the findings change about lane and approvers.
Only ``words_in_force`` asks the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.fact_types import AccountFacts
from drafts import states
from drafts.checks import TEXT_IDS, run_checks
from drafts.checks.base import CheckInput, Finding
from drafts.checks.context import check_facts
from drafts.classification.types import TermFact, Verdict
from drafts.fingerprint import draft_canonical, material_facts, sha256_hex
from drafts.generation.compose import Composed, NothingToSay, compose, named_invoices, set_aside_count
from drafts.generation.grounding import ids_of
from drafts.generation.service import ModelWords
from drafts.preparation.approvers import raised
from drafts.preparation.proven import findings_of
from governance.holds import HoldFact
from governance.models import PolicyVersion, TemplateVersion
from governance.standards import checks_read, tone_names
from governance.words import DEMAND_REST, PLAN_CONFIRMATION, active_templates, choose, fell_back, field_problems


class NoApprovedText(LookupError):
    """No template in force fits; the message says for what."""


class UnusableWords(ValueError):
    """A model's words no message can be made of; ``objections`` are fed back to it like findings."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.objections = [{"check": "G01", "label": "invalid_output", "why": problem, "quote": ""} for problem in problems]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked message with everything a draft row needs."""

    template: TemplateVersion | None  # None when the model worded it
    composed: Composed
    findings: tuple[Finding, ...]
    canonical: str
    fingerprint: str
    from_address: str
    to_address: str
    lane: str
    reasons: list[dict[str, Any]]
    required_roles: list[list[str]]
    note: str = ""
    generation_id: int | None = None

    @property
    def objections(self) -> list[dict[str, Any]]:
        """Findings that keep it from a routine approval, as they are fed back to a model."""
        return [
            {"check": f.check, "label": f.label, "why": f.why, "quote": f.quote}
            for f in self.findings
            if f.stops_routine_approval and f.check in TEXT_IDS
        ]


@dataclass(frozen=True, slots=True)
class Words:
    """What all messages of a run share: templates in force, the policy as the checks read it, and its name."""

    templates: Sequence[TemplateVersion]
    policy: Mapping[str, Any]
    rules: str


def words_in_force(policy: PolicyVersion, at: datetime | None = None) -> Words:
    """The templates and tone rules in force under ``policy``, with ``at`` without those switched off then. Two queries."""
    read = checks_read(policy.typed)
    return Words(active_templates(at), read, f"policy {policy.pk}, tone {', '.join(tone_names(read))}")


def prepare_text(
    facts: AccountFacts,
    verdict: Verdict,
    words: Words,
    *,
    holds: Sequence[HoldFact],
    terms: Sequence[TermFact],
    spoken: ModelWords | None = None,
    note: str = "",
) -> Prepared:
    """Write and check the message, in the model's words when ``spoken`` is given, else in an approved template's.

    Raises ``NoApprovedText``, ``NothingToSay`` or, for a model's words, ``UnusableWords``.
    """
    if spoken and (problems := field_problems(spoken.subject, spoken.body)):
        raise UnusableWords(problems)
    named = named_invoices(facts, verdict)
    if not named:
        raise NothingToSay("every invoice this message could name is in dispute")
    language = (facts.recipient.language if facts.recipient else "") or facts.language
    template = None if spoken else _template(facts, verdict, words, language)
    plans = [term for term in terms if term.id in verdict.confirms]
    composed = compose(facts, verdict, spoken or template, plans=plans)  # type: ignore[arg-type]  # one of the two is there
    to_address = facts.recipient.email if facts.recipient else ""
    held = [hold.scope_id for hold in holds if hold.scope == "invoice"]
    canonical = draft_canonical(
        purpose=verdict.purpose, from_address=facts.sender.email, to_address=to_address, cc=[], subject=composed.subject,
        body=composed.body, attachments=[(a.name, a.sha256) for a in composed.attachments],
        material=material_facts(facts, composed.invoice_ids, held),
    )  # fmt: skip
    findings = _check(facts, verdict, composed, words, terms, spoken=spoken)
    lane, reasons, roles = raised(verdict, findings)
    if template is not None and fell_back(template, language):
        note = f"no approved text in {language}; written in {template.language}"
    return Prepared(
        template, composed, findings, canonical, sha256_hex(canonical), facts.sender.email, to_address, lane, reasons, roles,
        note or (f"The model says: {spoken.correction_notes}" if spoken and spoken.correction_notes else ""), spoken.generation_id if spoken else None,
    )  # fmt: skip


def _template(facts: AccountFacts, verdict: Verdict, words: Words, language: str) -> TemplateVersion:
    purpose: str = verdict.purpose
    if purpose == states.DEMAND and set_aside_count(facts):
        purpose = DEMAND_REST
    if verdict.confirms:
        purpose = PLAN_CONFIRMATION
    template = choose(
        words.templates, lane=verdict.lane, step=verdict.step, purpose=purpose, language=language
    )
    if template is None:
        what = purpose.replace("_", " ")
        raise NoApprovedText(f"no approved text in force for a {what} in the lane {verdict.lane.replace('_', ' ')}")
    return template


def _check(
    facts: AccountFacts,
    verdict: Verdict,
    composed: Composed,
    words: Words,
    terms: Sequence[TermFact],
    *,
    spoken: ModelWords | None,
) -> tuple[Finding, ...]:
    cited = {"citations": spoken.citations, "fact_ids": ids_of(facts)} if spoken else None

    def make() -> CheckInput:
        return CheckInput(
            subject=composed.subject,
            body=composed.body,
            facts=check_facts(facts, composed.invoice_ids, terms=terms, live=cited),
            purpose=verdict.purpose,
            language=composed.language,
            as_of=facts.today,
            policy=words.policy,
        )

    if spoken:
        return run_checks(make())
    return findings_of(composed, facts, list(terms), rules=f"{verdict.purpose} {words.rules}", make=make)
