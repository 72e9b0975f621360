"""Letters to the desk's own people are in the language each of them chose; what is shared, and who never chose, gets the desk's own."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from babel.dates import format_date
from django.core import mail

from collections_site.measures import digest
from collections_site.notices import letters, telling, words
from drafts.review import pause_sending, resume_sending, stop
from governance import break_glass, clock
from governance.audit import Entry, record
from governance.metrics.asking import EVERYTHING, reach_of
from governance.models import Notice, Posting, User
from governance.readers import offered, written_for
from tests.drafts.scene import Desk, routine_case
from tests.factories import AS_OF, make_account, make_invoice, make_portfolio, make_signal, make_user
from tests.site.notices import stopped_message
from tests.site.test_languages import ENGLISH
from tests.site.test_measures import history

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
ADDRESS = re.compile(r"https://\S+")


@pytest.fixture
def live(settings):
    """An installation whose letters are written. To be switched on once the scene stands: a scene is a demo's."""

    def switch() -> None:
        settings.EMAIL_URL, settings.DEMO_MODE, settings.PUBLIC_URL = "smtp://localhost", False, "https://desk.example"
        settings.NOTICE_WEBHOOK_URL, settings.NOTICE_WEBHOOK_QUIET = "https://chat.example/hook", ""

    return switch


def reads(language, *people):
    for person in people:
        User.objects.filter(pk=person.pk).update(language=language)
        person.language = language


def english_in(text):
    return ENGLISH.findall(ADDRESS.sub("", text))


def _day(value):
    return format_date(value, "d. MMM y", locale="de")


def test_what_is_told_at_once_is_in_the_language_of_each_reader_and_the_channel_in_the_desks(live):
    desk = Desk()
    reads("de", desk.reviewer, desk.owner)
    stopped_message(desk)
    pause_sending("wrong balances", by=desk.finance, at=AS_OF)
    english = desk.legal
    live()
    with written_for(desk.reviewer):  # whatever language happens to be active
        telling.tell_due(AS_OF)
    told = {(row.channel, row.person_id, row.subject): row.text for row in Posting.objects.all()}
    stopped = told["mail", desk.reviewer.pk, f"Eine Nachricht wurde vor dem Versand angehalten in {desk.portfolio}"]
    assert "Der Text ist erhalten" in stopped and "https://desk.example/admin/drafts/followup/" in stopped
    for (channel, person, subject), text in told.items():
        german = person in (desk.reviewer.pk, desk.owner.pk)
        assert bool(english_in(subject + text)) is not german, (channel, subject, text)
    assert {channel for channel, person, _ in told if person is None} == {"webhook"}
    assert "Sending was paused everywhere" in {subject for channel, person, subject in told if person == english.pk}


def test_many_things_of_a_kind_are_one_german_letter(live):
    desk = Desk()
    for number in range(2):
        stop(routine_case(desk, external_id=f"many-{number}").approve().pk, "wrong balances", by=desk.finance, at=AS_OF)
    reads("de", desk.reviewer)
    live()
    telling.tell_due(AS_OF)
    row = Posting.objects.get(channel="mail", person=desk.reviewer)
    assert row.subject == "2 Nachrichten wurden vor dem Versand angehalten" and "\nAlle: https://" in row.text


def test_every_kind_of_notice_is_german_alone_and_together():
    desk, auditor, policy = Desk(), make_user("compliance_auditor", language="de"), make_user("policy_admin")
    pause_sending("wrong balances", by=desk.finance, at=AS_OF)
    resume_sending("they were right", by=desk.finance, at=AS_OF + timedelta(minutes=1))
    record([Entry("policy", "policy.activated", "policy", 1, {"policy": 13})], by=policy, at=AS_OF)
    telling.tell_due(AS_OF + timedelta(minutes=1))
    made = {notice.kind: notice for notice in Notice.objects.all()}
    made[Notice.Kind.LATE] = Notice(kind=Notice.Kind.LATE, params={"due": AS_OF.isoformat()}, path="/")
    made[Notice.Kind.SOURCE] = Notice(kind=Notice.Kind.SOURCE, params={"source": "bank payments"}, path="/")
    made |= {kind: Notice(kind=kind, path="/", params={}) for kind in (Notice.Kind.STOPPED, Notice.Kind.CHAIN)}
    assert set(made) == set(Notice.Kind)
    with written_for(auditor):
        for kind, notice in made.items():
            for told in (words.together(kind, [notice], "UTC"), words.together(kind, [notice, notice], "UTC")):
                assert not english_in(" ".join(told)), told


