"""A decided sentence passes with its day, its amount and its invoice: exactly that sentence, and no other. Pure."""

from __future__ import annotations

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import HIGHER, CheckInput

# What the sentence claims; that it is in another language than the letter (G01) is another matter.
CLAIMS = {"G02", "G03", "G04", "G06", "G11", "G12", "G13", "G14", "G15", "G16"}
INVOICES = [
    {"number": number, "amount": amount, "open": amount, "currency": "EUR", "issued": "2026-04-02", "due": "2026-05-02"}
    for number, amount in (("INV-00005", "1234.56"), ("INV-00006", "700.00"))
]
# Each names a day that is no fact of the account.
LEGAL = {
    "amount and invoice": "Unless we receive EUR 1,234.56 for invoice INV-00005 by 17 June 2026, we will hand this matter to our lawyers.",
    "a period": "Unless you pay within 9 days, we will hand this matter to our lawyers on 25 June 2026.",
    "a deadline of its own": "We set you a final deadline of Wednesday, 17 June 2026. After that our lawyers take over.",
    "a month": "Without a payment by the end of June 2026 we will hand this matter to our lawyers.",
    "de": "Sofern die Zahlung nicht bis zum 17. Juni 2026 eingeht, übergeben wir die Angelegenheit unserem Rechtsanwalt.",
    "fr": "Sans paiement de votre part avant le 17 juin 2026, nous transmettrons le dossier à notre avocat.",
    "es": "Si no recibimos el pago antes del 17 de junio de 2026, pasaremos el asunto a nuestros abogados.",
}
FEE = "From 17 June 2026 we charge you a late payment fee of EUR 40.00."
SENTENCES = {**{key: ("legal_step", words) for key, words in LEGAL.items()}, "fee": ("fee", FEE)}
EXACT = LEGAL["amount and invoice"]


def found(sentence, kind="", wording="", invoices=INVOICES):
    """Findings about a letter with this sentence in it, where ``wording`` was decided."""
    term = {"ref": "T-1", "type": kind, "wording": wording, "expires": "2026-09-30", "schedule": [], "invoices": []}
    facts = {
        "as_of": "2026-05-12", "customer": {"name": "Northfield GmbH", "account_id": "A-3"}, "contact": {"name": "Kim Keller", "email": "k@c.example"},
        "sender": {"name": "Jo Doe", "company": "Brightwater", "email": "ar@b.example"}, "currency": "EUR", "invoices": invoices,
        "total_open": "1934.56", "late_fee_policy": "unknown", "approved_terms": [term] if wording else [],
    }  # fmt: skip
    body = f"Dear Kim Keller,\n\n{sentence}\n\nInvoice INV-00005 was due on 2 May 2026.\n\nKind regards\nJo Doe\nBrightwater\nar@b.example"
    return [f for f in run_text_checks(CheckInput("INV-00005", body, facts)) if f.check in CLAIMS]


def blocking(*args, **fields):
    return {f.check for f in found(*args, **fields) if f.severity == "block" and not f.registered}


@pytest.mark.parametrize("key", list(SENTENCES))
def test_a_decided_sentence_passes_and_goes_to_the_roles_of_its_kind(key):
    kind, sentence = SENTENCES[key]
    check = "G14" if kind == "fee" else "G15"
    assert {check, "G04"} <= blocking(sentence), "nobody decided it yet"
    assert blocking(sentence, kind, sentence) == set()
    assert blocking(sentence.replace(" we ", "\nwe ", 1), kind, sentence) == set(), "a line that breaks elsewhere is the same sentence"
    assert {(f.check, f.severity) for f in found(sentence, kind, sentence)} == {(check, HIGHER)}


OTHERS = {
    "another day": ("17 June", "18 June"),
    "another year": ("2026", "2027"),
    "another month": ("June", "July"),
    "another amount": ("1,234.56", "999.99"),
    "the amount of another invoice": ("1,234.56", "700.00"),
    "another invoice of theirs": ("INV-00005", "INV-00006"),
    "an invoice that is not theirs": ("INV-00005", "INV-77777"),
    "one step more": ("our lawyers", "our lawyers and a collection agency"),
    "a word before": ("Unless", "Tomorrow, unless"),
    "a clause behind": ("lawyers.", "lawyers, who will call your bank by 19 June 2026."),
    "half of it": ("Unless we receive EUR 1,234.56 for invoice INV-00005 by 17 June 2026, we", "We"),
}


@pytest.mark.parametrize("change", list(OTHERS))
def test_any_other_sentence_is_blocked(change):
    old, new = OTHERS[change]
    assert old in EXACT and blocking(EXACT.replace(old, new, 1), "legal_step", EXACT), change


@pytest.mark.parametrize(
    ("more", "check"), [("Our lawyers are already at work.", "G15"), ("Please pay by 17 June 2026.", "G04"), ("Please pay us EUR 40.00 for INV-00006.", "G02")]
)
def test_beside_the_decided_sentence_nothing_else_of_its_kind_and_none_of_its_values_passes(more, check):
    assert check in blocking(f"{EXACT} {more}", "legal_step", EXACT)
    assert check in blocking(f"{more} {EXACT}", "legal_step", EXACT)


@pytest.mark.parametrize("said", [f"We would never write that {EXACT}", f"We would never write:\n{EXACT}", f"{EXACT[:-1]}, or on 18 June 2026."])
def test_a_decided_sentence_inside_another_one_is_another_one(said):
    assert {"G15", "G04"} <= blocking(said, "legal_step", EXACT)


def test_a_term_covers_its_own_kind_only():
    assert {"G14", "G02"} & blocking(f"{FEE} {EXACT}", "legal_step", EXACT)
    assert "G15" in blocking(EXACT, "suspension", EXACT)


def test_when_the_invoice_changed_the_decided_amount_is_wrong():
    assert "G02" in blocking(EXACT, "legal_step", EXACT, invoices=[{**INVOICES[0], "open": "1000.00"}, INVOICES[1]])


def test_what_day_an_invoice_has_nobody_decides():
    sentence = "Invoice INV-00005, due on 1 April 2026, goes to our lawyers."
    assert "G04" in blocking(sentence, "legal_step", sentence)
