"""``prepare``: the preparation run from the command line."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from drafts.detection import scan
from drafts.doorbell import ring_now
from drafts.preparation import PrepareSummary, due_account_ids, prepare_all
from drafts.preparation.run import BATCH
from governance import clock, policies
from governance.models import Portfolio

WIDTH = 28


class Progress:
    """A bar with rate and time left on a terminal; silent anywhere else."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream if stream.isatty() else None
        self.started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Redraw for ``done`` of ``total`` accounts."""
        if self.stream is None or not total:
            return
        rate = done / max(time.monotonic() - self.started, 1e-6)
        left = (total - done) / rate if rate else 0
        filled = WIDTH * done // total
        bar = "█" * filled + "·" * (WIDTH - filled)
        end = "\n" if done == total else ""
        self.stream.write(f"\r{bar} {done:,}/{total:,} accounts  {rate:,.0f}/s  {left:,.0f} s left {end}")
        self.stream.flush()


class Command(BaseCommand):
    """Prepare every due account: facts, brief, lane and draft, in batches; one JSON summary with ``--json``.
    """

    help = "Prepare follow-ups for all due accounts: read new texts for disputes, then facts, brief, lane, draft and checks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="DATE",
            help="prepare as at the end of business of this day",
        )
        parser.add_argument("--portfolio", metavar="NAME", help="only this portfolio, by code or name")
        parser.add_argument(
            "--enqueue", action="store_true", help="fan the batches out to workers instead of preparing here"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON summary")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or fan out."""
        portfolio = _portfolio(options["portfolio"])
        parameters = _policy()
        as_of = (
            end_of_business(options["as_of"], parameters.business_end_hour)
            if options["as_of"]
            else clock.now()
        )
        if options["enqueue"]:
            self._enqueue(as_of, portfolio, as_json=options["json"], dated=bool(options["as_of"]))
            return
        summary = prepare_all(as_of, portfolio=portfolio, progress=Progress(sys.stderr))
        self.stdout.write(json.dumps(summary.as_dict()) if options["json"] else in_words(summary))

    def _enqueue(self, as_of: datetime, portfolio: Portfolio | None, *, as_json: bool, dated: bool) -> None:
        if dated:
            raise CommandError(
                "--enqueue prepares as of the moment a worker takes the batch; it cannot be given --as-of"
            )
        if not settings.CELERY_BROKER_URL:
            raise CommandError("there is no broker (CELERY_BROKER_URL) and so no worker to hand anything to; leave out --enqueue")
        scan(at=as_of)
        ids = due_account_ids(as_of, portfolio)
        batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        rung = sum(ring_now("drafts.prepare_batch", batch) for batch in batches)
        if rung < len(batches):
            raise CommandError(
                f"the broker took {rung} of {len(batches)} batches; the sweep or another run does the rest"
            )
        words = {"accounts": len(ids), "batches": len(batches)}
        self.stdout.write(
            json.dumps(words)
            if as_json
            else f"{len(ids)} accounts in {len(batches)} batches handed to workers"
        )


def _policy() -> policies.PolicyParameters:
    try:
        return policies.active_parameters()
    except policies.NoActivePolicy as error:
        raise CommandError(str(error)) from error


def _portfolio(name: str | None) -> Portfolio | None:
    if not name:
        return None
    found = Portfolio.objects.filter(code=name).first() or Portfolio.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Portfolio.objects.values_list("code", flat=True)) or "there is none yet"
        raise CommandError(f"no portfolio {name!r}; known: {known}")
    return found


def end_of_business(day: date, hour: int) -> datetime:
    """The end of business of a day, UTC."""
    return datetime.combine(day, clock_time(min(hour, 23)), ZoneInfo("UTC"))


def in_words(summary: PrepareSummary) -> str:
    """The summary for a person."""
    lanes = ", ".join(
        f"{count} {lane.replace('_', ' ')}" for lane, count in summary.as_dict()["lanes"].items()
    )
    lines = [
        f"{summary.accounts} accounts in {summary.seconds:.1f} s: {summary.drafts} drafts, {summary.held} on hold, "
        f"{summary.awaiting_decision} awaiting a decision ({lanes})",
        *(f"  skipped, {reason}: {count}" for reason, count in sorted(summary.skipped.items())),
    ]
    return "\n".join(lines)
