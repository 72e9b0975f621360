"""The hand-over in a real SMTP conversation."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest

from accounts.models import Message
from drafts import states
from drafts.delivery import handover, outbox, settle
from drafts.delivery.transports import SmtpTransport
from drafts.models import Delivery
from governance.models import Event
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock

pytestmark = pytest.mark.django_db

LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def at_as_of(settings):
    stop_clock(settings)


def approved(desk=None):
    case = routine_case(desk)
    case.approve()
    return case


def test_nothing_leaves_before_its_time(server):
    case = approved()
    assert handover.deliver_due(LEAVES - timedelta(seconds=1)) == {}
    assert server.box.taken == []
    assert case.delivery.state == states.SCHEDULED


def test_the_server_gets_exactly_the_frozen_bytes_once(server):
    case = approved()
    assert handover.deliver_due(LEAVES) == {"accepted": 1}
    delivery = case.delivery
    ((sender, recipients, content),) = server.box.taken
    assert content == delivery.mime.encode("ascii")
    assert sender == "receivables@brightwater.example"
    assert recipients == [case.account.contacts.get().email]
    assert delivery.server_answer == "250 2.0.0 queued as A1B2C3"
    assert delivery.state == states.ACCEPTED
    assert case.follow_up.status == states.SENT
    message = Message.objects.get(message_id=delivery.message_id)
    assert (message.direction, message.body, message.account) == ("out", case.draft.body, case.account)
    assert Event.objects.filter(action="delivery.accepted", subject_id=delivery.pk).count() == 1


def test_the_same_task_a_hundred_times_sends_once(server):
    case = approved()
    delivery_id = case.delivery.pk
    outcomes = [handover.deliver_one(delivery_id, LEAVES) for _ in range(100)]
    assert outcomes.count("accepted") == 1
    assert outcomes.count("not_due") == 99
    assert len(server.box.taken) == 1


def test_several_messages_go_over_one_line(server):
    desk = Desk()
    cases = [approved(desk) for _ in range(3)]
    assert handover.deliver_due(LEAVES) == {"accepted": 3}
    assert sorted(server.box.message_ids) == sorted(case.delivery.message_id for case in cases)


def test_no_mail_server_is_tried_again_later_and_loses_nothing(server, settings):
    case = approved()
    settings.EMAIL_PORT = 9
    assert handover.deliver_due(LEAVES) == {"no_connection": 1}
    delivery = case.delivery
    assert delivery.state == states.FAILED_TEMPORARY
    assert delivery.attempts == 1
    assert "no connection to the mail server" in delivery.last_error
    assert case.follow_up.status == states.APPROVED
    settings.EMAIL_PORT = server.port
    assert handover.deliver_due(LEAVES + timedelta(seconds=5)) == {}  # not yet
    assert handover.deliver_due(LEAVES + timedelta(seconds=20)) == {"accepted": 1}
    assert len(server.box.taken) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_temporary_no_is_tried_again_with_growing_pauses(server, step):
    case = approved()
    server.box.answers[step] = "451 4.3.0 try later"
    moment, pauses = LEAVES, []
    for _ in range(7):
        assert handover.deliver_due(moment) == {"failed_temporary": 1}
        delivery = case.delivery
        assert delivery.state == states.FAILED_TEMPORARY
        assert "451" in delivery.last_error
        pauses.append((delivery.next_try_at - moment).total_seconds())
        moment = delivery.next_try_at
    assert pauses == [15, 30, 60, 120, 240, 300, 300]
    server.box.answers.clear()
    assert handover.deliver_due(moment) == {"accepted": 1}
    assert len(server.box.taken) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_final_no_is_visible_and_never_tried_again(server, step):
    case = approved()
    server.box.answers[step] = "550 5.1.1 no such user"
    assert handover.deliver_due(LEAVES) == {"failed_permanent": 1}
    delivery = case.delivery
    assert delivery.state == states.FAILED_PERMANENT
    assert "550 5.1.1 no such user" in delivery.stop_reason
    assert case.follow_up.status == states.STOPPED
    server.box.answers.clear()
    assert handover.deliver_due(LEAVES + timedelta(hours=2)) == {}
    assert server.box.taken == []


def test_a_line_that_breaks_after_the_text_leaves_the_outcome_unknown(server):
    case = approved()

    async def hang_up(protocol):
        protocol.transport.abort()

    server.box.after_data = hang_up
    assert handover.deliver_due(LEAVES) == {"outcome_unknown": 1}
    delivery = case.delivery
    assert delivery.state == states.OUTCOME_UNKNOWN
    assert "on its way" in delivery.last_error
    server.box.after_data = None
    assert handover.deliver_due(LEAVES + timedelta(hours=3)) == {}
    assert len(server.box.taken) == 1  # it did have it
    assert case.follow_up.status == states.APPROVED


def test_a_server_that_never_answers_the_text_leaves_the_outcome_unknown(server, settings):
    import asyncio

    settings.EMAIL_TIMEOUT = 1
    case = approved()

    async def sleep(protocol):
        await asyncio.sleep(3)

    server.box.after_data = sleep
    assert handover.deliver_due(LEAVES) == {"outcome_unknown": 1}
    assert case.delivery.state == states.OUTCOME_UNKNOWN


def test_a_silent_hand_over_is_parked_and_a_late_answer_still_counts(server):
    case = approved()
    claim = outbox.claim(LEAVES, "worker")
    assert handover.begin(claim, at=LEAVES) is not None
    assert outbox.park_crashed(LEAVES + timedelta(seconds=299)) == 0
    assert outbox.park_crashed(LEAVES + timedelta(seconds=301)) == 1
    assert case.delivery.state == states.OUTCOME_UNKNOWN
    assert handover.deliver_due(LEAVES + timedelta(hours=2)) == {}
    assert settle.accepted(case.delivery.pk, "250 late but here", at=LEAVES + timedelta(minutes=7))
    assert case.delivery.state == states.ACCEPTED
    assert case.follow_up.status == states.SENT


def test_a_dead_claim_is_taken_again_after_its_lease_and_the_first_worker_finds_it_gone(server):
    case = approved()
    first = outbox.claim(LEAVES, "first")
    assert outbox.claim(LEAVES, "second") is None
    later = LEAVES + timedelta(seconds=301)
    second = outbox.claim(later, "second")
    assert second is not None
    assert handover.begin(first, at=later) is None
    assert handover.begin(second, at=later) is not None
    assert case.delivery.attempts == 2


def test_accepting_twice_is_one_acceptance(server):
    case = approved()
    handover.deliver_due(LEAVES)
    assert not settle.accepted(case.delivery.pk, "250 again", at=LEAVES)
    assert Message.objects.filter(account=case.account, direction="out").count() == 1


def test_a_poison_row_is_handed_to_people_after_so_many_tries():
    case = approved()
    Delivery.objects.filter(pk=case.delivery.pk).update(attempts=outbox.ATTEMPTS_LIMIT)
    handover.deliver_due(LEAVES)
    assert case.delivery.state == states.DELIVERY_STOPPED
    assert case.delivery.stop_code == "too_many_attempts"


def test_the_demo_outbox_keeps_the_bytes_and_opens_no_connection(monkeypatch, settings):
    settings.MAIL_TRANSPORT = "outbox"

    def refuse(*args, **kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    case = approved()
    assert handover.deliver_due(LEAVES) == {"accepted": 1}
    assert "nothing left this machine" in case.delivery.server_answer


def test_one_line_is_reopened_when_the_server_dropped_it(server):
    line = SmtpTransport()
    line.connect()
    line._backend.connection.sock.close()
    line.connect()
    assert line.send("a@b.example", ["c@d.example"], b"Subject: x\r\n\r\ny\r\n").startswith("250")
    line.close()


def test_no_network_call_happens_inside_a_transaction(server, monkeypatch):
    from django.db import connection

    case = approved()
    depth = len(connection.savepoint_ids)
    seen = []
    send = SmtpTransport.send
    connect = SmtpTransport.connect

    def watched(original):
        def call(self, *args):
            seen.append(len(connection.savepoint_ids) - depth)
            return original(self, *args)

        return call

    monkeypatch.setattr(SmtpTransport, "send", watched(send))
    monkeypatch.setattr(SmtpTransport, "connect", watched(connect))
    handover.deliver_due(LEAVES)
    assert case.delivery.state == states.ACCEPTED
    assert seen == [0, 0]


def test_a_refused_recipient_refuses_the_message_for_everybody(server):
    case = approved()
    server.box.answers["RCPT"] = "550 5.1.1 unknown"
    handover.deliver_due(LEAVES)
    assert server.box.taken == []
    assert case.delivery.state == states.FAILED_PERMANENT




def test_a_slow_round_ends_before_its_leases_grow_old(server, monkeypatch):
    desk = Desk()
    cases = [approved(desk) for _ in range(2)]
    monkeypatch.setattr(handover, "ROUND_SECONDS", -1.0)
    assert handover.deliver_due(LEAVES) == {}
    monkeypatch.setattr(handover, "ROUND_SECONDS", 60.0)
    assert handover.deliver_due(LEAVES) == {"accepted": 2}
    assert len(server.box.taken) == len(cases)
