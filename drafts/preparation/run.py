"""The run: batches of accounts, each in one transaction, under the account locks, with a constant number of
queries.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Q

from accounts.fact_types import AccountFacts
from accounts.facts import facts_for
from accounts.models import Account, Invoice
from drafts import states
from drafts.classification import classify
from drafts.classification.types import AWAIT_DECISION, DRAFT, HOLD, SKIP, Reason
from drafts.detection import scan
from drafts.fingerprint import account_material_hash
from drafts.generation.compose import NothingToSay
from drafts.generation.service import WAIT, Answer, Ask, ModelWords, NoWords, refuse
from drafts.models import FollowUp
from drafts.preparation import speaking
from drafts.preparation.options import add_options
from drafts.preparation.plan import CLOSE, plan, skip_words
from drafts.preparation.rows import Job, Run, write
from drafts.preparation.standing import Standing, read_standing
from drafts.preparation.summary import PrepareSummary, measured, settled_heap
from drafts.preparation.texts import NoApprovedText, UnusableWords, Words, prepare_text, words_in_force
from governance import clock, policies
from governance.standards import tone_names

if TYPE_CHECKING:
    from governance.models import Portfolio, User

log = logging.getLogger(__name__)

BATCH = 500
BUSY = "another worker has the account"


def due_account_ids(as_of: datetime, portfolio: Portfolio | None = None) -> list[int]:
    """Accounts to look at, in order of id: something is overdue, or a follow-up is open.

    One day of slack covers accounts whose own today is already tomorrow; classification judges by the
    account's own date.
    """
    overdue = Invoice.objects.overdue((as_of + timedelta(days=1)).date())
    opened = FollowUp.objects.open().exclude(status=states.APPROVED)
    if portfolio is not None:
        mine = Q(portfolio=portfolio)
        overdue, opened = overdue.filter(mine), opened.filter(mine)
    found = set(overdue.order_by().values_list("account_id", flat=True).distinct())
    return sorted(found | set(opened.values_list("account_id", flat=True)))


def prepare_all(
    as_of: datetime,
    *,
    portfolio: Portfolio | None = None,
    by: User | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PrepareSummary:
    """Read what is new for disputes, then prepare every due account. ``progress`` is told (done, all) after
    each batch.
    """
    with measured(PrepareSummary()) as summary, settled_heap():
        scan(at=as_of)
        ids = due_account_ids(as_of, portfolio)
        for start in range(0, len(ids), BATCH):
            summary.add(_batches(ids[start : start + BATCH], as_of, by))
            if progress:
                progress(min(start + BATCH, len(ids)), len(ids))
    return summary


def prepare_accounts(
    account_ids: Iterable[int], *, as_of: datetime, by: User | None = None
) -> PrepareSummary:
    """Prepare these accounts as of ``as_of`` (aware); what is due of each is judged anew. May run twice or on
    several workers at once.
    """
    ids = sorted(set(account_ids))
    with measured(PrepareSummary()) as summary:
        for start in range(0, len(ids), BATCH):
            summary.add(_batches(ids[start : start + BATCH], as_of, by))
    return summary


def _batches(ids: Sequence[int], as_of: datetime, by: User | None) -> PrepareSummary:
    """One batch; when it fails, its halves, so that one broken account does not keep the others."""
    try:
        return _batch(ids, as_of, by)
    except policies.NoActivePolicy:
        raise
    except Exception as error:
        if len(ids) == 1:
            log.exception("account %s could not be prepared", ids[0])
            failed = PrepareSummary(accounts=1)
            failed.skipped[f"failed: {type(error).__name__}"] += 1
            return failed
        log.warning("a batch of %s accounts failed (%s); trying its halves", len(ids), error)
        middle = len(ids) // 2
        summary = _batches(ids[:middle], as_of, by)
        summary.add(_batches(ids[middle:], as_of, by))
        return summary


def _batch(ids: Sequence[int], as_of: datetime, by: User | None) -> PrepareSummary:
    summary = PrepareSummary(accounts=len(ids))
    policy = policies.active()
    with transaction.atomic():
        words = words_in_force(policy, as_of)
        run = Run(as_of, clock.now(), by, policy, tuple(tone_names(words.policy)), speaking.switched_off(as_of))
        locked = _lock(ids)
        if missing := len(ids) - len(locked):
            summary.skipped[BUSY] += missing
        facts = facts_for(locked, as_of, policy=policy.typed)
        standing = read_standing(facts, as_of)
        jobs, closing = _judge(facts, standing, words, run, summary)
        write(jobs, closing, run)
        speaking.ask(jobs, run)
        add_options(locked, by=run.by, at=run.at)
    summary.briefs += len(jobs)
    summary.skipped.update(speaking.WAITING for job in jobs if job.ask)
    summary.lanes.update(job.lane for job in jobs if not job.ask)
    summary.drafts += sum(job.plan.action == DRAFT for job in jobs)
    summary.held += sum(job.plan.action == HOLD for job in jobs)
    summary.awaiting_decision += sum(job.plan.action == AWAIT_DECISION for job in jobs)
    return summary


def _lock(ids: Sequence[int]) -> list[int]:
    """Lock the account rows in id order; those another worker holds are left to it where the database can
    tell.
    """
    skip = connection.features.has_select_for_update_skip_locked
    rows = Account.objects.select_for_update(of=("self",), skip_locked=skip).filter(pk__in=ids).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _judge(
    facts: dict[int, AccountFacts],
    standing: dict[int, Standing],
    words: Words,
    run: Run,
    summary: PrepareSummary,
) -> tuple[list[Job], list[Job]]:
    """What is written: jobs that end in a draft, a hold or a decision, and jobs whose follow-up is closed."""
    jobs: list[Job] = []
    closing: list[Job] = []
    suggested = speaking.suggestions(standing)
    judged = [_job(account, standing[pk], run, suggested.get(pk)) for pk, account in facts.items()]
    _word([job for job in judged if job.plan.action == DRAFT], words, run)
    for job in judged:
        if job.plan.action == SKIP:
            summary.skipped[job.plan.words] += 1
        elif job.plan.action == CLOSE:
            summary.skipped[job.plan.words] += 1
            closing.append(job)
        else:
            jobs.append(job)
    return jobs, closing


def _job(facts: AccountFacts, standing: Standing, run: Run, suggested: tuple[str, Reason] | None) -> Job:
    """The account's verdict and what is to be done; its words come later, for the whole batch."""
    material = account_material_hash(facts, [hold.kind for hold in standing.holds])
    # A suggestion made for other facts is none.
    extra = suggested[1] if suggested and suggested[0] == material else None
    verdict = classify(
        facts, standing.holds, run.policy.typed, standing.decisions, standing.terms, standing.earlier, extra
    )
    todo = plan(verdict, standing, material, run.at)
    job = Job(facts, standing, verdict, todo, material)
    if todo.action == HOLD:
        job.hold_words = verdict.hold_reason or skip_words(verdict)
    return job


