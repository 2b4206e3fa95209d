"""Everything a model of response is judged and explained by: predictions for patients it has not
seen, and many refits of it.

Predictions come from nested, repeated cross-validation with whole centres held out: what is tuned
is tuned again inside each fold. Refits are bootstrap samples of patients. Seeds are fixed, and each
piece of work has its own, so that the order in which pieces are done changes nothing.
"""

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.analysis.predictive_models import (
    OUTER_FOLDS,
    Tuning,
    fit_ridge,
    fit_trees,
    one_thread,
    probability,
    split_by_centre,
    tune,
)
from lupus_outcomes.analysis.question import Posed
from lupus_outcomes.indices.three_valued import Numbers

SEED = 20260901
# Beyond this many patients fewer repeats tell as much.
MANY = 2_000
WORKERS = 2
EXPLAINED_AT_MOST = 2_000
NO_FOLD = -1


class Effort(NamedTuple):
    """How often: repeats of the cross-validation, refits, shuffles of the outcome."""

    repeats: int
    refits: int
    shuffles: int


FULL, FULL_OF_MANY, FIRST = Effort(3, 100, 15), Effort(1, 20, 5), Effort(1, 0, 0)


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


@dataclass(frozen=True)
class Evidence:
    """Arrays over the n patients of a question.

    ``held_out``: probabilities of shape (models, repeats, n), models boosting, logistic,
    prevalence; ``fold``: shape (repeats, n), -1 where a patient was never held out. ``apparent``:
    shape (models, n), each model on the patients it was fitted to. ``centre_out``: boosting with
    the patient's own centre left out, shape (n,). ``shuffled``: area under the curve by shuffle of
    the outcome, ``unshuffled`` the same procedure without. ``explained``: rows explained; ``shap``:
    out-of-fold SHAP values of those, shape (k, features), in log-odds; ``base``: their base values.
    ``largest_gap``: between a patient's SHAP values with the base and the model's output.
    """

    is_complete: bool
    tuning: Tuning
    held_out: Numbers
    fold: NDArray[np.int64]
    apparent: Numbers
    centre_out: Numbers
    shuffled: Numbers
    unshuffled: float
    explained: NDArray[np.int64]
    shap: Numbers
    base: Numbers
    largest_gap: float
    trees: Any
    ridge: Any
    refits: tuple[Refit, ...]


class Sample(NamedTuple):
    """What a piece of work needs of a question: features, answers, centres."""

    x: Numbers
    y: NDArray[np.int64]
    centre: NDArray[np.int64]


class _Fold(NamedTuple):
    """One fold of one repeat: rows held out, probabilities of the models, SHAP of explained."""

    repeat: int
    fold: int
    rows: NDArray[np.int64]
    probabilities: Numbers
    shap: Numbers
    base: float
    gap: float


def gather_first_answer(posed: Posed, explain: bool = True) -> Evidence:
    """A quick answer: no tuning, two repeats, no refits; SHAP values only if ``explain``."""
    tuning = Tuning()
    explained = _choose_explained(posed) if explain else np.empty(0, dtype=np.int64)
    sample = Sample(posed.x, posed.y, posed.centre)
    with one_thread():
        folds = [
            fold
            for repeat in range(FIRST.repeats)
            for fold in _cross_validate(sample, repeat, explained, tuning)
        ]
        return _assemble(posed, tuning, FIRST, folds, explained, (), np.empty(0), np.nan, False)


