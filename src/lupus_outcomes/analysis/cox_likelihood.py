"""Partial likelihood of Cox's model by counting on whole days: risk sets, sums, derivatives.

Cox 1972, J R Stat Soc B 34:187; ties by Efron 1977, J Am Stat Assoc 72:557, or Breslow 1974,
Biometrics 30:89 (the exact likelihood: ``cox_exact``). A *cell* is a day of a stratum with at least
one event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.analysis.counting import from_here_on, sum_by
from lupus_outcomes.indices.three_valued import Numbers

Ties = Literal["efron", "breslow", "exact"]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Who is at risk in which cell.

    ``covariates`` in standard deviations from their means, shape (p, rows). ``leaving`` is the last
    cell a row can be at risk in, ``entering`` the last one it is not yet, shape (rows,); rows never
    at risk have the number of cells, which stands for none. ``first_cell`` of each stratum.
    """

    covariates: Numbers
    weights: Numbers | None
    event_row: Positions
    leaving: Positions
    entering: Positions | None
    cell_day: Positions
    first_cell: Positions

    @property
    def n_cells(self) -> int:
        """Days with events, over all strata."""
        return len(self.cell_day)

    @property
    def event_cell(self) -> Positions:
        """Cell of each event, shape (events,)."""
        return self.leaving[self.event_row]


def build_risk_sets(
    covariates: Numbers,
    follow_up_days: NDArray[np.integer],
    event_observed: NDArray[np.bool_],
    entry_days: NDArray[np.integer] | None = None,
    stratum: NDArray[np.integer] | None = None,
    weights: Numbers | None = None,
) -> RiskSets:
    """Sort rows into cells; ``covariates`` of shape (p, rows), the others (rows,)."""
    n_days = int(follow_up_days.max()) + 1
    n_strata = 1 if stratum is None else int(stratum.max()) + 1
    start = np.zeros(1, np.int64) if stratum is None else stratum.astype(np.int64) * n_days
    has_event = np.zeros(n_strata * n_days + 1, dtype=bool)
    has_event[(start + follow_up_days)[event_observed] + 1] = True
    # How many cells lie before each day of each stratum; at a stratum's day 0, its first cell.
    before = has_event.cumsum()
    first_cell = before[np.arange(n_strata) * n_days]
    lowest = first_cell[0] if stratum is None else first_cell[stratum]

    def last_cell(days: NDArray[np.integer]) -> Positions:
        cell = before[start + np.minimum(days, n_days - 1) + 1] - 1
        return np.where(cell >= lowest, cell, before[-1])

    return RiskSets(
        covariates,
        weights,
        np.flatnonzero(event_observed),
        last_cell(follow_up_days),
        None if entry_days is None else last_cell(entry_days),
        (np.flatnonzero(has_event) - 1) % n_days,
        first_cell,
    )


@dataclass(frozen=True, slots=True)
class TieTerms:
    """One term for every event (Efron) or cell (Breslow) of the log-likelihood.

    ``fraction`` of the cell's own events that has left the denominator, ``weight`` of the term.
    """

    cell: Positions
    fraction: Numbers
    weight: Numbers


def build_tie_terms(sets: RiskSets, ties: Ties) -> TieTerms:
    """The terms, in the order of cells."""
    n_events = np.bincount(sets.event_cell, minlength=sets.n_cells)
    of_events = None if sets.weights is None else sets.weights[sets.event_row]
    total = np.bincount(sets.event_cell, of_events, minlength=sets.n_cells).astype(np.float64)
    if ties != "efron":
        return TieTerms(np.arange(sets.n_cells), np.zeros(sets.n_cells), total)
    cell = np.repeat(np.arange(sets.n_cells), n_events)
    rank = np.arange(len(cell)) - np.repeat(n_events.cumsum() - n_events, n_events)
    return TieTerms(cell, rank / n_events[cell], (total / n_events)[cell])


@dataclass(frozen=True, slots=True)
class CoxEvaluation:
    """Log partial likelihood, its derivatives, and the sums over risk sets they are made of.

    ``risk`` of each row, shape (rows,), is relative. ``at_risk`` and ``at_event``, shape (p,
    cells): covariates summed with it over the risk set and the events. ``powers``, shape (5,
    cells): sums over the terms of a cell, of weight w, fraction f and denominator D, of w/D, f w/D,
    w/D², f w/D², f² w/D².
    """

    log_likelihood: float
    score: Numbers
    information: Numbers
    risk: Numbers
    at_risk: Numbers
    at_event: Numbers
    powers: Numbers


