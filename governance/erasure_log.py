"""The erasure log: one file per erasure outside the database, so that erasures are applied again after a restore.

A file carries ids, the moment and salted hashes, never a name: with it a person can be found again in a restored database, and nobody can
be read from it. It lies beside the checkpoints (``LEDGER_DIR``), readable by its owner only.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from governance.canonical import canonical_json

MOST = 1 << 20  # bytes
LONGEST = 1000  # words of one term
_HEX = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class LoggedErasure:
    """What is needed to erase the same person again. ``at`` is an ISO moment; hashes are hex."""

    uid: str
    contact_id: int
    account_id: int
    at: str
    salt: str
    whole: list[str]
    parts: list[str]
    lengths: list[int]
    own: list[str] = field(default_factory=list)


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.LEDGER_DIR) / "erasures"


def write(entry: LoggedErasure) -> Path:
    """Write one file and flush it to the disk. Raises ``OSError``: then nothing may be erased, for nothing could be applied again."""
    where = folder()
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = where / f"{entry.uid}.json"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(canonical_json(asdict(entry)))
        file.flush()
        os.fsync(file.fileno())
    return path


def entries() -> list[LoggedErasure]:
    """Every erasure on file, oldest first. Raises ``ValueError`` naming a file that cannot be read as one."""
    found = []
    for path in sorted(folder().glob("*.json")) if folder().is_dir() else []:
        try:
            found.append(_read(path))
        except (ValueError, TypeError, RecursionError) as error:
            raise ValueError(f"{path} is no record of an erasure: {error}") from error
    return sorted(found, key=lambda entry: (entry.at, entry.uid))


def _read(path: Path) -> LoggedErasure:
    """One file, every value of the kind ``write`` writes. Raises ``ValueError``, ``TypeError`` or ``RecursionError``."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST:
        raise ValueError("it is not a file of this kind")
    entry = LoggedErasure(**json.loads(path.read_text()))
    hashes = (entry.whole, entry.parts, entry.own)
    sound = (
        entry.uid == path.stem and _HEX.fullmatch(entry.uid), all(type(pk) is int and 0 < pk < 2**63 for pk in (entry.contact_id, entry.account_id)),
        datetime.fromisoformat(entry.at).tzinfo, isinstance(entry.salt, str) and entry.salt,
        all(isinstance(some, list) and all(isinstance(one, str) and _HEX.fullmatch(one) for one in some) for some in hashes),
        isinstance(entry.lengths, list) and all(type(n) is int and 0 < n <= LONGEST for n in entry.lengths),
    )  # fmt: skip
    if not all(sound):
        raise ValueError("a value in it is not of the kind that was written")
    return entry
