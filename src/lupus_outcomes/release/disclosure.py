"""What may leave the room. Nothing is drawn or written that did not pass ``release``.

Closed mode, for signed-in investigators and one's own machine: counts below five are flagged,
nothing is rounded, and every output says that it is not to be passed on.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.release.provenance import SEAL, Stamp, hash_table, make_stamp, seal

# Below this a cell can identify someone; see docs/decisions.md.
SMALLEST_COUNT = 5
CLOSED = "closed"
CLOSED_BANNER = "Closed mode: small counts are shown and flagged. Not for passing on."
SYNTHETIC_BANNER = "Synthetic data: no real patient, centre or result."
PATIENT_COLUMNS = frozenset({"patient", "patient_id"})
# Counts as the baseline table writes them, with their share or, of all patients, without.
_WITH_SHARE = re.compile(r"[\d,]+ \(\d+ %\)")
_COUNT = re.compile(r"([\d,]+)(?: \(\d+ %\))?$")


@dataclass(frozen=True)
class Released:
    """A result that may be shown, with its stamp. ``is_small``: rows with a count from 1 to 4."""

    result: Result
    stamp: Stamp
    is_small: NDArray[np.bool_]

    @property
    def table(self) -> pd.DataFrame:
        """The released table."""
        return self.result.table

    @property
    def banners(self) -> tuple[str, ...]:
        """What every output of this result says about itself."""
        return (SYNTHETIC_BANNER,) if self.stamp.is_synthetic else (CLOSED_BANNER,)

    def stamp_as_dict(self) -> dict[str, Any]:
        """The stamp as it is written to files, with what was found and a hash of the table."""
        content = self.stamp.as_dict() | {
            "id": self.stamp.id,
            "finding": self.result.finding,
            "table_sha256": hash_table(self.table),
        }
        return content | {SEAL: seal(content)}

    def stamp_as_json(self) -> str:
        """The same as a JSON document."""
        return json.dumps(self.stamp_as_dict(), indent=1, ensure_ascii=False) + "\n"


def release(
    result: Result,
    cohort: Cohort,
    selection: Selection,
    view: Mapping[str, str] | None = None,
    recipe: Mapping[str, Any] | None = None,
) -> Released:
    """Let a result pass, flagged and stamped.

    ``view``: the page's choices in words, ``recipe``: as ids, both for the stamp.

    Raises
    ------
    ValueError
        The table has a column of patients: that is no result, and must not be made one.
    """
    patients = PATIENT_COLUMNS & set(result.table.columns)
    if patients:
        raise ValueError(f"{result.id} has a column of patients: {', '.join(sorted(patients))}")
    stamp = make_stamp(cohort, selection, CLOSED, view or {}, recipe)
    return Released(result, stamp, find_small_counts(result.table))


def find_small_counts(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Rows in which some count of patients is from 1 to 4, be it written with its share."""
    is_small = np.zeros(len(table), dtype=np.bool_)
    for name, column in table.items():
        is_count = name in ("n", "responders") or str(name).startswith("n_")
        if is_count and column.dtype.kind in "iuf":
            is_small |= _is_small(column.to_numpy(np.float64))
        elif is_count:
            is_small |= _is_small(pd.to_numeric(column, errors="coerce").to_numpy(np.float64))
        elif column.dtype == object:
            is_small |= _is_small(_counts_in_words(column.tolist()))
    return is_small


def _is_small(counts: Numbers) -> NDArray[np.bool_]:
    return (counts > 0) & (counts < SMALLEST_COUNT)


def _counts_in_words(cells: list[object]) -> Numbers:
    """Counts of a column that holds such as ``3 (12 %)``; NaN elsewhere."""
    words = [cell if isinstance(cell, str) else "" for cell in cells]
    if not any(word.endswith(" %)") and _WITH_SHARE.fullmatch(word) for word in words):
        return np.full(len(words), np.nan)
    found = map(_COUNT.match, words)
    return np.array([float(f[1].replace(",", "")) if f else np.nan for f in found])
