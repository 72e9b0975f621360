"""The erasure log: one file per erasure outside the database, so that erasures are applied again after a restore.

A file carries ids, the moment and salted hashes, never a name: with it a person can be found again in a restored database, and nobody can
be read from it. It lies beside the checkpoints (``LEDGER_DIR``), readable by its owner only.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from governance.canonical import canonical_json


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
            found.append(LoggedErasure(**json.loads(path.read_text())))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path} is no record of an erasure: {error}") from error
    return sorted(found, key=lambda entry: (entry.at, entry.uid))
