"""What too little data cannot tell is NaN, with a status that says why, and never a crash.

Warnings are errors here.
"""

import numpy as np
import pytest

from lupus_outcomes.analysis import intervals
from lupus_outcomes.analysis.chi_square import NOTHING_TO_TEST
from lupus_outcomes.analysis.competing_risks import compute_gray_test
from lupus_outcomes.analysis.concordance import compute_concordance
from lupus_outcomes.analysis.cox import CoxData, check_proportional_hazards, estimate_cox
from lupus_outcomes.analysis.fine_gray import estimate_fine_gray
from lupus_outcomes.analysis.log_rank import compute_log_rank
from lupus_outcomes.analysis.negative_binomial import estimate_negative_binomial
from lupus_outcomes.analysis.recurrent import estimate_mean_cumulative
from lupus_outcomes.analysis.survival import count_at_risk, estimate_kaplan_meier
from lupus_outcomes.analysis.survival_summaries import (
    estimate_nelson_aalen,
    estimate_quantile,
    estimate_restricted_mean,
)
from lupus_outcomes.analysis.turnbull import NOT_YET, estimate_turnbull, read_incidence

NOBODY = np.zeros(0, dtype=np.int64)
DAYS = np.array([3, 5, 5, 8, 9, 12])
EVENT = np.array([True, True, False, True, False, True])
NONE = np.zeros(6, dtype=bool)
GROUP = np.array([0, 1, 0, 1, 0, 1])
ONE = np.ones((6, 1))


@pytest.mark.parametrize("scale", ["log-log", "log", "plain"])
@pytest.mark.parametrize(
    ("days", "event"), [(NOBODY, NOBODY > 0), (DAYS, NONE), (DAYS[:1], EVENT[:1]), (DAYS, EVENT)]
)
def test_curves_and_their_summaries(days, event, scale):
    table = count_at_risk(days, event)
    curve = estimate_kaplan_meier(table, scale=scale)
    median, hazard = estimate_quantile(curve), estimate_nelson_aalen(table)

    assert np.isnan(median.day) == (not event.any())
    assert np.isnan(hazard.ci_low).all() == (not event.any())
    assert np.isnan(estimate_restricted_mean(curve, 30).days) == (not event.any())


def test_restricted_mean_ends_with_follow_up():
    curve = estimate_kaplan_meier(count_at_risk(DAYS, EVENT & (DAYS < 12)))

    assert estimate_restricted_mean(curve, 12).days > 0
    assert np.isnan(estimate_restricted_mean(curve, 13).days)


def test_median_is_the_middle_of_a_flat_stretch():
    curve = estimate_kaplan_meier(count_at_risk(np.array([2, 3]), np.array([True, True])))

    assert estimate_quantile(curve).day == 2.5
    assert estimate_quantile(curve, 0.75).day == 3


@pytest.mark.parametrize("weighting", ["log-rank", "gehan-breslow", "tarone-ware", "peto"])
@pytest.mark.parametrize(
    ("days", "event", "group"),
    [
        (NOBODY, NOBODY > 0, NOBODY),
        (DAYS[:1], EVENT[:1], GROUP[:1]),
        (DAYS, NONE, GROUP),
        (DAYS, EVENT, np.zeros(6, dtype=np.int64)),
        (np.array([1, 5]), np.array([False, True]), np.array([0, 1])),
    ],
)
def test_nothing_to_compare(days, event, group, weighting):
    found = compute_log_rank(days, event, group, weighting=weighting)
    assert np.isnan(found.p_value)
    assert np.isnan(compute_gray_test(days, event.astype(int), group).p_value)


def test_an_empty_group_is_left_out():
    found = compute_log_rank(DAYS, EVENT, 2 * GROUP)
    assert found.df == 1
    assert found.statistic == compute_log_rank(DAYS, EVENT, GROUP).statistic
    assert compute_gray_test(DAYS, EVENT * 1, 2 * GROUP).df == 1


X = np.array([0.2, 1.0, -0.3, 0.8, 2.0, 1.1])[:, None]


@pytest.mark.parametrize(
    ("event", "covariates", "status"),
    [
        (NONE, X, "no events"),
        (EVENT, ONE, "collinear"),
        (EVENT, np.hstack([X, 2 * X - 1]), "collinear"),
        (EVENT, np.zeros((6, 0)), "collinear"),
        (EVENT, (DAYS < 6).astype(float)[:, None] * EVENT[:, None], "separated"),
    ],
)
@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_cox_says_why_it_cannot(event, covariates, status, ties):
    data = CoxData(DAYS, event, covariates)
    fit = estimate_cox(data, ties)

    assert fit.status == status
    assert np.isnan(fit.coefficients).all()
    assert np.isnan(fit.hazard_ratio).all()
    assert fit.likelihood_ratio == NOTHING_TO_TEST
    assert check_proportional_hazards(data, fit).all_together == NOTHING_TO_TEST


