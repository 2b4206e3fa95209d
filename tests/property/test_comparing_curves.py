"""Tests and models of time to event: what must hold whatever the data."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lupus_outcomes.analysis.competing_risks import compute_gray_test
from lupus_outcomes.analysis.concordance import compute_concordance
from lupus_outcomes.analysis.cox import CoxData, estimate_cox
from lupus_outcomes.analysis.fine_gray import estimate_fine_gray
from lupus_outcomes.analysis.log_rank import compute_log_rank
from lupus_outcomes.analysis.recurrent import estimate_mean_cumulative
from lupus_outcomes.analysis.survival import count_at_risk, estimate_kaplan_meier
from lupus_outcomes.analysis.survival_summaries import (
    estimate_nelson_aalen,
    estimate_quantile,
    estimate_restricted_mean,
)
from lupus_outcomes.analysis.turnbull import NOT_YET, estimate_turnbull, read_incidence

pytestmark = pytest.mark.slow

MANY = settings(deadline=None, max_examples=60)


@st.composite
def trials(draw, *, tied=True):
    """Days, events and two groups; without ties every day is another."""
    n = draw(st.integers(4, 30))
    days = (
        draw(arrays(np.int64, n, elements=st.integers(1, 10)))
        if tied
        else np.array(draw(st.permutations(range(1, n + 1))))
    )
    event = draw(arrays(np.bool_, n))
    group = draw(arrays(np.int64, n, elements=st.integers(0, 1)))
    return days, event, group


def statistics(*results):
    return np.array([result.statistic for result in results])


@MANY
@given(trials(tied=False))
def test_log_rank_is_the_score_test_of_cox_without_ties(trial):
    days, event, group = trial
    found = compute_log_rank(days, event, group)
    assume(found.df == 1)

    cox = estimate_cox(CoxData(days, event, group[:, None].astype(float)))
    assume(cox.status == "converged")
    np.testing.assert_allclose(found.statistic, cox.score.statistic, rtol=1e-8, atol=1e-10)


@MANY
@given(trials())
def test_log_rank_is_the_exact_score_test_of_cox_with_ties(trial):
    days, event, group = trial
    found = compute_log_rank(days, event, group)
    cox = estimate_cox(CoxData(days, event, group[:, None].astype(float)), "exact")
    assume(found.df == 1 and cox.status == "converged")

    np.testing.assert_allclose(found.statistic, cox.score.statistic, rtol=1e-8, atol=1e-10)


@MANY
@given(trials(), st.randoms(use_true_random=False))
def test_order_of_rows_and_unit_of_time_do_not_matter(trial, random):
    days, event, group = trial
    order = random.sample(range(len(days)), len(days))
    cause = np.where(event, 1 + (days % 2), 0)
    x = np.column_stack([group, np.arange(len(days)) % 5]).astype(float)

    def all_of(days, event, group, cause, x):
        cox, gray = estimate_cox(CoxData(days, event, x)), estimate_fine_gray(days, cause, x)
        tests = [
            compute_log_rank(days, event, group, weighting=weighting)
            for weighting in ("log-rank", "gehan-breslow", "tarone-ware", "peto")
        ]
        found = statistics(*tests, compute_gray_test(days, cause, group))
        return np.concatenate([found, cox.coefficients, cox.se, gray.coefficients, gray.se])

    here = all_of(days, event, group, cause, x)
    there = all_of(7 * days[order], event[order], group[order], cause[order], x[order])
    np.testing.assert_allclose(there, here, rtol=1e-6, atol=1e-8)


@MANY
@given(trials())
def test_naming_the_groups_otherwise_does_not_matter(trial):
    days, event, group = trial
    here, there = (compute_log_rank(days, event, g) for g in (group, 1 - group))
    np.testing.assert_allclose(there.statistic, here.statistic, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(here.observed.sum(), here.expected.sum(), atol=1e-9)

    cause = np.where(event, 1 + (days % 2), 0)
    here, there = (compute_gray_test(days, cause, g) for g in (group, 1 - group))
    np.testing.assert_allclose(there.statistic, here.statistic, rtol=1e-6, atol=1e-8)


@MANY
@given(trials())
def test_one_cause_without_censoring_makes_fine_gray_a_cox_model(trial):
    days, event, group = trial
    x = np.column_stack([group, np.arange(len(days)) % 3]).astype(float)
    cox = estimate_cox(CoxData(days, event, x), "breslow")
    gray = estimate_fine_gray(days, event.astype(int), x)
    assume(cox.status == gray.status == "converged")

    np.testing.assert_allclose(gray.coefficients, cox.coefficients, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(gray.log_likelihood, cox.log_likelihood, rtol=1e-10)


@MANY
@given(trials(), st.data())
def test_late_entry_takes_patients_out_of_earlier_risk_sets(trial, data):
    days, event, _ = trial
    entry = np.array([data.draw(st.integers(0, int(day) - 1)) for day in days])
    table = count_at_risk(days, event, entry_days=entry)

    by_hand = [np.sum((entry < day) & (days >= day)) for day in table.day]
    np.testing.assert_array_equal(table.n_at_risk, by_hand)


@MANY
@given(trials())
def test_censoring_on_the_day_of_an_event_counts_as_after_it(trial):
    days, event, group = trial
    # Whole days spread out, so that a censoring can be moved between two of them.
    later = 2 * days + ~event
    here = estimate_kaplan_meier(count_at_risk(2 * days, event))
    there = estimate_kaplan_meier(count_at_risk(later, event))
    has_event, still = here.table.n_events > 0, there.table.n_events > 0
    np.testing.assert_allclose(there.survival[still], here.survival[has_event], atol=1e-12)
    moved, stayed = compute_log_rank(later, event, group), compute_log_rank(days, event, group)
    np.testing.assert_allclose(moved.statistic, stayed.statistic, rtol=1e-9)


@MANY
@given(trials())
def test_summaries_stay_within_the_curve(trial):
    days, event, _ = trial
    table = count_at_risk(days, event)
    curve = estimate_kaplan_meier(table)
    median = estimate_quantile(curve)
    if not np.isnan(median.day):
        assert table.day[0] <= median.day <= table.day[-1]
        assert not median.ci_low > median.day
        assert not median.ci_high < median.day
    horizon = int(days.max())
    mean = estimate_restricted_mean(curve, horizon)
    on_each_day = np.array(
        [np.prod((1 - table.n_events / table.n_at_risk)[table.day <= d]) for d in range(horizon)]
    )
    np.testing.assert_allclose(mean.days, on_each_day.sum(), rtol=1e-12)
    hazard = estimate_nelson_aalen(table)
    assert (np.exp(-hazard.hazard) >= curve.survival - 1e-12).all()


@MANY
@given(trials())
def test_first_events_alone_make_the_mean_number_a_hazard(trial):
    days, event, _ = trial
    patients = np.flatnonzero(event)
    found = estimate_mean_cumulative(days, patients, days[patients])
    hazard = estimate_nelson_aalen(count_at_risk(days, event))

    np.testing.assert_allclose(found.mean, hazard.hazard, rtol=1e-12)


@st.composite
def visits(draw):
    """Intervals of all kinds: exact, between visits, before the first, not yet."""
    n = draw(st.integers(2, 40))
    left = draw(arrays(np.int64, n, elements=st.integers(-1, 12)))
    width = draw(arrays(np.int64, n, elements=st.integers(1, 6)))
    is_open = draw(arrays(np.bool_, n))
    return left, np.where(is_open, NOT_YET, left + width)


@MANY
@given(visits())
def test_interval_estimate_meets_the_conditions_of_a_maximum(intervals):
    left, right = intervals
    found = estimate_turnbull(left, right)

    assert found.has_converged
    assert (found.mass > 0).all()
    np.testing.assert_allclose(found.mass.sum(), 1, atol=1e-12)
    # By hand: no day's mass can be raised (gradient at most n), none with mass lowered.
    days = np.arange(0, 20)
    of_mass = (found.first_day > left[:, None]) & (found.last_day <= right[:, None])
    probability = of_mass @ found.mass
    np.testing.assert_allclose(np.log(probability).sum(), found.log_likelihood, rtol=1e-9)
    holds = (days > left[:, None]) & (days <= right[:, None])
    assert ((holds / probability[:, None]).sum(axis=0) <= len(left) * (1 + 1e-7)).all()


@MANY
@given(trials())
def test_without_intervals_the_interval_estimate_is_kaplan_meier(trial):
    days, event, _ = trial
    assume(event.any())
    found = estimate_turnbull(np.where(event, days - 1, days), np.where(event, days, NOT_YET))
    curve = estimate_kaplan_meier(count_at_risk(days, event))
    within = curve.survival > 1e-9
    at = read_incidence(found, curve.table.day[within])
    known = ~np.isnan(at.estimate)

    assert known[:-1].all()
    np.testing.assert_allclose(at.estimate[known], 1 - curve.survival[within][known], atol=1e-7)
    np.testing.assert_allclose(at.lowest[known], at.highest[known], atol=1e-12)
    np.testing.assert_allclose(at.se[known], curve.se[within][known], atol=1e-6)


@MANY
@given(trials(), arrays(np.int64, 30, elements=st.integers(0, 3)))
def test_concordance_counts_every_pair_once(trial, scores):
    days, event, _ = trial
    score = scores[: len(days)].astype(float)
    found = compute_concordance(days, event, score)

    ordered = event[:, None] & (
        (days[:, None] < days) | ((days[:, None] == days) & ~event[None, :])
    )
    difference = score[:, None] - score
    assert found.n_concordant == np.sum(ordered & (difference > 0))
    assert found.n_discordant == np.sum(ordered & (difference < 0))
    assert found.n_tied_score == np.sum(ordered & (difference == 0))
