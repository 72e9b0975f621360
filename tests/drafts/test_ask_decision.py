"""People ask for decisions themselves; each kind ends in exactly the wording that was decided, or none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from drafts import states
from drafts.classification.deciding import DECIDES
from drafts.delivery.standing import findings_of, standing_of
from drafts.review import Blocked, NotAllowed, Term, ask_decision, decide, withdraw_term
from governance.models import ApprovedTerm, Decision, Event
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock

pytestmark = pytest.mark.django_db
UNTIL = date(2026, 6, 30)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


@pytest.fixture
def case():
    return routine_case(Desk())


def asked(case, kind):
    return ask_decision(case.account.pk, kind, "they asked on the phone", by=case.desk.owner, at=AS_OF)


def person_of(case, kind):
    return {"finance_approver": case.desk.finance, "legal_approver": case.desk.legal, "executive": case.desk.executive}[DECIDES[kind]]


@pytest.mark.parametrize("kind", list(DECIDES))
def test_every_kind_can_be_asked_with_options_that_cite_facts_and_a_due_time(case, kind):
    delivery = case.approve()
    decision = asked(case, kind)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "decision")
    assert case.follow_up.status == states.AWAITING_DECISION
    assert decision.raised_by == case.desk.owner
    assert decision.due_at > AS_OF
    assert 2 <= len(decision.options) <= 4
    assert all(option["effect"] and option["facts"] for option in decision.options)
    assert "they asked on the phone" in decision.why[0]["words"]
    assert Event.objects.filter(action="decision.asked").count() == 1
    with pytest.raises(Blocked, match="open already"):
        asked(case, kind)


@pytest.mark.parametrize("kind", list(DECIDES))
def test_nobody_but_the_deciding_role_answers(case, kind):
    decision = asked(case, kind)
    others = {case.desk.reviewer, case.desk.owner, case.desk.finance, case.desk.legal, case.desk.executive} - {person_of(case, kind)}
    for person in others:
        with pytest.raises(NotAllowed):
            decide(decision.pk, "free", by=person, at=AS_OF, text="no")
    decide(decision.pk, "free", by=person_of(case, kind), at=AS_OF, text="not now, call them first")
    decision.refresh_from_db()
    assert decision.state == "decided"


def test_asking_needs_a_role_and_a_reason(case):
    with pytest.raises(Blocked):
        ask_decision(case.account.pk, "credit", " ", by=case.desk.owner, at=AS_OF)
    with pytest.raises(NotAllowed):
        ask_decision(case.account.pk, "credit", "x", by=case.desk.person("leadership"), at=AS_OF)
    assert not Decision.objects.exists()
    assert case.follow_up.status == states.READY


LEGAL = "Unless we receive payment by 30 June 2026, we will hand this matter to our lawyers."
SUSPENSION = "We will suspend further deliveries to your company as of 30 June 2026."
# kind → (outcome, the term, wording that passes, wordings that do not)
GRANTS = {
    "payment_plan": (
        "proceed_plan", Term("payment_plan", "EUR", (("600.00", date(2026, 5, 29)), ("634.56", date(2026, 6, 29))), UNTIL),
        "You can pay in two instalments: EUR 600.00 on 29 May 2026 and EUR 634.56 on 29 June 2026.",
        ("You can pay in two instalments: EUR 500.00 on 29 May 2026 and EUR 734.56 on 29 June 2026.", "You can pay in six monthly instalments."),
    ),
    "credit": (
        "proceed_credit", Term("credit", "EUR", (("50.00", None),), UNTIL),
        "We will credit you EUR 50.00 for the late delivery.",
        ("We will credit you EUR 60.00 for the late delivery.", "We will credit you the whole amount."),
    ),
    "discount": (
        "proceed_discount", Term("discount", "EUR", (("40.00", None),), UNTIL),
        "If you pay this invoice now, we grant you a discount of EUR 40.00.",
        ("If you pay this invoice now, we grant you a discount of EUR 90.00.", "If you pay this invoice now, we grant you a discount of 20 %."),
    ),
    "fee": (
        "proceed_fee", Term("fee", "EUR", (("40.00", None),), UNTIL),
        "A late payment fee of EUR 40.00 has been charged.",
        ("A late payment fee of EUR 45.00 has been charged.",),
    ),
    "legal_step": ("proceed_step", Term("legal_step", "EUR", (), UNTIL, wording=LEGAL), LEGAL, (LEGAL.replace("lawyers", "lawyers and the courts"), LEGAL.replace("Unless", "If"))),
    "suspension": ("proceed_suspension", Term("suspension", "EUR", (), UNTIL, wording=SUSPENSION), SUSPENSION, (SUSPENSION.replace("further deliveries", "every service"),)),
}  # fmt: skip
CHECK = {"payment_plan": "G12", "credit": "G11", "discount": "G13", "fee": "G14", "legal_step": "G15", "suspension": "G16"}


def judged(case, draft, sentence, at=AS_OF):
    """Findings of the kind's check on a letter with one more sentence: (blocks, passes as registered)."""
    body = draft.body.replace("\n\n", f"\n\n{sentence}\n\n", 1)
    found = findings_of(draft.subject, body, standing_of(draft, at=at))
    return found


def outcome_of(found, check):
    mine = [x for x in found if x.check == check]
    assert mine, f"{check} found nothing in it"
    return "passes" if all(x.registered for x in mine) else "blocks"


