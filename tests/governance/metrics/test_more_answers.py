"""The row that must be zero, money per currency, samples, both arms, and runs of approvals."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction

from governance.audit import Entry, record
from governance.measuring import kinds
from governance.metrics.answering import measured, measured_by
from governance.metrics.arms import ASSOCIATION, beside
from governance.metrics.asking import Filters, Question, Reach, Window, reach_of
from governance.metrics.export import line
from governance.metrics.oversight import runs
from governance.metrics.zero import must_be_zero
from tests.factories import make_portfolio, make_user
from tests.governance.metrics.history import BEGIN, History

pytestmark = pytest.mark.django_db

WINDOW = Window(BEGIN.date(), BEGIN.date() + timedelta(days=60))
LATER = BEGIN + timedelta(days=60)


def named(rows):
    return {row.name: row for row in rows}


def test_nothing_wrong_is_zero_and_a_ledger_nobody_verified_is_unknown():
    history = History()
    draft = history.offer(1, 10)
    history.approve(1, 10, draft)
    history.send(1, 10, draft)
    found = named(must_be_zero(Question(WINDOW), at=LATER))
    assert {name for name, row in found.items() if not row.good} == {"ledger_breaks"}
    assert found["ledger_breaks"].n is None
    assert all(row.how.endswith(".") for row in found.values())


def test_a_violation_is_counted_with_its_row_and_a_broken_ledger_is_said():
    history = History()
    draft = history.offer(1, 10, lane="routine")
    history.send(1, 10, draft, disputed=1)
    with transaction.atomic():
        record([Entry("system", "control.invariants_verified", "invariants", None, {"broken": {"I12": 2}, "looked_at": ["I12"]})], by=None, at=BEGIN)
    found = named(must_be_zero(Question(WINDOW), at=LATER))
    assert {name: row.n for name, row in found.items() if row.n} == {"without_approval": 1, "disputed": 1, "ledger_breaks": 2}
    assert found["disputed"].rows.get().follow_up_id == 10
    assert not found["disputed"].good


def test_a_gap_approved_in_the_routine_lane_is_a_silent_one():
    history = History()
    for follow_up, lane in ((10, "routine"), (11, "exception")):
        draft = history.offer(1, follow_up, lane=lane)
        history.tell(1, "follow_up.approve", "follow_up", follow_up, {"from": "ready", "to": "approved", "lane": lane, "draft": draft, "review": {"complete": False, "gaps": {"tickets": "stale"}}})
    assert named(must_be_zero(Question(WINDOW), at=LATER))["silent_gaps"].n == 1


def test_money_stopped_is_told_per_currency_and_what_is_only_suspected_apart():
    history = History()
    for follow_up, currency, code in ((10, "EUR", "paid"), (11, "GBP", "paid"), (12, "EUR", "dispute_signal"), (13, "EUR", "amount_changed")):
        draft = history.offer(1, follow_up, amounts={currency: 1000 + follow_up}, renewal=follow_up == 13)
        history.approve(1, follow_up, draft)
        history.move(1, follow_up, "stop", draft, code=code, caught="last_look")
    answer = measured("mistakes_stopped", Question(WINDOW), at=LATER)
    assert (answer.n, answer.more["confirmed"], answer.more["unconfirmed"]) == (4, 3, 1)
    assert answer.more["money"] == {"EUR": 2023, "GBP": 1011}
    assert answer.more["money_unconfirmed"] == {"EUR": 1012}
    assert answer.more["renewals"] == 1


def test_promises_kept_are_told_by_value_too_per_currency_and_what_is_not_settled_is_in_neither():
    history, question = History(), Question(WINDOW)
    settled = ("kept", "kept", "kept", "late", "broken", "")
    for number, state in enumerate(settled):
        pk, currency = history.new_id(), "GBP" if number == 1 else "EUR"
        history.tell(1, "promise.recorded", "promise", pk, {"portfolio": 1, "due_on": "2026-03-01", "amounts": {currency: 10 ** number}})
        if state:
            history.tell(1, "promise.settled", "promise", pk, {"state": state})
    told = line(measured("promise_kept_rate", question, at=LATER), question)
    assert (told["numerator"], told["n"]) == (3, 5)
    assert (told["more"]["money, these"], told["more"]["money, all"]) == ({"EUR": 101, "GBP": 10}, {"EUR": 11_101, "GBP": 10})
    assert "money, all" not in line(measured("rework_rate", question, at=LATER), question)["more"]


def test_both_arms_stand_beside_each_other_and_claim_no_effect():
    history = History()
    for number in range(24):
        model = "template" if number % 2 else "small-model"
        draft = history.offer(1, 100 + number, model=model)
        changed = number % 2 == 0 and number < 12
        history.approve(1, 100 + number, draft, changed=changed, corrections=[["fact", "critical"]])
    found = {one.name: one for one in beside(Question(WINDOW), at=LATER)}
    one = found["draft_correction_rate"]
    assert (one.template.numerator, one.template.n) == (0, 12)
    assert [(m.part, m.numerator, m.n) for m in one.models] == [("small-model", 6, 12)]
    assert one.note == ASSOCIATION
    assert found["rework_rate"].template is None


def test_runs_without_an_edit_are_told_only_of_people_with_thirty_approvals():
    history, often, seldom = History(), make_user(), make_user()
    for number in range(33):
        person = often if number < 31 else seldom
        draft = history.offer(1, 100 + number)
        if number == 9:
            history.tell(1, "draft.edited", "draft", 9_000, {"follow_up": 100 + number, "parent": draft}, person)
        history.approve(1, 100 + number, draft, person, changed=number == 9)
    found = runs(Question(WINDOW))
    assert (found.people, found.left_out, found.longest) == (1, 1, 21)
    assert runs(Question(WINDOW, Filters(lane="nowhere"))).longest is None


def test_without_a_locked_sample_there_is_no_recall_and_the_reason_is_said():
    answer = measured("dispute_recall", Question(WINDOW), at=LATER)
    assert (answer.value, answer.n, answer.base.count()) == (None, 0, 0)
    assert "no sample" in answer.reason
    assert measured_by("dispute_recall", Question(WINDOW), "lane", at=LATER) == []
    assert "part of them" in measured("dispute_recall", Question(WINDOW, Filters(lane="routine")), at=LATER).reason


def test_fewer_than_five_rows_leave_no_numerator_in_a_file():
    history = History()
    for number in range(4):
        draft = history.offer(1, 100 + number)
        history.move(1, 100 + number, "reject", draft, kind="tone")
    question = Question(WINDOW)
    told = line(measured("draft_correction_rate", question, at=LATER), question)
    assert (told["numerator"], told["n"], told["value"], told["shown"], told["more"]) == (None, 4, None, "few", {})
    assert json.loads(json.dumps(told))["reason"].startswith("too few")


def test_somebody_sees_the_measures_of_the_portfolios_in_which_a_role_reads_them():
    north, south = make_portfolio(), make_portfolio()
    leader, system = make_user("leadership", north), make_user("system_admin", south)
    assert reach_of(leader) == Reach(frozenset({north.pk}))
    assert reach_of(system).portfolios == frozenset()
    assert reach_of(make_user()).portfolios == frozenset()


def test_what_is_out_of_reach_is_not_counted():
    history = History()
    for account in (1, 2):
        history.offer(account, account * 10)
    assert measured("drafts_offered", Question(WINDOW, reach=Reach(frozenset({2}))), at=LATER).n == 1
    assert measured("drafts_offered", Question(WINDOW, reach=Reach(frozenset())), at=LATER).n == 0
    assert kinds.DRAFT
