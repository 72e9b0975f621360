"""A sentence stops a letter only when no reading it allows is true of the facts: ordinary sentences of four languages, and false ones like them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import WARN, CheckInput

FACTS = {
    "as_of": "2026-06-18", "customer": {"name": "Brandt Hochbau GmbH", "account_id": "K-300"}, "contact": {"name": "Laura Brandt", "email": "laura@brandt.example"},
    "sender": {"company": "Nordbau Supplies Ltd", "name": "Karl Meyer", "title": "Credit Controller", "email": "karl@nordbau.example", "phone": "+44 161 496 0144"},
    "currency": "EUR", "total_open": "3850.50",
    "invoices": [
        {"number": "NB-4101", "amount": "2400.00", "open": "2400.00", "issued": "2026-04-10", "due": "2026-05-10", "days_overdue": 39, "po": "PO-771"},
        {"number": "NB-4102", "amount": "1850.50", "open": "850.50", "issued": "2026-04-20", "due": "2026-05-20", "days_overdue": 29, "po": None},
        {"number": "NB-4103", "amount": "600.00", "open": "600.00", "issued": "2026-05-31", "due": "2026-06-30", "days_overdue": -12, "po": "PO-790"},
        {"number": "NB-4099", "amount": "500.00", "open": "0.00", "issued": "2026-03-30", "due": "2026-04-29", "days_overdue": 50, "po": None},
    ],
    "payments": [{"invoice": "NB-4102", "amount": "800.00", "date": "2026-06-02"}, {"invoice": "NB-4099", "amount": "500.00", "date": "2026-05-05"}],
    "credit_notes": [{"number": "CN-55", "invoice": "NB-4102", "amount": "200.00", "date": "2026-05-25"}],
    "disputes": [], "approved_terms": [], "late_fee_policy": "none", "links": [],
}
FRAMES = {
    "en": ("Dear Ms Brandt,", "Invoice NB-4101 for EUR 2,400.00, due on 10 May 2026, is still open. Could you tell me when you expect to pay it?", "Kind regards"),
    "de": ("Guten Tag Frau Brandt,", "Die Rechnung NB-4101 über 2.400,00 EUR, fällig am 10. Mai 2026, ist noch offen. Wann dürfen wir mit der Zahlung rechnen?", "Freundliche Grüße"),
    "fr": ("Bonjour Madame Brandt,", "La facture NB-4101 de 2 400,00 EUR, échue le 10 mai 2026, reste ouverte. Quand pensez-vous la régler ?", "Cordialement,"),
    "es": ("Buenos días, Laura:", "La factura NB-4101 por 2.400,00 EUR, con vencimiento el 10 de mayo de 2026, sigue pendiente. ¿Cuándo prevén pagarla?", "Un saludo,"),
}
SENTENCES = json.loads((Path(__file__).parent / "charity.json").read_text(encoding="utf-8"))


def findings(language, sentence, before, subject="", facts=FACTS):
    greeting, demand, closing = FRAMES[language]
    parts = [greeting, *((sentence, demand) if before else (demand, sentence)), f"{closing}\nKarl Meyer\nNordbau Supplies Ltd"]
    return run_text_checks(CheckInput(subject, "\n\n".join(parts), facts))


def stopped(language, sentence, before, facts=FACTS):
    return [(f.check, f.quote, f.why) for f in findings(language, sentence, before, "", facts) if f.stops_routine_approval]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_sentences_with_a_true_reading_pass(language, before):
    assert [(said, found) for said in SENTENCES[language]["true"] if (found := stopped(language, said, before))] == []


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_subjects_with_a_true_reading_pass(language):
    quiet = SENTENCES[language]["true"][0]
    found = {said: findings(language, quiet, True, said) for said in SENTENCES[language]["subjects"]}
    assert {said: stops for said, all_of in found.items() if (stops := [f.quote for f in all_of if f.stops_routine_approval])} == {}


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_sentences_without_one_stop(language, before):
    assert [said for said in SENTENCES[language]["false"] if not stopped(language, said, before)] == []


def test_a_subject_that_names_the_readers_question_does_not_speak_for_them_behind_it():
    quiet = SENTENCES["en"]["true"][0]
    assert [f for f in findings("en", quiet, True, "Your question: will you charge a penalty?") if f.stops_routine_approval] == []
    assert {f.check for f in findings("en", quiet, True, "Your question: final notice before court action") if f.stops_routine_approval} == {"G15"}


def test_what_is_doubted_is_left_to_the_reviewer_as_a_warning():
    found = findings("es", "¿Podría decirme si está validada por el taller y qué fecha contempla su tesorería?", True)
    assert [(f.check, f.severity) for f in found] == [("G10", WARN)]
    assert stopped("es", "Este mensaje ha sido validado por nuestra tesorería.", True)


def test_two_capitals_without_a_debt_beside_them_warn():
    assert {f.severity for f in findings("en", "Greetings from Norbert Quillfeather.", True) if f.check == "G05"} == {WARN}
    assert stopped("en", "NB-4101 is owed by Norbert Quillfeather.", True)


# Of one account: a plan for NB-4102, a dispute about NB-4103.
PLANNED = {
    **FACTS, "disputes": [{"invoice": "NB-4103", "ticket": "T-900", "status": "open", "reason": "quantity"}],
    "approved_terms": [{"type": "payment_plan", "ref": "PL-7", "approved_by": "finance", "invoices": ["NB-4102"], "schedule": [{"amount": "850.50", "date": "2026-07-31"}]}],
}
AGREED = {
    "en": (["For NB-4102 the plan PL-7 applies, so nothing is due on it today.", "I only write about the undisputed part of your account."], ["NB-4102 is paid under PL-7.", "Nothing on your account is disputed."]),
    "de": (["Für NB-4102 gilt der Plan PL-7, heute ist darauf nichts fällig.", "Ich schreibe nur wegen des unstrittigen Teils Ihres Kontos."], ["NB-4102 ist nach PL-7 bereits bezahlt.", "Auf Ihrem Konto ist nichts strittig."]),
    "fr": (["Pour la NB-4102, le plan PL-7 s'applique ; rien n'y est dû aujourd'hui.", "Je n'écris qu'au sujet de la partie non contestée de votre compte."], ["La NB-4102 est déjà payée selon PL-7.", "Rien n'est contesté sur votre compte."]),
    "es": (["Para la NB-4102 rige el plan PL-7, hoy no vence nada de ella.", "Solo le escribo por la parte no disputada de su cuenta."], ["La NB-4102 ya está pagada según PL-7.", "No hay nada disputado en su cuenta."]),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(AGREED))
def test_a_plan_in_force_and_the_undisputed_part_are_no_contradictions(language):
    true, false = AGREED[language]
    assert {said: found for said in true if (found := stopped(language, said, True, PLANNED))} == {}
    assert [said for said in false if not stopped(language, said, True, PLANNED)] == []


# What stands in the sender's telephone line beside a number: hours, an extension, a second number.
LINES = {
    "en": ("+44 117 496 0509 (Monday to Friday, 9 am to 5 pm)", ["Call me on +44 117 496 0509, Monday to Friday, 9 am to 5 pm.", "My number is 0117 496 0509; I am in from 9:00 to 17:00."], ["Call me on +44 117 496 0508, Monday to Friday."]),
    "de": ("+49 221 4710 238 (Mo–Fr 8:00–16:30 Uhr)", ["Sie erreichen mich Mo–Fr 8:00–16:30 Uhr unter +49 221 4710 238.", "Am besten Di und Fr 8–12 Uhr unter 0221 4710 238."], ["Sie erreichen mich Mo–Fr 8:00–16:30 Uhr unter +49 221 4710 239.", "Für NB-4101 fehlen Fr. 8.50."]),
    "fr": ("+33 1 99 00 13 84 (du lundi au jeudi, 8 h 30 – 12 h)", ["Je réponds au +33 1 99 00 13 84, du lundi au jeudi, 8 h 30 – 12 h.", "Appelez le 01 99 00 13 84 entre 8 h 30 et 12 h."], ["Je réponds au +33 1 99 00 13 85, du lundi au jeudi."]),
    "es": ("+34 910 000 926, ext. 12 / +34 600 000 177 9:00-14:00", ["Llámeme de 9:00 a 14:00 al +34 910 000 926, ext. 12.", "También me encuentra en el +34 600 000 177, de 9:00 a 14:00."], ["Llámeme de 9:00 a 14:00 al +34 910 000 962."]),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(LINES))
def test_a_telephone_line_with_hours_still_names_the_number(language):
    line, true, false = LINES[language]
    facts = {**FACTS, "sender": {**FACTS["sender"], "phone": line}}
    whole = f"{line}."
    assert {said: found for said in (*true, whole) if (found := stopped(language, said, True, facts))} == {}
    assert [said for said in false if not stopped(language, said, True, facts)] == []


SHORT = {
    "en": ("Which of the two is overdue", "NB-4103 is overdue"), "de": ("Welche der beiden ist überfällig", "NB-4103 ist überfällig"),
    "fr": ("Laquelle des deux est échue", "NB-4103 est échue"), "es": ("Cuál de las dos está vencida", "La NB-4103 está vencida"),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(SHORT))
def test_a_heading_that_asks_claims_nothing(language):
    quiet = SENTENCES[language]["true"][0]
    asked, said = ([f.quote for f in findings(language, quiet, True, subject) if f.stops_routine_approval] for subject in SHORT[language])
    assert asked == [] and said != []


# A subject names fees; the body denies them, or does not.
FEES = {
    "en": (["About possible late fees on NB-4101", "Late fees on NB-4101"], "There are no late fees and no interest on NB-4101.", "NB-4101 carries late fees."),
    "de": (["Zu möglichen Mahngebühren auf NB-4101", "Mahngebühren auf NB-4101"], "Auf NB-4101 erheben wir keine Mahngebühren.", "Auf NB-4101 erheben wir Mahngebühren."),
    "fr": (["Éventuels frais de retard sur la NB-4101", "Frais de retard NB-4101"], "Aucuns frais de retard ne s'ajoutent à la NB-4101.", "La NB-4101 comporte des frais de retard."),
    "es": (["Sobre posibles recargos en NB-4101", "Recargos en NB-4101"], "La NB-4101 no lleva recargo por demora ni intereses.", "La NB-4101 lleva un recargo por demora."),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(FEES))
def test_a_subject_may_name_the_fees_that_the_body_denies(language):
    subjects, denied, claimed = FEES[language]
    stops = {body: [[f.quote for f in findings(language, body, True, subject) if f.check == "G14" and f.where == "subject"] for subject in subjects] for body in (denied, claimed, "")}
    assert stops[denied] == [[], []] and [] not in stops[claimed] and [] not in stops[""]
