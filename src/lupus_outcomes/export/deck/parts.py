"""What slides are made of: tables in words, lines and bars with their limits, looks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lupus_outcomes.charts.attainment import MEANING
from lupus_outcomes.charts.slide_content import Grid, Line, Part
from lupus_outcomes.charts.style import Shade
from lupus_outcomes.export.deck.content import Slide, as_grid
from lupus_outcomes.export.words import readable
from lupus_outcomes.protocol import Protocol
from lupus_outcomes.release.disclosure import Released

SHARE = "Share of patients"
Block = tuple[str, pd.DataFrame]
# A colour, and whether its line is dashed.
Look = tuple[Shade, bool]
MOST_ROWS, MOST_BARS, MOST_BESIDE = 14, 10, 4


@dataclass(frozen=True)
class Sources:
    """Where slides have their results from: a page's caches, or computed for the command line.

    ``robustness`` is of one headline number or, without a name, of all; ``prediction`` gives none
    where the question cannot be put.
    """

    protocol: Protocol
    result: Callable[..., Released]
    robustness: Callable[..., Released]
    prediction: Callable[[str], Released | None]


Maker = Callable[[Sources], Slide | None]


def words_grid(
    released: Released, columns: Sequence[str], table: pd.DataFrame | None = None
) -> Grid:
    """Columns of a result, or of some of its rows, in the words of the pages."""
    shown = readable(released.table if table is None else table, columns)
    return as_grid(tuple(shown), list(zip(*shown.values(), strict=True)))


def grid_by_timepoint(blocks: Sequence[Block], say: Callable[[Any], str]) -> Grid:
    """A row a block, a column a time point."""
    timepoints = list(dict.fromkeys(at for _, rows in blocks for at in rows["timepoint"]))
    found = []
    for name, rows in blocks:
        cells = {row["timepoint"]: say(row) for row in rows.to_dict("records")}
        found.append((name, *(cells.get(at, "–") for at in timepoints)))
    return Grid(("", *timepoints), tuple(found))


def line_over_months(
    name: str, look: Look, rows: pd.DataFrame, columns: tuple[str, str, str]
) -> Line:
    """A line through the time points; ``columns``: the value and its limits."""
    shade, is_dashed = look
    months = values_of(rows["timepoint_months"])
    return Line(name, shade, months, *(values_of(rows[c]) for c in columns), is_dashed=is_dashed)


def lines_by_level(
    table: pd.DataFrame, columns: tuple[str, str, str], meaning: str
) -> tuple[list[Block], tuple[Line, ...]]:
    """The rows of each group, or of all, with a line for each; ``meaning``: colour of all."""
    blocks = [
        (level_in_words(str(level)), rows) for level, rows in table.groupby("level", sort=False)
    ]
    names = [name for name, _ in blocks]
    looks = looks_of_groups(names) if levels_of(table) else [(Shade(meaning), False)]
    lines = tuple(
        line_over_months(name, look, rows, columns)
        for (name, rows), look in zip(blocks, looks, strict=True)
    )
    return blocks, lines


def part_with_limits(name: str, shade: Shade, rows: pd.DataFrame, column: str) -> Part:
    """A part of bars, with the limits of a confidence interval."""
    return Part(
        name, shade, values_of(rows[column]), values_of(rows["ci_low"]), values_of(rows["ci_high"])
    )


def levels_of(table: pd.DataFrame) -> tuple[str, ...]:
    """The groups in the order of the table; none where it is of all patients only."""
    return tuple(table.loc[table["group"] != "all", "level"].unique())


def rows_of_groups(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the groups where there are groups, else those of all."""
    return table[table["group"] != "all"] if levels_of(table) else table


def look_of_endpoint(endpoint: str) -> Look:
    """The colour and dash an endpoint has on every page."""
    meaning, dash = MEANING.get(endpoint, ("patients", [1, 0]))
    return Shade(meaning), dash != [1, 0]


def looks_of_groups(levels: Sequence[str]) -> list[Look]:
    """A colour a group, every second one dashed."""
    return [(Shade(group=at), at % 2 == 1) for at in range(len(levels))]


def is_of_all(note: str) -> bool:
    """Whether a note is said of every result, so that it need be said once."""
    return note.startswith("Assumed throughout")


def level_in_words(level: str) -> str:
    """A group as a legend calls it."""
    return "All patients" if level == "all" else level


def values_of(column: pd.Series) -> tuple[float, ...]:
    """The numbers of a column, unknown as NaN."""
    return tuple(column.astype(float).tolist())
