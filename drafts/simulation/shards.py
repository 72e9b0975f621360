"""A large book judged by two processes at once, on one and the same snapshot of the database.

The rules are what takes the time, and one process uses one core. The second process is a ``manage.py`` command of its own
(``simulate_shard``): forking a worker that has threads or connections is not safe. If it fails in any way, its share is judged here.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

from drafts.simulation.book import BATCH, Book, Found, Scheduled, Sides, judge
from drafts.simulation.judging import Moved, Tally
from governance.canonical import canonical_json
from governance.models import PolicyVersion

log = logging.getLogger(__name__)

# Below this the second process would still be starting when the first is done.
SHARED_FROM = 8_000
PATIENCE_SECONDS = 600
COMMAND = "simulate_shard"


def judge_book(ids: Sequence[int], sides: Sides, at: datetime, keep: Callable[[Found], object], *, alone: bool) -> tuple[Book, int]:
    """``judge`` for all of ``ids``, by two processes where the book is large; how many it were. ``alone``: by this one in any case
    (inside somebody's transaction another process would not see what this one sees).
    """
    if alone or connection.vendor != "postgresql" or len(ids) < SHARED_FROM or not settings.SIMULATION_PROCESSES > 1:
        return judge(ids, sides, at, keep), 1
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    mine, theirs = _flat(batches[::2]), _flat(batches[1::2])
    with _helper(theirs, sides, at) as helper:
        book = judge(mine, sides, at, keep)
        if helper.wait():
            _merge(book, helper.read(keep))
            return book, 2
    log.warning("the second process of a simulation failed; its share is judged by the first: %s", helper.complaint)
    _merge(book, judge(theirs, sides, at, keep))
    return book, 1


def _flat(batches: Sequence[Sequence[int]]) -> list[int]:
    return [pk for batch in batches for pk in batch]


def _merge(book: Book, other: Book) -> None:
    tally, more = book.tally, other.tally
    for name in ("accounts", "tightened", "loosened", "sooner", "later", "approvals_before", "approvals_after"):
        setattr(tally, name, getattr(tally, name) + getattr(more, name))
    for a, row in more.matrix.items():
        for b, n in row.items():
            tally.matrix[a][b] += n
    for direction, n in more.within.items():
        tally.within[direction] += n
    for name in ("waiting", "need_more", "held"):
        setattr(book.scheduled, name, getattr(book.scheduled, name) + getattr(other.scheduled, name))


class _Helper:
    """The other process: its answer lies in a file, one changed account a line, the counts on the last."""

    def __init__(self, process: subprocess.Popen[str], answer: IO[str], errors: IO[str]) -> None:
        self.process, self.answer, self.errors, self.complaint = process, answer, errors, ""

    def wait(self) -> bool:
        """True when it ended well."""
        try:
            code = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.complaint = "it took too long"
            return False
        self.answer.seek(0)
        whole = code == 0 and any(line.startswith('{"book"') for line in self.answer)
        if not whole:
            self.errors.seek(0)
            self.complaint = f"exit code {code}: {self.errors.read()[-2_000:]}"
        return whole

    def read(self, keep: Callable[[Found], object]) -> Book:
        """Hand over what it found; its counts."""
        self.answer.seek(0)
        for line in self.answer:
            raw = json.loads(line)
            if "book" in raw:
                return Book(Tally(**raw["book"]["tally"]), Scheduled(**raw["book"]["scheduled"]))
            keep(found_of(raw))
        raise ValueError("the answer has no end")


def found_of(raw: dict[str, Any]) -> Found:
    """One changed account from its line of JSON."""
    inner: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw["moved"].items()}
    return Found(**{**raw, "moved": Moved(**inner)})


@contextmanager
def _helper(ids: Sequence[int], sides: Sides, at: datetime) -> Iterator[_Helper]:
    """Start it on this transaction's snapshot; it is gone when the block ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
    job = {
        "database": connection.settings_dict["NAME"], "snapshot": snapshot, "at": at, "ids": list(ids),
        "before": _side(sides.before), "after": _side(sides.after),
    }  # fmt: skip
    env = {"DJANGO_SETTINGS_MODULE": "collections_site.settings", **os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as answer, tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "django", COMMAND], stdin=subprocess.PIPE, stdout=answer,
            stderr=errors, text=True, encoding="utf-8", env=env, cwd=settings.BASE_DIR,
        )  # fmt: skip
        try:
            assert process.stdin is not None
            try:
                process.stdin.write(canonical_json(job))
                process.stdin.close()
            except OSError:
                log.warning("the second process of a simulation did not take its share")
            yield _Helper(process, answer, errors)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def _side(version: PolicyVersion) -> dict[str, Any]:
    return {"pk": version.pk, "number": version.number, "parameters": version.parameters}


def serve(job: dict[str, Any], write: Callable[[str], Any]) -> None:
    """The other process's part: judge the share of ``job`` on its snapshot and write the answer."""
    if connection.settings_dict["NAME"] != job["database"]:
        connection.close()
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = job["database"]
    before, after = (PolicyVersion(**job[side]) for side in ("before", "after"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET TRANSACTION SNAPSHOT %s", [job["snapshot"]])
        book = judge(job["ids"], Sides(before, after), datetime.fromisoformat(job["at"]), lambda found: write(line_of(found)))
    scheduled = {k: v for k, v in asdict(book.scheduled).items() if k != "delivery_ids"}
    write(json.dumps({"book": {"tally": asdict(book.tally), "scheduled": scheduled}}, separators=(",", ":")) + "\n")


def line_of(found: Found) -> str:
    """One changed account as a line of JSON."""
    return json.dumps(asdict(found), separators=(",", ":")) + "\n"
