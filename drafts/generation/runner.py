"""Runs queued attempts: claims rows, asks the provider with many calls in flight, records each answer as it comes.

The database connection is given back while calls are in flight. While answers come well, the next calls are claimed ahead, so that a free
place is taken at once. A worker that dies leaves claimed rows whose lease runs out; ``lost`` closes them, and preparation goes on with the
next attempt or the template.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from django.db import connection, transaction
from pydantic import BaseModel

from drafts.generation import client, schema
from drafts.generation.claiming import Call, claim, close
from drafts.generation.recording import Said, record
from drafts.models import Generation

CONCURRENCY = 64
FORMS: dict[str, type[BaseModel]] = {Generation.Kind.DRAFT: schema.WrittenDraft, Generation.Kind.PREPARATION: schema.Preparation}
# Answers that land within this time are recorded together; a longer silence gives the database connection back.
TOGETHER_SECONDS = 0.03
PATIENCE_SECONDS = 0.1

__all__ = ["CONCURRENCY", "Call", "Said", "ask", "claim", "lost", "record", "run"]


def run(clock: Callable[[], datetime], *, limit: int = 1_000, concurrency: int = CONCURRENCY) -> list[int]:
    """Work off up to ``limit`` queued attempts with ``concurrency`` calls in flight. Returns the account ids that have news."""
    if not client.configured():
        return []
    accounts: list[int] = []
    running: set[Future[Said]] = set()
    taken, ahead = 0, 1  # claimed ahead: nothing until the provider has shown that it answers
    with ThreadPoolExecutor(concurrency, thread_name_prefix="model") as pool:
        while True:
            room = min(concurrency * ahead - len(running), limit - taken)
            calls, skipped = claim(room, clock()) if room > 0 else ([], [])
            taken += len(calls) + len(skipped)
            accounts += skipped
            running |= {pool.submit(ask, call) for call in calls}
            if not running:
                if skipped and taken < limit:
                    continue  # all of these were settled at once; others may wait behind them
                return accounts
            said, running = _landed(running)
            accounts += record(said, clock())
            ahead = 1 if any(item.error for item in said) else 2


def _landed(running: set[Future[Said]]) -> tuple[list[Said], set[Future[Said]]]:
    """The answers that have come, at least one; and what is still in flight."""
    done, _ = wait(running, PATIENCE_SECONDS, FIRST_COMPLETED)
    if not done:
        _give_back_connection()
        wait(running, return_when=FIRST_COMPLETED)
    done, rest = wait(running, TOGETHER_SECONDS)
    return [future.result() for future in done], rest


def _give_back_connection() -> None:
    # Inside a transaction (tests) the connection is not ours to close.
    if not connection.in_atomic_block:
        connection.close()


def ask(call: Call) -> Said:
    """Make one call; runs in a network thread and touches no database."""
    form = FORMS[call.kind]
    try:
        answer = client.complete(
            call.messages, schema_name=form.__name__, schema=schema.json_schema(form), model=call.model, seconds=call.seconds,
            max_tokens=call.max_tokens,
        )
        parsed = schema.parse(answer, form, asked_model=call.model)
        return Said(call.generation_id, parsed.model_dump(), answer, None)
    except client.ProviderError as error:
        return Said(call.generation_id, None, error.answer, error)
    except Exception as error:  # an attempt always ends; what went wrong is on record
        words = f"the answer could not be read ({type(error).__name__})"
        return Said(call.generation_id, None, None, client.ProviderError("unexpected", words))


def lost(at: datetime) -> list[int]:
    """Close attempts whose worker died. Returns their accounts."""
    rows = Generation.objects.filter(state=Generation.State.CLAIMED, lease_until__lt=at)
    accounts: list[int] = []
    for row in rows:
        with transaction.atomic():
            fresh = Generation.objects.select_for_update().get(pk=row.pk)
            if fresh.state == Generation.State.CLAIMED:
                close(fresh, Generation.State.FAILED, at, error_kind="lost", error="The model gave no draft: the worker fell silent.")
                fresh.save()
                accounts.append(fresh.account_id)
    return accounts
