"""Slides on who is in the registry."""

from lupus_outcomes.charts.slide_content import Bars, Curves, Grid, Line, Part
from lupus_outcomes.charts.style import Shade
from lupus_outcomes.export.deck.content import Slide
from lupus_outcomes.export.deck.parts import MOST_BESIDE, MOST_ROWS, Sources, values_of, words_grid

COUNTS = ("n_remaining", "n_excluded", "n_unknown")


def enrolment(ask: Sources) -> Slide | None:
    """Patients enrolled so far, month by month."""
    released = ask.result("enrolment")
    table = released.table
    if table.empty:
        return None
    months = tuple(float(month) for month in range(1, len(table) + 1))
    so_far = (0.0, *values_of(table["n_cumulative"]))
    line = Line("Enrolled so far", Shade("patients"), (0.0, *months), so_far)
    curves = Curves(
        (line,),
        "Patients enrolled so far",
        is_share=False,
        is_stepped=True,
        month_title=f"Months since {table['month'].iloc[0]}",
    )
    return Slide(released, curves)


def baseline(ask: Sources) -> Slide | None:
    """Who they are, in two tables side by side."""
    released = ask.result("baseline")
    grid = words_grid(released, tuple(c for c in released.result.shown if c != "n"))
    if not grid.rows:
        return None
    # Groups need the width of the slide.
    n_tables = 2 if len(grid.columns) <= MOST_BESIDE else 1
    rows = grid.rows[: n_tables * MOST_ROWS]
    caption = "Mean (SD); median [quartiles], or number (share)."
    if len(rows) < len(grid.rows):
        caption += f" {len(grid.rows) - len(rows)} more rows are in the table cohort.csv."
    in_each = -(-len(rows) // n_tables)
    grids = tuple(
        Grid(grid.columns, rows[first : first + in_each]) for first in range(0, len(rows), in_each)
    )
    return Slide(released, grids=grids, caption=caption)


def attrition(ask: Sources) -> Slide | None:
    """Who is left after each criterion."""
    released = ask.result("attrition")
    table = released.table
    part = Part("Remain", Shade("patients"), values_of(table["n_remaining"]))
    bars = Bars(tuple(table["criterion"]), (part,), "Patients who remain", is_share=False)
    return Slide(released, bars, (words_grid(released, ("criterion", *COUNTS)),))
