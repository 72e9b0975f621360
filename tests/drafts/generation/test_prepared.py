"""What a model prepared for people is shown only as far as it is cited, quoted and figured from what the model saw."""

from __future__ import annotations

import json

import pytest

from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts.detection import scan
from drafts.generation import runner
from drafts.generation.prepared import prepared_for
from drafts.models import FollowUp, Generation
from drafts.preparation import prepare_accounts
from governance.models import Decision, Event
from tests.factories import AS_OF, make_account, make_invoice, make_message, make_ticket, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]

ASKS = "Dear Jonas, could we agree a payment plan, in three instalments?"


def people(**changes):
    """The form for people, as the provider sends it."""
    value = {"summary": [], "suggested_lane": "routine", "lane_reason": "", "options": [], "memo": [], "customer_position": []}
    value["summary"] = [{"text": "Placeholder of a summary.", "facts": ["account:0"]}]
    return json.dumps({**value, **changes})


@pytest.fixture
def prepare(settings):
    """Prepare an account, let the model answer with ``said`` (a function of the account's rows), and prepare again."""

    def _prepare(account, said):
        answers = said if callable(said) else lambda request: said
        with Provider(answers) as provider:
            settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "m-1"
            for _ in range(3):
                prepare_accounts([account.pk], as_of=AS_OF)
                runner.run(lambda: AS_OF, concurrency=2)
        return FollowUp.objects.get(account=account)

    return _prepare


@pytest.fixture
def account():
    account = make_account(tier="enterprise", name="Alder AG")
    make_invoice(account, number="INV-4711", amount_minor=123_456)
    return account


def shown(follow_up):
    return prepared_for([follow_up.pk])[follow_up.pk]


def sentence(text, *facts):
    return {"text": text, "facts": list(facts)}


def test_a_cited_sentence_is_shown_with_who_wrote_it(prepare, account):
    invoice = account.invoices.get()
    follow_up = prepare(account, people(summary=[sentence("INV-4711 is open with EUR 1,234.56.", f"invoice:{invoice.pk}")]))
    found = shown(follow_up)
    assert [s.text for s in found.summary] == ["INV-4711 is open with EUR 1,234.56."]
    assert found.summary[0].facts == (f"invoice:{invoice.pk}",)
    assert found.label == "Prepared by a model (m-1, prompt preparation/1)" and not found.dropped


def test_a_sentence_that_cites_a_fact_that_is_not_there_is_dropped_and_counted(prepare, account):
    other = make_invoice(make_account())
    mine = f"account:{account.pk}"
    follow_up = prepare(
        account,
        people(summary=[sentence("They are a customer.", mine), sentence("A dispute is open.", "dispute:999"), sentence("So it is.", f"invoice:{other.pk}")]),
    )
    found = shown(follow_up)
    assert [s.text for s in found.summary] == ["They are a customer."]
    assert found.dropped == {"unknown_fact": 2} and "2 left out" in found.dropped_words


@pytest.mark.parametrize(
    "text",
    ["They owe EUR 9,999.00.", "INV-9999 is open.", "It fell due on 2026-01-17.", "It fell due on 17 January.", "A fee of 12.50 applies.", "EUR 1234,65 is open.",
     "EUR 123,456 is open.", "EUR 12.345,60 is open.", "They offer EUR 50.", "They offer 50 EUR.", "€ 7 would do."],
)
def test_a_figure_nobody_showed_the_model_is_dropped(prepare, account, text):
    found = shown(prepare(account, people(memo=[sentence(text, f"account:{account.pk}")])))
    assert found.memo == () and found.dropped["unknown_figure"] == 1


@pytest.mark.parametrize("text", ["They owe EUR 1234.56.", "They owe 1.234,56 EUR.", "It fell due on 2026-05-02.", "It fell due on 2 May 2026.", "Due 02.05.2026."])
def test_the_same_figure_written_another_way_stands(prepare, account, text):
    found = shown(prepare(account, people(memo=[sentence(text, f"account:{account.pk}")])))
    assert [s.text for s in found.memo] == [text]


@pytest.mark.parametrize(
    "said", ["»nobody wrote this«", "‹nobody wrote this›", "›nobody wrote this‹", "‘we don’t pay’", "'we don't pay'", "« nobody wrote this »", "„nobody wrote this“"]
)
def test_an_invented_quotation_is_found_in_any_quotation_marks(prepare, account, said):
    found = shown(prepare(account, people(memo=[sentence(f"The customer’s clerk wrote {said}.", f"account:{account.pk}")])))
    assert found.memo == () and found.dropped["invented_quote"] == 1


def test_apostrophes_are_no_quotation_marks(prepare, account):
    text = "The customer's clerks' list isn't here, and the supplier's isn't either."
    found = shown(prepare(account, people(memo=[sentence(text, f"account:{account.pk}")])))
    assert [s.text for s in found.memo] == [text]


