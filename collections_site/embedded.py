"""The embedded worker: a thread in this process runs the same sweep that Celery's beat would ring for. No broker at all.

A second thread waits for the model, so that deliveries never do. For the demo, a first look and small pilots. Several processes may each
run one: the rows are claimed in the database.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connections

from collections_site.beat import JOBS
from collections_site.health import look
from collections_site.measures import digest
from collections_site.notices import job as notices
from drafts import sweeping
from drafts.compliance import nightly
from drafts.packing import make
from drafts.simulation import in_flight, runs
from governance import clock, heartbeat
from governance.checkpoints import writing

log = logging.getLogger(__name__)

ROUNDS: dict[str, Callable[[datetime], Any]] = {
    "drafts.sweep": sweeping.sweep, "drafts.generate": sweeping.generate, "drafts.prepare_due": sweeping.prepare_due,
    "drafts.rerank": sweeping.rerank, "drafts.packs": make.make_due, "drafts.nightly": nightly.run_due,
    "drafts.simulations": runs.run_due, "drafts.settle_policy": in_flight.settle_due,
    "governance.checkpoint": writing.write_due, "collections_site.health": look.look_due,
    "collections_site.digest": digest.send_due, "collections_site.notices": notices.run_due,
}  # fmt: skip
# Jobs that take as long as somebody else does.
PATIENT = (
    "drafts.generate", "drafts.packs", "drafts.nightly", "drafts.simulations", "drafts.settle_policy", "collections_site.digest", "collections_site.notices",
)  # fmt: skip


class EmbeddedWorker(threading.Thread):
    """Runs the jobs of ``beat.JOBS`` until it is stopped. A round that raises is logged and the next one tries again."""

    def __init__(self) -> None:
        super().__init__(name="embedded-worker", daemon=True)
        self._stopped = threading.Event()
        self._next = {job.task: 0.0 for job in JOBS}
        self._patient = threading.Thread(target=self._loop, args=(PATIENT,), name="embedded-model", daemon=True)

    def run(self) -> None:
        """The loop, and beside it the one that waits for the model."""
        self._patient.start()
        self._loop([job.task for job in JOBS if job.task not in PATIENT])

    def _loop(self, tasks: Collection[str]) -> None:
        try:
            while not self._stopped.wait(min(settings.SWEEP_SECONDS, 1.0)):
                self.round(time.monotonic(), tasks)
        finally:
            connections.close_all()

    def round(self, moment: float, tasks: Collection[str] = tuple(ROUNDS)) -> None:
        """Run what is due of ``tasks`` at ``moment`` (seconds of the monotonic clock)."""
        for job in JOBS:
            if job.task not in tasks or moment < self._next[job.task]:
                continue
            self._next[job.task] = moment + (job.every or settings.SWEEP_SECONDS)
            close_old_connections()
            try:
                with heartbeat.job(job.task):
                    ROUNDS[job.task](clock.now())
            except Exception:
                log.exception("%s failed; the next round tries again", job.task)

    def stop(self, seconds: float = 10.0) -> None:
        """Ask the loop to end and wait for it."""
        self._stopped.set()
        for thread in (self, self._patient):
            if thread.is_alive():
                thread.join(seconds)


_running: EmbeddedWorker | None = None
_starting = threading.Lock()


def start() -> EmbeddedWorker:
    """Start the worker of this process, once."""
    global _running  # noqa: PLW0603  one per process is the point
    with _starting:
        if _running is None or not _running.is_alive():
            _running = EmbeddedWorker()
            _running.start()
    return _running
