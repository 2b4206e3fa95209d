"""Figures of remission and glucocorticoids: what is in their data, and whole specs."""

import pandas as pd
import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.benchmarks import find_benchmarks
from lupus_outcomes.analysis.glucocorticoid_paths import (
    estimate_cumulative_dose,
    estimate_dose_paths,
)
from lupus_outcomes.analysis.glucocorticoids import estimate_dose_bands, estimate_glucocorticoids
from lupus_outcomes.analysis.obstacles import estimate_obstacles
from lupus_outcomes.charts.attainment import draw_attainment
from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.charts.cumulative_dose import TAKEN, UNCHANGED, draw_cumulative_dose
from lupus_outcomes.charts.dose_bands import draw_dose_bands, draw_dose_paths
from lupus_outcomes.charts.glucocorticoids import draw_doses
from lupus_outcomes.charts.obstacles import ALONE, WITH_OTHERS, draw_obstacles
from lupus_outcomes.charts.over_time import place_names, round_top
from lupus_outcomes.charts.style import tint
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import release
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow


def released(estimate, group=None, cohort=None, **how):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, group=group)
    return release(estimate(cohort, selection, **how), cohort, selection)


def obstacles(**how):
    return released(estimate_obstacles, endpoint="lldas", months=12.0, **how)


def draw_all(mode, group=None):
    observed = {"handlings": ("observed",), "group": group}
    attainment = released(estimate_attainment, endpoints=("doris", "lldas"), **observed)
    return [
        draw_attainment(attainment, find_benchmarks(("doris",)), mode),
        draw_obstacles(obstacles(group=group), mode),
        draw_doses(released(estimate_glucocorticoids, **observed), mode),
        draw_dose_bands(released(estimate_dose_bands, group=group), mode),
        draw_dose_paths(released(estimate_dose_paths, months=12.0, group=group), mode),
        draw_cumulative_dose(released(estimate_cumulative_dose, group=group), mode),
    ]


def every_axis(part):
    if isinstance(part, dict):
        for channel in ("y", "row"):
            if channel in part and isinstance(part[channel], dict):
                yield part[channel].get("axis", "default")
        for value in part.values():
            yield from every_axis(value)
    elif isinstance(part, list):
        for item in part:
            yield from every_axis(item)


@pytest.mark.parametrize("group", [None, "prior_biologics", "centre"])
@pytest.mark.parametrize("mode", ["light", "dark"])
class TestEverySpec:
    def test_is_built_from_plain_arguments(self, mode, group):
        for drawing in draw_all(mode, group):
            assert drawing.arguments[-1] == mode
            assert hash(drawing.arguments) is not None
            assert build_spec(drawing.figure, drawing.arguments)["vconcat"]

    def test_has_nothing_left_of_the_plot(self, mode, group):
        # A vertical axis is either off or written inside the plot, so a figure fits a phone.
        for drawing in draw_all(mode, group):
            for axis in every_axis(build_spec(drawing.figure, drawing.arguments)):
                assert axis is None or axis["labelAlign"] == "left"

    def test_says_its_finding_to_who_cannot_see_it(self, mode, group):
        for drawing in draw_all(mode, group):
            assert len(drawing.alt) > 40

    def test_has_no_patient(self, mode, group):
        for drawing in draw_all(mode, group):
            assert not {"patient", "patient_id"} & set(drawing.data)


def test_a_file_is_in_the_colours_of_a_white_page():
    dark = draw_obstacles(obstacles(), "dark")

    assert dark.on_paper.arguments == draw_obstacles(obstacles(), "light").arguments
    assert dark.on_paper.data is dark.data


class TestObstacles:
    def test_a_bar_is_its_dark_and_its_light_part(self):
        data = draw_obstacles(obstacles(), "light").data.set_index(["criterion", "part"])["share"]
        dose = "prednisone above 7.5 mg/day"

        assert data[dose, ALONE] == pytest.approx(14 / 78)
        assert data[dose, WITH_OTHERS] == pytest.approx((37 - 14) / 78)

    def test_the_most_frequent_comes_first(self):
        data = draw_obstacles(obstacles(), "light").data
        whole = data.groupby("place")["share"].sum()

        assert whole.is_monotonic_decreasing

    def test_groups_share_one_order(self):
        data = draw_obstacles(obstacles(group="prior_biologics"), "light").data

        assert data["panel"].unique().tolist() == ["none", "one", "two or more"]
        assert (data.groupby("criterion")["place"].nunique() == 1).all()

    def test_more_than_four_groups_are_drawn_together(self):
        drawing = draw_obstacles(obstacles(group="centre"), "light")

        assert drawing.data["panel"].unique().tolist() == [""]
        assert "every group" in drawing.caption

    def test_nothing_to_draw(self):
        cohort = draw_cohort("anna:\n 0\n 360")

        assert draw_obstacles(obstacles(cohort=cohort), "light") is None


