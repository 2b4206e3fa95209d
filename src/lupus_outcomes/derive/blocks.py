"""Deriving a few thousand patients at a time.

A block is small enough for a processor's cache, so that the cost of a patient does not grow with
the registry, and large enough for numpy's overhead to vanish. Two threads share the work: numpy
lets go of the interpreter while it computes.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from threading import Lock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.characteristics import read_baseline
from lupus_outcomes.derive.columns import find_rows, row_bounds
from lupus_outcomes.derive.courses import Courses, read_courses
from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.derive.outcomes import Outcome, VisitColumns, derive_outcome
from lupus_outcomes.derive.record import read_record
from lupus_outcomes.derive.timepoints import NONE, Timepoints, choose_baseline, derive_timepoints
from lupus_outcomes.derive.visits import Columns, Definitions, derive_visit_states
from lupus_outcomes.protocol import Endpoint, TimePoint

BLOCK_PATIENTS = 4_096
THREADS = 2
# Arrays of patients that hold rows of visits.
ROWS = ("baseline", "visit", "carry_limit")


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from the visits: states a visit each, the rest a patient each.

    ``baseline``: row of each patient's baseline visit, -1 for none; ``at_baseline``: what was
    measured there.
    """

    states: Columns
    baseline: NDArray[np.int64]
    at_baseline: Columns
    timepoints: Timepoints
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Task:
    """What every block is derived from and for."""

    tables: Mapping[str, pd.DataFrame]
    courses: Courses
    assumptions: Mapping[str, bool]
    definitions: Definitions
    follow_up: FollowUp
    timepoints: tuple[TimePoint, ...]
    endpoints: Sequence[Endpoint]


def derive_in_blocks(
    tables: Mapping[str, pd.DataFrame],
    assumptions: Mapping[str, bool],
    definitions: Definitions,
    follow_up: FollowUp,
    timepoints: tuple[TimePoint, ...],
    endpoints: Sequence[Endpoint],
) -> Derived:
    """States, time points and outcomes of all patients of a dataset."""
    courses = read_courses(tables, definitions.flare.severe_drugs)
    task = Task(tables, courses, assumptions, definitions, follow_up, timepoints, endpoints)
    n_patients = len(tables["patients"])
    blocks = [
        range(first, min(first + BLOCK_PATIENTS, n_patients))
        for first in range(0, max(n_patients, 1), BLOCK_PATIENTS)
    ]
    if len(blocks) == 1:
        return _derive_block(task, blocks[0])
    joined = _Joined(task)
    with ThreadPoolExecutor(THREADS) as threads:
        # Each thread puts its own blocks in place, so that none waits for another.
        for _ in threads.map(lambda block: joined.add(block, _derive_block(task, block)), blocks):
            pass
    return joined.whole()


def _derive_block(task: Task, patients: range) -> Derived:
    record = read_record(task.tables, task.courses, task.assumptions, patients)
    states = derive_visit_states(record, task.definitions)
    bounds = row_bounds(record.patient - patients.start, len(patients))
    follow_up = task.follow_up.of(patients)
    baseline = choose_baseline(record.day, bounds)
    timepoints = derive_timepoints(record.day, bounds, follow_up, task.timepoints)
    columns = VisitColumns(record.frame, states, task.tables["patients"])
    stop_day = follow_up.stop_day[record.patient - patients.start]
    on_drug_after_start = (record.day > 0) & ~(record.day > stop_day)
    outcomes = {
        endpoint.id: derive_outcome(
            endpoint, columns, bounds, baseline, on_drug_after_start, timepoints
        )
        for endpoint in task.endpoints
    }
    measured = read_baseline(record.frame, states, baseline)
    # Rows of this block, which mean nothing outside it.
    del states["baseline"]
    return Derived(states, baseline, measured, timepoints, outcomes)


class _Joined:
    """Arrays of the whole, filled block by block; rows of a block become rows of the whole."""

    def __init__(self, task: Task):
        self._task = task
        self._visits = task.tables["visits"]
        self._arrays: dict[tuple[str, ...], NDArray] = {}
        self._making = Lock()

    def add(self, patients: range, block: Derived) -> None:
        rows = find_rows(self._visits, patients)
        for name, values in block.states.items():
            self._put(("state", name), values, rows, len(self._visits))
        of_patients = slice(patients.start, patients.stop)
        for key, values in _of_patients(block).items():
            shifted = _shifted(values, rows.start) if key[-1] in ROWS else values
            self._put(key, shifted, of_patients, len(self._task.tables["patients"]))

    def _put(self, key: tuple[str, ...], values: NDArray, rows: slice, n_rows: int) -> None:
        with self._making:
            if key not in self._arrays:
                self._arrays[key] = np.empty((*values.shape[:-1], n_rows), dtype=values.dtype)
        self._arrays[key][..., rows] = values

    def whole(self) -> Derived:
        of, task = self._arrays, self._task
        timepoints = {f.name: of["timepoint", f.name] for f in fields(Timepoints)[1:]}
        return Derived(
            states={name: values for (kind, name, *_), values in of.items() if kind == "state"},
            baseline=of["patient", "baseline"],
            at_baseline={
                name: of[key] for key in of if key[0] == "at_baseline" for name in key[1:]
            },
            timepoints=Timepoints(task.timepoints, **timepoints),
            outcomes={
                endpoint.id: Outcome(
                    **{f.name: of["outcome", endpoint.id, f.name] for f in fields(Outcome)}
                )
                for endpoint in task.endpoints
            },
        )


def _of_patients(block: Derived) -> dict[tuple[str, ...], NDArray]:
    arrays: dict[tuple[str, ...], NDArray] = {("patient", "baseline"): block.baseline}
    arrays |= {("at_baseline", name): values for name, values in block.at_baseline.items()}
    for f in fields(Timepoints)[1:]:
        arrays["timepoint", f.name] = getattr(block.timepoints, f.name)
    for name, outcome in block.outcomes.items():
        for f in fields(Outcome):
            arrays["outcome", name, f.name] = getattr(outcome, f.name)
    return arrays


def _shifted(rows: NDArray[np.int64], first: int) -> NDArray[np.int64]:
    return np.where(rows == NONE, NONE, rows + first)
