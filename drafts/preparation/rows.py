"""Writes a judged batch: briefs, follow-ups, classifications, drafts, findings, decisions and transitions,
each in one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from accounts.fact_types import AccountFacts
from drafts import states, transitions
from drafts.brief import freeze
from drafts.classification.types import AWAIT_DECISION, DRAFT, HOLD, Verdict
from drafts.generation import service
from drafts.generation.service import Ask
from drafts.models import Brief, Classification, Draft, DraftAttachment, Finding, FollowUp
from drafts.preparation.decisions import Question, open_needs, prepare_decisions
from drafts.preparation.plan import CLOSE, Plan
from drafts.preparation.standing import Standing
from drafts.preparation.telling import about
from drafts.preparation.texts import Prepared
from governance.approvals import void
from governance.bulk import insert

if TYPE_CHECKING:
    from governance.models import PolicyVersion, User

_TRANSITION = {DRAFT: "draft_ready", HOLD: "hold", AWAIT_DECISION: "await_decision"}


@dataclass(slots=True)
class Job:
    """One account on its way through the batch. ``text`` is there when it is drafted; ``hold_words`` when it
    is held.
    """

    facts: AccountFacts
    standing: Standing
    verdict: Verdict
    plan: Plan
    material: str = ""  # hash of the account's material facts
    text: Prepared | None = None
    hold_words: str = ""
    ask: Ask | None = None  # a draft the model is asked for; the follow-up waits in preparing
    brief_row: Brief | None = None
    follow_up: FollowUp | None = None

    @property
    def lane(self) -> str:
        """The lane after the checks."""
        return self.text.lane if self.text else self.verdict.lane


@dataclass(frozen=True, slots=True)
class Run:
    """Who prepares, when, for which moment, under which policy."""

    as_of: datetime
    at: datetime
    by: User | None
    policy: PolicyVersion
    tone: tuple[str, ...] = ()  # names of the tone rules the texts are checked with
    model_off: str = ""  # why the model may not draft, when somebody or something switched it off


def write(jobs: Sequence[Job], closing: Sequence[Job], run: Run) -> None:
    """Write everything inside the caller's transaction. ``closing`` are jobs whose open follow-up has lost
    its point.
    """
    _move_first(jobs, closing, run)
    _close(closing, run)
    if not jobs:
        return
    _briefs(jobs, run)
    _follow_ups(jobs, run)
    _classifications(jobs, run)
    drafts = _drafts([job for job in jobs if job.text is not None], run)
    _remember_answers(jobs, drafts)
    _decisions(jobs, run)
    for action in (DRAFT, HOLD, AWAIT_DECISION):
        _perform([job for job in jobs if job.plan.action == action], action, drafts, run)


def _move_first(jobs: Sequence[Job], closing: Sequence[Job], run: Run) -> None:
    """Open follow-ups go back to preparing (facts changed, hold ended) before anything else; approvals of the
    old text fall.
    """
    voided = [
        last.draft_id
        for job in (*jobs, *closing)
        if job.plan.voids and (last := job.standing.last) and last.draft_id
    ]
    if voided:
        void("draft", voided, reason="the facts changed; everything was computed again", code="facts_changed", by=run.by, at=run.at)
    for action in ("released", "refresh"):
        ids = [job.standing.last.pk for job in jobs if job.plan.first == action and job.standing.last]
        if ids:
            data = {pk: {"code": "facts_changed" if action == "refresh" else "hold_ended"} for pk in ids}
            transitions.perform(ids, action, by=run.by, at=run.at, data=data)


def _close(closing: Sequence[Job], run: Run) -> None:
    rows = [job.standing.last for job in closing if job.standing.last]
    for action in ("nothing_due", "supersede"):
        sources = states.BY_ACTION["nothing_due"].sources
        ids = [row.pk for row in rows if (row.status in sources) == (action == "nothing_due")]
        if ids:
            transitions.perform(ids, action, by=run.by, at=run.at)


def _briefs(jobs: Sequence[Job], run: Run) -> None:
    rows = [freeze(job.facts, job.standing.holds, run.policy.typed).row(run.at) for job in jobs]
    for job, row in zip(jobs, insert(Brief, rows), strict=True):
        job.brief_row = row


def fields_of(job: Job) -> dict[str, Any]:
    """The columns of the follow-up that the verdict and the checks decide."""
    verdict = job.verdict
    roles = job.text.required_roles if job.text else [list(pair) for pair in verdict.required_roles]
    return {
        "lane": job.lane,
        "purpose": verdict.purpose,
        "reasons": job.text.reasons if job.text else verdict.reasons_json,
        "required_roles": roles,
        "owner_role": verdict.owner_role,
        "owner_id": verdict.owner_id,
        "brief_id": job.brief_row.pk if job.brief_row else None,
        "totals": verdict.totals,
        "oldest_due_on": verdict.oldest_due_on,
        # Nobody can be late with what is on hold; the clock begins anew with the next draft.
        "due_at": None if job.plan.action == HOLD else verdict.due_at,
        "work_rank": verdict.work_rank,
        "why_first": verdict.why_first,
        "hold_reason": job.hold_words,
        "next_contact": verdict.next_contact,
        "claimed_by_id": None,
        "claimed_until": None,
        "cycle": verdict.cycle,
        "step": verdict.step,
    }


def _follow_ups(jobs: Sequence[Job], run: Run) -> None:
    """New follow-ups begin; open ones are carried on."""
    new = [job for job in jobs if job.standing.open is None]
    rows = [
        FollowUp(account_id=job.facts.account_id, portfolio_id=job.facts.portfolio_id, **fields_of(job))
        for job in new
    ]
    for job, row in zip(new, transitions.begin(rows, by=run.by, at=run.at), strict=True):
        job.follow_up = row
    for job in jobs:
        if job.follow_up is None:
            job.follow_up = job.standing.open


def _classifications(jobs: Sequence[Job], run: Run) -> None:
    insert(
        Classification,
        [
            Classification(
                follow_up=job.follow_up, brief=job.brief_row, policy_version=run.policy, lane=job.lane,
                machine_lane=job.lane, reasons=job.text.reasons if job.text else job.verdict.reasons_json,
                owner_role=job.verdict.owner_role, contact_window=job.verdict.contact_window, created_at=run.at,
                required_roles=job.text.required_roles if job.text else [list(p) for p in job.verdict.required_roles],
            )
            for job in jobs
        ],
    )  # fmt: skip


def _drafts(jobs: Sequence[Job], run: Run) -> dict[int, Draft]:
    """Draft, attachment and finding rows; the drafts by account id."""
    rows = [_draft(job, run) for job in jobs]
    rows = insert(Draft, rows)
    pairs = [(row, job.text) for row, job in zip(rows, jobs, strict=True) if job.text is not None]
    files = [
        DraftAttachment(
            draft=row, name=f.name, content_type=f.content_type, content=f.content, sha256=f.sha256
        )
        for row, text in pairs
        for f in text.composed.attachments
    ]
    findings = [
        Finding(
            draft=row, check_id=f.check, label=f.label, severity=f.severity, role=f.role or "", quote=f.quote,
            start=f.start, end=f.end, where=f.where, why=f.why, fact=f.fact, registered=f.registered,
        )
        for row, text in pairs
        for f in text.findings
    ]  # fmt: skip
    insert(DraftAttachment, files)
    insert(Finding, findings)
    return {job.facts.account_id: row for job, row in zip(jobs, rows, strict=True)}


def _remember_answers(jobs: Sequence[Job], drafts: dict[int, Draft]) -> None:
    """Which answers of the model became which drafts."""
    spoken = [(job.text.generation_id, job.facts.account_id) for job in jobs if job.text and job.text.generation_id]
    service.used({generation_id: drafts[account_id].pk for generation_id, account_id in spoken if generation_id})


def _draft(job: Job, run: Run) -> Draft:
    text, standing = job.text, job.standing
    assert text is not None
    assert job.follow_up is not None
    composed = text.composed
    return Draft(
        follow_up=job.follow_up, brief=job.brief_row, revision=standing.revision + 1 if standing.open else 1,
        parent_id=standing.open.draft_id if standing.open else None, purpose=job.verdict.purpose,
        language=composed.language, template_version=text.template,
        author_kind=Draft.AuthorKind.MODEL if text.generation_id else Draft.AuthorKind.TEMPLATE,
        from_address=text.from_address, to_address=text.to_address, cc=[], subject=composed.subject,
        body=composed.body, invoice_ids=composed.invoice_ids, claims=composed.claims, canonical=text.canonical,
        fingerprint=text.fingerprint, note=text.note, created_at=run.at,
    )  # fmt: skip


def _decisions(jobs: Sequence[Job], run: Run) -> None:
    questions = [
        Question(job.facts, job.verdict, need, job.follow_up.pk)
        for job in jobs
        if job.follow_up is not None
        for need in open_needs(job.facts, job.verdict, job.standing)
    ]
    if questions:
        prepare_decisions(questions, by=run.by, at=run.at)


def _perform(jobs: Sequence[Job], action: str, drafts: dict[int, Draft], run: Run) -> None:
    if not jobs:
        return
    fields: dict[int, dict[str, Any]] = {}
    data: dict[int, dict[str, Any]] = {}
    wrote = service.authors([job.text.generation_id for job in jobs if job.text and job.text.generation_id])
    for job in jobs:
        assert job.follow_up is not None
        assert job.brief_row is not None
        changed = fields_of(job) if job.standing.open else {}
        content: dict[str, Any] = {"brief": job.brief_row.pk, "facts": job.brief_row.fingerprint, "policy": run.policy.number}
        if action == DRAFT:
            draft = drafts[job.facts.account_id]
            changed["draft_id"] = draft.pk
            content |= _written(job, draft, wrote.get(job.text.generation_id or 0) if job.text else None, run)
            if run.tone:
                content["tone"] = list(run.tone)
        fields[job.follow_up.pk], data[job.follow_up.pk] = changed, content
    transitions.perform(list(fields), _TRANSITION[action], by=run.by, at=run.at, fields=fields, data=data)


def _written(job: Job, draft: Draft, wrote: tuple[str, int | None] | None, run: Run) -> dict[str, Any]:
    """What the event says of the draft: which text it is, and what it is for the measures."""
    content: dict[str, Any] = {"fingerprint": draft.fingerprint, "parent": draft.parent_id, "template": draft.template_version_id}
    if job.text and job.text.generation_id:
        content["generation"] = job.text.generation_id
    if job.standing.open is None:
        content["fresh"] = True
    rules = (reason["rule"] for reason in (job.text.reasons if job.text else ()))
    content["about"] = about(draft, job.facts, run.policy.typed, wrote=wrote, rules=rules)
    return content


__all__ = ["CLOSE", "Job", "Run", "fields_of", "write"]
