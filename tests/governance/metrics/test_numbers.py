"""Intervals and survival curves, against numbers known from elsewhere and by brute force."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.metrics.intervals import bootstrap_quantile, quantile, upper_bound, wilson
from governance.metrics.survival import curve, interval, time_by_which


def test_the_wilson_interval_of_a_known_example():
    low, high = wilson(41, 52)
    assert (round(low, 3), round(high, 3)) == (0.660, 0.878)


@given(n=st.integers(1, 400), data=st.data())
def test_a_wilson_interval_holds_its_share_and_stays_between_nothing_and_all(n, data):
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert (low == 0) == (k == 0)
    assert (high == 1) == (k == n)


@pytest.mark.parametrize(("k", "n"), [(3, 2), (-1, 5), (0, 0)])
def test_what_is_no_share_has_no_interval(k, n):
    with pytest.raises(ValueError, match="is no share"):
        wilson(k, n)


def test_the_bound_of_nothing_found_is_about_three_in_n():
    assert upper_bound(300) == pytest.approx(0.00994, abs=1e-4)
    with pytest.raises(ValueError, match="nothing"):
        upper_bound(0)


def test_a_quantile_is_a_value_that_occurred():
    assert quantile([(1, 1), (2, 1), (9, 2)], 0.5) == 2
    assert quantile([(1, 1), (2, 1), (9, 2)], 0.9) == 9
    assert quantile([], 0.5) is None


def test_the_bootstrap_of_a_median_is_that_of_resampling_and_the_same_each_time():
    dice = random.Random(3)
    values = sorted(round(dice.expovariate(1 / 60)) for _ in range(81))
    counted = sorted((v, values.count(v)) for v in set(values))
    low, high = bootstrap_quantile(counted, 0.5)
    resampled = sorted(sorted(dice.choices(values, k=81))[40] for _ in range(4000))
    assert abs(values.index(low) - values.index(resampled[100])) <= 4
    assert abs(values.index(high) - values.index(resampled[3900])) <= 4
    assert (low, high) == bootstrap_quantile(counted, 0.5)
    assert bootstrap_quantile([], 0.5) is None


def test_the_curve_of_a_textbook_example():
    """Remission under 6-mercaptopurine, Freireich 1963: 21 patients, 12 of them censored; median 23."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    steps = curve([(t, True, 1) for t in ended] + [(t, False, 1) for t in censored])
    left = {step.time: round(step.left, 3) for step in steps}
    assert left == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert time_by_which(steps, 0.5) == 23
    assert interval(steps, 0.5) == (13, None)


def test_without_anything_open_the_curve_is_the_plain_quantile():
    values = [5, 1, 9, 9, 30, 2]
    steps = curve((v, True, 1) for v in values)
    assert time_by_which(steps, 0.5) == quantile(sorted((v, values.count(v)) for v in set(values)), 0.5)


def test_what_still_waits_is_not_left_out():
    quick = [(10, True, 10)]
    assert time_by_which(curve(quick), 0.9) == 10
    assert time_by_which(curve([*quick, (600, False, 10)]), 0.5) == 10
    assert time_by_which(curve([*quick, (600, False, 11)]), 0.5) is None


def test_a_curve_of_nothing_says_nothing():
    assert curve([]) == []
    assert time_by_which([], 0.5) is None
    assert interval([], 0.5) == (None, None)
