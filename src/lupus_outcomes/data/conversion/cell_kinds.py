"""Cells of one column in the form the dataset keeps them in, by the kind of the column."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lupus_outcomes.data.numbers_text import parse_numbers
from lupus_outcomes.data.write import to_text
from lupus_outcomes.dictionary import Spec

BOOLEANS = dict.fromkeys(("true", "1", "yes"), "true") | dict.fromkeys(
    ("false", "0", "no"), "false"
)
TIME_OF_DAY = r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?$"
ISO_DATE = "%Y-%m-%d"
# pandas takes "today" and "now" for dates whatever the format, and would read the clock.
HAS_DIGIT = r"[0-9]"
# Nobody alive was diagnosed before, and no registry plans beyond; differences stay within bounds.
EARLIEST_DATE, LATEST_DATE = pd.Timestamp("1900-01-01"), pd.Timestamp("2199-12-31")
# A product of two decimals has no more digits than this, and no binary dust.
SIGNIFICANT_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Normalised:
    """Cells as the dataset writes them; refused ones are empty, ambiguous numbers among them."""

    text: pd.Series
    is_refused: np.ndarray
    is_ambiguous: np.ndarray


def normalise(
    cells: pd.Series,
    spec: Spec,
    *,
    date_format: str = "",
    file_mark: str | None = None,
    column_mark: str | None = None,
    scale: np.ndarray | float = 1.0,
) -> Normalised:
    """Text of any spelling as text of the dataset's spelling.

    Parameters
    ----------
    cells : Series of str, length n
        Empty for unknown.
    spec : Spec
        The column's declaration; ``kind`` decides what is understood.
    date_format : str, optional
        As ``strptime`` has it, where dates are not ISO 8601.
    file_mark, column_mark : "." or ",", optional
        Decimal mark of the file; of the column, where it is known.
    scale : float or array of n floats
        Factor into the unit of the dictionary; NaN where it is unknown.
    """
    if spec.kind == "number":
        return _numbers(cells, file_mark, column_mark, scale)
    codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
    words = pd.Series(distinct, dtype=object)
    if spec.kind == "boolean":
        known = words.str.casefold().map(BOOLEANS)
    elif spec.kind == "date":
        known = as_iso_dates(words, date_format)
    elif spec.kind == "code":
        known = words.str.casefold().map({code.casefold(): code for code in spec.codes})
    else:
        known = words
    known = known.astype(object).where(known.notna(), "").to_numpy()
    is_refused = (known == "") & (distinct != "")
    nothing = np.zeros(len(cells), dtype=bool)
    return Normalised(pd.Series(known[codes], cells.index), is_refused[codes], nothing)


def as_iso_dates(words: pd.Series, date_format: str = "") -> pd.Series:
    """Dates as ISO 8601, the time of day dropped; missing where a word is no date."""
    return read_dates(words, date_format).dt.strftime(ISO_DATE)


def read_dates(words: pd.Series, date_format: str = "") -> pd.Series:
    """Dates of words, the time of day dropped; NaT where a word is no date of our centuries."""
    days = words.str.replace(TIME_OF_DAY, "", regex=True)
    days = days.where(days.str.contains(HAS_DIGIT, regex=True).astype(bool))
    dates = pd.to_datetime(days, format=date_format or ISO_DATE, errors="coerce")
    return dates.where(dates.between(EARLIEST_DATE, LATEST_DATE))


def _numbers(
    cells: pd.Series, file_mark: str | None, column_mark: str | None, scale: np.ndarray | float
) -> Normalised:
    parsed = parse_numbers(cells, file_mark=file_mark, column_mark=column_mark)
    numbers = parsed.values
    if np.any(np.asarray(scale) != 1.0):
        numbers = _round(numbers * scale)
    text = to_text(pd.Series(numbers, cells.index))
    return Normalised(text, parsed.is_not_number, parsed.is_ambiguous)


def _round(numbers: np.ndarray) -> np.ndarray:
    codes, distinct = pd.factorize(numbers)
    rounded = [float(f"{number:.{SIGNIFICANT_DIGITS}g}") for number in distinct]
    return np.array([*rounded, np.nan])[codes]
