"""Who meets the criteria of a protocol, one criterion after the other, in the protocol's order."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import is_code, numbers, three_valued
from lupus_outcomes.derive.rules import answer, bounds_among, decided, unknown
from lupus_outcomes.indices.three_valued import FALSE, Numbers, ThreeValued, negate
from lupus_outcomes.protocol import Criterion


class PatientColumns:
    """Patients as a criterion sees them, with the eligibility table for what no column answers."""

    def __init__(self, patients: pd.DataFrame, eligibility: pd.DataFrame):
        self._patients = patients
        self._eligibility = eligibility

    def state(self, name: str) -> ThreeValued:
        return three_valued(self._patients[name])

    def number(self, name: str) -> Numbers:
        return numbers(self._patients[name])

    def bounds(self, name: str) -> tuple[Numbers, Numbers]:
        low, high = bounds_among(self._patients, name)
        return self.number(low), self.number(high)

    def baseline(self, name: str) -> Numbers:
        return self.number(f"baseline_{name}")

    def is_known(self, name: str) -> ThreeValued:
        return decided(self._patients[name].notna().to_numpy())

    def is_one_of(self, name: str, codes: tuple[str, ...]) -> ThreeValued:
        return is_code(self._patients[name], *codes)

    def recorded(self, criterion: str) -> ThreeValued:
        answers = unknown(len(self._patients))
        rows = self._eligibility[self._eligibility["criterion"] == criterion]
        answers[rows["patient"].to_numpy()] = three_valued(rows["met"])
        return answers


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion applied to those who were left; arrays of shape (patients,)."""

    criterion: Criterion
    is_met: ThreeValued
    remains: NDArray[np.bool_]


def derive_eligibility(cohort: Cohort) -> tuple[Step, ...]:
    """Every criterion in order.

    Who is known not to meet one leaves there; unknown stays and is counted.
    """
    columns = PatientColumns(cohort.patients, cohort.tables["eligibility"])
    remains = np.ones(cohort.n_patients, dtype=np.bool_)
    steps = []
    for criterion in cohort.protocol.criteria:
        holds = answer(criterion.rule, columns)
        is_met = negate(holds) if criterion.is_exclusion else holds
        remains = remains & (is_met != FALSE)
        steps.append(Step(criterion, is_met, remains))
    return tuple(steps)


def is_in_analysis_set(cohort: Cohort) -> NDArray[np.bool_]:
    """Who is analysed: all enrolled or, if the protocol says so, who breaks no criterion."""
    if cohort.protocol.analysis_set == "enrolled":
        return np.ones(cohort.n_patients, dtype=np.bool_)
    return derive_eligibility(cohort)[-1].remains
