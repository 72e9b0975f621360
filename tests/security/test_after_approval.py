"""Between approval and hand-over, and exactly during it: what changes then, stops the message or comes too late, and nothing in between."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from accounts.models import Contact, Invoice, Source
from drafts import states
from drafts.delivery import handover
from drafts.models import Delivery, FollowUp
from drafts.responses import Incoming, record_reply
from drafts.review import Blocked, Conflict, NotAllowed, WrongState, approve, edit, mark_disputed, pause_sending, put_hold, stop
from governance.models import Portfolio
from tests.drafts.scene import AS_OF, Desk, exception_case, moment, routine_case
from tests.factories import day, grant, make_user
from tests.policy import set_policy

LEAVES = AS_OF + timedelta(minutes=10)


def ended(case, at=LEAVES):
    handover.deliver_one(case.delivery.pk, at)
    return case.delivery


def hold_portfolio(case):
    put_hold("portfolio", case.desk.portfolio.pk, kind="pause", reason="migration", by=case.desk.finance, at=AS_OF)


def reply(case):
    contact = case.account.contacts.get()
    record_reply(
        Incoming(case.account.pk, contact.email, "Re", "Could you tell me more?", moment(0.05), message_id="<r1@customer.example>"),
        by=None, at=moment(0.05),
    )  # fmt: skip


CHANGES = {
    "edited by hand in the database": lambda c: FollowUp.objects.filter(pk=c.follow_up.pk).update(draft=None),
    "paid": lambda c: Invoice.objects.filter(pk=c.invoices[0].pk).update(status="paid", balance_minor=0),
    "paid in part": lambda c: Invoice.objects.filter(pk=c.invoices[0].pk).update(balance_minor=1),
    "disputed": lambda c: mark_disputed(c.follow_up.pk, [c.invoices[0].pk], category="price", quote="no", by=c.desk.reviewer, at=AS_OF),
    "held": lambda c: put_hold("account", c.account.pk, kind="other", reason="wait", by=c.desk.reviewer, at=AS_OF),
    "contact held": lambda c: put_hold("contact", c.account.contacts.get().pk, kind="other", reason="wait", by=c.desk.reviewer, at=AS_OF),
    "portfolio paused": hold_portfolio,
    "everything paused": lambda c: pause_sending("wrong balances", by=c.desk.reviewer, at=AS_OF),
    "opted out": lambda c: Contact.objects.update(opted_out_at=AS_OF),
    "bounced": lambda c: Contact.objects.update(bounced_at=AS_OF),
    "address changed": lambda c: Contact.objects.update(email="new@customer.example"),
    "no longer verified": lambda c: Contact.objects.update(verified_at=None),
    "customer wrote": reply,
    "approver lost the role": lambda c: c.desk.portfolio.portfoliousergrant_set.filter(user=c.desk.reviewer).update(ends_on=day(-1)),
    "approver deactivated": lambda c: type(c.desk.reviewer).objects.filter(pk=c.desk.reviewer.pk).update(is_active=False),
    "limits lowered": lambda c: set_policy(routine_total_limit=10),
    "sender changed": lambda c: Portfolio.objects.update(sender_email="other@brightwater.example"),
    "reply address changed": lambda c: Portfolio.objects.update(reply_to="other@brightwater.example"),
    "became a natural person": lambda c: type(c.account).objects.update(natural_person=True),
    "never automate": lambda c: type(c.account).objects.update(never_automate=True, never_automate_reason="asked"),
    "source failed": lambda c: Source.objects.filter(kind="payments").update(status="failed", failed_since=AS_OF),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_after_the_approval_keeps_the_message_back(change):
    case = routine_case()
    case.approve()
    CHANGES[change](case)
    delivery = ended(case)
    assert delivery.state == "stopped"
    assert delivery.stop_reason
    assert case.follow_up.status in (*states.REVIEWABLE, states.STOPPED, states.ON_HOLD, states.PREPARING)
    assert delivery.draft.body


@pytest.mark.django_db
def test_an_editors_own_approval_falls_when_policy_no_longer_allows_it():
    case = routine_case()
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nKind regards", 1, by=case.desk.reviewer, at=AS_OF)
    case.approve(case.desk.reviewer)
    set_policy(routine_editor_may_approve=False)
    delivery = ended(case)
    assert delivery.state == "stopped"
    assert "edited this text" in delivery.stop_reason


@pytest.mark.django_db
def test_a_role_found_again_in_another_portfolio_does_not_carry_the_approval():
    case = exception_case()
    case.approve(case.desk.owner, case.desk.finance)
    case.desk.portfolio.portfoliousergrant_set.filter(user=case.desk.finance).update(ends_on=day(-1))
    grant(case.desk.finance, "finance_approver", Desk().portfolio)
    delivery = ended(case, AS_OF + timedelta(minutes=30))
    assert delivery.state == "stopped"
    assert "finance approver" in delivery.stop_reason


@pytest.mark.django_db
def test_while_approved_the_text_can_be_neither_edited_nor_rejected_nor_approved_again():
    case = routine_case()
    case.approve()
    with pytest.raises(WrongState):
        edit(case.follow_up.pk, "x", "y", 1, by=case.desk.finance, at=AS_OF)
    with pytest.raises(WrongState):
        case.approve(make_user("reviewer", case.desk.portfolio))
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_a_stopped_message_needs_a_whole_new_approval():
    case = routine_case()
    case.approve()
    stop(case.delivery.pk, "wait", by=case.desk.reviewer, at=AS_OF)
    handover.deliver_due(LEAVES)
    assert case.delivery.state == "stopped"
    Delivery.objects.filter(pk=case.delivery.pk).update(leaves_at=AS_OF)
    assert handover.deliver_due(LEAVES) == {}


# --- exactly during the hand-over (real threads, real rows) ------------------------------------------------------------------


class Thread(threading.Thread):
    """A thread that keeps what it returned or raised and closes its connections."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.result = act, None

    def run(self):
        try:
            self.result = self.act()
        except Exception as error:
            self.result = error
        finally:
            connections.close_all()


