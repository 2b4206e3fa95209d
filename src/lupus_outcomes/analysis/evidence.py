"""Everything a model of response is judged and explained by, gathered: quickly, or all of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.analysis.predictive_models import (
    Tuning,
    fit_ridge,
    fit_trees,
    one_thread,
    probability,
)
from lupus_outcomes.analysis.question import Posed
from lupus_outcomes.analysis.resampling import (
    MANY,
    SEED,
    Fold,
    Refit,
    Sample,
    do_fold,
    do_refits,
    do_shuffles,
    do_tuning,
    leave_centres_out,
    split_folds,
)
from lupus_outcomes.analysis.work import Piece, do_all
from lupus_outcomes.indices.three_valued import Numbers

WORKERS = 2
EXPLAINED_AT_MOST = 2_000
NO_FOLD = -1
AT_ONCE = 5


class Effort(NamedTuple):
    """How often: repeats of the cross-validation and its folds, refits, shuffles of the outcome."""

    repeats: int
    folds: int
    refits: int
    shuffles: int


# Many outer folds: models that judge are then nearly as large as the one that is judged.
FULL, FULL_OF_MANY = Effort(2, 10, 100, 15), Effort(1, 10, 20, 5)
# A reader waits for it; of many patients fewer folds tell as much.
FIRST, FIRST_OF_MANY = Effort(1, 10, 0, 0), Effort(1, 5, 0, 0)


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

    @property
    def n_folds(self) -> int:
        """Folds of the cross-validation: fewer than were asked for where centres are few."""
        return int(self.fold.max()) + 1


def gather_first_answer(posed: Posed, explain: bool = True) -> Evidence:
    """A quick answer: no tuning, one repeat, no refits; SHAP values only if ``explain``."""
    tuning, effort = Tuning(), FIRST if posed.n <= MANY else FIRST_OF_MANY
    explained = _choose_explained(posed) if explain else np.empty(0, dtype=np.int64)
    sample = Sample(posed.x, posed.y, posed.centre)
    with one_thread():
        folds = [
            do_fold(sample, (repeat, k), split, explained, tuning)
            for repeat in range(effort.repeats)
            for k, split in enumerate(split_folds(sample, repeat, effort.folds))
        ]
    return _assemble(posed, tuning, effort, {"fold": folds}, explained)


def gather_evidence(
    posed: Posed,
    report: Callable[[float], None] = lambda share: None,
    effort: Effort | None = None,
    workers: int = WORKERS,
) -> Evidence:
    """All of it, in worker processes; ``report`` is told the share done."""
    effort = effort or (FULL if posed.n <= MANY else FULL_OF_MANY)
    explained = _choose_explained(posed)
    sample = Sample(posed.x, posed.y, posed.centre)
    report(0.0)
    folds = [
        ("fold", do_fold, (sample, (repeat, k), split, explained))
        for repeat in range(effort.repeats)
        for k, split in enumerate(split_folds(sample, repeat, effort.folds))
    ]

    refits, shuffles = (list(_chunks(n)) for n in (effort.refits, effort.shuffles))
    n_pieces = 2 + len(folds) + len(refits) + len(shuffles)

    def after(kind: str, found: Any) -> Sequence[Piece]:
        if kind != "tuning":
            return ()
        return [
            *(("refits", do_refits, (sample, found, explained, k)) for k in refits),
            *(("shuffles", do_shuffles, (sample, found, effort.folds, k)) for k in shuffles),
            ("centres", leave_centres_out, (sample, found)),
        ]

    done: dict[str, list[Any]] = {}
    for n_done, (kind, found) in enumerate(
        do_all([("tuning", do_tuning, (sample,)), *folds], after, workers), start=1
    ):
        done.setdefault(kind, []).append(found)
        report(n_done / n_pieces)
    return _assemble(posed, done["tuning"][0], effort, done, explained)


def _chunks(n: int) -> Iterator[range]:
    return (range(first, min(first + AT_ONCE, n)) for first in range(0, n, AT_ONCE))


def _choose_explained(posed: Posed) -> NDArray[np.int64]:
    """The patients who are explained: all, or of many a fixed random part."""
    if posed.n <= EXPLAINED_AT_MOST:
        return np.arange(posed.n)
    drawn = np.random.default_rng(SEED).choice(posed.n, EXPLAINED_AT_MOST, replace=False)
    return np.sort(drawn)


def _assemble(
    posed: Posed,
    tuning: Tuning,
    effort: Effort,
    done: dict[str, list[Any]],
    explained: NDArray[np.int64],
) -> Evidence:
    """The evidence of what was done, by kind; pieces of resampling only where it is complete."""
    folds: list[Fold] = sorted(done.get("fold", ()), key=lambda fold: (fold.repeat, fold.fold))
    refits = dict(pair for chunk in done.get("refits", ()) for pair in chunk)
    shuffles = dict(pair for chunk in done.get("shuffles", ()) for pair in chunk)
    centre_out = done.get("centres", [np.full(posed.n, np.nan)])[0]
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
        is_complete="tuning" in done,
        tuning=tuning,
        held_out=held_out,
        fold=fold,
        apparent=apparent,
        centre_out=centre_out,
        shuffled=np.array([shuffles[k] for k in range(1, effort.shuffles)]),
        unshuffled=shuffles.get(0, np.nan),
        explained=explained,
        shap=shap[:, explained].mean(axis=0),
        base=base[:, explained].mean(axis=0),
        largest_gap=max((part.gap for part in folds), default=0.0),
        trees=trees,
        ridge=ridge,
        refits=tuple(refits[k] for k in range(effort.refits)),
    )
