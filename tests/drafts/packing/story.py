"""A case with everything a pack can hold: a blocked start, an edit, two people, a message that was stopped and one that was sent."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

from drafts import sweeping
from drafts.models import FollowUp
from drafts.packing import make, scope
from drafts.review import edit, leave, reopen, stop
from drafts.review.looking import looked
from governance.models import PackRun
from governance.packs import requests
from governance.packs.requests import Wanted
from tests.drafts.scene import AS_OF, Case, Desk, moment, stop_clock
from tests.factories import make_invoice, make_ticket, make_user

BIDI = "\u202egnp.exe"


def told(settings, tmp_path, **fields) -> Case:
    """Edited by the owner, approved by the reviewer, stopped, approved again, sent."""
    settings.MEDIA_ROOT, settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "media", tmp_path / "ledger", tmp_path / "key.pem"
    stop_clock(settings)
    desk = Desk()
    account = desk.account(**fields)
    case = Case(desk, account, [make_invoice(account)])
    make_ticket(case.account, subject="=cmd|' /C calc'!A0 <script>alert(1)</script>" + BIDI, body="x" * 1_000_000, scanned_at=AS_OF)
    case.prepare()
    first = case.draft
    looked(case.follow_up.pk, first.pk, by=case.desk.reviewer, at=AS_OF - timedelta(seconds=192))
    looked(case.follow_up.pk, first.pk, 3, by=case.desk.reviewer, at=AS_OF - timedelta(seconds=100))
    body = first.body.replace("please accept our thanks and disregard it", "thank you, and please disregard it")
    assert body != first.body
    edit(case.follow_up.pk, first.subject, body, first.revision, by=case.desk.owner, at=AS_OF)
    leave(case.follow_up.pk, by=case.desk.owner, at=AS_OF)
    stop(case.approve(at=AS_OF + timedelta(seconds=1)).pk, "wrong quarter", by=case.desk.reviewer, at=AS_OF + timedelta(seconds=2))
    reopen(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF + timedelta(seconds=2))
    send(settings, case)
    return case


def send(settings, case: Case) -> None:
    """Approve and let it leave."""
    delivery = case.approve(at=AS_OF + timedelta(seconds=3))
    stop_clock(settings, delivery.leaves_at + timedelta(seconds=5))
    done = sweeping.sweep(delivery.leaves_at + timedelta(seconds=5))
    delivery.refresh_from_db()
    assert delivery.state == "accepted", (delivery.state, delivery.stop_reason, done)


def ask(wanted: Wanted, by, profile="full", at=None) -> PackRun:
    """Put a pack in the queue as the page does."""
    size = scope.measure(wanted, by)
    return requests.request(wanted, profile=profile, rows=size.rows, cases=size.cases, by=by, at=at or moment(1))


def made(wanted: Wanted, by, folder: Path, profile="full") -> Path:
    """Ask, let the worker make it, unpack it into an empty folder."""
    run = ask(wanted, by, profile)
    assert make.make(run.pk, at=moment(1)), PackRun.objects.get(pk=run.pk).words
    run.refresh_from_db()
    folder.mkdir(parents=True)
    with zipfile.ZipFile(requests.folder() / run.file) as pack:
        pack.extractall(folder)
    return folder


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """``python verify.py`` with an empty environment."""
    return subprocess.run(
        [sys.executable, "-I", "-B", str(folder / "verify.py"), *arguments], cwd=folder, env={}, capture_output=True, text=True, check=False, timeout=60
    )


def auditor():
    """A compliance auditor of everything."""
    return make_user("compliance_auditor")


__all__ = ["FollowUp", "Wanted", "ask", "auditor", "made", "send", "told", "verify"]
