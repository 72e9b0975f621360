"""What honest letters say beside the demand itself (thanks, holidays, answers, sums that are right), each class with what only looks like it.

The sentences stand in letters of ``tests/eval/varied.jsonl``: ``sayings`` beside an open invoice, ``figures`` with a part payment on record.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput

EVAL = Path(__file__).parents[2] / "eval"
ROWS = [json.loads(line) for line in (EVAL / "varied.jsonl").read_text(encoding="utf-8").splitlines()]
FACTS = {row["id"]: row["facts"] for row in ROWS}
CASES = json.loads((Path(__file__).parent / "everyday_letters.json").read_text(encoding="utf-8"))
SAYINGS = {
    "en": ("v1-en-02", "Hi Rafael,\n\n{}\n\nInvoice 70-4418 for $12,750.00 was due on October 2. Please let me know.\n\nInes Barrow\nNorthgate Fasteners LLC"),
    "de": ("v1-de-01", "Guten Tag Frau Rest,\n\n{}\n\nRE-52044 über 1.338,60 € war am 6. September fällig. Bitte geben Sie mir kurz Bescheid.\n\nJörg Wiedemann\nTannhof Polsterwerke AG"),
    "fr": ("v1-fr-01", "Bonjour Madame Thiébaut,\n\n{}\n\nLa FA26-0802 de 1 180,00 € est échue depuis le 11 septembre. Merci de votre retour.\n\nHugues Lartigue\nBlanchisserie des Cimes SAS"),
    "es": ("v1-es-01", "Estimada Remedios:\n\n{}\n\nLa F-260930 de 489,99 € venció el 13 de septiembre. ¿Me dice algo, por favor?\n\nÍñigo Salcedo\nCorcheros del Sur S.A."),
}
FIGURES = {
    "en": ("v1-en-01", "Hello Deirdre,\n\n{}\n\nPlease let me know.\n\nTom Acheson\nLowmoor Packaging Ltd"),
    "de": ("v1-de-01", "Guten Tag Frau Rest,\n\n{}\n\nBitte geben Sie mir kurz Bescheid.\n\nJörg Wiedemann\nTannhof Polsterwerke AG"),
    "fr": ("v1-fr-01", "Bonjour Madame Thiébaut,\n\n{}\n\nMerci de votre retour.\n\nHugues Lartigue\nBlanchisserie des Cimes SAS"),
    "es": ("v1-es-01", "Estimada Remedios:\n\n{}\n\n¿Me dice algo, por favor?\n\nÍñigo Salcedo\nCorcheros del Sur S.A."),
}
FRAMES = {"sayings": SAYINGS, "figures": FIGURES}


def findings(text, facts, subject="", purpose="demand"):
    return run_text_checks(CheckInput(subject, text, facts, purpose, None, date.fromisoformat(facts["as_of"])))


def stopped(kind, lang, said):
    account, frame = FRAMES[kind][lang]
    return [(f.check, f.quote, f.why) for f in findings(frame.format(said), FACTS[account]) if f.stops_routine_approval]


@pytest.mark.parametrize("lang", sorted(SAYINGS))
@pytest.mark.parametrize("kind", sorted(FRAMES))
def test_honest_sentences_pass(kind, lang):
    assert [(said, found) for said in CASES[kind][lang]["true"] if (found := stopped(kind, lang, said))] == []


@pytest.mark.parametrize("lang", sorted(SAYINGS))
@pytest.mark.parametrize("kind", sorted(FRAMES))
def test_what_only_looks_like_them_stops(kind, lang):
    assert [said for said in CASES[kind][lang]["false"] if not stopped(kind, lang, said)] == []


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "We will credit USD 50.00 on June 1."),
        ("en", "You'll be credited $55.00."),
        ("en", "We're going to write $75.00 off."),
        ("de", "Wir werden Ihnen am 1. Juni 50,00 € gutschreiben."),
        ("de", "Am 1. Juni werden 50,00 € gutgeschrieben."),
        ("de", "Ich überweise Ihnen 120,00 € zurück."),
        ("fr", "Nous vous créditerons de 50,00 € le 1er juin."),
        ("fr", "Les derniers 60,00 €, nous vous en faisons grâce."),
        ("es", "Le abonaremos 50,00 € el 1 de junio."),
        ("es", "Los últimos 60,00 € se los perdonamos."),
    ],
)
def test_money_promised_back_is_a_credit_offer(lang, said):
    account, frame = SAYINGS[lang]
    assert {f.check for f in findings(frame.format(said), FACTS[account])} >= {"G11"}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "We will credit your payment of $12,750.00 to 70-4418 as soon as it arrives."),
        ("en", "We will not be crediting anything, the amount stands at $12,750.00."),
        ("de", "Wir buchen Ihre Überweisung über 1.338,60 € auf RE-52044, sobald sie eingeht."),
        ("de", "Ihre Zahlung über 1.338,60 € schreiben wir Ihrem Konto gut, sobald sie da ist."),
        ("fr", "Nous créditerons votre virement de 1 180,00 € sur la FA26-0802 dès réception."),
        ("es", "Abonaremos su pago de 489,99 € a la F-260930 en cuanto llegue."),
    ],
)
def test_booking_what_the_reader_pays_is_none(lang, said):
    account, frame = SAYINGS[lang]
    assert [(f.check, f.quote) for f in findings(frame.format(said), FACTS[account]) if f.stops_routine_approval] == []


JUDGED = [(row, [f for f in findings(row["text"], row["facts"], row.get("subject", ""), row.get("purpose", "demand")) if f.stops_routine_approval]) for row in ROWS]


def test_letters_in_very_varied_styles_are_judged_as_labelled():
    """v1 and v2 were looked at after they were measured; what each gave when it was new is in docs/checks.md."""
    assert [row["id"] for row, found in JUDGED if not row["id"].startswith("v3") and bool(found) != bool(row["labels"])] == []


def test_letters_nobody_looked_at_keep_their_figure():
    """v3 was measured once, when the rules were done, and nothing was mended for it: 14 of 16 and 4 of 24. It may only get better."""
    last = [(row, found) for row, found in JUDGED if row["id"].startswith("v3")]
    assert sum(bool(found) for row, found in last if row["labels"]) >= 14
    assert sum(bool(found) for row, found in last if not row["labels"]) <= 4


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=300), st.text(max_size=40), st.sampled_from(sorted(FACTS)))
def test_no_check_fails_on_any_text(text, subject, account):
    assert [f.why for f in findings(text, FACTS[account], subject) if f.label == "check_failed"] == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_check_fails_on_a_broken_letter(data):
    """Letters with strange characters, cuts and repetitions in them: closer to what the patterns read than noise is."""
    row = data.draw(st.sampled_from(ROWS))
    text = row["text"]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.text(max_size=6)) + text[at + data.draw(st.integers(0, 9)) :]
    assert [f.why for f in findings(text, row["facts"]) if f.label == "check_failed"] == []
