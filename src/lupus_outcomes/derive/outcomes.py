"""Each endpoint for each patient at each time point, under four handlings of what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import (
    is_code,
    numbers,
    take_conditions,
    take_numbers,
    three_valued,
)
from lupus_outcomes.derive.rules import answer, bounds_among, decided, unknown
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
    "nri": "stopped, died, lost, missed or undecided counts as not attained (non-responder "
    "imputation)",
    "observed": "only patients seen on the drug whose visit decides the endpoint",
    "treatment_policy": "every patient seen whose visit decides the endpoint, on the drug or not",
    "locf": "the last decided visit on the drug after baseline is carried forward",
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
        on_drug = self.at_visit * timepoints.is_on_drug  # unknown, 0, where off the drug
        match handling:
            case "treatment_policy":
                return self.at_visit
            case "observed":
                return on_drug
            case "nri":
                return decided(on_drug == TRUE)
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

    def bounds(self, name: str) -> tuple[Numbers, Numbers]:
        low, high = bounds_among(self._states, name)
        return self.number(low), self.number(high)

    def baseline(self, name: str) -> Numbers:
        values = self.number(name)
        at_baseline = take_numbers(values, self._baseline)
        if name in self._patients:
            # The damage index may be given for the index date, when no visit has it.
            at_index = numbers(self._patients[name])[self._states["patient"]]
            at_baseline = np.where(np.isnan(at_baseline), at_index, at_baseline)
        return at_baseline

    @cached_property
    def last_dose(self) -> NDArray[np.int64]:
        """Row of the last visit so far, whoever's, at which a dose of prednisone is known."""
        known = ~np.isnan(self.number("prednisone_mg_day"))
        return np.maximum.accumulate(np.where(known, np.arange(len(known)), NONE))

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
        in_denominator = take_conditions(answer(endpoint.denominator, columns), baseline) == TRUE
    return Outcome(
        in_denominator=in_denominator,
        at_visit=take_conditions(value, timepoints.visit),
        carried=_carry(endpoint, columns, value, bounds, on_drug_after_start, timepoints),
    )


def _carry(endpoint, columns, value, bounds, on_drug_after_start, timepoints) -> ThreeValued:
    rows = np.arange(len(value))
    is_decided = (value != UNKNOWN) & on_drug_after_start
    last_decided = np.maximum.accumulate(np.where(is_decided, rows, NONE))
    source = _earlier(last_decided, timepoints.carry_limit)
    source = np.where(source >= bounds[:-1], source, NONE)
    carried = take_conditions(value, source)
    if endpoint.glucocorticoid_limit_mg_day is None:
        return carried
    dose = at_most(columns.number("prednisone_mg_day"), endpoint.glucocorticoid_limit_mg_day)
    # Where the dose was known at the source, the last known one is the patient's own.
    latest = _earlier(columns.last_dose, timepoints.carry_limit)
    then, now = take_conditions(dose, source), take_conditions(dose, latest)
    # Down to the limit since: what else stood in the way is not told. Beyond it: not attained.
    carried = np.where((then == FALSE) & (now == TRUE), UNKNOWN, carried)
    return np.where((then == TRUE) & (now == FALSE), FALSE, carried)


def _earlier(rows_so_far: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row the one it refers to; none for none."""
    if not len(rows_so_far):
        return np.full_like(rows, NONE)
    return np.where(rows == NONE, NONE, rows_so_far.take(rows, mode="wrap"))
