"""From simulated arrays to the dataset's tables: names, dates and types of the dictionary."""

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.activity import Values
from lupus_outcomes.data.sample.follow_up import FollowUp
from lupus_outcomes.dictionary import TABLES, spec_of

# Leak tests search what the product sends for this word: see house.md, canary.
PATIENT_ID = "PT-CANARY-{:04d}"


def name_patients(patients: int) -> np.ndarray:
    """Pseudonyms in order of entry."""
    return np.array([PATIENT_ID.format(number) for number in range(1, patients + 1)])


def to_dates(follow_up: FollowUp, patient: np.ndarray, day: Values) -> pd.Series:
    """Calendar dates of days from index; missing where the day is infinite or missing."""
    finite = np.isfinite(day)
    offset = np.where(finite, day, 0).astype("timedelta64[D]")
    date = (follow_up.index_date[patient] + offset).astype("datetime64[ns]")
    return pd.Series(np.where(finite, date, np.datetime64("NaT")))


def shape_table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The dictionary's columns of ``frame`` in the dictionary's order and types.

    Empty text is missing.
    """
    columns = {}
    for column, declared in TABLES[name].columns.items():
        if column in frame:
            columns[column] = _to_type(frame[column], spec_of(declared).kind)
    return pd.DataFrame(columns).reset_index(drop=True)


def _to_type(values: pd.Series, kind: str) -> pd.Series:
    if kind == "boolean":
        return values.astype("boolean")
    if kind == "number":
        return values.astype("float64")
    if kind == "date":
        return values.astype("datetime64[ns]")
    text = values.astype("string")
    return text.mask(text == "")
