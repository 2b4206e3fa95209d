"""Each endpoint for each patient at each time point, under the four handlings of what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import is_code, numbers, three_valued
from lupus_outcomes.derive.rules import answer, decided, unknown
from lupus_outcomes.derive.timepoints import NONE, Timepoints
from lupus_outcomes.indices.three_valued import (
    FALSE,
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    at_most,
)
from lupus_outcomes.protocol import Endpoint, Handling

HANDLINGS: tuple[Handling, ...] = ("nri", "observed", "treatment_policy", "locf")
HANDLING_WORDS = {
    "nri": "stopped, died, missed or undecided counts as not attained (non-responder imputation)",
    "observed": "only patients seen on the drug whose visit decides the endpoint",
    "treatment_policy": "every patient seen whose visit decides the endpoint, on the drug or not",
    "locf": "the last decided visit on the drug is carried forward",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One endpoint; arrays of shape (time points, patients) unless said.

    ``in_denominator``: shape (patients,), true where baseline puts the patient there.
    ``at_visit``: at the chosen visit, three-valued. ``carried``: last decided value on the drug up
    to that visit.
    """

    in_denominator: NDArray[np.bool_]
    at_visit: ThreeValued
    carried: ThreeValued

    def attained(self, timepoints: Timepoints, handling: Handling) -> ThreeValued:
        """The answer that counts; unknown leaves the denominator."""
        on_drug = np.where(timepoints.is_on_drug, self.at_visit, UNKNOWN)
        match handling:
            case "treatment_policy":
                return self.at_visit
            case "observed":
                return on_drug
            case "nri":
                return np.where(on_drug == TRUE, TRUE, FALSE)
            case "locf":
                return np.where(on_drug == UNKNOWN, self.carried, on_drug)


class VisitColumns:
    """Visits as a rule sees them; derived columns come before recorded ones."""

    def __init__(self, visits: pd.DataFrame, states: Mapping[str, NDArray], patients: pd.DataFrame):
        self._visits, self._states, self._patients = visits, states, patients
        self._baseline = states["baseline"]

    def state(self, name: str) -> ThreeValued:
        if name in self._states:
            return self._states[name]
        return three_valued(self._visits[name])

    def number(self, name: str) -> Numbers:
        return self._states[name] if name in self._states else numbers(self._visits[name])

    def baseline(self, name: str) -> Numbers:
        values = self.number(name)
        at_baseline = np.where(self._baseline == NONE, np.nan, values[self._baseline])
        if name in self._patients:
            # The damage index may be given for the index date, when no visit has it.
            at_index = numbers(self._patients[name])[self._states["patient"]]
            at_baseline = np.where(np.isnan(at_baseline), at_index, at_baseline)
        return at_baseline

    def is_known(self, name: str) -> ThreeValued:
        return decided(self._visits[name].notna().to_numpy())

    def is_one_of(self, name: str, codes: tuple[str, ...]) -> ThreeValued:
        return is_code(self._visits[name], *codes)

    def recorded(self, criterion: str) -> ThreeValued:
        return unknown(len(self._visits))


def derive_outcome(
    endpoint: Endpoint,
    columns: VisitColumns,
    bounds: NDArray[np.int64],
    baseline: NDArray[np.int64],
    on_drug_after_start: NDArray[np.bool_],
    timepoints: Timepoints,
) -> Outcome:
    """One endpoint for all patients.

    ``bounds``: rows a patient. ``baseline``: row of each patient's baseline visit, -1 for none.
    ``on_drug_after_start``: visits after day 0 up to the stop, which may be carried forward.
    """
    value = answer(endpoint.attained, columns)
    if endpoint.denominator is None:
        in_denominator = np.ones(len(bounds) - 1, dtype=np.bool_)
    else:
        in_denominator = _at(baseline, answer(endpoint.denominator, columns)) == TRUE
    return Outcome(
        in_denominator=in_denominator,
        at_visit=_at(timepoints.visit, value),
        carried=_carry(endpoint, columns, value, bounds, on_drug_after_start, timepoints),
    )


def _carry(endpoint, columns, value, bounds, on_drug_after_start, timepoints) -> ThreeValued:
    rows = np.arange(len(value))
    last_decided = np.where((value != UNKNOWN) & on_drug_after_start, rows, NONE)
    if len(rows):
        np.maximum.accumulate(last_decided, out=last_decided)
    source = np.where(
        timepoints.carry_limit == NONE, NONE, _take(last_decided, timepoints.carry_limit)
    )
    source = np.where(source >= bounds[:-1], source, NONE)
    carried = _at(source, value)
    if endpoint.glucocorticoid_limit_mg_day is None:
        return carried
    dose = at_most(columns.number("prednisone_mg_day"), endpoint.glucocorticoid_limit_mg_day)
    then, now = _at(source, dose), _at(timepoints.carry_limit, dose)
    return np.where(then * now == -1, UNKNOWN, carried)


def _at(rows: NDArray[np.int64], values: ThreeValued) -> ThreeValued:
    return np.where(rows == NONE, UNKNOWN, _take(values, rows)).astype(np.int8)


def _take(values: NDArray, rows: NDArray[np.int64]) -> NDArray:
    return values[rows] if len(values) else np.zeros(rows.shape, dtype=values.dtype)
