"""Delimited text as pandas writes it, many times faster: every distinct cell is written once."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Not a lone carriage return: pandas leaves it as it is.
TO_BE_QUOTED = (",", '"', "\n")


NUMBERS = (np.dtype("float64"), np.dtype("int64"))


def write_csv(table: pd.DataFrame) -> str:
    """As pandas would write it without the index, character for character."""
    if table.shape[1] < 2 or not all(is_plain(table[name]) for name in table.columns):
        # A lone empty cell is quoted, other types have formats of their own.
        return table.to_csv(index=False, lineterminator="\n")
    columns = [_cells(table[name]) for name in table.columns]
    header = ",".join(_quoted(str(name)) for name in table.columns)
    return "\n".join([header, *map(",".join, zip(*columns, strict=True)), ""])


def is_plain(cells: pd.Series) -> bool:
    """Numbers of 64 bits, or text and nothing else."""
    is_number = isinstance(cells.dtype, np.dtype) and cells.dtype in NUMBERS
    return is_number or is_all_text(cells)


def is_all_text(cells: pd.Series) -> bool:
    """Text, be some of it missing."""
    return cells.dtype == object and pd.api.types.infer_dtype(cells, skipna=True) in (
        "string",
        "empty",
    )


def _cells(cells: pd.Series) -> list[str]:
    values = cells.to_numpy()
    if cells.dtype == "float64":
        # By their bits: 0 and -0 are equal, and written differently.
        codes, distinct = pd.factorize(values.view("int64"))
        said = [_number(value) for value in distinct.view("float64").tolist()]
    elif cells.dtype == object:
        codes, distinct = pd.factorize(values)
        said = [*(_quoted(cell) for cell in distinct), ""]
    else:
        codes, distinct = pd.factorize(values)
        said = [str(value) for value in distinct.tolist()]
    return _take(said, codes)


def _take(said: list[str], codes: NDArray) -> list[str]:
    # Position -1, a missing cell, takes the last.
    return list(map(said.__getitem__, codes.tolist()))


def _number(value: float) -> str:
    return "" if value != value else repr(value)


def _quoted(cell: str) -> str:
    if any(mark in cell for mark in TO_BE_QUOTED):
        return '"' + cell.replace('"', '""') + '"'
    return cell
