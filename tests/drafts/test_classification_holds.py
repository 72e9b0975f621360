"""What stops drafting, with the reason visible: holds, disputes, promises, caps, accounts that net to zero."""

from __future__ import annotations

import pytest

from accounts.models import Contact, Source
from drafts.classification import DecisionFact, TermFact
from governance.policies import DEFAULT
from tests import factories as f
from tests.drafts.judging import judge, reason, rules
from tests.drafts.test_classification_policy import overdue

pytestmark = pytest.mark.django_db


def test_nothing_overdue_is_nothing_to_do():
    account = f.make_account(tier="enterprise")
    f.make_invoice(account, days_overdue=0)
    verdict = judge(account)
    assert (verdict.action, verdict.reasons, verdict.chase_invoice_ids) == ("nothing_due", (), ())


def test_less_than_the_minimum_amount_is_not_chased():
    account = f.make_account()
    f.make_invoice(account, amount_minor=99)
    assert (judge(account).action, judge(account).block) == ("skip", "below_minimum")
    f.make_invoice(account, amount_minor=1)
    assert judge(account).action == "draft"


@pytest.mark.parametrize("kind", ["do_not_contact", "pause", "legal", "payment_claim", "other", "dispute"])
def test_a_hold_on_the_account_stops_drafting_and_says_why(kind):
    account = overdue()
    hold = f.make_hold(account, kind=kind, reason="asked us to wait", quote="please wait")
    verdict = judge(account)
    assert verdict.action == "hold"
    assert "asked us to wait" in verdict.hold_reason and "please wait" in verdict.hold_reason
    assert reason(verdict, "hold_in_force").evidence == (f"hold:{hold.pk}",)


def test_an_expired_or_released_hold_stops_nothing():
    account = overdue()
    f.make_hold(account, expires_at=f.moment(-1))
    f.make_hold(account, released_at=f.moment(-1))
    assert judge(account).action == "draft"


def test_a_pause_of_sending_does_not_stop_the_work_of_preparing():
    account = overdue()
    f.make_hold(kind="pause")
    assert judge(account).action == "draft"


def test_a_do_not_contact_for_everybody_stops_everybody():
    account = overdue()
    f.make_hold(kind="do_not_contact")
    assert judge(account).action == "hold"


def test_a_hold_on_one_invoice_takes_only_that_one_out():
    account = overdue()
    held, other = account.invoices.get(), f.make_invoice(account)
    f.make_hold(account, scope="invoice", scope_id=held.pk)
    verdict = judge(account)
    assert (verdict.action, verdict.chase_invoice_ids) == ("draft", (other.pk,))
    f.make_hold(account, scope="invoice", scope_id=other.pk)
    verdict = judge(account)
    assert (verdict.action, verdict.block, verdict.chase_invoice_ids) == ("hold", "nothing_left", ())


def test_a_hold_on_the_recipient_stops_and_one_on_another_contact_does_not():
    account = overdue()
    other = f.make_contact(account)
    f.make_hold(account, scope="contact", scope_id=other.pk)
    assert judge(account).action == "draft"
    f.make_hold(account, scope="contact", scope_id=account.contacts.order_by("pk").first().pk)
    assert judge(account).action == "hold"


def test_never_automate_stops_with_its_reason():
    account = overdue(never_automate=True, never_automate_reason="the founder calls them himself")
    verdict = judge(account)
    assert (verdict.action, verdict.lane, verdict.owner_role) == ("hold", "exception", "account_owner")
    assert "the founder calls them himself" in verdict.hold_reason


def test_a_signal_nobody_judged_holds_the_whole_account_whatever_policy_says():
    account = overdue()
    f.make_invoice(account)
    f.make_signal(account, invoice=account.invoices.first())
    verdict = judge(account, policy=DEFAULT.model_copy(update={"chase_undisputed_rest": True}))
    assert (verdict.action, verdict.block) == ("hold", "dispute")


@pytest.mark.parametrize(("owned", "chase", "action"), [
    (False, True, "hold"), (True, False, "hold"), (True, True, "draft"),
])  # fmt: skip
def test_the_undisputed_rest_is_chased_only_once_the_dispute_is_owned_and_policy_says_so(owned, chase, action):
    account = overdue()
    disputed, rest = account.invoices.get(), f.make_invoice(account)
    f.make_dispute(account, invoice=disputed, owner=f.make_user() if owned else None)
    verdict = judge(account, policy=DEFAULT.model_copy(update={"chase_undisputed_rest": chase}))
    assert (verdict.action, verdict.lane) == (action, "exception")
    assert verdict.chase_invoice_ids == (rest.pk,)


def test_an_answered_dispute_lets_the_rest_be_chased_and_never_the_disputed_invoice():
    account = overdue()
    disputed, rest = account.invoices.get(), f.make_invoice(account)
    f.make_dispute(account, invoice=disputed, status="answered", amount_minor=100)
    f.make_hold(account, scope="invoice", scope_id=disputed.pk, kind="dispute")
    verdict = judge(account)
    assert (verdict.action, verdict.chase_invoice_ids) == ("draft", (rest.pk,))


def test_a_dispute_about_everything_leaves_no_rest():
    account = overdue()
    f.make_invoice(account)
    f.make_dispute(account, owner=f.make_user())
    assert judge(account).action == "hold"


