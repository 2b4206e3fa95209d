"""Numbers as people type them: the decimal mark is told column by column, never guessed.

``0,15`` and ``12,8`` can only have a decimal comma, ``1,250.5`` only a decimal point. ``1,250`` can
be either, so it needs a witness: another value of its column, or the unanimous rest of the file.
Without one it is refused. ``1.250`` is read with the decimal point unless a witness says otherwise,
because that is what every machine writes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

POINT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}")
GROUPED = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]+|(?:\.[0-9]{3})+,[0-9]+"
    r"|,[0-9]{3}(?:,[0-9]{3})+|\.[0-9]{3}(?:\.[0-9]{3})+)"
)


class ParsedNumbers(NamedTuple):
    """One column of numbers; empty cells are NaN and refused nowhere.

    ``values`` are float64 with NaN for unknown. ``is_not_number`` marks filled cells that are no
    number; ``is_ambiguous`` those among them that would be one if the decimal mark were known.
    """

    values: np.ndarray
    is_not_number: np.ndarray
    is_ambiguous: np.ndarray


@dataclass(frozen=True, slots=True)
class _Evidence:
    certain: frozenset[str]
    ambiguous: frozenset[str]

    def mark(self) -> str | None:
        """The column's decimal mark where its values agree on one."""
        if self.certain:
            return next(iter(self.certain)) if len(self.certain) == 1 else None
        return "." if self.ambiguous == {"."} else None


def detect_decimal_mark(values: pd.Series) -> str | None:
    """``"."``, ``","`` or None where the values are whole, ambiguous or contradict each other."""
    return _weigh(pd.unique(values)).mark()


def detect_file_mark(marks: Iterable[str | None]) -> str | None:
    """The decimal mark of a file from those of its columns: only a unanimous one counts."""
    known = {mark for mark in marks if mark}
    return known.pop() if len(known) == 1 else None


def parse_numbers(
    values: pd.Series, *, file_mark: str | None = None, column_mark: str | None = None
) -> ParsedNumbers:
    """Numbers of one column of text.

    Parameters
    ----------
    values : Series of str, length n
        Surrounding blanks, a leading sign and an exponent are accepted; ``inf``, ``nan``, ``<5``
        and units are not.
    file_mark : "." or ",", optional
        Decimal mark of the rest of the file; a comma settles ``1,250`` where its column does not.
    column_mark : "." or ",", optional
        Decimal mark of this column, where somebody who knows has said it.

    Returns
    -------
    ParsedNumbers
        Three arrays of length n.
    """
    codes, distinct = pd.factorize(values.to_numpy(dtype=object))
    has_comma = "," in (file_mark, column_mark)
    machine_written = None if has_comma else _read_machine_written(distinct)
    if machine_written is not None:
        nothing = np.zeros(len(values), dtype=bool)
        return ParsedNumbers(machine_written[codes], nothing, nothing)
    evidence = _Evidence(frozenset(column_mark), frozenset()) if column_mark else _weigh(distinct)
    numbers = np.full(len(distinct) + 1, np.nan)
    is_filled = np.zeros(len(distinct) + 1, dtype=bool)
    is_ambiguous = np.zeros(len(distinct) + 1, dtype=bool)
    for position, cell in enumerate(distinct):
        text = cell.strip()
        is_filled[position] = bool(text)
        is_ambiguous[position] = _is_undecided(text, evidence, file_mark)
        if text and not is_ambiguous[position]:
            numbers[position] = _number(text, evidence, file_mark)
    is_refused = is_filled & np.isnan(numbers)
    # factorize gives −1 to missing cells, which is the spare last place.
    return ParsedNumbers(numbers[codes], is_refused[codes], is_ambiguous[codes])


def _read_machine_written(distinct: np.ndarray) -> np.ndarray | None:
    """Every cell at once, where all are empty or leave no doubt; None where one does not."""
    numbers = np.full(len(distinct) + 1, np.nan)
    for position, cell in enumerate(distinct):
        if POINT.fullmatch(text := cell.strip()):
            numbers[position] = float(text)
        elif text:
            return None
    return None if np.isinf(numbers).any() else numbers


def _weigh(distinct: Iterable[str]) -> _Evidence:
    certain, ambiguous = set(), set()
    for cell in distinct:
        if not isinstance(cell, str) or ("." not in cell and "," not in cell):
            continue
        text = cell.strip()
        if doubt := AMBIGUOUS.fullmatch(text):
            ambiguous.add(doubt.group(1))
        elif PLAIN.fullmatch(text):
            certain.add("," if "," in text else ".")
        elif GROUPED.fullmatch(text):
            certain.add(_decimal_mark_of_grouped(text))
    return _Evidence(frozenset(certain), frozenset(ambiguous))


def _decimal_mark_of_grouped(text: str) -> str:
    if "," in text and "." in text:
        return "," if text.rfind(",") > text.rfind(".") else "."
    return "." if "," in text else ","


def _is_undecided(text: str, evidence: _Evidence, file_mark: str | None) -> bool:
    doubt = AMBIGUOUS.fullmatch(text)
    return bool(doubt) and _mark_for(doubt.group(1), evidence, file_mark) is None


def _mark_for(separator: str, evidence: _Evidence, file_mark: str | None) -> str | None:
    """The decimal mark to read an ambiguous value with, or None where nobody can tell."""
    if evidence.certain:
        return evidence.mark()
    if separator == ".":
        return None if file_mark == "," else "."
    # A file that uses points elsewhere does not settle it: one column with commas is common.
    return "," if file_mark == "," else None


def _number(text: str, evidence: _Evidence, file_mark: str | None) -> float:
    if doubt := AMBIGUOUS.fullmatch(text):
        mark = _mark_for(doubt.group(1), evidence, file_mark)
    elif PLAIN.fullmatch(text):
        mark = "," if "," in text else "."
    elif GROUPED.fullmatch(text):
        mark = _decimal_mark_of_grouped(text)
    else:
        return np.nan
    grouping = "." if mark == "," else ","
    number = float(text.replace(grouping, "").replace(mark or ".", "."))
    return number if np.isfinite(number) else np.nan