def test_fine_gray_says_why_it_cannot():
    cause = np.array([1, 2, 0, 1, 0, 2])
    for covariates, of_cause, status in (
        (X, 3, "no events"),
        (ONE, 1, "collinear"),
        ((cause == 1).astype(float)[:, None], 1, "separated"),
    ):
        fit = estimate_fine_gray(DAYS, cause, covariates, of_cause)
        assert fit.status == status
        assert np.isnan(fit.coefficients).all()


def test_a_strong_effect_is_no_separation():
    days = np.arange(1, 201)
    event = np.ones(200, dtype=bool)
    x = -np.log(days / 200)[:, None] + np.sin(np.arange(200))[:, None]
    assert estimate_cox(CoxData(days, event, x)).status == "converged"


def test_exact_likelihood_refuses_clusters():
    with pytest.raises(ValueError, match="Efron"):
        estimate_cox(CoxData(DAYS, EVENT, X, cluster=GROUP), "exact")


def test_concordance_of_nothing():
    assert np.isnan(compute_concordance(NOBODY, NOBODY > 0, NOBODY * 1.0).estimate)
    assert np.isnan(compute_concordance(DAYS, NONE, X[:, 0]).estimate)
    assert compute_concordance(DAYS, EVENT, np.ones(6)).estimate == 0.5
    assert compute_concordance(DAYS, EVENT, -2.0 * DAYS + EVENT).estimate == 1.0


def test_interval_censoring_of_nothing():
    nobody = estimate_turnbull(NOBODY, NOBODY)
    assert np.isnan(read_incidence(nobody, [10]).estimate).all()

    never = estimate_turnbull(DAYS, np.full(6, NOT_YET))
    at = read_incidence(never, [3, 12, 13])
    assert list(at.estimate[:2]) == [0, 0]
    assert np.isnan(at.estimate[2])

    one = read_incidence(estimate_turnbull(np.array([10]), np.array([20])), [10, 15, 20, 99])
    np.testing.assert_allclose(one.lowest, [0, 0, 1, 1])
    np.testing.assert_allclose(one.estimate, [0, 0.5, 1, 1])
    np.testing.assert_allclose(one.highest, [0, 1, 1, 1])


def test_recurrent_events_of_nothing():
    assert estimate_mean_cumulative(NOBODY, NOBODY, NOBODY).mean.size == 0
    quiet = estimate_mean_cumulative(DAYS, NOBODY, NOBODY)
    assert (quiet.mean == 0).all()
    assert np.isnan(quiet.ci_low).all()


def test_counts_say_why_they_cannot():
    arm = np.column_stack([np.ones(6), GROUP])
    varied, level = np.array([0, 0, 1, 9, 14, 2]), np.array([2, 2, 3, 2, 3, 2])
    found = {
        "no events": estimate_negative_binomial(np.zeros(6, int), arm),
        "collinear": estimate_negative_binomial(varied, np.hstack([ONE, 3 * ONE])),
        "separated": estimate_negative_binomial(varied * GROUP, arm),
        "poisson": estimate_negative_binomial(level, arm),
        "converged": estimate_negative_binomial(varied, arm),
    }
    assert {name: fit.status for name, fit in found.items()} == {name: name for name in found}
    for name in ("no events", "collinear", "separated"):
        assert np.isnan(found[name].rate_ratio).all()
    assert np.isinf(found["poisson"].theta)
    np.testing.assert_allclose(found["poisson"].rate_ratio, [8 / 3, 6 / 8])


def test_no_time_under_observation_counts_nothing():
    arm = np.column_stack([np.ones(6), GROUP])
    counts = np.array([0, 0, 1, 9, 14, 2])
    time = np.array([1.0, 2.0, 0.0, 3.0, 1.0, 2.0])
    assert estimate_negative_binomial(counts, arm, time).n_patients == 5
    assert estimate_negative_binomial(counts, arm, 0 * time).status == "no events"


def test_odds_ratio_with_empty_cells():
    assert intervals.compute_odds_ratio(3, 10, 0, 10) == np.inf
    assert intervals.compute_odds_ratio(0, 10, 3, 10) == 0
    assert np.isnan(intervals.compute_odds_ratio(0, 10, 0, 10))
    assert np.isnan(intervals.compute_odds_ratio(0, 0, 1, 10))
    assert np.isnan(intervals.compute_woolf(3, 10, 0, 10)).all()
    assert np.isnan(intervals.compute_woolf(0, 0, 1, 10)).all()
