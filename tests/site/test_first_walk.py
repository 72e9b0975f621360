"""What a first user stumbled over: each step is walked again here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Source
from drafts import review
from drafts.models import FollowUp
from governance.models import Decision, Hold
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case
from tests.factories import make_hold, make_message, make_portfolio, make_signal, make_user
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


def url_of(case):
    return reverse("admin:review", args=[case.follow_up.pk])


def disputed(case):
    """The first invoice is in dispute, and an answer by a colleague waits for its approvals."""
    number = case.invoices[0].number
    (dispute,) = review.mark_disputed(
        case.follow_up.pk, [case.invoices[0].pk], category="price", quote="the price is wrong", by=case.desk.reviewer, at=AS_OF
    )
    body = (
        f"Dear Ms Keller,\n\nthank you for telling us about invoice {number}. The price is that of the contract.\n\n"
        "Kind regards\nJonas Weber\nBrightwater Supplies GmbH\nreceivables@brightwater.example"
    )
    author = make_user("finance_approver", case.desk.portfolio)
    review.answer_dispute(dispute.pk, f"Invoice {number}", body, by=author, at=AS_OF)
    return dispute


def test_the_answer_to_a_dispute_can_be_approved_while_the_dispute_holds_the_account(signed_in):
    case = routine_case()
    disputed(case)
    assert Hold.objects.filter(source__startswith="dispute:", released_at=None).exists()
    page = signed_in(case.desk.finance).get(url_of(case)).content.decode()
    assert 'id="approve-form"' in page and "data-blocked" not in page


def test_another_hold_still_blocks_the_answer_and_says_why(signed_in):
    case = routine_case()
    disputed(case)
    make_hold(case.account, reason="talks with their lawyer")
    page = signed_in(case.desk.finance).get(url_of(case))
    assert 'id="approve-form"' not in page.content.decode() and "talks with their lawyer" in text_of(page)


def test_a_held_draft_has_an_approve_button_that_says_why_it_cannot_be_pressed(signed_in):
    case = routine_case()
    signal = make_signal(case.account, invoice=case.invoices[0])
    review.recompute([case.account.pk], AS_OF)
    page = signed_in(case.desk.reviewer).get(url_of(case))
    assert 'id="approve-form"' not in page.content.decode()
    assert 'aria-disabled="true" aria-describedby="blocked-why"' in page.content.decode()
    assert case.follow_up.status != "on_hold" or f"Possible dispute about {signal.invoice.number}: judge it first." in text_of(page)


def test_a_decision_shows_the_customers_words_and_names_what_it_rests_on(signed_in):
    desk = Desk()
    case = prepared(desk, [{}])
    message = make_message(case.account, body="Could we pay in <b>three</b> parts?", at=AS_OF - timedelta(days=2))
    why = [{"words": "Asks for a payment plan", "evidence": [f"message:{message.pk}", f"invoice:{case.invoices[0].pk}", "total:EUR"]}]
    decision = Decision.objects.create(
        account_id=case.account.pk, portfolio=case.account.portfolio, kind="payment_plan", deciding_role="finance_approver",
        question="A plan?", why=why, options=[], created_at=AS_OF,
    )
    page = signed_in(desk.finance).get(reverse("admin:decision", args=[decision.pk]))
    words = text_of(page)
    assert "Could we pay in &lt;b&gt;three&lt;/b&gt; parts?" in page.content.decode()
    assert case.invoices[0].number in words and "the total in EUR" in words
    assert "message:" not in words and "total:EUR" not in words


def test_a_source_names_its_portfolio_without_a_link_to_who_may_not_open_it(signed_in):
    portfolio = make_portfolio()
    owner = make_user("account_owner", portfolio)
    source = Source.objects.create(portfolio=portfolio, kind="tickets", name="Ticket desk", owner=owner)
    url = reverse("admin:accounts_source_change", args=[source.pk])
    page = signed_in(make_user("policy_admin")).get(url).content.decode()
    assert portfolio.name in page and str(owner) in page
    assert "/governance/portfolio/" not in page.split('id="content"')[-1] and "/governance/user/" not in page.split('id="content"')[-1]
    assert f"/governance/portfolio/{portfolio.pk}/" in signed_in(make_user("system_admin")).get(url).content.decode()


def test_a_typed_reason_is_ended_before_the_next_sentence_begins(signed_in):
    case = routine_case()
    case.approve()
    review.stop(case.delivery.pk, "Wait for the bank file", by=case.desk.reviewer, at=AS_OF)
    assert "Wait for the bank file. The text is kept" in text_of(signed_in(case.desk.reviewer).get(url_of(case)))


def test_an_import_of_which_no_row_can_be_read_is_not_offered(signed_in):
    portfolio = make_portfolio()
    finance = signed_in(make_user("finance_approver", portfolio))
    rows = b"account_number,invoice_number,issued_on,due_on,amount,currency\n1,INV-1,2026-10-01,2026-10-31,NaN,EUR\n"
    posted = {"portfolio": portfolio.pk, "file": SimpleUploadedFile("invoices.csv", rows, "text/csv")}
    page = finance.post(reverse("admin:imports"), posted, follow=True)
    assert "No row can be imported" in text_of(page) and "Go on with" not in text_of(page)


def test_what_just_happened_is_not_said_to_be_ago(signed_in):
    case = routine_case()
    make_signal(case.account, invoice=case.invoices[0], found_at=AS_OF)
    words = text_of(signed_in(case.desk.reviewer).get(url_of(case)))
    assert "just now" in words and "just now ago" not in words


def test_a_message_that_was_sent_announces_no_next_contact(signed_in):
    case = routine_case()
    page = signed_in(case.desk.reviewer)
    assert "Why unpaid, what next" in text_of(page.get(url_of(case))) and "as soon as it is approved" in text_of(page.get(url_of(case)))
    FollowUp.objects.filter(pk=case.follow_up.pk).update(status="sent")
    for url in (url_of(case), reverse("admin:account_page", args=[case.account.pk])):
        words = text_of(page.get(url))
        assert "Why unpaid, what next" not in words and "as soon as it is approved" not in words
