"""Facts and an approved text become one message."""

from datetime import date

import pytest

from drafts.generation.compose import LINES_IN_BODY, NothingToSay, compose
from governance.words import choose, seed_texts
from tests.drafts.fact_samples import SENDER, TODAY, Chase, chase, contact, facts, invoice

NO_PLURAL_MARK = ("(s)", "(n)", "(en)")


def text_for(purpose="demand", *, lane="routine", step=1, language="en"):
    return choose(seed_texts(), lane=lane, step=step, purpose=purpose, language=language)


def test_one_invoice_reads_in_the_singular():
    message = compose(facts(invoice(1)), Chase((1,)), text_for())
    assert message.subject == "Payment reminder: invoice INV-1"
    assert "the invoice below is past its due date and still open:\n\n" in message.body
    assert "Invoice INV-1 · due 2 May 2026 · EUR 1,000.00\n" in message.body
    assert "Total" not in message.body
    assert not message.attachments


def test_several_invoices_are_one_line_each_oldest_first_with_a_total():
    account = facts(invoice(1, days_overdue=3), invoice(22, days_overdue=40, amount_minor=1_234_567))
    message = compose(account, chase(account), text_for())
    block = [line for line in message.body.splitlines() if line.startswith("Invoice ")]
    assert block == [
        "Invoice INV-22 · due 2 April 2026 · EUR 12,345.67",
        "Invoice INV-1  · due   9 May 2026 ·  EUR 1,000.00",
    ]
    assert "Total EUR 13,345.67" in message.body
    assert message.subject == "Payment reminder: 2 invoices"


def test_a_partly_paid_invoice_shows_what_remains_and_says_so():
    message = compose(facts(invoice(1, open_minor=40_000)), Chase((1,)), text_for())
    assert "EUR 400.00 remaining of EUR 1,000.00" in message.body
    assert "payment of EUR 400.00" in message.body


def test_currencies_have_their_own_blocks_and_are_never_added():
    account = facts(invoice(1), invoice(2), invoice(3, currency="USD", amount_minor=5_000))
    message = compose(account, chase(account), text_for())
    assert "Invoices in EUR\n" in message.body
    assert "Invoices in USD\n" in message.body
    assert "Total EUR 2,000.00" in message.body
    assert "payment of EUR 2,000.00 and USD 50.00" in message.body
    assert "2,050.00" not in message.body


def test_an_invoice_of_a_child_account_names_the_child():
    account = facts(invoice(1, billed_name="Customer Lyon SAS"), invoice(2, billed_name="Customer GmbH"))
    lines = compose(account, chase(account), text_for()).body.splitlines()
    assert [line.endswith("· Customer Lyon SAS") for line in lines if line.startswith("Invoice ")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    "dispute",
    [{"disputed_minor": 100_000}, {"dispute_ids": (4,)}, {"signalled": True}, {"disputed_minor": 1}],
)
def test_a_demand_never_names_a_disputed_invoice_even_when_the_verdict_lists_it(dispute):
    account = facts(invoice(1), invoice(2, **dispute))
    message = compose(account, Chase((1, 2)), text_for("demand_rest"))
    assert "INV-2" not in message.body + message.subject
    assert message.invoice_ids == [1]
    assert "The invoice that is under query is set aside" in message.body
    assert "EUR 1,000.00" in message.body


def test_a_dispute_response_does_name_the_disputed_invoice():
    account = facts(invoice(2, disputed_minor=100_000))
    message = compose(account, chase(account, "dispute_response"), text_for("dispute_response"))
    assert "INV-2" in message.body
    assert "[Write your text here]" in message.body


def test_nothing_is_composed_when_every_invoice_is_disputed():
    account = facts(invoice(1, signalled=True))
    with pytest.raises(NothingToSay):
        compose(account, chase(account), text_for())


