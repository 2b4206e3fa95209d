"""Between which numbers a headline lies over all choices, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

import numpy as np

from lupus_outcomes.analysis.result import percent

PRIMARY, HANDLING, LOSS, CENTRE = (
    "primary", "who is counted", "loss to follow-up", "centre left out",
)  # fmt: skip


class Row(NamedTuple):
    """One headline under one choice: a row of the table."""

    headline: str
    choice: str
    option: str
    n: int
    n_events: int
    estimate: float
    ci_low: float
    ci_high: float
    difference: float
    headline_id: str


@dataclass(frozen=True, slots=True)
class Range:
    """The primary analysis of one headline and the choices that give least and most."""

    primary: Row
    low: Row
    high: Row
    n_choices: int

    def in_full(self, of_whom: str) -> str:
        """With the choices that lead to the ends."""
        primary = self.primary
        name = f"{primary.headline}{of_whom}"
        if self.n_choices == 1:
            return f"{name} is {percent(primary.estimate)}; there is no other choice to compare."
        limits = (
            f"; 95 % CI {100 * primary.ci_low:.0f}–{100 * primary.ci_high:.0f}"
            if not isnan(primary.ci_low)
            else ""
        )
        return (
            f"{name} lies between {percent(self.low.estimate)} ({_words(self.low)}) and "
            f"{percent(self.high.estimate)} ({_words(self.high)}) across {self.n_choices} "
            f"choices; the primary analysis gives {percent(primary.estimate)} "
            f"(N {primary.n:,}{limits})."
        )

    @property
    def in_short(self) -> str:
        """The ends and the primary analysis."""
        ends = f"{percent(self.low.estimate)} to {percent(self.high.estimate)}"
        return f"{self.primary.headline} {ends} (primary {percent(self.primary.estimate)})"


def find_range(rows: Sequence[Row]) -> Range | None:
    """Of the rows of one headline; none where the primary analysis cannot be told."""
    told = [row for row in rows if not isnan(row.estimate)]
    if not told or told[0].choice != PRIMARY:
        return None
    in_order = np.argsort([row.estimate for row in told], kind="stable")
    return Range(told[0], told[in_order[0]], told[in_order[-1]], len(told))


def _words(row: Row) -> str:
    if row.choice == PRIMARY:
        return "the primary analysis"
    return f"without {row.option}" if row.choice == CENTRE else row.option
