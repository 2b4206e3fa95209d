"""Figures of retention, reasons of stopping, who stops sooner, and intervals between infusions."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.benchmarks import find_benchmarks
from lupus_outcomes.analysis.discontinuation import (
    estimate_discontinuation,
    estimate_discontinuation_curve,
)
from lupus_outcomes.analysis.exposure import describe_interval_days, describe_intervals
from lupus_outcomes.analysis.retention import estimate_retention
from lupus_outcomes.analysis.retention_ratios import estimate_retention_ratios
from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.charts.exposure import OUTSIDE, draw_intervals
from lupus_outcomes.charts.reasons import LOOKS, ON_DRUG, draw_reasons
from lupus_outcomes.charts.retention import draw_ratios, draw_retention
from lupus_outcomes.derive.retention import REASONS
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import release
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow


def released(function, group=None, cohort=None):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, group=group)
    return release(function(cohort, selection), cohort, selection)


def reasons(group=None, cohort=None, mode="light"):
    return draw_reasons(
        released(estimate_discontinuation, group, cohort),
        released(estimate_discontinuation_curve, group, cohort),
        mode,
    )


def ratios():
    return draw_ratios(released(estimate_retention_ratios), "light")


class TestRetention:
    def test_it_is_slate_and_falls_from_one(self):
        drawing = draw_retention(released(estimate_retention), find_benchmarks(()), "light")

        assert "#44546A" in str(build_spec(drawing.figure, drawing.arguments))
        assert drawing.data["estimate"].iloc[0] == 1
        assert "benchmark" not in set(drawing.data["kind"])

    def test_the_published_retention_can_be_set_beside_it(self):
        published = find_benchmarks(("retention",))
        drawing = draw_retention(released(estimate_retention), published, "light")
        mark = drawing.data.query("kind == 'benchmark'").iloc[0]

        assert mark["x"] == 6
        assert mark["estimate"] == pytest.approx(0.897)
        assert "LOOPS" in mark["share"]


class TestReasons:
    def test_bands_lie_on_each_other_from_none_to_all(self):
        bands = reasons().data.query("kind == 'band'")
        low = bands.pivot_table(index="x", columns="reason", values="low")
        high = bands.pivot_table(index="x", columns="reason", values="high")
        order = [name for name in LOOKS if name in low]

        assert (low[order[0]] == 0).all()
        np.testing.assert_allclose(high["on_drug"], 1)
        for below, above in pairwise(order):
            np.testing.assert_allclose(high[below], low[above])

    def test_the_uppermost_band_is_retention(self):
        bands = reasons().data.query("kind == 'band' and reason == 'on_drug' and x < 12")
        survival = released(estimate_retention).table.query("day < 365")["survival"]

        assert 1 - bands["low"].iloc[-1] == pytest.approx(survival.iloc[-1])

    def test_the_numbers_stand_in_the_middle_of_their_band(self):
        points = reasons().data.query("kind == 'point' and x == 12").set_index("stopped_for")

        assert points.loc["primary inefficacy", "middle"] == pytest.approx(0.0673517639 / 2)
        assert points.loc[ON_DRUG, "share"] == pytest.approx(0.8273105644)
        assert "pregnancy" not in points.index

    def test_up_to_four_groups_have_a_panel_each(self):
        drawing = reasons("sex")
        spec = build_spec(drawing.figure, drawing.arguments)

        assert drawing.arguments[0] == ("female", "male")
        assert len(spec["vconcat"]) == 3

    def test_more_groups_are_drawn_together_and_it_is_said(self):
        drawing = reasons("centre")

        assert drawing.arguments[0] == ("",)
        assert "all patients together" in drawing.caption

    def test_a_group_without_a_stop_has_no_panel(self):
        lines = [f"a{i}: sex=female stop={100 + i}/other" for i in range(20)]
        lines += [f"b{i}: sex=male" for i in range(20)]
        drawing = reasons("sex", draw_cohort("\n".join(lines)))

        assert drawing.arguments[0] == ("female",)
        assert "male" in drawing.caption

    def test_nobody_stopped_or_too_few_is_no_figure(self):
        assert reasons(cohort=draw_cohort("\n".join(f"a{i}:" for i in range(20)))) is None
        assert reasons(cohort=draw_cohort("a: stop=9/other\nb:")) is None

    def test_every_reason_has_a_look(self):
        assert set(LOOKS) == {*REASONS, "on_drug"}


class TestRatios:
    def test_what_patients_have_or_not_is_one_row(self):
        rows = ratios().data.set_index("label")

        assert rows.loc["Sex: male, not female", "text"] == "0.54 (0.26 to 1.12)"
        assert rows.loc["Sex: male, not female", "counts"] == "8 of 30"
        assert "Hydroxychloroquine at index" in rows.index

    def test_more_levels_stand_under_their_name_and_reference(self):
        labels = ratios().data["label"].tolist()
        at = labels.index("Smoking (reference: never)")

        assert labels[at + 1 : at + 3] == ["former", "current"]
        assert not any(ratios().data["is_heading"].iloc[:3])

    def test_a_row_without_a_ratio_says_why(self):
        rows = ratios().data.set_index("label")

        assert rows.loc["below 2", "text"] == "too few stops"
        assert np.isnan(rows.loc["below 2", "estimate"])

    def test_a_manifestation_has_no_reference_to_name(self):
        heading = ratios().data.set_index("label").loc["Manifestations at baseline"]

        assert heading["is_heading"]
        assert heading["text"] == ""


class TestIntervals:
    def draw(self, days, mode="light"):
        cohort = draw_cohort(f"anna:\n given {' '.join(map(str, days))}")
        by_day = released(describe_interval_days, cohort=cohort)
        return draw_intervals(released(describe_intervals, cohort=cohort), by_day, mode)

    def test_those_outside_the_label_are_told_apart(self):
        data = self.draw([0, 13, 41, 97, 154]).data.query("kind == 'bar'")

        assert data.loc[data["judged"] == OUTSIDE, "days"].tolist() == [13, 57]
        assert data["n_intervals"].sum() == 4

    def test_very_long_ones_share_the_last_bar(self):
        drawing = self.draw([0, 98, 400])

        assert drawing.data.query("kind == 'bar'")["n_intervals"].tolist() == [2]
        assert "longer than 98 days" in drawing.caption

    def test_without_intervals_there_is_no_figure(self):
        assert self.draw([0]) is None


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_spec_is_without_data(mode):
    none = pd.DataFrame()
    by_day = released(describe_interval_days)
    drawings = [
        draw_retention(released(estimate_retention), none, mode),
        reasons(mode=mode),
        draw_ratios(released(estimate_retention_ratios), mode),
        draw_intervals(released(describe_intervals), by_day, mode),
    ]

    for drawing in drawings:
        assert drawing.alt
        assert "datasets" not in build_spec(drawing.figure, drawing.arguments)
