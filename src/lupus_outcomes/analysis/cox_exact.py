"""The exact conditional likelihood of Cox's model for tied events (R's ``ties = "exact"``).

Of all ways to choose as many patients from the risk set as had the event, how likely those were.
Gail, Lubin & Rubinstein 1981, Biometrika 68:703. Takes time in proportion to events times patients
at risk, summed over days: meant for small or matched data.
"""

from dataclasses import dataclass

import numpy as np

from lupus_outcomes.analysis.cox_likelihood import RiskSets
from lupus_outcomes.indices.three_valued import Numbers


@dataclass(frozen=True, slots=True)
class ExactEvaluation:
    """Log-likelihood with score of shape (p,) and information of shape (p, p)."""

    log_likelihood: float
    score: Numbers
    information: Numbers


def evaluate_exact(sets: RiskSets, coefficients: Numbers) -> ExactEvaluation:
    """The likelihood at ``coefficients``, shape (p,)."""
    predictor = coefficients @ sets.covariates
    log_likelihood = float(predictor[sets.event_row].sum())
    score = sets.covariates[:, sets.event_row].sum(axis=1)
    information = np.zeros((len(coefficients), len(coefficients)))
    n_events = np.bincount(sets.event_cell, minlength=sets.n_cells)
    stratum_end = np.append(sets.first_cell[1:], sets.n_cells)
    for cell, size in enumerate(n_events):
        # The none of `leaving` is the number of cells, which lies beyond the end of its stratum.
        end = stratum_end[np.searchsorted(stratum_end, cell, side="right")]
        rows = (sets.leaving >= cell) & (sets.leaving < end)
        if sets.entering is not None:
            begin = sets.first_cell[np.searchsorted(sets.first_cell, cell, side="right") - 1]
            has_entered = (sets.entering < cell) & (sets.entering >= begin)
            rows &= has_entered | (sets.entering == sets.n_cells)
        log_sum, mean, spread = _choose(predictor[rows], sets.covariates[:, rows], size)
        log_likelihood -= log_sum
        score = score - mean
        information += spread
    return ExactEvaluation(log_likelihood, score, information)


def _choose(predictor: Numbers, covariates: Numbers, size: int) -> tuple[float, Numbers, Numbers]:
    """Log of the sum over choices of ``size``; mean and variance of the chosen's covariates."""
    top = predictor.max()
    p = len(covariates)
    total = np.zeros(size + 1)
    total[0] = 1.0
    first, second = np.zeros((size + 1, p)), np.zeros((size + 1, p, p))
    for risk, x in zip(np.exp(predictor - top), covariates.T, strict=True):
        outer = first[:-1, :, None] * x
        second[1:] += risk * (
            second[:-1] + outer + outer.transpose(0, 2, 1) + total[:-1, None, None] * np.outer(x, x)
        )
        first[1:] += risk * (first[:-1] + total[:-1, None] * x)
        total[1:] += risk * total[:-1]
    mean = first[size] / total[size]
    log_sum = float(np.log(total[size]) + size * top)
    return log_sum, mean, second[size] / total[size] - np.outer(mean, mean)
