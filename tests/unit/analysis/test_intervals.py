"""Published values: reference-statistics rows 42 to 47 (Newcombe 1998, Garwood 1936)."""

import numpy as np
import pytest

from lupus_outcomes.analysis import intervals

NEWCOMBE_1998 = [
    # events, n, Wilson, Clopper-Pearson
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0, 0.1611), (0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


@pytest.mark.parametrize(("events", "n", "wilson", "exact"), NEWCOMBE_1998)
def test_single_proportions(events, n, wilson, exact):
    assert intervals.compute_wilson(events, n) == pytest.approx(wilson, abs=5e-5)
    assert intervals.compute_clopper_pearson(events, n) == pytest.approx(exact, abs=5e-5)


@pytest.mark.parametrize(
    ("one", "zero", "limits"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((108, 360), (72, 366), (0.0405, 0.1652)),
        ((171, 360), (112, 366), (0.0982, 0.2374)),
    ],
)
def test_differences_of_proportions(one, zero, limits):
    assert intervals.compute_newcombe_difference(*one, *zero) == pytest.approx(limits, abs=5e-5)


@pytest.mark.parametrize(
    ("events", "years", "limits"),
    [(28, 405.8, (4.58, 9.97)), (0, 250, (0, 1.48)), (5, 120, (1.353, 9.724))],
)
def test_rates(events, years, limits):
    assert intervals.compute_garwood(events, years, per=100) == pytest.approx(limits, abs=5e-3)


@pytest.mark.parametrize("compute", [intervals.compute_wilson, intervals.compute_clopper_pearson])
def test_nobody_observed_is_not_estimable_and_all_or_none_are_exact(compute):
    low, high = compute([0, 0, 20], [0, 20, 20])

    np.testing.assert_array_equal(low[:2], [np.nan, 0])
    np.testing.assert_array_equal(high[[0, 2]], [np.nan, 1])
    # All of 20 mirrors none of 20.
    assert low[2] == pytest.approx(1 - high[1])


def test_no_time_observed_is_not_estimable():
    np.testing.assert_array_equal(
        intervals.compute_garwood([0, 3], [0, 0]), np.full((2, 2), np.nan)
    )


def test_another_level_is_narrower():
    assert intervals.normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    low, high = intervals.compute_wilson(81, 263, level=0.9)
    assert low > 0.2553
    assert high < 0.3662
