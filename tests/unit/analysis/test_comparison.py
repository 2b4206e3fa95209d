import numpy as np
import pytest

from lupus_outcomes.analysis import comparison

PROPENSITY = np.array([0.25, 0.25, 0.5, 0.5])
IS_EXPOSED = np.array([True, False, True, False])


def test_standardised_differences_of_summaries():
    assert comparison.compute_smd_continuous(45, 12, 42, 10) == pytest.approx(0.2716, abs=5e-5)
    assert comparison.compute_smd_binary(0.3, 0.25) == pytest.approx(0.1122, abs=5e-5)
    assert comparison.is_balanced(np.array([0.099, 0.1])).tolist() == [True, False]


def test_standardised_differences_of_patients():
    #                      age  sex, the same in all
    covariates = np.array([[50, 1, 1], [40, 0, 1], [40, 0, 1], [30, 0, 1]], dtype=float)
    is_exposed = np.array([True, True, False, False])

    smd = comparison.compute_smd(covariates, is_exposed)

    #          10 / sqrt(50)            0.5 / sqrt((0.25 + 0) / 2)
    np.testing.assert_allclose(smd, [10 / 50**0.5, 0.5 / 0.125**0.5, 0])


def test_weighting_moves_the_means_and_keeps_the_yardstick():
    covariates = np.array([[50.0], [40.0], [40.0], [30.0]])
    is_exposed = np.array([True, True, False, False])
    weights = np.array([0.0, 1.0, 1.0, 0.0])

    assert comparison.compute_smd(covariates, is_exposed, weights) == [0]


def test_a_difference_without_variance_cannot_be_standardised():
    assert np.isnan(comparison.compute_smd_continuous(1, 0, 2, 0))


def test_weights_by_scheme():
    overlap = comparison.compute_overlap_weights(PROPENSITY, IS_EXPOSED)
    iptw = comparison.compute_iptw_weights(PROPENSITY, IS_EXPOSED)
    att = comparison.compute_att_weights(PROPENSITY, IS_EXPOSED)

    np.testing.assert_allclose(overlap, [0.75, 0.25, 0.5, 0.5])
    np.testing.assert_allclose(iptw, [4, 4 / 3, 2, 2])
    np.testing.assert_allclose(att, [1, 1 / 3, 1, 1])
    stabilised = comparison.compute_iptw_weights(PROPENSITY, IS_EXPOSED, stabilised=True)
    np.testing.assert_allclose(stabilised, iptw / 2)


def test_unequal_weights_are_worth_fewer_patients():
    assert comparison.effective_sample_size(np.ones(8)) == 8
    assert comparison.effective_sample_size(np.array([1.0, 1, 2])) == pytest.approx(16 / 6)


def test_e_values():
    np.testing.assert_allclose(comparison.compute_e_value([1.5, 0.5, 1]), [2.366, 3.414, 1], 2e-4)
    # For a common outcome the risk ratio is about the square root of the hazard ratio.
    common = comparison.compute_e_value(1.5, outcome_is_rare=False)
    assert common == pytest.approx(comparison.compute_e_value(1.3239), abs=5e-3)


def test_e_value_of_the_limit_nearest_to_no_effect():
    limits = comparison.compute_e_value_limit([1.2, 0.4, 0.8], [1.9, 0.8, 1.2])
    expected = comparison.compute_e_value([1.2, 0.8, 1.0])
    np.testing.assert_allclose(limits, expected)


def test_a_tumour_within_the_lag_does_not_count_nor_does_its_time():
    days, events = np.array([120, 180, 400, 90]), np.array([True, True, False, False])

    lagged = comparison.apply_lag(days, events, lag_days=180)

    assert lagged.is_at_risk.tolist() == [False, True, True, False]
    assert lagged.follow_up_days.tolist() == [0, 0, 220, 0]
    assert lagged.event_observed.tolist() == [False, True, False, False]
