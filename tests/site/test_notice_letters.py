"""Letters and the channel: sent once over a real conversation, tried again when refused, quiet when asked to be, and never with a customer in them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from collections_site.notices import job, letters, quiet, sending, telling
from drafts.review import pause_sending, stop
from governance.models import Notice, NoticePreference, Posting, Quarantine, Told
from tests.drafts.delivery.smtp_server import MailServer
from tests.drafts.scene import Desk, routine_case
from tests.factories import AS_OF, make_account, make_invoice, make_signal, make_user
from tests.site.channel import Channel
from tests.site.notices import CUSTOMER, stopped_message, taken, told, wants_no_quiet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
KINDS = Notice.Kind


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def mail():
    with MailServer() as server:
        yield server


@pytest.fixture
def channel():
    with Channel() as found:
        yield found


@pytest.fixture
def live(settings, mail, channel):
    """An installation whose letters and messages leave. To be switched on once the scene stands: a scene is a demo's."""

    def switch() -> None:
        settings.EMAIL_URL, settings.DEMO_MODE, settings.PUBLIC_URL = mail.url, False, "https://desk.example"
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", mail.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.NOTICE_WEBHOOK_URL, settings.NOTICE_WEBHOOK_QUIET = channel.url, ""

    return switch


def test_letter_and_channel_say_it_once_and_name_no_customer_amount_or_word(desk, live, mail, channel, settings):
    stopped_message(desk)
    wants_no_quiet(desk.reviewer)
    live()
    settings.NOTICE_TIME_ZONE = "Europe/Berlin"
    for _ in range(3):
        job.run_due(AS_OF)
    assert [to for to, _, _ in taken(mail)] == [desk.reviewer.email]
    assert len(channel.said) == 1
    for text in (taken(mail)[0][1] + taken(mail)[0][2], channel.said[0]):
        assert "stopped before sending" in text
        assert "https://desk.example/admin/drafts/followup/" in text
        assert not [word for word in (CUSTOMER, "Zzcustomer", "EUR", "INV", "telephoned") if word in text]
    assert set(Posting.objects.values_list("state", flat=True)) == {"sent"}


def test_forty_stopped_messages_are_one_letter(desk, live, mail):
    for number in range(3):
        case = routine_case(desk, external_id=f"many-{number}")
        stop(case.approve().pk, "wrong balances", by=desk.finance, at=AS_OF)
    wants_no_quiet(desk.reviewer)
    live()
    job.run_due(AS_OF)
    assert [subject for _, subject, _ in taken(mail)] == ["3 messages were stopped before sending"]
    assert Told.objects.filter(person=desk.reviewer).count() == 3


def test_a_channel_that_fails_or_does_not_answer_is_asked_again_later_and_then_once(desk, live, channel, monkeypatch, caplog):
    stopped_message(desk)
    live()
    channel.status = 500
    job.run_due(AS_OF)
    row = Posting.objects.get(channel="webhook")
    assert (row.state, row.error, row.attempts) == ("waiting", "HTTP 500", 1)
    channel.status, channel.seconds = 200, 1.0
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.2)
    assert sending.send_due(AS_OF + timedelta(seconds=30)) == 0
    assert channel.asked == 1
    sending.send_due(AS_OF + timedelta(minutes=2))
    row.refresh_from_db()
    assert (row.state, row.error, row.attempts) == ("waiting", "ReadTimeout", 2)
    channel.seconds, channel.said = 0.0, []
    later = AS_OF + timedelta(minutes=8)
    assert [sending.send_due(later), sending.send_due(later)] == [1, 0]
    assert len(channel.said) == 1
    assert "SECRET" not in caplog.text


def test_a_redirect_is_not_followed(desk, live, channel):
    stopped_message(desk)
    live()
    channel.status = 307
    job.run_due(AS_OF)
    assert (channel.asked, Posting.objects.get(channel="webhook").error) == (1, "HTTP 307")


