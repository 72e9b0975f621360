"""What becomes of a text in the workspace: edited, approved, held back at the last moment, never lost. Each point by its number (W)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from drafts import review, states
from drafts.models import Delivery, Draft, FollowUp, WorkingCopy
from governance import clock
from tests.browser.steps import awake, review_of, type_over
from tests.drafts.scene import AS_OF, Desk, routine_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def test_w3_an_approved_text_waits_and_leaves_once_with_exactly_its_bytes(enter):
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto("/admin/")
    page.get_by_role("link", name="Start reviewing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(case.account.name)
    expect(page.locator("dl.facts dd.src")).to_have_count(9)
    page.keyboard.press("e")
    body = page.get_by_label("Text", exact=True)
    body.fill(body.input_value().replace("Dear", "Good morning,", 1))
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_text("Saved as version 2")).to_be_visible()
    page.keyboard.press("a")
    corrected = page.get_by_role("group", name="What was corrected")
    expect(corrected.get_by_role("checkbox").first).to_be_focused()
    expect(corrected.get_by_role("checkbox", checked=True)).not_to_have_count(0)
    assert case.follow_up.status == states.IN_REVIEW
    awake(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("It leaves at"))).to_be_visible()
    page.get_by_role("link", name="Demo outbox").click()
    expect(page.locator("main")).not_to_contain_text(case.account.contacts.get().email)
    assert not Delivery.objects.filter(state=states.ACCEPTED).exists()
    page.goto("/admin/outgoing/")
    expect(page.get_by_role("link", name=case.account.name).first).to_be_visible()
    page.get_by_role("button", name="Jump to leaving time").click()
    expect(page.get_by_text(re.compile("What was due has left"))).to_be_visible()
    page.get_by_role("link", name="Demo outbox").click()
    page.get_by_role("link", name="Exact bytes").click()
    assert page.locator("pre").inner_text().replace("\n", "\r\n").strip() == case.delivery.mime.strip()
    assert "Good morning," in case.delivery.draft.body and case.follow_up.status == states.SENT
    assert Delivery.objects.filter(state=states.ACCEPTED).count() == 1


def jump(page):
    """The demo's clock goes to the next leaving time; what is due gets its last look."""
    page.goto("/admin/outgoing/")
    page.get_by_role("button", name="Jump to leaving time").click()
    expect(page.get_by_text(re.compile("What was due has left"))).to_be_visible()


def test_w4_a_reply_while_it_waits_keeps_it_here_on_top_of_the_queue_with_its_text(enter):
    desk = Desk()
    case, other, _ = (routine_case(desk) for _ in range(3))
    body = case.approve().draft.body
    other.approve()
    page = enter(desk.reviewer)
    page.goto(reverse("admin:account_page", args=[case.account.pk]))
    page.locator("#reply > summary").click()
    page.get_by_label("From", exact=True).fill(case.account.contacts.get().email)
    page.get_by_label("Their words").fill("Could you send us the delivery note, please?")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator(".messagelist")).to_be_visible()
    jump(page)
    assert case.delivery.state == states.DELIVERY_STOPPED and Delivery.objects.get(state=states.ACCEPTED).account == other.account
    page.goto("/admin/drafts/followup/?tab=all")
    first = page.locator("[data-rows] tbody tr").first
    expect(first).to_contain_text(case.account.name)
    first.locator(".acct").click()
    expect(page.locator(".notice", has_text="Stopped before sending")).to_contain_text(re.compile("customer wrote|answered", re.IGNORECASE))
    expect(page.locator(".letter .txt")).to_contain_text(body.splitlines()[0])
    assert case.follow_up.status == states.STOPPED and case.draft.body == body


