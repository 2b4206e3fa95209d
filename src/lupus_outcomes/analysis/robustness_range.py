"""Between which numbers a headline lies over all choices, in words."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from lupus_outcomes.analysis.result import percent

PRIMARY, HANDLING, LOSS, CENTRE = (
    "primary", "who is counted", "loss to follow-up", "centre left out",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Range:
    """The primary analysis of one headline and the choices that give least and most; rows."""

    primary: Any
    low: Any
    high: Any
    n_choices: int

    def in_full(self, of_whom: str) -> str:
        """With the choices that lead to the ends."""
        primary = self.primary
        name = f"{primary.headline}{of_whom}"
        if self.n_choices == 1:
            return f"{name} is {percent(primary.estimate)}; there is no other choice to compare."
        limits = (
            f"; 95 % CI {100 * primary.ci_low:.0f}–{100 * primary.ci_high:.0f}"
            if pd.notna(primary.ci_low)
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


def find_range(table: pd.DataFrame) -> Range | None:
    """Of the rows of one headline; none where the primary analysis cannot be told."""
    rows = [row for row in table.itertuples() if pd.notna(row.estimate)]
    if not rows or rows[0].choice != PRIMARY:
        return None
    in_order = table["estimate"].dropna().argsort().tolist()
    return Range(rows[0], rows[in_order[0]], rows[in_order[-1]], len(rows))


def _words(row: Any) -> str:
    if row.choice == PRIMARY:
        return "the primary analysis"
    return f"without {row.option}" if row.choice == CENTRE else str(row.option)
