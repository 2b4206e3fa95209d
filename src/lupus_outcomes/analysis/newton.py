"""Newton's method for log-likelihoods that are concave, with what can go wrong named.

A likelihood without a maximum at finite coefficients (separation) lets the coefficients run away
while it hardly rises; that and collinear covariates are told apart and never given as an estimate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

import numpy as np

from lupus_outcomes.indices.three_valued import Numbers

Status = Literal["converged", "no events", "collinear", "separated", "not converged"]

MAX_ITERATIONS = 40
MAX_HALVINGS = 20
# Covariates in standard deviations: steps below this leave 18 digits after one more step.
SMALL_STEP = 1e-9
# Smallest eigenvalue of the correlation of scores, as R's tolerance for singularity.
SINGULAR = 1e-9
# A coefficient per standard deviation that no data support.
RUNAWAY = 30.0
# Share of the information at the start that a finite coefficient leaves more than.
FADED = 1e-6
LONGEST_STEP = 5.0


class Evaluation(Protocol):
    """A log-likelihood at some coefficients, with its derivatives."""

    @property
    def log_likelihood(self) -> float: ...
    @property
    def score(self) -> Numbers: ...
    @property
    def information(self) -> Numbers: ...


E = TypeVar("E", bound=Evaluation)


@dataclass(frozen=True)
class Maximum(Generic[E]):
    """Where Newton's method ended, and what the likelihood was there and at the start."""

    status: Status
    coefficients: Numbers
    at_start: E
    at_end: E


def maximise(evaluate: Callable[[Numbers], E], n_coefficients: int) -> Maximum[E]:
    """Climb from zero, halving steps that lead down."""
    coefficients = np.zeros(n_coefficients)
    at_start = now = evaluate(coefficients)
    if is_singular(now.information):
        return Maximum("collinear", coefficients, at_start, now)
    status: Status = "not converged"
    for _ in range(MAX_ITERATIONS):
        step = _newton_step(now)
        found = None if step is None else _climb(evaluate, coefficients, step, now)
        if step is None or found is None:
            break
        coefficients, now = found
        if np.abs(step).max() < SMALL_STEP:
            status = "converged"
            break
        if np.abs(coefficients).max() > RUNAWAY:
            break
    if np.abs(coefficients).max() > RUNAWAY or _has_faded(now, at_start):
        status = "separated"
    return Maximum(status, coefficients, at_start, now)


def _newton_step(now: Evaluation) -> Numbers | None:
    try:
        step = np.linalg.solve(now.information, now.score)
    except np.linalg.LinAlgError:
        return None
    longest = np.abs(step).max()
    return step / max(longest / LONGEST_STEP, 1.0) if np.isfinite(longest) else None


def _climb(
    evaluate: Callable[[Numbers], E], coefficients: Numbers, step: Numbers, now: E
) -> tuple[Numbers, E] | None:
    """The first of ever shorter steps that does not lead down; None if none is short enough."""
    # Rounding of a sum of many terms must not send a good step back.
    enough = now.log_likelihood - 1e-12 * abs(now.log_likelihood)
    for halving in range(MAX_HALVINGS):
        candidate = coefficients + step / 2**halving
        with np.errstate(all="ignore"):  # Where exponentials overflow the step was too long.
            found = evaluate(candidate)
        if found.log_likelihood >= enough and np.isfinite(found.information).all():
            return candidate, found
    return None


def is_singular(information: Numbers, least: float = SINGULAR) -> bool:
    """Whether some combination of covariates carries no information of its own.

    ``least`` information on a covariate alone, 0 where its unit is arbitrary.
    """
    own = np.diag(information)
    if not (own > least).all():
        return True
    scale = np.sqrt(own)
    correlation = information / np.outer(scale, scale)
    return bool(np.linalg.eigvalsh(correlation)[0] < SINGULAR)


def _has_faded(now: Evaluation, at_start: Evaluation) -> bool:
    """Whether nearly all information on a covariate is gone, as when its coefficient runs away."""
    left, had = np.diag(now.information), np.diag(at_start.information)
    return bool((left < FADED * had).any()) or is_singular(now.information)


def compute_sandwich(information: Numbers, contributions: Numbers) -> Numbers:
    """Robust covariance, shape (p, p), from contributions to the score, shape (p, clusters).

    NaN where they cancel within every cluster, as with a single one: nothing varies then.
    """
    influence = np.linalg.solve(information, contributions)
    covariance = influence @ influence.T
    is_rounding = np.diag(covariance) < 1e-12 * np.diag(np.linalg.inv(information))
    return np.full_like(covariance, np.nan) if is_rounding.any() else covariance