def test_a_letter_the_mail_server_refused_is_tried_again_and_given_up_when_it_is_of_no_use(desk, live, mail):
    stopped_message(desk)
    wants_no_quiet(desk.reviewer)
    live()
    mail.box.answers["DATA"] = "451 not now"
    job.run_due(AS_OF)
    row = Posting.objects.get(channel="mail")
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.error
    del mail.box.answers["DATA"]
    sending.send_due(AS_OF + timedelta(minutes=2))
    assert len(taken(mail)) == 1
    Posting.objects.filter(pk=row.pk).update(state="waiting", lease_until=None)
    sending.send_due(AS_OF + timedelta(days=2))
    row.refresh_from_db()
    assert (row.state, len(taken(mail))) == ("dropped", 1)


def test_what_is_claimed_is_taken_by_nobody_else_until_its_lease_is_over(desk, live, channel):
    stopped_message(desk)
    live()
    telling.tell_due(AS_OF)
    row = Posting.objects.get(channel="webhook")
    assert [sending._claimed(row.pk, AS_OF), sending._claimed(row.pk, AS_OF)] == [True, False]
    sending.send_due(AS_OF + timedelta(minutes=1))
    assert channel.asked == 0
    sending.send_due(AS_OF + timedelta(minutes=6))
    assert len(channel.said) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_and_send_each_thing_once(desk, live, mail, channel):
    for number in range(5):
        case = routine_case(desk, external_id=f"both-{number}")
        stop(case.approve().pk, "wrong balances", by=desk.finance, at=AS_OF)
    pause_sending("wrong balances", by=desk.finance, at=AS_OF)
    wants_no_quiet(desk.reviewer)
    live()
    channel.seconds = 0.3

    def work(barrier=threading.Barrier(2)):
        barrier.wait()
        job.run_due(AS_OF)
        job.run_due(AS_OF)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    job.run_due(AS_OF)
    assert Notice.objects.count() == 6
    assert Told.objects.filter(person=desk.reviewer).count() == 6
    sent = Posting.objects.filter(state="sent")
    assert sent.count() == Posting.objects.count()
    assert len(channel.said) == sent.filter(channel="webhook").count()
    assert sorted(to for to, _, _ in taken(mail)) == sorted(sent.filter(channel="mail").values_list("person__email", flat=True))


def test_letters_wait_for_the_end_of_the_quiet_hours_where_the_reader_is(desk, live, mail):
    stopped_message(desk)
    NoticePreference.objects.create(person=desk.reviewer, quiet_from=time(0), quiet_until=time(23))
    live()
    job.run_due(AS_OF)
    assert (taken(mail), told(desk.reviewer)) == ([], [KINDS.STOPPED])
    ends = Posting.objects.get(channel="mail").not_before
    assert ends.time() == time(23)
    sending.send_due(ends)
    assert len(taken(mail)) == 1


@pytest.mark.parametrize(
    ("at", "ends"),
    [("2026-05-12T16:59", ""), ("2026-05-12T17:00", "2026-05-13T05:30"), ("2026-05-12T23:30", "2026-05-13T05:30"), ("2026-05-13T05:29", "2026-05-13T05:30"), ("2026-05-13T05:30", "")],
)
def test_quiet_hours_go_over_midnight_in_the_zone_of_the_person(at, ends):
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    found = quiet.ends(moment, "Europe/Berlin", time(19), time(7, 30))
    assert found == (datetime.fromisoformat(ends).replace(tzinfo=UTC) if ends else moment)


def test_who_wants_no_letters_gets_none_and_still_finds_the_list(desk, live, mail, signed_in):
    stopped_message(desk)
    client = signed_in(desk.reviewer)
    page = client.get(reverse("admin:preferences")).content.decode()
    assert 'name="mail_at_once" checked' in page
    client.post(reverse("admin:preferences"), {"density": "compact", "notices": "1", "quiet_from": "00:00", "quiet_until": "later"})
    row = NoticePreference.objects.get()
    assert (row.mail_at_once, row.mail_morning, row.mail_ageing, row.quiet_from, row.quiet_until) == (False, False, False, time(0), time(7, 30))
    live()
    job.run_due(AS_OF)
    assert (taken(mail), told(desk.reviewer)) == ([], [KINDS.STOPPED])


