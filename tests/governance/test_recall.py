"""Recall from a stratified sample: the estimate, when there is none, and whether its interval is honest."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from governance.metrics.recall import Stratum, allocate, bounds, defect_rate, draws, floor, recall, upper_bound
from governance.metrics.recall_coverage import simulate


def test_the_worked_example_of_the_definitions():
    """240 flagged of 2,000, 180 of them true; 300 of the other 1,760 sampled, 3 found. The definitions say 91 % (81–97 %): of the
    beta-binomial itself the lower end is 80.4 %, which a few thousand draws show as 80 or 81."""
    found = recall(180, [Stratum(1760, 300, 3)])
    assert found.missed == pytest.approx(17.6)
    assert f"{found.share:.0%}" == "91%" and f"{found.high:.0%}" == "97%"
    assert found.low == pytest.approx(0.805, abs=0.003)


def test_strata_are_weighted_by_their_size():
    found = recall(50, [Stratum(100, 50, 5), Stratum(900, 50, 1)])
    assert found.missed == pytest.approx(100 * 5 / 50 + 900 / 50)
    assert found.share == pytest.approx(50 / 78)
    assert found.low < found.share < found.high


@pytest.mark.parametrize("labelled", [0, 1, 12, 29])
def test_with_fewer_than_thirty_labels_there_is_no_number(labelled):
    found = recall(180, [Stratum(1760, labelled, 0)])
    assert (found.share, found.low, found.high, found.known, found.labelled) == (None, None, None, False, labelled)


def test_thirty_labels_give_a_number_and_a_wide_interval():
    found = recall(20, [Stratum(100, 30, 1)])
    assert found.known and found.high - found.low > 0.3


def test_a_stratum_nobody_looked_into_leaves_no_number():
    assert not recall(180, [Stratum(1000, 300, 3), Stratum(5, 0, 0)]).known
    assert recall(180, [Stratum(1000, 300, 3), Stratum(0, 0, 0)]).known


def test_when_everything_was_labelled_nothing_is_uncertain():
    found = recall(9, [Stratum(40, 40, 1)])
    assert found.low == found.share == found.high == 0.9


def test_nothing_to_find_is_no_recall_of_one():
    assert not recall(0, [Stratum(40, 40, 0)]).known
    found = recall(0, [Stratum(400, 40, 0)])
    assert not found.known


def test_nothing_caught_and_something_missed_is_a_recall_of_zero():
    found = recall(0, [Stratum(400, 40, 2)])
    assert (found.share, found.low, found.high) == (0.0, 0.0, 0.0)


def test_no_miss_found_is_not_perfection():
    found = recall(100, [Stratum(1000, 100, 0)])
    assert found.share == 1.0 and found.high == 1.0 and found.low < 0.9


def test_the_same_seed_gives_the_same_interval():
    strata = [Stratum(500, 60, 2), Stratum(700, 60, 0)]
    assert recall(40, strata, seed="abc") == recall(40, strata, seed="abc")
    assert draws(strata, seed="abc", count=200) != draws(strata, seed="abd", count=200)


def test_the_draws_never_miss_fewer_than_were_found_nor_more_than_there_are():
    strata = [Stratum(40, 30, 4), Stratum(12, 6, 1)]
    drawn = draws(strata, seed=3, count=3_000)
    assert min(drawn) >= 5 and max(drawn) <= 5 + 10 + 6
    assert bounds(range(200), 0.5) == (50, 149)


@pytest.mark.parametrize(("units", "labelled", "found"), [(10, 11, 0), (10, 5, 6), (10, 5, -1)])
def test_impossible_counts_are_refused(units, labelled, found):
    with pytest.raises(ValueError, match="impossible stratum"):
        Stratum(units, labelled, found)


@pytest.mark.parametrize("misses", [5, 18, 60])
def test_the_interval_covers_the_truth_in_at_least_93_of_100_samples(misses):
    found = simulate(misses, runs=1_500, seed=20, count=1_000)
    assert found.share >= 0.93, found
    assert found.width < 0.25


def test_an_interval_that_forgets_the_unseen_would_be_caught(monkeypatch):
    """The simulation can fail: with the point estimate as interval it does."""
    from governance.metrics import recall_coverage
    from governance.metrics.recall import Estimate

    def naive(caught, strata, **_):
        estimate = sum(s.units * s.found / s.labelled for s in strata)
        share = caught / (caught + estimate)
        return Estimate(share, share * 0.99, min(1.0, share * 1.01), 300, 0)

    monkeypatch.setattr(recall_coverage, "recall", naive)
    assert simulate(18, runs=300, seed=1, count=200).share < 0.5


def test_the_long_simulation_is_a_command(capsys):
    call_command("recall_coverage", "--misses", "5", "--runs", "200", "--seed", "4")
    assert "5 true misses: " in capsys.readouterr().out


def test_zero_defects_publish_the_one_sided_bound():
    found = defect_rate([Stratum(400, 40, 0), Stratum(100, 20, 0)])
    assert (found.share, found.low, found.high) == (0.0, 0.0, 3 / 60)
    assert (upper_bound(0), upper_bound(2), upper_bound(300)) == (1.0, 1.0, 0.01)


def test_defects_are_weighted_by_the_size_of_their_stratum():
    found = defect_rate([Stratum(100, 50, 5), Stratum(900, 50, 0)])
    assert found.share == pytest.approx(0.01)
    assert found.low < 0.01 < found.high
    assert not defect_rate([Stratum(100, 20, 1)]).known


def test_the_known_floor_is_no_estimate():
    assert floor(45, 5) == 0.9 and floor(0, 0) is None


def test_small_strata_are_drawn_whole_and_the_sample_is_never_larger_than_asked():
    assert allocate({"ticket": 3, "mail": 20, "neither": 100}, 40) == {"ticket": 3, "mail": 12, "neither": 25}
    assert allocate({"a": 5, "b": 0}, 30) == {"a": 5, "b": 0}
    for size in (1, 7, 12, 33, 300):
        taken = allocate({"a": 50, "b": 50, "c": 2}, size)
        assert sum(taken.values()) == min(size, 102) and taken["c"] <= 2
