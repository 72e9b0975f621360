"""The files of one ledger's checkpoints, in a folder named after the ledger.

``00000012.json`` is the statement (canonical JSON), ``00000012.sig`` its raw Ed25519 signature, ``00000012.heads`` the heads: one line
``["account:17",12,"<hash>"]`` per stream, sorted by the bytes of the stream's name. A heads file is *full* or holds the streams that moved
since the checkpoint before; the full ones come often enough that a handful of files tell where every stream stood. ``public-*.pem`` are the
keys that signed. Nothing here is ever changed after it was written.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from governance import merkle, signing
from governance.canonical import canonical_json

FORMAT = "collections-desk-checkpoint-1"
FULL_EVERY = 24
# Bytes of a statement, a signature or a key; each is far smaller.
MOST = 1 << 20

# A stream, the number of its last event, the hash of that event.
StreamAt = tuple[str, int, str]


class Unreadable(RuntimeError):
    """A file that should be a checkpoint cannot be read as one; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed. ``previous`` is the SHA-256 of the statement before (empty for the first), ``at`` the moment in UTC, ``root`` the
    Merkle root over all ``streams`` heads, ``events`` how many events they hold together; ``since`` the full heads file to begin at.

    ``restored`` is empty, or says that the ledger was found behind the checkpoint before: from there on it goes on from these heads.
    """

    ledger: str
    number: int
    previous: str
    at: str
    streams: int
    events: int
    root: str
    heads_sha256: str
    since: int
    key: str
    restored: str = ""
    format: str = FORMAT

    def encoded(self) -> bytes:
        """The bytes of the statement file, the ones that are signed."""
        return canonical_json(asdict(self)).encode() + b"\n"


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint as its files hold it. Raises ``Unreadable`` where one of them cannot be read."""

    path: Path

    @cached_property
    def raw(self) -> bytes:
        """The bytes of the statement."""
        return _read(self.path)

    @cached_property
    def statement(self) -> Statement:
        """The statement, its fields checked for their types."""
        try:
            found = json.loads(self.raw)
            statement = Statement(**found)
        except (ValueError, TypeError, RecursionError) as error:
            raise Unreadable(f"{self.path} is not a checkpoint: {error}") from error
        wrong = [f.name for f in fields(Statement) if type(getattr(statement, f.name)).__name__ != f.type]
        if wrong or statement.format != FORMAT:
            raise Unreadable(f"{self.path} is not a checkpoint this version reads: {', '.join(wrong) or statement.format}")
        if not 0 < statement.since <= statement.number or not _is_moment(statement.at):
            raise Unreadable(f"{self.path} is not a checkpoint: its moment or its numbers cannot be")
        return statement

    @property
    def number(self) -> int:
        """Its number, which is also its file's name."""
        return int(self.path.stem)

    @cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of the statement file: what the next checkpoint and the ledger's own event call it by."""
        return hashlib.sha256(self.raw).hexdigest()

    def is_signed_by(self, keys: Iterable[Ed25519PublicKey]) -> bool:
        """True when the key the statement names is among ``keys`` and the signature is that key's."""
        signature = _read(self.path.with_suffix(".sig"))
        named = self.statement.key
        return any(signing.fingerprint(key) == named and signing.signed_by(key, self.raw, signature) for key in keys)

    def heads_as_stated(self) -> bool:
        """True when the heads file is the one the statement was signed with."""
        digest = hashlib.sha256()
        with _opened(self.path.with_suffix(".heads")) as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest() == self.statement.heads_sha256

    def lines(self) -> Iterator[StreamAt]:
        """The heads of its own file, in order."""
        path = self.path.with_suffix(".heads")
        with _opened(path) as file:
            for line in file:
                try:
                    stream, number, digest = json.loads(line)
                    head = str(stream), int(number), str(digest)
                except (ValueError, TypeError, OverflowError, RecursionError) as error:
                    raise Unreadable(f"{path} holds a line that is no head") from error
                yield head

    def heads(self) -> Iterator[StreamAt]:
        """Where every stream stood at this checkpoint, sorted by name. Reads a few files side by side, in constant memory."""
        numbers = range(self.statement.since, self.number + 1)
        files = [Checkpoint(self.path.with_name(name_of(number))) for number in numbers]
        sorted_by_stream = heapq.merge(*(_tagged(file) for file in files))
        for _, versions in groupby(sorted_by_stream, key=lambda row: row[0]):
            stream, _, number, digest = next(versions)
            yield stream, number, digest

    def root(self) -> str:
        """The Merkle root of those heads, computed anew, in hex."""
        return merkle.root(merkle.leaf(merkle.head_line(*head)) for head in self.heads()).hex()

    def proof(self, stream: str) -> tuple[bytes, list[merkle.Step]]:
        """The line of one stream's head and the steps from it to ``statement.root``. Raises ``KeyError`` for a stream that was not there."""
        lines = [merkle.head_line(*head) for head in self.heads()]
        wanted = canonical_json([stream])[:-1].encode() + b","
        for index, line in enumerate(lines):
            if line.startswith(wanted):
                return line, merkle.proof([merkle.leaf(one) for one in lines], index)
        raise KeyError(stream)


def _tagged(checkpoint: Checkpoint) -> Iterator[tuple[str, int, int, str]]:
    """Heads that sort by stream and, of one stream, the newest first."""
    for stream, number, digest in checkpoint.lines():
        yield stream, -checkpoint.number, number, digest


def name_of(number: int) -> str:
    """The file name of a statement."""
    return f"{number:08d}.json"


def folder_of(ledger_id: str) -> Path:
    """Where the checkpoints of a ledger are: a folder of its own, so that several installations may share the directory."""
    return Path(settings.LEDGER_DIR) / ledger_id


def in_folder(folder: Path, until: int | None = None) -> list[Checkpoint]:
    """Every checkpoint there (up to a number), oldest first; none when there is no such folder. Raises ``OSError`` when it cannot be read."""
    if not folder.exists():
        return []
    names = sorted(name for name in os.listdir(folder) if name.endswith(".json") and name[:-5].isdigit())
    return [Checkpoint(folder / name) for name in names if until is None or int(name[:-5]) <= until]


def newest(folder: Path) -> Checkpoint | None:
    """The last checkpoint of a folder, if any."""
    found = in_folder(folder)
    return found[-1] if found else None


def keys_in(folder: Path) -> list[Ed25519PublicKey]:
    """The public keys that lie beside the checkpoints."""
    return [signing.load_public(_read(path)) for path in sorted(folder.glob("public-*.pem"))]


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _read(path: Path) -> bytes:
    with _opened(path) as file:
        content: bytes = file.read(MOST + 1)
    if len(content) > MOST:
        raise Unreadable(f"{path} is far larger than such a file is")
    return content


def _opened(path: Path) -> Any:
    """A file on a disk: a device would be read for ever, and a pipe waited for."""
    try:
        file = open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")  # noqa: SIM115  closed by the caller
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise Unreadable(f"{path} is not a file")
    return file
