"""Whose approval a text takes: lane, topics, amounts, tier and the first contact after a dispute; asked again until it leaves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import Contact
from drafts import states, sweeping
from drafts.checks.base import Finding
from drafts.classification import Verdict
from drafts.preparation.approvers import raised, topics_of
from drafts.review import Blocked, NotAllowed, answer_dispute, approve, edit
from governance import policies, training
from governance.models import Approval, ApprovalRequest, ApprovedTerm, Decision, Event, PolicyVersion
from tests.drafts.scene import AS_OF, Case, Desk, exception_case, routine_case, stop_clock
from tests.factories import day, make_dispute, make_invoice, make_message, make_user, moment

pytestmark = pytest.mark.django_db
LATER = AS_OF + timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def roles(case):
    return {role for role, _ in case.follow_up.required_roles}


def give(case, person, at=AS_OF, **kwargs):
    return approve(case.follow_up.pk, case.draft.fingerprint, by=person, at=at, acknowledged=case.warnings(), reason="checked_source", **kwargs)


def term(case, kind, amount="50.00", wording=""):
    """A term as a decision would have left it."""
    return ApprovedTerm.objects.create(
        account_id=case.account.pk, kind=kind, ref=f"T-{kind}", currency="EUR", schedule=[{"amount": amount, "date": "2026-06-01"}] if amount else [],
        wording=wording, approved_by=case.desk.finance, approved_at=AS_OF, expires_on=date(2026, 12, 31),
    )  # fmt: skip


def say(case, sentence, by=None):
    """A person writes ``sentence`` into the draft, before the bank details."""
    return edit(case.follow_up.pk, case.draft.subject, case.draft.body.replace("\n\n", f"\n\n{sentence}\n\n", 1), case.draft.revision,
                by=by or case.desk.reviewer, at=AS_OF)  # fmt: skip


# Wording that a term covers exactly passes the checks; it still takes the people of the matrix.


@pytest.mark.parametrize(
    ("kind", "sentence", "needed"),
    [
        ("credit", "We will issue a credit of EUR 50.00 on 1 June 2026.", {"account_owner", "finance_approver"}),
        ("discount", "We grant you a discount of EUR 50.00 by 1 June 2026.", {"account_owner", "finance_approver"}),
    ],
)
def test_an_offer_that_was_decided_takes_finance_and_the_owner_in_the_exception_lane(kind, sentence, needed):
    case = routine_case()
    term(case, kind)
    draft = say(case, sentence)
    assert not draft.findings.filter(severity="block", registered=False).exists(), list(draft.findings.values_list("check_id", "why"))
    assert draft.findings.filter(registered=True).exists()
    assert (roles(case), case.follow_up.lane) == (needed, states.EXCEPTION)
    with pytest.raises(NotAllowed):
        give(case, make_user("reviewer", case.desk.portfolio), LATER)
    assert not Approval.objects.exists()
    assert not give(case, case.desk.owner, LATER).complete
    assert give(case, case.desk.finance, LATER).complete
    assert ApprovalRequest.objects.get().topics == [kind]
    assert f'"topics":["{kind}"]' in Event.objects.get(action="approval.requested").data


@pytest.mark.parametrize(("amount", "executive"), [("5000.00", False), ("5000.01", True), ("90000.00", True)])
def test_a_discount_above_the_limit_takes_an_executive_too(amount, executive):
    case = routine_case()
    term(case, "discount", amount)
    shown = f"{float(amount):,.2f}"
    say(case, f"We grant you a discount of EUR {shown} by 1 June 2026.")
    assert ("executive" in roles(case)) == executive
    assert {"account_owner", "finance_approver"} <= roles(case)


def test_a_discount_whose_amount_no_term_states_counts_as_above_the_limit():
    case = routine_case()
    term(case, "discount", "", wording="We grant you a discount as agreed.")
    say(case, "We grant you a discount as agreed.")
    assert roles(case) == {"account_owner", "finance_approver", "executive"}


@pytest.mark.parametrize(
    ("kind", "sentence", "needed"),
    [
        ("legal_step", "We will hand this matter to our lawyers.", {"account_owner", "legal_approver"}),
        ("suspension", "We will suspend deliveries to you.", {"account_owner", "legal_approver", "executive"}),
        ("fee", "A late fee of EUR 50.00 applies from 1 June 2026.", {"account_owner", "finance_approver", "legal_approver"}),
    ],
)
def test_findings_of_legal_suspension_and_fee_name_their_roles_and_the_owner(kind, sentence, needed):
    """Read from the checks themselves: whether a term covers the words or not, nobody is spared."""
    case = routine_case()
    term(case, kind, "50.00" if kind == "fee" else "", wording="" if kind == "fee" else sentence)
    draft = say(case, sentence)
    found = list(draft.findings.filter(severity="higher"))
    assert found and all(f.registered for f in found), list(draft.findings.values_list("check_id", "severity", "registered", "why"))
    assert needed <= roles(case)
    assert "reviewer" not in roles(case)


def test_words_that_were_decided_pass_only_exactly_as_they_were_decided():
    case = routine_case()
    term(case, "suspension", "", wording="We will suspend deliveries to you.")
    draft = say(case, "We will suspend deliveries to you and your sister companies.")
    assert draft.findings.filter(check_id="G16", severity="block", registered=False).exists()
    with pytest.raises((Blocked, NotAllowed)):
        give(case, case.desk.owner, LATER)


def finding(check, severity="higher", role=None, registered=False):
    return Finding(check, "x", severity, "", "why", role=role, registered=registered)


def routine():
    return Verdict("draft", "routine", required_roles=(("reviewer", "routine lane"),))


def test_the_one_reviewer_gives_way_only_to_two_or_more_others():
    assert [r for r, _ in raised(routine(), [finding("G19", role="account_owner")])[2]] == ["reviewer", "account_owner"]
    assert [r for r, _ in raised(routine(), [finding("G18", role="legal")])[2]] == ["reviewer", "legal_approver"]
    assert {r for r, _ in raised(routine(), [finding("G11", role="finance", registered=True)])[2]} == {"account_owner", "finance_approver"}
    assert raised(routine(), [finding("G27", "warn")])[::2] == ("routine", [["reviewer", "routine lane"]])


def test_topics_are_of_the_six_checks_and_no_others():
    found = [finding("G16"), finding("G11", registered=True), finding("G19"), finding("G27", "warn"), finding("G12", "warn")]
    assert topics_of(found) == ["credit", "suspension"]


# The first contact after a dispute (G25)


def ended_dispute(case):
    """The customer was written to, disputed, and the dispute ended."""
    make_message(case.account, direction="out", at=moment(-24 * 40))
    return make_dispute(case.account, invoice=case.invoices[0], status="resolved", outcome="invalid", resolved_at=moment(-3))


def test_the_first_message_after_a_dispute_takes_finance_already_when_it_is_prepared():
    desk = Desk()
    account = desk.account()
    case = Case(desk, account, [make_invoice(account)])
    ended_dispute(case)
    case.prepare()
    assert case.follow_up.lane == states.EXCEPTION
    assert roles(case) == {"reviewer", "finance_approver"}
    assert any("first contact after a dispute" in reason["words"] for reason in case.follow_up.reasons)


def test_a_dispute_that_ended_after_the_draft_was_made_adds_finance_at_the_approval():
    case = routine_case()
    assert roles(case) == {"reviewer"}
    ended_dispute(case)
    assert not give(case, case.desk.finance).complete
    assert set(ApprovalRequest.objects.get().required_roles.values_list("role", flat=True)) == {"reviewer", "finance_approver"}


def test_a_dispute_that_ended_while_the_message_waited_stops_it_at_the_last_look():
    case = routine_case()
    delivery = case.approve()
    ended_dispute(case)
    sweeping.sweep(delivery.leaves_at)
    assert case.delivery.state == states.DELIVERY_STOPPED
    assert "also needs the approval of: finance approver" in case.delivery.stop_reason


def test_a_dispute_we_wrote_about_since_it_ended_asks_for_nobody_more():
    case = routine_case()
    make_dispute(case.account, invoice=case.invoices[0], status="resolved", outcome="invalid", resolved_at=moment(-24 * 41))
    make_message(case.account, direction="out", at=moment(-24 * 40))
    assert give(case, case.desk.reviewer).complete


# Required roles that grow, and everything else that changes, void what was given


def test_roles_that_grew_void_the_first_approval_and_ask_everybody():
    case = exception_case()
    give(case, case.desk.owner)
    before = ApprovalRequest.objects.get()
    case.account.natural_person = True
    case.account.save()
    Decision.objects.create(
        kind="legal_step", account_id=case.account.pk, portfolio=case.desk.portfolio, question="?", deciding_role="legal_approver", state="decided",
        outcome="proceed", decided_by=case.desk.legal, decided_at=AS_OF, created_at=AS_OF,
    )
    result = give(case, case.desk.finance, LATER)
    before.refresh_from_db()
    assert before.state == "void"
    assert set(result.remaining) == {"account_owner", "legal_approver"}
    assert not case.follow_up.deliveries.exists()


def test_another_policy_that_asks_for_more_stops_what_was_approved():
    case = routine_case(invoices=2)
    delivery = case.approve()
    active = policies.active()
    active.state = "retired"
    active.save()
    PolicyVersion.objects.create(number=2, state="active", parameters={**active.parameters, "routine_total_limit": 1}, activated_at=AS_OF)
    sweeping.sweep(delivery.leaves_at)
    assert case.delivery.state == states.DELIVERY_STOPPED
    assert "It now also needs the approval of" in case.delivery.stop_reason


def test_a_training_that_ran_out_before_the_message_left_stops_it():
    case = routine_case()
    active = policies.active()
    active.state = "retired"
    active.save()
    parameters = {**active.parameters, "training_required_for": ["routine"]}
    PolicyVersion.objects.create(number=2, state="active", parameters=parameters, activated_at=AS_OF)
    with pytest.raises(NotAllowed, match="your training for the routine lane is not on record"):
        give(case, case.desk.reviewer)
    row = training.write(case.desk.reviewer.pk, "routine", AS_OF.date(), day(1), "", by=case.desk.finance, at=AS_OF)
    delivery = case.approve()
    training.end(row.pk, by=case.desk.finance, at=AS_OF)
    sweeping.sweep(delivery.leaves_at)
    assert case.delivery.state == states.DELIVERY_STOPPED
    assert "their training for the routine lane is not on record" in case.delivery.stop_reason


@pytest.mark.parametrize("change", ["recipient", "amount", "text"])
def test_any_change_between_two_approvals_voids_the_first(change):
    case = exception_case()
    give(case, case.desk.owner)
    request = ApprovalRequest.objects.get()
    if change == "recipient":
        Contact.objects.filter(account=case.account).update(email="other@customer.example")
    elif change == "amount":
        case.invoices[0].balance_minor = 50_000
        case.invoices[0].save()
    else:
        edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nThank you.", 1, by=case.desk.reviewer, at=AS_OF)
    if change != "text":
        with pytest.raises(Blocked) as blocked:
            give(case, case.desk.finance)
        assert blocked.value.code == "E-EVID"
    request.refresh_from_db()
    assert request.state == "void"
    assert not case.follow_up.deliveries.exists()


# Answers beside a hold


def test_an_answer_to_a_dispute_on_a_legal_account_takes_legal_too():
    case = routine_case()
    dispute = make_dispute(case.account, invoice=case.invoices[0], owner=case.desk.owner)
    case.account.insolvent = True
    case.account.save()
    case.prepare()
    body = f"Dear Ms Keller,\n\nthank you for writing about {case.invoices[0].number} over EUR 1,000.00. We are looking into it.\n\nJonas Weber\nBrightwater Supplies GmbH\nreceivables@brightwater.example"
    answer_dispute(dispute.pk, "Your question", body, by=case.desk.reviewer, at=AS_OF)
    assert {"finance_approver", "account_owner", "legal_approver"} <= roles(case)
    assert "reviewer" not in roles(case)


# Reasons in spite of warnings


def test_a_warning_is_read_by_everybody_who_approves_with_a_reason_of_the_registry():
    case = exception_case()
    case.draft.findings.create(check_id="G27", label="repetition", severity="warn", why="very similar to the last message")
    (warning,) = case.warnings()
    print_ = case.draft.fingerprint
    with pytest.raises(Blocked) as missing:
        approve(case.follow_up.pk, print_, by=case.desk.owner, at=AS_OF, acknowledged=[warning])
    assert missing.value.code == "E-REASON"
    with pytest.raises(ValueError, match="unknown reason"):
        approve(case.follow_up.pk, print_, by=case.desk.owner, at=AS_OF, acknowledged=[warning], reason="because")
    assert not Approval.objects.exists() and not Event.objects.filter(action="finding.acknowledged").exists()
    approve(case.follow_up.pk, print_, by=case.desk.owner, at=AS_OF, acknowledged=[warning], reason="customer_knows")
    with pytest.raises(Blocked, match="very similar"):  # the first person's tick is not the second's
        approve(case.follow_up.pk, print_, by=case.desk.finance, at=AS_OF, reason="customer_knows")
    approve(case.follow_up.pk, print_, by=case.desk.finance, at=AS_OF, acknowledged=[warning], reason="asked_colleague")
    assert list(Approval.objects.order_by("pk").values_list("reason", flat=True)) == ["customer_knows", "asked_colleague"]
    told = Event.objects.filter(action="finding.acknowledged").order_by("id")
    assert [e.actor_id for e in told] == [case.desk.owner.pk, case.desk.finance.pk]
    assert '"reason":"asked_colleague"' in Event.objects.filter(action="approval.given").latest("id").data


def test_a_text_without_warnings_asks_for_no_reason_and_records_none():
    case = routine_case()
    give(case, case.desk.reviewer)
    assert Approval.objects.get().reason == ""
    assert "reason" not in Event.objects.get(action="approval.given").data
