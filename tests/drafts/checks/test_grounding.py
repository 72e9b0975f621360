"""What a letter says of amounts, identifiers, days and states is compared with the facts: true sentences pass in every form, false ones stop."""

from __future__ import annotations

import pytest

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from tests.drafts.checks.grounding import ACCOUNTS, FRAMES, SENTENCES

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
