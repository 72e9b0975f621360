"""The model's part in a preparation run: what it said is used, what is missing is asked for, and meanwhile the follow-up waits.

Nothing here talks to a provider. Without a configured model every call returns at once and the approved templates speak.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from accounts.models import Contract, Message, Ticket
from drafts import states
from drafts.classification.types import Reason
from drafts.doorbell import ring
from drafts.generation import client, gate, prepared, service
from drafts.generation.prompts import MATERIAL_LIMIT, Task
from drafts.generation.service import WAIT, Answer, Ask, NoWords, Wanted
from drafts.models import Generation
from drafts.preparation.standing import Standing
from governance import holds
from governance.roles import EXECUTIVE, FINANCE, OWNER

if TYPE_CHECKING:
    from accounts.fact_types import AccountFacts
    from drafts.classification.types import Verdict
    from drafts.preparation.rows import Job, Run

ASK = "ask"
WAITING = "the model is writing"
SPOKEN = (states.DEMAND, states.PO_REQUEST)
SUGGESTED = "model_suggestion"
MATERIAL_TEXTS = 6


def eligible(job: Job) -> bool:
    """True for messages a model may word; answers, dispute responses and corrections are a person's."""
    return job.verdict.purpose in SPOKEN


def wanted(job: Job, follow_up_id: int) -> Wanted:
    """What the model would be asked for."""
    return Wanted(follow_up_id, job.facts.account_id, job.material, task_for(job.facts, job.verdict))


def task_for(facts: AccountFacts, verdict: Verdict) -> Task:
    """What a text about this account is about, in the recipient's language."""
    language = (facts.recipient.language if facts.recipient else "") or facts.language
    return Task(verdict.purpose, verdict.step, language[:2], tuple(verdict.chase_invoice_ids), verdict.lane)


def switched_off(at: datetime) -> str:
    """Why the model may not draft now, "" when it may. One query; none without a configured model."""
    thrown = holds.model_switch(at) if client.configured() else None
    return f"model drafting is switched off: {thrown.reason}" if thrown else ""


def listen(jobs: Iterable[Job], run: Run) -> dict[int, Answer]:
    """Per account id: the model's words, ``WAIT``, what to ask, or ``NoWords``; accounts the model does not write for are absent."""
    if not client.configured():
        return {}
    wordable = [job for job in jobs if eligible(job)]
    if run.model_off:
        return {job.facts.account_id: NoWords(run.model_off) for job in wordable}
    shut = gate.shut({job.facts.portfolio_id for job in wordable}, run.at) if wordable else {}
    asked = [job for job in wordable if job.facts.portfolio_id not in shut]
    refused: dict[int, Answer] = {job.facts.account_id: NoWords(why) for job in wordable if (why := shut.get(job.facts.portfolio_id))}
    standing = {job.standing.open.pk: job for job in asked if job.standing.open}
    known = service.words_for([wanted(job, pk) for pk, job in standing.items()], run.policy.typed)
    thinking = _preparing(list(standing)) if standing else set()
    answers: dict[int, Answer] = refused | {job.facts.account_id: Ask() for job in asked if not job.standing.open}
    for pk, job in standing.items():
        answers[job.facts.account_id] = WAIT if pk in thinking else known[pk]
    return answers


def _preparing(follow_up_ids: Sequence[int]) -> set[int]:
    """Follow-ups whose suggestion of a lane is still being made; the draft waits for it."""
    under_way = [Generation.State.QUEUED, Generation.State.CLAIMED]
    rows = Generation.objects.filter(follow_up_id__in=follow_up_ids, kind=service.PREPARATION, state__in=under_way)
    return set(rows.values_list("follow_up_id", flat=True))


def ask(jobs: Iterable[Job], run: Run) -> None:
    """Queue the drafts that are missing, and for every account what the model may prepare for people."""
    if not client.configured() or run.model_off:
        return
    written = [(job, job.follow_up, job.brief_row) for job in jobs if job.follow_up and job.brief_row]
    queued = service.queue(((wanted(job, f.pk), b.pk, job.ask) for job, f, b in written if job.ask), run.at)
    untold = gate.off({job.facts.portfolio_id for job, _, _ in written}) if written else set()
    told = [(job, f, b) for job, f, b in written if job.facts.portfolio_id not in untold]
    texts = material([job.facts.account_id for job, _, _ in told]) if told else {}
    queued += service.queue_preparations(
        ((wanted(job, f.pk), b.pk, texts.get(job.facts.account_id, ())) for job, f, b in told), run.at
    )
    if queued:
        ring("drafts.generate")


def material(account_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Texts from outside, newest first: (fact id, text) of open tickets, messages from the customer and contract notes. Three queries."""
    found: dict[int, list[tuple[str, str]]] = {}

    def keep(kind: str, rows: Iterable[tuple[int, int, str, str]]) -> None:
        for account_id, pk, head, text in rows:
            texts = found.setdefault(account_id, [])
            if len(texts) < MATERIAL_TEXTS and (head or text):
                texts.append((f"{kind}:{pk}", f"{head}\n{text}".strip()[:MATERIAL_LIMIT]))

    mine = {"account_id__in": account_ids}
    columns = ("account_id", "pk", "subject", "body")
    keep("ticket", Ticket.objects.filter(**mine).exclude(status="solved").order_by("-updated_at").values_list(*columns))
    keep("message", Message.objects.filter(**mine, direction="in").order_by("-at").values_list(*columns))
    keep("contract", Contract.objects.filter(**mine).exclude(notes="").values_list("account_id", "pk", "change_orders", "notes"))
    return found


def suggestions(standing: Mapping[int, Standing]) -> dict[int, tuple[str, Reason]]:
    """Per account id: the material hash a suggestion was made for, and the reason it adds. One query; none without a model."""
    if not client.configured():
        return {}
    opened = {s.open.pk: account_id for account_id, s in standing.items() if s.open}
    rows = service.last_attempts(list(opened), service.PREPARATION) if opened else {}
    return {
        opened[pk]: (row.brief.material_hash, reason)
        for pk, row in rows.items()
        if row.state == Generation.State.DONE and (reason := _reason(row.pk, row.result)) is not None
    }


def _reason(generation_id: int, result: Mapping[str, Any]) -> Reason | None:
    """The reason a suggested lane adds; a suggestion of the routine lane adds none: a model keeps or raises, never lowers."""
    lane = result.get("suggested_lane", states.ROUTINE)
    if lane not in (states.EXCEPTION, states.EXECUTIVE_REVIEW):
        return None
    said = prepared.reason(result) or "no reason given"
    executive = lane == states.EXECUTIVE_REVIEW
    return Reason(
        SUGGESTED, f"The model suggests a closer look: {said}", (f"generation:{generation_id}",), lane,
        (EXECUTIVE, OWNER) if executive else (OWNER, FINANCE), decision="relationship_path" if executive else "",
    )  # fmt: skip
