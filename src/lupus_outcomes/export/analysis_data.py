"""Rows ready to be analysed elsewhere: a table of patients, and one of patients by time points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.export.patient_variables import patient_variables
from lupus_outcomes.export.timepoint_variables import timepoint_variables
from lupus_outcomes.export.variables import Variable, number
from lupus_outcomes.release.row_level import KNOWN_TO_OTHERS, find_withheld


@dataclass(frozen=True, slots=True)
class AnalysisData:
    """The two tables. ``withheld``: how many patients have each characteristic withheld.

    ``group``: the variable that the selection is grouped by, empty where rows do not tell it.
    """

    patients: tuple[Variable, ...]
    timepoints: tuple[Variable, ...]
    withheld: dict[str, int]
    group: str

    @property
    def n_patients(self) -> int:
        """Rows of the table of patients."""
        return len(self.patients[0].values)


def derive_analysis_data(cohort: Cohort, selection: Selection) -> AnalysisData:
    """Rows of the selected patients, numbered anew, with what could identify them withheld.

    Raises
    ------
    UsageError
        Fewer patients are selected than may be told by row.
    """
    who = np.flatnonzero(selection.members)
    patients = [v.take(who) for v in patient_variables(cohort)]
    known = [v for name in KNOWN_TO_OTHERS for v in patients if v.name == name]
    codes = np.array([np.nan_to_num(v.values, nan=-1).astype(np.int64) for v in known])
    hidden = find_withheld(codes.reshape(len(known), len(who)))
    by_name = {v.name: row for v, row in zip(known, hidden, strict=True)}
    told = [v.without(by_name[v.name]) if v.name in by_name else v for v in patients]
    order = _order(told)
    running, rows = np.arange(1, len(who) + 1), who[order]
    n_times = 1 + len(cohort.protocol.timepoints)
    long_rows = (rows[:, np.newaxis] * n_times + np.arange(n_times)).ravel()
    return AnalysisData(
        patients=(_number_of(running), *(v.take(order) for v in told)),
        timepoints=(
            _number_of(np.repeat(running, n_times)),
            *(v.take(long_rows) for v in timepoint_variables(cohort)),
        ),
        withheld={name: int(row.sum()) for name, row in by_name.items()},
        group=_usable_group(selection, patients, by_name),
    )


def _order(variables: list[Variable]) -> NDArray[np.intp]:
    """An order that says nothing of the registry's own: by what is told anyway."""
    return np.lexsort([np.nan_to_num(v.values, nan=-1) for v in reversed(variables)])


def _usable_group(
    selection: Selection, patients: list[Variable], withheld: dict[str, NDArray[np.bool_]]
) -> str:
    group = selection.groups[1].group if len(selection.groups) > 1 else ""
    is_told = not selection.groups_overlap and any(v.name == group for v in patients)
    is_whole = group not in withheld or not withheld[group].any()
    return group if is_told and is_whole else ""


def _number_of(running: NDArray[np.integer]) -> Variable:
    return number("patient", "Patient, a running number", running)
