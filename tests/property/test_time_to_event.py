"""Curves: probabilities add up, move one way only, and do not depend on the order of rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lupus_outcomes.analysis import survival

pytestmark = pytest.mark.slow

N_CAUSES = 3


@st.composite
def cohorts(draw):
    """Days with many ties, and causes with 0 for censored."""
    n = draw(st.integers(1, 25))
    days = draw(arrays(np.int64, n, elements=st.integers(0, 12)))
    return days, draw(arrays(np.int64, n, elements=st.integers(0, N_CAUSES)))


@settings(deadline=None)
@given(cohorts())
def test_causes_and_survival_sum_to_one(cohort):
    curve = survival.estimate_aalen_johansen(survival.count_at_risk(*cohort, N_CAUSES))

    np.testing.assert_allclose(curve.incidence.sum(axis=0) + curve.survival, 1, atol=1e-12)
    assert (np.diff(curve.incidence, axis=1) >= 0).all()
    assert (np.diff(curve.survival) <= 0).all()
    inside = ~np.isnan(curve.ci_low)
    assert (curve.ci_low[inside] <= curve.incidence[inside] + 1e-12).all()
    assert (curve.incidence[inside] <= curve.ci_high[inside] + 1e-12).all()


@settings(deadline=None)
@given(cohorts())
def test_with_one_cause_the_incidence_is_one_minus_kaplan_meier(cohort):
    days, cause = cohort
    table = survival.count_at_risk(days, cause > 0)
    curve, kept = survival.estimate_aalen_johansen(table), survival.estimate_kaplan_meier(table)

    np.testing.assert_allclose(curve.incidence[0], 1 - kept.survival, atol=1e-12)
    # Delta method and Greenwood are then the same, until nobody is left.
    left = kept.survival > 0
    np.testing.assert_allclose(curve.se[0, left], kept.se[left], atol=1e-7)


@settings(deadline=None)
@given(cohorts(), st.randoms(use_true_random=False))
def test_row_order_and_unit_of_time_do_not_matter(cohort, random):
    days, cause = cohort
    order = random.sample(range(len(days)), len(days))
    table = survival.count_at_risk(days, cause, N_CAUSES)
    other = survival.count_at_risk(7 * days[order], cause[order], N_CAUSES)

    np.testing.assert_array_equal(other.day, 7 * table.day)
    curve = survival.estimate_aalen_johansen(table)
    again = survival.estimate_aalen_johansen(other)
    np.testing.assert_array_equal(again.incidence, curve.incidence)
    np.testing.assert_array_equal(again.se, curve.se)


@settings(deadline=None)
@given(cohorts())
def test_everyone_leaves_the_table_once(cohort):
    days, cause = cohort
    table = survival.count_at_risk(days, cause, N_CAUSES)

    assert table.n_at_risk[0] == len(days)
    assert table.n_events.sum() + table.n_censored.sum() == len(days)
    leaving = table.n_events + table.n_censored
    np.testing.assert_array_equal(table.n_at_risk[1:], table.n_at_risk[:-1] - leaving[:-1])
    assert table.n_at_risk[-1] == leaving[-1]
    np.testing.assert_array_equal(table.at_risk_on(table.day), table.n_at_risk)
