"""The worker's part: take a pack from the queue, put it together, and leave its file where it is fetched from.

Made aside and moved into its place when it is whole, so that a worker that dies leaves nothing half.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from drafts.models import Brief, Delivery, Draft, FollowUp
from drafts.packing import pages, redaction, scope
from drafts.packing.tables import tables_for
from drafts.record import outcomes, story
from governance import clock
from governance.audit import account_stream
from governance.models import PackRun
from governance.packs import ledger_part, requests
from governance.packs.archive import Archive
from governance.picture import one_picture

log = logging.getLogger(__name__)


def make_due(at: datetime) -> int:
    """Every pack that waits; files past their time go. Returns how many were made. Takes as long as the packs do."""
    requests.clean(at)
    return sum(make(run_id, at=clock.now()) for run_id in requests.due(at))


def make(run_id: int, *, at: datetime) -> bool:
    """One pack, if nobody else has taken it. True when it was made; a failure is on its row, in words."""
    run = requests.claim(run_id, at)
    if run is None:
        return False
    try:
        return _made(run, at)
    except ledger_part.Broken as broken:
        requests.end(run, PackRun.State.FAILED, str(broken), at=at)
    except Exception:
        log.exception("pack %s could not be made", run.pk)
        words = "Something went wrong while it was made; the log of the worker says what. Ask for it again, or for a smaller one."
        requests.end(run, PackRun.State.FAILED, words, at=at)
    return False


def _made(run: PackRun, at: datetime) -> bool:
    size = scope.measure(run, run.requested_by)
    words = requests.too_many(size.rows) or ("" if size.cases else "There is nothing in it for you any more.")
    words = words or scope.unanswered(run, run.requested_by)
    if words:
        requests.end(run, PackRun.State.REFUSED, words, at=at)
        return False
    folder = requests.folder()
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{run.pk}.{os.getpid()}"
    try:
        with timezone.override(run.requested_by.time_zone):
            write(run, aside, at)
        path = folder / f"pack-{run.pk}-{secrets.token_hex(8)}.zip"
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return requests.finish(run, path, rows=size.rows, cases=size.cases, at=at)


def write(run: PackRun, path: Path, at: datetime) -> None:
    """Write the ZIP of ``run`` to ``path``."""
    streams = scope.streams(run, run.requested_by)
    found = ledger_part.cover(streams, at)
    with one_picture(), Archive(path, at) as archive:
        cases = list(scope.follow_ups(run, run.requested_by).select_related("account", "portfolio"))
        ledger, events = ledger_part.add(archive, streams, found)
        archive.add_table("csv/events.csv", EVENT_COLUMNS, ([e[c] for c in EVENT_COLUMNS] for rows in events.values() for e in rows))
        _rows(archive, run)
        bound = _bound(archive, run, cases, events)
        archive.add("bindings.json", _json(bound))
        chains = {stream: story.chain_of(stream, at) for stream in {account_stream(case.account_id) for case in cases}}
        for case in cases:
            pages.case_page(archive, run, case, story.of(case, at, chains[account_stream(case.account_id)]), at)
        _front(archive, run, cases, ledger, at)
        archive.close(_about(run, ledger, found, at))


EVENT_COLUMNS = ("stream", "number", "at", "action", "actor", "roles", "subject", "data", "prev_hash", "hash")


def _rows(archive: Archive, run: PackRun) -> None:
    """Every table as JSONL, the unaltered copy, and as CSV."""
    cases, held = scope.follow_ups(run, run.requested_by), scope.accounts(run, run.requested_by)
    for table in tables_for(run.scope):
        rows = list(table.values(cases, held))
        if run.profile == PackRun.Profile.REDACTED:
            rows = [redaction.row(table.model, {k: v for k, v in row.items() if k not in table.files}) for row in rows]
        archive.add_lines(f"rows/{table.name}.jsonl", [{k: _plain(v) for k, v in row.items()} for row in rows])
        header = list(rows[0]) if rows else ["id"]
        archive.add_table(f"csv/{table.name}.csv", header, ([_cell(row[name]) for name in header] for row in rows))


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else value


def _cell(value: Any) -> Any:
    return _json(value).strip() if isinstance(value, (dict, list)) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n"


def _bound(archive: Archive, run: PackRun, cases: Sequence[FollowUp], events: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The exact bytes of facts, texts and messages, and which event named the hash of each."""
    if run.profile == PackRun.Profile.REDACTED:
        return []
    ids = [case.pk for case in cases]
    named = _named(events)
    out = []
    for brief in scope_briefs(ids).iterator(chunk_size=200):
        archive.add(f"evidence/brief-{brief.pk}.json", brief.facts)
    for draft in Draft.objects.filter(follow_up__in=ids).order_by("pk").iterator(chunk_size=200):
        archive.add(f"versions/draft-{draft.pk}.json", draft.canonical)
        if not _erased(draft):
            out += _binding(f"versions/draft-{draft.pk}.json", named.get(("fingerprint", draft.fingerprint), []), "fingerprint")
    for delivery in Delivery.objects.filter(follow_up__in=ids).order_by("pk").iterator(chunk_size=200):
        archive.add(f"sent/delivery-{delivery.pk}.eml", delivery.mime.encode("ascii", "surrogateescape"))
        if not _erased(delivery):
            out += _binding(f"sent/delivery-{delivery.pk}.eml", named.get(("bytes", delivery.mime_sha256), []), "bytes")
    return out


