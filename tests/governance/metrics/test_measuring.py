"""Measures are written with their events, never change, and are the same when they are read from the ledger again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from governance.measuring import kinds, rebuilding, rolling
from governance.measuring.levels import EXACT, LEVELS, step, step_of
from governance.metrics.answering import measured_all
from governance.metrics.asking import Filters, Question, Reach, Window
from governance.metrics.base import OUTSIDE, QUANTILE
from governance.metrics.definitions import METRICS
from governance.models import Measure, MeasureSpread, MeasureState, MeasureSum
from tests.governance.metrics.history import BEGIN, History

pytestmark = pytest.mark.django_db


@pytest.fixture
def history():
    return History()


def of(kind, **where):
    return Measure.objects.filter(kind=kind, stands=True, **where)


def test_a_draft_waits_until_it_is_decided_and_is_then_one_row_still(history):
    draft = history.offer(1, 10)
    assert of(kinds.DRAFT).get().outcome == kinds.PENDING
    history.wait(minutes=30)
    history.approve(1, 10, draft)
    row = of(kinds.DRAFT).get()
    assert (row.outcome, row.minutes, row.at) == (kinds.UNCHANGED, 30, BEGIN)
    assert Measure.objects.filter(kind=kinds.DRAFT, stands=False).count() == 1
    decided = of(kinds.DECIDED).get()
    assert decided.outcome == kinds.UNCHANGED
    assert not decided.substantive
    assert decided.model == row.model


def test_an_edit_is_told_apart_with_its_classes_and_severity(history):
    draft = history.offer(1, 10)
    history.approve(1, 10, draft, changed=True, permille=51, corrections=[["fact", "critical"], ["tone", "substantive"]])
    row = of(kinds.DECIDED).get()
    assert (row.outcome, row.substantive, row.critical, row.permille, row.confirmed) == (kinds.CHANGED, True, True, 51, False)
    assert set(of(kinds.CORRECTION).values_list("code", "outcome")) == {("fact", "critical"), ("tone", "substantive")}
    assert of(kinds.MISTAKE).get().outcome == "correction"


def test_a_cosmetic_edit_corrects_nothing(history):
    draft = history.offer(1, 10)
    history.approve(1, 10, draft, changed=True, permille=440, corrections=[["cosmetic", "cosmetic"]])
    row = of(kinds.DECIDED).get()
    assert (row.outcome, row.substantive, row.critical) == (kinds.CHANGED, False, False)
    assert not of(kinds.MISTAKE).exists()


@pytest.mark.parametrize(("kind", "defect", "harm"), [("paid", False, False), ("disputed", False, False), ("tone", True, False), ("wrong_fact", True, True)])
def test_a_refusal_counts_against_the_draft_only_for_a_defect_of_it(history, kind, defect, harm):
    draft = history.offer(1, 10)
    history.move(1, 10, "reject", draft, kind=kind)
    row = of(kinds.DECIDED).get()
    assert (row.outcome, row.substantive, row.critical) == (kinds.REJECTED, defect, harm)


def test_a_draft_sent_back_is_refused_and_the_next_one_is_another_draft(history):
    first = history.offer(1, 10)
    history.move(1, 10, "request_changes", first, kinds=["tone"])
    second = history.offer(1, 10)
    history.approve(1, 10, second)
    history.send(1, 10, second)
    assert sorted(of(kinds.DECIDED).values_list("outcome", flat=True)) == [kinds.SENT_BACK, kinds.UNCHANGED]
    assert of(kinds.DRAFT).count() == 2
    assert of(kinds.SENT).get().reworked


@pytest.mark.parametrize(("action", "outcome"), [("expire", "expired"), ("refresh", "superseded"), ("hold", "withdrawn"), ("supersede", "superseded")])
def test_a_draft_nobody_decides_lapses_and_is_no_decision(history, action, outcome):
    draft = history.offer(1, 10)
    history.wait(hours=2)
    history.move(1, 10, action, draft)
    row = of(kinds.DRAFT).get()
    assert (row.outcome, row.minutes) == (outcome, 120)
    assert not of(kinds.DECIDED).exists()


def test_a_message_stopped_by_the_last_look_is_a_mistake_once_and_not_when_sending_was_paused(history):
    draft = history.offer(1, 10)
    history.approve(1, 10, draft)
    history.move(1, 10, "stop", draft, code="paid", caught="last_look")
    assert (of(kinds.MISTAKE).get().code, of(kinds.MISTAKE).get().confirmed) == ("paid", True)
    other = history.offer(2, 20)
    history.approve(2, 20, other)
    history.move(2, 20, "stop", other, code="paused", caught="last_look")
    assert of(kinds.MISTAKE).count() == 1
    assert of(kinds.STOPPED).count() == 2


def test_too_short_a_look_is_unread_and_an_unknown_one_is_not_called_so(history):
    for follow_up, seconds in ((10, 20), (11, 24), (12, None)):
        draft = history.offer(1, follow_up, words=120)
        history.approve(1, follow_up, draft, seconds=seconds)
    rows = of(kinds.ANSWER).order_by("follow_up_id")
    assert [(row.timed, row.unread) for row in rows] == [(True, True), (True, False), (False, False)]


def test_what_a_person_says_of_a_reply_takes_the_place_of_the_machines_word(history):
    draft = history.offer(1, 10)
    history.approve(1, 10, draft)
    history.send(1, 10, draft)
    history.wait(days=2)
    pk = history.reply(1, 10, "question")
    assert of(kinds.SENT).get().outcome == "question"
    history.tell(1, "reply.confirmed", "reply", pk, {"confirmed": "dispute", "follow_up": 10, "knew": False, "avoidable": ""})
    reply, sent = of(kinds.REPLY).get(), of(kinds.SENT).get()
    assert (reply.outcome, reply.confirmed, reply.latent) == ("dispute", True, True)
    assert (sent.outcome, sent.latent) == ("dispute", True)


def test_an_absence_is_no_answer_and_a_late_reply_does_not_count_for_the_message(history):
    draft = history.offer(1, 10)
    history.approve(1, 10, draft)
    history.send(1, 10, draft)
    history.wait(days=1)
    history.reply(1, 10, "out_of_office")
    history.wait(days=14)
    history.reply(1, 10, "paid")
    assert of(kinds.SENT).get().outcome == ""
    assert of(kinds.REPLY).count() == 2


def test_what_must_never_happen_is_written_when_it_does(history):
    draft = history.offer(1, 10)
    history.send(1, 10, draft, paid=1)
    history.send(1, 10, draft)
    assert sorted(of(kinds.VIOLATION).values_list("code", flat=True)) == ["paid", "twice", "without_approval", "without_approval"]


def test_rows_are_append_only_but_for_giving_way(history):
    history.offer(1, 10)
    row = of(kinds.DRAFT).get()
    for act in (lambda: of(kinds.DRAFT).update(outcome="unchanged"), row.delete, lambda: of(kinds.DRAFT).update(stands=False, lane="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    of(kinds.DRAFT).update(stands=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.filter(pk=row.pk).update(stands=True)


def test_an_act_that_fails_leaves_no_measure(history):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        history.offer(1, 10)
        raise ZeroDivisionError
    assert not Measure.objects.exists()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_alone_gives_the_same_rows_and_sums(seed):
    history = History(seed)
    history.play(60)
    rolling.roll(history.at - timedelta(days=10))
    history.play(20)
    found = rebuilding.compare()
    assert not found.count, found.words
    before = _content()
    sums = _sums()
    rebuilding.rebuild(history.at)
    assert _content() == before
    assert not rebuilding.compare().count
    rolling.roll(history.at + timedelta(days=2))
    assert sum(n for key, n in _sums().items() if key[0] == "") == Measure.objects.filter(stands=True).count()
    assert sums


def test_rows_of_days_already_summed_change_their_sums(history):
    draft = history.offer(1, 10)
    rolling.roll(history.at + timedelta(days=3))
    assert MeasureState.objects.get().summed_until == (BEGIN + timedelta(days=2)).date()
    history.wait(minutes=5)
    history.approve(1, 10, draft)
    assert not rebuilding.compare().count
    assert MeasureSum.objects.filter(by="", kind=kinds.DRAFT, n__lt=0).count() == 1
    assert rolling.tidy(BEGIN.date() + timedelta(days=1)) == 1
    assert not MeasureSum.objects.filter(n__lt=0).exists()
    assert not rebuilding.compare().count


def test_every_definition_can_be_counted_from_the_coarsest_sums():
    """A new definition that asks for another column joins ``levels.KEPT``, with a migration that lets the days be summed again."""
    for metric in METRICS:
        for rows in metric.wanted:
            if metric.how != OUTSIDE:
                assert LEVELS["all"].keeps(rows.kind, rows.columns), (metric.name, rows)


def test_a_page_reads_far_fewer_sums_than_there_are_rows():
    history = History(4)
    history.play(200)
    rolling.roll(history.at + timedelta(days=3))
    assert MeasureSum.objects.filter(by="all").count() < Measure.objects.filter(stands=True).count()
    window = Window(BEGIN.date(), history.at.date())
    with CaptureQueriesContext(connection) as asked:
        measured_all([m.name for m in METRICS if m.how != QUANTILE and m.name != "approval_time_business"], Question(window), "week", at=history.at)
    # Money is on the rows of mistakes, which are few by nature.
    from_rows = [q["sql"] for q in asked if 'FROM "governance_measure"' in q["sql"] and "'mistake'" not in q["sql"]]
    assert all("pending" in sql or '"day" >' in sql for sql in from_rows), from_rows


def test_a_median_is_the_same_from_sums_and_from_rows():
    history = History(6)
    history.play(120)
    names, question = ["approval_time", "word_edit_rate"], Question(Window(BEGIN.date(), history.at.date()))
    asked = [(question, by) for by in ("", "week", "lane", "portfolio", "model")]
    asked += [(replace(question, filters=Filters(lane="routine")), ""), (replace(question, reach=Reach(frozenset({1}))), "week")]
    before = [_told(names, one, by, history.at) for one, by in asked]
    rolling.roll(history.at + timedelta(days=3))
    assert MeasureSpread.objects.filter(by="all").exists()
    assert [_told(names, one, by, history.at) for one, by in asked] == before


def _told(names, question, by, at):
    return [(a.metric.name, a.part, a.n, a.value, a.low, a.high, a.more) for a in measured_all(names, question, by, at=at)]


@given(value=st.integers(0, 2**30 - 1))
def test_a_step_is_close_to_what_fell_into_it(value):
    assert abs(step(value) - value) <= value / 64
    assert value > EXACT or step(value) == value


def test_the_database_steps_like_the_code(history):
    numbers = [0, 1, 63, 64, 65, 127, 128, 1000, 4097, 65_535, 2_000_000, 2**30 - 1]
    for number in numbers:
        history.offer(1, number + 1)
    for row, number in zip(of(kinds.DRAFT).order_by("pk"), numbers, strict=True):
        values = {f.attname: getattr(row, f.attname) for f in Measure._meta.local_concrete_fields if f.attname not in ("id", "event_id")}
        Measure.objects.create(**{**values, "event_id": 10**9 + number, "kind": "probe", "minutes": number})
    found = Measure.objects.filter(kind="probe").annotate(s=step_of("minutes")).values_list("minutes", "s")
    assert dict(found) == {number: step(number) for number in numbers}


def test_a_difference_is_found_and_said(history):
    history.offer(1, 10)
    Measure.objects.create(**_another(of(kinds.DRAFT).get()))
    found = rebuilding.compare()
    assert found.count == 1
    assert "does not give" in found.words[0]


def test_events_older_than_the_measures_are_read_as_far_as_they_go(history):
    history.tell(1, "follow_up.draft_ready", "follow_up", 10, {"from": "preparing", "to": "ready", "lane": "routine", "draft": 3})
    history.move(1, 10, "approve", 3)
    row = of(kinds.DECIDED).get()
    assert (row.outcome, row.portfolio_id, row.machine, row.code) == (kinds.UNCHANGED, None, False, kinds.UNMEASURED)


def told(capsys, *args):
    call_command("metrics", *args)
    return capsys.readouterr().out


def test_the_command_holds_the_measures_against_the_ledger(capsys):
    History(2).play(5)
    assert "is what the ledger says" in told(capsys, "--check")
    row = Measure.objects.earliest("pk")
    Measure.objects.create(event_id=row.event_id, part=99, kind="draft", at=row.at, day=row.day, account_id=1)
    with pytest.raises(CommandError, match="differences"):
        call_command("metrics", "--check")
    assert "rows of measures were read from the ledger" in told(capsys, "--rebuild")
    assert "is what the ledger says" in told(capsys, "--check")


def _content():
    names = rebuilding.COMPARED
    return list(Measure.objects.order_by("event_id", "part").values_list(*names))


def _sums():
    rows = MeasureSum.objects.values_list("by", "value", *rolling.LIKE, "n")
    found = {}
    for *key, n in rows:
        found[tuple(key)] = found.get(tuple(key), 0) + n
    return {key: n for key, n in found.items() if n}


def _another(row):
    return {name: getattr(row, name) for name in rebuilding.COMPARED if name != "part"} | {"part": 9, "kind": "x"}