def gather_evidence(
    posed: Posed,
    report: Callable[[float], None] = lambda share: None,
    effort: Effort | None = None,
    workers: int = WORKERS,
) -> Evidence:
    """All of it, in worker processes; ``report`` is told the share done."""
    effort = effort or (FULL if posed.n <= MANY else FULL_OF_MANY)
    explained = _choose_explained(posed)
    report(0.0)
    with one_thread():
        tuning = tune(posed.x, posed.y, posed.centre, SEED)
        work = _divide(Sample(posed.x, posed.y, posed.centre), tuning, explained, effort)
    done: list[tuple[str, Any]] = []
    for piece in _do_all(work, workers):
        done.append(piece)
        report(len(done) / len(work))
    by_kind = {kind: [found for k, found in done if k == kind] for kind, _ in done}
    folds = [fold for repeat in by_kind["folds"] for fold in repeat]
    refits = sorted((pair for chunk in by_kind["refits"] for pair in chunk), key=lambda p: p[0])
    shuffles = dict(pair for chunk in by_kind["shuffles"] for pair in chunk)
    return _assemble(
        posed,
        tuning,
        effort,
        sorted(folds, key=lambda fold: (fold.repeat, fold.fold)),
        explained,
        tuple(refit for _, refit in refits),
        np.array([shuffles[k] for k in range(1, effort.shuffles)]),
        shuffles[0],
        True,
        by_kind["centres"][0],
    )


def _do_all(work: Sequence[tuple[Any, ...]], workers: int) -> Iterator[tuple[str, Any]]:
    """Each piece as it is done: in this process for one worker, else in processes of their own."""
    if workers == 1:
        yield from map(_do, work)
        return
    # Begun anew: a copy of this process would share the locks of its threads.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, _end_with_parent) as processes:
        pieces = [processes.submit(_do, piece) for piece in work]
        try:
            for piece in as_completed(pieces):
                yield piece.result()
        finally:
            processes.shutdown(wait=False, cancel_futures=True)


def _end_with_parent() -> None:
    """A server that is killed takes its workers with it."""
    parent = parent_process()
    assert parent is not None, "begun in a worker"

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _do(piece: tuple[Any, ...]) -> tuple[str, Any]:
    do, *given = piece
    with one_thread():
        return do(*given)


def _divide(
    sample: Sample, tuning: Tuning, explained: NDArray[np.int64], effort: Effort
) -> list[tuple[Any, ...]]:
    """Pieces of work: what to do, and with what."""
    return [
        *((_do_repeat, sample, repeat, explained) for repeat in range(effort.repeats)),
        *((_do_refits, sample, tuning, explained, part) for part in _chunks(effort.refits)),
        *((_do_shuffles, sample, tuning, part) for part in _chunks(effort.shuffles)),
        (_leave_centres_out, sample, tuning),
    ]


def _chunks(n: int, size: int = 5) -> Iterator[range]:
    return (range(first, min(first + size, n)) for first in range(0, n, size))


def _choose_explained(posed: Posed) -> NDArray[np.int64]:
    """The patients who are explained: all, or of many a fixed random part."""
    if posed.n <= EXPLAINED_AT_MOST:
        return np.arange(posed.n)
    drawn = np.random.default_rng(SEED).choice(posed.n, EXPLAINED_AT_MOST, replace=False)
    return np.sort(drawn)


def _do_repeat(sample: Sample, repeat: int, explained: NDArray[np.int64]) -> tuple[str, Any]:
    return "folds", list(_cross_validate(sample, repeat, explained, None))


def _cross_validate(
    sample: Sample, repeat: int, explained: NDArray[np.int64], fixed: Tuning | None
) -> Iterator[_Fold]:
    """The folds of one repeat; without ``fixed`` each is tuned on its own fitting part."""
    splits = split_by_centre(sample.y, sample.centre, OUTER_FOLDS, SEED + repeat)
    for k, (fitted, rows) in enumerate(splits):
        x, y, centre = sample.x[fitted], sample.y[fitted], sample.centre[fitted]
        tuning = fixed or tune(x, y, centre, SEED + repeat)
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
        yield _Fold(repeat, k, rows, probabilities, shap, base, gap)


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
    """The explainer of fitted trees; importing shap takes seconds."""
    with warnings.catch_warnings():
        # numba warns at import about what shap compiles; none of it is run here.
        warnings.simplefilter("ignore")
        import shap

    return shap.TreeExplainer(trees)