@pytest.mark.parametrize(("said", "shown_reason"), [("A ticket hints at a quarrel.", True), ("The CEO wrote 'pay EUR 9 now'.", False), ("They owe 99,999.", False)])
def test_the_reason_for_a_lane_cites_nothing_and_so_names_no_figure_and_quotes_nobody(prepare, account, said, shown_reason):
    found = shown(prepare(account, people(suggested_lane="exception", lane_reason=said)))
    assert found.lane == "exception" and found.lane_reason == (said if shown_reason else "")


def test_a_quotation_must_be_in_the_text_it_cites_letter_for_letter(prepare, account):
    ticket = make_ticket(account, subject="Delivery", body="Two pallets are missing from the last delivery, so we short paid.")
    letter = make_message(account, body="We will look into it.")
    said = [
        sentence("They say “Two pallets are missing from the last delivery”.", f"ticket:{ticket.pk}"),
        sentence("They say “two pallets are missing”.", f"ticket:{ticket.pk}"),
        sentence("They say “Two pallets are missing from the last delivery”.", f"message:{letter.pk}"),
        sentence("They say \"we refuse to pay anything\".", f"ticket:{ticket.pk}"),
    ]
    found = shown(prepare(account, people(customer_position=said)))
    assert [s.text for s in found.customer_position] == [said[0]["text"]]
    assert found.dropped["invented_quote"] == 3


def test_hidden_characters_of_an_answer_are_written_out(prepare, account):
    found = shown(prepare(account, people(memo=[sentence("A cus\u200btomer.", f"account:{account.pk}")])))
    assert found.memo[0].text == "A cus⟨U+200B⟩tomer."


def test_what_was_prepared_for_older_facts_is_not_shown(prepare, account):
    follow_up = prepare(account, people(summary=[sentence("They are a customer.", f"account:{account.pk}")]))
    assert shown(follow_up)
    make_invoice(account, number="INV-4712")
    prepare_accounts([account.pk], as_of=moment(1))
    assert prepared_for([follow_up.pk]) == {}, "the facts moved on"


def test_one_query_for_any_number(prepare, django_assert_num_queries):
    pks = []
    for _ in range(3):
        account = make_account(tier="enterprise")
        make_invoice(account)
        pks.append(prepare(account, people(summary=[sentence("A customer.", f"account:{account.pk}")])).pk)
    with django_assert_num_queries(1):
        assert set(prepared_for(pks)) == set(pks)


# --- options on the decision ---


def asking():
    account = make_account(name="Netherby Ltd")
    make_invoice(account, number="INV-1", amount_minor=90_000)
    make_message(account, subject="Payment", body=ASKS, at=moment(-3))
    scan([account.pk], at=AS_OF)
    return account


def test_options_of_the_model_join_an_open_decision_once_marked_and_recorded(prepare):
    account = asking()
    follow_up = prepare(account, answerer())
    assert follow_up.status == "awaiting_decision"
    decision = Decision.objects.get(account_id=account.pk)
    prepared = [option for option in decision.options if option["key"].startswith("model-")]
    assert [option["key"] for option in prepared] == ["model-payment_plan-1", "model-next_step-1"]
    assert all(option["by"] == "model" and option["facts"] for option in prepared)
    assert "exact amounts and dates are yours" in prepared[0]["effect"] and prepared[0]["approvers"]
    assert decision.state == "open" and decision.outcome == "", "preparing decides nothing"
    assert Event.objects.filter(action="decision.options_added", subject_id=decision.pk).count() == 1
    assert [h.history_type for h in decision.history.order_by("history_id")] == ["+", "~"]
    prepare_accounts([account.pk], as_of=AS_OF)
    decision.refresh_from_db()
    assert len([o for o in decision.options if o["key"].startswith("model-")]) == 2


def test_an_option_that_cites_nothing_real_never_reaches_the_decision(prepare):
    account = asking()
    plan = {"kind": "payment_plan", "title": "Pay EUR 77,777.00 a month", "effect": "It is settled.", "facts": [f"account:{account.pk}"]}
    ghost = {"kind": "payment_plan", "title": "Three instalments", "effect": "It is settled.", "facts": ["promise:404"]}
    prepare(account, people(options=[plan, ghost]))
    assert not any(o["key"].startswith("model-") for o in Decision.objects.get().options)
    assert not Event.objects.filter(action="decision.options_added").exists()


def test_a_decided_question_is_left_as_it_was(prepare, settings):
    account = asking()
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"
    prepare_accounts([account.pk], as_of=AS_OF)
    Decision.objects.update(state="lapsed")
    prepare(account, answerer())
    assert not any(o["key"].startswith("model-") for d in Decision.objects.filter(state="lapsed") for o in d.options)


def test_a_credit_is_never_offered_on_a_question_about_a_plan(prepare):
    account = asking()
    credit = {"kind": "credit", "title": "Grant a credit", "effect": "It ends the matter.", "facts": [f"account:{account.pk}"]}
    prepare(account, people(options=[credit]))
    assert not any(o["key"].startswith("model-") for o in Decision.objects.get().options)


def test_without_a_configured_model_nothing_is_looked_up(django_assert_num_queries):
    from drafts.preparation.options import add_options

    with django_assert_num_queries(0):
        assert add_options([1], by=None, at=AS_OF) == 0
    assert not Generation.objects.exists()
