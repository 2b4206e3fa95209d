"""The mixed model in sums, against itself written out and by what must not matter."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize_scalar

from lupus_outcomes.analysis.repeated_means import estimate_mean_changes, sum_measurements


def draw_values(seed, n_patients=40, between=1.5, missing=0.4, n_times=5):
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(n_times, n_patients)) + between * chance.normal(size=n_patients)
    values += 2 * chance.normal(size=(n_times, 1))
    return np.where(chance.random(values.shape) < missing, np.nan, values)


def fit(*groups):
    return estimate_mean_changes([sum_measurements(values) for values in groups])


def fit_densely(values):
    """REML with the whole covariance matrix written out: change and limits of each later time."""
    time, patient = np.nonzero(~np.isnan(values))
    y = values[time, patient]
    x = np.column_stack([np.ones(len(time)), *(time == t for t in range(1, len(values)))])
    same = (patient[:, np.newaxis] == patient).astype(float)

    def solve(log_ratio):
        v = np.eye(len(y)) + np.exp(log_ratio) * same
        information = x.T @ np.linalg.solve(v, x)
        beta = np.linalg.solve(information, x.T @ np.linalg.solve(v, y))
        rest = y - x @ beta
        variance = rest @ np.linalg.solve(v, rest) / (len(y) - x.shape[1])
        log_dets = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
        deviance = log_dets + (len(y) - x.shape[1]) * np.log(variance)
        return deviance, beta, variance * np.linalg.inv(information)

    bounds = {"bounds": (-20, 12), "method": "bounded", "options": {"xatol": 1e-10}}
    _, beta, covariance = solve(minimize_scalar(lambda r: solve(r)[0], **bounds).x)
    df = len(y) - len(np.unique(patient)) - (len(values) - 1)
    reach = stats.t.ppf(0.975, df) * np.sqrt(np.diag(covariance))
    return beta[1:], (beta - reach)[1:], (beta + reach)[1:]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("between", [0.0, 0.3, 1.5, 20.0])
def test_it_is_the_mixed_model_written_out(seed, between):
    values = draw_values(seed, between=between)
    ours = fit(values)

    for found, expected in zip(
        (ours.change, ours.ci_low, ours.ci_high), fit_densely(values), strict=True
    ):
        np.testing.assert_allclose(found[0, 1:], expected, rtol=0, atol=1e-5)


def test_groups_do_not_touch_each_other():
    one, other = draw_values(1), draw_values(2, n_patients=7)
    together = fit(one, other)

    np.testing.assert_allclose(together.change[0], fit(one).change[0], atol=1e-9)
    np.testing.assert_allclose(together.ci_low[1], fit(other).ci_low[0], atol=1e-9)


def test_complete_data_give_the_mean_of_the_changes():
    values = draw_values(3, missing=0)
    expected = (values - values[:1]).mean(axis=1)

    np.testing.assert_allclose(fit(values).change[0], expected, atol=1e-9)


def test_unit_and_origin_do_not_matter():
    values = draw_values(4)
    np.testing.assert_allclose(
        fit(100 * values + 1_000).ci_high, 100 * fit(values).ci_high, rtol=1e-6
    )


def test_a_time_point_without_a_measurement_is_left_out():
    values = draw_values(5)
    values[3] = np.nan
    left_out = fit(np.delete(values, 3, axis=0))
    with_it = fit(values)

    assert np.isnan(with_it.change[0, 3])
    np.testing.assert_allclose(with_it.change[0, [1, 2, 4]], left_out.change[0, 1:], atol=1e-9)
    np.testing.assert_allclose(with_it.ci_low[0, [1, 2, 4]], left_out.ci_low[0, 1:], atol=1e-9)


@pytest.mark.parametrize(
    "values",
    [
        np.full((5, 3), np.nan),
        np.zeros((5, 0)),
        np.vstack([np.full(6, np.nan), draw_values(6, n_patients=6, n_times=4)]),  # no baseline
        np.ones((5, 6)),  # nothing varies
        np.where(np.eye(5) > 0, 1.0, np.nan),  # one value a patient
    ],
    ids=["nothing", "nobody", "no baseline", "constant", "one value each"],
)
def test_what_cannot_be_told_is_not_estimable(values):
    assert np.isnan(fit(values).change).all()
    assert np.isnan(fit(values).ci_low).all()
