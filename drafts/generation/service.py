"""The model's part of the line: attempts are rows; preparation asks what is known, queues what is missing, and waits.

One attempt = one ``Generation``. For a follow-up that needs words preparation gets the model's words, ``WAIT``, an ``Ask`` (queue this
attempt) or ``NoWords`` (the approved template speaks). ``drafts.generation.runner`` talks to the provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from drafts.generation import client
from drafts.generation.prompts import Task
from drafts.models import FollowUp, Generation
from governance.models import PromptVersion
from governance.policies import PolicyParameters

WAIT = "wait"
# Failures another attempt cannot mend.
FINAL = frozenset({"budget", "permanent", "gate"})
UNDER_WAY = (Generation.State.QUEUED, Generation.State.CLAIMED)
DRAFT, PREPARATION = Generation.Kind.DRAFT, Generation.Kind.PREPARATION


@dataclass(frozen=True, slots=True)
class Wanted:
    """A follow-up that needs words: the hash of its material facts and what the text is about."""

    follow_up_id: int
    account_id: int
    material_hash: str
    task: Task


@dataclass(frozen=True, slots=True)
class Ask:
    """Queue this attempt: its number, the number its round began with, and what to tell the model about the last one."""

    attempt: int = 1
    first: int = 1
    feedback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelWords:
    """An answer of the model, shaped like a template: the composer fills its placeholders."""

    generation_id: int
    subject: str
    body: str
    language: str
    citations: tuple[Mapping[str, Any], ...] = field(default=())
    correction_notes: str = ""


@dataclass(frozen=True, slots=True)
class NoWords:
    """The model gave nothing usable; ``why`` is said beside the template's draft."""

    why: str


Answer = ModelWords | NoWords | Ask | str


def authors(generation_ids: Sequence[int]) -> dict[int, tuple[str, int | None]]:
    """Name of the model and id of the prompt version of each attempt. No query without one."""
    if not generation_ids:
        return {}
    rows = Generation.objects.filter(pk__in=generation_ids).values_list("pk", "model", "prompt_version_id")
    return {pk: (model or "unknown", prompt) for pk, model, prompt in rows}


def active_prompt(key: str) -> PromptVersion | None:
    """The prompt version in force for a task."""
    return PromptVersion.objects.filter(key=key, state=PromptVersion.State.ACTIVE).first()


def words_for(wanted: Sequence[Wanted], policy: PolicyParameters) -> dict[int, Answer]:
    """What is known per follow-up id. Three queries for any number; none when no model is configured."""
    if not wanted or not client.configured() or active_prompt("draft") is None:
        return {item.follow_up_id: NoWords("") for item in wanted}
    last = last_attempts([item.follow_up_id for item in wanted], DRAFT)
    used = [attempt.follow_up_id for attempt in last.values() if attempt.draft_id]
    said = _changes_asked(used)
    return {item.follow_up_id: _judge(last.get(item.follow_up_id), item, policy, said.get(item.follow_up_id, "")) for item in wanted}


def last_attempts(follow_up_ids: Sequence[int], kind: str) -> dict[int, Generation]:
    """The newest attempt of each follow-up, with its brief's material hash. One query."""
    rows = Generation.objects.filter(follow_up_id__in=follow_up_ids, kind=kind).select_related("brief").defer("raw_answer", "brief__facts")
    return {row.follow_up_id: row for row in rows.order_by("pk")}


def _changes_asked(follow_up_ids: Sequence[int]) -> dict[int, str]:
    """What reviewers wrote when they sent drafts of the model back."""
    if not follow_up_ids:
        return {}
    rows = FollowUp.history.filter(id__in=follow_up_ids, status="preparing").exclude(history_change_reason=None)
    return dict(rows.order_by("history_id").values_list("id", "history_change_reason"))


