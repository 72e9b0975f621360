"""Checkpoints: signed, in a row, readable without us."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections, transaction

from governance import clock, ledger, merkle, signing
from governance.audit import Entry, record
from governance.checkpoints import files, writing
from governance.models import Event, LedgerState, StreamHead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger_dir(settings, tmp_path):
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "checkpoints", tmp_path / "keys" / "key.pem"
    return settings.LEDGER_DIR


def act(*streams):
    with transaction.atomic():
        record([Entry(stream, "hold.put", "hold", 1) for stream in streams], by=None, at=clock.now())


def heads_in_rows():
    return sorted(StreamHead.objects.filter(number__gt=0).values_list("stream", "number", "hash"))


def test_a_checkpoint_states_where_every_stream_stands():
    act("account:2", "account:10", "policy", "account:2")
    before = heads_in_rows()
    made = writing.write(clock.now())
    assert list(made.heads()) == before
    told = made.statement
    assert (told.number, told.previous, told.streams, told.events) == (1, "", 3, 4)
    assert told.root == made.root() == merkle.root(merkle.leaf(merkle.head_line(*head)) for head in before).hex()
    event = Event.objects.get(action="system.checkpoint_written")
    assert event.subject_id == 1 and json.loads(event.data)["sha256"] == made.sha256


def test_each_names_the_one_before_and_a_few_files_tell_where_every_stream_stood(monkeypatch):
    monkeypatch.setattr(writing, "FULL_EVERY", 3)
    stood = {}
    for number in range(1, 9):
        act(f"account:{number}", "account:1", *(["account:99"] if number == 5 else []))
        stood[number] = heads_in_rows()
        made = writing.write(clock.now())
        assert made.number == number
    found = files.in_folder(made.path.parent)
    assert [one.statement.since for one in found] == [1, 1, 1, 4, 4, 4, 7, 7]
    for before, one in zip([None, *found], found, strict=False):
        assert one.statement.previous == (before.sha256 if before else "")
        assert list(one.heads()) == stood[one.number] and one.root() == one.statement.root
    assert len(list(found[4].lines())) == 4  # 5, 1, 99 and the stream that tells of checkpoints
    assert ledger.verify() == []


def test_a_stream_has_a_proof_that_it_was_there():
    act("account:2", "account:10", "policy", "rights", "account:20")
    made = writing.write(clock.now())
    line, steps = made.proof("account:2")
    assert json.loads(line)[:2] == ["account:2", 1]
    assert merkle.verify(line, steps, made.statement.root)
    assert not merkle.verify(line.replace(b",1,", b",2,"), steps, made.statement.root)
    with pytest.raises(KeyError):
        made.proof("account:3")


def test_openssl_verifies_the_signature_and_refuses_a_changed_byte(tmp_path):
    act("policy")
    made = writing.write(clock.now())
    (public,) = made.path.parent.glob("public-*.pem")
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", made.path, "-sigfile", made.path.with_suffix(".sig")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", public, "-outform", "DER"], capture_output=True, check=True).stdout
    digest = subprocess.run(["sha256sum"], input=der, capture_output=True, check=True).stdout.split()[0].decode()
    assert digest == made.statement.key
    made.path.write_bytes(made.raw.replace(b'"events":1', b'"events":2'))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_the_key_is_made_once_and_is_its_owners_alone(settings):
    one, two = signing.public_pem(), signing.public_pem()
    assert one == two
    path = settings.LEDGER_KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(signing.KeyProblem, match="can be read by others"):
        signing.private_key()
    path.chmod(0o600)
    path.write_text("no key")
    with pytest.raises(signing.KeyProblem, match="no private key"):
        signing.private_key()


def test_the_hourly_job_writes_one_an_hour_however_many_ring():
    act("policy")
    at = clock.now()
    assert writing.write_due(at) == 1
    assert writing.write_due(at + timedelta(minutes=20)) == 0
    assert writing.write_due(at + timedelta(minutes=59)) == 2


def test_a_checkpoint_that_cannot_be_written_leaves_no_event(settings, tmp_path):
    act("policy")
    (tmp_path / "file").write_text("")
    settings.LEDGER_DIR = tmp_path / "file"
    with pytest.raises(OSError, match="Not a directory"):
        writing.write(clock.now())
    assert not Event.objects.filter(action="system.checkpoint_written").exists()


def test_a_new_key_goes_on_in_the_row_and_the_old_one_still_counts(settings):
    act("policy")
    writing.write(clock.now())
    settings.LEDGER_KEY_FILE = settings.LEDGER_KEY_FILE.with_name("second.pem")
    writing.write(clock.now())
    report = ledger.examine()
    assert report.whole and "signed by 2 keys" in report.notes[0]
    one = ledger.examine(keys=[signing.load_public(signing.public_pem())])
    assert [(b.stream, b.number, b.kind) for b in one.breaks] == [("checkpoints", 1, "checkpoint")]


def changed(path):
    path.write_bytes(path.read_bytes().replace(b"account:2", b"account:3"))


WRONG = {
    "a statement": (lambda made: made[1].path.write_bytes(made[1].raw.replace(b'"streams":', b'"streams":1')), 2, "its signature is not"),
    "the heads": (lambda made: changed(made[0].path.with_suffix(".heads")), 1, "its heads are not"),
    "a signature": (lambda made: shutil.copy(made[0].path.with_suffix(".sig"), made[1].path.with_suffix(".sig")), 2, "its signature is not"),
    "one exchanged for another": (
        lambda made: [shutil.copy(made[0].path.with_suffix(e), made[1].path.with_suffix(e)) for e in (".json", ".sig", ".heads")], 2, "says it is number 1"),
    "one taken out": (lambda made: made[1].path.unlink(), 3, "the one before is not there"),
    "the last one taken out": (lambda made: made[2].path.unlink(), 3, "its file is not there"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_falsified_row_of_checkpoints_is_named(what):
    made = []
    for _ in range(3):
        act("account:2")
        made.append(writing.write(clock.now()))
    falsify, number, words = WRONG[what]
    falsify(made)
    breaks = ledger.verify()
    assert any(b.stream == "checkpoints" and b.number == number and b.kind == "checkpoint" and words in b.why for b in breaks), breaks


def test_a_checkpoint_kept_elsewhere_and_a_key_one_trusts_are_enough(tmp_path):
    act("account:2")
    made = writing.write(clock.now())
    kept, key = tmp_path / "kept", signing.load_public(signing.public_pem())
    shutil.copytree(made.path.parent, kept)
    shutil.rmtree(made.path.parent)
    act("account:2")
    assert ledger.examine(against=kept / "00000001.json", keys=[key]).breaks == []
    stranger = signing.load_public(_other_key(tmp_path))
    assert ledger.examine(against=kept / "00000001.json", keys=[stranger]).breaks[0].kind == "checkpoint"


def _other_key(tmp_path):
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "other.pem"], check=True)
    return subprocess.run(["openssl", "pkey", "-in", tmp_path / "other.pem", "-pubout"], capture_output=True, check=True).stdout


def test_the_auditor_gets_a_copy_that_verifies_alone(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.LEDGER_AUDITOR_EMAIL = "auditor@example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    act("policy")
    with django_capture_on_commit_callbacks(execute=True):
        made = writing.write(clock.now())
    (sent,) = mail.outbox
    assert sent.to == ["auditor@example.org"] and made.statement.root in sent.body
    attached = {name: content for name, content, _ in sent.attachments}
    key = signing.load_public(next(content for name, content in attached.items() if name.startswith("public")))
    assert signing.signed_by(key, attached["00000001.json"], attached["00000001.sig"])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_two_checkpoints_in_a_row_and_writers_of_events_go_on():
    act("policy")
    errors = []

    def work(job):
        try:
            for _ in range(10):
                job()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    jobs = [lambda: writing.write(clock.now())] * 2 + [lambda: act("account:1", "account:2"), lambda: act("account:2", "account:3")]
    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert ledger.verify() == []  # in the middle of it all
    assert errors == []
    found = files.in_folder(files.folder_of(LedgerState.objects.get().ledger_id))
    assert [one.number for one in found] == list(range(1, 21))
    assert ledger.verify() == []
