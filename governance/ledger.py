"""Verification of the chained record: every event follows the one before, every head is where its stream ends, every checkpoint agrees.

Streams are walked side by side with their head rows and the points of the checkpoints, all sorted by name, so memory stays the same
however long the ledger grows. Whatever does not agree becomes a ``Break`` with stream, number and words.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from governance import quarantine
from governance.bytewise import bytewise
from governance.checkpoints import files, writing
from governance.checkpoints.points import Point, Points, taken_until
from governance.heads import GENESIS, Head
from governance.ledger_rows import CHUNK, all_rows, rows_after
from governance.ledger_stream import Break, Stream
from governance.models import Event, StreamHead
from governance.picture import inside_one, one_picture

__all__ = ["MOST", "Break", "Report", "examine", "verify"]

# So many breaks are kept in words; the others are counted.
MOST = 1000
STREAMS_AT_ONCE = 400

# A stream, its head row if there is one, and its points.
Expected = tuple[str, Head | None, list[Point]]


@dataclass
class Report:
    """What a verification found. ``notes`` are no faults but belong to what was proved; ``newest`` is the moment of the last checkpoint."""

    events: int = 0
    streams: int = 0
    count: int = 0
    checkpoints: int = 0
    newest: str = ""
    breaks: list[Break] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """True when nothing is broken."""
        return self.count == 0

    def add(self, broken: Break) -> None:
        """Keep the break, or at least count it."""
        self.count += 1
        if len(self.breaks) < MOST:
            self.breaks.append(broken)

    def end(self, stream: Stream) -> None:
        """Close a stream and count it."""
        stream.end()
        self.events += stream.count
        self.streams += 1


def verify(stream: str | None = None) -> list[Break]:
    """Walk one stream (or all) beside the checkpoints of this installation; an empty list means the record is whole.

    Checkpoints that cannot be read are a break too: nothing is whole that could not be asked.
    """
    try:
        return examine(stream).breaks
    except (files.Unreadable, OSError) as error:
        return [Break("checkpoints", 0, str(error), "checkpoint")]


def examine(
    stream: str | None = None, *, since: datetime | None = None, against: Path | None = None, keys: Iterable[Ed25519PublicKey] = ()
) -> Report:
    """Verify the ledger of this database in one consistent picture of it.

    ``against`` is a statement file: it and those before it in its folder are asked instead of this installation's. ``keys`` are the
    public keys that count; the ones beside the checkpoints when none is given. ``since`` begins where the last checkpoint up to that
    moment stood and trusts it for what came before. Raises ``files.Unreadable`` and ``OSError`` for checkpoints that cannot be read.
    """
    report = Report()
    # The files first: a checkpoint written meanwhile may speak of events that the picture does not have yet, never the other way round.
    found = _settled(_checkpoints(against)) if inside_one() and against is None else _checkpoints(against)
    with one_picture(), Points() as known:
        counted = list(keys) or (files.keys_in(found[0].path.parent) if found else [])
        known.read(found, counted, _accepted())
        if since is None:
            _walk(_expected(_heads(stream), known.by_stream(stream)), stream, report)
        else:
            start = taken_until(found, since)[-1]
            _walk_on(start, _expected(_heads(stream), known.by_stream(stream)), report)
        _tell(known, found, report, ours=against is None)
    return report


def _checkpoints(against: Path | None) -> list[files.Checkpoint]:
    if against is None:
        name = quarantine.ledger_id()
        return files.in_folder(files.folder_of(name)) if name else []
    if not against.stem.isdigit() or not against.exists():
        raise files.Unreadable(f"{against} is not there, or not named like a checkpoint (00000012.json)")
    return files.in_folder(against.parent, int(against.stem))


def _settled(found: list[files.Checkpoint]) -> list[files.Checkpoint]:
    """Inside a picture that began earlier: without those that may have been written since, which it cannot have on record yet."""
    on_record, recent = writing.known(), time.time() - 3600
    number = on_record.number if on_record else 0
    return [one for one in found if one.number <= number or one.path.stat().st_mtime < recent]


def _accepted() -> frozenset[int]:
    """Checkpoints written after a restore that a person accepted by lifting its quarantine."""
    told = Event.objects.filter(action="system.quarantine_lifted", stream="system").values_list("data", flat=True)
    return frozenset(number for data in told if isinstance(number := json.loads(data).get("checkpoint"), int))


def _heads(stream: str | None) -> Iterator[tuple[str, int, str]]:
    rows = StreamHead.objects.filter(number__gt=0).order_by(bytewise("stream"))
    if stream:
        rows = rows.filter(stream=stream)
    yield from rows.values_list("stream", "number", "hash").iterator(chunk_size=CHUNK)


def _expected(heads: Iterator[tuple[str, int, str]], points: Iterator[tuple[str, list[Point]]]) -> Iterator[Expected]:
    """Every stream that a head row or a checkpoint names, in order."""
    head, point = next(heads, None), next(points, None)
    while head is not None or point is not None:
        name = min(one[0] for one in (head, point) if one is not None)
        here, named = None, list[Point]()
        if head is not None and head[0] == name:
            here, head = head[1:], next(heads, None)
        if point is not None and point[0] == name:
            named, point = point[1], next(points, None)
        yield name, here, named


def _walk(expected: Iterator[Expected], only: str | None, report: Report) -> None:
    """Every event from the first on."""
    wanted = next(expected, None)
    for name, rows in groupby(all_rows(only), key=itemgetter(0)):
        while wanted is not None and wanted[0] < name:
            report.end(Stream(*wanted, report.add))
            wanted = next(expected, None)
        stream = Stream(name, None, [], report.add)
        if wanted is not None and wanted[0] == name:
            stream = Stream(*wanted, report.add)
            wanted = next(expected, None)
        for row in rows:
            stream.take(row)
        report.end(stream)
    while wanted is not None:
        report.end(Stream(*wanted, report.add))
        wanted = next(expected, None)


def _walk_on(start: files.Checkpoint, expected: Iterator[Expected], report: Report) -> None:
    """Only what came after a checkpoint: streams that stand where they stood are not read."""
    before = start.heads()
    old = next(before, None)
    changed: list[tuple[Expected, Head]] = []
    for one in expected:
        while old is not None and old[0] < one[0]:
            old = next(before, None)  # it has a point, so it is among the expected: only a stream filter skips it
        then = (old[1], old[2]) if old is not None and old[0] == one[0] else (0, GENESIS)
        if one[1] != then or (one[2] and one[2][-1][0] > then[0]):
            changed.append((one, then))
        if len(changed) >= STREAMS_AT_ONCE:
            _go_on(changed, report)
            changed = []
    if changed:
        _go_on(changed, report)


def _go_on(changed: Sequence[tuple[Expected, Head]], report: Report) -> None:
    rows = groupby(rows_after({one[0]: then[0] for one, then in changed}), key=itemgetter(0))
    here = next(rows, None)
    for one, then in changed:
        stream = Stream(*one, report.add, start=then)
        if here is not None and here[0] == one[0]:
            for row in here[1]:
                stream.take(row)
            here = next(rows, None)
        report.end(stream)


def _tell(known: Points, found: Sequence[files.Checkpoint], report: Report, *, ours: bool) -> None:
    """What the checkpoints themselves are worth."""
    report.checkpoints = known.checkpoints
    report.newest = known.newest.at if known.newest else ""
    for fault in known.faults:
        report.add(Break("checkpoints", fault.number, fault.why, "checkpoint"))
    on_record = writing.known() if ours else None
    last = found[-1] if found else None
    gone = on_record is not None and not (files.folder_of(quarantine.ledger_id()) / files.name_of(on_record.number)).exists()
    if on_record is not None and gone:
        report.add(Break("checkpoints", on_record.number, "the ledger names it, but its file is not there", "checkpoint"))
    elif on_record is not None and last is not None and last.number == on_record.number and last.sha256 != on_record.sha256:
        report.add(Break("checkpoints", last.number, "its file is not the one the ledger has on record", "checkpoint"))
    if not found:
        report.notes.append("No checkpoint was compared: a rewritten stream, or one cut at its end together with its head row, cannot be seen.")
    if len(known.keys) > 1:
        report.notes.append(f"The checkpoints are signed by {len(known.keys)} keys: {', '.join(sorted(key[:16] for key in known.keys))}.")
    if known.lost:
        words = f"{known.lost} points of checkpoints lie beyond a restore that a person accepted; see the events system.quarantine_lifted."
        report.notes.append(words)