def _do_refits(
    sample: Sample, tuning: Tuning, explained: NDArray[np.int64], chunk: Iterable[int]
) -> tuple[str, list[tuple[int, Refit]]]:
    return "refits", [(k, _refit(sample, tuning, explained, k)) for k in chunk]


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


def _do_shuffles(
    sample: Sample, tuning: Tuning, chunk: Iterable[int]
) -> tuple[str, list[tuple[int, float]]]:
    """One cross-validation each, not nested, of an outcome dealt out anew; 0: as it is."""
    found = []
    for k in chunk:
        rng = np.random.default_rng([SEED, 1, k])
        y = sample.y if k == 0 else rng.permutation(sample.y)
        n_agreeing, n_pairs = 0.0, 0
        for fitted, rows in split_by_centre(y, sample.centre, OUTER_FOLDS, SEED + k):
            trees = fit_trees(sample.x[fitted], y[fitted], tuning.leaves, tuning.rounds)
            pairs, agreeing = count_pairs(probability(trees, sample.x[rows]), y[rows])
            n_agreeing, n_pairs = n_agreeing + agreeing, n_pairs + pairs
        found.append((k, n_agreeing / n_pairs if n_pairs else np.nan))
    return "shuffles", found


def count_pairs(p: Numbers, y: NDArray[np.int64]) -> tuple[int, float]:
    """Pairs with different answers, and how many the probabilities rank right; ties count half."""
    others, own = np.sort(p[y == 0]), p[y == 1]
    below = np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")
    return len(others) * len(own), float(below.sum() / 2)


def _leave_centres_out(sample: Sample, tuning: Tuning) -> tuple[str, Numbers]:
    found = np.full(len(sample.y), np.nan)
    for centre in np.unique(sample.centre):
        own = sample.centre == centre
        if len(np.unique(sample.y[~own])) == 2:
            trees = fit_trees(sample.x[~own], sample.y[~own], tuning.leaves, tuning.rounds)
            found[own] = probability(trees, sample.x[own])
    return "centres", found


def _assemble(
    posed: Posed,
    tuning: Tuning,
    effort: Effort,
    folds: Sequence[_Fold],
    explained: NDArray[np.int64],
    refits: tuple[Refit, ...],
    shuffled: Numbers,
    unshuffled: float,
    is_complete: bool,
    centre_out: Numbers | None = None,
) -> Evidence:
    held_out = np.full((3, effort.repeats, posed.n), np.nan)
    fold = np.full((effort.repeats, posed.n), NO_FOLD)
    shap = np.zeros((effort.repeats, posed.n, posed.x.shape[1]))
    base = np.zeros((effort.repeats, posed.n))
    for part in folds:
        held_out[:, part.repeat, part.rows] = part.probabilities
        fold[part.repeat, part.rows] = part.fold
        wanted = part.rows[np.isin(part.rows, explained)]
        if len(wanted):
            shap[part.repeat, wanted], base[part.repeat, wanted] = part.shap, part.base
    with one_thread():
        trees = fit_trees(posed.x, posed.y, tuning.leaves, tuning.rounds)
        ridge = fit_ridge(posed.x, posed.y, tuning.strength)
    apparent = np.stack(
        [
            probability(trees, posed.x),
            probability(ridge, posed.x),
            np.full(posed.n, posed.y.mean()),
        ]
    )
    return Evidence(
        is_complete=is_complete,
        tuning=tuning,
        held_out=held_out,
        fold=fold,
        apparent=apparent,
        centre_out=np.full(posed.n, np.nan) if centre_out is None else centre_out,
        shuffled=shuffled,
        unshuffled=unshuffled,
        explained=explained,
        shap=shap[:, explained].mean(axis=0),
        base=base[:, explained].mean(axis=0),
        largest_gap=max((part.gap for part in folds), default=0.0),
        trees=trees,
        ridge=ridge,
        refits=refits,
    )
