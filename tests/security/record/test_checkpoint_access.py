"""Quarantine and checkpoints under attack: who lifts, and files that are no checkpoint, are endless, spoilt or cannot be written."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse

from governance import quarantine
from governance.models import AllPortfoliosGrant, Event, Quarantine
from governance.packs import requests
from governance.roles import ALL_ROLES
from tests.drafts.packing.story import Wanted
from tests.drafts.scene import AS_OF
from tests.factories import make_user
from tests.security.packs import pack_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [r for r in ALL_ROLES if r not in ("finance_approver", "system_admin")])
def test_only_finance_and_the_administrator_lift_the_quarantine(browser, role):
    quarantine.begin(Quarantine.Cause.MOVED, "moved", checkpoint=None, at=AS_OF)
    client = browser(make_user(role, is_superuser=True))
    client.act(reverse("admin:lift_quarantine"), {"reason": "I say so"})
    assert quarantine.standing()
    assert not Event.objects.filter(action="system.quarantine_lifted").exists()


def test_a_quarantine_is_not_lifted_without_a_reason_nor_by_a_person_demoted_since(browser):
    person = make_user("finance_approver")
    quarantine.begin(Quarantine.Cause.MOVED, "moved", checkpoint=None, at=AS_OF)
    client = browser(person)
    client.act(reverse("admin:lift_quarantine"), {"reason": " \n"})
    assert quarantine.standing()
    AllPortfoliosGrant.objects.filter(user=person).update(ends_on=AS_OF.date() - timedelta(days=1))
    client.act(reverse("admin:lift_quarantine"), {"reason": "checked"})
    assert quarantine.standing()


def against(path, *more):
    from django.core.management import call_command

    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", "--against", str(path), *more, stdout=out, stderr=err)
    return ended.value.code, out.getvalue() + err.getvalue()


def statement(tmp_path, **changes):
    from governance.checkpoints import writing

    made = writing.write(AS_OF)
    return {**json.loads(made.raw), **changes}


HOSTILE = {
    "empty": b"", "no json": b"\xff\xfe{", "deep": b"[" * 200_000, "a list": b"[]", "a number": b"1e999", "other fields": b'{"x":1}',
    "huge number": b"9" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_checkpoint_cannot_be_verified_and_says_so(own, tmp_path, name):
    path = tmp_path / "00000001.json"
    path.write_bytes(HOSTILE[name])
    code, words = against(path)
    assert code == 2 and "Cannot be verified" in words and "Traceback" not in words


@pytest.mark.parametrize("change", [{"at": "2026-05-04T00:00:00"}, {"at": "x"}, {"since": -(10**9)}, {"since": 10**9}, {"number": 7}, {"streams": -1}])
def test_a_statement_with_impossible_fields_ends_in_words(own, tmp_path, change):
    path = tmp_path / "kept" / "00000001.json"
    content = statement(tmp_path, **change)
    path.parent.mkdir()
    path.write_text(json.dumps(content))
    path.with_suffix(".sig").write_bytes(b"x" * 64)
    path.with_suffix(".heads").write_bytes(b"[]\n")
    assert against(path)[0] in (1, 2)
    assert against(path, "--since", "2099-01-01")[0] in (1, 2)


@pytest.mark.parametrize("suffix", [".json", ".sig", ".heads"])
def test_an_endless_file_is_not_read_to_its_end(own, tmp_path, suffix):
    """A link to a device that never ends, a pipe nobody writes to, and a file of gigabytes."""
    import os
    import subprocess
    import sys

    path = tmp_path / "kept" / "00000001.json"
    path.parent.mkdir()
    path.write_text(json.dumps(statement(tmp_path)))
    path.with_suffix(".sig").write_bytes(b"x" * 64)
    path.with_suffix(".heads").write_bytes(b"")
    target = path.with_suffix(suffix)
    code = "import resource,sys,pathlib;resource.setrlimit(resource.RLIMIT_AS,(2**31,2**31))\nfrom governance.checkpoints.files import Checkpoint,Unreadable\n" \
        "c=Checkpoint(pathlib.Path(sys.argv[1]))\ntry:\n c.statement; c.is_signed_by([]); c.heads_as_stated()\nexcept Unreadable as e: print('unreadable', e)\n"
    for kind in ("device", "pipe", "huge"):
        target.unlink()
        if kind == "device":
            target.symlink_to("/dev/zero")
        elif kind == "pipe":
            os.mkfifo(target)
        else:
            with target.open("wb") as file:
                file.truncate(2**33)
        if kind == "huge" and suffix == ".heads":
            continue
        done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0 and "unreadable" in done.stdout, (kind, done.stdout, done.stderr[-300:])


@pytest.mark.parametrize("line", [b"5\n", b"null\n", b"[1]\n", b'["account:1",{},[]]\n', b'["account:1","x","y"]\n', b"\xff\xfe\n", b"[" * 5000 + b"\n", b'["a",' + b"9" * 40 + b',"b"]\n'])
def test_a_spoilt_line_of_hand_overs_stops_sending_in_words(own, line):
    from governance.checkpoints import files, handed, watching, writing

    writing.write(AS_OF)
    (files.folder_of(quarantine.ledger_id()) / handed.NAME).write_bytes(line)
    assert watching.refusal(AS_OF)


def test_a_folder_of_checkpoints_that_cannot_be_written_stops_sending_in_words_and_a_pack_says_why(own, settings, tmp_path):
    from governance.checkpoints import watching, writing

    writing.write(AS_OF)
    broken = tmp_path / "a-file"
    broken.write_text("")
    settings.LEDGER_DIR = broken
    assert watching.refusal(AS_OF)
    with zipfile.ZipFile(requests.folder() / pack_of(Wanted("draft", own.follow_up.pk), own.desk.reviewer).file) as pack:
        assert "no checkpoint could be written" in json.loads(pack.read("manifest.json"))["ledger"]["why"]
