"""What is wrong with a dataset, said so that it can be mended: place, rule, way out; no value."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Severity = Literal["error", "set_aside", "query"]
SEVERITIES: tuple[Severity, ...] = ("error", "set_aside", "query")
SEVERITY_WORDS = {
    "error": "the dataset is refused",
    "set_aside": "the value is taken as unknown",
    "query": "kept, to be looked at",
}
ROWS_SHOWN = 10
CORRECT = "Correct it in the source."


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that some rows of a table break.

    ``rows`` are numbered as a spreadsheet numbers them: the header is row 1. Empty for a whole
    file.
    """

    severity: Severity
    rule: str
    table: str
    column: str
    rows: tuple[int, ...]
    message: str
    way_out: str

    @property
    def line(self) -> str:
        """Everything on one line, the rows shortened."""
        where = ".".join(part for part in (self.table, self.column) if part)
        stop = "" if self.message.endswith("?") else "."
        return f"{where}{rows_in_words(self.rows)}: {self.message}{stop} {self.way_out}"


def rows_in_words(rows: tuple[int, ...]) -> str:
    """``, row 4`` or ``, rows 4, 9, 12 and 230 more``; nothing for a whole file."""
    if not rows:
        return ""
    shown = ", ".join(str(row) for row in rows[:ROWS_SHOWN])
    more = f" and {len(rows) - ROWS_SHOWN:,} more" if len(rows) > ROWS_SHOWN else ""
    return f", row{'s' if len(rows) > 1 else ''} {shown}{more}"


def row_numbers(is_bad: NDArray[np.bool_]) -> tuple[int, ...]:
    """Spreadsheet rows of the true positions."""
    return tuple((np.flatnonzero(is_bad) + 2).tolist())


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then what was set aside, then queries; otherwise in the order found."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def find(
    severity: Severity,
    rule: str,
    table: str,
    column: str,
    is_bad: pd.Series | NDArray[np.bool_],
    message: str,
    way_out: str = CORRECT,
) -> tuple[Finding, ...]:
    """One finding with the rows that are bad, none where no row is; unknown is not bad."""
    rows = row_numbers(as_mask(is_bad))
    if not rows:
        return ()
    return (Finding(severity, rule, table, column, rows, message, way_out),)


def as_mask(condition: pd.Series | NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A condition of any kind as plain booleans; unknown is false."""
    if isinstance(condition, np.ndarray) and condition.dtype == np.bool_:
        return condition
    return pd.Series(condition).astype("boolean").to_numpy(dtype=np.bool_, na_value=False)


refuse = partial(find, "error")
lay_aside = partial(find, "set_aside")
query = partial(find, "query")


def find_whole(
    severity: Severity, rule: str, table: str, column: str, message: str, way_out: str
) -> Finding:
    """A finding about a whole file or column."""
    return Finding(severity, rule, table, column, (), message, way_out)
