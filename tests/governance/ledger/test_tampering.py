"""Fifty falsifications by the owner of the database, each found and named; and none found where there is none."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from governance import clock, guards, ledger
from governance.audit import Entry, account_stream, record
from governance.checkpoints import writing
from governance.models import Event, User
from tests.factories import make_user
from tests.governance.ledger.tampering import EVENTS, FIRST, ON_POSTGRESQL, OTHER, SECOND, WAYS, S, guards_off, sql

pytestmark = pytest.mark.django_db

STREAMS = ("account:1", "account:10", "account:2", S, OTHER, "policy", "rights")


def write(number: int, by: User | None = None) -> None:
    """One more event in every stream, each in an act of its own."""
    for stream in STREAMS:
        with transaction.atomic():
            record([Entry(stream, "hold.put", "hold", number, {"n": number})], by=by, at=clock.now())


@pytest.fixture
def ledger_dir(settings, tmp_path):
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "checkpoints", tmp_path / "key.pem"
    return settings.LEDGER_DIR


@pytest.fixture
def written(ledger_dir):
    person = make_user()
    for number in range(1, EVENTS + 1):
        write(number, by=person if number % 2 == 0 else None)
        if number in (FIRST, SECOND):
            writing.write(clock.now())
    assert ledger.verify() == []


def test_there_are_fifty_ways_of_eight_kinds():
    assert len(WAYS) >= 50 and len({way.name for way in WAYS}) == len(WAYS)
    kinds = {way.kind for way in (*WAYS, *ON_POSTGRESQL)}
    assert kinds == {"edited", "deleted", "inserted", "reordered", "restamped", "truncated", "removed", "head"}


def found(way):
    """Falsify in a savepoint, verify, undo."""
    with transaction.atomic():
        with guards_off():
            way.do()
        breaks = ledger.verify()
        transaction.set_rollback(True)
    return breaks


@pytest.mark.parametrize("way", [*WAYS, *ON_POSTGRESQL], ids=lambda way: f"{way.kind}: {way.name}")
def test_it_is_found_where_it_was_done_and_nowhere_else(way, written):
    if way in ON_POSTGRESQL and connection.vendor != "postgresql":
        pytest.skip("SQLite cannot drop the constraint that forbids this")
    breaks = found(way)
    assert (way.kind, way.stream, way.number) in [(b.kind, b.stream, b.number) for b in breaks], breaks
    touched = {way.stream} | ({OTHER} if "another stream" in way.name else set())
    assert {b.stream for b in breaks} <= touched, breaks
    assert ledger.verify() == []


@pytest.mark.postgres
def test_a_trigger_disabled_on_the_table_is_no_help(written):
    with transaction.atomic():
        sql("ALTER TABLE governance_event DISABLE TRIGGER ALL")
        sql("UPDATE governance_event SET actor_id = 4711 WHERE stream = %s AND number = 3", S)
        sql("ALTER TABLE governance_event ENABLE TRIGGER ALL")
        assert [(b.stream, b.number, b.kind) for b in ledger.verify()] == [(S, 3, "edited")]
        transaction.set_rollback(True)


def test_several_at_once_are_each_named(written):
    with transaction.atomic():
        with guards_off():
            sql("UPDATE governance_event SET data = '{}' WHERE stream = 'policy' AND number = 2")
            sql("DELETE FROM governance_event WHERE stream = 'rights' AND number = 7")
            sql("DELETE FROM governance_event WHERE stream = %s", S)
        broken = {(b.stream, b.number, b.kind) for b in ledger.verify()}
        transaction.set_rollback(True)
    assert broken == {("policy", 2, "edited"), ("rights", 7, "deleted"), (S, EVENTS, "removed")}


def test_the_words_say_which_checkpoint_names_what_is_gone(written):
    cut, invented = (next(way for way in WAYS if way.name == name) for name in ("the tail with its head row", "an edit between the checkpoints"))
    (broken,) = found(cut)
    assert broken.why == "events are missing at the end: 10; checkpoint 2 names event 10"
    (broken,) = found(invented)
    assert "rewritten after event 6" in broken.why and "checkpoint 2" in broken.why


def test_a_rewrite_that_a_later_checkpoint_covers_is_still_seen_through_the_earlier_one(written):
    way = next(way for way in WAYS if way.name == "an edit before the first checkpoint")
    with transaction.atomic():
        with guards_off():
            way.do()
        writing.write(clock.now())
        breaks = ledger.verify()
        transaction.set_rollback(True)
    assert (S, FIRST, "restamped") in [(b.stream, b.number, b.kind) for b in breaks]


def test_what_the_chain_alone_cannot_see_is_said(ledger_dir):
    write(1)
    report = ledger.examine()
    assert report.whole and "cannot be seen" in report.notes[0]


@pytest.mark.slow
def test_a_hundred_thousand_events_raise_no_false_alarm(ledger_dir):
    for part in range(100):
        with transaction.atomic():
            entries = [
                Entry(account_stream((part * 37 + n * 11) % 3_000), "hold.put", "hold", n, {"é": f"“{n}”", "part": part, "none": None})
                for n in range(1_000)
            ]
            record(entries, by=None, at=clock.now())
        if part % 20 == 7:
            writing.write(clock.now())
    report = ledger.examine()
    assert report.breaks == [] and report.count == 0 and report.notes == []
    assert report.events == Event.objects.count() >= 100_000 and report.checkpoints == 5


# the command ---------------------------------------------------------------------------------------------------------------
def run(*args):
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("verify_ledger", *args, stdout=out, stderr=err)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue(), err.getvalue()


def test_the_command_ends_with_0_when_whole_1_when_broken_2_when_it_cannot_be_read(written, ledger_dir):
    code, out, _ = run()
    assert code == 0 and "The record is whole" in out and "2 checkpoints" in out
    with transaction.atomic():
        with guards_off():
            sql("UPDATE governance_event SET data = '{}' WHERE stream = %s AND number = 4", S)
        code, out, _ = run()
        assert code == 1 and f"{S} #4 [edited]: was changed after it was written" in out and "BROKEN in 1 places" in out
        code, out, _ = run("--json")
        told = json.loads(out)
        assert code == 1 and told["ok"] is False and told["breaks"][0]["stream"] == S and told["breaks"][0]["number"] == 4
        transaction.set_rollback(True)
    code, _, err = run("--against", str(ledger_dir / "00000001.json"))
    assert code == 2 and "Cannot be verified" in err
    code, out, _ = run("--json", "--since", "yesterday")
    assert code == 2 and json.loads(out)["ok"] is False


def test_since_reads_only_what_came_after_and_finds_what_was_done_there(written, ledger_dir):
    after = clock.now().isoformat()
    code, out, _ = run("--json", "--since", after)
    told = json.loads(out)
    # Three more in each stream since checkpoint 2, and its own event.
    assert code == 0 and told["events"] == len(STREAMS) * (EVENTS - SECOND) + 1
    for number, expected in ((SECOND + 2, 1), (2, 0)):
        with transaction.atomic():
            with guards_off():
                sql("UPDATE governance_event SET actor_id = 4711 WHERE stream = %s AND number = %s", S, number)
            assert run("--since", after)[0] == expected
            transaction.set_rollback(True)
    with transaction.atomic():
        with guards_off():
            sql("DELETE FROM governance_event WHERE stream = %s AND number > %s", S, SECOND)
        code, out, _ = run("--since", after)
        assert code == 1 and f"{S} #{SECOND + 1} [truncated]" in out
        transaction.set_rollback(True)
    assert run("--since", "2001-01-01")[0] == 2


def test_the_guards_stand_again_after_all_this(written):
    assert guards.missing(connection) == []
