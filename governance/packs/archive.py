"""The file itself: a ZIP whose manifest names every file with its SHA-256, signed with the key of the ledger."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from governance import signing
from governance.canonical import canonical_json
from governance.cells import safe_cell

FORMAT = "collections-desk-pack-1"
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_NAME = re.compile(f"{_PART}(/{_PART})*")


class Archive:
    """One pack being written. Files are added once each; ``close`` writes manifest, signature and SHA256SUMS."""

    def __init__(self, path: Path, made_at: datetime) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._made_at = made_at
        self._files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, name: str, content: str | bytes) -> None:
        """One file. Names are ours (ASCII, made of ids), never somebody's text. Raises ``ValueError`` for another name and for one that is taken."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a file of a pack")
        data = content.encode() if isinstance(content, str) else content
        if name in self._files:
            raise ValueError(f"{name} is already in this pack")
        self._write(name, data)
        self._files[name] = {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}

    def add_lines(self, name: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """A JSONL file, the unaltered copy. Returns how many rows."""
        lines = [canonical_json(row) for row in rows]
        self.add(name, "".join(f"{line}\n" for line in lines))
        return len(lines)

    def add_table(self, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A CSV file (UTF-8 with BOM, RFC 4180); cells a spreadsheet would run get an apostrophe in front."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows([[safe_cell(cell) for cell in row] for row in rows])
        self.add(name, "\ufeff" + out.getvalue())

    @property
    def count(self) -> int:
        """Files so far."""
        return len(self._files)

    def close(self, about: Mapping[str, Any]) -> None:
        """Write what is about the whole pack; nothing can be added afterwards."""
        files = sorted(self._files.values(), key=lambda one: one["path"])
        manifest = {"format": FORMAT, **about, "files": files}
        body = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        signature = signing.private_key().sign(body)
        sums = {one["path"]: one["sha256"] for one in files}
        for name, data in (("manifest.json", body), ("manifest.sig", signature)):
            self._write(name, data)
            sums[name] = hashlib.sha256(data).hexdigest()
        self._write("SHA256SUMS", "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode())
        self._zip.close()

    def _write(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, self._made_at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)
