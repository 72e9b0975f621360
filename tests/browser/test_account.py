"""The page of an account in a real browser: its acceptance points, each by its number (A)."""

from __future__ import annotations

import csv
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import CallNote, Source
from drafts import states
from drafts.models import FollowUp
from governance.models import Hold, PolicyVersion
from tests.drafts.packing.story import Wanted, auditor, made
from tests.drafts.scene import Desk, exception_case, routine_case
from tests.factories import make_message, make_payment, make_ticket, moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]
ROWS = "#timeline .timeline li:not(.day)"


def account_of(account, query=""):
    return reverse("admin:account_page", args=[account.pk]) + query


def failed(portfolio, kind, since, until=None):
    """A source that answered, fails at ``since`` and answers again at ``until``, as its history tells."""
    source = Source(portfolio=portfolio, kind=kind, name=f"System of {kind}", as_of=moment(-1))
    for status, at, began in ((Source.Status.OK, moment(-200), None), (Source.Status.FAILED, since, since), (Source.Status.OK, until, None)):
        if at is not None:
            source.status, source.failed_since, source._history_date = status, began, at
            source.save()


def test_a1_a2_every_fact_and_row_has_source_and_time_gaps_are_gaps_and_the_lane_names_its_policy(enter):
    case = exception_case()
    failed(case.desk.portfolio, "tickets", moment(-72), moment(-48))
    failed(case.desk.portfolio, "messages", moment(-5))
    make_ticket(case.account)
    make_message(case.account)
    make_payment(case.account)
    page = enter(case.desk.finance)
    page.goto(account_of(case.account))
    for fact in page.locator("dl.facts").first.locator("> div").all():
        assert re.search(r"\S.* (just now|\d+ (min|h|days?)|-)$", fact.locator(".src").inner_text()), fact.inner_text()
    rows = page.locator(ROWS)
    assert rows.count() >= 6
    for row in rows.all():
        assert row.locator("time[datetime]").count() == 1
        assert re.search(r"\[\d\] \w|our own record|our record, no\. \d", row.inner_text()), row.inner_text()
    gaps = page.locator("#timeline .gap")
    expect(gaps).to_have_count(2)
    expect(gaps.first).to_contain_text(re.compile(r"no data from .*E-mail.* since 03:00"))
    expect(gaps.last).to_contain_text(re.compile(r"Support tickets.* from Sat 9 May 08:00 to Sun 10 May 08:00"))
    page.locator("#timeline .tabs").get_by_role("link", name="Tickets").click()
    expect(page.locator("#timeline .gap")).to_have_count(1)
    number = case.follow_up.classifications.latest("pk").policy_version.number
    page.get_by_role("link", name=f"policy {number}", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Policy {PolicyVersion.objects.get(number=number).number}")


def test_a3_pausing_contact_stops_what_leaves_keeps_drafts_away_and_says_who_and_why(enter):
    case = routine_case()
    delivery = case.approve()
    page = enter(case.desk.reviewer)
    page.goto(account_of(case.account))
    page.locator("#holds").get_by_text("Put on hold").first.click()
    page.locator("#holds").get_by_label("Reason", exact=True).fill("talks with their board")
    page.locator("#holds").get_by_role("button", name="Put on hold").click()
    banner = page.locator(".notice", has_text="On hold")
    expect(banner).to_contain_text("talks with their board")
    expect(banner).to_contain_text(f"Put by {case.desk.reviewer}")
    delivery.refresh_from_db()
    assert delivery.state == states.DELIVERY_STOPPED and Hold.objects.get().scope == "account"
    drafts = case.follow_up.drafts.count()
    page.get_by_role("button", name="Prepare a draft").click()
    expect(page.locator(".notice", has_text="talks with their board")).to_be_visible()
    assert FollowUp.objects.filter(account=case.account, status=states.READY).count() == 0 and case.follow_up.drafts.count() == drafts


def test_a_call_is_logged_from_the_button_on_top_with_the_keyboard_alone(enter):
    case = routine_case()
    page = enter(case.desk.owner)
    page.goto(account_of(case.account))
    expect(page.get_by_label("Note")).to_be_hidden()
    page.get_by_role("link", name="Log a call").focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="No answer").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Call logged")
    assert CallNote.objects.get().account == case.account


def test_a4_us_shows_only_our_acts_and_as_many_as_the_audit_export(enter, settings, tmp_path):
    settings.MEDIA_ROOT, settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "media", tmp_path / "ledger", tmp_path / "key.pem"
    case = routine_case()
    case.approve()
    make_message(case.account, subject="our question")
    page = enter(case.desk.reviewer)
    page.goto(account_of(case.account, "?show=us"))
    rows = page.locator(ROWS)
    shown = rows.count()
    expect(page.locator("#timeline")).to_contain_text(f"{shown} acts of ours on record")
    expect(page.locator("#timeline")).not_to_contain_text("our question")
    pack = made(Wanted("account", case.account.pk), auditor(), tmp_path / "unpacked")
    with (pack / "csv" / "events.csv").open(encoding="utf-8-sig", newline="") as file:
        exported = [row for row in csv.DictReader(file) if row["stream"] == f"account:{case.account.pk}"]
    assert shown == len(exported) >= 5


def test_a5_an_account_without_data_names_the_sources_asked_and_when(enter):
    desk = Desk()
    account = desk.account(contact=False)
    page = enter(desk.reviewer)
    page.goto(account_of(account))
    expect(page.locator(ROWS)).to_have_count(0)
    expect(page.locator("#timeline")).to_contain_text("Nothing on record")
    sources = page.locator("section.card", has=page.get_by_role("heading", name="Sources", exact=True)).get_by_role("listitem")
    expect(sources).to_have_count(9)
    words = sources.all_inner_texts()
    assert sum(bool(re.search(r"checked, empty\s+(just now|\d+ (min|h|days?))", w)) for w in words) == 3, words
    assert sum("not connected" in w for w in words) == 6, words


def test_a6_the_print_is_complete_and_legible_in_black_and_white(enter):
    case = routine_case(invoices=12)
    make_ticket(case.account, body="the words of the customer\n" * 40)
    page = enter(case.desk.reviewer, scheme="dark")
    page.goto(account_of(case.account))
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#timeline .customer").first).to_be_visible()
    clipped = page.evaluate(
        """() => Array.from(document.querySelectorAll('main *:not(.visually-hidden)')).filter((e) => e.checkVisibility() && getComputedStyle(e).overflowY !== 'visible'
        && e.scrollHeight > e.clientHeight + 2).map((e) => e.outerHTML.slice(0, 90))"""
    )
    assert not clipped, clipped
    for hidden in ("#side", "#call", "#reply", "form"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden
    ages = page.locator("time[title]").first.evaluate("e => getComputedStyle(e, '::after').content")
    assert "2026" in ages  # how old and when exactly
    ink = page.locator("dl.facts dd").first.evaluate("e => getComputedStyle(e).color")
    paper = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80 and min(map(int, re.findall(r"\d+", paper)[:3])) > 240, (ink, paper)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(page.locator("#timeline .customer").first).to_be_hidden()
