"""What a model prepared, on the pages: cited, labelled, escaped; a refused attempt beside the draft that took its place."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Dispute
from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts.detection import scan
from drafts.generation import runner
from drafts.models import Draft, FollowUp
from drafts.preparation import prepare_accounts
from drafts.review import open_disputes
from governance.models import ApprovedTerm, Decision
from tests.drafts.scene import AS_OF, Desk
from tests.factories import make_invoice, make_message, make_ticket, moment
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of", "model_may_write")]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def prepare(settings):
    """Prepare an account with a model that answers so, until nothing moves."""

    def _prepare(account, answers):
        with Provider(answers) as provider:
            settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "recorded-1"
            for _ in range(4):
                prepare_accounts([account.pk], as_of=AS_OF)
                runner.run(lambda: AS_OF, concurrency=2)
        settings.LLM_BASE_URL = settings.LLM_MODEL = ""
        return FollowUp.objects.get(account=account)

    return _prepare


def test_the_summary_stands_under_the_brief_with_its_evidence_and_its_author(signed_in, desk, prepare):
    account = desk.account(name="Alder AG")
    make_invoice(account, number="INV-4711")
    follow_up = prepare(account, answerer())
    page = signed_in(desk.reviewer).get(reverse("admin:review", args=[follow_up.pk]))
    assert "Prepared by a model (recorded-1, prompt preparation/1)" in text_of(page)
    assert "Alder AG has one overdue invoice with us." in text_of(page)
    assert 'aria-label="rests on evidence 1"' in page.content.decode()
    assert "became a draft" in text_of(page) and "prompt draft/1" in text_of(page)


def test_more_than_three_sentences_fold_away_and_what_was_dropped_is_said(signed_in, desk, prepare):
    account = desk.account()
    make_invoice(account)
    told = [{"text": f"Sentence {n} of the summary.", "facts": [f"account:{account.pk}"]} for n in range(5)]
    ghost = [{"text": "They have a dispute.", "facts": ["dispute:404"]}]
    value = {"summary": told + ghost, "suggested_lane": "routine", "lane_reason": "", "options": [], "memo": [], "customer_position": []}
    good = answerer()
    follow_up = prepare(account, lambda r: json.dumps(value) if r["response_format"]["json_schema"]["name"] == "Preparation" else good(r))
    page = signed_in(desk.reviewer).get(reverse("admin:review", args=[follow_up.pk])).content.decode()
    shown, _, folded = page.partition("2 more</summary>")
    assert "Sentence 2 of" in shown and "Sentence 3 of" not in shown and "Sentence 3 of" in folded
    assert "They have a dispute" not in page and "1 left out: cited a fact that is not in the brief" in page


def test_markup_of_a_model_is_shown_as_text(signed_in, desk, prepare):
    account = desk.account()
    make_invoice(account)
    evil = [{"text": "<script>alert(1)</script> <b>pay</b> \u202eevil", "facts": [f"account:{account.pk}"]}]
    value = {
        "summary": evil, "suggested_lane": "exception", "lane_reason": "<img src=x onerror=alert(2)>", "options": [], "memo": [],
        "customer_position": [],
    }  # fmt: skip
    good = answerer()
    follow_up = prepare(account, lambda r: json.dumps(value) if r["response_format"]["json_schema"]["name"] == "Preparation" else good(r))
    page = signed_in(desk.owner).get(reverse("admin:review", args=[follow_up.pk])).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "<b>pay</b>" not in page and "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page and "Suggests exception:" in page


def test_a_wrong_amount_is_caught_and_its_attempt_stands_beside_the_templates_draft(signed_in, desk, prepare):
    account = desk.account(name="Alder AG")
    make_invoice(account)
    follow_up = prepare(account, answerer({"Alder AG": "wrong_amount"}))
    page = signed_in(desk.reviewer).get(reverse("admin:review", args=[follow_up.pk]))
    text = text_of(page)
    assert text.count("refused by the checks") == 2 and "Wrong amount" in text and "9,999.00" in text
    assert "9,999" not in follow_up.draft.body and follow_up.draft.author_kind == "template"


def test_a_question_about_a_plan_shows_cited_options_of_the_model_and_takes_exact_values_only(signed_in, desk, prepare):
    account = desk.account(name="Netherby Ltd")
    make_invoice(account, amount_minor=90_000)
    make_message(account, subject="Payment", body="Dear Jonas, could we agree a payment plan, in three instalments?", at=moment(-3))
    scan([account.pk], at=AS_OF)
    prepare(account, answerer())
    decision = Decision.objects.get(account_id=account.pk)
    client = signed_in(desk.finance)
    page = client.get(reverse("admin:decision", args=[decision.pk]))
    assert "Offer to pay in three equal parts" in text_of(page) and "Suggested by the model" in text_of(page)
    assert 'value="model-payment_plan-1"' in page.content.decode()
    refused = client.post(reverse("admin:decide", args=[decision.pk]), {"outcome": "model-payment_plan-1"})
    assert "exact amounts and dates" in text_of(refused) and not ApprovedTerm.objects.exists()
    decision.refresh_from_db()
    assert decision.state == "open"
    days = [(AS_OF + timedelta(days=30 * n)).date().isoformat() for n in (1, 2, 3)]
    form = {"outcome": "model-payment_plan-1", "currency": "EUR"}
    for n, day in enumerate(days, start=1):
        form |= {f"amount_{n}": "300.00", f"date_{n}": day}
    client.post(reverse("admin:decide", args=[decision.pk]), form)
    term = ApprovedTerm.objects.get()
    assert [part["amount"] for part in term.schedule] == ["300.00"] * 3 and term.decision_id == decision.pk


def test_an_executive_case_shows_memo_and_question_and_no_draft(signed_in, desk, prepare):
    account = desk.account(name="Grünwald AG", tier="enterprise")
    make_invoice(account)
    prepare(account, answerer())
    decision = Decision.objects.get(account_id=account.pk)
    page = signed_in(desk.executive).get(reverse("admin:decision", args=[decision.pk]))
    assert ">Memo<" in page.content.decode() and "Grünwald AG has one overdue invoice with us." in text_of(page)
    assert not Draft.objects.exists()


def test_a_dispute_shows_the_customers_position_in_the_customers_words(signed_in, desk, prepare, settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "recorded-1"
    account = desk.account()
    invoice = make_invoice(account, number="INV-4711")
    words = "Two pallets are missing, you charged us for 40 boxes and we received 32."
    make_ticket(account, subject="Delivery", body=words, updated_at=moment(-2))
    open_disputes(account.pk, [invoice.pk], category="quantity", quote=words, by=desk.finance, at=AS_OF)
    prepare(account, answerer())
    dispute = Dispute.objects.get()
    page = text_of(signed_in(desk.finance).get(reverse("admin:dispute", args=[dispute.pk])))
    assert "The customer&#x27;s position" in page or "The customer's position" in page
    assert "In the customer&#x27;s words: “" in page or "In the customer's words: “" in page


def test_without_a_model_the_pages_say_nothing_about_one(signed_in, desk):
    account = desk.account()
    make_invoice(account)
    prepare_accounts([account.pk], as_of=AS_OF)
    page = signed_in(desk.reviewer).get(reverse("admin:review", args=[FollowUp.objects.get().pk])).content.decode()
    assert "Prepared by a model" not in page and "Attempts of the model" not in page
