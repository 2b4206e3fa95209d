"""Columns of frames as the arrays the indices work on, and back."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, Numbers, ThreeValued


def three_valued(column: pd.Series) -> ThreeValued:
    """A nullable boolean column as int8: 1 true, 0 unknown, -1 false."""
    # Values and mask as pandas keeps them: every public way copies both.
    values, is_missing = column.array._data, column.array._mask
    # Twice the truth less one is 1 or -1; times whether it is known leaves 0 for missing.
    return (values.view(np.int8) * np.int8(2) - np.int8(1)) * ~is_missing


def three_valued_rows(frame: pd.DataFrame, names: tuple[str, ...]) -> ThreeValued:
    """Several nullable boolean columns, one a row: int8, shape (names, rows of the frame)."""
    rows = np.empty((len(names), len(frame)), dtype=np.int8)
    for row, name in zip(rows, names, strict=True):
        row[:] = three_valued(frame[name])
    return rows


def nullable_boolean(codes: ThreeValued) -> pd.arrays.BooleanArray:
    """Three-valued codes as pandas' nullable boolean: unknown becomes missing."""
    return pd.arrays.BooleanArray(codes == TRUE, codes == UNKNOWN)


def take_conditions(codes: ThreeValued, rows: NDArray[np.int64]) -> ThreeValued:
    """Conditions at other rows, along the last axis; unknown at row -1, which is none."""
    if not codes.shape[-1]:
        return np.full((*codes.shape[:-1], *rows.shape), UNKNOWN)
    # Faster than indexing: -1 wraps around to a row whose answer, times false, is unknown.
    return codes.take(rows, axis=-1, mode="wrap") * (rows >= 0)


def take_numbers(values: NDArray, rows: NDArray[np.int64]) -> Numbers:
    """Measurements at other rows; NaN at row -1, which is none."""
    if not len(values):
        return np.full(rows.shape, np.nan)
    return np.where(rows < 0, np.nan, values.take(rows, mode="wrap"))


def numbers(column: pd.Series) -> Numbers:
    """A column of measurements as floats with NaN for missing; not to be changed in place."""
    if column.dtype == np.float64:
        return column.to_numpy()
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def is_code(column: pd.Series, *codes: str) -> ThreeValued:
    """Whether a code is one of those named; three-valued, missing is unknown."""
    answers = [TRUE if category in codes else FALSE for category in column.cat.categories]
    # Position -1, a missing code, takes the last.
    return np.array([*answers, UNKNOWN], dtype=np.int8)[column.cat.codes.to_numpy()]


def find_rows(frame: pd.DataFrame, patients: range) -> slice:
    """The rows of consecutive patients in a table sorted by patient."""
    patient = frame["patient"].to_numpy()
    # Limits of a wider type would have the whole column converted, for each block anew.
    limits = np.array([patients.start, patients.stop], dtype=patient.dtype)
    return slice(*np.searchsorted(patient, limits).tolist())


def first_rows(patient: NDArray[np.integer]) -> NDArray[np.bool_]:
    """True where a new patient begins, in rows sorted by patient."""
    starts = np.ones(len(patient), dtype=np.bool_)
    starts[1:] = patient[1:] != patient[:-1]
    return starts


def row_bounds(patient: NDArray[np.integer], n_patients: int) -> NDArray[np.int64]:
    """Rows ``bounds[p]`` to ``bounds[p + 1]`` belong to patient ``p``; rows sorted by patient."""
    return np.searchsorted(patient, np.arange(n_patients + 1)).astype(np.int64)
