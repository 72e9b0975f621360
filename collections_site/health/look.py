"""One look at everything, kept: the job of the workers, and what "Check now" does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from collections_site.health import machine, safety, sources
from collections_site.health import model as model_lines
from collections_site.health.lines import GROUPS, MODEL, RECORD, SAFETY, SENDING, SOURCES, WORKERS, Round, line
from governance import heartbeat, policies
from governance.measured import UNKNOWN, WORST_FIRST, Measured, worst
from governance.models import HealthDay, HealthLook

log = logging.getLogger(__name__)

# Looked at once a minute; a look older than this is no knowledge any more, and every line of it is unknown.
EVERY, TOO_OLD = timedelta(seconds=60), timedelta(minutes=5)
LOOKS_KEPT, DAYS_KEPT = 60, 15

CHECKS: tuple[tuple[str, Callable[[Round], list[Measured]]], ...] = (
    (SOURCES, sources.sources), (WORKERS, machine.workers), (SENDING, machine.sending), (MODEL, model_lines.model), (RECORD, machine.the_record),
    (SAFETY, safety.safety),
)  # fmt: skip


def measure(at: datetime, wall: datetime) -> list[Measured]:
    """Every line now. A check that raises gives one line that says so: never green because a check did not run. Writes nothing."""
    try:
        found = Round(at, wall, policies.active_parameters())
    except policies.NoActivePolicy:
        return [line(SAFETY, "policy", "Policy", "not_set_up", "no policy is active", "one active policy", "Nothing is prepared, approved or sent.", "Activate one.")]
    lines: list[Measured] = []
    for group, check in CHECKS:
        try:
            with transaction.atomic():
                lines += check(found)
        except Exception as error:
            log.exception("the check of %s failed", group)
            value = f"the check did not run ({type(error).__name__})"
            lines.append(line(group, f"check:{group}", group, UNKNOWN, value, "", "Nothing is known about it.", "Look into the log."))
    return lines


def look(at: datetime) -> HealthLook:
    """Measure now and keep it, with the worst state of the day for each group."""
    wall, began = timezone.now(), time.perf_counter()
    lines = measure(at, wall)
    row = HealthLook.objects.create(at=at, wall=wall, lines=[found.as_dict() for found in lines], seconds=round(time.perf_counter() - began, 3))
    _day(lines, at)
    _tidy(wall, at)
    return row


def look_due(at: datetime) -> int:
    """The job: look unless somebody just did."""
    last = HealthLook.objects.order_by("-id").first()
    if last is not None and timezone.now() - last.wall < EVERY * 0.9:
        return 0
    look(at)
    return 1


def _day(lines: list[Measured], at: datetime) -> None:
    """Keep the worst of today for each group."""
    states = {group: worst(found.state for found in lines if found.group == group) for group in GROUPS if any(found.group == group for found in lines)}
    today = {row.key: row for row in HealthDay.objects.filter(day=at.date())}
    for group, state in states.items():
        row = today.get(group)
        if row is None:
            HealthDay.objects.get_or_create(day=at.date(), key=group, defaults={"state": state})
            continue
        row.state, row.looks = min(row.state, state, key=WORST_FIRST.index), row.looks + 1
        row.save(update_fields=["state", "looks"])


def _tidy(wall: datetime, at: datetime) -> None:
    """Looks are for the page, days for the strip; older ones of both go."""
    try:
        kept = list(HealthLook.objects.order_by("-id").values_list("pk", flat=True)[:LOOKS_KEPT])
        HealthLook.objects.filter(pk__lt=min(kept)).delete()
        HealthDay.objects.filter(day__lt=at.date() - timedelta(days=DAYS_KEPT)).delete()
        heartbeat.tidy(wall)
    except DatabaseError:
        log.warning("old looks could not be removed", exc_info=True)
