"""A legal step decided with a day in its sentence: what the decision wrote down is what the checks let pass, as long as it lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from drafts.review import Term, ask_decision, decide
from governance.models import ApprovedTerm
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock
from tests.drafts.test_ask_decision import judged

pytestmark = pytest.mark.django_db


def blocking(case, sentence):
    return {f.check for f in judged(case, case.draft, sentence) if f.severity == "block" and not f.registered}


def test_a_decided_sentence_with_its_day_passes_until_the_term_expires(settings):
    stop_clock(settings)
    case = routine_case(Desk())
    amount, number = f"EUR {case.invoices[0].balance_minor / 100:,.2f}", case.invoices[0].number
    sentence = f"Unless we receive {amount} for invoice {number} by 17 June 2026, we will hand this matter to our lawyers."
    assert {"G04", "G15"} <= blocking(case, sentence), "nobody decided it yet"
    decision = ask_decision(case.account.pk, "legal_step", "two reminders without an answer", by=case.desk.owner, at=AS_OF)
    term = Term("legal_step", "EUR", (), date(2026, 9, 30), wording=sentence)
    decide(decision.pk, "proceed_step", by=case.desk.legal, at=AS_OF, term=term)
    assert blocking(case, sentence) == set()
    assert {"G04", "G15"} <= blocking(case, sentence.replace("17 June", "18 June"))
    ApprovedTerm.objects.update(expires_on=AS_OF.date() - timedelta(days=1))
    assert {"G04", "G15"} <= blocking(case, sentence)