def _word(jobs: Sequence[Job], words: Words, run: Run) -> None:
    """Give each job its text: the model's, when it gave one that passes the checks, else the approved template's."""
    answers = speaking.listen(jobs, run)
    refused = [job for job in jobs if not _text(job, words, answers.get(job.facts.account_id))]
    # What the checks refused is fed back once: the model is asked again, or the template speaks.
    again = speaking.listen(refused, run) if refused else {}
    for job in refused:
        _text(job, words, again.get(job.facts.account_id))


def _text(job: Job, words: Words, answer: Answer | None) -> bool:
    """Write one text. False when the model's words did not pass the checks (the objections are on record then)."""
    if answer == WAIT:
        job.plan = replace(job.plan, action=SKIP, words=speaking.WAITING)
        return True
    if isinstance(answer, Ask):
        job.plan, job.ask = replace(job.plan, action=speaking.ASK), answer
        return True
    spoken = answer if isinstance(answer, ModelWords) else None
    note = f"Approved template: {answer.why}" if isinstance(answer, NoWords) and answer.why else ""
    try:
        text = prepare_text(
            job.facts, job.verdict, words, holds=job.standing.holds, terms=job.standing.terms, spoken=spoken, note=note
        )
    except UnusableWords as error:
        assert spoken is not None
        refuse(spoken.generation_id, error.objections)
        return False
    except (NoApprovedText, NothingToSay) as error:
        # Never a silent skip: it waits on hold with the reason until words or facts change.
        job.plan, job.hold_words = replace(job.plan, action=HOLD), str(error)
        return True
    if spoken and text.objections:
        refuse(spoken.generation_id, text.objections)
        return False
    job.text = text
    return True
