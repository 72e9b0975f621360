"""A pack in an empty folder, checked by its own script in a process that knows nothing of this project."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from drafts.models import Brief, Delivery, Draft
from drafts.packing import make, scope
from governance import guards
from governance.checkpoints import files as checkpoints
from governance.models import Event, PackRun, StreamHead
from governance.packs import requests
from tests.drafts.packing.story import BIDI, Wanted, ask, auditor, made, told, verify
from tests.drafts.scene import AS_OF, routine_case
from tests.factories import moment

pytestmark = pytest.mark.django_db
SECRETS = ("Northwind", "Kim Keller", "ap-secret@customer.example", "Ms Keller", "our records", "wrong quarter", "Hafenstrasse", "Zzsecret")


@pytest.fixture
def case(settings, tmp_path):
    return told(settings, tmp_path, name="=Northwind <b>Bearings</b>" + BIDI)


@pytest.fixture
def pack(case, tmp_path) -> Path:
    return made(Wanted("account", case.account.pk), auditor(), tmp_path / "unpacked")


def sums(folder: Path) -> subprocess.CompletedProcess:
    command = [shutil.which("sha256sum") or "", "--strict", "-c", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=False)


def test_a_pack_in_an_empty_folder_verifies_without_the_project(pack):
    done = verify(pack)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("every hash computed again", "checkpoints/00000001.json: the signature holds", "manifest.json: the signature holds"):
        assert words in done.stdout
    assert sums(pack).returncode == 0


def test_changing_one_byte_of_any_file_fails(pack):
    names = sorted(p for p in pack.rglob("*") if p.is_file())
    assert len(names) > 60
    unseen, unsummed = [], []
    for path in names:
        content = path.read_bytes()
        if not content:
            continue
        at = len(content) // 2
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        if verify(pack).returncode == 0:
            unseen.append(path.name)
        if sums(pack).returncode == 0:
            unsummed.append(path.name)
        path.write_bytes(content)
    assert (unseen, unsummed) == ([], [])
    assert verify(pack).returncode == 0


def test_a_file_taken_out_or_put_in_fails(pack):
    extra = pack / "cases" / "more.html"
    extra.write_text("made up")
    assert "does not belong to this pack" in verify(pack).stdout
    extra.unlink()
    (pack / "csv" / "events.csv").unlink()
    assert verify(pack).returncode == 1


def _resigned(pack: Path) -> None:
    """What somebody without the key can do: make files, manifest and sums agree again."""
    manifest = json.loads((pack / "manifest.json").read_text())
    for one in manifest["files"]:
        one["sha256"] = hashlib.sha256((pack / one["path"]).read_bytes()).hexdigest()
    (pack / "manifest.json").write_text(json.dumps(manifest))
    named = {one["path"]: one["sha256"] for one in manifest["files"]}
    for name in ("manifest.json", "manifest.sig"):
        named[name] = hashlib.sha256((pack / name).read_bytes()).hexdigest()
    (pack / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(named.items())))


def test_a_pack_made_to_agree_again_fails_at_the_event_that_named_the_message_and_at_the_signature(pack):
    (message,) = sorted((pack / "sent").glob("*.eml"))[-1:]
    message.write_bytes(message.read_bytes().replace(b"1,000.00", b"9,000.00"))
    _resigned(pack)
    said = verify(pack).stdout
    assert f"sent/{message.name} is not what event" in said and "manifest.json: the signature does not hold" in said
    assert "was changed" not in said


def test_a_history_rewritten_with_new_hashes_fails_at_the_checkpoint(pack, case):
    from django.utils.dateparse import parse_datetime

    from governance.audit import event_hash

    path = pack / "events" / f"account-{case.account.pk}.jsonl"
    last, lines = "0" * 64, []
    for line in path.read_text().splitlines():
        event = json.loads(line)
        event["actor"] = 77 if event["action"] == "approval.given" else event["actor"]
        event["prev_hash"] = last
        last = event["hash"] = event_hash(
            last, event["stream"], event["number"], event["action"], event["actor"], event["subject"], parse_datetime(event["at"]), event["data"],
            event["roles"],
        )
        lines.append(json.dumps(event, ensure_ascii=False))
    path.write_text("".join(f"{line}\n" for line in lines))
    manifest = json.loads((pack / "manifest.json").read_text())
    stream = next(s for s in manifest["ledger"]["streams"] if s["stream"] == f"account:{case.account.pk}")
    stream["head"] = last
    (pack / "manifest.json").write_text(json.dumps(manifest))
    _resigned(pack)
    said = verify(pack).stdout
    assert "the checkpoint names another event" in said and "the chain is broken" not in said


def test_the_signature_of_another_key_does_not_count_against_the_auditors_own(pack, tmp_path):
    mine = tmp_path / "mine.pem"
    shutil.copy(pack / "keys" / "public.pem", mine)
    assert verify(pack, str(mine)).returncode == 0
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(tmp_path / "k.pem")], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", str(tmp_path / "k.pem"), "-pubout", "-out", str(mine)], check=True, capture_output=True)
    assert verify(pack, str(mine)).returncode == 1


def test_without_openssl_it_says_that_signatures_were_not_checked(pack):
    code = "import shutil,runpy,sys; shutil.which=lambda *a, **k: None; sys.argv=['verify.py']; runpy.run_path('verify.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-I", "-B", "-c", code], cwd=pack, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "signature not checked, there is no openssl" in done.stdout, done.stdout + done.stderr


def test_sent_messages_texts_and_facts_are_in_it_byte_for_byte(pack, case):
    for row in Delivery.objects.all():
        content = (pack / "sent" / f"delivery-{row.pk}.eml").read_bytes()
        assert content == row.mime.encode("ascii") and hashlib.sha256(content).hexdigest() == row.mime_sha256
    for draft in Draft.objects.all():
        assert hashlib.sha256((pack / "versions" / f"draft-{draft.pk}.json").read_bytes()).hexdigest() == draft.fingerprint
        assert (pack / "versions" / f"case-{case.follow_up.pk}-v{draft.revision}.txt").read_bytes().decode() == draft.body
    for brief in Brief.objects.all():
        assert hashlib.sha256((pack / "evidence" / f"brief-{brief.pk}.json").read_bytes()).hexdigest() == brief.fingerprint


def test_hostile_words_stay_words(pack, case):
    pages = list(pack.rglob("*.html"))
    assert len(pages) >= 3
    for path in pages:
        text = path.read_text()
        assert "<script" not in text.lower() and "<b>Bearings" not in text and " onerror" not in text, path.name
        assert "\u202e" not in text, path.name
        assert 'Content-Security-Policy" content="default-src' in text
        assert not re.search(r'(src|href)="(?!\.\./|style\.css|cases/|#)', text), path.name
    whole = (pack / "cases" / f"case-{case.follow_up.pk}.html").read_text()
    assert "U+202E" in whole and "&lt;script&gt;alert(1)&lt;/script&gt;" in whole
    csv.field_size_limit(2**24)
    assert "x" * 1_000_000 in (pack / "rows" / "tickets.jsonl").read_text() and "x" * 1_000_000 in (pack / "csv" / "tickets.csv").read_text()
    for path in (pack / "csv").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")], path.name
    assert all(name.isascii() and re.fullmatch(r"[\w./-]+", name) for name in (str(p.relative_to(pack)) for p in pack.rglob("*")))


def test_the_unaltered_copy_keeps_what_csv_neutralises(pack, case):
    (row,) = [json.loads(line) for line in (pack / "rows" / "accounts.jsonl").read_text().splitlines()]
    assert row["name"] == case.account.name and row["name"].startswith("=")
    assert "'=Northwind" in (pack / "csv" / "accounts.csv").read_text()


def test_every_page_carries_who_and_when_and_the_profile(pack):
    run = PackRun.objects.get()
    for path in pack.rglob("*.html"):
        text = path.read_text()
        assert text.count(f"Audit pack {run.pk}") >= 2 and str(run.requested_by) in text and "12 May 2026" in text, path.name


def test_the_redacted_profile_shows_no_name_no_address_no_text_and_verifies_all_the_same(case, tmp_path):
    contact = case.account.contacts.get()
    contact.name, contact.email = "Kim Keller Zzsecret", "ap-secret@customer.example"
    contact.save()
    folder = made(Wanted("account", case.account.pk), auditor(), tmp_path / "masked", "redacted")
    done = verify(folder)
    assert done.returncode == 0, done.stdout
    names = [*SECRETS, case.delivery.draft.to_address, case.draft.subject, str(case.desk.reviewer), case.desk.reviewer.username]
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            assert not [name for name in names if name in text], path.name
    assert not list((folder / "sent").glob("*")) if (folder / "sent").exists() else True
    rows = (folder / "rows" / "invoices.jsonl").read_text()
    assert '"balance_minor":100000' in rows and case.invoices[0].number in rows


def test_a_period_holds_the_cases_with_something_in_it_and_only_those_in_reach(settings, tmp_path, case):
    import datetime

    other = routine_case(name="Out of reach")
    day = AS_OF.date()
    mine = scope.follow_ups(Wanted("period", None, day, day), case.desk.reviewer)
    assert [f.pk for f in mine] == [case.follow_up.pk]
    assert {f.pk for f in scope.follow_ups(Wanted("period", None, day, day), auditor())} == {case.follow_up.pk, other.follow_up.pk}
    earlier = day - datetime.timedelta(days=9)
    assert not scope.follow_ups(Wanted("period", None, earlier, earlier), auditor()).exists()
    folder = made(Wanted("period", None, day, day), auditor(), tmp_path / "period")
    assert verify(folder).returncode == 0 and len(list((folder / "cases").glob("*.html"))) == 2


def test_the_rights_stream_is_for_auditors_only(case):
    StreamHead.objects.create(stream="rights", number=1, hash="0" * 64)
    wanted = Wanted("account", case.account.pk)
    assert "rights" in scope.streams(wanted, auditor()) and "rights" not in scope.streams(wanted, case.desk.reviewer)


def test_no_pack_is_made_of_a_broken_record(case):
    from django.db import connection

    run = ask(Wanted("account", case.account.pk), auditor())
    guards.drop(connection)
    Event.objects.filter(stream=f"account:{case.account.pk}", number=4).update(actor_id=999)
    guards.install(connection)
    assert not make.make(run.pk, at=moment(1))
    run.refresh_from_db()
    assert run.state == "failed" and "broken at event 4" in run.words and not list(requests.folder().glob("*.zip"))


def test_a_pack_grown_too_large_meanwhile_is_refused_and_nothing_is_left(case, monkeypatch):
    run = ask(Wanted("account", case.account.pk), auditor())
    monkeypatch.setattr(requests, "MOST_ROWS", 10)
    make.make_due(moment(1))
    run.refresh_from_db()
    assert run.state == "refused" and "at most 10" in run.words and not requests.folder().exists()
    assert Event.objects.get(action="audit.pack_refused").subject_id == run.pk


def test_a_pack_is_made_once_and_a_worker_that_fell_silent_is_followed_by_another(case):
    run = ask(Wanted("account", case.account.pk), auditor())
    assert requests.claim(run.pk, moment(1)) is not None
    assert requests.claim(run.pk, moment(1)) is None and requests.due(moment(1)) == []
    assert requests.due(moment(2)) == [run.pk]
    assert make.make(run.pk, at=moment(2)) and requests.due(moment(9)) == []


def test_files_go_after_their_time_and_the_rows_stay(case):
    run = ask(Wanted("account", case.account.pk), auditor())
    make.make(run.pk, at=moment(1))
    assert requests.clean(moment(2)) == 0
    assert requests.clean(moment(1) + requests.KEPT) == 1
    run.refresh_from_db()
    assert run.state == "gone" and not list(requests.folder().glob("*.zip"))
    assert Event.objects.filter(action="audit.pack_deleted", subject_id=run.pk).count() == 1


def test_without_a_checkpoint_the_pack_says_so_and_still_verifies(case, tmp_path, monkeypatch):
    from governance.packs import ledger_part

    def full(at):
        raise OSError("no room")

    monkeypatch.setattr(ledger_part.writing, "write", full)
    folder = made(Wanted("account", case.account.pk), auditor(), tmp_path / "bare")
    done = verify(folder)
    assert done.returncode == 0 and "no checkpoint is in this pack" in done.stdout
    assert "No checkpoint is in this pack" in (folder / "index.html").read_text()


def test_a_checkpoint_that_covers_everything_already_is_used_again(case, tmp_path, settings):
    from governance.quarantine import state

    made(Wanted("account", case.account.pk), auditor(), tmp_path / "one")
    made(Wanted("account", case.account.pk), auditor(), tmp_path / "two")
    assert len(checkpoints.in_folder(checkpoints.folder_of(state().ledger_id))) == 1


def test_the_zip_itself_has_no_path_that_leaves_its_folder(case):
    run = ask(Wanted("account", case.account.pk), auditor())
    make.make(run.pk, at=moment(1))
    run.refresh_from_db()
    with zipfile.ZipFile(requests.folder() / run.file) as pack:
        assert pack.testzip() is None
        assert all(not name.startswith("/") and ".." not in name for name in pack.namelist())
    assert hashlib.sha256((requests.folder() / run.file).read_bytes()).hexdigest() == run.sha256
