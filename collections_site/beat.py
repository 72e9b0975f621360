"""The schedule as data: what rings, how often, and why. Changing it is a change of this file, reviewed like any other."""

from __future__ import annotations

from typing import Any, NamedTuple


class Job(NamedTuple):
    """One ring. ``every`` in seconds; None stands for the sweep interval of the settings (``SWEEP_SECONDS``)."""

    task: str
    every: float | None
    why: str


JOBS: tuple[Job, ...] = (
    Job("drafts.sweep", None, "everything that is due by the state of the database, deliveries included"),
    Job("drafts.generate", None, "what waits for a model's words; takes as long as the model does"),
    Job("drafts.prepare_due", 3600.0, "accounts that became due or whose facts changed, and follow-ups that ended"),
    Job("drafts.rerank", 300.0, "the order of the queue, because it ages"),
    Job("drafts.packs", 20.0, "audit packs somebody asked for; takes as long as they do"),
    Job("drafts.simulations", 20.0, "simulations of a policy somebody asked for; takes as long as they do"),
    Job("drafts.settle_policy", 30.0, "drafts that were under way when a policy came into force"),
    Job("drafts.nightly", 6 * 3600.0, "once a night: every invariant and control is looked at, what is broken opens an incident"),
    Job("collections_site.health", 60.0, "one look at sources, workers, sending, model, record and safety, kept for the Health page"),
    Job("collections_site.digest", 3600.0, "once a week, from Monday morning: the measures of the week that ended, to who leads"),
    Job("collections_site.notices", 30.0, "what people are told without asking: found, written into their list and the outbox, and sent"),
    Job("governance.checkpoint", 3600.0, "a signed statement outside the database of where every stream of the ledger stands"),
)


def schedule(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """``JOBS`` in the shape Celery's beat wants. A ring that nobody answered expires before the next one, so none pile up."""
    return {
        job.task: {
            "task": job.task,
            "schedule": job.every or sweep_seconds,
            "options": {"expires": max(2.0, (job.every or sweep_seconds) * 0.9)},
        }
        for job in JOBS
    }
