"""The visits of a block of patients as arrays, previous assessment and baseline at hand."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import (
    find_rows,
    first_rows,
    numbers,
    row_bounds,
    take_conditions,
    take_numbers,
    three_valued,
    three_valued_rows,
)
from lupus_outcomes.derive.courses import Courses
from lupus_outcomes.derive.timepoints import NONE, choose_baseline
from lupus_outcomes.indices import sledai
from lupus_outcomes.indices.glucocorticoid import compute_prednisone_equivalent
from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, Numbers, ThreeValued


@dataclass(frozen=True, slots=True)
class Record:
    """Visits sorted by patient and day; arrays of one length, ``items`` of shape (24, visits).

    ``previous``: row of the last earlier visit of the same patient with an assessed activity, -1
    for none. ``baseline``: row of the patient's baseline visit, -1 for none. ``assumed``: the
    declared value of a column the registry never collects.
    ``courses``: what treatments and admissions of all patients say about a visit.
    """

    frame: pd.DataFrame
    courses: Courses
    weight_kg: Numbers
    assumed: Mapping[str, bool]
    patient: NDArray[np.integer]
    day: NDArray[np.integer]
    starts: NDArray[np.bool_]
    previous: NDArray[np.int64]
    baseline: NDArray[np.int64]
    items: ThreeValued
    sledai_2k: Score
    clinical_sledai: Score
    prednisone_mg_day: Numbers

    def condition(self, name: str) -> ThreeValued:
        """A boolean column, or the value declared for all visits where it is never collected."""
        codes = three_valued(self.frame[name])
        if name in self.assumed:
            return np.where(codes == UNKNOWN, TRUE if self.assumed[name] else FALSE, codes)
        return codes

    def measurement(self, name: str) -> Numbers:
        """A column of measurements, NaN where missing."""
        return numbers(self.frame[name])

    def item(self, name: str) -> ThreeValued:
        """One SLEDAI-2K descriptor."""
        return self.items[sledai.DESCRIPTOR_IDS.index(name)]

    def at(self, rows: NDArray[np.int64], values: Numbers) -> Numbers:
        """A measurement at other rows; NaN where there is no such row."""
        return take_numbers(values, rows)

    def conditions_at(self, rows: NDArray[np.int64], codes: ThreeValued) -> ThreeValued:
        """Conditions at other rows, along the last axis; unknown where there is no such row."""
        return take_conditions(codes, rows)


def read_record(
    tables: Mapping[str, pd.DataFrame],
    courses: Courses,
    assumed: Mapping[str, bool],
    patients: range,
) -> Record:
    """All visits of some patients, who are numbered as in ``tables``."""
    visits = tables["visits"].iloc[find_rows(tables["visits"], patients)]
    patient = visits["patient"].to_numpy() - patients.start
    day = visits["visit_day"].to_numpy()
    recorded_items = three_valued_rows(visits, sledai.DESCRIPTOR_IDS)
    total, clinical = numbers(visits["sledai_2k"]), numbers(visits["clinical_sledai"])
    items = sledai.deduce_items_from_totals(recorded_items, total, clinical)
    has_activity = (recorded_items != UNKNOWN).any(axis=0) | ~(np.isnan(total) & np.isnan(clinical))
    starts = first_rows(patient)
    baseline = choose_baseline(day, row_bounds(patient, len(patients)))
    return Record(
        frame=visits,
        courses=courses,
        weight_kg=numbers(tables["patients"]["weight_kg"])[patient + patients.start],
        assumed=assumed,
        patient=patient + patients.start,
        day=day,
        starts=starts,
        previous=_previous_row(starts, has_activity),
        baseline=baseline[patient],
        items=items,
        sledai_2k=_total(items, recorded_items, total, clinical),
        clinical_sledai=_clinical_total(items, recorded_items, total, clinical),
        prednisone_mg_day=derive_prednisone(visits),
    )


def _total(
    items: ThreeValued, recorded_items: ThreeValued, total: Numbers, clinical: Numbers
) -> Score:
    most = clinical + 2 * sledai.SEROLOGY_WEIGHT
    score = sledai.compute_sledai_2k(items)
    score = sledai.bound_by_other_total(score, clinical, most, recorded_items)
    return sledai.use_recorded(score, total, recorded_items)


def _clinical_total(
    items: ThreeValued, recorded_items: ThreeValued, total: Numbers, clinical: Numbers
) -> Score:
    least = total - 2 * sledai.SEROLOGY_WEIGHT
    score = sledai.compute_clinical_sledai(items)
    score = sledai.bound_by_other_total(score, least, total, recorded_items)
    return sledai.use_recorded(score, clinical, recorded_items)


def _previous_row(starts: NDArray[np.bool_], counts: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The last earlier row of the same patient that counts; -1 for none."""
    rows = np.arange(len(starts))
    last = np.maximum.accumulate(np.where(counts, rows, NONE)) if len(rows) else rows
    earlier = np.concatenate([[NONE], last[:-1]]).astype(np.int64)[: len(rows)]
    first_of_patient = np.maximum.accumulate(np.where(starts, rows, 0)) if len(rows) else rows
    return np.where(earlier >= first_of_patient, earlier, NONE)


def derive_prednisone(visits: pd.DataFrame) -> Numbers:
    """Prednisone equivalent at the visit, mg/day; converted from another drug where it is empty."""
    dose = numbers(visits["prednisone_mg_day"])
    drug = visits["glucocorticoid_drug"]
    to_convert = np.isnan(dose) & drug.notna().to_numpy()
    if not to_convert.any():
        return dose
    dose, recorded = dose.copy(), numbers(visits["glucocorticoid_mg_day"])
    position = drug.cat.codes.to_numpy()
    for code, name in enumerate(drug.cat.categories):
        rows = to_convert & (position == code)
        dose[rows] = compute_prednisone_equivalent(name, recorded[rows])
    return dose
