"""Suggest what was corrected: classes and severity from two texts and the facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from drafts.review.corrections import Correction, any_critical, suggest
from tests.drafts.checks.letters import DE, EN, account, invoice

BODY = (
    "Dear Harriet,\n\nTwo invoices are past their due dates:\n\n- BX-4471, £1,980.40, due 19 April 2026\n- BX-4490, £655.00, due 10 May 2026\n\n"
    "Together that is £2,635.40. Could you let us know which payment run they are in?\n\nKind regards\nOwen Price\nBexley Sterile Supply Ltd"
)


@dataclass(frozen=True)
class Text:
    subject: str = "Open invoices"
    body: str = BODY
    to_address: str = "ap@thornbury.example"
    purpose: str = "demand"
    language: str = "en"


def corrected(old: str, new: str, facts: dict[str, Any] = EN, **fields: str) -> list[Correction]:
    """The suggestions when ``old`` in the body becomes ``new``."""
    assert old in BODY
    return suggest(Text(), replace(Text(), body=BODY.replace(old, new), **fields), facts)


def test_the_same_text_has_no_corrections() -> None:
    assert suggest(Text(), Text(), EN) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("£1,980.40", "£1,890.40"),
        ("£655.00", "$655.00"),
        ("BX-4490", "BX-4491"),
        ("due 19 April 2026", "due 29 April 2026"),
        ("\n- BX-4490, £655.00, due 10 May 2026", ""),
    ],
    ids=["amount", "currency", "invoice number", "due date", "an invoice taken out"],
)
def test_another_amount_currency_invoice_or_due_date_is_critical(old: str, new: str) -> None:
    found = corrected(old, new)
    assert any_critical(found)
    assert found[0].kind == "fact"


def test_another_recipient_is_critical_and_nothing_else_is_said() -> None:
    found = suggest(Text(), replace(Text(), to_address="cfo@thornbury.example"), EN)
    assert found == [Correction("recipient", "critical", "ap@thornbury.example", "cfo@thornbury.example")]


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("We will credit you £100.00 for the delay.", EN),
        ("You can pay in three monthly instalments.", EN),
        ("We will hand this over to our lawyers.", EN),
        ("A late payment fee of £40.00 will be charged.", EN),
        ("We will stop all deliveries until you have paid.", EN),
        ("If you pay this week we grant you a discount of 5 %.", EN),
    ],
)
def test_a_commitment_nobody_made_is_critical_when_it_is_taken_out(sentence: str, facts: dict[str, Any]) -> None:
    before = replace(Text(), body=BODY.replace("\n\nKind regards", f" {sentence}\n\nKind regards"))
    found = suggest(before, Text(), facts)
    assert any(c.kind == "commitment" and c.critical for c in found)
    assert not any(c.kind == "commitment" for c in suggest(Text(), before, facts)), "putting one in is not taking one out"


def test_a_disputed_invoice_that_is_no_longer_asked_for_is_critical() -> None:
    facts = {**EN, "disputes": [{"invoice": "BX-4490", "ticket": "T-9", "status": "open", "reason": "damaged"}]}
    found = corrected("\n- BX-4490, £655.00, due 10 May 2026", "", facts)
    assert any(c.kind == "state" and c.critical for c in found)


def test_the_same_figure_written_another_way_is_no_correction_of_a_fact() -> None:
    for old, new in (("£1,980.40", "GBP 1980.40"), ("19 April 2026", "19/04/2026"), ("19 April 2026", "19 April")):
        assert not any(c.kind == "fact" for c in corrected(old, new)), (old, new)
    german = account("Hofmann GmbH", "Sabine Hofmann", "Lindner GmbH", "Jens Lindner", "EUR", [invoice("LS-1", "12450.75", "2026-03-31", "2026-04-30", 20)])
    before = replace(Text(), language="de", body="Sehr geehrte Frau Hofmann, die Rechnung LS-1 über 12.450,75 € ist offen.")
    after = replace(before, body="Sehr geehrte Frau Hofmann, die Rechnung LS-1 über EUR 12450,75 ist offen.")
    assert not any_critical(suggest(before, after, german))
    assert any_critical(suggest(before, replace(before, body=before.body.replace("12.450,75", "12.540,75")), DE))


def test_a_figure_only_added_or_only_left_out_is_not_critical() -> None:
    added = corrected("Could you let us know", "The first was sent on 20 March 2026. Could you let us know")
    assert [c.kind for c in added if c.now] and not any_critical(added)
    left_out = corrected("Together that is £2,635.40. ", "")
    assert left_out and not any_critical(left_out)


def test_wording_is_tone_completeness_structure_or_cosmetic() -> None:
    assert [c.kind for c in corrected("Could you let us know which payment run they are in?", "Please write to us, or call, when this will be settled.")] == ["tone"]
    assert [c.kind for c in corrected("Kind regards", "If you need copies of them, just say so.\n\nKind regards")] == ["completeness"]
    assert [c.kind for c in corrected(" Could you let us know which payment run they are in?", "")] == ["structure"]
    assert [c.kind for c in corrected("Could you let us know", "Could you tell us")] == ["cosmetic"]
    assert [c.kind for c in corrected("Kind regards", "Kind regards,")] == ["cosmetic"]
    assert [c.severity for c in corrected("Kind regards", "Kind regards,")] == ["cosmetic"]


def test_an_insult_taken_out_is_tone() -> None:
    before = replace(Text(), body=BODY.replace("Could you", "You are liars and thieves. Could you"))
    assert any(c.kind == "tone" for c in suggest(before, Text(), EN))
