"""The queue of audit packs: asking, taking, ending, downloading, and deleting after their time. Every step is an event.

A pack reads the past and changes none of it, so its events stand in the stream ``audit``, not among those it exports.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from governance.audit import Entry, record
from governance.decisions import Denied
from governance.models import PackRun, User
from governance.rights import can, scope_of
from governance.roles import AUDITOR

if TYPE_CHECKING:
    from governance.models import Portfolio

STREAM = "audit"
MOST_ROWS = 50_000
MOST_WAITING = 3  # per person
ATTEMPTS = 3
LEASE = timedelta(minutes=15)
KEPT = timedelta(days=30)
NOT_THERE = "The file of this pack is not there any more. Ask for it again."
_CASE = re.compile(r"cases/case-(\d+)\.html")
WAITING = (PackRun.State.QUEUED, PackRun.State.CLAIMED)


class CannotPack(ValueError):
    """This pack is not made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a pack is about: a follow-up, an account or a sample by id, or a period (both days inclusive), optionally of one portfolio."""

    scope: str
    subject_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    portfolio: Portfolio | None = None


def folder() -> Path:
    """Where packs wait to be downloaded; never served as files."""
    return Path(settings.MEDIA_ROOT) / "packs"


def too_many(rows: int) -> str:
    """The refusal in words; empty when the pack may be made."""
    if rows <= MOST_ROWS:
        return ""
    return f"This would be {rows:,} rows and events; a pack holds at most {MOST_ROWS:,}. Choose a shorter period or one portfolio."


def request(wanted: Wanted, *, profile: str, rows: int, cases: int, by: User, at: datetime) -> PackRun:
    """Put a pack into the queue. ``rows`` and ``cases`` are what was counted for the person who asks; the caller checked their reach.

    Raises ``NotAllowed`` without the right, ``CannotPack`` when it is too large, empty, or too many of theirs wait already.
    """
    can(by, "export_pack", wanted.portfolio).or_raise()
    if profile not in PackRun.Profile.values:
        raise CannotPack("choose what the pack shows")
    if words := too_many(rows):
        raise CannotPack(words)
    if not cases:
        raise CannotPack("There is nothing in it: no draft of yours falls into this selection.")
    with transaction.atomic():
        # Two clicks at once would both find room: whoever asks is locked while their packs are counted.
        list(User.objects.select_for_update(of=("self",)).filter(pk=by.pk).values_list("pk"))
        if PackRun.objects.filter(requested_by=by, state__in=WAITING).count() >= MOST_WAITING:
            raise CannotPack(f"{MOST_WAITING} of your packs are still being made. Wait for them first.")
        run = PackRun.objects.create(
            scope=wanted.scope, subject_id=wanted.subject_id, starts_on=wanted.starts_on, ends_on=wanted.ends_on,
            portfolio=wanted.portfolio, profile=profile, requested_by=by, requested_at=at, rows=rows, cases=cases,
        )  # fmt: skip
        record([_entry(run, "audit.exported")], by=by, at=at)
    return run


def due(at: datetime) -> list[int]:
    """Packs a worker may take: waiting ones, and those whose worker fell silent."""
    rows = PackRun.objects.filter(Q(state=PackRun.State.QUEUED) | Q(state=PackRun.State.CLAIMED, lease_until__lt=at))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:10])


def claim(run_id: int, at: datetime) -> PackRun | None:
    """Take one, or None when another worker has it. After ``ATTEMPTS`` it is given up."""
    free = Q(state=PackRun.State.QUEUED) | Q(state=PackRun.State.CLAIMED, lease_until__lt=at)
    with transaction.atomic():
        taken = PackRun.objects.filter(free, pk=run_id).update(
            state=PackRun.State.CLAIMED, attempts=F("attempts") + 1, lease_until=at + LEASE
        )
    run = PackRun.objects.select_related("requested_by", "portfolio").filter(pk=run_id).first() if taken else None
    if run is not None and run.attempts > ATTEMPTS:
        end(run, PackRun.State.FAILED, "The worker fell silent three times while it made this pack. Ask for a smaller one.", at=at)
        return None
    return run


def finish(run: PackRun, path: Path, *, rows: int, cases: int, at: datetime) -> bool:
    """The file is there. False, with the file deleted, when the pack is no longer this worker's: another took it, or an erasure sent it back."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    run.state, run.file, run.sha256, run.size = PackRun.State.DONE, path.name, digest.hexdigest(), path.stat().st_size
    run.rows, run.cases, run.finished_at, run.lease_until = rows, cases, at, None
    with transaction.atomic():
        kept = _keep(run)
        if kept:
            record([_entry(run, "audit.pack_made")], by=None, at=at)
    if not kept:
        path.unlink(missing_ok=True)
    return kept


