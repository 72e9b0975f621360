"""Closes attempts with what came back. An answer that cannot be stored closes its own attempt only."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from drafts.generation import budget, client
from drafts.generation.claiming import close
from drafts.models import Generation
from governance import bulk, policies
from governance.policies import PolicyParameters

log = logging.getLogger(__name__)

RAW_KEPT = 100_000
_WRITTEN = (
    "state", "result", "raw_answer", "finish_reason", "tokens_in", "tokens_out", "cost_micro", "latency_ms", "lease_until", "finished_at",
    "error_kind", "error", "parameters",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What one call gave: a parsed form, or an error."""

    generation_id: int
    result: dict[str, Any] | None
    answer: client.Answer | None
    error: client.ProviderError | None


def record(said: Iterable[Said], at: datetime) -> list[int]:
    """Close the attempts and return their accounts. An attempt somebody else closed meanwhile (its lease ran out) is left as it is."""
    items = list(said)
    try:
        return _record(items, at)
    except Exception:
        if len(items) == 1:
            log.exception("the answer of attempt %s could not be stored", items[0].generation_id)
            took = items[0].answer.latency_ms if items[0].answer else 0
            error = client.ProviderError("unstorable", "the answer could not be stored", permanent=True, latency_ms=took)
            return _record([Said(items[0].generation_id, None, None, error)], at)
        return [account for item in items for account in record([item], at)]


def _record(items: Sequence[Said], at: datetime) -> list[int]:
    policy = policies.active_parameters()
    by_id = {item.generation_id: item for item in items}
    with transaction.atomic():
        waiting = Generation.objects.select_for_update(of=("self",)).filter(pk__in=by_id, state=Generation.State.CLAIMED)
        rows = list(waiting.order_by("pk"))
        for row in rows:
            _write(row, by_id[row.pk], policy, at)
        bulk.update(Generation, rows, _WRITTEN)
    return [row.account_id for row in rows]


def _write(row: Generation, item: Said, policy: PolicyParameters, at: datetime) -> None:
    row.cost_micro = budget.billed_micro(policy, item.answer, item.error, row.cost_micro)
    if item.answer is not None:
        row.raw_answer, row.finish_reason = item.answer.raw[:RAW_KEPT], item.answer.finish_reason[:40]
        row.tokens_in, row.tokens_out, row.latency_ms = item.answer.tokens_in, item.answer.tokens_out, item.answer.latency_ms
        if item.answer.left_out:
            row.parameters = {**row.parameters, "left_out": list(item.answer.left_out)}
    if item.error is None:
        close(row, Generation.State.DONE, at, result=item.result)
        return
    row.latency_ms = item.error.latency_ms
    if item.error.status:
        row.parameters = {**row.parameters, "tokens_held": 0}
    kind = "permanent" if item.error.permanent else item.error.kind
    close(row, Generation.State.FAILED, at, error_kind=kind, error=f"The model gave no draft: {item.error}.")