class TestGlucocorticoids:
    def test_nothing_to_draw(self):
        cohort = draw_cohort("anna:\n 0 dose=?\n 360 dose=?")
        observed = {"handlings": ("observed",), "cohort": cohort}

        assert draw_doses(released(estimate_glucocorticoids, **observed), "light") is None
        assert draw_dose_bands(released(estimate_dose_bands, cohort=cohort), "light") is None
        paths = released(estimate_dose_paths, months=12.0, cohort=cohort)
        assert draw_dose_paths(paths, "light") is None
        cumulative = released(estimate_cumulative_dose, cohort=cohort)
        assert draw_cumulative_dose(cumulative, "light") is None

    def test_the_strip_counts_who_stands_behind_a_point(self):
        drawing = draw_doses(released(estimate_glucocorticoids, handlings=("observed",)), "light")
        strip = drawing.data[drawing.data["kind"] == "strip"].set_index(["row", "x"])["count"]

        assert strip["due", 12] == 217
        assert strip["known", 12] == 173
        assert strip["not yet due", 12] == 23

    def test_bands_are_whole_bars(self):
        data = draw_dose_bands(released(estimate_dose_bands), "light").data

        assert data.groupby("place")["proportion"].sum().to_numpy() == pytest.approx(1)
        assert data["name"].iloc[0] == "baseline · 237 patients"

    def test_paths_show_only_bands_that_somebody_was_in(self):
        cohort = draw_cohort("anna:\n 0 dose=20\n 360 dose=5\nbea:\n 0 dose=7.5\n 360 dose=0")
        drawing = draw_dose_paths(
            released(estimate_dose_paths, months=12.0, cohort=cohort), "light"
        )

        assert drawing.arguments == ("12 months", ("> 10", "> 5–7.5"), "light")
        shares = drawing.data[drawing.data["n"] > 0].set_index("start")["end"].to_dict()
        assert shares == {"> 10": "≤ 5", "> 5–7.5": "none"}

    def test_the_cumulative_dose_begins_at_nothing_beside_its_reference(self):
        data = draw_cumulative_dose(released(estimate_cumulative_dose), "light").data
        lines = data[data["kind"] != "strip"].set_index(["series", "x"])["grams"]

        assert lines[TAKEN, 0] == lines[UNCHANGED, 0] == 0
        assert lines[TAKEN, 12] == pytest.approx(2.46, abs=0.01)
        assert lines[UNCHANGED, 12] == pytest.approx(2.72, abs=0.01)


class TestNames:
    def points(self, **series):
        rows = [
            {"panel": "", "series": name, "timepoint_months": month, "value": value}
            for name, values in series.items()
            for month, value in zip((6, 12, 24), values, strict=True)
        ]
        return pd.DataFrame(rows)

    def test_the_lower_of_two_stands_below(self):
        placed, is_legible = place_names(
            self.points(high=[0.5, 0.6, 0.6], low=[0.2, 0.3, 0.3]), "value", 1.0
        )
        named = placed[placed["is_named"]].set_index("series")

        assert is_legible
        assert named["timepoint_months"].tolist() == [24, 24]
        assert named["name_dy"].to_dict() == {"high": -1, "low": 1}

    def test_names_stand_where_the_lines_leave_room(self):
        # Rising to the point: above it the left is free.
        placed, _ = place_names(self.points(rising=[0.2, 0.4, 0.6]), "value", 1.0)
        falling, _ = place_names(self.points(falling=[0.6, 0.4, 0.2]), "value", 1.0)

        assert placed.loc[placed["is_named"], "name_dx"].tolist() == [1]
        assert falling.loc[falling["is_named"], "name_dx"].tolist() == [1]

    def test_a_name_stands_below_where_the_next_line_is_near_above(self):
        placed, is_legible = place_names(
            self.points(top=[0.9] * 3, middle=[0.85] * 3, low=[0.3] * 3), "value", 1.0
        )
        named = placed[placed["is_named"]].set_index("series")

        assert is_legible
        assert named["name_dy"].to_dict() == {"top": -1, "middle": 1, "low": 1}

    def test_lines_that_run_together_get_a_legend(self):
        together = self.points(a=[0.5, 0.5, 0.5], b=[0.52, 0.52, 0.52], c=[0.54, 0.54, 0.54])

        assert not place_names(together, "value", 1.0)[1]

    def test_a_time_point_without_all_series_is_passed_over(self):
        points = self.points(high=[0.5, 0.6, 0.6], low=[0.2, 0.3, None])
        placed, _ = place_names(points.dropna(), "value", 1.0)

        assert placed.loc[placed["is_named"], "timepoint_months"].unique().tolist() == [12]


def test_an_axis_ends_on_a_round_number():
    assert [round_top(x) for x in (0.7, 9.9, 10, 11, 20.2, 310)] == [0.8, 10, 10, 15, 25, 400]
    assert round_top(0) == 1


def test_a_tint_lies_between_the_page_and_the_colour():
    assert tint("steroid", 0, "light") == "#FFFFFF"
    assert tint("steroid", 1, "light") == "#C18417"
    assert tint("doris", 0.5, "light") == "#8DA7C4"
