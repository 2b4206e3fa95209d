"""Cox's proportional hazards regression, and whether the hazards are proportional.

Cox 1972, J R Stat Soc B 34:187; robust variance Lin & Wei 1989, J Am Stat Assoc 84:1074; score test
of proportionality Grambsch & Therneau 1994, Biometrika 81:515 in its exact form (R survival 3's
``cox.zph``). Andersen & Gill 1982, Ann Stat 10:1100 for recurrent events: rows with entry days, and
the patient as cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from lupus_outcomes.analysis.chi_square import (
    NOTHING_TO_TEST,
    ChiSquare,
    compute_chi_square,
    compute_quadratic_test,
)
from lupus_outcomes.analysis.counting import sum_by
from lupus_outcomes.analysis.cox_exact import ExactEvaluation, evaluate_exact
from lupus_outcomes.analysis.cox_likelihood import (
    CoxEvaluation,
    RiskSets,
    Ties,
    TieTerms,
    build_risk_sets,
    build_tie_terms,
    evaluate,
    score_residuals,
    weigh_information,
    weigh_score,
)
from lupus_outcomes.analysis.intervals import LEVEL, normal_quantile
from lupus_outcomes.analysis.newton import Maximum, Status, compute_sandwich, maximise
from lupus_outcomes.analysis.survival import count_at_risk, estimate_kaplan_meier
from lupus_outcomes.indices.three_valued import Numbers


@dataclass(frozen=True, slots=True)
class CoxData:
    """Rows of a Cox model, complete and finite; arrays of shape (rows,).

    ``covariates`` of shape (rows, p). ``entry_days``: the last day before a row is at risk.
    ``stratum`` and ``cluster``: codes from 0. ``weights``: of cases, positive.
    """

    follow_up_days: NDArray[np.integer]
    event_observed: NDArray[np.bool_]
    covariates: Numbers
    entry_days: NDArray[np.integer] | None = None
    stratum: NDArray[np.integer] | None = None
    cluster: NDArray[np.integer] | None = None
    weights: Numbers | None = None


@dataclass(frozen=True, slots=True)
class CoxFit:
    """Log hazard ratios and what follows from them; arrays of shape (p,).

    Unless ``status`` is "converged" every estimate is NaN. ``covariance``, shape (p, p), is robust
    where the data have clusters; ``model_se`` never is.
    """

    status: Status
    ties: Ties
    n_rows: int
    n_events: int
    coefficients: Numbers
    covariance: Numbers
    se: Numbers
    model_se: Numbers
    hazard_ratio: Numbers
    ci_low: Numbers
    ci_high: Numbers
    p_value: Numbers
    log_likelihood_null: float
    log_likelihood: float
    likelihood_ratio: ChiSquare
    wald: ChiSquare
    score: ChiSquare


@dataclass(frozen=True, slots=True)
class ProportionalHazards:
    """Score tests that the effect of each term does not change with time, and of all together."""

    terms: tuple[ChiSquare, ...]
    all_together: ChiSquare


def estimate_cox(data: CoxData, ties: Ties = "efron", level: float = LEVEL) -> CoxFit:
    """Fit the model; ``level`` of the limits of the hazard ratios.

    The exact likelihood takes neither weights nor clusters (ValueError).
    """
    p = data.covariates.shape[1]
    if ties == "exact" and (data.weights is not None or data.cluster is not None):
        raise ValueError("The exact likelihood takes neither weights nor clusters: use Efron's.")
    if not data.event_observed.any():
        return _not_estimable(data, ties, "no events")
    if not p:
        return _not_estimable(data, ties, "collinear")
    sets, spread = _standardise(data)
    if ties == "exact":
        exact = maximise(lambda at: evaluate_exact(sets, at), p)
        return _summarise(data, ties, level, exact, spread)
    terms = build_tie_terms(sets, ties)
    found = maximise(lambda at: evaluate(sets, terms, at), p)
    robust = None
    if data.cluster is not None and found.status == "converged":
        robust = _robust_covariance(sets, terms, found.at_end, data.cluster)
    return _summarise(data, ties, level, found, spread, robust)


def _standardise(data: CoxData) -> tuple[RiskSets, Numbers]:
    """Risk sets on covariates in standard deviations, and those deviations, shape (p,)."""
    x = np.ascontiguousarray(data.covariates.T, dtype=np.float64)
    x = x - x.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", x, x) / x.shape[1])
    spread = np.where(spread > 0, spread, 1.0)
    x /= spread[:, None]
    sets = build_risk_sets(
        x, data.follow_up_days, data.event_observed, data.entry_days, data.stratum, data.weights
    )
    return sets, spread


def _robust_covariance(
    sets: RiskSets, terms: TieTerms, at: CoxEvaluation, cluster: NDArray[np.integer]
) -> Numbers:
    residuals = score_residuals(sets, at, terms)
    n_clusters = int(cluster.max()) + 1
    by_cluster = np.stack([sum_by(cluster, row, n_clusters) for row in residuals])
    return compute_sandwich(at.information, by_cluster)


def _summarise(
    data: CoxData,
    ties: Ties,
    level: float,
    found: Maximum[CoxEvaluation] | Maximum[ExactEvaluation],
    spread: Numbers,
    robust: Numbers | None = None,
) -> CoxFit:
    if found.status != "converged":
        return _not_estimable(data, ties, found.status)
    start, end = found.at_start, found.at_end
    unit = np.outer(spread, spread)
    coefficients = found.coefficients / spread
    of_model = np.linalg.inv(end.information) / unit
    covariance = of_model if robust is None else robust / unit
    score = float(start.score @ np.linalg.solve(start.information, start.score))
    rise = 2 * (end.log_likelihood - start.log_likelihood)
    return _result(
        data,
        ties,
        found.status,
        _Estimates(coefficients, covariance, of_model),
        (start.log_likelihood, end.log_likelihood),
        (
            compute_chi_square(rise, len(spread)),
            compute_quadratic_test(coefficients, covariance, least=0.0),
            compute_chi_square(score, len(spread)),
        ),
        level,
    )


def _not_estimable(data: CoxData, ties: Ties, status: Status) -> CoxFit:
    p = data.covariates.shape[1]
    square = np.full((p, p), np.nan)
    none = _Estimates(np.full(p, np.nan), square, square)
    tests = NOTHING_TO_TEST, NOTHING_TO_TEST, NOTHING_TO_TEST
    return _result(data, ties, status, none, (np.nan, np.nan), tests, LEVEL)


@dataclass(frozen=True, slots=True)
class _Estimates:
    coefficients: Numbers
    covariance: Numbers
    of_model: Numbers


def _result(
    data: CoxData,
    ties: Ties,
    status: Status,
    found: _Estimates,
    log_likelihoods: tuple[float, float],
    tests: tuple[ChiSquare, ChiSquare, ChiSquare],
    level: float,
) -> CoxFit:
    se = np.sqrt(np.diag(found.covariance))
    reach = normal_quantile(level) * se
    return CoxFit(
        status=status,
        ties=ties,
        n_rows=len(data.follow_up_days),
        n_events=int(data.event_observed.sum()),
        coefficients=found.coefficients,
        covariance=found.covariance,
        se=se,
        model_se=np.sqrt(np.diag(found.of_model)),
        hazard_ratio=np.exp(found.coefficients),
        ci_low=np.exp(found.coefficients - reach),
        ci_high=np.exp(found.coefficients + reach),
        p_value=2 * ndtr(-np.abs(found.coefficients / se)),
        log_likelihood_null=log_likelihoods[0],
        log_likelihood=log_likelihoods[1],
        likelihood_ratio=tests[0],
        wald=tests[1],
        score=tests[2],
    )


def check_proportional_hazards(
    data: CoxData, fit: CoxFit, terms: Sequence[Sequence[int]] | None = None
) -> ProportionalHazards:
    """Score test against effects that change with 1 - the Kaplan-Meier curve of all rows.

    Parameters
    ----------
    terms
        Positions of the covariates of each term, one term a covariate by default; several for a
        characteristic with more than two levels.
    """
    p = len(fit.coefficients)
    terms = [[position] for position in range(p)] if terms is None else terms
    if fit.status != "converged":
        return ProportionalHazards((NOTHING_TO_TEST,) * len(terms), NOTHING_TO_TEST)
    sets, spread = _standardise(data)
    tied = build_tie_terms(sets, "efron" if fit.ties == "efron" else "breslow")
    at = evaluate(sets, tied, fit.coefficients * spread)
    time = _transform_by_kaplan_meier(data, sets)
    score = weigh_score(sets, at, time)
    crossed = weigh_information(sets, at, time)
    # What is left of the information on changing effects when the constant ones are estimated.
    variance = weigh_information(sets, at, time**2) - crossed @ np.linalg.solve(
        at.information, crossed
    )
    tests = [compute_quadratic_test(score[rows], variance[np.ix_(rows, rows)]) for rows in terms]
    return ProportionalHazards(tuple(tests), compute_quadratic_test(score, variance))


def _transform_by_kaplan_meier(data: CoxData, sets: RiskSets) -> Numbers:
    """1 - survival just before the day of each cell, centred over events; shape (cells,)."""
    table = count_at_risk(data.follow_up_days, data.event_observed, entry_days=data.entry_days)
    fallen = np.concatenate([[0.0], 1 - estimate_kaplan_meier(table).survival])
    time = fallen[np.searchsorted(table.day, sets.cell_day, side="left")]
    return time - time[sets.event_cell].mean()
