"""A dispute from signal to resolution."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Dispute, DisputeSignal
from drafts import states, sweeping
from drafts.delivery import handover
from drafts.models import Delivery
from drafts.review import (
    Blocked,
    NotAllowed,
    answer_dispute,
    approve,
    confirm_signal,
    dismiss_signal,
    mark_disputed,
    own_dispute,
    resolve_dispute,
)
from governance.models import ApprovalRequest, Event, Hold
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case, stop_clock
from tests.factories import make_signal, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def signalled(invoices=1):
    """An account whose oldest invoice carries an unjudged signal, held."""
    case = routine_case(invoices=invoices)
    signal = make_signal(case.account, invoice=case.invoices[0])
    Hold.objects.create(
        scope="invoice", scope_id=case.invoices[0].pk, account_id=case.account.pk, kind="dispute", reason="Possible dispute",
        source=f"signal:{signal.pk}", created_at=AS_OF,
    )  # fmt: skip
    case.prepare()
    assert case.follow_up.status == states.ON_HOLD
    return case, signal


def test_marking_disputed_opens_it_with_a_hold_and_stops_what_is_leaving():
    case = routine_case()
    delivery = case.approve()
    (dispute,) = mark_disputed(
        case.follow_up.pk, [case.invoices[0].pk], category="quantity", quote="two pallets are missing", by=case.desk.reviewer, at=AS_OF
    )  # fmt: skip
    assert (dispute.status, dispute.owner, dispute.opened_by) == ("open", case.desk.owner, case.desk.reviewer)
    hold = Hold.objects.get(source=f"dispute:{dispute.pk}")
    assert (hold.scope, hold.scope_id, hold.kind) == ("invoice", case.invoices[0].pk, "dispute")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_code) == (states.DELIVERY_STOPPED, "disputed")
    assert case.follow_up.status == states.ON_HOLD
    assert handover.deliver_due(AS_OF + timedelta(days=1)) == {}


def test_the_undisputed_rest_is_prepared_again_and_the_disputed_invoice_is_not_named():
    case = routine_case(invoices=2)
    mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="wrong price", by=case.desk.reviewer, at=AS_OF)
    assert case.follow_up.status == states.READY, case.follow_up.hold_reason
    assert case.follow_up.lane == states.EXCEPTION
    assert case.draft.invoice_ids == [case.invoices[1].pk]
    assert case.invoices[0].number not in case.draft.body
    assert case.invoices[1].number in case.draft.body


def test_confirming_a_signal_hands_its_hold_over_to_the_dispute():
    case, signal = signalled()
    (dispute,) = confirm_signal(signal.pk, by=case.desk.reviewer, at=AS_OF)
    signal.refresh_from_db()
    assert (signal.status, signal.dispute, signal.decided_by) == ("confirmed", dispute, case.desk.reviewer)
    assert dispute.quote == signal.quote
    assert [h.source for h in Hold.objects.filter(released_at=None)] == [f"dispute:{dispute.pk}"]


def test_confirming_twice_is_refused():
    case, signal = signalled()
    confirm_signal(signal.pk, by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(Blocked, match="already judged"):
        confirm_signal(signal.pk, by=case.desk.finance, at=AS_OF)
    assert Dispute.objects.count() == 1


@pytest.mark.parametrize(("reason", "evidence"), [("", "line 2"), ("not ours", "")])
def test_a_dismissal_needs_a_reason_and_the_line_that_shows_it(reason, evidence):
    case, signal = signalled()
    with pytest.raises(Blocked):
        dismiss_signal(signal.pk, reason, evidence, by=case.desk.reviewer, at=AS_OF)
    signal.refresh_from_db()
    assert signal.status == "pending"
    assert Hold.objects.get().released_at is None


def test_a_dismissal_releases_the_hold_and_everything_is_computed_again():
    case, signal = signalled()
    dismiss_signal(signal.pk, "credit note settles it", "CN-77, line 1", by=case.desk.reviewer, at=AS_OF)
    signal.refresh_from_db()
    assert (signal.status, signal.evidence, signal.decided_by) == ("dismissed", "CN-77, line 1", case.desk.reviewer)
    assert Hold.objects.get().release_reason == "Not a dispute: credit note settles it"
    assert case.follow_up.status == states.READY
    assert case.draft.revision == 2  # recomputed, never replayed
    assert Event.objects.filter(action="signal.dismissed", actor_id=case.desk.reviewer.pk).count() == 1


def test_a_part_in_dispute_needs_exactly_one_invoice():
    case = routine_case(invoices=2)
    ids = [i.pk for i in case.invoices]
    with pytest.raises(Blocked, match="exactly one invoice"):
        mark_disputed(case.follow_up.pk, ids, category="price", quote="x", amount_minor=5, by=case.desk.reviewer, at=AS_OF)
    assert not Dispute.objects.exists()


def test_somebody_elses_invoice_is_refused():
    case, other = routine_case(), routine_case()
    with pytest.raises(Blocked, match="does not belong"):
        mark_disputed(case.follow_up.pk, [other.invoices[0].pk], category="price", quote="x", by=case.desk.reviewer, at=AS_OF)


def test_an_auditor_judges_nothing():
    _, signal = signalled()
    with pytest.raises(NotAllowed):
        dismiss_signal(signal.pk, "no", "line", by=make_user("compliance_auditor"), at=AS_OF)
    assert DisputeSignal.objects.get().status == "pending"


TEXT = (
    "Dear Ms Keller,\n\nthank you for telling us about {number}. We are checking the delivery note with our warehouse.\n"
    "You can reply to this e-mail: receivables@brightwater.example.\n\nKind regards\nJonas Weber\nBrightwater Supplies GmbH"
)


def answered(case, dispute, by):
    number = case.invoices[0].number
    return answer_dispute(dispute.pk, f"Your query about {number}", TEXT.format(number=number), by=by, at=AS_OF)


def test_an_answer_is_written_by_a_person_and_approved_by_finance_and_the_owner_while_the_dispute_holds():
    case = routine_case()
    writer = make_user("finance_approver", case.desk.portfolio)
    (dispute,) = mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="x", by=case.desk.reviewer, at=AS_OF)
    draft = answered(case, dispute, writer)
    assert (draft.purpose, draft.author) == (states.DISPUTE_RESPONSE, writer)
    assert case.follow_up.status == states.READY
    assert not draft.findings.filter(severity="block").exists(), list(draft.findings.values_list("check_id", "why"))
    case.prepare()
    assert case.draft == draft  # preparation leaves a person's answer alone
    with pytest.raises(NotAllowed, match="because you edited this text"):
        approve(case.follow_up.pk, draft.fingerprint, by=writer, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    with pytest.raises(NotAllowed):
        approve(case.follow_up.pk, draft.fingerprint, by=case.desk.reviewer, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    assert not approve(case.follow_up.pk, draft.fingerprint, by=case.desk.finance, at=AS_OF, acknowledged=case.warnings(), reason="checked_source").complete
    result = approve(case.follow_up.pk, draft.fingerprint, by=case.desk.owner, at=AS_OF)
    assert result.complete
    assert handover.deliver_due(result.delivery.leaves_at) == {"accepted": 1}
    dispute.refresh_from_db()
    assert (dispute.status, dispute.answered_at is not None) == ("answered", True)
    assert Hold.objects.get(source=f"dispute:{dispute.pk}").released_at is None


def test_an_answer_whose_half_approval_expired_stays_and_is_asked_anew():
    case = routine_case()
    (dispute,) = mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="x", by=case.desk.reviewer, at=AS_OF)
    draft = answered(case, dispute, make_user("finance_approver", case.desk.portfolio))
    approve(case.follow_up.pk, draft.fingerprint, by=case.desk.finance, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    assert sweeping.expire_requests(ApprovalRequest.objects.get().expires_at) == 1
    assert (case.follow_up.status, case.draft) == (states.AWAITING_APPROVAL, draft)
    result = approve(case.follow_up.pk, draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    assert not result.complete and result.remaining == ("finance_approver",)
    assert Delivery.objects.count() == 0


def test_resolving_releases_the_hold_and_a_demand_is_computed_anew():
    case = routine_case()
    (dispute,) = mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="x", by=case.desk.reviewer, at=AS_OF)
    own_dispute(dispute.pk, case.desk.finance, by=case.desk.reviewer, at=AS_OF)
    resolve_dispute(dispute.pk, "invalid", "the price is the contract's", by=case.desk.finance, at=AS_OF)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome, dispute.resolved_by, dispute.owner) == ("resolved", "invalid", case.desk.finance, case.desk.finance)
    assert not Hold.objects.filter(released_at=None).exists()
    assert case.follow_up.status == states.READY, case.follow_up.hold_reason
    assert case.draft.purpose == states.DEMAND
    assert case.draft.invoice_ids == [case.invoices[0].pk]


def test_a_resolution_needs_an_outcome_and_words():
    case = routine_case()
    (dispute,) = mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="x", by=case.desk.reviewer, at=AS_OF)
    with pytest.raises(Blocked):
        resolve_dispute(dispute.pk, "valid", "", by=case.desk.finance, at=AS_OF)
    with pytest.raises(ValueError, match="unknown outcome"):
        resolve_dispute(dispute.pk, "", "x", by=case.desk.finance, at=AS_OF)
    dispute.refresh_from_db()
    assert dispute.status == "open"


def test_a_resolved_dispute_is_not_answered_any_more():
    case = routine_case()
    (dispute,) = mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="x", by=case.desk.reviewer, at=AS_OF)
    resolve_dispute(dispute.pk, "withdrawn", "they wrote so", by=case.desk.finance, at=AS_OF)
    with pytest.raises(Blocked, match="resolved"):
        answered(case, dispute, case.desk.finance)


def test_an_enterprise_account_gets_no_answer_out_before_the_executive_decided():
    case = prepared(Desk(), [{}], tier="enterprise")
    from drafts.review import open_disputes

    (dispute,) = open_disputes(case.account.pk, [case.invoices[0].pk], category="price", quote="x", by=case.desk.finance, at=AS_OF)
    writer = make_user("reviewer", case.desk.portfolio)
    draft = answered(case, dispute, writer)
    with pytest.raises(Blocked, match="executive has to decide"):
        approve(case.follow_up.pk, draft.fingerprint, by=case.desk.finance, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("approved", ["not yet", "half", "and about to leave"])
def test_resolving_withdraws_an_answer_that_did_not_leave(approved):
    case = routine_case()
    (dispute,) = mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="x", by=case.desk.reviewer, at=AS_OF)
    draft = answered(case, dispute, make_user("finance_approver", case.desk.portfolio))
    if approved != "not yet":
        approve(case.follow_up.pk, draft.fingerprint, by=case.desk.finance, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    if approved == "and about to leave":
        assert approve(case.follow_up.pk, draft.fingerprint, by=case.desk.owner, at=AS_OF).complete
    resolve_dispute(dispute.pk, "withdrawn", "they wrote so", by=case.desk.finance, at=AS_OF)
    assert not Delivery.objects.exclude(state=states.DELIVERY_STOPPED).exists()
    assert case.follow_up.status in (states.READY, states.STOPPED)
    if case.follow_up.status == states.READY:
        assert case.draft.purpose == states.DEMAND
