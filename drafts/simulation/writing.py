"""What one version makes of the cases: its texts, what the checks say of them, what they cost. Asks the provider, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from drafts.checks import TEXT_IDS
from drafts.checks.base import BLOCK, Finding
from drafts.generation import budget, grounding, prepared, prompts, runner
from drafts.generation.claiming import Call
from drafts.generation.compose import NothingToSay
from drafts.generation.recording import Said
from drafts.generation.service import ModelWords
from drafts.models import Generation
from drafts.preparation.speaking import task_for
from drafts.preparation.texts import NoApprovedText, UnusableWords, Words, prepare_text, words_in_force
from drafts.review.distance import word_edit_rate
from drafts.simulation.cases import Case
from drafts.simulation.versions import DRAFT, Version
from governance import policies
from governance.policies import PolicyParameters

IN_FLIGHT = 16
# The checks of the text, and of what a model cites for it.
JUDGED = TEXT_IDS | {"G23"}


@dataclass(frozen=True, slots=True)
class Spent:
    """What one text took; nothing for a template."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_micro: int = 0
    latency_ms: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One version on one case. ``error`` says why there is no text; ``edit_rate`` is None where nobody approved one before."""

    account_id: int
    text: str = ""
    findings: tuple[Finding, ...] = ()
    error: str = ""
    edit_rate: float | None = None
    spent: Spent = Spent()

    @property
    def objections(self) -> tuple[Finding, ...]:
        """Findings on the words that keep them from a routine approval; what the moment adds is the same whoever wrote."""
        return tuple(f for f in self.findings if f.stops_routine_approval and f.check in JUDGED)

    @property
    def blocked(self) -> bool:
        """True when there is one."""
        return bool(self.objections)


def outcomes(version: Version, cases: Sequence[Case]) -> list[Outcome]:
    """One outcome per case, in order. Several calls are in flight at once; each is made once."""
    policy = policies.active()
    words = words_in_force(policy)
    if version.prompt is None:
        return [_of_template(case, words) for case in cases]
    calls = [_call(version, case, policy.typed, number) for number, case in enumerate(cases)]
    with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="evaluate") as pool:
        said = list(pool.map(runner.ask, calls))
    judge = _of_words if version.prompt.key == DRAFT else _of_preparation
    return [judge(case, answer, words, policy.typed) for case, answer in zip(cases, said, strict=True)]


def worst_cost_micro(version: Version, cases: int, policy: PolicyParameters) -> int:
    """What asking for so many cases can cost at most, in millionths."""
    if version.prompt is None:
        return 0
    return cases * _worst_micro(policy)


def worst_ms(version: Version, cases: int, policy: PolicyParameters) -> int:
    """How long a model can be busy with so many cases at most, in milliseconds, all calls added up."""
    return cases * budget.longest_ms(policy) if version.prompt else 0


def _worst_micro(policy: PolicyParameters) -> int:
    return budget.cost_micro(policy, budget.ASSUMED_TOKENS_IN, budget.answer_room(policy))


def _call(version: Version, case: Case, policy: PolicyParameters, number: int) -> Call:
    assert version.prompt is not None
    kind = Generation.Kind.DRAFT if version.prompt.key == DRAFT else Generation.Kind.PREPARATION
    rendered = prompts.render(version.prompt, json.loads(case.frozen), task_for(case.facts, case.verdict), material=case.material)
    room = max(budget.LEAST_ANSWER, budget.answer_room(policy, budget.prompt_tokens(rendered.messages)))
    return Call(number, kind, rendered.messages, version.model, policy.model_seconds, room)


def _of_template(case: Case, words: Words) -> Outcome:
    try:
        text = prepare_text(case.facts, case.verdict, words, holds=case.holds, terms=case.terms)
    except (NoApprovedText, NothingToSay) as error:
        return Outcome(case.facts.account_id, error=str(error))
    return Outcome(case.facts.account_id, text.composed.body, text.findings, edit_rate=_edit_rate(case, text.composed.body))


def _of_words(case: Case, said: Said, words: Words, policy: PolicyParameters) -> Outcome:
    spent = _spent(said, policy)
    if said.result is None:
        return Outcome(case.facts.account_id, error=str(said.error), spent=spent)
    language, cited = task_for(case.facts, case.verdict).language, tuple(said.result["citations"])
    spoken = ModelWords(0, said.result["subject"], said.result["body"], language, cited, said.result["correction_notes"])
    try:
        text = prepare_text(case.facts, case.verdict, words, holds=case.holds, terms=case.terms, spoken=spoken)
    except UnusableWords as error:
        findings = tuple(Finding(o["check"], o["label"], BLOCK, "", o["why"]) for o in error.objections)
        return Outcome(case.facts.account_id, spoken.body, findings, spent=spent)
    except NothingToSay as error:
        return Outcome(case.facts.account_id, error=str(error), spent=spent)
    return Outcome(case.facts.account_id, text.composed.body, text.findings, edit_rate=_edit_rate(case, text.composed.body), spent=spent)


def _of_preparation(case: Case, said: Said, words: Words, policy: PolicyParameters) -> Outcome:
    """Sentences for people: each that does not stand is a blocking finding named after why."""
    spent = _spent(said, policy)
    if said.result is None:
        return Outcome(case.facts.account_id, error=str(said.error), spent=spent)
    seen = grounding.shown(json.loads(case.frozen), task_for(case.facts, case.verdict), case.material)
    found = prepared.standing(said.result, seen)
    findings = tuple(
        Finding("G23", why, BLOCK, "", f"a sentence {grounding.OBJECTIONS[why]}") for why, n in found["dropped"].items() for _ in range(n)
    )
    return Outcome(case.facts.account_id, "\n".join(s.text for s in found["summary"]), findings, spent=spent)


def _edit_rate(case: Case, body: str) -> float | None:
    return round(word_edit_rate(body, case.approved, case.facts.sender), 4) if case.approved else None


def _spent(said: Said, policy: PolicyParameters) -> Spent:
    cost = budget.billed_micro(policy, said.answer, said.error, _worst_micro(policy))
    if said.answer is None:
        return Spent(cost_micro=cost, latency_ms=(said.error.latency_ms if said.error else 0) or budget.longest_ms(policy))
    return Spent(said.answer.tokens_in, said.answer.tokens_out, cost, said.answer.latency_ms)
