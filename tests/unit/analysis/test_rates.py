import numpy as np
import pytest

from lupus_outcomes.analysis.rates import compute_exposure_adjusted, compute_rate


def test_ten_events_in_a_hundred_years():
    rate = compute_rate(10, 100)

    assert rate.estimate == 10
    assert (rate.ci_low, rate.ci_high) == pytest.approx((4.795, 18.390), abs=5e-4)


def test_per_thousand_years():
    assert compute_rate(3, 600, per_years=1000).estimate == pytest.approx(5)


def test_without_time_there_is_no_rate():
    rate = compute_rate(0, 0)
    assert np.isnan([rate.estimate, rate.ci_low, rate.ci_high]).all()


def test_first_and_all_events_have_their_own_numerators_and_denominators():
    # patient 0: events at 0.5 and 1.5 of 2 years; 1: none in 1 year; 2: at 1.0 of 1.5 years
    rates = compute_exposure_adjusted([2.0, 1.0, 1.5], np.array([0, 0, 2]), [1.5, 0.5, 1.0])

    assert (rates.n_patients, rates.n_exposed) == (2, 3)
    assert (rates.first_event.estimate, rates.first_event.person_years) == (80, 2.5)
    assert rates.all_events.estimate == pytest.approx(66.667, abs=5e-4)
    assert (rates.all_events.n_events, rates.all_events.person_years) == (3, 4.5)


def test_no_event_at_all():
    rates = compute_exposure_adjusted([1.0, 2.0], np.zeros(0, dtype=int), [])

    assert (rates.n_patients, rates.first_event.estimate) == (0, 0)
    assert rates.first_event.ci_high == pytest.approx(100 * 3.689 / 3, abs=5e-3)
