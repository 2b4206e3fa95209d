"""What may leave the room. Nothing is drawn or written that did not pass ``release``.

Closed mode, for signed-in investigators and one's own machine: counts below five are flagged,
nothing is rounded, and every output says that it is not to be passed on. Release mode, for slides
and files that others get: only what ``kinds`` declares, small counts hidden and the others rounded.
The deployment chooses, once, when the program starts.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.errors import NotReleasedError, UsageError
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.paths import DISCLOSURE_VARIABLE, RELEASE
from lupus_outcomes.release.kinds import KINDS
from lupus_outcomes.release.provenance import SEAL, Stamp, hash_table, make_stamp, seal
from lupus_outcomes.release.roles import Kind
from lupus_outcomes.release.rounded import round_table
from lupus_outcomes.release.rounding import round_patients
from lupus_outcomes.release.sentences import tell

# Below this a cell can identify someone; see docs/decisions.md.
SMALLEST_COUNT = 5
Disclosure = Literal["closed", "release"]
CLOSED: Disclosure = "closed"
CLOSED_BANNER = "Closed mode: small counts are shown and flagged. Not for passing on."
RELEASE_BANNER = (
    "Release mode: counts from 1 to 7 are hidden, all others rounded to 5; the rest is computed "
    "from rounded counts."
)
SYNTHETIC_BANNER = "Synthetic data: no real patient, centre or result."
ROUNDED = (
    "Rows with a count from 1 to 7, and what would give one away by subtraction, are left out; "
    "groups are compared only where none of their counts is that small. What is left out is not "
    "none."
)
PATIENT_COLUMNS = frozenset({"patient", "patient_id"})
# Counts as the baseline table writes them, with their share or, of all patients, without.
_WITH_SHARE = re.compile(r"[\d,]+ \(\d+ %\)")
_DIGIT = re.compile(r"\d")
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
        return banners(self.stamp.is_synthetic, self.stamp.disclosure)

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
    *,
    mode: str = CLOSED,
) -> Released:
    """Let a result pass, flagged or rounded, and stamped.

    ``view``: the page's choices in words, ``recipe``: as ids, both for the stamp.

    Raises
    ------
    ValueError
        The table has a column of patients: that is no result, and must not be made one.
    NotReleasedError
        In release mode: the result is not declared for it, or of patients chosen by a filter.
    """
    patients = PATIENT_COLUMNS & set(result.table.columns)
    if patients:
        raise ValueError(f"{result.id} has a column of patients: {', '.join(sorted(patients))}")
    stamp = make_stamp(cohort, selection, mode, view or {}, recipe)
    if mode == CLOSED:
        return Released(result, stamp, find_small_counts(result.table))
    refuse_filters(selection)
    result = _round(result, _declared(result), cohort)
    stamp = replace(stamp, n_patients=round_patients(stamp.n_patients))
    return Released(result, stamp, np.zeros(len(result.table), dtype=np.bool_))


def release_all(
    results: Iterable[Result],
    cohort: Cohort,
    selection: Selection,
    mode: str,
    say: Callable[[str], object] = lambda line: None,
) -> Iterator[Released]:
    """What may be released of these results; ``say`` is told a line of each, also of the others.

    Raises
    ------
    NotReleasedError
        In release mode: the patients were chosen by a filter.
    """
    if mode == RELEASE:
        refuse_filters(selection)
    for result in results:
        try:
            released = release(result, cohort, selection, mode=mode)
        except NotReleasedError as denied:
            say(f"{result.id}: {denied}")
            continue
        if mode == RELEASE and released.table.empty:
            say(f"{result.id}: nothing is left of it in release mode")
            continue
        say(f"{result.id}: {released.result.finding or result.title}")
        yield released


def read_mode(environment: Mapping[str, str]) -> Disclosure:
    """The mode of this deployment.

    Raises
    ------
    UsageError
        It is neither of the two: no guess is made about what may leave the room.
    """
    asked = environment.get(DISCLOSURE_VARIABLE, CLOSED)
    if asked == RELEASE:
        return RELEASE
    if asked != CLOSED:
        raise UsageError(f"{DISCLOSURE_VARIABLE}={asked}: use {CLOSED} or {RELEASE}.")
    return CLOSED


def banners(is_synthetic: bool, mode: str) -> tuple[str, ...]:
    """What every output says about itself."""
    of_mode = RELEASE_BANNER if mode == RELEASE else CLOSED_BANNER
    if not is_synthetic:
        return (of_mode,)
    return (SYNTHETIC_BANNER, of_mode) if mode == RELEASE else (SYNTHETIC_BANNER,)


def refuse_filters(selection: Selection) -> None:
    """Two filters that differ by a few patients would tell those few.

    Raises
    ------
    NotReleasedError
        The patients were chosen by a filter.
    """
    if selection.filters:
        raise NotReleasedError(
            "Filters are not possible in release mode: two of them can tell a few patients by "
            "subtraction. Leave them out, or use closed mode."
        )


def _declared(result: Result) -> Kind:
    if result.id not in KINDS:
        raise NotReleasedError(
            f"“{result.title}” is not available in release mode: what its columns give away "
            "has not been declared. Use closed mode."
        )
    return KINDS[result.id]


def _round(result: Result, kind: Kind, cohort: Cohort) -> Result:
    """The result with its table rounded and every sentence that could carry a number renewed."""
    table = round_table(result, kind)
    finding = tell(table, kind.says, cohort) if kind.says and len(table) else ""
    return replace(
        result,
        finding=finding or f"{result.title}.",
        table=table,
        n_patients=round_patients(result.n_patients),
        notes=(ROUNDED, *(note for note in result.notes if not _DIGIT.search(note))),
        shown=tuple(n for n in result.shown or table.columns if n in kind.released),
    )


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
