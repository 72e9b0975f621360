"""The weekly letter: the numbers of the page, to who leads and nobody else, once, over a real mail conversation."""

import email
import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from collections_site.measures import digest
from governance import clock
from governance.metrics.asking import EVERYTHING, reach_of
from governance.models import Digest, Event
from tests.drafts.delivery.smtp_server import MailServer
from tests.factories import make_account, make_portfolio, make_user
from tests.site.test_measures import history

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


@pytest.fixture
def mail(settings):
    """A mail server of this machine, set as the installation's."""
    with MailServer() as server:
        settings.EMAIL_URL, settings.DEMO_MODE, settings.PUBLIC_URL = server.url, False, "https://desk.example"
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def wednesday():
    """The middle of this week, whatever day it is: a demo's clock stands still, the mail server's installation has none."""
    now = clock.now()
    return now + timedelta(days=2 - now.weekday())


def bodies(raw):
    """Text, page and pictures of one letter."""
    parts = list(email.message_from_bytes(raw).walk())
    of = lambda kind: [p for p in parts if p.get_content_type() == kind]  # noqa: E731
    return of("text/plain")[0].get_payload(decode=True).decode(), of("text/html")[0].get_payload(decode=True).decode(), of("image/png")


def test_who_leads_gets_one_letter_a_week_and_a_second_run_sends_nothing(mail):
    history()
    leader = make_user("leadership")
    make_user("reviewer")
    make_user("leadership", email="")
    now = wednesday()
    assert digest.send_due(now) == 1
    assert [to for _, to, _ in mail.box.taken] == [[leader.email]]
    assert digest.send_due(now) == 0
    assert digest.send_due(now + timedelta(hours=30)) == 0
    assert len(mail.box.taken) == 1
    row = Digest.objects.get()
    assert (row.week, row.person_id, row.sent_at, row.error) == (digest.week_name(digest.week_before(now)), leader.pk, now, "")
    assert Event.objects.filter(action="digest.sent", subject_id=leader.pk).count() == 1
    assert digest.send_due(now + timedelta(days=7)) == 1


def test_the_letter_says_the_numbers_of_the_page_with_charts_and_no_customer(mail, signed_in):
    history()
    account = make_account(name="Northwind Bearings GmbH")
    leader = make_user("leadership")
    digest.send_due(wednesday())
    text, page, pictures = bodies(mail.box.taken[0][2])
    address = next(line for line in text.splitlines() if "The same numbers" in line).split("https://desk.example")[1]
    shown = signed_in(leader).get(address).content.decode()
    tiles = [line.strip() for line in text[text.index("IN SHORT") :].splitlines() if " = " in line and "%" in line][:4]
    assert tiles
    for line in tiles:
        assert line.split(" (95")[0] in shown, line
        assert line.split(" (95")[0] in page
    assert pictures
    assert all(part.get_payload(decode=True).startswith(b"\x89PNG") for part in pictures)
    assert all(f"cid:{part['Content-ID'].strip('<>')}" in page for part in pictures)
    assert account.name not in text + page
    assert "EUR" not in text
    assert email.message_from_bytes(mail.box.taken[0][2])["Auto-Submitted"] == "auto-generated"


def test_each_reads_of_the_own_portfolios_only(mail):
    history()
    mine = make_portfolio(pk=99)
    everything, one = make_user("leadership"), make_user("leadership", mine)
    monday = digest.week_before(clock.now())
    assert "0 drafts" in digest.letter(monday, reach_of(one), clock.now()).text
    assert "0 drafts" not in digest.letter(monday, reach_of(everything), clock.now()).text


def test_a_letter_the_server_refused_is_tried_again_later_and_not_at_once(settings, mail):
    make_user("leadership")
    now = wednesday()
    mail.box.answers["DATA"] = "451 not now"
    assert digest.send_due(now) == 0
    assert Digest.objects.get().error
    del mail.box.answers["DATA"]
    assert digest.send_due(now + timedelta(minutes=5)) == 0
    assert not mail.box.taken
    assert digest.send_due(now + timedelta(hours=1)) == 1
    assert (len(mail.box.taken), Digest.objects.get().error) == (1, "")


def test_nothing_leaves_before_monday_morning_in_a_demo_or_without_a_mail_server(settings, mail):
    make_user("leadership")
    monday = clock.now() - timedelta(days=clock.now().weekday())
    assert digest.send_due(monday.replace(hour=3)) == 0
    settings.DEMO_MODE = True
    assert digest.send_due(monday.replace(hour=9)) == 0
    settings.DEMO_MODE, settings.EMAIL_URL = False, ""
    assert digest.send_due(monday.replace(hour=9)) == 0
    assert not Digest.objects.exists()
    settings.EMAIL_URL = mail.url
    assert digest.send_due(monday.replace(hour=9)) == 1


def test_a_week_is_written_as_iso_says():
    assert digest.week_name(digest.monday_of("2026-W01")) == "2026-W01"
    assert digest.monday_of("2026-W01").isoformat() == "2025-12-29"
    for wrong in ("2026-W60", "2026-11", "", "W12"):
        with pytest.raises(digest.NoWeek, match="write it like"):
            digest.monday_of(wrong)


def test_the_command_shows_and_keeps_the_letter_and_sends_none(mail, tmp_path):
    history()
    leader, out = make_user("leadership"), io.StringIO()
    call_command("digest", "--as", leader.username, stdout=out)
    assert out.getvalue().startswith("Measures of week ")
    assert "MUST BE ZERO" in out.getvalue()
    kept = tmp_path / "letter.eml"
    call_command("digest", "--to", str(kept), "--week", digest.week_name(digest.week_before(clock.now())), stdout=out)
    assert len(bodies(kept.read_bytes())[2]) >= 4
    assert not mail.box.taken
    assert not Digest.objects.exists()
    with pytest.raises(CommandError, match="write it like"):
        call_command("digest", "--week", "soon")
    with pytest.raises(CommandError, match="nobody active"):
        call_command("digest", "--as", "nobody")


def test_the_command_sends_what_is_due_as_the_schedule_does(mail, monkeypatch):
    leader, out = make_user("leadership"), io.StringIO()
    monkeypatch.setattr(clock, "now", lambda moment=wednesday(): moment)
    call_command("digest", "--send", stdout=out)
    call_command("digest", "--send", stdout=out)
    assert out.getvalue().split("\n")[:2] == ["Letters that left: 1.", "Letters that left: 0."]
    assert [to for _, to, _ in mail.box.taken] == [[leader.email]]


def test_a_letter_without_anything_to_tell_says_so():
    letter = digest.letter(digest.week_before(clock.now()), EVERYTHING, clock.now())
    assert "Nothing happened in this window" in letter.text
    assert letter.charts == ()