def _judge(attempt: Generation | None, item: Wanted, policy: PolicyParameters, asked: str) -> Answer:
    if attempt is None:
        return Ask()
    if attempt.state in UNDER_WAY:
        return WAIT
    following = attempt.attempt + 1
    # An answer that became a draft was sent back, or the facts moved on: a new round, with what the reviewer said.
    if attempt.draft_id or attempt.brief.material_hash != item.material_hash:
        return Ask(following, following, (f"The reviewer asked for changes: {asked}",) if asked and attempt.draft_id else ())
    if attempt.state == Generation.State.DONE and not attempt.findings:
        return ModelWords(
            attempt.pk, attempt.result["subject"], attempt.result["body"], item.task.language,
            tuple(attempt.result.get("citations", ())), attempt.result.get("correction_notes", ""),
        )
    first = int(attempt.parameters.get("first", 1))
    if attempt.error_kind in FINAL or following - first >= policy.model_attempts:
        said = "; ".join(str(f.get("why", "")) for f in attempt.findings[:2])
        return NoWords(attempt.error or f"the model's text did not pass the checks ({said})")
    return Ask(following, first, _feedback(attempt))


def _feedback(attempt: Generation) -> tuple[str, ...]:
    if attempt.findings:
        return tuple(f"{f['why']}" + (f' ("{f["quote"]}")' if f.get("quote") else "") for f in attempt.findings[:6])
    return (attempt.error,) if attempt.error else ()


def queue(requests: Iterable[tuple[Wanted, int, Ask]], at: datetime) -> int:
    """Write attempts for (what, brief id, which attempt), inside the caller's transaction. Returns how many."""
    rows = [
        _row(item, brief_id, DRAFT, ask.attempt, at, {"first": ask.first, "feedback": list(ask.feedback)})
        for item, brief_id, ask in requests
    ]
    return _write(rows, "draft")


def queue_preparations(requests: Iterable[tuple[Wanted, int, Sequence[tuple[str, str]]]], at: datetime) -> int:
    """Ask the model to prepare for people: (what, brief id, material as (fact id, text from outside)). One per set of material facts."""
    wanted = [r for r in requests if client.configured()]
    last = last_attempts([item.follow_up_id for item, _, _ in wanted], PREPARATION)
    rows = []
    for item, brief_id, material in wanted:
        known = last.get(item.follow_up_id)
        if known and (known.brief.material_hash == item.material_hash or known.state in UNDER_WAY):
            continue
        stored = {"material": [{"id": fact_id, "text": text} for fact_id, text in material]}
        rows.append(_row(item, brief_id, PREPARATION, known.attempt + 1 if known else 1, at, stored))
    return _write(rows, "preparation")


def _row(item: Wanted, brief_id: int, kind: str, attempt: int, at: datetime, parameters: dict[str, Any]) -> Generation:
    task = item.task
    stored = {
        "purpose": task.purpose, "step": task.step, "language": task.language, "lane": task.lane, "invoice_ids": list(task.invoice_ids),
    }  # fmt: skip
    return Generation(
        follow_up_id=item.follow_up_id, account_id=item.account_id, brief_id=brief_id, kind=kind, attempt=attempt, created_at=at,
        parameters={"temperature": 0, "task": stored, **parameters},
    )


def _write(rows: Sequence[Generation], key: str) -> int:
    prompt = active_prompt(key) if rows else None
    if prompt is None:
        return 0
    for row in rows:
        row.prompt_version = prompt
    return len(Generation.objects.bulk_create(rows))


def task_of(generation: Generation) -> Task:
    """The task an attempt was queued with."""
    stored = generation.parameters["task"]
    return Task(stored["purpose"], stored["step"], stored["language"], tuple(stored["invoice_ids"]), stored["lane"])


def refuse(generation_id: int, findings: Sequence[Mapping[str, Any]]) -> None:
    """Keep what the checks said of an answer; the next ``words_for`` feeds it back once, then leaves it to the template."""
    Generation.objects.filter(pk=generation_id).update(findings=list(findings))


def used(draft_by_generation: Mapping[int, int]) -> None:
    """Remember which draft each answer became."""
    rows = [Generation(pk=generation_id, draft_id=draft_id) for generation_id, draft_id in draft_by_generation.items()]
    if rows:
        Generation.objects.bulk_update(rows, ["draft"])


def under_way(account_ids: Sequence[int] | None = None) -> set[int]:
    """Follow-ups whose draft the model is writing; nobody need prepare them meanwhile. One query."""
    waiting = Q(kind=DRAFT, state__in=UNDER_WAY)
    rows = Generation.objects.filter(waiting)
    if account_ids is not None:
        rows = rows.filter(account_id__in=account_ids)
    return set(rows.values_list("follow_up_id", flat=True))
