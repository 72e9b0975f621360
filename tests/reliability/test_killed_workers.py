"""SIGKILL of a real worker process in each state of a delivery, against a real mail server: nothing twice, nothing lost."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from drafts import states
from drafts.models import Delivery
from tests.conftest import REDIS_TEST_URL
from tests.drafts.delivery.smtp_server import MailServer, free_port, wait_for
from tests.drafts.scene import AS_OF, routine_case, stop_clock
from tests.reliability.processes import LEASE_SECONDS, World

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LEAVES = AS_OF + timedelta(minutes=10)


@pytest.fixture
def world(tmp_path):
    made = World(free_port(), tmp_path)
    yield made
    made.close()


def approved(settings, count=1):
    """``count`` approved messages whose leaving time has come, on a clock that goes on from there."""
    stop_clock(settings)
    desk, ids = None, []
    for _ in range(count):
        case = routine_case(desk)
        desk = case.desk
        ids.append(case.approve().message_id)
    stop_clock(settings, LEAVES + timedelta(seconds=1))
    return ids


def only_state(world):
    (state,) = world.states().values()
    return state


async def forever(protocol):
    await asyncio.sleep(3600)


def wait_for_state(world, state, seconds=60):
    try:
        wait_for(lambda: only_state(world) == state, seconds)
    except AssertionError:
        raise AssertionError(f"{only_state(world)} instead of {state}\n{world.logs()}") from None


def test_killed_before_the_leaving_time_the_message_leaves_later(settings, world):
    approved(settings)
    stop_clock(settings, AS_OF)
    with MailServer(port=world.smtp_port) as server:
        world.share()
        idle = world.worker()
        time.sleep(4)
        world.kill(idle)
        assert (only_state(world), server.box.taken) == (states.SCHEDULED, [])
        stop_clock(settings, LEAVES)
        world.share()
        world.worker()
        wait_for_state(world, states.ACCEPTED)
        assert len(server.box.taken) == 1


def test_killed_while_claimed_another_worker_takes_it_after_the_lease(settings, world):
    approved(settings)
    world.share()
    with socket.create_server(("127.0.0.1", world.smtp_port)):  # takes the connection and never greets
        first = world.worker()
        wait_for_state(world, states.CLAIMED)
        world.kill(first)
    assert only_state(world) == states.CLAIMED
    with MailServer(port=world.smtp_port) as server:
        world.worker()
        wait_for_state(world, states.ACCEPTED)
        time.sleep(1)
        assert len(server.box.taken) == 1
    assert world.outbound() == 1
    assert world.rows("SELECT attempts FROM drafts_delivery") == [(2,)]


@pytest.mark.parametrize("server_has_it", [False, True])
def test_killed_while_handing_over_the_outcome_is_parked_and_never_sent_again(settings, world, server_has_it):
    approved(settings)
    world.share()
    with MailServer(port=world.smtp_port) as server:
        reached = server.box.data_begun if server_has_it else server.box.rcpt_begun
        setattr(server.box, "after_data" if server_has_it else "before_rcpt", forever)
        first = world.worker()
        assert reached.wait(60), world.logs()
        assert only_state(world) == states.HANDING_OVER
        world.kill(first)
        server.box.after_data = server.box.before_rcpt = None
        world.worker()
        wait_for_state(world, states.OUTCOME_UNKNOWN)
        time.sleep(2 * LEASE_SECONDS)
        assert only_state(world) == states.OUTCOME_UNKNOWN
        assert len(server.box.taken) == (1 if server_has_it else 0)
    assert world.outbound() == 0
    assert world.rows("SELECT status FROM drafts_followup") == [(states.APPROVED,)]


def test_killed_after_a_temporary_no_it_is_tried_again(settings, world):
    approved(settings)
    world.share()
    with MailServer(port=world.smtp_port) as server:
        server.box.answers["RCPT"] = "451 4.3.0 try later"
        first = world.worker()
        wait_for_state(world, states.FAILED_TEMPORARY)
        world.kill(first)
        server.box.answers.clear()
        world.worker()
        wait_for_state(world, states.ACCEPTED)
        assert len(server.box.taken) == 1


@pytest.mark.parametrize(("answer", "state", "taken"), [("", states.ACCEPTED, 1), ("550 5.1.1 no such user", states.FAILED_PERMANENT, 0)])
def test_killed_after_the_end_nothing_happens_again(settings, world, answer, state, taken):
    approved(settings)
    world.share()
    with MailServer(port=world.smtp_port) as server:
        if answer:
            server.box.answers["RCPT"] = answer
        first = world.worker()
        wait_for_state(world, state)
        world.kill(first)
        server.box.answers.clear()
        world.worker()
        time.sleep(3 * LEASE_SECONDS)
        assert (only_state(world), len(server.box.taken)) == (state, taken)


def test_killed_at_random_again_and_again_nothing_is_sent_twice_and_nothing_is_lost(settings, world):
    ids = approved(settings, 10)
    world.share()
    chance = random.Random(20260512)

    async def slowly(protocol):
        await asyncio.sleep(chance.uniform(0.05, 0.5))

    with MailServer(port=world.smtp_port) as server:
        server.box.before_rcpt = server.box.after_data = slowly
        for _ in range(6):
            worker = world.worker()
            started = len(server.box.taken)
            wait_for(lambda seen=started: len(server.box.taken) > seen or _ended(world), 60)
            time.sleep(chance.uniform(0, 0.6))
            world.kill(worker)
        server.box.before_rcpt = server.box.after_data = None
        world.worker()
        wait_for(lambda: _ended(world), 90)
        sent = Counter(server.box.message_ids)
    found = world.states()
    assert set(found) == set(ids)
    assert max(sent.values()) == 1, sent
    for message_id, state in found.items():
        assert state in (states.ACCEPTED, states.OUTCOME_UNKNOWN)
        assert state != states.ACCEPTED or sent[message_id] == 1  # accepted means the mail server has it
    assert world.outbound() == list(found.values()).count(states.ACCEPTED)


def _ended(world):
    return not set(world.states().values()) - {states.ACCEPTED, states.OUTCOME_UNKNOWN}


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.parametrize("during", ["claimed", "handing_over"])
def test_a_celery_worker_killed_mid_way_comes_back_to_the_same_truth(settings, world, during):
    from celery import Celery

    world.broker = REDIS_TEST_URL
    bell = Celery("test", broker=REDIS_TEST_URL)
    bell.control.purge()
    approved(settings)
    silent = socket.create_server(("127.0.0.1", world.smtp_port)) if during == "claimed" else None
    server = None if silent else MailServer(port=world.smtp_port).__enter__()
    try:
        if server:
            server.box.after_data = forever
        first = world.celery_worker()
        bell.send_task("drafts.deliver", args=[Delivery.objects.get().pk])
        wait_for_state(world, during)
        if server:
            assert server.box.data_begun.wait(60)
        world.kill(first)
        if silent:
            silent.close()
            server = MailServer(port=world.smtp_port).__enter__()
        server.box.after_data = None
        time.sleep(LEASE_SECONDS)
        bell.control.purge()  # Redis may lose everything: the sweep finds it by the state of the database
        world.celery_worker()
        end = states.ACCEPTED if during == "claimed" else states.OUTCOME_UNKNOWN
        for _ in range(60):
            bell.send_task("drafts.sweep")
            time.sleep(1)
            if only_state(world) == end:
                break
        assert only_state(world) == end, world.logs()
        assert len(server.box.taken) == 1
        assert world.outbound() == (1 if during == "claimed" else 0)
    finally:
        if server:
            server.__exit__()
    assert connection.vendor == "postgresql"
