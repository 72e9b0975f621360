"""Tasks: each takes ids, calls one verb, and may run twice or never. The sweep finds by state whatever a lost task left.

Those that carry no attempts counter in the database give up when their process is killed: handed back at once, a task that kills its
worker would kill the next one forever (41 times in 15 seconds, seen); the sweep comes back to the work with its own pace.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from celery import shared_task

from drafts import sweeping
from drafts.compliance import nightly as nightly_look
from drafts.delivery import handover
from drafts.packing import make
from drafts.preparation import prepare_accounts
from drafts.simulation import in_flight, runs
from governance import clock, heartbeat


@shared_task(name="drafts.sweep", reject_on_worker_lost=False)
def sweep() -> None:
    """One round of everything that is due."""
    with heartbeat.job("drafts.sweep"):
        sweeping.sweep(clock.now())


@shared_task(name="drafts.deliver")
def deliver(delivery_id: int) -> None:
    """Hand over one delivery if it is due; its attempts are counted in its row."""
    handover.deliver_one(delivery_id)


@shared_task(name="drafts.prepare_batch", reject_on_worker_lost=False)
def prepare_batch(account_ids: Sequence[int], as_of: str | None = None) -> None:
    """Prepare these accounts; ``as_of`` is an ISO moment, now when it is not given."""
    prepare_accounts(account_ids, as_of=datetime.fromisoformat(as_of) if as_of else clock.now())


@shared_task(name="drafts.generate", reject_on_worker_lost=False)
def generate() -> None:
    """Let the model write a portion of what waits, and prepare those accounts; an attempt whose worker died is closed by the sweep."""
    with heartbeat.job("drafts.generate"):
        sweeping.generate(clock.now())


@shared_task(name="drafts.prepare_due", reject_on_worker_lost=False)
def prepare_due() -> None:
    """The slower round: every due account, follow-ups that ended, the order of the queue."""
    with heartbeat.job("drafts.prepare_due"):
        sweeping.prepare_due(clock.now())


@shared_task(name="drafts.pack", reject_on_worker_lost=False)
def pack(run_id: int) -> None:
    """Make one audit pack; its attempts are counted in its row."""
    make.make(run_id, at=clock.now())


@shared_task(name="drafts.packs", reject_on_worker_lost=False)
def packs() -> None:
    """Every audit pack that waits, and the files of those past their time."""
    with heartbeat.job("drafts.packs"):
        make.make_due(clock.now())


@shared_task(name="drafts.simulate", reject_on_worker_lost=False)
def simulate(run_id: int) -> None:
    """Run one simulation of a policy; its attempts are counted in its row."""
    runs.run(run_id, at=clock.now())


@shared_task(name="drafts.simulations", reject_on_worker_lost=False)
def simulations() -> None:
    """Every simulation that waits."""
    with heartbeat.job("drafts.simulations"):
        runs.run_due(clock.now())


@shared_task(name="drafts.settle_policy", reject_on_worker_lost=False)
def settle_policy() -> None:
    """What a new policy does to drafts under way; found by state, so twice does no harm."""
    with heartbeat.job("drafts.settle_policy"):
        in_flight.settle_due(clock.now())


@shared_task(name="drafts.rerank", reject_on_worker_lost=False)
def rerank() -> None:
    """The order of the queue."""
    with heartbeat.job("drafts.rerank"):
        sweeping.rerank(clock.now())


@shared_task(name="drafts.nightly", reject_on_worker_lost=False)
def nightly() -> None:
    """Every invariant and every control, once a night however often it is rung."""
    with heartbeat.job("drafts.nightly"):
        nightly_look.run_due(clock.now())
