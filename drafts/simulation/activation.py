"""Putting words in force: a prompt version after a comparison it passed, a template after the checks on what it would write.

Never by its author. The version before retires in the same transaction; a version that was ever active never changes again (the database
refuses it).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from drafts import states
from drafts.checks import run_text_checks
from drafts.checks.base import BLOCK, CheckInput, Finding
from drafts.checks.context import check_facts
from drafts.generation.compose import NothingToSay, compose
from drafts.review.base import Blocked
from drafts.simulation import samples
from drafts.simulation.cases import Case, cases, made_up
from drafts.simulation.versioning import GATE, STREAM, may_activate, replace
from drafts.simulation.versions import KEYS, TEMPLATE, content_hash
from governance import policies
from governance.audit import Entry, record
from governance.canonical import canonical_json, sha256_hex
from governance.models import EvaluationRun, PromptVersion, TemplateVersion
from governance.standards import checks_read
from governance.words import DEMAND_REST, PLAN_CONFIRMATION, SeedText, validate

if TYPE_CHECKING:
    from governance.models import User

FRESH = timedelta(hours=24)
CASES_AT_LEAST = 8
BOOK_CASES = 40
# Purposes of texts that are a kind of another message.
SPOKEN_AS = {DEMAND_REST: states.DEMAND, PLAN_CONFIRMATION: states.ANSWER}


def activate_prompt(version_id: int, *, by: User, at: datetime) -> PromptVersion:
    """Put a prompt version in force. Asks for a passing comparison of exactly this text, at most 24 hours old, with the model in use.

    Raises ``NotAllowed`` (not a policy administrator, or its author) or ``Blocked`` with the words for the screen.
    """
    with transaction.atomic():
        version = PromptVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
        may_activate(version, by)
        active = PromptVersion.objects.filter(key=version.key, state=PromptVersion.State.ACTIVE).first()
        run = _passed_run(version, active, at)
        replace(active, version, by, at)
        data = {"key": version.key, "version": version.version, "sha256": run.content_sha256, "evaluation": run.pk, "retired": _pk(active)}
        data["before"] = content_hash(active) if active else None
        record([Entry(STREAM, "prompt.activated", "prompt", version.pk, data)], by=by, at=at)
    return version


def activate_template(version_id: int, *, by: User, at: datetime) -> TemplateVersion:
    """Put a template in force, after its own validation and every check on what it makes of accounts of the book and made-up ones.

    Raises ``NotAllowed`` or ``Blocked`` with what stands in the way.
    """
    with transaction.atomic():
        version = TemplateVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
        may_activate(version, by)
        looked_at = refuse_template(version, at)
        same = TemplateVersion.objects.filter(key=version.key, language=version.language, state=TemplateVersion.State.ACTIVE)
        active = same.first()
        replace(active, version, by, at)
        data = {"key": version.key, "language": version.language, "version": version.version, "cases": looked_at}
        data |= {"sha256": text_hash(version), "before": text_hash(active) if active else None}
        record([Entry(STREAM, "words.activated", "template", version.pk, {**data, "retired": _pk(active)})], by=by, at=at)
    return version


def text_hash(version: TemplateVersion) -> str:
    """SHA-256 over the words of a template version."""
    return sha256_hex(canonical_json([version.key, version.language, version.subject, version.body]))


def _pk(row: PromptVersion | TemplateVersion | None) -> int | None:
    return row.pk if row else None


def _passed_run(version: PromptVersion, active: PromptVersion | None, at: datetime) -> EvaluationRun:
    """The newest comparison of exactly this text, if it opens the gate."""
    if version.key not in KEYS:
        raise Blocked(GATE, f"The prompt “{version.key}” is delivered with the product and cannot be replaced here.")
    how = f"Run: manage.py evaluate drafts --a {active or TEMPLATE} --b {version}"
    rows = EvaluationRun.objects.filter(content_sha256=content_hash(version), at__gt=at - FRESH, at__lte=at)
    run = rows.order_by("-at", "-pk").first()
    if run is None:
        raise Blocked(GATE, f"No comparison of exactly this text in the last 24 hours. {how}")
    if problem := _problem(run, active):
        raise Blocked(GATE, f"{problem} {how}", changes=run.figures.get("why_not", []))
    return run


def _problem(run: EvaluationRun, active: PromptVersion | None) -> str:
    if not run.passed:
        return f"The last comparison was not passed: {'; '.join(run.figures.get('why_not', []))}."
    if run.baseline.split("@")[0] not in (TEMPLATE, str(active)):
        return f"The last comparison was against {run.baseline}, not against what is in force."
    if settings.LLM_MODEL and run.model != settings.LLM_MODEL:
        return f"The last comparison was with the model {run.model}; {settings.LLM_MODEL} is in use."
    if run.accounts < CASES_AT_LEAST:
        return f"The last comparison was on {run.accounts} accounts; it takes {CASES_AT_LEAST}."
    return ""


def refuse_template(version: TemplateVersion, at: datetime) -> int:
    """Raise ``Blocked`` when this text may not be put in force; otherwise on how many cases it was checked."""
    if problems := validate(version):
        raise Blocked(GATE, f"The text is not fit: {'; '.join(problems)}.", changes=problems)
    policy = policies.active_parameters()
    read = checks_read(policy)
    looked_at = [*made_up(at, policy, version.language), *cases(BOOK_CASES, at)]
    found: dict[str, str] = {}
    for case in looked_at:
        for finding in findings_on(version, case, read):
            found.setdefault(f"{finding.check} {finding.label}", _why(finding, case))
    if found:
        words = [f"{key}: {why}" for key, why in found.items()]
        raise Blocked(GATE, f"The checks refuse what this text would say: {'; '.join(words[:5])}.", changes=words)
    return len(looked_at)


def _why(finding: Finding, case: Case) -> str:
    """The finding in words. Who writes texts need not see customers: of an account of the book only that it happened there."""
    if not case.made_up:
        return "on an account of the book"
    return f"{finding.why} (“{finding.quote}”)" if finding.quote else finding.why


def findings_on(version: TemplateVersion, case: Case, policy: dict[str, object]) -> Sequence[Finding]:
    """What would stop this text on this case. Where a person's own words belong, a plain statement stands for them."""
    purpose = SPOKEN_AS.get(version.purpose, version.purpose)
    plans = [samples.plan(case.facts)] if version.purpose == PLAN_CONFIRMATION else []
    if purpose == states.PO_REQUEST and any(i.po_number for i in case.facts.invoices):
        return ()
    try:
        text = SeedText(
            version.key, version.language, version.purpose, version.lane, version.step, version.subject,
            version.body.replace("{your_text}", "{statement}"),
        )  # fmt: skip
        message = compose(case.facts, About(purpose, case.verdict.chase_invoice_ids), text, plans=plans)
    except NothingToSay:
        return ()
    facts = check_facts(case.facts, message.invoice_ids, terms=[*case.terms, *plans])
    told = CheckInput(message.subject, message.body, facts, purpose, message.language, case.facts.today, policy)
    routine = version.lane in ("", states.ROUTINE)
    return [f for f in run_text_checks(told) if f.stops_routine_approval and (routine or f.severity == BLOCK)]


class About:
    """What the composer reads of a verdict."""

    def __init__(self, purpose: str, invoice_ids: Sequence[int]) -> None:
        self.purpose, self.chase_invoice_ids = purpose, tuple(invoice_ids)
