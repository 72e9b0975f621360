"""The ledger's part of a pack: whole streams, the proof that each stood under a signed checkpoint, and the checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from governance import merkle, quarantine, signing
from governance.audit import event_hash
from governance.checkpoints import files, writing
from governance.checkpoints.files import Checkpoint
from governance.heads import GENESIS
from governance.ledger_rows import Row, all_rows
from governance.models import StreamHead
from governance.packs.archive import Archive
from governance.packs.proofs import proofs

UNSIGNED = "no checkpoint could be written when the pack was made"


@dataclass(frozen=True, slots=True)
class Cover:
    """The checkpoint a pack rests on; without one, why not in words."""

    checkpoint: Checkpoint | None
    why: str = ""


class Broken(RuntimeError):
    """The record itself is broken: no pack is made of it. The message says where."""


def cover(streams: Sequence[str], at: datetime) -> Cover:
    """The newest checkpoint when it covers these streams up to their last events, else one written now. Outside any transaction."""
    try:
        last = files.newest(files.folder_of(quarantine.state().ledger_id))
        if last is not None and _covers(last, streams):
            return Cover(last)
        return Cover(writing.write(at))
    except (OSError, files.Unreadable, signing.KeyProblem) as error:
        return Cover(None, f"{UNSIGNED}: {type(error).__name__}")


def _covers(checkpoint: Checkpoint, streams: Sequence[str]) -> bool:
    now = dict(StreamHead.objects.filter(stream__in=streams, number__gt=0).values_list("stream", "number"))
    then = {stream: number for stream, number, _ in checkpoint.heads() if stream in now}
    return now == then


def counted(streams: Sequence[str]) -> int:
    """How many events these streams hold."""
    return sum(StreamHead.objects.filter(stream__in=streams).values_list("number", flat=True))


def begun(streams: Sequence[str]) -> list[str]:
    """Those of the streams that hold events, in the same order."""
    there = set(StreamHead.objects.filter(stream__in=streams, number__gt=0).values_list("stream", flat=True))
    return [stream for stream in streams if stream in there]


def event_values(row: Row) -> dict[str, Any]:
    """One event as the pack writes it: exactly what its hash is of, and the hashes."""
    stream, number, _, action, actor, kind, subject, data, at, prev, digest, roles = row
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return {
        "stream": stream, "number": number, "action": action, "actor": actor, "subject": f"{kind}:{subject}", "at": moment, "data": data,
        "prev_hash": prev, "hash": digest, "roles": roles,
    }  # fmt: skip


def whole(stream: str) -> list[dict[str, Any]]:
    """Every event of a stream, checked on the way. Raises ``Broken``."""
    out, last = [], GENESIS
    for number, row in enumerate(all_rows(stream), 1):
        computed = event_hash(row[9], stream, row[1], row[3], row[4], f"{row[5]}:{row[6]}", row[8], row[7], row[11])
        if row[1] != number or row[9] != last or computed != row[10]:
            raise Broken(f"The record of {stream} is broken at event {number}. Verify the ledger; no pack is made of a broken record.")
        last = row[10]
        out.append(event_values(row))
    return out


def add(archive: Archive, streams: Sequence[str], found: Cover) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Write streams, proofs, checkpoint and keys. Returns the manifest's part and the events by stream."""
    events = {stream: whole(stream) for stream in sorted(set(streams))}
    told = [_stream(archive, stream, rows) for stream, rows in events.items()]
    part: dict[str, Any] = {"streams": told}
    if found.checkpoint is None:
        part["why"] = found.why
    else:
        part["checkpoint"] = _checkpoint(archive, found.checkpoint)
        _prove(archive, found.checkpoint, told)
    archive.add("keys/public.pem", signing.public_pem())
    return part, events


def keys(found: Cover) -> list[str]:
    """Names of the public keys in the pack."""
    more = sorted(found.checkpoint.path.parent.glob("public-*.pem")) if found.checkpoint else []
    return ["keys/public.pem", *(f"checkpoints/{path.name}" for path in more)]


def _stream(archive: Archive, stream: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    name = f"events/{stream.replace(':', '-')}.jsonl"
    archive.add_lines(name, rows)
    return {"stream": stream, "file": name, "events": len(rows), "head": rows[-1]["hash"] if rows else GENESIS}


def _checkpoint(archive: Archive, checkpoint: Checkpoint) -> str:
    name = f"checkpoints/{checkpoint.path.name}"
    archive.add(name, checkpoint.raw)
    archive.add(name.replace(".json", ".sig"), checkpoint.path.with_suffix(".sig").read_bytes())
    for path in sorted(checkpoint.path.parent.glob("public-*.pem")):
        archive.add(f"checkpoints/{path.name}", path.read_bytes())
    return name


def _lines(checkpoint: Checkpoint, named: dict[str, bytes], wanted: set[str]) -> Iterator[bytes]:
    for head in checkpoint.heads():
        line = merkle.head_line(*head)
        if head[0] in wanted:
            named[head[0]] = line
        yield line


def _prove(archive: Archive, checkpoint: Checkpoint, told: list[dict[str, Any]]) -> None:
    """A proof file per stream; a stream without one says why."""
    wanted = {one["stream"] for one in told}
    named: dict[str, bytes] = {}
    lines = list(_lines(checkpoint, named, wanted))
    root, steps = proofs(lines, set(named.values()))
    if root != checkpoint.statement.root:
        raise Broken(f"The heads of checkpoint {checkpoint.number} are not those it was signed with. Verify the ledger.")
    for one in told:
        line = named.get(one["stream"])
        if line is None:
            one["why"] = "it began after the checkpoint"
            continue
        one["proof"] = f"proofs/{one['stream'].replace(':', '-')}.json"
        archive.add(one["proof"], json.dumps({"line": line.decode(), "steps": steps[line]}, indent=1) + "\n")
