"""Columns of frames as the arrays the indices work on, and back."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, Numbers, ThreeValued


def three_valued(column: pd.Series) -> ThreeValued:
    """A nullable boolean column as int8: 1 true, 0 unknown, -1 false."""
    codes = column.to_numpy(dtype=np.bool_, na_value=False).view(np.int8) * np.int8(2) - np.int8(1)
    codes[column.isna().to_numpy()] = UNKNOWN
    return codes


def three_valued_rows(frame: pd.DataFrame, names: tuple[str, ...]) -> ThreeValued:
    """Several nullable boolean columns, one a row: int8, shape (names, rows of the frame)."""
    rows = np.empty((len(names), len(frame)), dtype=np.int8)
    for row, name in zip(rows, names, strict=True):
        row[:] = three_valued(frame[name])
    return rows


def nullable_boolean(codes: ThreeValued) -> pd.arrays.BooleanArray:
    """Three-valued codes as pandas' nullable boolean: unknown becomes missing."""
    return pd.arrays.BooleanArray(codes == TRUE, codes == UNKNOWN)


def numbers(column: pd.Series) -> Numbers:
    """A column of measurements as floats with NaN for missing."""
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def is_code(column: pd.Series, *codes: str) -> ThreeValued:
    """Whether a code is one of those named; three-valued, missing is unknown."""
    wanted = column.isin(codes).to_numpy(dtype=np.bool_)
    return np.where(column.isna().to_numpy(), UNKNOWN, np.where(wanted, TRUE, FALSE)).astype(
        np.int8
    )


def first_rows(patient: NDArray[np.integer]) -> NDArray[np.bool_]:
    """True where a new patient begins, in rows sorted by patient."""
    starts = np.ones(len(patient), dtype=np.bool_)
    starts[1:] = patient[1:] != patient[:-1]
    return starts


def row_bounds(patient: NDArray[np.integer], n_patients: int) -> NDArray[np.int64]:
    """Rows ``bounds[p]`` to ``bounds[p + 1]`` belong to patient ``p``; rows sorted by patient."""
    return np.searchsorted(patient, np.arange(n_patients + 1)).astype(np.int64)
