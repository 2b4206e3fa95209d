"""Ranking, fit and pay-off of probabilities, against worked numbers and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from lupus_outcomes.analysis.discrimination import (
    brier_losses,
    estimate_auc,
    estimate_coefficient,
    estimate_mean,
    net_benefit,
    recalibrate,
)


def one_fold(y):
    return np.zeros((1, len(y)), dtype=np.int64)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=4, max_size=60).filter(
        lambda rows: len({answer for _, answer in rows}) == 2
    )
)
def test_the_area_is_that_of_scikit_learn(rows):
    p, y = np.array([[k / 10 for k, _ in rows]]), np.array([int(a) for _, a in rows])
    assert estimate_auc(p, y, one_fold(y)).value == pytest.approx(roc_auc_score(y, p[0]))


def test_pairs_are_compared_within_their_fold_only():
    # Ranked right within each fold; the folds have different levels.
    p, y = np.array([[0.1, 0.2, 0.8, 0.9]]), np.array([0, 1, 0, 1])
    assert estimate_auc(p, y, np.array([[0, 0, 1, 1]])).value == 1.0
    assert estimate_auc(p, y, one_fold(y)).value == 0.75


def test_a_fold_with_one_answer_only_has_no_pairs():
    p, y = np.array([[0.1, 0.2, 0.8, 0.9]]), np.array([0, 1, 1, 1])
    found = estimate_auc(p, y, np.array([[0, 0, 1, 1]]))
    assert found.value == 1.0
    assert not np.isnan(found.low)


def test_limits_of_one_sample_are_those_of_delong():
    # pROC 1.18.0 in R: ci.auc(roc(c(0,0,1,1,0,1,0,1,1,0), c(.1,.4,.35,.8,.2,.7,.5,.9,.3,.6)),
    # method = "delong") gives 0.8000 with standard error 0.1414 from n - 1; influence curves n.
    y = np.array([0, 0, 1, 1, 0, 1, 0, 1, 1, 0])
    p = np.array([[0.1, 0.4, 0.35, 0.8, 0.2, 0.7, 0.5, 0.9, 0.3, 0.6]])
    found = estimate_auc(p, y, one_fold(y))
    won_1 = np.array([2, 5, 5, 5, 2]) / 5
    won_0 = np.array([5, 3, 5, 3, 3]) / 5
    variance = won_1.var() / 5 + won_0.var() / 5
    assert found.value == pytest.approx(won_1.mean())
    assert (found.value - found.low) / 1.959964 == pytest.approx(np.sqrt(variance), rel=1e-5)


def test_repeats_are_one_patient_each():
    y = np.tile([0, 1], 20)
    p = np.random.default_rng(1).random((1, 40))
    twice = np.vstack([p, p])
    folds = np.zeros((2, 40), dtype=np.int64)
    assert estimate_auc(twice, y, folds) == pytest.approx(estimate_auc(p, y, one_fold(y)))
    assert estimate_mean(brier_losses(twice, y), folds) == pytest.approx(
        estimate_mean(brier_losses(p, y), one_fold(y))
    )


def test_limits_are_widened_for_models_that_share_patients():
    # Nadeau & Bengio 2003: the variance times 1 + K * (1 / K) / (1 - 1 / K) with K equal folds.
    y, folds = np.tile([0, 1], 20), np.repeat(np.arange(10), 4)[np.newaxis]
    losses = np.random.default_rng(1).random((1, 40))
    narrow, wide = (estimate_mean(losses, fold) for fold in (one_fold(y), folds))
    assert wide.value == narrow.value
    ratio = (wide.high - wide.low) / (narrow.high - narrow.low)
    assert ratio == pytest.approx(np.sqrt(1 + 10 / 9))


def test_limits_include_chance_where_there_is_nothing_else():
    """A linear score, ten folds, 180 patients, answers that have nothing to do with features."""
    rng, n, n_datasets = np.random.default_rng(3), 180, 300
    fold = np.arange(n) % 10
    n_covered = 0
    for _ in range(n_datasets):
        x, y, p = rng.normal(size=(n, 5)), rng.permutation(np.tile([0, 1], n // 2)), np.zeros(n)
        for k in range(10):
            held = fold == k
            with_, without = (x[~held & (y == answer)].mean(axis=0) for answer in (1, 0))
            p[held] = x[held] @ (with_ - without)
        found = estimate_auc(p[np.newaxis], y, fold[np.newaxis])
        n_covered += found.low <= 0.5 <= found.high
    assert n_covered >= 0.93 * n_datasets


def test_recalibration_is_a_logistic_regression():
    rng = np.random.default_rng(2)
    p = np.clip(rng.random((1, 200)), 0.05, 0.95)
    y = (rng.random(200) < p[0]).astype(np.int64)
    log_odds = np.log(p / (1 - p))[0][:, np.newaxis]
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(log_odds, y)
    found = recalibrate(p, y)
    assert found.coefficients[0] == pytest.approx(fitted.intercept_[0], abs=1e-5)
    assert found.coefficients[1] == pytest.approx(fitted.coef_[0, 0], abs=1e-5)
    assert estimate_coefficient(found, 1).low < 1 < estimate_coefficient(found, 1).high


def test_net_benefit_by_hand():
    # At 0.25 three are treated: two rightly, one wrongly: 2/4 - 1/4 * (0.25 / 0.75).
    p, y = np.array([[0.9, 0.3, 0.4, 0.1]]), np.array([1, 1, 0, 0])
    assert net_benefit(p, y, np.array([0.25]))[0] == pytest.approx(0.5 - 0.25 / 3)
