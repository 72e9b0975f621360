"""Figures that could be read in several ways are read as their writer meant them, and one wrong digit still blocks."""

from __future__ import annotations

import pytest

from tests.drafts.checks.letters import DE, ES, FR, account, invoice
from tests.drafts.checks.test_figures import labels

SPACED = account("Krüger Bau GmbH", "Anna Krüger", "Nietmann Technik GmbH", "Lars Nietmann", "EUR", [
    invoice("NB 26-771", "1094.80", "2026-04-02", "2026-05-02", 18), invoice("R (A) 4410", "310.00", "2026-04-10", "2026-05-10", 10)])
DAYS = account("Thornbury Dental Group", "Harriet Cole", "Bexley Sterile Supply Ltd", "Owen Price", "USD", [
    invoice("HB/26/1240", "1980.40", "2026-03-06", "2026-04-05", 45), invoice("HB/26/1257", "655.00", "2026-03-20", "2026-04-19", 31)])
SIGNED = "\n\nOwen Price, Bexley Sterile Supply Ltd"


@pytest.mark.parametrize(("said", "wrong"), [
    ("NB 26-771 über 1.094,80 EUR, fällig 02.05.2026", "NB 26-717 über 1.094,80 EUR, fällig 02.05.2026"),
    ("Rechnung NB26-771 über 1.094,80 EUR", "Rechnung NB26-772 über 1.094,80 EUR"),
    ("nb 26 - 771 (1.094,80 EUR)", "nb 28 - 771 (1.094,80 EUR)"),
    ("Rechnung R (A) 4410 über 310,00 EUR", "Rechnung R (A) 4410 über 301,00 EUR"),
])
def test_identifiers_with_spaces_and_brackets(said, wrong):
    frame = "Guten Tag Frau Krüger,\n\noffen ist noch {}. Wann dürfen wir damit rechnen?\n\nLars Nietmann\nNietmann Technik GmbH"
    assert labels(frame.format(said), SPACED) == set()
    assert labels(frame.format(wrong), SPACED)


@pytest.mark.parametrize(("said", "wrong"), [
    ("HB/26/1240 of $1,980.40 fell due on April 5th, 2026", "HB/26/1240 of $1,980.40 fell due on April 6th, 2026"),
    ("HB/26/1240 of $1,980.40 fell due on April 5th", "HB/26/1240 of $1,980.40 fell due on April 35th"),
    ("HB/26/1257 ($655.00) was due April 19, 2026", "HB/26/1257 ($655.00) was due April 49, 2026"),
    ("HB/26/1257 ($655.00) was due on the 19th of last month", "HB/26/1257 ($655.00) was due on the 21st of last month"),
    ("HB/26/1257 ($655.00), due 04/19/2026, and HB/26/1240 ($1,980.40), due 04/05/2026", "HB/26/1257 ($655.00), due 04/19/2026, and HB/26/1240 ($1,980.40), due 05/04/2026"),
    ("HB/26/1240 ($1,980.40) is 45 days late and HB/26/1257 ($655.00) 31", "HB/26/1240 ($1,980.40) is 45 days late and HB/26/1257 ($655.00) 41"),
    ("HB/26/1240 is open with $1,980.40; the 1257 with $655.00", "HB/26/1240 is open with $1,980.40; the 1257 with $656.00"),
    ("two invoices are open: ...1240 ($1,980.40) and ...1257 ($655.00), both of account AC-70011, the first in full HB/26/1240",
     "two invoices are open: ...1240 ($655.00) and ...1257 ($1,980.40), both of account AC-70011, the first in full HB/26/1240"),
])
def test_days_and_short_references(said, wrong):
    frame = "Dear Harriet,\n\nas far as we can see " + "{}. Could you tell us when to expect it?" + SIGNED
    assert labels(frame.format(said), DAYS) == set()
    assert labels(frame.format(wrong), DAYS)


@pytest.mark.parametrize(("facts", "frame", "said", "wrong"), [
    (DE, "Guten Tag Frau Hofmann,\n\ndie Rechnung LS-20981 über 12.450,75 € war am {} fällig. Wann geht sie raus?\n\nJens Lindner, Lindner Stahlhandel GmbH", "30/04/2026", "30/03/2026"),
    (FR, "Bonjour Valérie,\n\nLa facture FB-7802 de 910,00 € est échue depuis le {}. Quand sera-t-elle réglée ?\n\nHugo Lambert, Fournitures Beaulieu SARL", "09/05/2026", "05/09/2026"),
    (ES, "Estimado Carlos:\n\nLa factura SF-3342, de 740,00 €, venció el {}. ¿Cuándo se pagará?\n\nLucía Ferrer, Suministros Ferrer S.A.", "05-05-2026", "05-06-2026"),
])
def test_day_comes_first_outside_english(facts, frame, said, wrong):
    assert labels(frame.format(said), facts) == set()
    assert labels(frame.format(wrong), facts) == {"wrong_date"}


@pytest.mark.parametrize("said", ["+44 20 7946 0901", "020 7946 0901", "+44 (0)20 7946 0901", "0044 20 7946 0901", "(020) 7946 0901", "+44-20-7946-0901"])
def test_the_senders_number_passes_in_every_form(said):
    assert labels(f"Dear Harriet,\n\nHB/26/1240 over $1,980.40 is open; call me on {said}.{SIGNED}\n{said}", DAYS) == set()


@pytest.mark.parametrize("said", ["+49 20 7946 0901", "020 7946 0902", "02 61 91 30 08", "976 55 01 50", "(312) 555-0142", "312-555-0142", "+1 20 7946 0901"])
def test_another_number_does_not(said):
    assert labels(f"Dear Harriet,\n\nHB/26/1240 over $1,980.40 is open. Is it planned?{SIGNED}\n{said}", DAYS) == {"personal_data"}


@pytest.mark.parametrize("said", ["$1 980.40", "USD1 980.40", "US$ 1'980.40", "USD1’980.40", "1 980,40 USD", "USD 1,980.40", "$1980,40", "USD1.980,40", "$ 1,980.40", "USD 1980.40"])
def test_grouped_amounts_with_their_currency_glued_or_apart(said):
    frame = f"Dear Harriet,\n\nHB/26/1240 over {said} is open. Is it planned?{SIGNED}"
    assert labels(frame, DAYS) == set()
    assert labels(frame.replace("40", "41").replace("1241", "1240"), DAYS) == {"wrong_amount"}


@pytest.mark.parametrize("row", ["SF-3310 | 17 de abril | 5.120,30", "SF-3342 | vto. 5 de mayo | 740,00"])
def test_the_end_of_a_month_is_no_word_for_an_invoice(row):
    assert labels(f"Estimado Carlos:\n\nSiguen pendientes:\n{row}\n\n¿Cuándo se pagará?\n\nLucía Ferrer, Suministros Ferrer S.A.", ES) == set()


@pytest.mark.parametrize("said", ["HB/26/1240/HB/26/1257", "HB/26/1240+HB/26/1257", "HB/26/1240 and HB/26/1257's amount"])
def test_identifiers_joined_or_inflected(said):
    assert "wrong_invoice" not in labels(f"Dear Harriet,\n\n{said} are open with $2,635.40. Are they planned?{SIGNED}", DAYS)


def test_still_is_no_until():
    assert labels(f"Dear Harriet,\n\nHB/26/1240 over $1,980.40 is still open, due 5th April. Is it planned?{SIGNED}", DAYS) == set()
