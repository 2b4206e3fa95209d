"""Pieces of the work that a model of response is judged and explained by.

Predictions come from nested, repeated cross-validation with whole centres held out: what is tuned
is tuned again inside each fold. Refits are bootstrap samples of patients. Each piece has its own
seed, so that the order in which pieces are done changes nothing.
"""

import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.analysis.predictive_models import (
    Tuning,
    fit_ridge,
    fit_trees,
    probability,
    split_by_centre,
    tune,
)
from lupus_outcomes.indices.three_valued import Numbers

SEED = 20260901
# Beyond this many patients fewer repeats tell as much, and no interactions are looked for.
MANY = 2_000
# Two readers may ask at the same moment.
_LOADING = Lock()


@dataclass(frozen=True)
class Refit:
    """One bootstrap refit. ``trees``: the model; ``shap``: mean |SHAP| of each feature; ``sign``:
    of the association of its value with its SHAP value; ``interactions``: mean |SHAP interaction|,
    shape (features, features), empty where not asked; ``log_odds``: of the ridge, per unit.
    """

    trees: Any
    shap: Numbers
    sign: NDArray[np.int64]
    interactions: Numbers
    log_odds: Numbers


class Sample(NamedTuple):
    """What a piece of work needs of a question: features, answers, centres."""

    x: Numbers
    y: NDArray[np.int64]
    centre: NDArray[np.int64]


class Fold(NamedTuple):
    """One fold of one repeat: rows held out, probabilities of the models, SHAP of explained."""

    repeat: int
    fold: int
    rows: NDArray[np.int64]
    probabilities: Numbers
    shap: Numbers
    base: float
    gap: float


def do_tuning(sample: Sample) -> Tuning:
    """The tuning of the model that is shown, on all patients."""
    return tune(sample.x, sample.y, sample.centre, SEED)


