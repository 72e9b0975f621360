"""What was handed over since the last checkpoint: one line outside the database per hand-over, before the mail server hears of it.

Checkpoints are an hour apart. A database restored to a moment in between would not be behind any of them and could send again what left
meanwhile; it does not have the event that the last of these lines names.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from governance import quarantine
from governance.canonical import canonical_json
from governance.checkpoints import files
from governance.models import Event, Quarantine

NAME = "handed-over"
# A line is far shorter.
TAIL = 4096


def note(event: Event) -> None:
    """Write down the event of a hand-over that was committed. Begins with the first checkpoint. Raises ``OSError`` when it cannot."""
    folder = files.folder_of(quarantine.ledger_id())
    if not folder.exists():
        return
    line = canonical_json([event.stream, event.number, event.hash]).encode() + b"\n"
    # One write at the end of the file: workers side by side do not mix their lines.
    file = os.open(folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line)
        os.fsync(file)
    finally:
        os.close(file)


def last(folder: Path) -> files.StreamAt | None:
    """The event of the last hand-over that was written down; a line that a crash cut short does not count."""
    try:
        with (folder / NAME).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    if not lines:
        return None
    try:
        stream, number, digest = json.loads(lines[-1])
        if not (type(number) is int and 0 < number < 2**63 and isinstance(stream, str) and isinstance(digest, str)):
            raise ValueError("not a stream, a number and a hash")
    except (ValueError, TypeError, RecursionError) as error:
        raise files.Unreadable(f"{folder / NAME} ends with a line that names no event") from error
    return stream, number, digest


def look(folder: Path, at: datetime) -> None:
    """Begin a quarantine when this database does not know the last hand-over; the file is then put aside, so that lifting ends it."""
    named = last(folder)
    if named is None:
        return
    stream, number, digest = named
    if Event.objects.filter(stream=stream, number=number, hash=digest).exists():
        return
    words = f"A message was handed over as event {number} of {stream}, and this database does not know of it."
    quarantine.begin(Quarantine.Cause.BEHIND, words, checkpoint=None, at=at)
    aside = folder / f"{NAME}-{at:%Y%m%dT%H%M%S}"
    if not aside.exists():
        os.replace(folder / NAME, aside)
