"""Two people, two workers, or both at once on PostgreSQL: one of them is first, and nothing happens twice."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction

from accounts.models import Message
from drafts import states, sweeping, transitions
from drafts.delivery import handover
from drafts.invariants import broken
from drafts.models import Delivery, FollowUp
from drafts.preparation import prepare_accounts
from drafts.responses import Incoming, record_reply
from drafts.review import Blocked, Conflict, NotAllowed, WrongState, approve, edit, pause_sending, stop
from governance.ledger import verify
from governance.models import Approval, ApprovalRequest, Hold
from tests.drafts.scene import AS_OF, exception_case, routine_case, stop_clock
from tests.factories import make_user

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LEAVES = AS_OF + timedelta(minutes=10)
REFUSALS = (Blocked, Conflict, NotAllowed, WrongState)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)
    yield
    assert verify() == []  # whatever happened, the ledger still chains
    assert broken() == []  # and every invariant that rows can show holds


def at_once(*acts):
    """Run the acts in threads that start together; the result of each, or the refusal it raised."""
    gate = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(n, act):
        try:
            gate.wait(10)
            results[n] = act()
        except REFUSALS as refusal:
            results[n] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(not thread.is_alive() for thread in threads)
    return results


@pytest.mark.parametrize("round_", range(3))
def test_two_approvers_of_one_role_at_once_give_one_approval_and_one_message(round_):
    case = routine_case()
    second = make_user("reviewer", case.desk.portfolio)
    pk, seen = case.follow_up.pk, case.draft.fingerprint
    results = at_once(
        lambda: approve(pk, seen, by=case.desk.reviewer, at=AS_OF), lambda: approve(pk, seen, by=second, at=AS_OF)
    )
    assert sum(isinstance(r, REFUSALS) for r in results) == 1
    assert Approval.objects.count() == Delivery.objects.count() == 1


def test_two_roles_at_once_complete_the_request_once():
    case = exception_case()
    owner, finance = case.desk.owner, case.desk.finance
    pk, seen = case.follow_up.pk, case.draft.fingerprint
    results = at_once(lambda: approve(pk, seen, by=owner, at=AS_OF), lambda: approve(pk, seen, by=finance, at=AS_OF))
    assert [r.complete for r in results].count(True) == 1
    assert Approval.objects.count() == 2
    assert Delivery.objects.count() == 1
    assert case.follow_up.status == states.APPROVED


def test_one_person_clicking_many_times_approves_once():
    case = exception_case()
    owner = case.desk.owner
    pk, seen = case.follow_up.pk, case.draft.fingerprint
    at_once(*[lambda: approve(pk, seen, by=owner, at=AS_OF)] * 5)
    assert Approval.objects.count() == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("round_", range(3))
def test_an_edit_against_an_approval_never_sends_the_unapproved_text(round_):
    case = routine_case()
    reviewer, editor = case.desk.reviewer, case.desk.finance
    pk, seen, body = case.follow_up.pk, case.draft.fingerprint, case.draft.body + "\nThank you."
    subject = case.draft.subject
    results = at_once(
        lambda: approve(pk, seen, by=reviewer, at=AS_OF), lambda: edit(pk, subject, body, 1, by=editor, at=AS_OF)
    )
    assert sum(isinstance(r, REFUSALS) for r in results) == 1
    if Delivery.objects.exists():
        assert case.delivery.fingerprint == seen == case.draft.fingerprint
        assert case.follow_up.status == states.APPROVED
    else:
        assert case.follow_up.status == states.IN_REVIEW
        assert case.draft.revision == 2


def test_the_same_delivery_task_a_hundred_times_in_eight_threads_sends_once(server):
    case = routine_case()
    delivery_id = case.approve().pk

    def many():
        return Counter(handover.deliver_one(delivery_id, LEAVES) for _ in range(13))

    counts = sum(at_once(*[many] * 8), Counter())
    assert counts["accepted"] == 1
    assert sum(counts.values()) == 104
    assert len(server.box.taken) == 1
    assert Message.objects.filter(direction="out").count() == 1


def test_several_sweeps_at_once_send_every_message_once(server):
    desk = None
    cases = []
    for _ in range(6):
        case = routine_case(desk)
        desk = case.desk
        case.approve()
        cases.append(case)
    at_once(*[lambda: sweeping.sweep(LEAVES)] * 4)
    assert sorted(server.box.message_ids) == sorted(case.delivery.message_id for case in cases)
    assert {case.follow_up.status for case in cases} == {states.SENT}


@pytest.mark.parametrize("round_", range(3))
def test_stopping_against_handing_over_has_one_winner(server, round_):
    case = routine_case()
    delivery_id = case.approve().pk
    reviewer = case.desk.reviewer
    results = at_once(lambda: stop(delivery_id, "wait", by=reviewer, at=LEAVES), lambda: handover.deliver_one(delivery_id, LEAVES))
    if case.delivery.state == states.DELIVERY_STOPPED:
        assert server.box.taken == []
        assert results[1] != "accepted"
    else:
        assert case.delivery.state == states.ACCEPTED
        assert isinstance(results[0], Blocked)
        assert len(server.box.taken) == 1


@pytest.mark.parametrize("round_", range(3))
def test_a_dispute_reply_against_the_hand_over_is_seen_or_comes_after_it(server, round_):
    case = routine_case()
    delivery_id = case.approve().pk
    number = case.invoices[0].number
    incoming = Incoming(
        case.account.pk, case.account.contacts.get().email, f"Re: {number}", f"We dispute {number}: half of it is missing.", LEAVES,
        message_id=f"<{round_}@customer.example>",
    )  # fmt: skip
    at_once(lambda: record_reply(incoming, by=None, at=LEAVES), lambda: handover.deliver_one(delivery_id, LEAVES))
    if case.delivery.state == states.ACCEPTED:
        assert len(server.box.taken) == 1
    else:
        assert case.delivery.state == states.DELIVERY_STOPPED
        assert server.box.taken == []


def test_the_same_reply_recorded_at_once_is_one_reply():
    case = routine_case()
    incoming = Incoming(case.account.pk, "a@b.example", "Re", "We will pay on 29 May 2026.", AS_OF, message_id="<1@c.example>")
    results = at_once(*[lambda: record_reply(incoming, by=None, at=AS_OF)] * 4)
    assert sorted(new for _, new in results) == [False, False, False, True]
    assert Message.objects.filter(direction="in").count() == 1


def test_preparation_and_approval_at_once_leave_one_open_follow_up():
    case = routine_case()
    reviewer = case.desk.reviewer
    pk, seen = case.follow_up.pk, case.draft.fingerprint
    at_once(
        lambda: approve(pk, seen, by=reviewer, at=AS_OF), *[lambda: prepare_accounts([case.account.pk], as_of=AS_OF)] * 2
    )
    assert FollowUp.objects.open().filter(account=case.account).count() == 1
    assert case.follow_up.status in (states.APPROVED, states.READY)


def test_expiry_locks_the_account_before_the_request():
    case = exception_case()
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    late = ApprovalRequest.objects.get().expires_at
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            transitions.lock([case.follow_up.pk])
            expiry = pool.submit(lambda: (sweeping.expire_requests(late), connections.close_all())[0])
            with pytest.raises(TimeoutError):
                expiry.result(0.5)  # it waits for the account …
            assert ApprovalRequest.objects.select_for_update(nowait=True).get().state == "open"  # … and holds nothing meanwhile
        assert expiry.result(10) == 1
    assert case.follow_up.status == states.PREPARING


def test_ranking_waits_for_nobody_and_nobody_waits_for_it():
    case, other = routine_case(), routine_case()
    FollowUp.objects.update(work_rank=-1)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        transitions.lock([case.follow_up.pk])
        assert pool.submit(lambda: (sweeping.rerank(AS_OF), connections.close_all())[0]).result(10) == 1
    assert case.follow_up.work_rank == -1
    assert other.follow_up.work_rank != -1


def test_two_people_who_pause_at_once_pause_once():
    account = routine_case().account
    first, second = make_user("reviewer", account.portfolio), make_user("finance_approver", account.portfolio)
    one, other = at_once(
        lambda: pause_sending("wrong balances", by=first, at=AS_OF), lambda: pause_sending("wrong totals", by=second, at=AS_OF)
    )
    assert one == other == Hold.objects.get()