def evaluate(sets: RiskSets, terms: TieTerms, coefficients: Numbers) -> CoxEvaluation:
    """Efron's or Breslow's likelihood at ``coefficients``, shape (p,)."""
    predictor = coefficients @ sets.covariates
    top = predictor.max()
    risk = np.exp(predictor - top)
    if sets.weights is not None:
        risk *= sets.weights
    rows, x = sets.event_row, sets.covariates
    at_risk = np.stack([_sum_at_risk(sets, risk * column) for column in x])
    at_event = np.stack([_sum_at_event(sets, (risk * column)[rows]) for column in x])
    total, own = _sum_at_risk(sets, risk), _sum_at_event(sets, risk[rows])
    denominator = total[terms.cell] - terms.fraction * own[terms.cell]
    powers = _sum_powers(terms, denominator, sets.n_cells)
    of_events = 1.0 if sets.weights is None else sets.weights[rows]
    log_likelihood = float(
        np.sum(of_events * (predictor[rows] - top)) - terms.weight @ np.log(denominator)
    )
    expected = expected_events(sets, risk, powers)
    residual = -expected
    residual[rows] += of_events
    information = _information(sets, expected, at_risk, at_event, powers)
    score = x @ residual
    return CoxEvaluation(log_likelihood, score, information, risk, at_risk, at_event, powers)


def _sum_powers(terms: TieTerms, denominator: Numbers, n_cells: int) -> Numbers:
    a = terms.weight / denominator
    b = a / denominator
    f = terms.fraction
    return np.stack(
        [sum_by(terms.cell, column, n_cells) for column in (a, f * a, b, f * b, f * f * b)]
    )


def _sum_at_event(sets: RiskSets, values: Numbers) -> Numbers:
    return sum_by(sets.event_cell, values, sets.n_cells)


def _sum_at_risk(sets: RiskSets, values: Numbers) -> Numbers:
    n_cells = sets.n_cells
    leaving = sum_by(sets.leaving, values, n_cells + 1)[:n_cells]
    if sets.entering is not None:
        leaving -= sum_by(sets.entering, values, n_cells + 1)[:n_cells]
    return _by_stratum(sets, leaving, from_here_on)


def _by_stratum(sets: RiskSets, values: Numbers, run: Callable[[Numbers], Numbers]) -> Numbers:
    """Running sums along the last axis that start anew in each stratum."""
    if len(sets.first_cell) == 1:
        return run(values)
    return np.concatenate([run(part) for part in np.split(values, sets.first_cell[1:], -1)], -1)


def _up_to_here(values: Numbers) -> Numbers:
    return values.cumsum(axis=-1)


def read_cumulative(sets: RiskSets, by_cell: Numbers) -> Numbers:
    """Sum of a quantity of cells over those in which each row was at risk, shape (..., rows)."""
    running = _by_stratum(sets, by_cell, _up_to_here)
    none = np.zeros((*by_cell.shape[:-1], 1))
    running = np.concatenate([running, none], axis=-1)
    if sets.entering is None:
        return running[..., sets.leaving]
    return running[..., sets.leaving] - running[..., sets.entering]


def expected_events(sets: RiskSets, risk: Numbers, powers: Numbers) -> Numbers:
    """Expected events of each row, shape (rows,): its cumulative hazard."""
    expected = risk * read_cumulative(sets, powers[0])
    expected[sets.event_row] -= risk[sets.event_row] * powers[1][sets.event_cell]
    return expected


def _information(
    sets: RiskSets, expected: Numbers, at_risk: Numbers, at_event: Numbers, powers: Numbers
) -> Numbers:
    squares = (sets.covariates * expected) @ sets.covariates.T
    _, _, q0, q1, q2 = powers
    crossed = (at_risk * q1) @ at_event.T
    of_means = (at_risk * q0) @ at_risk.T - crossed - crossed.T + (at_event * q2) @ at_event.T
    return squares - of_means


def weigh_information(sets: RiskSets, at: CoxEvaluation, weight: Numbers) -> Numbers:
    """Information with each cell's part multiplied by ``weight``, shape (cells,)."""
    powers = at.powers * weight
    expected = expected_events(sets, at.risk, powers)
    return _information(sets, expected, at.at_risk, at.at_event, powers)


def weigh_score(sets: RiskSets, at: CoxEvaluation, weight: Numbers) -> Numbers:
    """Score with each cell's part multiplied by ``weight``, shape (cells,)."""
    residual = -expected_events(sets, at.risk, at.powers * weight)
    of_events = 1.0 if sets.weights is None else sets.weights[sets.event_row]
    residual[sets.event_row] += of_events * weight[sets.event_cell]
    return sets.covariates @ residual


def score_residuals(sets: RiskSets, at: CoxEvaluation, terms: TieTerms) -> Numbers:
    """Each row's own contribution to the score, shape (p, rows); they sum to it.

    Therneau & Grambsch 2000, section 7.1, with Efron's correction for those who share a day.
    """
    m0, m1, q0, q1, q2 = at.powers
    mean_hazard = at.at_risk * q0 - at.at_event * q1
    residual = at.risk * (read_cumulative(sets, mean_hazard))
    residual -= sets.covariates * (at.risk * read_cumulative(sets, m0))
    rows, cell = sets.event_row, sets.event_cell
    x, risk = sets.covariates[:, rows], at.risk[rows]
    total = sum_by(terms.cell, terms.weight, sets.n_cells)
    mean = (at.at_risk * m0 - at.at_event * m1) / total
    of_events = 1.0 if sets.weights is None else sets.weights[rows]
    residual[:, rows] += of_events * (x - mean[:, cell])
    shared = at.at_risk * q1 - at.at_event * q2
    residual[:, rows] += risk * (x * m1[cell] - shared[:, cell])
    return residual
