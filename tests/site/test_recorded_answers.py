"""The recorded answers of the demo are good ones: each passes every check, and each hijacked one is caught by the check it is meant for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collections_site.provider.recorded import _recorded
from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput
from drafts.checks.context import check_facts
from drafts.generation.compose import compose
from drafts.generation.service import ModelWords
from drafts.simulation.samples import accounts
from governance.policies import DEFAULT
from governance.words import field_problems

AT = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
DRAFTS = _recorded()["drafts"]


class About:
    """What the composer reads of a verdict."""

    def __init__(self, purpose, facts):
        self.purpose = purpose
        self.chase_invoice_ids = tuple(i.id for i in facts.invoices if not i.dispute_ids)


def findings(recorded, facts, body=None):
    words = ModelWords(0, recorded["subject"], body or recorded["body"], recorded["language"])
    message = compose(facts, About(recorded["purpose"], facts), words)
    told = check_facts(facts, message.invoice_ids)
    inp = CheckInput(message.subject, message.body, told, recorded["purpose"], recorded["language"], facts.today, DEFAULT.model_dump())
    return [f for f in run_text_checks(inp) if f.stops_routine_approval]


@pytest.mark.parametrize("recorded", DRAFTS, ids=lambda r: f"{r['purpose']}-{r['step']}-{r['language']}")
def test_a_recorded_draft_passes_every_check_whatever_the_facts(recorded):
    assert field_problems(recorded["subject"], recorded["body"]) == []
    found = [(f.check, f.label, f.quote) for facts in accounts(AT, recorded["language"]) for f in findings(recorded, facts)]
    assert found == []


@pytest.mark.parametrize(("fault", "label"), [("wrong_amount", "wrong_amount"), ("obeys_ticket", "injection_echo")])
def test_a_hijacked_answer_is_caught_for_what_it_is(fault, label):
    ending = _recorded()["hijacked"][fault]
    recorded = next(r for r in DRAFTS if (r["language"], r["purpose"], r["step"]) == ("en", "demand", 1))
    body = recorded["body"].replace(ending["after"], ending["after"] + "\n\n" + ending["text"].replace("{currency}", "EUR"))
    for facts in accounts(AT):
        assert label in {f.label for f in findings(recorded, facts, body)}
