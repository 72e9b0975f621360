"""Drafts by a model, measured: one worker process, many calls in flight, a model server that takes its time.

The server is a process of its own, as a real one would be. Ideal: every wave of calls takes the model's latency and nothing else.
"""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from collections_site.benchmarks import book, yardsticks
from drafts.generation import gate, runner
from drafts.models import Generation
from drafts.preparation import prepare_all
from governance import policies
from governance.models import ModelSwitch, PolicyVersion, Portfolio, PromptVersion, ReadinessLook, User

MODEL = "recorded-1"
# The book has accounts nobody writes to (held, disputed, enterprise): so many more are made than drafts are wanted.
SPARE = 1.5


def run(drafts: int, latency: float = 2.0, concurrency: int = runner.CONCURRENCY) -> dict[str, Any]:
    """Queue ``drafts`` model drafts in the current (scratch) database and work them off.

    ``ratio`` is ideal seconds by measured seconds; 0 when not every draft was answered.
    """
    with _model_server(latency), _believed_looks():
        _queue(drafts)
        gc.collect()  # what building the book left behind is no cost of the drafts: collecting it holds all threads for 0.3 s
        wall, cpu = time.perf_counter(), time.process_time()
        runner.run(timezone.now, limit=drafts, concurrency=concurrency)
        seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    answered = Generation.objects.filter(state=Generation.State.DONE).count()
    ideal = math.ceil(drafts / concurrency) * latency
    return {
        "drafts": drafts,
        "answered": answered,
        "in_flight": concurrency,
        "latency": latency,
        "seconds": round(seconds, 3),
        "ideal_seconds": round(ideal, 3),
        "ratio": round(ideal / seconds, 3) if answered == drafts else 0.0,
        "cpu_seconds": round(cpu_seconds, 3),
        "cpu_ms_per_draft": round(1000 * cpu_seconds / drafts, 1),
    }


def _queue(drafts: int) -> None:
    """Prepare a book until so many drafts wait for the model, and nothing else does."""
    _without_limits()
    PromptVersion.objects.filter(key="preparation").update(state=PromptVersion.State.RETIRED)
    book.build(math.ceil(drafts * SPARE) + 10)
    _switch_on()
    prepare_all(book.AS_OF)
    waiting = Generation.objects.filter(state=Generation.State.QUEUED).count()
    if waiting < drafts:
        raise yardsticks.Refused(f"only {waiting} drafts could be queued, {drafts} are wanted")


def _without_limits() -> None:
    """A policy under which the budgets of a day stop nothing."""
    PolicyVersion.objects.filter(state=PolicyVersion.State.ACTIVE).update(state=PolicyVersion.State.RETIRED)
    parameters = policies.DEFAULT.model_copy(update={"model_cost_micro_per_day": 10**12, "model_seconds_per_day": 10**8}).model_dump(mode="json")
    PolicyVersion.objects.create(number=2, state=PolicyVersion.State.ACTIVE, parameters=parameters)


def _switch_on() -> None:
    """The gate asks what it always asks; the invented book has no mailbox that could pass a real look."""
    one, two = (User.objects.create(username=f"benchmark-{n}", is_active=False) for n in (1, 2))
    for portfolio in Portfolio.objects.all():
        look = ReadinessLook.objects.create(portfolio=portfolio, at=book.AS_OF, score=100, minimum=80, passes=True, policy_number=2)
        ModelSwitch.objects.create(
            portfolio=portfolio, state=ModelSwitch.State.ON, reason="benchmark", look=look, score=100, asked_by=one, asked_at=book.AS_OF,
            decided_by=two, decided_at=book.AS_OF,
        )  # fmt: skip


@contextmanager
def _believed_looks() -> Iterator[None]:
    """Looks of any age count for the block: the book stands at a moment of its own."""
    before, gate.TOO_OLD = gate.TOO_OLD, timedelta.max
    try:
        yield
    finally:
        gate.TOO_OLD = before


@contextmanager
def _model_server(latency: float) -> Iterator[None]:
    """The recorded model in another process, configured as this process's provider for the block."""
    command = [sys.executable, "-m", "collections_site.provider", "--latency", str(latency)]
    before = settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR) as server:  # noqa: S603 - our own module
        try:
            assert server.stdout is not None
            settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY = server.stdout.readline().strip(), MODEL, ""
            _warm_up()
            yield
        finally:
            settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY = before
            server.terminate()


def _warm_up() -> None:
    """A worker that has run for a while has its libraries loaded."""
    from drafts.generation.client import ProviderError, complete

    began = time.monotonic()
    try:
        complete([{"role": "user", "content": "Facts: {}"}], schema_name="ReplyJudgement", schema={}, seconds=30, max_tokens=10)
    except ProviderError as error:
        raise yardsticks.Refused(f"the model server does not answer after {time.monotonic() - began:.0f} s: {error}") from error
