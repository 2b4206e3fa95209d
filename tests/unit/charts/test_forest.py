"""Forests of estimates: places, ends of the axis, what goes on beyond them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.charts.catalogue import build_spec, complete_spec
from lupus_outcomes.charts.forest import FOOT_PIXELS, ForestStyle, draw_forest
from tests.unit.charts.curve_tables import released_table, table_of_curve

STYLE = ForestStyle("Hazard ratio of stopping", "stopped of", "stay longer", "stop sooner")
NONE = (np.nan, np.nan, np.nan)


def draw(*found, style=STYLE, mode="light"):
    columns = ["label", "is_heading", "counts", "text", "estimate", "ci_low", "ci_high"]
    rows = pd.DataFrame(found, columns=columns)
    return draw_forest(released_table(table_of_curve([1], [True])), rows, style, mode)


HEADING = ("Sex", True, "", "p = 0.3", *NONE)
REFERENCE = ("female", False, "50 of 160", "reference", *NONE)


def test_rows_stand_under_each_other_headings_lower():
    tops = draw(HEADING, REFERENCE, ("male", False, "8 of 20", "", 1.4, 0.8, 2.5)).data["top"]

    assert np.diff(tops).tolist() == [28, 32]


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [(0.8, 1.5, (0.5, 2)), (0.3, 1.5, (0.25, 4)), (0.9, 30, (0.125, 8))],
)
def test_the_axis_of_a_ratio_ends_at_whole_doublings_around_one(low, high, ends):
    drawing = draw(("male", False, "", "", 1.0, low, high))

    assert drawing.numbers["low"] == pytest.approx(ends[0] / 1.1)
    assert drawing.numbers["high"] == pytest.approx(ends[1] * 1.1)


def test_limits_beyond_the_axis_end_on_it_with_an_arrow():
    row = draw(("male", False, "", "", 1.2, 0.01, 3.0)).data.iloc[0]

    assert row["low"] == pytest.approx(1 / 8.8)
    assert row["high"] == 3.0
    assert row["goes_on_low"]
    assert not row["goes_on_high"]


def test_differences_lie_evenly_around_zero():
    drawing = draw(("male", False, "", "", 0.1, -0.1, 0.3), style=replace(STYLE, is_ratio=False))

    assert drawing.numbers["low"] == pytest.approx(-0.33)
    assert drawing.numbers["high"] == pytest.approx(0.33)


def test_without_rows_there_is_no_figure():
    assert draw() is None


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_spec_is_as_high_as_its_rows(mode):
    drawing = draw(HEADING, REFERENCE, mode=mode)
    spec = complete_spec(build_spec(drawing.figure, drawing.arguments), drawing)

    assert drawing.numbers["rows_end"] == 22 + 28 + 32
    assert spec["height"] == 22 + 28 + 32 + FOOT_PIXELS
    assert "datasets" not in spec