WHILE_LOCKED = ["paid", "disputed", "held", "everything paused", "portfolio paused", "opted out", "address changed", "customer wrote", "approver lost the role", "limits lowered"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", WHILE_LOCKED)
def test_a_change_committed_while_the_hand_over_waits_for_the_account_stops_it(server, change):
    case = routine_case()
    case.approve()
    with transaction.atomic():
        type(case.account).objects.select_for_update().get(pk=case.account.pk)
        worker = Thread(lambda: handover.deliver_one(case.delivery.pk, LEAVES))
        worker.start()
        worker.join(1.5)
        assert worker.is_alive(), "the hand-over must wait for the account"
        CHANGES[change](case)
    worker.join(30)
    assert worker.result == "stopped_or_taken", worker.result
    assert server.box.taken == []
    assert case.delivery.state == "stopped"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_during_the_conversation_it_is_too_late_for_every_verb_and_the_message_leaves_once(server):
    case = routine_case()
    case.approve()
    told, may_go_on = threading.Event(), threading.Event()

    async def hold_the_line(_):
        told.set()
        while not may_go_on.is_set():
            await asyncio.sleep(0.05)

    server.box.before_rcpt = hold_the_line
    worker = Thread(lambda: handover.deliver_one(case.delivery.pk, LEAVES))
    worker.start()
    assert told.wait(15)
    with pytest.raises(Blocked, match="Too late"):
        stop(case.delivery.pk, "wait", by=case.desk.reviewer, at=LEAVES)
    with pytest.raises(WrongState):
        edit(case.follow_up.pk, "x", "y", 1, by=case.desk.finance, at=LEAVES)
    with pytest.raises((WrongState, Blocked, NotAllowed)):
        case.approve(make_user("reviewer", case.desk.portfolio), at=LEAVES)
    mark_disputed(case.follow_up.pk, [case.invoices[0].pk], category="price", quote="too much", by=case.desk.reviewer, at=LEAVES)
    pause_sending("wrong balances", by=case.desk.reviewer, at=LEAVES)
    assert handover.deliver_due(LEAVES) == {}
    may_go_on.set()
    worker.join(30)
    assert worker.result == states.ACCEPTED
    assert len(server.box.taken) == 1
    assert case.account.disputes.count() == 1
    assert case.delivery.state == states.ACCEPTED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_person_at_the_same_moment_approve_once():
    case = routine_case()
    pk, seen = case.follow_up.pk, case.draft.fingerprint
    gate = threading.Barrier(2)

    def tab():
        gate.wait(10)
        return approve(pk, seen, by=case.desk.reviewer, at=AS_OF)

    tabs = [Thread(tab), Thread(tab)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join(30)
    refused = [t.result for t in tabs if isinstance(t.result, (NotAllowed, WrongState, Conflict, Blocked))]
    assert len(refused) == 1, [t.result for t in tabs]
    assert Delivery.objects.count() == 1
