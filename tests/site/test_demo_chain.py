"""The demo's page that falsifies the record: found, in words, and mended."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.urls import reverse

from collections_site.demo import chain
from governance import clock, guards, ledger
from governance.audit import Entry, record
from governance.models import ControlResult, Event, Installation
from tests.drafts.scene import stop_clock
from tests.factories import make_user
from tests.reading import text_of
from tests.site.conftest import client_of

pytestmark = pytest.mark.django_db

PAGE = "admin:demo_chain"


@pytest.fixture(autouse=True)
def demo(settings, tmp_path):
    stop_clock(settings)
    settings.VAR_DIR, settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path, tmp_path / "checkpoints", tmp_path / "key.pem"
    for number in range(9):
        act("account:7", number)
        act("account:8", number)
    act("account:7", 10)


def act(stream, number):
    with transaction.atomic():
        record([Entry(stream, "hold.put", "hold", number, {"n": number})], by=None, at=clock.now())


FOUND = {
    "edit": "Was changed after it was written", "delete": "Is missing", "cut": "Events are missing at the end", "rewrite": "is another one than checkpoint",
}  # fmt: skip


@pytest.mark.parametrize("key", chain.BY_KEY)
def test_each_damage_is_found_in_words_and_mended(key):
    client = client_of(make_user("compliance_auditor"))
    before = list(Event.objects.order_by("pk").values())
    assert "The record is whole" in text_of(client.get(reverse(PAGE)))
    shown = text_of(client.post(reverse("admin:demo_break"), {"damage": key}, follow=True))
    assert "The record is broken" in shown and FOUND[key].lower() in shown.lower() and "Account 7" in shown
    assert guards.missing(connection) == []
    again = text_of(client.post(reverse("admin:demo_break"), {"damage": key}, follow=True))
    assert "mend it first" in again
    mended = text_of(client.post(reverse("admin:demo_mend"), follow=True))
    assert "The record is whole" in mended and "Mended" in mended
    after = [row for row in Event.objects.order_by("pk").values() if row["stream"] != "system"]
    assert after == before and ledger.verify() == []


@pytest.mark.parametrize("key", ["cut", "rewrite"])
def test_what_was_written_meanwhile_is_kept(key):
    chain.damage(key, at=clock.now())
    act("account:7", 77)
    assert chain.mend() == 1
    assert Event.objects.filter(stream="account:7").latest("number").data == '{"n":77}'
    assert Event.objects.filter(stream="account:7").count() == 11 and ledger.verify() == []


def test_only_the_two_roles_that_would_have_to_find_it_may(client):
    for role in ("reviewer", "finance_approver", "leadership"):
        other = client_of(make_user(role))
        assert other.get(reverse(PAGE)).status_code == 403
        assert other.post(reverse("admin:demo_break"), {"damage": "edit"}).status_code == 403
    assert ledger.verify() == []
    assert client_of(make_user("system_admin")).get(reverse(PAGE)).status_code == 200
    assert client_of(make_user("system_admin")).get(reverse("admin:demo_break")).status_code == 405


def test_outside_a_demo_these_addresses_do_not_exist():
    auditor = client_of(make_user("compliance_auditor"))
    Installation.objects.update(kind="production", clock_offset_seconds=0)
    assert auditor.get(reverse(PAGE)).status_code == 404
    assert auditor.post(reverse("admin:demo_break"), {"damage": "edit"}).status_code == 404
    assert ledger.verify() == []


def test_what_was_kept_of_another_demo_is_not_put_back():
    chain.damage("delete", at=clock.now())
    Installation.objects.update(created_at=clock.now())
    assert chain.standing() is None
    with pytest.raises(chain.NotNow):
        chain.mend()


def test_the_tour_of_a_book_without_its_cases_says_so(settings):
    settings.DEMO_MODE = True
    Installation.objects.filter(pk=1).update(kind=Installation.Kind.DEMO)
    page = client_of(make_user("reviewer")).get(reverse("admin:demo_tour"))
    assert page.status_code == 200 and text_of(page).count("This case is not in the book.") == 7


FRAME = "did not verify on"


def home_of(role):
    """Home of somebody in this role, as text: the system bar and the page."""
    return text_of(client_of(make_user(role)).get("/admin/"))


def test_a_broken_record_stands_on_every_page_of_who_looks_into_it_until_one_verification_finds_it_whole():
    auditor = client_of(make_user("compliance_auditor"))
    for role in ("compliance_auditor", "system_admin"):
        assert FRAME not in home_of(role), role
    kept = chain.damage("edit", at=clock.now())
    assert FRAME not in home_of("compliance_auditor"), "nobody has looked yet"
    assert "The record is broken" in text_of(auditor.post(reverse("admin:verify_record"), follow=True))
    home = home_of("compliance_auditor")
    assert "The record is not whole" in home and f"chain broken at event {kept.number} of {kept.stream}" in home
    assert FRAME in home_of("system_admin") and FRAME in text_of(auditor.get(reverse("admin:preferences")))
    assert FRAME not in home_of("reviewer")
    chain.mend()
    assert FRAME in home_of("compliance_auditor"), "mended is not verified"
    auditor.post(reverse("admin:verify_record"))
    home = home_of("compliance_auditor")
    assert FRAME not in home and "The record is not whole" not in home


def test_a_look_that_failed_takes_no_alarm_away():
    auditor = client_of(make_user("compliance_auditor"))
    auditor.post(reverse("admin:demo_break"), {"damage": "edit"}, follow=True)
    ControlResult.objects.create(control="ledger", state="error", words="The look failed", at=clock.now())
    assert FRAME in home_of("compliance_auditor")
    auditor.post(reverse("admin:demo_mend"), follow=True)
    assert FRAME not in home_of("compliance_auditor")
