"""Takes queued attempts out of the queue: those that may be asked become calls; a budget, the breaker or the cache settles the others.

One transaction and a handful of statements for any number of rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Account
from drafts.generation import budget, client, gate, prompts
from drafts.generation.service import task_of
from drafts.models import Generation
from governance import bulk, holds, policies
from governance.canonical import canonical_json, sha256_hex
from governance.policies import PolicyParameters

# A call may wait in line for one call's time before it is made; after this many times that, its worker counts as dead.
LEASE_CALLS = 4
_WRITTEN = (
    "state", "provider", "model", "prompt_sha256", "content_key", "lease_until", "parameters", "result", "raw_answer", "reused_from",
    "finish_reason", "finished_at", "error_kind", "error", "cost_micro",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """One call ready to be made: everything the network thread needs, no database object."""

    generation_id: int
    kind: str
    messages: tuple[dict[str, str], ...]
    model: str
    seconds: int
    max_tokens: int


def claim(room: int, at: datetime) -> tuple[list[Call], list[int]]:
    """Take up to ``room`` queued attempts: those that may be asked, as calls, and the accounts of those a budget or cache settled."""
    policy = policies.active_parameters()
    with transaction.atomic():
        rows = list(
            Generation.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=Generation.State.QUEUED)
            .select_related("brief", "prompt_version").order_by("pk")[:room]
        )
        if not rows:
            return [], []
        if thrown := holds.model_switch(at):
            return [], _refuse_all(rows, f"The model was not asked: model drafting is switched off: {thrown.reason}", at)
        messages = {row.pk: _render(row) for row in rows}
        rows_open = _let_through(rows, at)
        known = _known(rows_open)
        policies.hold_still()  # workers count the purse one after the other
        purse = budget.load(policy, [row.account_id for row in rows_open], at)
        calls = [call for row in rows_open if (call := _settle(row, messages[row.pk], known, policy, purse, at))]
        bulk.update(Generation, rows, _WRITTEN)
    asked = {call.generation_id for call in calls}
    return calls, [row.account_id for row in rows if row.pk not in asked]


def _let_through(rows: Sequence[Generation], at: datetime) -> list[Generation]:
    """The attempts that may be made; those of a portfolio whose gate was shut since they were queued are closed, on the row."""
    homes = dict(Account.objects.filter(pk__in={row.account_id for row in rows}).values_list("pk", "portfolio_id"))
    shut = gate.shut(set(homes.values()), at)
    through = []
    for row in rows:
        why = shut.get(homes[row.account_id], "")
        if why and (row.kind == Generation.Kind.DRAFT or why == gate.OFF):
            close(row, Generation.State.SKIPPED, at, error_kind="gate", error=f"The model was not asked: {why}.")
        else:
            through.append(row)
    return through


def _refuse_all(rows: Sequence[Generation], why: str, at: datetime) -> list[int]:
    for row in rows:
        close(row, Generation.State.SKIPPED, at, error_kind="switched_off", error=why)
    bulk.update(Generation, rows, ("state", "lease_until", "finished_at", "error_kind", "error"))
    return [row.account_id for row in rows]


def _render(row: Generation) -> tuple[dict[str, str], ...]:
    """The messages of the call; what was rendered, for which model, is written on the row."""
    assert row.prompt_version is not None  # queued attempts name their prompt; null is only for rows whose prompt was never known
    material = [(m["id"], m["text"]) for m in row.parameters.get("material", ())]
    rendered = prompts.render(
        row.prompt_version, json.loads(row.brief.facts), task_of(row), feedback=row.parameters.get("feedback", ()), material=material
    )
    row.provider, row.model, row.prompt_sha256 = client.provider_name(), settings.LLM_MODEL, rendered.sha256
    row.content_key = sha256_hex(canonical_json([row.account_id, row.prompt_version_id, row.model, rendered.sha256]))
    return rendered.messages


def _known(rows: Sequence[Generation]) -> dict[tuple[str, int, str], Generation]:
    """Answers on record by (content key, account, kind): by content, and never across accounts. One query."""
    keys = {row.content_key for row in rows}
    found = Generation.objects.filter(content_key__in=keys, state=Generation.State.DONE, findings=[]).order_by("pk")
    return {(row.content_key, row.account_id, row.kind): row for row in found}


def _settle(
    row: Generation, messages: tuple[dict[str, str], ...], known: dict[tuple[str, int, str], Generation], policy: PolicyParameters,
    purse: budget.Budget, at: datetime,
) -> Call | None:
    """What becomes of one attempt, on the row; the call when it is asked."""
    if answered := known.get((row.content_key, row.account_id, row.kind)):
        row.result, row.raw_answer, row.finish_reason = answered.result, answered.raw_answer, answered.finish_reason
        close(row, Generation.State.DONE, at, reused_from=answered)
        return None
    tokens_in = budget.prompt_tokens(messages)
    if why := purse.refuse(row.account_id, tokens_in, at):
        close(row, Generation.State.SKIPPED, at, error_kind="budget", error=f"The model was not asked: {why}.")
        return None
    max_tokens = budget.answer_room(policy, tokens_in)
    row.state, row.lease_until = Generation.State.CLAIMED, at + timedelta(seconds=LEASE_CALLS * policy.model_seconds)
    row.parameters = {**row.parameters, "max_tokens": max_tokens, "tokens_held": tokens_in + max_tokens}
    row.cost_micro = budget.cost_micro(policy, tokens_in, max_tokens)  # at its worst, until what came back is counted
    return Call(row.pk, row.kind, messages, row.model, policy.model_seconds, max_tokens)


def close(row: Generation, state: str, at: datetime, **fields: Any) -> None:
    """End an attempt, on the row; the caller saves it."""
    row.state, row.finished_at, row.lease_until = state, at, None
    for name, value in fields.items():
        setattr(row, name, value)
