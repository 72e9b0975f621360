"""Whatever people and the clock do, in whatever order: nothing is sent while a hold that covers it is in force."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import settings as Settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import Source
from drafts import states, sweeping
from drafts.delivery import handover
from drafts.models import Delivery, FollowUp
from drafts.review import (
    Blocked,
    NotAllowed,
    WrongState,
    lift_hold,
    pause_portfolio,
    pause_sending,
    put_hold,
    switch_off_text,
)
from governance.models import Hold
from tests.drafts.scene import AS_OF, Case, Desk, routine_case, stop_clock

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

REFUSALS = (Blocked, NotAllowed, WrongState)


class Watching:
    """A line that notes, at the very moment a message would leave, which holds in force cover it."""

    def __init__(self, now: datetime) -> None:
        self.now, self.wrong = now, []

    def connect(self) -> None:
        """Open."""

    def send(self, sender: str, recipients: Any, mime: bytes) -> str:
        """Judge by the rows alone, not by the code under test."""
        delivery = Delivery.objects.select_related("draft__brief", "account").get(state=states.HANDING_OVER)
        covering = [h for h in Hold.objects.all() if in_force(h, self.now) and covers(h, delivery)]
        self.wrong += [(str(hold), hold.scope, delivery.pk) for hold in covering]
        return "taken"

    def close(self) -> None:
        """Close."""


def in_force(hold: Hold, now: datetime) -> bool:
    begun = hold.created_at <= now
    ended = hold.released_at is not None and hold.released_at <= now
    return begun and not ended and (hold.expires_at is None or hold.expires_at > now)


def covers(hold: Hold, delivery: Delivery) -> bool:
    recipient = delivery.account.contacts.filter(email__in=delivery.recipients).values_list("pk", flat=True)
    return {
        "global": True,
        "portfolio": hold.scope_id == delivery.account.portfolio_id,
        "account": hold.scope_id == delivery.account_id,
        "contact": hold.scope_id in set(recipient),
        "invoice": hold.scope_id in delivery.draft.invoice_ids,
        "template": hold.scope_id == delivery.draft.template_version_id,
        "model": delivery.draft.author_kind == "model",
    }[hold.scope]


class HoldsAlwaysWin(RuleBasedStateMachine):
    """Two accounts of one portfolio, one reviewer, one finance approver, and a clock that only goes on."""

    @initialize()
    def desk(self) -> None:
        self.now = AS_OF
        self.desk = Desk()
        self.cases: list[Case] = [routine_case(self.desk, invoices=2), routine_case(self.desk)]
        self.sent = 0

    def _try(self, act: Any) -> None:
        try:
            act()
        except REFUSALS:
            pass

    def _end(self, minutes: int | None) -> datetime | None:
        return None if minutes is None else self.now + timedelta(minutes=minutes)

    @rule(which=st.integers(0, 1), level=st.sampled_from(["account", "contact", "invoice", "portfolio"]),
          kind=st.sampled_from(["pause", "legal", "other"]), minutes=st.sampled_from([None, 5, 40, 600]))
    def put(self, which: int, level: str, kind: str, minutes: int | None) -> None:
        account = self.cases[which].account
        scope_id = {
            "account": account.pk, "portfolio": account.portfolio_id, "contact": account.contacts.first().pk,
            "invoice": self.cases[which].invoices[0].pk,
        }[level]
        self._try(lambda: put_hold(level, scope_id, kind=kind, reason="r", by=self.desk.reviewer, at=self.now, expires_at=self._end(minutes)))

    @rule(switch=st.sampled_from(["all", "portfolio", "text"]))
    def throw(self, switch: str) -> None:
        text = self.cases[0].draft.template_version_id if self.cases[0].draft else 0
        acts = {
            "all": lambda: pause_sending("r", by=self.desk.reviewer, at=self.now),
            "portfolio": lambda: pause_portfolio(self.desk.portfolio.pk, "r", by=self.desk.reviewer, at=self.now),
            "text": lambda: switch_off_text(text, "r", by=self.desk.reviewer, at=self.now) if text else None,
        }
        self._try(acts[switch])

    @rule(newest=st.booleans())
    def lift(self, newest: bool) -> None:
        rows = [h for h in Hold.objects.order_by("pk") if in_force(h, self.now)]
        if rows:
            self._try(lambda: lift_hold(rows[-1 if newest else 0].pk, "over", by=self.desk.finance, at=self.now))

    @rule(which=st.integers(0, 1))
    def approve(self, which: int) -> None:
        case = self.cases[which]
        if case.follow_up.status in states.REVIEWABLE and case.draft is not None:
            self._try(lambda: case.approve(self.desk.reviewer, at=self.now))

    @rule(which=st.integers(0, 1), minutes=st.sampled_from([15, 45]))
    def the_usual_way_out(self, which: int, minutes: int) -> None:
        """Approved, waited for, handed over: what random single steps seldom add up to."""
        self.approve(which)
        self.time_passes(minutes)
        self.deliver()

    @rule()
    def lift_everything(self) -> None:
        for hold in [h for h in Hold.objects.order_by("pk") if in_force(h, self.now)]:
            self._try(lambda pk=hold.pk: lift_hold(pk, "over", by=self.desk.finance, at=self.now))
        self.sweep()

    @rule(minutes=st.sampled_from([1, 6, 15, 45, 700]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        Source.objects.update(as_of=self.now)

    @rule(which=st.integers(0, 1))
    def prepare(self, which: int) -> None:
        self.cases[which].prepare(self.now)

    @rule()
    def deliver(self) -> None:
        line = Watching(self.now)
        done = handover.deliver_due(self.now, transport=line)
        self.sent += done.get("accepted", 0)
        assert not line.wrong, f"sent under a hold in force: {line.wrong}"

    @rule()
    def sweep(self) -> None:
        sweeping.prepare_released(self.now)
        sweeping.carry_out_all(self.now)
        sweeping.prepare_waiting(self.now)

    @precondition(lambda self: self.sent)
    @invariant()
    def what_was_sent_was_sent_once(self) -> None:
        assert FollowUp.objects.filter(status=states.SENT).count() <= len(self.cases)


def test_any_sequence_of_holds_lifts_expiries_approvals_and_deliveries(settings):
    stop_clock(settings)
    reached = {"sent": 0, "stopped": 0}

    class InItsOwnTransaction(HoldsAlwaysWin):
        """Every sequence begins with the same empty desk."""

        def __init__(self) -> None:
            super().__init__()
            self.block = transaction.atomic()
            self.block.__enter__()

        def teardown(self) -> None:
            reached["sent"] += self.sent
            reached["stopped"] += Delivery.objects.filter(state=states.DELIVERY_STOPPED).count()
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    run_state_machine_as_test(
        InItsOwnTransaction,
        settings=Settings(max_examples=20, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)),
    )
    # A property about sequences in which nothing ever leaves, or nothing is ever held, would say nothing.
    assert reached["sent"], "no sequence sent anything"
    assert reached["stopped"], "no sequence stopped anything"
