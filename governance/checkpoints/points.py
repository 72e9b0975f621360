"""What all checkpoints together say about each stream: event n had this hash. For the verification, in constant memory.

The points lie in a temporary SQLite file that is gone when the object is. Each is kept once, with the first checkpoint that named it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from governance.checkpoints.files import Checkpoint, Statement, Unreadable

# The number of an event, its hash, the checkpoint that names it.
Point = tuple[int, str, int]
NONE: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A checkpoint that cannot be relied on: its number, and why."""

    number: int
    why: str


class Points:
    """The points of a row of checkpoints. ``faults`` are the checkpoints that do not hold, ``lost`` how many points a restore took back."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.lost = self.checkpoints = 0
        self.newest: Statement | None = None
        self.keys: set[str] = set()
        self._store = sqlite3.connect("")
        self._store.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;"
            "CREATE TABLE point (stream TEXT, number INTEGER, hash TEXT, checkpoint INTEGER, PRIMARY KEY (stream, number, hash)) WITHOUT ROWID;"
            "CREATE TABLE restored (stream TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;"
        )

    def __enter__(self) -> Points:
        return self

    def __exit__(self, *raised: object) -> None:
        self._store.close()

    def read(self, checkpoints: Iterable[Checkpoint], keys: Sequence[Ed25519PublicKey], lifted: frozenset[int]) -> None:
        """Take in checkpoints, oldest first: each follows the one before, is signed by one of ``keys``, and its heads are those it signed.

        ``lifted`` are the checkpoints written after a restore that a person accepted: what came after their heads was lost with it and
        no longer counts. Raises ``Unreadable`` for files that are no checkpoints.
        """
        before: Checkpoint | None = None
        for checkpoint in checkpoints:
            if self._holds(checkpoint, before, keys):
                if checkpoint.statement.restored and checkpoint.number in lifted:
                    self._forget_after(checkpoint)
                rows = ((*head, checkpoint.number) for head in checkpoint.lines())
                self._store.executemany("INSERT OR IGNORE INTO point VALUES (?, ?, ?, ?)", rows)
                self.newest = checkpoint.statement
            before = checkpoint
            self.checkpoints += 1

    def _holds(self, checkpoint: Checkpoint, before: Checkpoint | None, keys: Sequence[Ed25519PublicKey]) -> bool:
        statement = checkpoint.statement
        self.keys.add(statement.key)
        if statement.number != checkpoint.number:
            return self._fault(checkpoint, f"its statement says it is number {statement.number}")
        if not checkpoint.is_signed_by(keys):
            return self._fault(checkpoint, "its signature is not by a key that counts")
        if not checkpoint.heads_as_stated():
            return self._fault(checkpoint, "its heads are not the ones that were signed")
        if before is None:
            return True
        if before.statement.ledger != statement.ledger:
            return self._fault(checkpoint, "it is of another ledger")
        if before.number != checkpoint.number - 1:
            gone = f"checkpoint {checkpoint.number - 1}" if before.number == checkpoint.number - 2 else f"{before.number + 1} to {checkpoint.number - 1}"
            self._fault(checkpoint, f"the one before is not there ({gone})")
        elif before.sha256 != statement.previous:
            self._fault(checkpoint, "it does not follow the one before it: that one was changed or exchanged")
        return True

    def _fault(self, checkpoint: Checkpoint, why: str) -> bool:
        self.faults.append(Fault(checkpoint.number, why))
        return False

    def _forget_after(self, restored: Checkpoint) -> None:
        """Points beyond the heads that the restored ledger went on from."""
        self._store.execute("DELETE FROM restored")
        self._store.executemany("INSERT INTO restored VALUES (?, ?)", (head[:2] for head in restored.heads()))
        gone = self._store.execute(
            "DELETE FROM point WHERE number > COALESCE((SELECT r.number FROM restored r WHERE r.stream = point.stream), 0)"
        )
        self.lost += gone.rowcount

    def by_stream(self, stream: str | None = None) -> Iterator[tuple[str, list[Point]]]:
        """Streams in the order of their bytes, each with its points in the order of the events. With ``stream``, that one alone."""
        rows = self._store.execute(
            "SELECT stream, number, hash, checkpoint FROM point WHERE ?1 IS NULL OR stream = ?1 ORDER BY stream, number, checkpoint", [stream]
        )
        for name, points in groupby(rows, key=lambda row: str(row[0])):
            yield name, [(number, digest, checkpoint) for _, number, digest, checkpoint in points]

    def base(self) -> Iterator[tuple[str, int, str]]:
        """The furthest point of every stream."""
        rows = self._store.execute("SELECT stream, max(number), hash FROM point GROUP BY stream ORDER BY stream")
        yield from ((str(stream), int(number), str(digest)) for stream, number, digest in rows)


def taken_until(checkpoints: Sequence[Checkpoint], moment: datetime) -> list[Checkpoint]:
    """Those taken at or before a moment. Raises ``Unreadable`` when there is none: there is nothing to begin at."""
    early = [one for one in checkpoints if datetime.fromisoformat(one.statement.at) <= moment]
    if not early:
        raise Unreadable(f"no checkpoint was taken at or before {moment.isoformat()}: verify without --since")
    return early