@pytest.mark.parametrize("kind", list(GRANTS))
def test_only_exactly_what_was_decided_passes_and_only_while_it_lasts(case, kind):
    outcome, term, said, others = GRANTS[kind]
    draft, check = case.draft, CHECK[kind]
    assert outcome_of(judged(case, draft, said), check) == "blocks", "nobody decided anything yet"
    decision = asked(case, kind)
    decide(decision.pk, outcome, by=person_of(case, kind), at=AS_OF, term=term)
    row = ApprovedTerm.objects.get(decision=decision)
    assert outcome_of(judged(case, draft, said), check) == "passes"
    for other in others:
        assert outcome_of(judged(case, draft, other), check) == "blocks", other
    ApprovedTerm.objects.filter(pk=row.pk).update(expires_on=AS_OF.date() - timedelta(days=1))
    assert outcome_of(judged(case, draft, said), check) == "blocks", "expired"
    ApprovedTerm.objects.filter(pk=row.pk).update(expires_on=UNTIL)
    withdraw_term(row.pk, "changed our mind", by=person_of(case, kind), at=AS_OF)
    assert outcome_of(judged(case, draft, said), check) == "blocks", "withdrawn"


def test_a_percentage_passes_only_as_decided(case):
    decision = asked(case, "discount")
    term = Term("discount", "EUR", (("25.00", None),), UNTIL, percent="2.5")
    decide(decision.pk, "proceed_discount", by=case.desk.finance, at=AS_OF, term=term)
    draft = case.draft
    said = "If you pay this invoice now, we grant you a discount of 2.5 % (EUR 25.00)."
    assert outcome_of(judged(case, draft, said), "G13") == "passes"
    assert outcome_of(judged(case, draft, said.replace("2.5", "25")), "G13") == "blocks"


def test_a_term_about_one_invoice_covers_no_other(case):
    number = case.invoices[0].number
    decision = asked(case, "credit")
    term = Term("credit", "EUR", (("50.00", None),), UNTIL, invoice_numbers=("INV-ELSEWHERE",))
    decide(decision.pk, "proceed_credit", by=case.desk.finance, at=AS_OF, term=term)
    assert outcome_of(judged(case, case.draft, f"We will credit you EUR 50.00 on invoice {number}."), "G11") == "blocks"


VAGUE = {
    "credit": ("G11", "We will credit you for the late delivery.", "on 29 May 2026", "EUR 1,234.56", "within 10 days"),
    "payment_plan": ("G12", "You can pay in instalments.", "from 29 May 2026", "of EUR 617.28", "over six months"),
    "discount": ("G13", "We grant you a discount.", "until 30 June 2026", "of EUR 40.00", "within 8 days"),
}


@pytest.mark.parametrize("kind", list(VAGUE))
def test_an_old_term_without_values_covers_nothing_that_names_an_amount_or_a_day(case, kind):
    check, vague, *values = VAGUE[kind]
    ApprovedTerm.objects.create(
        account_id=case.account.pk, kind=kind, ref="OLD-1", currency="EUR", approved_by=case.desk.finance, approved_at=AS_OF, expires_on=UNTIL
    )
    assert outcome_of(judged(case, case.draft, vague), check) == "passes", "only the words themselves were approved"
    for value in values:
        said = f"{vague[:-1]} {value}."
        assert outcome_of(judged(case, case.draft, said), check) == "blocks", said
        assert outcome_of(judged(case, case.draft, f"{said} Our reference is OLD-1."), check) == "blocks", said


def test_a_discount_over_the_limit_goes_to_the_executive(case):
    decision = asked(case, "discount")
    term = Term("discount", "EUR", (("5000.01", None),), UNTIL)
    with pytest.raises(Blocked, match="passed to the executive"):
        decide(decision.pk, "proceed_discount", by=case.desk.finance, at=AS_OF, term=term)
    decision.refresh_from_db()
    assert (decision.state, decision.deciding_role) == ("open", "executive")
    with pytest.raises(NotAllowed):
        decide(decision.pk, "proceed_discount", by=case.desk.finance, at=AS_OF, term=Term("discount", "EUR", (("1.00", None),), UNTIL))
    assert not ApprovedTerm.objects.exists()
    decide(decision.pk, "proceed_discount", by=case.desk.executive, at=AS_OF, term=term)
    assert ApprovedTerm.objects.get().approved_by == case.desk.executive
    assert Event.objects.filter(action="decision.raised").count() == 1


@pytest.mark.parametrize(
    ("kind", "term"),
    [
        ("payment_plan", Term("payment_plan", "EUR", (("600.00", None),), UNTIL)),
        ("credit", Term("credit", "EUR", (), UNTIL, wording="We will credit you something")),
        ("credit", Term("discount", "EUR", (("10.00", None),), UNTIL)),
        ("legal_step", Term("legal_step", "EUR", (), UNTIL, wording="court")),
        ("suspension", Term("suspension", "EUR", (), UNTIL)),
        ("discount", Term("discount", "EUR", (("10.00", None),), AS_OF.date() - timedelta(days=1))),
    ],
)
def test_a_term_that_is_not_exact_is_refused(case, kind, term):
    decision = asked(case, kind)
    with pytest.raises(Blocked):
        decide(decision.pk, GRANTS[kind][0], by=person_of(case, kind), at=AS_OF, term=term)
    assert not ApprovedTerm.objects.exists()


def test_refusing_lets_an_ordinary_message_be_written(case):
    decide(asked(case, "credit").pk, "refuse", by=case.desk.finance, at=AS_OF)
    assert case.follow_up.status == states.READY
    assert not ApprovedTerm.objects.exists()
