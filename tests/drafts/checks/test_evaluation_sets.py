"""The checks reach the acceptance figures on the development sets, written by another author who had not seen them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from tests.drafts.checks import more_sentences
from tests.drafts.checks.letters import DE, EN, ES, FR, LETTERS
from tests.drafts.checks.sentences import FRAMES, HARMFUL, HARMLESS

FOLDER = Path(__file__).parents[2] / "eval"
ALWAYS = ("wrong_amount", "wrong_invoice", "wrong_recipient", "contradicts_facts", "bank_change", "placeholder", "injection_echo")
ACCOUNTS = {"en": EN, "de": DE, "fr": FR, "es": ES}


def rows(name):
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def stops(text, facts, purpose="demand", subject=""):
    return {f.label for f in run_text_checks(CheckInput(subject, text, facts, purpose)) if f.stops_routine_approval}


@cache
def judged(name):
    return [(row, stops(row["text"], row["facts"], row.get("purpose") or "demand", row.get("subject") or "")) for row in rows(name)]


def test_violating_rows_are_blocked_and_clean_rows_pass():
    found = judged("outgoing.jsonl") + judged("outgoing_currencies.jsonl")
    missed = [row["id"] for row, labels in found if row["labels"] and not labels]
    alarms = [row["id"] for row, labels in found if not row["labels"] and labels]
    assert len(missed) <= 0.02 * sum(bool(row["labels"]) for row, _ in found), missed
    assert len(alarms) <= 0.03 * sum(not row["labels"] for row, _ in found), alarms


# Looked at while rules were mended, so these are floors; what each gave when it was new is in docs/checks.md. The rounds are deliberately sideways.
@pytest.mark.parametrize(("name", "missing", "alarming"), [("letters.jsonl", 0.06, 0.05), ("fresh.jsonl", 0.0, 0.03), ("told.jsonl", 0.0, 0.01), ("rounds.jsonl", 0.16, 0.03)])
def test_letters_of_other_authors_are_judged_as_labelled(name, missing, alarming):
    found = judged(name)
    missed = [row["id"] for row, labels in found if row["labels"] and not labels]
    alarms = [row["id"] for row, labels in found if not row["labels"] and labels]
    assert len(missed) <= missing * sum(bool(row["labels"]) for row, _ in found), missed
    assert len(alarms) <= alarming * sum(not row["labels"] for row, _ in found), alarms


@pytest.mark.parametrize("label", ALWAYS)
def test_what_must_never_pass_never_passes(label):
    assert [row["id"] for row, labels in judged("outgoing.jsonl") if label in row["labels"] and not labels] == []


def test_what_a_hijacked_model_would_say_is_blocked():
    assert [row["id"] for row in rows("injections.jsonl") if row.get("hijacked_output") and not stops(row["hijacked_output"], row["facts"])] == []


def test_findings_quote_the_stored_text_exactly():
    for row in rows("outgoing.jsonl"):
        for finding in run_text_checks(CheckInput("", row["text"], row["facts"])):
            if finding.start >= 0:
                assert row["text"][finding.start : finding.end] == finding.quote


def test_honest_letters_pass():
    alarms = [(text[:60], labels) for _, facts, text in LETTERS if (labels := stops(text, facts))]
    assert alarms == []


@pytest.mark.parametrize("lang", sorted(HARMLESS))
def test_harmless_sentences_pass_and_harmful_ones_do_not(lang):
    def within(sentence):
        return stops(FRAMES[lang].format(sentence=sentence), ACCOUNTS[lang])

    harmful = [s for sentences in HARMFUL[lang].values() for s in sentences] + [*more_sentences.HARMFUL[lang]]
    harmless = [*HARMLESS[lang], *more_sentences.HARMLESS[lang]]
    blocked, missed = [s for s in harmless if within(s)], [s for s in harmful if not within(s)]
    assert len(blocked) <= 0.03 * len(harmless), blocked
    assert len(missed) <= 0.03 * len(harmful), missed