def _keep(run: PackRun) -> bool:
    """Write what became of a pack, if it is still in the hands of the worker that took it."""
    names = ("state", "file", "sha256", "size", "rows", "cases", "words", "finished_at", "lease_until")
    mine = PackRun.objects.filter(pk=run.pk, state=PackRun.State.CLAIMED, attempts=run.attempts)
    return bool(mine.update(**{name: getattr(run, name) for name in names}))


def end(run: PackRun, state: str, words: str, *, at: datetime) -> None:
    """No file: ``state`` is refused or failed."""
    run.state, run.words, run.finished_at, run.lease_until = state, words, at, None
    with transaction.atomic():
        if _keep(run):
            record([_entry(run, "audit.pack_refused")], by=None, at=at)


def download(run: PackRun, *, by: User, at: datetime) -> Path:
    """The file for a person who may have it; the act is recorded before a byte leaves. Raises ``NotAllowed`` or ``CannotPack``.

    A pack is of the reach of the person who asked for it: that person gets it, as long as they still may, and an auditor of everything.
    """
    scope = scope_of(by)
    can(by, "export_pack", run.portfolio, scope=scope).or_raise()
    if run.requested_by_id != by.pk and AUDITOR not in scope.roles_everywhere:
        Denied("because a pack is made for the person who asked for it; ask for your own").or_raise()
    path = folder() / run.file
    if run.state != PackRun.State.DONE or not path.is_file():
        raise CannotPack(NOT_THERE)
    with transaction.atomic():
        record([_entry(run, "audit.downloaded")], by=by, at=at)
    return path


@dataclass(frozen=True, slots=True)
class Held:
    """What the file of a pack holds: the ids of its cases, and whether the rights of the whole installation are among its streams."""

    cases: list[int]
    rights: bool


def held(run: PackRun) -> Held:
    """Read it from the names in the file. Raises ``CannotPack`` when the file is not there."""
    path = folder() / run.file
    if run.state != PackRun.State.DONE or not path.is_file():
        raise CannotPack(NOT_THERE)
    with zipfile.ZipFile(path) as pack:
        names = pack.namelist()
    cases = [int(found[1]) for name in names if (found := _CASE.fullmatch(name))]
    return Held(cases, "events/rights.jsonl" in names)


def clean(at: datetime) -> int:
    """Delete the files of packs past their time, so that an erasure does not live on in them. Returns how many."""
    old = PackRun.objects.filter(state=PackRun.State.DONE, finished_at__lte=at - KEPT)
    return withdraw(list(old.order_by("pk")[:100]), at=at)


def withdraw_all(*, at: datetime) -> int:
    """Delete the file of every pack, and let those that are being made begin anew: what they have read may be erased by now."""
    begun = PackRun.objects.filter(state=PackRun.State.CLAIMED)
    begun.update(state=PackRun.State.QUEUED, lease_until=None)
    return withdraw(list(PackRun.objects.filter(state=PackRun.State.DONE)), at=at)


def withdraw(runs: Sequence[PackRun], *, at: datetime) -> int:
    """Delete the files of these packs; the rows and events stay."""
    for run in runs:
        (folder() / run.file).unlink(missing_ok=True)
        run.state = PackRun.State.GONE
        with transaction.atomic():
            run.save(update_fields=["state"])
            record([_entry(run, "audit.pack_deleted")], by=None, at=at)
    return len(runs)


def _entry(run: PackRun, action: str) -> Entry:
    data = {
        "scope": run.scope, "subject": run.subject_id, "from": run.starts_on, "to": run.ends_on, "portfolio": run.portfolio_id,
        "profile": run.profile, "rows": run.rows, "cases": run.cases, "sha256": run.sha256,
    }  # fmt: skip
    return Entry(STREAM, action, "pack", run.pk, {key: value for key, value in data.items() if value not in (None, "")})
