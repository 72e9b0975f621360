"""What a letter tells and does not claim: the reader's words in quotation marks, a request refused, a clause quoted, an invoice known by its payment only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.drafts.checks.test_charity import FACTS, stopped

SENTENCES = json.loads((Path(__file__).parent / "told.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_what_is_told_passes(language, before):
    assert [(said, found) for said in SENTENCES[language]["true"] if (found := stopped(language, said, before))] == []


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_what_is_claimed_like_it_stops(language, before):
    assert [said for said in SENTENCES[language]["false"] if not stopped(language, said, before)] == []


# An invoice that is off the list and known by its payment only.
GONE = {**FACTS, "payments": [*FACTS["payments"], {"invoice": "NB-3990", "amount": "910.00", "date": "2026-05-12"}]}
PAID = {
    "en": (["Thank you for the EUR 910.00 for NB-3990, received on 12 May 2026."], ["NB-3990 for EUR 910.00 is still open."]),
    "de": (["Danke für die Zahlung der NB-3990 über 910,00 EUR, eingegangen am 12. Mai 2026."], ["NB-3990 über 910,00 EUR ist noch offen."]),
    "fr": (["Merci pour le règlement de la NB-3990, soit 910,00 EUR, reçu le 12 mai 2026."], ["La NB-3990 de 910,00 EUR reste ouverte."]),
    "es": (["Gracias por el pago de la NB-3990, de 910,00 EUR, que recibimos el 12 de mayo de 2026."], ["La NB-3990 de 910,00 EUR sigue pendiente."]),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(PAID))
def test_an_invoice_known_by_its_payment_may_be_thanked_for_and_not_be_demanded(language):
    true, false = PAID[language]
    assert {said: found for said in true if (found := stopped(language, said, True, GONE))} == {}
    assert [said for said in false if not stopped(language, said, True, GONE)] == []


CLAUSES = {
    "en": ("Interest of 1% per month may be charged from the 60th day overdue.", "Clause 8 reads: “{}” That point is not reached and no interest has been charged.", "Clause 8 reads: “Interest of 2% per month may be charged from the 45th day overdue.”"),
    "de": ("Ab dem 61. Tag nach Fälligkeit können Verzugszinsen von 0,5 % je Monat berechnet werden.", "Ziffer 6 lautet: „{}“ Dieser Tag ist nicht erreicht; es sind keine Zinsen angefallen.", "Ziffer 6 lautet: „Ab dem 31. Tag nach Fälligkeit können Verzugszinsen von 5 % je Monat berechnet werden.“"),
    "fr": ("Une indemnité de 40,00 € peut être demandée plus de 60 jours après l'échéance.", "L'article 5 dit : « {} » Ce délai n'est pas atteint et l'indemnité n'est pas demandée.", "L'article 5 dit : « Une indemnité de 80,00 € peut être demandée plus de 30 jours après l'échéance. »"),
    "es": ("Podrá aplicarse un interés de demora del 0,75 % mensual a partir del día 91 de vencimiento.", "La cláusula 11 dice: «{}» No estamos en ese supuesto y no se ha aplicado interés alguno.", "La cláusula 11 dice: «Podrá aplicarse un interés de demora del 3 % mensual a partir del día 20 de vencimiento.»"),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(CLAUSES))
def test_the_late_fee_clause_may_be_quoted_word_for_word_and_no_other(language):
    clause, quoted, invented = CLAUSES[language]
    facts = {**FACTS, "late_fee_policy": {"clause": "8", "text": clause}}
    assert {check for check, _, _ in stopped(language, quoted.format(clause), True, facts)} <= {"G14"}  # for finance and legal, as registered
    assert stopped(language, invented, True, facts)
