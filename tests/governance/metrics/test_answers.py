"""Every measure, asked every way: its numbers are the counts of the rows behind them, and its parts add up."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.measuring import kinds, rolling
from governance.metrics import base
from governance.metrics.answering import measured, measured_all, measured_by
from governance.metrics.asking import PERIODS, SLICES, BadQuestion, Filters, Question, Reach, Window
from governance.metrics.definitions import BY_NAME, METRICS
from governance.models import Measure
from tests.governance.metrics.history import BEGIN, History

pytestmark = pytest.mark.django_db

WINDOW = Window(BEGIN.date(), BEGIN.date() + timedelta(days=400))


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker):
    """One history for the module: some days summed, the later ones not."""
    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            history = History(5)
            history.play(110)
            rolling.roll(history.at - timedelta(days=12))
            history.play(30)
            yield history
            transaction.set_rollback(True)


def questions():
    yield Question(WINDOW)
    yield Question(WINDOW, Filters(lane="routine"))
    yield Question(WINDOW, Filters(portfolio=2, model="template"))
    yield Question(WINDOW, Filters(model="small-model", band="1_30"))
    yield Question(WINDOW, Filters(currency="GBP"), Reach(frozenset({1})))
    yield Question(Window(BEGIN.date() + timedelta(days=9), BEGIN.date() + timedelta(days=40)))
    yield Question(WINDOW, Filters(lane="nowhere"))


def test_every_number_is_the_count_of_its_rows_for_every_filter(played):
    seen = 0
    for question in questions():
        for answer in measured_all(None, question, at=played.at):
            assert answer.n == answer.base.count(), (answer.metric.name, question)
            if answer.numerator is not None:
                assert answer.numerator == answer.rows.count(), (answer.metric.name, question)
                seen += answer.numerator
    assert seen > 1000


@pytest.mark.parametrize("by", [*SLICES, *PERIODS])
def test_the_parts_add_up_to_the_whole_and_each_has_exactly_its_rows(played, by):
    question, cut = Question(WINDOW), defaultdict(list)
    for part in measured_all(None, question, by, at=played.at):
        cut[part.metric.name].append(part)
    for answer in measured_all(None, question, at=played.at):
        parts = cut[answer.metric.name]
        if answer.metric.how == base.OUTSIDE:
            assert not parts
            continue
        assert sum(part.n for part in parts) == answer.n, answer.metric.name
        if answer.numerator is not None:
            assert sum(part.numerator for part in parts) == answer.numerator, answer.metric.name
        for part in parts[-3:]:
            assert (part.n, part.numerator or 0) == (part.base.count(), part.rows.count() if part.numerator is not None else 0)


def test_parts_of_a_filtered_question_are_those_of_its_rows(played):
    question = Question(WINDOW, Filters(lane="exception"), Reach(frozenset({1})))
    for by in ("model", "portfolio", "week"):
        for part in measured_by("draft_correction_rate", question, by, at=played.at):
            assert (part.n, part.numerator) == (part.base.count(), part.rows.count())
            assert {row.lane for row in part.base} <= {"exception"}
            assert {row.portfolio_id for row in part.base} <= {1}


def test_what_was_offered_is_decided_waiting_or_gone_in_every_part(played):
    for by in ("", *SLICES):
        for answer in measured_all(["drafts_offered"], Question(WINDOW), by, at=played.at):
            assert answer.n == sum(answer.more.values())
            assert answer.more["pending"] == answer.base.filter(outcome=kinds.PENDING).count()


def test_decided_is_unchanged_edited_rejected_and_sent_back_shown_apart(played):
    answer = measured("draft_correction_rate", Question(WINDOW), at=played.at)
    assert answer.n == sum(answer.more[name] for name in kinds.DECISIONS)
    assert all(answer.more[name] for name in kinds.DECISIONS)


def test_sums_and_rows_count_the_same(played):
    question = Question(WINDOW)
    before = [(a.metric.name, a.numerator, a.n, a.more) for a in measured_all(None, question, at=played.at)]
    rolling.roll(played.at + timedelta(days=3))
    after = [(a.metric.name, a.numerator, a.n, a.more) for a in measured_all(None, question, at=played.at)]
    assert after == before


def test_few_rows_give_no_percentage_and_say_so(played):
    day = Measure.objects.filter(kind=kinds.DECIDED, machine=True, stands=True).earliest("day").day
    answer = measured("draft_correction_rate", Question(Window(day, day), Filters(lane="routine")), at=played.at)
    assert 0 < answer.n < base.FEW
    assert (answer.value, answer.low, answer.high, answer.shown) == (None, None, None, "few")
    assert "too few" in answer.reason


def test_nothing_happened_is_not_zero_percent(played):
    answer = measured("draft_correction_rate", Question(WINDOW, Filters(lane="nowhere")), at=played.at)
    assert (answer.value, answer.n, answer.shown, answer.reason) == (None, 0, "none", "nothing happened in this window")


def test_what_concerns_single_persons_needs_thirty(played):
    for name in ("approved_unread", "evidence_open_rate", "zero_edit_rate"):
        assert BY_NAME[name].least == base.PERSON


def test_drafts_still_waiting_make_the_median_longer(played):
    now = measured("approval_time", Question(WINDOW), at=played.at)
    later = measured("approval_time", Question(WINDOW), at=played.at + timedelta(days=90))
    assert now.more["waiting"] > 0
    assert later.more["p90"] is None or now.more["p90"] is None or later.more["p90"] >= now.more["p90"]
    assert now.numerator == now.base.exclude(outcome=kinds.PENDING).filter(outcome__in=kinds.DECISIONS).count()


def test_pending_signals_are_neither_right_nor_wrong(played):
    answer = measured("dispute_precision", Question(WINDOW), at=played.at)
    assert answer.more["pending"] == Measure.objects.filter(kind=kinds.SIGNAL, stands=True, outcome="pending").count() > 0
    assert answer.n == Measure.objects.filter(kind=kinds.SIGNAL, stands=True).count() - answer.more["pending"]


def test_every_definition_says_what_it_is():
    for metric in METRICS:
        assert metric.title
        assert metric.meaning.endswith(".")
        assert metric.version >= 1
        assert metric.interval
    wanted = {
        "mistakes_stopped", "draft_correction_rate", "critical_correction_rate", "rework_rate", "dispute_precision", "source_completeness",
        "approval_time", "constructive_response_rate", "avoidable_contact_rate",
    }  # fmt: skip
    assert wanted <= set(BY_NAME)


def test_every_definition_is_in_the_documentation_in_the_same_words():
    text = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text()
    for metric in METRICS:
        assert f"**`{metric.name}`** ({metric.unit}, definition {metric.version}; {metric.interval}): {metric.meaning}" in text


def test_a_name_or_a_cut_that_is_not_known_is_refused_in_words(played):
    with pytest.raises(BadQuestion, match="no measure is called 'acceptance'"):
        measured("acceptance", Question(WINDOW), at=played.at)
    with pytest.raises(BadQuestion, match="known are lane, portfolio"):
        measured_by("rework_rate", Question(WINDOW), "colour", at=played.at)


def output(capsys, *args):
    call_command("metrics", *args)
    return capsys.readouterr().out


def test_the_command_prints_the_same_numbers_as_json_and_csv(played, capsys):
    since, until = str(WINDOW.first), str(WINDOW.last)
    told = json.loads(output(capsys, "--since", since, "--until", until, "--json"))
    assert [one["name"] for one in told["measures"]] == [m.name for m in METRICS]
    answers = {a.metric.name: a for a in measured_all(None, Question(WINDOW), at=played.at)}
    for one in told["measures"]:
        answer = answers[one["name"]]
        assert (one["n"], one["version"]) == (answer.n, answer.metric.version)
        if answer.metric.how == base.SHARE:
            assert (one["numerator"], one["value"], one["low"]) == (answer.numerator, answer.value, answer.low)
    lines = output(capsys, "--since", since, "--until", until, "--csv", "rework_rate").splitlines()
    assert lines[0].startswith("name,title,part,unit,numerator,n,value,low,high")
    assert lines[1].split(",")[:6] == ["rework_rate", "Messages that took more than one draft", "", "share", str(answers["rework_rate"].numerator), str(answers["rework_rate"].n)]


def test_the_command_prints_parts(played, capsys):
    told = json.loads(output(capsys, "--since", str(WINDOW.first), "--until", str(WINDOW.last), "--by", "lane", "--json", "rework_rate"))
    assert [one["part"] for one in told["measures"]] == ["exception", "executive_review", "routine"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--since", "yesterday"], "is no day"),
        (["--since", "2026-04-02", "--until", "2026-04-01"], "ends on 2026-04-01 before it begins"),
        (["--since", "2001-01-01", "--until", "2026-04-01"], "at most three years"),
        (["--by", "colour"], "known are lane"),
        (["acceptance"], "no measure is called"),
        (["--portfolio", "north"], "is not the id of a portfolio"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_question(db, args, words):
    with pytest.raises(CommandError, match=words):
        call_command("metrics", *args)
