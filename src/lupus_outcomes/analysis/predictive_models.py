"""The two models that say in advance who will respond, and how each is tuned.

Boosted trees, small and strongly shrunken (scikit-learn's HistGradientBoosting: Ke 2017, NeurIPS
30), take a missing value as a value of its own. The rival is a logistic regression with a ridge
penalty, missing values replaced by the median. Both are tuned by the log loss in folds that keep a
centre together, inside whatever data they are given.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import Numbers

# Strongly regularised: coarse bins so that a measurement has not more chances than a condition, a
# part of the features at each split, large leaves, a ridge penalty on their values.
LEARNING_RATE, PENALTY, FEWEST_IN_LEAF, BINS, SHARE_OF_FEATURES = 0.05, 30.0, 20, 8, 0.4
LEAVES, ROUNDS = (2, 4), (50, 100, 150)
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
INNER_FOLDS, FEWEST_CENTRES = 3, 4
CLIP = 1e-6


@dataclass(frozen=True, slots=True)
class Tuning:
    """Leaves a tree, number of trees; inverse strength of the ridge penalty."""

    leaves: int = 4
    rounds: int = 100
    strength: float = 0.03


def one_thread() -> AbstractContextManager:
    """Fits and predictions in one thread: several wait for each other, worst on a busy machine.

    On two cores that also served pages two threads took half a minute for one's second.
    """
    import sklearn.ensemble  # noqa: F401, what is not loaded yet cannot be limited
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="openmp")


def split_by_centre(
    y: NDArray[np.int64], centre: NDArray[np.int64], n_folds: int, seed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows to fit and rows held out, a centre never in both; patients where centres are too few."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    n_centres = len(np.unique(centre))
    if n_centres >= FEWEST_CENTRES:
        folds = StratifiedGroupKFold(min(n_folds, n_centres), shuffle=True, random_state=seed)
        splits = folds.split(centre, y, centre)
    else:
        splits = StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(centre, y)
    for fitted, held_out in splits:
        # Without both answers in either part nothing is learned and nothing is judged.
        if len(np.unique(y[fitted])) == 2 and len(held_out):
            yield fitted, held_out


def fit_trees(x: Numbers, y: NDArray[np.int64], leaves: int, rounds: int) -> Any:
    """Boosted trees; ``x`` of shape (n, features), NaN where unknown."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    # Without any value a feature cannot be binned; as a constant it is never split on.
    x = np.where(np.isnan(x).all(axis=0), 0.0, x)
    never: Any = False  # its stubs know only of "auto"
    return HistGradientBoostingClassifier(
        learning_rate=LEARNING_RATE,
        max_iter=rounds,
        max_leaf_nodes=leaves,
        min_samples_leaf=min(FEWEST_IN_LEAF, max(len(y) // 8, 1)),
        l2_regularization=PENALTY,
        max_bins=BINS,
        max_features=SHARE_OF_FEATURES,
        early_stopping=never,
        random_state=0,
    ).fit(x, y)


def fit_ridge(x: Numbers, y: NDArray[np.int64], strength: float) -> Any:
    """Logistic regression on standardised features, ridge penalty."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=strength, max_iter=1_000),
    ).fit(x, y)


def probability(model: Any, x: Numbers) -> Numbers:
    """Probability of the outcome, shape (n,), off 0 and 1."""
    return np.clip(model.predict_proba(x)[:, 1], CLIP, 1 - CLIP)


def tune(x: Numbers, y: NDArray[np.int64], centre: NDArray[np.int64], seed: int) -> Tuning:
    """The tuning with the least log loss in held-out folds."""
    losses = np.zeros((len(LEAVES), len(ROUNDS)))
    ridge = np.zeros(len(STRENGTHS))
    n_folds = 0
    for fitted, held_out in split_by_centre(y, centre, INNER_FOLDS, seed):
        n_folds += 1
        answer = y[held_out]
        for row, leaves in enumerate(LEAVES):
            model = fit_trees(x[fitted], y[fitted], leaves, ROUNDS[-1])
            losses[row] += [log_loss(p, answer) for p in _stages(model, x[held_out])]
        ridge += [
            log_loss(probability(fit_ridge(x[fitted], y[fitted], c), x[held_out]), answer)
            for c in STRENGTHS
        ]
    if not n_folds:
        return Tuning()
    row, stage = np.unravel_index(np.argmin(losses), losses.shape)
    return Tuning(LEAVES[row], ROUNDS[stage], STRENGTHS[int(np.argmin(ridge))])


def _stages(model: Any, x: Numbers) -> Iterator[Numbers]:
    """What the first so many trees say, for each of ``ROUNDS``."""
    for n_trees, found in enumerate(model.staged_predict_proba(x), start=1):
        if n_trees in ROUNDS:
            yield np.clip(found[:, 1], CLIP, 1 - CLIP)


def log_loss(p: Numbers, y: NDArray[np.int64]) -> float:
    """Mean log loss."""
    return float(-np.mean(np.where(y == 1, np.log(p), np.log1p(-p))))