def test_in_the_morning_one_letter_says_what_waits_and_who_has_nothing_gets_none(desk, live, mail):
    case = routine_case(desk, name=CUSTOMER)
    make_signal(case.account, invoice=case.invoices[0])
    idle = make_user("leadership")
    person = desk.reviewer
    type(person).objects.filter(pk=person.pk).update(time_zone="Asia/Tokyo")
    live()
    morning = datetime.combine(AS_OF.date() + timedelta(days=1), time(23, 30), UTC)  # 08:30 in Tokyo
    job.run_due(morning - timedelta(minutes=1))
    assert taken(mail) == []
    for minutes in (0, 1, 40):
        job.run_due(morning + timedelta(minutes=minutes))
    assert [to for to, _, _ in taken(mail)] == [person.email]
    _, subject, text = taken(mail)[0]
    assert subject.startswith("1 draft waits for you")
    assert "1 with a dispute signal" in text
    assert "https://desk.example/admin/drafts/followup/" in text
    assert not [word for word in (CUSTOMER, "EUR", "INV") if word in subject + text]
    assert not Posting.objects.filter(person=idle, state="sent").exists()


def test_nothing_is_written_at_weekends_or_after_noon(desk, live):
    routine_case(desk)
    person = desk.reviewer
    live()
    saturday = AS_OF + timedelta(days=(5 - AS_OF.weekday()) % 7)
    assert letters.write_due(saturday.replace(hour=9)) == 0
    monday = saturday + timedelta(days=2)
    assert letters.write_due(monday.replace(hour=12, minute=0)) == 0
    tuesday = monday + timedelta(days=1)
    assert letters.write_due(tuesday.replace(hour=9)) == 1
    assert list(Posting.objects.filter(state="waiting").values_list("person", flat=True)) == [person.pk]


def test_on_mondays_account_owners_read_how_old_their_balances_are_and_never_one_customers(desk, live, mail):
    for number in range(5):
        make_invoice(make_account(desk.portfolio, name=f"{CUSTOMER} {number}"), days_overdue=40, amount_minor=10_000, balance_minor=10_000)
    make_invoice(make_account(desk.portfolio, name=CUSTOMER), days_overdue=5, amount_minor=77_700, balance_minor=77_700, currency="CHF")
    owner, reviewer, elsewhere = desk.owner, desk.reviewer, Desk().owner
    live()
    monday = (AS_OF + timedelta(days=(0 - AS_OF.weekday()) % 7)).replace(hour=9)
    for days in (0, 0, 1):
        job.run_due(monday + timedelta(days=days))
    found = [(to, text) for to, subject, text in taken(mail) if subject.startswith("Ageing of week ")]
    assert [to for to, _ in found] == [owner.email]
    text = found[0][1]
    assert "EUR, 5 accounts, EUR 500.00" in text
    assert "CHF: fewer than 5 accounts" in text
    assert CUSTOMER not in text
    assert "777" not in text
    assert reviewer and elsewhere


def test_nothing_leaves_a_demo_a_restored_copy_or_an_installation_without_servers(desk, live, mail, channel, settings):
    stopped_message(desk)
    settings.EMAIL_URL, settings.NOTICE_WEBHOOK_URL = mail.url, channel.url
    job.run_due(AS_OF)
    assert (Posting.objects.count(), told(desk.reviewer)) == (0, [KINDS.STOPPED])
    wants_no_quiet(desk.reviewer)
    live()
    Notice.objects.all().delete()
    Quarantine.objects.create(cause="behind", words="restored", found_at=AS_OF)
    job.run_due(AS_OF)
    assert (mail.box.taken, channel.asked, Posting.objects.filter(state="waiting").count()) == ([], 0, 2)
    Quarantine.objects.update(lifted_at=AS_OF, lifted_by=desk.finance, lift_reason="it is the live one")
    Posting.objects.all().delete()
    Notice.objects.all().delete()
    settings.EMAIL_URL = settings.NOTICE_WEBHOOK_URL = ""
    job.run_due(AS_OF)
    assert not Posting.objects.exists()
