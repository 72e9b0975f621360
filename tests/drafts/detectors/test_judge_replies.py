"""What kind of answer a message is, which day it promises, which invoices it names."""

from datetime import date

import pytest

from drafts.detectors import REPLY_KINDS, judge_reply

MONDAY = date(2026, 5, 4)

KINDS = {
    "We have already paid this invoice.": "paid",
    "Wir haben die Rechnung letzte Woche überwiesen.": "paid",
    "Please send us a copy of invoice 1123.": "needs_document",
    "Auf der Rechnung fehlt unsere Bestellnummer.": "needs_document",
    "La facture est en cours de validation.": "in_customer_approval",
    "The invoice is waiting for approval by our director.": "in_customer_approval",
    "We will pay on 15 June.": "promise_with_date",
    "Pagaremos el 15 de junio.": "promise_with_date",
    "We will pay next week.": "promise_without_date",
    "Nous paierons dès que possible.": "promise_without_date",
    "What is this invoice for?": "question",
    "¿Cuándo vence la factura?": "question",
    "Please find attached our remittance advice.": "remittance",
    "Anbei der Zahlungsavis.": "remittance",
    "The price is wrong, we agreed 12.40.": "dispute",
    "Nous contestons cette facture.": "dispute",
    "The tone of your letters is unacceptable.": "complaint",
    "Ihr Kundenservice ist eine Frechheit.": "complaint",
    "Jane no longer works here.": "wrong_person",
    "No soy la persona adecuada.": "wrong_person",
    "I am out of the office until Monday.": "out_of_office",
    "Je suis absent jusqu'à lundi.": "out_of_office",
    "Please remove me from your mailing list.": "opt_out",
    "Dejen de enviarme correos.": "opt_out",
    "Thanks.": "unsure",
    "See you tomorrow at the fair.": "unsure",
    "": "unsure",
}


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_an_answer_is_of_its_kind_and_quotes_its_words(text, kind):
    verdict = judge_reply(text, as_of=MONDAY)
    assert verdict.kind == kind
    assert verdict.quote in text
    assert bool(verdict.quote) == (kind != "unsure")


def test_every_kind_of_the_metrics_is_covered_above():
    assert set(KINDS.values()) == {*REPLY_KINDS, "unsure"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("We will pay on 15 June.", date(2026, 6, 15)),
        ("We will pay on June 15th, 2026.", date(2026, 6, 15)),
        ("Payment will be made by 2026-06-18.", date(2026, 6, 18)),
        ("Payment will be made by Friday.", date(2026, 5, 8)),
        ("I will transfer it tomorrow.", date(2026, 5, 5)),
        ("We will pay by the end of the month.", date(2026, 5, 31)),
        ("We will pay within 10 days.", date(2026, 5, 14)),
        ("We will pay on the 2nd.", date(2026, 6, 2)),
        ("Wir überweisen am 12.05.", date(2026, 5, 12)),
        ("Die Zahlung erfolgt am 3. Januar.", date(2027, 1, 3)),
        ("Nous paierons le 12/06/2026.", date(2026, 6, 12)),
        ("Le virement sera fait vendredi.", date(2026, 5, 8)),
        ("Pagaremos el día 20.", date(2026, 5, 20)),
        ("La transferencia se hará el 3 de julio.", date(2026, 7, 3)),
        ("Half will be paid on 10 May and the rest on 24 May.", date(2026, 5, 10)),
        ("We will pay invoice 12, dated 3 April, on 20 May.", date(2026, 5, 20)),
    ],
)
def test_a_named_day_is_read(text, day):
    verdict = judge_reply(text, as_of=MONDAY)
    assert verdict.kind == "promise_with_date"
    assert verdict.promised_on == day


@pytest.mark.parametrize("text", ["We will pay next week.", "Payment follows in two weeks.", "Wir zahlen bald.", "We will pay 12.50 soon."])
def test_no_day_is_invented(text):
    verdict = judge_reply(text, as_of=MONDAY)
    assert verdict.kind == "promise_without_date"
    assert verdict.promised_on is None


@pytest.mark.parametrize("text", ["We will pay on 03/04/2026.", "We will pay next Friday.", "We will pay on 15 June or 06/07."])
def test_a_day_that_can_be_read_in_two_ways_is_left_to_a_person(text):
    verdict = judge_reply(text, as_of=MONDAY)
    assert verdict.kind == "promise_with_date"
    assert verdict.promised_on is None


def test_without_the_day_of_arrival_only_whole_dates_are_read():
    assert judge_reply("We will pay on 15 June 2026.").promised_on == date(2026, 6, 15)
    assert judge_reply("We will pay on Friday.").promised_on is None


def test_a_day_in_the_past_is_no_promise():
    assert judge_reply("We will pay the invoice of 3 April 2026 soon.", as_of=MONDAY).promised_on is None


def test_known_invoice_numbers_are_found_whole_and_unknown_ones_are_not_guessed():
    text = "We will pay INV-100 and inv-102 on Friday, not INV-1001."
    verdict = judge_reply(text, known_invoices=("INV-102", "INV-100", "INV-10", "1001"))
    assert verdict.invoices == ("INV-100", "INV-102")


def test_quoted_history_is_not_the_customers_answer():
    text = "We will pay on 15 June.\n\nOn Mon, 4 May 2026, Desk <desk@seller.example> wrote:\n> If you have already paid, ignore this mail.\n> Please contact us if you dispute the invoice."
    assert judge_reply(text, as_of=MONDAY).kind == "promise_with_date"


def test_a_dispute_with_a_promise_for_the_rest_is_a_dispute():
    assert judge_reply("The quantity is wrong; we will pay the rest on 15 June.", as_of=MONDAY).kind == "dispute"