def test_the_letter_of_the_morning_and_of_monday_in_german(live):
    desk = Desk()
    case = routine_case(desk)
    make_signal(case.account, invoice=case.invoices[0])
    for number in range(5):
        make_invoice(make_account(desk.portfolio, name=f"Nobody {number}"), days_overdue=40, amount_minor=2_000_000, balance_minor=2_000_000)
    make_invoice(make_account(desk.portfolio), days_overdue=5, amount_minor=77_700, balance_minor=77_700, currency="CHF")
    reads("de", desk.reviewer, desk.owner)
    live()
    monday = datetime.combine(AS_OF + timedelta(days=(0 - AS_OF.weekday()) % 7), time(9), AS_OF.tzinfo)
    letters.write_due(monday)
    found = {(row.person_id, row.key.split(":")[2]): row for row in Posting.objects.filter(state="waiting")}
    morning, ageing = found[desk.reviewer.pk, "morning"], found[desk.owner.pk, "ageing"]
    assert morning.subject.startswith("1 Entwurf wartet auf Sie") and "1 mit Hinweis auf eine Reklamation" in morning.text
    assert ageing.subject == f"Altersstruktur der Woche {monday:%G-W%V}"
    assert "EUR, 6 Konten, 10" in ageing.text and re.search(r"31-60 Tage +100\.000,00 EUR", ageing.text)
    assert f"am {_day(monday)} sind" in ageing.text and "CHF: weniger als 5 Konten" in ageing.text
    for row in (morning, ageing):
        assert not english_in(row.subject + row.text), row.text


def test_the_letter_of_the_measures_is_the_readers_with_its_charts(settings):
    settings.EMAIL_URL, settings.DEMO_MODE, settings.PUBLIC_URL = "smtp://localhost", False, "https://desk.example"
    history()
    german, english, never = make_user("leadership", language="de"), make_user("leadership", language="en"), make_user("leadership")
    wednesday = clock.now() + timedelta(days=2 - clock.now().weekday())
    monday = digest.week_before(wednesday)
    with written_for(german):
        assert digest.send_due(wednesday) == 3
    sent = {message.to[0]: message for message in mail.outbox}
    text, page = sent[german.email].body, sent[german.email].alternatives[0][0]
    assert sent[german.email].subject.startswith("Kennzahlen der Woche ") and "MUSS NULL SEIN" in text
    assert not english_in(sent[german.email].subject + text), text
    assert '<html lang="de">' in page and not english_in(re.sub(r"<[^>]+>|alt=\"[^\"]*\"", " ", page))
    assert f"({_day(monday)} bis {_day(monday + timedelta(days=6))})" in text and not re.search(r"\d\.\d %", text)
    for other in (english, never):
        assert sent[other.email].subject.startswith("Measures of week ") and "MUST BE ZERO" in sent[other.email].body
    pictures = [[part.get_payload() for part in sent[person.email].attachments] for person in (german, english)]
    assert len(pictures[0]) == len(pictures[1]) >= 4 and pictures[0] != pictures[1]
    assert pictures[1] == [part.get_payload() for part in sent[never.email].attachments]


def test_what_must_be_zero_and_is_not_is_said_in_german():
    told = {"zero": [{"zero": type("Zero", (), {"n": 1})}], "this_week": {"n": 1}, "week": "2026-W46"}
    with written_for(make_user(language="de")):
        assert digest._subject(told) == "Kennzahlen der Woche 2026-W46: 1 Wert, der null sein muss, ist es nicht, 1 Fehler angehalten, bevor Kunden ihn sahen"
        told |= {"zero": told["zero"] * 2, "this_week": {"n": 7}}
        assert digest._subject(told) == "Kennzahlen der Woche 2026-W46: 2 Werte, die null sein müssen, sind es nicht, 7 Fehler angehalten, bevor Kunden sie sahen"


def test_the_alarm_of_an_emergency_access_is_in_the_language_of_who_is_told(settings, django_capture_on_commit_callbacks):
    settings.EMAIL_URL, settings.DEMO_MODE = "smtp://localhost", False
    administrator, portfolio = make_user("system_admin"), make_portfolio()
    german, english = make_user("compliance_auditor", language="de"), make_user("compliance_auditor")
    with django_capture_on_commit_callbacks(execute=True):
        break_glass.begin(portfolio, "mailbox is down, customers wait", 30, by=administrator, at=clock.now())
    told = {message.to[0]: f"{message.subject}\n{message.body}" for message in mail.outbox}
    assert told[german.email].startswith("Notfallzugriff eröffnet\n") and "alle Konten des Portfolios" in told[german.email]
    assert not english_in(told[german.email]), told[german.email]
    assert f"opened all accounts of the portfolio {portfolio} by emergency access." in told[english.email] and " UTC.\n" in told[english.email]


def test_a_letter_asks_no_browser_and_a_language_that_is_not_there_is_the_desks():
    assert [offered(code) for code in ("de", "", "tlh")] == ["de", "", ""]
    for language in ("", "tlh"):
        with written_for(User(language="de")), written_for(User(language=language)):
            letter = digest.letter(digest.week_before(clock.now()), EVERYTHING, clock.now(), User(language=language))
            assert letter.subject.startswith("Measures of week ")
    assert digest.letter(digest.week_before(clock.now()), reach_of(make_user("leadership")), clock.now()).subject.startswith("Measures of week ")
