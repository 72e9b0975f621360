"""A database that is not the one the checkpoints speak of sends nothing until a person lifts the quarantine."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from drafts import states
from drafts.delivery import handover, outbox
from governance import clock, ledger, quarantine
from governance.audit import Entry, record
from governance.checkpoints import files, watching, writing
from governance.models import Event, LedgerState, Quarantine
from tests.drafts.delivery.smtp_server import MailServer
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.factories import make_user
from tests.governance.ledger.tampering import guards_off, sql
from tests.reading import text_of
from tests.site.conftest import client_of

pytestmark = pytest.mark.django_db

LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def ledger_dir(settings, tmp_path):
    settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "checkpoints", tmp_path / "key.pem"
    return settings.LEDGER_DIR


def act(stream="account:1"):
    with transaction.atomic():
        record([Entry(stream, "hold.put", "hold", 1)], by=None, at=clock.now())


def causes():
    return [row.cause for row in quarantine.standing()]


def back_to(event_id):
    """The rows as a backup of an earlier moment has them."""
    with guards_off():
        sql("DELETE FROM governance_event WHERE id > %s", event_id)
        for stream in list(Event.objects.values_list("stream", flat=True).distinct()):
            last = Event.objects.filter(stream=stream).latest("number")
            sql("UPDATE governance_streamhead SET number = %s, hash = %s WHERE stream = %s", last.number, last.hash, stream)
        sql("DELETE FROM governance_streamhead WHERE stream NOT IN (SELECT stream FROM governance_event)")


def test_an_installation_without_checkpoints_sends():
    assert watching.refusal(clock.now()) == ""


def test_the_usual_look_writes_nothing_and_asks_little(django_assert_max_num_queries):
    act()
    writing.write(clock.now())
    before = Event.objects.count()
    with django_assert_max_num_queries(5):
        assert watching.refusal(clock.now()) == ""
    assert Event.objects.count() == before


def test_a_ledger_behind_its_newest_checkpoint_is_refused_and_stays_so_until_lifted():
    act()
    writing.write(clock.now())
    backup = Event.objects.latest("pk").pk
    act()
    act("account:2")
    writing.write(clock.now())
    back_to(backup)
    assert "behind" in watching.refusal(clock.now()) and causes() == ["behind"]
    assert watching.refusal(clock.now()) and Quarantine.objects.count() == 1  # once
    act()
    writing.write(clock.now())
    assert causes() == ["behind"], [r.words for r in quarantine.standing()]
    assert {(b.stream, b.kind) for b in ledger.verify()} >= {("account:2", "removed")}
    person = make_user("finance_approver")
    assert quarantine.lift("looked", by=person, at=clock.now())
    assert watching.refusal(clock.now()) == ""
    report = ledger.examine()
    assert report.breaks == [] and "restore that a person accepted" in report.notes[0]


def test_a_lifted_restore_excuses_nothing_that_was_done_before_it():
    for _ in range(4):
        act()
    writing.write(clock.now())
    backup = Event.objects.latest("pk").pk
    act()
    writing.write(clock.now())
    back_to(backup)
    watching.refusal(clock.now())
    quarantine.lift("looked", by=make_user("finance_approver"), at=clock.now())
    assert ledger.verify() == []
    with guards_off():
        sql("UPDATE governance_event SET actor_id = 4711 WHERE stream = 'account:1' AND number = 2")
    assert [(b.stream, b.number, b.kind) for b in ledger.verify()] == [("account:1", 2, "edited")]


def test_a_tail_that_was_cut_is_no_restore_and_no_lift_makes_it_one():
    for _ in range(4):
        act()
    writing.write(clock.now())
    with guards_off():
        sql("DELETE FROM governance_event WHERE stream = 'account:1' AND number > 2")
        last = Event.objects.get(stream="account:1", number=2)
        sql("UPDATE governance_streamhead SET number = 2, hash = %s WHERE stream = 'account:1'", last.hash)
    assert watching.refusal(clock.now()) == ""  # the hourly checkpoint looks at every stream
    writing.write(clock.now())
    assert causes() == ["mismatch"]
    quarantine.lift("looked", by=make_user("finance_approver"), at=clock.now())
    assert [(b.stream, b.number, b.kind) for b in ledger.verify()] == [("account:1", 3, "truncated")]


def test_an_event_that_was_rewritten_is_seen_by_the_next_checkpoint():
    act()
    writing.write(clock.now())
    with guards_off():
        sql("UPDATE governance_event SET hash = %s WHERE stream = 'account:1'", "d" * 64)
    act()
    writing.write(clock.now())
    assert causes() == ["mismatch"]


def test_a_missing_file_and_an_exchanged_one_are_noticed(ledger_dir):
    act()
    made = writing.write(clock.now())
    assert watching.refusal(clock.now()) == ""
    shutil.move(made.path.parent, ledger_dir / "elsewhere")
    assert "its file is not where checkpoints are kept" in watching.refusal(clock.now())
    assert causes() == ["missing"]
    quarantine.lift("the disk was new; the old files are at the auditor's", by=make_user("system_admin"), at=clock.now())
    assert watching.refusal(clock.now()) == ""
    last = files.newest(made.path.parent)
    last.path.write_bytes(last.raw.replace(b'"events":', b'"events":1'))
    assert watching.refusal(clock.now()) and causes() == ["mismatch"]


def test_a_worker_that_died_between_file_and_record_is_no_restore():
    act()
    backup = Event.objects.latest("pk").pk
    writing.write(clock.now())
    back_to(backup)  # only the event of the checkpoint itself is not there
    assert watching.refusal(clock.now()) == ""
    assert causes() == [] and ledger.verify() == []


def test_checkpoints_that_cannot_be_read_stop_sending_only_as_long_as_that_lasts(ledger_dir):
    act()
    made = writing.write(clock.now())
    kept = made.path.read_bytes()
    made.path.write_bytes(b"not json")
    assert "cannot be asked" in watching.refusal(clock.now())
    made.path.write_bytes(kept)
    assert watching.refusal(clock.now()) == "" and causes() == []


@pytest.mark.postgres
def test_another_database_under_the_same_ledger_is_a_restore_until_lifted_once():
    assert watching.refusal(clock.now()) == ""
    identity = LedgerState.objects.get().database
    assert identity.count(":") == 3
    LedgerState.objects.update(database=identity.replace(":", ":7", 1))
    assert "another database" in watching.refusal(clock.now()) and causes() == ["moved"]
    quarantine.lift("moved to a larger server, nothing lost", by=make_user("system_admin"), at=clock.now())
    assert watching.refusal(clock.now()) == ""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE governance_event")
    assert watching.refusal(clock.now()) == ""


def test_lifting_needs_the_right_and_a_reason():
    quarantine.begin("behind", "words", checkpoint=1, at=clock.now())
    with pytest.raises(Exception, match="your role"):
        quarantine.lift("looked", by=make_user("reviewer"), at=clock.now())
    person = make_user("finance_approver")
    with pytest.raises(quarantine.NothingToLift, match="say what you looked at"):
        quarantine.lift("  ", by=person, at=clock.now())
    quarantine.lift("looked", by=person, at=clock.now())
    with pytest.raises(quarantine.NothingToLift, match="no quarantine"):
        quarantine.lift("looked", by=person, at=clock.now())
    event = Event.objects.get(action="system.quarantine_lifted")
    assert event.actor_id == person.pk and "looked" not in event.data


def test_nothing_is_handed_over_meanwhile_and_nothing_is_lost(settings):
    stop_clock(settings)
    case = routine_case()
    delivery = case.approve()
    with MailServer() as server:
        settings.MAIL_TRANSPORT, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp", "127.0.0.1", server.port
        stop_clock(settings, LEAVES + timedelta(minutes=1))
        quarantine.begin("behind", "words", checkpoint=1, at=AS_OF)
        assert handover.deliver_due() == {} and handover.deliver_one(delivery.pk) == "quarantined"
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts, server.box.taken) == (states.SCHEDULED, 0, [])
        quarantine.lift("looked", by=case.desk.finance, at=clock.now())
        assert handover.deliver_due() == {"accepted": 1}
        assert len(server.box.taken) == 1


def test_a_restore_between_two_checkpoints_is_known_by_the_last_hand_over(settings, ledger_dir):
    stop_clock(settings)
    settings.MAIL_TRANSPORT = "outbox"
    cases = [routine_case() for _ in range(2)]
    deliveries = [case.approve() for case in cases]
    writing.write(AS_OF)
    backup = Event.objects.latest("pk").pk
    stop_clock(settings, LEAVES + timedelta(minutes=1))
    assert [handover.deliver_one(delivery.pk) for delivery in deliveries] == ["accepted", "accepted"]
    (file,) = ledger_dir.glob("*/handed-over")
    assert len(file.read_text().splitlines()) == 2
    assert watching.refusal(clock.now()) == ""
    back_to(backup)
    assert "this database does not know of it" in watching.refusal(clock.now()) and causes() == ["behind"]
    quarantine.lift("looked", by=cases[0].desk.finance, at=clock.now())
    assert watching.refusal(clock.now()) == "" and ledger.verify() == []


def test_a_line_cut_short_by_a_crash_is_no_hand_over(settings, ledger_dir):
    act()
    writing.write(clock.now())
    (folder,) = ledger_dir.iterdir()
    (folder / "handed-over").write_text('["account:1",1')
    assert watching.refusal(clock.now()) == ""


def test_a_hand_over_that_cannot_be_written_down_does_not_happen(settings, ledger_dir):
    stop_clock(settings)
    delivery = routine_case().approve()
    writing.write(AS_OF)
    (folder,) = ledger_dir.iterdir()
    (folder / "handed-over").mkdir()
    stop_clock(settings, LEAVES + timedelta(minutes=1))
    claim = outbox.claim(clock.now(), "w")
    sent = []

    class Line:
        connect = close = staticmethod(lambda: None)
        send = staticmethod(lambda *parcel: sent.append(parcel))

    assert handover._deliver(claim, Line(), None) == states.FAILED_TEMPORARY
    delivery.refresh_from_db()
    assert delivery.state == states.FAILED_TEMPORARY and "could not be written down" in delivery.last_error and sent == []


def test_one_that_begins_while_a_message_is_claimed_puts_it_back(settings):
    stop_clock(settings)
    delivery = routine_case().approve()
    claim = outbox.claim(LEAVES, "w")
    quarantine.begin("behind", "words", checkpoint=1, at=AS_OF)
    assert handover.begin(claim, at=LEAVES) is None
    delivery.refresh_from_db()
    assert delivery.state == states.SCHEDULED and delivery.stop_code == ""


def test_the_screens_say_so_and_the_right_person_lifts_it_there(settings):
    stop_clock(settings)
    case = routine_case()
    case.approve()
    outgoing = reverse("admin:outgoing")
    reader, finance = client_of(case.desk.reviewer), client_of(case.desk.finance)
    assert "restored" not in text_of(reader.get(outgoing))
    quarantine.begin("behind", "Beside checkpoint 7: 3 streams are behind it.", checkpoint=7, at=AS_OF)
    shown = reader.get(outgoing)
    assert "Nothing is sent" in text_of(shown) and "waits: nothing is sent now" in text_of(shown)
    # Which streams, of whatever portfolio, is for those who may lift it or read everything.
    assert "3 streams are behind it" not in text_of(shown) and "3 streams are behind it" in text_of(finance.get(outgoing))
    assert reverse("admin:lift_quarantine") not in shown.content.decode()
    assert "Nothing is sent since" in text_of(reader.get(reverse("admin:index")))
    reader.post(reverse("admin:lift_quarantine"), {"reason": "because"})
    finance.post(reverse("admin:lift_quarantine"), {"reason": " "})
    assert causes() == ["behind"]
    assert finance.get(reverse("admin:lift_quarantine")).status_code == 405
    finance.post(reverse("admin:lift_quarantine"), {"reason": "compared with the mail server"})
    assert causes() == [] and Quarantine.objects.get().lifted_by == case.desk.finance
    assert "restored" not in text_of(reader.get(outgoing))


def test_the_health_page_tells_signed_in_people_why(client):
    quarantine.begin("behind", "words", checkpoint=7, at=AS_OF)
    assert client.get("/readyz").json() == {"ok": True}
    told = client_of(make_user("system_admin")).get("/readyz").json()
    assert told["ok"] is True and told["quarantine"][0]["cause"] == "behind"