@pytest.mark.parametrize("text", seed_texts(), ids=lambda t: f"{t.key}.{t.language}")
def test_every_shipped_text_has_person_reply_path_way_to_disagree_and_true_claims(text):
    purpose = "demand" if text.purpose == "demand_rest" else text.purpose
    account = facts(
        invoice(1),
        invoice(2, currency="USD", open_minor=100),
        invoice(3, dispute_ids=(1,)),
        contacted_on=(TODAY,),
    )
    message = compose(account, Chase((1, 2), purpose), text)
    assert SENDER.name in message.body
    assert message.body.count(SENDER.email) == 2
    assert "{" not in message.body + message.subject
    assert not any(mark in message.body for mark in NO_PLURAL_MARK)
    assert "  \n" not in message.body and "\n\n\n" not in message.body
    assert len(message.body) < 2_500
    for claim in message.claims:
        assert message.body[claim["start"] : claim["end"]] == claim["text"]


def test_claims_tie_every_amount_date_and_number_to_its_fact():
    account = facts(invoice(1), invoice(2, open_minor=100))
    message = compose(account, chase(account), text_for())
    stated = {(claim["text"], claim["fact"]) for claim in message.claims}
    assert ("INV-1", "invoice:1") in stated
    assert ("2 May 2026", "invoice:1") in stated
    assert ("EUR 1.00", "invoice:2") in stated
    assert ("EUR 1,001.00", "total:EUR") in stated


def test_an_earlier_message_is_mentioned_only_when_there_was_one():
    text = text_for(step=2)
    first = compose(facts(invoice(1)), Chase((1,)), text).body
    second = compose(facts(invoice(1), contacted_on=(date(2026, 5, 1),)), Chase((1,)), text).body
    assert "earlier message" not in first
    assert "\n\nPlease arrange payment" in first
    assert "This follows our earlier message about your account. Please arrange" in second


@pytest.mark.parametrize(
    ("language", "salutation", "greeting"),
    [
        ("en", "Ms Keller", "Dear Ms Keller,"),
        ("en", "", "Dear Kim Keller,"),
        ("de", "Frau Keller", "Sehr geehrte Frau Keller,"),
        ("de", "Herr Keller", "Sehr geehrter Herr Keller,"),
        ("de", "Ms Keller", "Guten Tag Kim Keller,"),
        ("fr", "Madame Keller", "Bonjour Madame Keller,"),
        ("es", "Sr. Keller", "Estimado Sr. Keller:"),
        ("es", "", "Buenos días, Kim Keller:"),
    ],
)
def test_the_greeting_is_the_contact_on_record_in_the_form_of_the_language(language, salutation, greeting):
    account = facts(invoice(1), recipient=contact(salutation=salutation))
    assert compose(account, chase(account), text_for(language=language)).body.startswith(greeting + "\n\n")


def test_without_a_recipient_nobody_is_named():
    account = facts(invoice(1), recipient=None)
    assert compose(account, chase(account), text_for()).body.startswith("Hello,\n\n")


def test_more_than_thirty_invoices_give_a_summary_and_the_statement_as_a_file():
    few = facts(*(invoice(n) for n in range(1, LINES_IN_BODY + 1)))
    many = facts(*(invoice(n, days_overdue=n) for n in range(1, 352)), external_id="0200769623")
    assert not compose(few, chase(few), text_for()).attachments
    message = compose(many, chase(many), text_for())
    assert [file.name for file in message.attachments] == ["statement-0200769623.xlsx"]
    assert "the 351 invoices in the attached statement are past their due dates" in message.body
    assert "351 invoices in EUR · total EUR 351,000.00\n" in message.body
    assert "Oldest: Invoice INV-351 · due 26 May 2025 · EUR 1,000.00\n" in message.body
    assert len(message.body.splitlines()) < 30
    assert len(message.invoice_ids) == 351


def test_the_same_facts_give_the_same_message_to_the_byte():
    many = facts(*(invoice(n) for n in range(1, 60)))
    assert compose(many, chase(many), text_for()) == compose(many, chase(many), text_for())
