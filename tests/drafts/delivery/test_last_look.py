"""The last look: each reason for which an approved message does not leave, in words, with the text kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Message
from drafts import states
from drafts.delivery import handover
from drafts.review import pause_sending
from governance import policies
from governance.calendar import business_moment
from governance.models import AllPortfoliosGrant, ApprovalRequest, PolicyVersion, PortfolioUserGrant
from tests.drafts.scene import AS_OF, exception_case, routine_case, stop_clock
from tests.factories import make_contract, make_dispute, make_hold, make_message, make_payment, make_signal

pytestmark = pytest.mark.django_db

LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


class RefusingLine:
    """A line nobody may use."""

    def connect(self):
        """Open."""

    def send(self, sender, recipients, mime):
        raise AssertionError("a stopped message reached the line")

    def close(self):
        """Close."""


def assert_stopped(case, code, words, at=LEAVES):
    text = case.draft.body
    handover.deliver_due(at, transport=RefusingLine())
    delivery = case.delivery
    assert delivery.state == states.DELIVERY_STOPPED, (delivery.state, delivery.last_error)
    assert delivery.stop_code == code, delivery.stop_reason
    assert words in delivery.stop_reason
    assert case.follow_up.status == states.STOPPED
    assert case.follow_up.why_first == "stopped"
    assert case.draft.body == text
    assert ApprovalRequest.objects.get(pk=delivery.approval_request_id).state == "void"
    assert not Message.objects.filter(message_id=delivery.message_id).exists()


def approved():
    case = routine_case()
    case.approve()
    return case


def test_without_a_reason_the_message_leaves():
    case = approved()
    assert handover.deliver_due(LEAVES) == {"accepted": 1}
    assert case.follow_up.status == states.SENT


def test_paid():
    case = approved()
    invoice = case.invoices[0]
    invoice.status, invoice.balance_minor = "paid", 0
    invoice.save()
    assert_stopped(case, "paid", f"{invoice.number} is paid.")


def test_cancelled():
    case = approved()
    invoice = case.invoices[0]
    invoice.status, invoice.balance_minor = "cancelled", 0
    invoice.save()
    assert_stopped(case, "closed", f"{invoice.number} is cancelled.")


def test_amount_changed():
    case = approved()
    case.invoices[0].balance_minor = 90_000
    case.invoices[0].save()
    assert_stopped(case, "amount_changed", "changed from EUR 1,000.00 to EUR 900.00")


def test_disputed():
    case = approved()
    make_dispute(case.account, invoice=case.invoices[0])
    assert_stopped(case, "disputed", "is in dispute")


def test_dispute_signal_on_the_invoice():
    case = approved()
    make_signal(case.account, invoice=case.invoices[0])
    assert_stopped(case, "dispute_signal", "may be disputed")


def test_hold_on_the_account():
    case = approved()
    make_hold(case.account)
    assert_stopped(case, "hold", "asked not to be contacted")


def test_hold_on_the_recipient():
    case = approved()
    contact = case.account.contacts.get()
    make_hold(case.account, scope="contact", scope_id=contact.pk, reason="says it is the wrong person", kind="other")
    assert_stopped(case, "hold", "says it is the wrong person")


def test_the_customer_wrote():
    case = approved()
    make_message(case.account, at=AS_OF + timedelta(minutes=4), body="Call me please")
    assert_stopped(case, "new_message", "The customer wrote at 08:04 UTC")


def test_an_older_message_that_arrived_only_now_counts_as_new():
    case = approved()
    make_message(case.account, at=AS_OF - timedelta(days=1), body="Sent yesterday, imported today")
    assert_stopped(case, "new_message", "The customer wrote")


def test_opted_out():
    case = approved()
    case.account.contacts.update(opted_out_at=AS_OF)
    assert_stopped(case, "recipient", "no usable recipient")


def test_no_longer_verified():
    case = approved()
    case.account.contacts.update(verified_at=None)
    assert_stopped(case, "recipient", "no usable recipient")


def test_bounced():
    case = approved()
    case.account.contacts.update(bounced_at=AS_OF)
    assert_stopped(case, "recipient", "no usable recipient")


def test_contact_changed():
    case = approved()
    case.account.contacts.update(email="new@customer.example")
    assert_stopped(case, "recipient", "to new@customer.example")


def test_policy_needs_more_now():
    case = approved()
    active = policies.active()
    active.state = "retired"
    active.save()
    stricter = {**active.parameters, "routine_total_limit": 100}
    PolicyVersion.objects.create(number=2, state="active", parameters=stricter, activated_at=AS_OF)
    assert_stopped(case, "policy", "It now also needs the approval of: account owner, finance approver")


def test_account_became_executive():
    case = approved()
    make_contract(case.account, renewal_on=(AS_OF + timedelta(days=20)).date())
    assert_stopped(case, "policy", "An executive has to decide about the relationship first.")


def test_a_payment_that_is_on_its_way_since_the_draft():
    case = approved()
    make_payment(case.account, status="pending", amount_minor=10_000, value_on=LEAVES.date())
    assert_stopped(case, "payment_in_flight", "EUR 100.00 is on its way")


def test_approver_lost_the_role():
    case = approved()
    PortfolioUserGrant.objects.filter(user=case.desk.reviewer).delete()
    assert_stopped(case, "approver_rights", f"{case.desk.reviewer} may no longer approve")


def test_approver_was_deactivated():
    case = approved()
    case.desk.reviewer.is_active = False
    case.desk.reviewer.save()
    AllPortfoliosGrant.objects.create(user=case.desk.reviewer, role="reviewer")
    assert_stopped(case, "approver_rights", "may no longer approve")


def test_one_of_two_approvers_lost_the_role():
    case = exception_case()
    case.approve(case.desk.owner, case.desk.finance)
    PortfolioUserGrant.objects.filter(user=case.desk.owner).delete()
    assert_stopped(case, "approver_rights", f"{case.desk.owner} may no longer approve as account owner", AS_OF + timedelta(minutes=30))


def test_approval_expired():
    case = approved()
    request = ApprovalRequest.objects.get()
    late = business_moment(request.expires_at, "Europe/Berlin", "DE", 11)  # the first hour after it in which mail leaves at all
    assert_stopped(case, "approval_expired", "The approval expired", late)


def test_sending_is_paused():
    case = approved()
    pause_sending("ERP shows wrong balances", by=case.desk.reviewer, at=AS_OF)
    assert_stopped(case, "paused", "Sending is paused: ERP shows wrong balances.")


def test_a_paused_portfolio():
    case = approved()
    make_hold(None, scope="portfolio", scope_id=case.account.portfolio_id, kind="pause", reason="year end")
    assert_stopped(case, "paused", "year end")


def test_written_to_too_recently():
    case = approved()
    make_message(case.account, direction="out", at=AS_OF + timedelta(minutes=1))
    assert_stopped(case, "cap", "A message left on 12 May")


def test_recipient_outside_the_allow_list(settings):
    case = approved()
    settings.RECIPIENT_ALLOW_LIST = ["@pilot.example"]
    assert_stopped(case, "allow_list", "outside the installation's list")


def test_recipient_inside_the_allow_list(settings):
    approved()
    settings.RECIPIENT_ALLOW_LIST = ["@customer.example"]
    assert handover.deliver_due(LEAVES) == {"accepted": 1}


def test_several_reasons_are_all_said():
    case = approved()
    invoice = case.invoices[0]
    invoice.status, invoice.balance_minor = "paid", 0
    invoice.save()
    pause_sending("ERP shows wrong balances", by=case.desk.reviewer, at=AS_OF)
    handover.deliver_due(LEAVES, transport=RefusingLine())
    assert "is paid." in case.delivery.stop_reason
    assert "Sending is paused" in case.delivery.stop_reason


def test_a_look_that_raises_lets_nothing_through(monkeypatch):
    from drafts.delivery import last_look

    case = approved()

    def broken(scene):
        raise RuntimeError("a look broke")

    monkeypatch.setattr(last_look, "LAST", (broken,))
    with pytest.raises(RuntimeError):
        handover.deliver_due(LEAVES, transport=RefusingLine())
    assert case.delivery.state == states.CLAIMED
    assert case.follow_up.status == states.APPROVED


def test_outside_business_hours_it_waits_for_the_next_one_instead_of_stopping():
    case = approved()
    night = AS_OF.replace(hour=20)
    assert handover.deliver_due(night, transport=RefusingLine()) == {"stopped_or_taken": 1}
    delivery = case.delivery
    assert delivery.state == states.SCHEDULED
    assert delivery.leaves_at == (AS_OF + timedelta(days=1)).replace(hour=7, minute=0)
    assert handover.deliver_due(night, transport=RefusingLine()) == {}
