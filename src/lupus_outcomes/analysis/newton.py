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
    for _ in range(MAX_ITERATIONS):
        step = _newton_step(now)
        if step is None or np.abs(coefficients).max() > RUNAWAY:
            return Maximum("separated", coefficients, at_start, now)
        coefficients, now = _climb(evaluate, coefficients, step, now)
        if np.abs(step).max() < SMALL_STEP:
            return Maximum("converged", coefficients, at_start, now)
    runs_away = is_singular(now.information) or _has_faded(now, at_start)
    return Maximum("separated" if runs_away else "not converged", coefficients, at_start, now)


def _newton_step(now: Evaluation) -> Numbers | None:
    try:
        step = np.linalg.solve(now.information, now.score)
    except np.linalg.LinAlgError:
        return None
    return step if np.isfinite(step).all() else None


def _climb(
    evaluate: Callable[[Numbers], E], coefficients: Numbers, step: Numbers, now: E
) -> tuple[Numbers, E]:
    for halving in range(MAX_HALVINGS):
        candidate = coefficients + step / 2**halving
        found = evaluate(candidate)
        # Rounding of a sum of many terms must not send a good step back.
        if found.log_likelihood >= now.log_likelihood - 1e-12 * abs(now.log_likelihood):
            return candidate, found
    return coefficients, now


def is_singular(information: Numbers) -> bool:
    """Whether some combination of covariates carries no information of its own."""
    scale = np.sqrt(np.maximum(np.diag(information), 0.0))
    if not np.isfinite(scale).all() or (scale <= SINGULAR).any():
        return True
    correlation = information / np.outer(scale, scale)
    return bool(np.linalg.eigvalsh(correlation)[0] < SINGULAR)


def _has_faded(now: Evaluation, at_start: Evaluation) -> bool:
    return bool((np.diag(now.information) < 1e-6 * np.diag(at_start.information)).any())