def test_a_promise_in_force_waits_until_its_date_plus_grace_and_says_so():
    account = overdue()
    f.make_promise(account, due_on=f.day(3))  # Friday 15 May; two business days end on Tuesday 19 May
    verdict = judge(account)
    assert (verdict.action, verdict.block, verdict.lane) == ("hold", "promise", "routine")
    assert verdict.next_contact == "not before 19 May: promise of 15 May + 2 days"
    after = f.AS_OF.replace(day=19)
    Source.objects.update(as_of=after)
    verdict = judge(account, as_of=after)
    assert (verdict.action, rules(verdict)) == ("draft", ["promise_broken"])
    assert [d.kind for d in verdict.decisions] == ["payment_plan"]


def test_a_promise_about_one_invoice_leaves_the_others_to_be_chased():
    account = overdue()
    promised, other = account.invoices.get(), f.make_invoice(account)
    f.make_promise(account, invoice=promised)
    verdict = judge(account)
    assert (verdict.action, verdict.chase_invoice_ids) == ("draft", (other.pk,))


def test_a_promise_without_a_date_is_waited_for_some_days_and_then_asked_about():
    account = overdue()
    f.make_promise(account, made_on=f.day(-1), due_on=None)
    assert judge(account).action == "hold"
    account = overdue()
    f.make_promise(account, made_on=f.day(-10), due_on=None)
    verdict = judge(account)
    assert (verdict.action, rules(verdict)) == ("draft", ["promise_undated"])


def test_an_account_that_nets_to_zero_is_never_chased():
    account = overdue()
    f.make_payment(account, amount_minor=60_000, unapplied_minor=60_000)
    f.make_credit_note(account, amount_minor=40_000)
    verdict = judge(account)
    assert (verdict.action, verdict.block, verdict.owner_role) == ("hold", "net_zero", "finance_approver")
    assert verdict.chase_invoice_ids == ()


def test_cash_in_one_currency_does_not_cover_a_debt_in_another():
    account = overdue()
    f.make_payment(account, amount_minor=900_000, unapplied_minor=900_000, currency="USD")
    verdict = judge(account)
    assert verdict.action == "draft"
    assert "net_zero" not in rules(verdict)


def test_a_currency_that_nets_to_zero_is_left_out_of_the_message():
    account = overdue()
    f.make_invoice(account, currency="USD")
    f.make_credit_note(account, amount_minor=100_000, currency="USD")
    verdict = judge(account)
    assert (verdict.action, verdict.chase_invoice_ids) == ("draft", (account.invoices.get(currency="EUR").pk,))


def test_no_usable_recipient_is_an_exception_and_never_a_silent_skip():
    account = overdue()
    Contact.objects.update(bounced_at=f.AS_OF)
    verdict = judge(account)
    assert (verdict.action, verdict.block, verdict.lane) == ("hold", "recipient", "exception")
    assert "bounced" in verdict.hold_reason


def test_one_message_in_three_business_days():
    account = overdue()
    f.make_message(account, direction="out", at=f.moment(-24 * 4))  # Friday 8 May; the third business day is Wednesday 13 May
    verdict = judge(account)
    assert (verdict.action, verdict.block) == ("skip", "contact_cap")
    assert verdict.next_contact == "not before 13 May: message of 8 May + 3 business days"
    assert verdict.contact_window["opens_at"] == "2026-05-13T07:00:00+00:00"


def test_a_fourth_message_within_thirty_days_waits():
    account = overdue()
    for days in (8, 15, 22):
        f.make_message(account, direction="out", at=f.moment(-24 * days))
    verdict = judge(account)
    assert (verdict.action, verdict.block) == ("skip", "contact_cap")
    assert verdict.next_contact == "not before 20 May: 3 messages in 30 days"


def test_messages_from_the_customer_count_for_no_cap():
    account = overdue()
    f.make_message(account, at=f.moment(-60))
    assert judge(account).action == "draft"


def test_legal_matters_wait_for_a_legal_decision_and_then_need_legal_and_owner():
    account = overdue(natural_person=True)
    held = judge(account)
    assert (held.action, held.block, held.owner_role) == ("hold", "legal", "legal_approver")
    assert [(d.kind, d.deciding_role) for d in held.decisions] == [("legal_step", "legal_approver")]
    decided = judge(account, decisions=[DecisionFact(1, "legal_step", "decided", "proceed", f.day(30), f.AS_OF)])
    assert (decided.action, decided.lane, decided.decisions) == ("draft", "exception", ())
    assert [role for role, _ in decided.required_roles] == ["legal_approver", "account_owner"]


def test_a_payment_plan_being_kept_stops_chasing_and_a_missed_one_goes_to_finance():
    account = overdue()
    plan = TermFact(1, "payment_plan", "T-1", "EUR", f.moment(-24 * 20), f.day(60), ((f.day(-10), 50_000), (f.day(20), 50_000)))
    f.make_payment(account, amount_minor=50_000, value_on=f.day(-11))
    verdict = judge(account, terms=[plan])
    assert (verdict.action, verdict.block, verdict.chase_invoice_ids) == ("hold", "payment_plan", ())
    account.payments.all().delete()
    verdict = judge(account, terms=[plan])
    assert (verdict.action, verdict.owner_role) == ("draft", "finance_approver")
    assert reason(verdict, "payment_plan").words == "Payment plan T-1 is behind by EUR 500.00"