def test_w5_paid_disputed_or_paused_while_it_waits_it_stays_for_three_different_reasons(enter):
    desk = Desk()
    paid, disputed, paused = (routine_case(desk) for _ in range(3))
    for case in (paid, disputed):
        case.approve()
    invoice = paid.invoices[0]
    invoice.status, invoice.balance_minor = "paid", 0
    invoice.save()
    page = enter(desk.finance)
    page.goto(reverse("admin:account_page", args=[disputed.account.pk]))
    page.locator("#open-dispute > summary").click()
    page.locator("#open-dispute [name=invoices]").check()
    page.locator("#od-quote").fill("half of it is missing")
    page.get_by_role("button", name="Open dispute").click()
    expect(page.locator(".messagelist")).to_be_visible()
    jump(page)
    paused.prepare(clock.now())
    paused.approve(at=clock.now())
    review.pause_portfolio(desk.portfolio.pk, "wrong balances", by=desk.finance, at=clock.now())
    jump(page)
    told = [case.delivery.stop_reason for case in (paid, disputed, paused)]
    assert f"{invoice.number} is paid" in told[0] and "disput" in told[1].lower() and "wrong balances" in told[2] and len(set(told)) == 3, told
    assert all(case.delivery.state == states.DELIVERY_STOPPED for case in (paid, disputed, paused))
    page.goto("/admin/outgoing/?tab=stopped")
    for words in ("is paid", "wrong balances"):
        expect(page.locator("main")).to_contain_text(words)



@pytest.mark.parametrize("choice", ["Save the two together", "Keep version 2", "Save as version 3"])
def test_w6_the_second_of_two_editors_sees_both_texts_and_every_way_on_works(enter, choice):
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto(review_of(case, "?edit=1"))
    type_over(page, "Dear", "Good morning,")
    FollowUp.objects.filter(pk=case.follow_up.pk).update(claimed_by=None, claimed_until=None)
    review.edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nThank you.", 1, by=case.desk.finance, at=AS_OF)
    review.leave(case.follow_up.pk, by=case.desk.finance, at=AS_OF)
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing has been saved")
    expect(page.locator("ins", has_text="Good morning")).to_be_visible()
    expect(page.locator("ins", has_text="Thank you.")).to_be_visible()
    if choice == "Save as version 3":
        mine = page.get_by_label("Your text")
        mine.fill(mine.input_value() + "\nWith best wishes")
    page.get_by_role("button", name=choice).click()
    expect(page.get_by_role("status").or_(page.locator(".messagelist")).first).to_contain_text(
        "Your unsaved words are gone" if "Keep" in choice else "Saved as version 3"
    )
    body = case.draft.body
    assert ("Good morning," in body, "Thank you." in body, "With best wishes" in body) == {
        "Save the two together": (True, True, False), "Keep version 2": (False, True, False), "Save as version 3": (True, False, True),
    }[choice]  # fmt: skip
    assert not WorkingCopy.objects.exists() and Draft.objects.filter(body__contains="Thank you.", revision=2).exists()


def test_w12_words_typed_without_a_network_are_back_after_it_returns(enter):
    case = routine_case()
    page = enter(case.desk.reviewer)
    page.goto(review_of(case, "?edit=1"))
    body, kept = page.get_by_label("Text", exact=True), page.locator("#kept")
    page.context.set_offline(True)
    body.fill(body.input_value().replace("1,000.00", "1,100.00"))
    page.get_by_label("Subject").focus()
    expect(kept).to_contain_text("Not saved: no connection. Your text is still here")
    page.context.set_offline(False)
    expect(kept).to_contain_text("become a version when you save")
    page.reload()
    expect(page.get_by_text("Your unsaved words")).to_be_visible()
    assert "1,100.00" in body.input_value() and "1,100.00" in WorkingCopy.objects.get().body and Draft.objects.count() == 1
    body.press("End")
    body.press("Space")
    expect(page.locator("#findings [data-failing]").first).to_be_visible()  # the checks run over what is typed, too
    page.get_by_role("button", name="Begin again with version 1").click()
    expect(page.get_by_text("Your unsaved words are gone")).to_be_visible()
    assert not WorkingCopy.objects.exists()
