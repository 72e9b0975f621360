"""What a letter says of amounts, identifiers, days and states is compared with the facts: true sentences pass in every form, false ones stop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from tests.drafts.checks.grounding import ACCOUNTS, FRAMES, SENTENCES
from tests.drafts.checks.letters import EN

GROUNDING = {"G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09", "G21", "G22"}


def stopped(account: str, sentence: str) -> list[tuple[str, str, str]]:
    found = run_text_checks(CheckInput("", FRAMES[account].format(sentence), ACCOUNTS[account]))
    return [(f.check, f.quote, f.why) for f in found if f.stops_routine_approval and f.check in GROUNDING]


@pytest.mark.parametrize("account", sorted(SENTENCES))
def test_true_sentences_pass(account):
    assert [(s, found) for s in SENTENCES[account]["true"] if (found := stopped(account, s))] == []


@pytest.mark.parametrize("account", sorted(SENTENCES))
def test_false_sentences_stop(account):
    assert [s for s in SENTENCES[account]["false"] if not stopped(account, s)] == []


GREETINGS = json.loads((Path(__file__).parent / "greetings.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("account", sorted(GREETINGS))
def test_whoever_is_greeted_is_the_contact(account):
    def found(greeting):
        checked = run_text_checks(CheckInput("", f"{greeting}\n\n{GREETINGS[account]['text']}", ACCOUNTS[account]))
        return [(f.check, f.quote) for f in checked if f.stops_routine_approval and f.check in GROUNDING]

    assert [(g, why) for g in GREETINGS[account]["true"] if (why := found(g))] == []
    assert [g for g in GREETINGS[account]["false"] if not found(g)] == []


NAMES = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("account", sorted(NAMES))
def test_whoever_signs_is_the_sender(account):
    def found(signature):
        letter = f"{FRAMES[account].split(chr(10))[0]}\n\n{NAMES[account]['letter']}\n\n{signature}"
        checked = run_text_checks(CheckInput("", letter, ACCOUNTS[account]))
        return [(f.check, f.quote) for f in checked if f.stops_routine_approval and f.check in GROUNDING]

    assert [(s, why) for s in NAMES[account]["true"] if (why := found(s))] == []
    assert [s for s in NAMES[account]["false"] if not found(s)] == []


@pytest.mark.parametrize("account", sorted(NAMES))
def test_places_and_projects_are_no_other_customer(account):
    assert [(s, why) for s in NAMES[account]["named_true"] if (why := stopped(account, s))] == []
    assert [s for s in NAMES[account]["named_false"] if not stopped(account, s)] == []


@pytest.mark.parametrize("said", [
    "KR/26/131 (£1,200.00 NOK) is open.", "All amounts in EUR. KR/26/131: 1,200.00", "KR/26/131 is open with $1,200.00 USD.", "KR/26/131 | 1,200.00\n(SEK)",
])
def test_a_foreign_currency_stops_wherever_it_stands(said):
    assert stopped("PART", said)


@pytest.mark.parametrize(("account", "said"), [
    ("MX", "La IMA-10467 por $23,750.50 MXN venció el 24 de abril de 2026."), ("MX", "Importes en MXN. IMA-10467: 23,750.50, vencida el 24 de abril."),
    ("PART", "All amounts in GBP. KR/26/131: 1,200.00"), ("INR", "DP/26-27/0007: 85,000.00 (INR), due 05.05.2026"),
])
def test_the_currency_of_the_account_passes_wherever_it_stands(account, said):
    assert stopped(account, said) == []


def test_our_accounts_in_other_currencies_may_be_listed():
    facts = dict(EN, bank_accounts=["GB29NWBK60161331926819", "DE89370400440532013000"])
    text = (
        "Dear Harriet,\n\nInvoice BX-4471 for GBP 1,980.40 was due on 19 April 2026. When may we expect it?\n\nYou can pay to:\n"
        "EUR · IBAN DE89370400440532013000\nGBP · IBAN GB29NWBK60161331926819\n\nOwen Price\nBexley Sterile Supply Ltd"
    )
    assert not [f for f in run_text_checks(CheckInput("", text, facts)) if f.label == "wrong_amount"]
    assert [f for f in run_text_checks(CheckInput("", text.replace("When may", "All in EUR. When may"), facts)) if f.label == "wrong_amount"]


@pytest.mark.parametrize(
    "sentence",
    [
        "BX-4471 is the older one. That leaves GBP 1,980.40 open on it, due since 19 April 2026, and BX-4490 for GBP 655.00 is open as well.",
        "Es geht zuerst um BX-4471. Dort sind noch 1.980,40 GBP offen, fällig seit 19.04.2026, und für BX-4490 sind es 655,00 GBP.",
        "Voici d'abord BX-4471. Il reste 1 980,40 GBP sur celle-ci, ainsi que 655,00 GBP pour BX-4490.",
        "Primero la BX-4471. El saldo de esa factura es de 1.980,40 GBP, y queda también la BX-4490 por 655,00 GBP.",
    ],
)
def test_words_that_point_back_tie_a_figure_to_the_invoice_before(sentence):
    def amounts(said):
        text = f"Dear Harriet,\n\n{said}\n\nOwen Price\nBexley Sterile Supply Ltd"
        return [f.quote for f in run_text_checks(CheckInput("", text, EN)) if f.label == "wrong_amount"]

    assert amounts(sentence) == []
    assert amounts(sentence.replace("655", "656")) != []
    assert amounts(sentence.replace("980", "890")) != []
