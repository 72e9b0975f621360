"""The next checkpoint: hold the ledger beside the last one, state where every stream stands, sign it, put it outside, put it on record.

The row of the ledger's state is locked meanwhile, so two workers never write the same number; writers of events never wait for it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from governance import merkle, quarantine, signing
from governance.audit import Entry, record
from governance.checkpoints import comparing, files
from governance.checkpoints.comparing import Differences
from governance.checkpoints.files import FULL_EVERY, Checkpoint, Statement, StreamAt
from governance.models import Event, LedgerState, Quarantine

log = logging.getLogger(__name__)

# A little less than the hour of the schedule: several processes each ring for one, the first makes it.
LEAST_AGE = timedelta(minutes=55)
ON_RECORD = "system.checkpoint_written"


@dataclass(frozen=True, slots=True)
class Known:
    """The newest checkpoint that this database has on record: its number and the SHA-256 of its statement."""

    number: int
    sha256: str


def known() -> Known | None:
    """Read it from the ledger; None when none was ever written."""
    rows = Event.objects.filter(subject_kind="checkpoint", action=ON_RECORD, subject_id__isnull=False)
    row = rows.order_by("-subject_id", "-id").values_list("subject_id", "data").first()
    return Known(row[0] or 0, str(json.loads(row[1]).get("sha256", ""))) if row else None


def write_due(at: datetime) -> int:
    """The hourly job: write a checkpoint unless one is younger than ``LEAST_AGE``. Returns its number, 0 when none was due."""
    last = files.newest(files.folder_of(quarantine.state().ledger_id))
    if last is not None and abs(at - datetime.fromisoformat(last.statement.at)) < LEAST_AGE:
        return 0
    return write(at).number


def write(at: datetime) -> Checkpoint:
    """Write the next checkpoint and return it; begin a delivery quarantine when the ledger does not stand up to the last one.

    Raises ``OSError``, ``files.Unreadable`` or ``signing.KeyProblem`` when it cannot be written; then nothing was recorded.
    """
    quarantine.state()
    with transaction.atomic():
        state = LedgerState.objects.select_for_update().get(pk=1)
        folder = files.folder_of(state.ledger_id)
        folder.mkdir(parents=True, exist_ok=True)
        last, on_record = files.newest(folder), known()
        _ask_for_the_last(last, on_record, at)
        made = _Next(folder, state.ledger_id, last, on_record).make(at)
        data = {"sha256": made.sha256, "root": made.statement.root, "streams": made.statement.streams, "events": made.statement.events}
        record([Entry("system", ON_RECORD, "checkpoint", made.number, data)], by=None, at=at)
        transaction.on_commit(lambda: _mail(made))
    return made


def _ask_for_the_last(last: Checkpoint | None, on_record: Known | None, at: datetime) -> None:
    """The last checkpoint is there, the one on record, and signed by a key of ours; otherwise nothing is sent until a person looked."""
    if on_record is not None and (last is None or last.number < on_record.number):
        words = f"The ledger names checkpoint {on_record.number}; its file is not where checkpoints are kept."
        quarantine.begin(Quarantine.Cause.MISSING, words, checkpoint=on_record.number, at=at)
    elif last is not None and on_record is not None and last.number == on_record.number and last.sha256 != on_record.sha256:
        words = f"The file of checkpoint {last.number} is not the one that this ledger has on record."
        quarantine.begin(Quarantine.Cause.MISMATCH, words, checkpoint=last.number, at=at)
    elif last is not None and not (last.is_signed_by(files.keys_in(last.path.parent)) and last.heads_as_stated()):
        words = f"The signature of checkpoint {last.number} does not hold, or its heads were changed."
        quarantine.begin(Quarantine.Cause.MISMATCH, words, checkpoint=last.number, at=at)


class _Next:
    """One checkpoint in the making."""

    def __init__(self, folder: Path, ledger_id: str, last: Checkpoint | None, on_record: Known | None) -> None:
        self.folder, self.ledger_id, self.last, self.on_record = folder, ledger_id, last, on_record
        self.number = max(last.number if last else 0, on_record.number if on_record else 0) + 1
        self.found = Differences()
        self.streams = self.events = 0
        self.digest = hashlib.sha256()
        self.full = last is None or last.number != self.number - 1 or self.number - last.statement.since >= FULL_EVERY

    def make(self, at: datetime) -> Checkpoint:
        """Heads first, then the signature, the statement last: a checkpoint is there when its statement is."""
        path = self.folder / files.name_of(self.number)
        root = self._write_heads(path, self.last.heads() if self.last else iter(()))
        if self.found and not self.full:
            # A file of what moved cannot say that a stream is gone.
            self.full, self.streams, self.events, self.digest = True, 0, 0, hashlib.sha256()
            root = self._write_heads(path, iter(()))
        statement = self._statement(root, at)
        key = signing.private_key()
        content = statement.encoded()
        with _Aside(path.with_suffix(".sig")) as file:
            file.write(key.sign(content))
        public = self.folder / f"public-{statement.key[:16]}.pem"
        if not public.exists():
            public.write_bytes(signing.public_pem())
        with _Aside(path) as file:
            file.write(content)
        return Checkpoint(path)

    def _write_heads(self, path: Path, before: Iterator[StreamAt]) -> str:
        with _Aside(path.with_suffix(".heads")) as heads:
            return merkle.root(self._leaves(heads, before)).hex()

    def _leaves(self, heads: IO[bytes], before: Iterator[StreamAt]) -> Iterator[bytes]:
        """The leaf of every head; the lines of those that belong into the file are written on the way."""
        for head, moved in comparing.beside(before, comparing.heads_now(), self.found):
            line = merkle.head_line(*head)
            self._count(head)
            if self.full or moved:
                heads.write(line + b"\n")
                self.digest.update(line + b"\n")
            yield merkle.leaf(line)

    def _count(self, head: StreamAt) -> None:
        self.streams += 1
        self.events += head[1]

    def _statement(self, root: str, at: datetime) -> Statement:
        since = self.number if self.full or self.last is None else self.last.statement.since
        return Statement(
            ledger=self.ledger_id, number=self.number, previous=self._previous(), at=at.astimezone(UTC).isoformat(), streams=self.streams,
            events=self.events, root=root, heads_sha256=self.digest.hexdigest(), since=since,
            key=signing.fingerprint(signing.private_key().public_key()), restored=self._judged(at),
        )

    def _previous(self) -> str:
        if self.last is not None and self.last.number == self.number - 1:
            return self.last.sha256
        return self.on_record.sha256 if self.on_record else ""

    def _judged(self, at: datetime) -> str:
        """Begin a quarantine for what does not agree. The words when it is a restore: behind, and without record of the checkpoint it missed."""
        if not self.found or self.last is None:
            return ""
        behind = bool(self.found.behind) and (self.on_record is None or self.on_record.number < self.last.number)
        cause = Quarantine.Cause.BEHIND if behind else Quarantine.Cause.MISMATCH
        words = f"Beside checkpoint {self.last.number} of {self.last.statement.at}: {self.found.words()}"
        quarantine.begin(cause, words, checkpoint=self.number if behind else self.last.number, at=at)
        return words if behind else ""


class _Aside:
    """A file written aside, flushed to the disk and then put in its place, where nothing may be yet."""

    def __init__(self, path: Path) -> None:
        self.path, self.aside = path, path.with_name(f".{path.name}.{os.getpid()}")

    def __enter__(self) -> IO[bytes]:
        self.file = self.aside.open("wb")
        return self.file

    def __exit__(self, kind: object, *rest: object) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        if kind is None:
            # Heads and signature of a checkpoint that never got its statement are of no checkpoint at all.
            os.replace(self.aside, self.path) if self.path.suffix != ".json" else os.link(self.aside, self.path)
        self.aside.unlink(missing_ok=True)


def _mail(made: Checkpoint) -> None:
    """A copy to the auditor, who then holds what nobody here can change. A mail that fails is logged; the next hour sends the next one."""
    if not settings.LEDGER_AUDITOR_EMAIL or settings.DEMO_MODE:
        return
    told = made.statement
    body = (
        f"Checkpoint {told.number} of the ledger {told.ledger}, {told.at}\n{told.streams} streams, {told.events} events, root {told.root}\n\n"
        "Keep this mail: its attachments are the statement and its signature as they were written. docs/ledger.md says how to check them.\n"
    )
    mail = EmailMessage(f"Ledger checkpoint {told.number}", body, settings.DEFAULT_FROM_EMAIL, [settings.LEDGER_AUDITOR_EMAIL])
    for path in (made.path, made.path.with_suffix(".sig"), *sorted(made.path.parent.glob("public-*.pem"))):
        mail.attach(path.name, path.read_bytes(), "application/octet-stream")
    try:
        mail.send()
    except OSError:  # every error of a mail server is one
        log.exception("checkpoint %s was written but not mailed to the auditor", told.number)
