"""An uploaded file between check and confirm: kept with its hash, imported once, then deleted."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.importing import service
from accounts.importing.context import Options
from accounts.importing.errors import Unreadable
from accounts.importing.files import UPLOAD_BYTES
from accounts.importing.outcome import Outcome
from accounts.models import ImportRun
from governance.decisions import Allowed, Decision, Denied
from governance.models import Portfolio, User
from governance.rights import can, roles_of
from governance.roles import FINANCE

KEPT_DAYS = 7
UNSEEN = 5  # so many results are named on Home


class AlreadyImported(Exception):
    """The run was confirmed before; ``args[0]`` is the run."""


class Gone(Exception):
    """The uploaded file is no longer kept."""


class CheckedAgain(Exception):
    """The data moved since the check: it was checked again, nothing was written."""


def receive(upload: UploadedFile, portfolio: Portfolio, options: Options, *, by: User, at: datetime) -> ImportRun:
    """Check an uploaded file and keep it for its confirmation. Nothing of it is written. Raises ``Unreadable``."""
    if (upload.size or 0) > UPLOAD_BYTES:
        raise Unreadable(f"{upload.name} has {(upload.size or 0) / 1048576:.1f} MB; expected at most 20 MB")
    forget_old(at)
    name = Path(upload.name or "upload").name
    run = ImportRun(portfolio=portfolio, state=ImportRun.State.CHECKED, started_by=by, started_at=at, file_name=name[:255])
    run.upload.save(f"{uuid.uuid4().hex}.upload", File(upload), save=False)
    try:
        _check(run, portfolio, options, by=by, at=at)
    except BaseException:
        run.upload.delete(save=False)
        raise
    return run


def _check(run: ImportRun, portfolio: Portfolio, options: Options, *, by: User, at: datetime) -> Outcome:
    outcome = service.check(Path(run.upload.path), portfolio, options, at=at, by=by, name=run.file_name)
    service.describe_run(run, outcome, portfolio, options)
    run.options.update(
        digest=outcome.digest,
        examples=[asdict(example) for example in outcome.examples],
        header=outcome.header,
        causes=_causes(outcome),
    )
    run.save()
    return outcome


def _causes(outcome: Outcome) -> list[dict[str, Any]]:
    """Refused rows by cause, the most frequent first, each with its first example."""
    first: dict[tuple[str, str], str] = {}
    for refusal in outcome.refusals.kept:
        first.setdefault((refusal.column, refusal.cause), refusal.message)
    counted = outcome.refusals.causes.most_common(20)
    return [{"column": c, "cause": w, "count": n, "example": first.get((c, w), "")} for (c, w), n in counted]


def options_of(run: ImportRun, *, accept_partial: bool = False) -> Options:
    """The options a run was checked with."""
    kept = run.options
    as_of = date.fromisoformat(kept["as_of"]) if kept.get("as_of") else None
    plain = {k: kept.get(k, "") for k in ("layout", "currency", "date_order", "decimal", "encoding")}
    placeholders = bool(kept.get("placeholder_contacts"))
    return Options(as_of=as_of, placeholder_contacts=placeholders, accept_partial=accept_partial, upload=True, **plain)


def may_confirm(user: User, run: ImportRun) -> Decision:
    """May this person confirm? A system administrator's upload needs a second person, who may also be a finance approver."""
    allowed = can(user, "import", run)
    if not allowed:
        return allowed
    if FINANCE not in roles_of(user, run.portfolio_id) and run.started_by_id == user.pk:
        return Denied("because you uploaded this file as system administrator: a second person confirms it")
    return Allowed()


def confirm(run_id: int, *, by: User, at: datetime, sha256: str, accept_partial: bool = False) -> Outcome:
    """Import a checked file, once. Raises ``AlreadyImported``, ``CheckedAgain``, ``Gone``, ``service.Refused`` and ``NotAllowed``."""
    may_confirm(by, ImportRun.objects.get(pk=run_id)).or_raise()
    try:
        with transaction.atomic():
            run = ImportRun.objects.select_for_update().get(pk=run_id)
            if run.state == ImportRun.State.COMMITTED:
                raise AlreadyImported(run)
            outcome = _commit(run, by=by, at=at, sha256=sha256, accept_partial=accept_partial)
            transaction.on_commit(lambda: forget(run))
            return outcome
    except service.DataMoved:
        run = ImportRun.objects.get(pk=run_id)
        _check(run, _portfolio(run), options_of(run), by=by, at=at)
        raise CheckedAgain from None


def _commit(run: ImportRun, *, by: User, at: datetime, sha256: str, accept_partial: bool) -> Outcome:
    path = Path(run.upload.path) if run.upload else None
    if path is None or not path.exists():
        raise Gone
    if sha256 != run.file_sha256:
        raise service.DataMoved
    options = options_of(run, accept_partial=accept_partial)
    digest = run.options["digest"]
    run.options["unseen"] = True
    return service.commit(path, _portfolio(run), options, at=at, by=by, name=run.file_name, run=run, checked_digest=digest)


def unseen(by: User) -> list[ImportRun]:
    """Imports of this person's files that ended, and whose result they have not had on the screen yet: newest first."""
    rows = ImportRun.objects.filter(started_by=by, state=ImportRun.State.COMMITTED, options__unseen=True)
    return list(rows.select_related("portfolio").order_by("-committed_at")[:UNSEEN])


def seen(run: ImportRun, by: User) -> None:
    """The result is on a screen; only that of who brought the file counts."""
    if run.started_by_id == by.pk and run.options.pop("unseen", False):
        run.save(update_fields=["options"])


def _portfolio(run: ImportRun) -> Portfolio:
    assert run.portfolio is not None, "an upload is always checked against a portfolio"
    return run.portfolio


def imported_before(run: ImportRun) -> ImportRun | None:
    """An earlier import of the very same file into the same book."""
    same = ImportRun.objects.filter(portfolio=run.portfolio, file_sha256=run.file_sha256, state=ImportRun.State.COMMITTED)
    return same.exclude(pk=run.pk).order_by("-committed_at").first()


def forget(run: ImportRun) -> None:
    """Delete the uploaded file; the run, its counts and its hash stay."""
    if run.upload:
        run.upload.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(upload="")


def forget_old(at: datetime) -> None:
    """Delete uploads that were checked and never confirmed within a week."""
    for run in ImportRun.objects.filter(started_at__lt=at - timedelta(days=KEPT_DAYS)).exclude(upload=""):
        forget(run)