def split_folds(
    sample: Sample, repeat: int, n_folds: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows to fit and rows held out, for each fold of one repeat."""
    return list(split_by_centre(sample.y, sample.centre, n_folds, SEED + repeat))


def do_fold(
    sample: Sample,
    place: tuple[int, int],
    split: tuple[NDArray[np.int64], NDArray[np.int64]],
    explained: NDArray[np.int64],
    fixed: Tuning | None = None,
) -> Fold:
    """One fold, ``place`` its repeat and number; without ``fixed`` tuned on its fitting part."""
    fitted, rows = split
    x, y, centre = sample.x[fitted], sample.y[fitted], sample.centre[fitted]
    tuning = fixed or tune(x, y, centre, SEED + place[0])
    trees = fit_trees(x, y, tuning.leaves, tuning.rounds)
    held = sample.x[rows]
    probabilities = np.stack(
        [
            probability(trees, held),
            probability(fit_ridge(x, y, tuning.strength), held),
            np.full(len(rows), y.mean()),
        ]
    )
    wanted = rows[np.isin(rows, explained)]
    shap, base, gap = explain_trees(trees, sample.x[wanted]) if len(wanted) else _NOTHING
    return Fold(*place, rows, probabilities, shap, base, gap)


_NOTHING: tuple[Numbers, float, float] = (np.empty((0, 0)), 0.0, 0.0)


def explain_trees(trees: Any, x: Numbers) -> tuple[Numbers, float, float]:
    """SHAP values in log-odds, shape (n, features), their base, and the largest gap.

    TreeSHAP, path dependent (Lundberg 2020, Nat Mach Intell 2:56). The gap is that between base and
    values together and the model's own output: shap's own check misses the worst cases.
    """
    explainer = tree_explainer(trees)
    values = np.asarray(explainer.shap_values(x, check_additivity=False))
    base = float(np.ravel(explainer.expected_value)[0])
    output = trees.decision_function(x)
    return values, base, float(np.abs(base + values.sum(axis=1) - output).max(initial=0.0))


def tree_explainer(trees: Any) -> Any:
    """The explainer of fitted trees."""
    return load_shap().TreeExplainer(trees)


@cache
def load_shap() -> ModuleType:
    """The library without its plots: matplotlib takes longer to load than all the rest of it."""
    with _LOADING:
        plots = sys.modules.get("matplotlib")
        sys.modules["matplotlib"] = None  # pyright: ignore[reportArgumentType]
        try:
            with warnings.catch_warnings():
                # numba warns at import about what shap compiles; none of it is run here.
                warnings.simplefilter("ignore")
                import shap
        finally:
            del sys.modules["matplotlib"]
            if plots is not None:
                sys.modules["matplotlib"] = plots
    return shap


def do_refits(
    sample: Sample, tuning: Tuning, explained: NDArray[np.int64], chunk: Iterable[int]
) -> list[tuple[int, Refit]]:
    """Bootstrap refits by their numbers."""
    return [(k, _refit(sample, tuning, explained, k)) for k in chunk]


def _refit(sample: Sample, tuning: Tuning, explained: NDArray[np.int64], number: int) -> Refit:
    """One bootstrap sample of patients, with and without the outcome as many as there are."""
    rng = np.random.default_rng([SEED, number])
    rows = np.concatenate(
        [rng.choice(of, len(of)) for of in (np.flatnonzero(sample.y == k) for k in (0, 1))]
    )
    x, y = sample.x[rows], sample.y[rows]
    trees = fit_trees(x, y, tuning.leaves, tuning.rounds)
    shown = sample.x[explained]
    values, _, _ = explain_trees(trees, shown)
    interactions = np.empty((0, 0))
    if tuning.leaves > 2 and len(explained) <= MANY:
        found = np.asarray(tree_explainer(trees).shap_interaction_values(shown))
        interactions = 2 * np.abs(found).mean(axis=0)
    return Refit(
        trees,
        shap=np.abs(values).mean(axis=0),
        sign=np.array([_sign(shown[:, k], values[:, k]) for k in range(shown.shape[1])]),
        interactions=interactions,
        log_odds=log_odds_per_unit(fit_ridge(x, y, tuning.strength)),
    )


def _sign(value: Numbers, shap: Numbers) -> int:
    """Of the covariance of a feature with its SHAP value, where the feature is known."""
    known = ~np.isnan(value)
    if not known.any():
        return 0
    covariance = ((value[known] - value[known].mean()) * shap[known]).sum()
    return int(np.sign(np.round(covariance, 12)))


def log_odds_per_unit(ridge: Any) -> Numbers:
    """Coefficients of the ridge per unit of each feature, shape (features,)."""
    return ridge[-1].coef_[0] / ridge[1].scale_


def do_shuffles(
    sample: Sample, tuning: Tuning, n_folds: int, chunk: Iterable[int]
) -> list[tuple[int, float]]:
    """One cross-validation each, not nested, of an outcome dealt out anew; 0: as it is."""
    found = []
    for k in chunk:
        rng = np.random.default_rng([SEED, 1, k])
        y = sample.y if k == 0 else rng.permutation(sample.y)
        n_agreeing, n_pairs = 0.0, 0
        for fitted, rows in split_by_centre(y, sample.centre, n_folds, SEED + k):
            trees = fit_trees(sample.x[fitted], y[fitted], tuning.leaves, tuning.rounds)
            pairs, agreeing = count_pairs(probability(trees, sample.x[rows]), y[rows])
            n_agreeing, n_pairs = n_agreeing + agreeing, n_pairs + pairs
        found.append((k, n_agreeing / n_pairs if n_pairs else np.nan))
    return found


def count_pairs(p: Numbers, y: NDArray[np.int64]) -> tuple[int, float]:
    """Pairs with different answers, and how many the probabilities rank right; ties count half."""
    others, own = np.sort(p[y == 0]), p[y == 1]
    below = np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")
    return len(others) * len(own), float(below.sum() / 2)


def leave_centres_out(sample: Sample, tuning: Tuning) -> Numbers:
    """Probabilities of each patient by a model of all other centres, shape (n,)."""
    found = np.full(len(sample.y), np.nan)
    for centre in np.unique(sample.centre):
        own = sample.centre == centre
        if len(np.unique(sample.y[~own])) == 2:
            trees = fit_trees(sample.x[~own], sample.y[~own], tuning.leaves, tuning.rounds)
            found[own] = probability(trees, sample.x[own])
    return found
