"""A synthetic history: refused among people's data, marked for good, whole, and with a truth its measures cover."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count

from collections_site.synthetic import words
from collections_site.synthetic.planted import CLEAR, FALSE, HIDDEN, NOTHING, QUIET, RATES, customers_of, plant, rework, truth
from collections_site.synthetic.simulate import Refused, Wish, simulate
from drafts.detectors import judge_dispute, judge_reply
from drafts.models import Delivery, DraftOutcome, FollowUp
from governance import clock, synthetic
from governance.measuring import rebuilding
from governance.metrics.answering import measured
from governance.metrics.asking import Question, Window
from governance.metrics.intervals import wilson
from governance.metrics.recall import Stratum, allocate, recall
from governance.metrics.recall_coverage import simulate_precision
from governance.models import Event, Hold, Installation, Measure, MeasureState, SampleResult, User
from governance.policies import PolicyParameters
from tests.factories import grant, make_account, make_portfolio, make_user

END = datetime(2026, 5, 12, 18, tzinfo=UTC)
SEEDS, LEAST = 200, 0.93


# what is planted --------------------------------------------------------------------------------------------------------------


def test_the_same_seed_plants_the_same_history_and_another_seed_another():
    assert plant(7, 6, 40) == plant(7, 6, 40)
    assert plant(7, 6, 40) != plant(8, 6, 40)


@pytest.mark.parametrize("table", [RATES.words, RATES.acts, RATES.replies])
def test_the_shares_of_each_table_add_up_to_one(table):
    assert sum(table.values()) == pytest.approx(1)


@pytest.mark.parametrize("per_month", [1, 5, 8, 12, 17, 21, 22, 40, 200])
def test_nobody_has_two_rounds_within_four_weeks(per_month):
    last: dict[int, int] = {}
    for case in plant(3, 6, per_month):
        assert case.week - last.get(case.account, -4) >= 4
        last[case.account] = case.week


@pytest.mark.parametrize("per_month", [6, 8, 12, 17, 22, 40])
def test_a_round_has_enough_cases_for_a_number_of_its_week(per_month):
    rounds = Counter(case.week for case in plant(3, 6, per_month))
    full = [n for week, n in rounds.items() if week != max(rounds)]
    assert min(full) >= 5


@pytest.mark.parametrize(("months", "per_month"), [(0, 40), (6, 0)])
def test_a_history_of_nothing_is_refused(months, per_month):
    with pytest.raises(ValueError, match="at least one"):
        plant(1, months, per_month)


def test_the_truth_is_counted_from_the_cases():
    cases = plant(11, 6, 40)
    kinds = Counter(case.words for case in cases)
    told = truth(cases)
    assert told["recall"] == kinds[CLEAR] / (kinds[CLEAR] + kinds[HIDDEN])
    assert told["precision"] == pytest.approx(0.07 / 0.09)
    assert sum(told["words"].values()) == len(cases) == 240


@pytest.mark.parametrize(("kind", "flagged"), [(CLEAR, True), (FALSE, True), (HIDDEN, False), (QUIET, False)])
def test_the_detector_reads_the_planted_words_as_they_are_meant(kind, flagged):
    for text in words.TICKETS[kind]:
        assert judge_dispute(text.format(number="SYNTHETIC-7-000004"), "Your invoice").is_dispute is flagged, text


def test_replies_are_of_the_kind_they_are_planted_as():
    number = "SYNTHETIC-7-000004"
    for kind, text in words.REPLIES.items():
        body = text.format(number=number, day="12 May 2026")
        if kind == "dispute":
            assert judge_dispute(body, "Re: invoices").is_dispute
        else:
            assert judge_reply(body, "Re: invoices", as_of=date(2026, 5, 4), known_invoices=[number]).kind == kind, body


# the intervals of the dashboard over the planted truth --------------------------------------------------------------------------


def _estimated(seed: int, per_month: int, size: int) -> tuple[bool, bool]:
    """Whether the intervals of recall and precision hold the truth of one seed: a sample drawn from what the detector did not flag."""
    cases = plant(seed, 6, per_month)
    kinds, told, dice = Counter(case.words for case in cases), truth(cases), random.Random(seed)
    units = {"ticket": kinds[QUIET] + kinds[HIDDEN], "neither": kinds[NOTHING]}
    sizes = allocate(units, size)
    found = sum(n < kinds[HIDDEN] for n in dice.sample(range(units["ticket"]), sizes["ticket"]))
    strata = [Stratum(units["ticket"], sizes["ticket"], found), Stratum(units["neither"], sizes["neither"], 0)]
    estimate = recall(kinds[CLEAR], strata, seed=seed, count=600)
    low, high = wilson(kinds[CLEAR], kinds[CLEAR] + kinds[FALSE])
    return (estimate.low or 0.0) <= told["recall"] <= (estimate.high or 0.0), low <= told["precision"] <= high


@pytest.mark.parametrize(("per_month", "size"), [(40, 60), (200, 300)])
def test_intervals_of_recall_and_precision_cover_the_planted_truth(per_month, size):
    found = [_estimated(seed, per_month, size) for seed in range(SEEDS)]
    assert sum(r for r, _ in found) / SEEDS >= LEAST, "recall"
    assert sum(p for _, p in found) / SEEDS >= LEAST, "precision"


@pytest.mark.parametrize("share", [0.6, 0.75, 0.9])
def test_the_interval_of_precision_covers_any_truth(share):
    assert simulate_precision(share, 100, runs=1_000, seed=5).share >= LEAST


def test_the_simulation_of_precision_can_fail(monkeypatch):
    from governance.metrics import recall_coverage

    monkeypatch.setattr(recall_coverage, "wilson", lambda k, n: (k / n - 0.01, k / n + 0.01))
    assert simulate_precision(0.75, 100, runs=300, seed=5).share < 0.5


# a whole history in the database --------------------------------------------------------------------------------------------------


@pytest.fixture
def made(db):
    """One month of debts, most of them labelled."""
    return simulate(Wish(1, 5, per_month=44, sampled=36, until=END, production=True))


def test_a_small_history_is_whole_and_its_measures_cover_the_truth(made):
    """One build, many looks: it is the dear part."""
    assert made.refused == 0 and made.synthetic
    # The record: chains, invariants, measures read again from the events, sums.
    assert rebuilding.compare().words == []
    call_command("verify_ledger", stdout=StringIO())
    call_command("verify_invariants", stdout=StringIO())
    before = _rows()
    rebuilding.rebuild(END)
    assert _rows() == before
    # Nothing is left to do, and nobody can do it.
    assert not FollowUp.objects.open().exists()
    assert not Delivery.objects.exclude(state__in=("accepted", "stopped")).exists()
    assert not User.objects.filter(is_active=True).exists()
    # The clock and the kind of the installation are what they were.
    assert Installation.objects.values_list("kind", "clock_offset_seconds").get() == ("production", 0)
    assert django_settings.DEMO_MODE is False
    # Every figure is there, and its interval holds what was planted.
    question = Question(Window(END.date() - timedelta(days=84), END.date()))
    told = {name: measured(name, question, at=END) for name in ("dispute_recall", "dispute_precision", "rework_rate", "mistakes_stopped", "promise_kept_rate")}
    result = SampleResult.objects.get()
    assert result.labelled >= 30 and result.share is not None
    assert told["dispute_recall"].low <= made.truth["recall"] <= told["dispute_recall"].high
    assert told["dispute_precision"].low <= made.truth["precision"] <= told["dispute_precision"].high
    assert told["rework_rate"].low <= made.truth["rework"] <= told["rework_rate"].high
    assert told["dispute_precision"].n == made.truth["words"][CLEAR] + made.truth["words"][FALSE]
    assert told["mistakes_stopped"].n > 0 and told["promise_kept_rate"].n > 0
    # The mark.
    assert synthetic.names(END.date(), END.date()) == ["Synthetic history (synthetic-5)"]
    assert synthetic.names(END.date() + timedelta(days=1), END.date() + timedelta(days=2)) == []
    assert synthetic.names(END.date(), END.date(), within=set()) == []


def _rows() -> Counter:
    MeasureState.objects.update(summed_until=None)
    return Counter(Measure.objects.filter(stands=True).values_list("kind", "outcome", "code", "day"))


# where none is made ---------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_production_needs_an_explicit_word():
    with pytest.raises(CommandError, match="never be taken out of its record"):
        call_command("simulate_history", "--months", "1", "--seed", "1")
    assert not Event.objects.filter(stream=synthetic.STREAM).exists()


@pytest.mark.django_db
def test_a_database_with_accounts_of_people_is_left_alone():
    make_account()
    before = Event.objects.count()
    with pytest.raises(Refused, match="--into-existing"):
        simulate(Wish(1, 1, until=END, production=True))
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_the_command_says_what_it_planted_and_a_second_one_of_the_name_is_refused():
    out = StringIO()
    arguments = ("simulate_history", "--months", "1", "--seed", "2", "--drafts-per-month", "4", "--sample", "0", "--on-production")
    call_command(*arguments, "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["synthetic"], told["seed"], told["months"], told["portfolio"]) == (True, 2, 1, "synthetic-2")
    assert told["truth"]["precision"] == RATES.precision and told["truth"]["rework"] == rework()
    with pytest.raises(CommandError, match="already"):
        call_command(*arguments, "--into-existing")


@pytest.mark.django_db
def test_what_fails_leaves_nothing(monkeypatch):
    from collections_site.synthetic import playing

    def broken(self, at):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(playing.Play, "_close", broken)
    with pytest.raises(RuntimeError, match="the disk is full"):
        simulate(Wish(1, 1, per_month=3, until=END, production=True))
    assert not User.objects.filter(username__startswith="synthetic").exists()
    assert Installation.objects.get().kind == "production" and django_settings.DEMO_MODE is False
    assert customers_of(3) >= 2


@pytest.mark.django_db
def test_planted_faults_switch_no_text_off(monkeypatch):
    from dataclasses import replace

    from collections_site.synthetic import planted

    cases = [replace(case, words=NOTHING, act=planted.CRITICAL, reply="") for case in plant(1, 1, 12)]
    monkeypatch.setattr(planted, "plant", lambda *_: cases)
    made = simulate(Wish(1, 1, per_month=12, sampled=0, until=END, production=True))
    assert made.refused == 0
    policy, critical = PolicyParameters(), DraftOutcome.objects.filter(critical=True).values_list("template_version").annotate(n=Count("pk"))
    assert max(n for _, n in critical) >= max(policy.trip_minimum_drafts, policy.trip_critical_drafts), "otherwise this shows nothing"
    # Never thrown, not thrown and lifted: lifting would let what people decided before it be forgotten.
    assert not Hold.objects.filter(scope__in=("template", "model")).exists()


# what pages say of it -------------------------------------------------------------------------------------------------------------

LINE = "Includes synthetic history"


def _marked(code="synthetic-9"):
    portfolio, now = make_portfolio(code=code, name=f"Synthetic history ({code})"), clock.now()
    with transaction.atomic():
        synthetic.mark(portfolio, (now - timedelta(days=60)).date(), {"months": 2}, at=now - timedelta(days=20))
    return portfolio


@pytest.mark.django_db
def test_the_dashboard_and_home_say_that_synthetic_history_is_in_the_figures(signed_in):
    client = signed_in(make_user("leadership"))
    assert LINE not in client.get("/admin/metrics/").content.decode()
    portfolio, other = _marked(), make_portfolio(code="real")
    make_account(portfolio=portfolio)  # without any account Home offers the first two steps and nothing else
    for address in ("/admin/metrics/", "/admin/", f"/admin/metrics/?portfolio={portfolio.pk}"):
        assert f"{LINE}, which never happened: Synthetic history (synthetic-9)" in client.get(address).content.decode(), address
    assert LINE not in client.get(f"/admin/metrics/?portfolio={other.pk}").content.decode()
    until = clock.now().date()
    assert LINE not in client.get(f"/admin/metrics/?since={until - timedelta(days=10)}&until={until}").content.decode()


@pytest.mark.django_db
def test_whoever_does_not_reach_the_portfolio_does_not_learn_of_it(signed_in):
    portfolio, other, user = _marked(), make_portfolio(code="real"), make_user()
    grant(user, "leadership", other)
    client = signed_in(user)
    for address in ("/admin/metrics/", f"/admin/metrics/?portfolio={portfolio.pk}"):
        assert "synthetic-9" not in client.get(address).content.decode(), address
