"""The review queue in a browser, point by point: order and keys, shared addresses, silent sources, claims, weight, small screens, files."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Account, Source
from drafts import review, states
from drafts.models import Delivery, FollowUp, SavedView
from governance.models import Approval, Hold
from tests.browser.accessible import violations
from tests.drafts.scene import AS_OF, Desk, exception_case, routine_case
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]
QUEUE = "/admin/drafts/followup/"
ROWS = ".queue tbody tr"
# What a person without the mouse has in front of them.
FOCUSED = "document.activeElement.textContent.trim()"


def book(count=3, **fields):
    """A desk with routine drafts, named so that their order by account is their order here."""
    desk = Desk()
    return desk, [routine_case(desk, name=f"Customer {letter}", **fields) for letter in "ABCDEFGH"[:count]]


def test_q1_no_control_and_no_crafted_post_approves_two_drafts_at_once(enter):
    desk, cases = book(2)
    page = enter(desk.reviewer)
    page.goto(QUEUE)
    for box in page.locator(".pickone input").all():
        box.check()
    buttons = page.locator("#bulk button").all_inner_texts()
    assert [words.strip() for words in buttons] == ["Assign to…", "Route…", "Snooze…", "Release", "CSV"]
    assert page.get_by_role("button", name="Approve").count() == 0
    page.get_by_text("No bulk approve: why?").click()
    expect(page.locator("#bulk .panel")).to_contain_text("exactly the text and the facts")
    page.evaluate("document.querySelector('#bulk button').value = 'approve'")
    page.get_by_role("button", name="Assign to…").click()
    expect(page.locator(".messagelist")).to_contain_text("Nothing was done")
    assert not Approval.objects.exists() and not Delivery.objects.exists()
    assert {case.follow_up.status for case in cases} == {states.READY}


def test_q2_j_j_enter_opens_the_third_row_and_back_returns_to_it_with_filters_and_focus(enter):
    desk, _ = book(4)
    page = enter(desk.reviewer)
    page.goto(QUEUE + "?tab=mine&lane=routine&sort=account")
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text("Customer C")
    page.go_back()
    expect(page.locator(".acct", has_text="Customer C")).to_be_focused()
    expect(page.locator("#lane")).to_have_value("routine")
    expect(page.locator("#sort")).to_have_value("account")


def test_q3_an_address_shows_a_colleague_the_same_filters_and_only_their_own_rows(enter):
    desk, elsewhere = Desk(), Desk()
    mine, theirs = exception_case(desk, name="Own strategic"), exception_case(elsewhere, name="Foreign strategic")
    page = enter(desk.finance)
    page.goto(QUEUE + "?tab=all")
    page.locator("#lane").select_option("exception")
    page.locator("#signal").select_option("important")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(ROWS)).to_have_count(1)
    address = page.url
    colleague = enter(elsewhere.finance)
    colleague.goto(address)
    expect(colleague.locator("#lane")).to_have_value("exception")
    expect(colleague.locator("#signal")).to_have_value("important")
    assert colleague.locator(".acct").all_inner_texts() == [theirs.account.name]
    assert page.locator(".acct").all_inner_texts() == [mine.account.name]


def test_q4_a_broken_ticket_source_turns_none_found_into_unknown(enter):
    desk, _ = book(1)
    source, _ = Source.objects.update_or_create(portfolio=desk.portfolio, kind="tickets", defaults={"name": "Zendesk", "as_of": AS_OF})
    page = enter(desk.reviewer)
    page.goto(QUEUE)
    expect(page.locator(ROWS)).to_contain_text("none found")
    Source.objects.filter(pk=source.pk).update(status="failed", failed_since=AS_OF)
    page.reload()
    expect(page.locator(ROWS)).not_to_contain_text("none found")
    expect(page.locator(ROWS)).to_contain_text("Unknown")
    expect(page.locator(ROWS)).to_contain_text("Zendesk")
    expect(page.locator(".head")).to_contain_text("At least 1 row")


def test_q5_a_row_taken_by_one_is_in_review_for_the_other_who_is_told_and_cannot_open_the_bar(enter):
    desk, cases = book(2)
    colleague = make_user("reviewer", desk.portfolio)
    b = enter(colleague)
    b.clock.install()
    b.goto(QUEUE + "?tab=mine&sort=account")
    a = enter(desk.reviewer)
    a.goto(QUEUE + "?tab=mine&sort=account")
    a.keyboard.press("m")
    expect(a.locator(ROWS).first.locator(".whose")).to_have_text("you")
    assert cases[0].follow_up.claimed_by == desk.reviewer
    before = b.locator(".acct").all_inner_texts()
    b.clock.fast_forward(61_000)
    expect(b.locator("#changed")).to_contain_text("1 row changed since you opened this")
    assert b.locator(".acct").all_inner_texts() == before
    b.get_by_role("link", name="Refresh").click()
    first = b.locator(ROWS).first
    expect(first).to_contain_text("In review")
    expect(first).to_contain_text(str(desk.reviewer))
    b.locator(".acct").first.click()
    expect(b.get_by_text(f"{desk.reviewer} is working on this").first).to_be_visible()
    expect(b.locator(".bar")).to_have_count(0)


def test_q6_a_long_list_loads_under_a_second(enter):
    """Of 2,000 here; ``manage.py benchmark queue`` measures 60,000, ``tests/site/test_queue.py`` that the queries stay the same."""
    desk, _ = book(1)
    more = Account.objects.bulk_create([Account(portfolio=desk.portfolio, external_id=f"M{n}", name=f"More {n}", owner=desk.owner) for n in range(2000)])
    rows = [FollowUp(account=a, portfolio=desk.portfolio, status=states.READY, owner_role="reviewer", lane="routine", opened_at=AS_OF) for a in more]
    FollowUp.objects.bulk_create(rows)
    page = enter(desk.reviewer)
    taken = []
    for _ in range(3):
        page.goto(QUEUE)
        taken.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
    assert page.locator(ROWS).count() == 50
    expect(page.locator(".head")).to_contain_text("More than 1000 rows")
    assert min(taken) < 1000, taken


def test_q7_letters_switched_off_do_nothing_anywhere_on_the_page(enter):
    desk, cases = book(2)
    desk.reviewer.letter_keys = False
    desk.reviewer.save()
    page = enter(desk.reviewer)
    page.goto(QUEUE)
    address, before = page.url, page.evaluate(FOCUSED)
    for key in "jkofcm?":
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == before and page.url == address, key
    assert page.locator("dialog[open]").count() == 0
    assert {case.follow_up.claimed_by for case in cases} == {None}


@pytest.mark.parametrize(("width", "height"), [(320, 800), (320, 225)], ids=["phone", "1280x900 at 400 %"])
def test_q8_account_due_and_state_are_readable_without_scrolling_sideways(enter, width, height):
    desk, _ = book(1)
    page = enter(desk.finance, width=width, height=height)
    page.goto(QUEUE + "?tab=all")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    row = page.locator(ROWS).first
    for part in (row.locator(".acct"), row.locator("time"), row.locator("td:last-child .badge"), row.locator("input")):
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, box
    assert page.evaluate("(w) => w.scrollWidth <= w.clientWidth", page.locator(".table-wrap").element_handle())


def test_q9_the_file_has_the_rows_of_the_screen_and_runs_no_formula(enter):
    desk, _ = book(2)
    routine_case(desk, name="=1+1")
    page = enter(desk.reviewer)
    page.goto(QUEUE + "?tab=mine&sort=account")
    screen = page.locator(".acct").all_inner_texts()
    with page.expect_download() as loading:
        page.locator(".head").get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(loading.value.path().read_text("utf-8-sig"))))
    assert [row["account"].removeprefix("'") for row in rows] == screen and "=1+1" in screen
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r"]


def test_a_list_is_saved_and_shared_by_keyboard_and_the_colleague_sees_own_rows(enter):
    desk = Desk()
    exception_case(desk, name="Strategic"), routine_case(desk, name="Plain")
    page = enter(desk.finance)
    page.goto(QUEUE + "?tab=all&lane=exception")
    page.get_by_role("link", name="Save this view").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Hard cases")
    page.get_by_label("Who finds it").select_option(label=f"Everybody in {desk.portfolio}")
    page.get_by_label("Name").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Saved as “Hard cases”")
    colleague = enter(desk.reviewer)
    colleague.goto(QUEUE)
    colleague.get_by_role("link", name="Hard cases").click()
    expect(colleague.locator(".tabs [aria-current]")).to_contain_text("Hard cases")
    assert colleague.locator(".acct").all_inner_texts() == ["Strategic"]
    page.get_by_role("link", name="rename or delete").click()
    page.get_by_role("button", name="Delete this view").click()
    expect(page.locator(".messagelist")).to_contain_text("deleted")
    assert not SavedView.objects.exists()


def test_two_rows_are_put_off_by_keyboard_and_the_page_says_what_was_skipped(enter):
    desk, cases = book(3)
    review.open_for_review(cases[1].follow_up.pk, by=desk.owner, at=AS_OF)
    page = enter(desk.reviewer)
    page.goto(QUEUE + "?tab=all&sort=account")
    expect(page.locator("#bulk")).to_be_hidden()
    for box in page.locator(".pickone input").all()[:2]:
        box.focus()
        page.keyboard.press("Space")
    expect(page.locator("#bulk")).to_contain_text("2 rows")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    for box in page.locator(".pickone input").all()[:2]:
        box.check()
    page.get_by_role("button", name="Snooze…").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Back on").fill("2026-05-15")
    page.get_by_label("Why they can wait").fill("bookkeeper on holiday")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 put off, 1 skipped")
    expect(page.locator("tr", has_text="Customer B")).to_contain_text(f"claimed by {desk.owner}")
    assert Hold.objects.get().reason == "bookkeeper on holiday" and cases[0].follow_up.status == states.ON_HOLD
    page.get_by_role("link", name="Back to the queue").click()
    assert "tab=all" in page.url and "sort=account" in page.url


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (320, "light"), (320, "dark")])
def test_the_pages_beside_the_queue_are_accessible_and_never_scroll_sideways(enter, width, scheme):
    desk, cases = book(2)
    view = SavedView.objects.create(name="A view with a rather long name", query="tab=all&lane=exception&amount=1000", owner=desk.finance, created_at=AS_OF)
    page = enter(desk.finance, width=width, scheme=scheme)

    def look(what):
        assert not violations(page), what
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), what

    for path in (QUEUE + f"?{view.query}", reverse("admin:saved_view", args=[view.pk]), reverse("admin:new_view") + "?tab=all"):
        page.goto(path)
        look(path)
    page.goto(QUEUE + "?tab=all")
    for box in page.locator(".pickone input").all():
        box.check()
    look("ticked")
    page.get_by_role("button", name="Assign to…").click()
    expect(page.get_by_label("To", exact=True)).to_be_visible()
    look("assign")
    page.get_by_label("To", exact=True).select_option(label="Me: I take them now")
    page.get_by_role("button", name="Assign 2").click()
    expect(page.get_by_role("link", name="Back to the queue")).to_be_visible()
    look("result")
    assert {case.follow_up.claimed_by for case in cases} == {desk.finance}


@pytest.mark.parametrize("width", [1280, 1440])
def test_names_of_usual_length_stand_on_one_line_and_the_filters_in_one_row(enter, width):
    desk, _ = book(1)
    routine_case(desk, name="Kettlewell Fasteners Ltd")
    page = enter(desk.finance, width=width)
    page.goto(QUEUE + "?tab=all")
    name = page.locator(".acct", has_text="Kettlewell")
    assert name.evaluate("e => e.getClientRects().length") == 1
    assert page.locator(".filters > :is(div, button, details)").evaluate_all("all => new Set(all.map(e => Math.round(e.getBoundingClientRect().bottom))).size") == 1
    expect(page.get_by_label("Signal")).to_be_visible()
    expect(page.locator("main .fold > summary")).to_be_hidden()


def test_on_a_phone_the_filters_are_one_line_that_opens_by_keyboard_and_says_what_is_set(enter):
    desk, _ = book(2)
    page = enter(desk.finance, width=320, height=720)
    page.goto(QUEUE + "?tab=all")
    expect(page.get_by_label("Signal")).to_be_hidden()
    tabs = page.locator(".tabs").bounding_box()
    assert page.locator(ROWS).first.bounding_box()["y"] - tabs["y"] - tabs["height"] < 100
    page.get_by_text("Filters", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Lane").select_option("routine")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main .fold > summary")).to_have_text("Filters 1")
    expect(page.get_by_label("Lane")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 720})  # turned, or zoomed out again
    expect(page.get_by_label("Lane")).to_have_value("routine")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_tabs_are_one_line_that_scrolls_in_itself_with_the_current_one_in_view(enter, scheme):
    desk, _ = book(1)
    page = enter(desk.finance, width=320, height=720, scheme=scheme)
    tabs = page.locator(".tabs a")
    page.goto(QUEUE + "?tab=mine")
    for current in (0, 5, tabs.count() - 1):
        tabs.nth(current).click()
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
    assert len(set(tabs.evaluate_all("all => all.map(a => a.getBoundingClientRect().top)"))) == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 320 and not violations(page)
    tabs.first.focus()
    for _ in range(tabs.count() - 1):
        expect(page.locator(":focus")).to_be_in_viewport(ratio=0.5)
        page.keyboard.press("Tab")
    expect(tabs.last).to_be_focused()


def test_on_a_phone_each_line_of_a_row_says_what_it_is(enter):
    desk, _ = book(1)
    page = enter(desk.finance, width=320, height=720)
    page.goto(QUEUE + "?tab=all")
    labels = page.locator(ROWS).first.locator("[data-l]").evaluate_all("all => all.map(e => getComputedStyle(e, '::before').content)")
    assert labels == ['"Signals: "', '"Sources: "', '"Decide by: "']


def test_every_tab_says_how_much_stands_behind_it(enter):
    desk, _ = book(3)
    exception_case(desk)
    page = enter(desk.reviewer)
    page.goto(QUEUE)
    for name, number in (("My queue", 3), ("Unclaimed", 4), ("Stopped", 0)):
        page.locator(".tabs").get_by_role("link", name=f"{name} {number}", exact=True).click()
        expect(page.locator(ROWS)).to_have_count(number)