def _erased(row: Draft | Delivery) -> bool:
    """A row a person was erased from is not what the event named any more, and rightly so; its row in rows/ says so."""
    return bool(getattr(row, "erased_sha256", ""))


def scope_briefs(follow_up_ids: Sequence[int]) -> QuerySet[Brief]:
    """The briefs of these follow-ups and of all their versions."""
    of_drafts = Draft.objects.filter(follow_up__in=follow_up_ids).order_by().values("brief")
    own = FollowUp.objects.filter(pk__in=follow_up_ids).exclude(brief=None).order_by().values("brief")
    return Brief.objects.filter(pk__in=of_drafts.union(own)).order_by("pk")


def _named(events: dict[str, list[dict[str, Any]]]) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """(key, hash) → the events that name it."""
    out: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for stream, rows in events.items():
        for event in rows:
            data = json.loads(event["data"])
            for key in ("fingerprint", "bytes"):
                if isinstance(data.get(key), str):
                    out.setdefault((key, data[key]), []).append((stream, event["number"]))
    return out


def _binding(file: str, named: list[tuple[str, int]], key: str) -> list[dict[str, Any]]:
    return [{"file": file, "stream": stream, "number": number, "key": key} for stream, number in named]


def _front(archive: Archive, run: PackRun, cases: Sequence[FollowUp], ledger: dict[str, Any], at: datetime) -> None:
    """Index, style, instructions, verifier."""
    words = outcomes.words_of(list(cases))
    listed: list[dict[str, Any]] = [{"f": case, "name": pages.name_of(run, case), "outcome": ", ".join(words[case.pk])} for case in cases]
    context = {"cases": listed, "ledger": ledger, "streams": len(ledger["streams"])}
    archive.add("index.html", pages.written("pack/index.html", run, at, **context))
    archive.add("style.css", pages.style())
    archive.add("README.txt", pages.written("pack/README.txt", run, at, **context))
    archive.add("verify.py", files("governance").joinpath("packs", "verify.py").read_bytes())
    rows = ([i["f"].pk, i["name"], i["f"].status, i["f"].lane, i["outcome"], i["f"].opened_at, i["f"].sent_at, i["f"].ended_at] for i in listed)
    archive.add_table("csv/cases.csv", ("case", "account", "status", "lane", "outcome", "opened", "sent", "ended"), rows)


def _about(run: PackRun, ledger: dict[str, Any], found: ledger_part.Cover, at: datetime) -> dict[str, Any]:
    who = run.requested_by
    filters = {"scope": run.scope, "subject": run.subject_id, "from": run.starts_on, "to": run.ends_on, "portfolio": run.portfolio_id}
    return {
        "pack": run.pk, "made_at": at.astimezone(UTC).isoformat(), "made_by": f"{who} ({who.get_username()})",
        "asked_at": run.requested_at.astimezone(UTC).isoformat(), "time_zone": who.time_zone, "profile": run.profile,
        "selection": {key: str(value) for key, value in filters.items() if value is not None},
        "application": f"collections-desk {_version()}", "ledger": ledger, "keys": ledger_part.keys(found),
        "csv": "UTF-8 with BOM, RFC 4180; cells that begin like a formula carry a leading apostrophe. rows/*.jsonl is the unaltered copy.",
    }  # fmt: skip


def _version() -> str:
    try:
        return metadata.version("collections-desk")
    except metadata.PackageNotFoundError:
        return "not installed"
