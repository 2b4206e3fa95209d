"""Figures of time to response, manifestations and flares: what is drawn and what is said."""

import numpy as np
import pytest

from lupus_outcomes.analysis.first_flare import estimate_time_to_flare
from lupus_outcomes.analysis.flares import (
    estimate_flares,
    estimate_flares_by_state,
    estimate_flares_by_year,
)
from lupus_outcomes.analysis.manifestations import estimate_manifestation_curves
from lupus_outcomes.analysis.recurrent_flares import estimate_mean_flares
from lupus_outcomes.analysis.time_to_response import estimate_response_curves
from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.charts.flare_course import draw_mean_flares, draw_time_to_flare
from lupus_outcomes.charts.manifestations import PANEL, draw_manifestations
from lupus_outcomes.charts.rates import draw_rates
from lupus_outcomes.charts.time_to_response import draw_time_to_response
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import release
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort


def released(estimate, *, group=None, cohort=None, **options):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, (), group)
    return release(estimate(cohort, selection, **options), cohort, selection)


def rows(drawing, kind):
    return drawing.data[drawing.data["kind"] == kind]


def curves(*endpoints, group=None, method="kaplan_meier"):
    found = released(
        estimate_response_curves,
        group=group,
        endpoints=endpoints,
        definitions=("first",),
        methods=(method,),
    )
    return draw_time_to_response(found, "light")


class TestTimeToResponse:
    def test_each_endpoint_has_its_colour_and_rises_from_0(self):
        drawing = curves("doris", "lldas")
        looks = drawing.arguments[0]

        assert looks == (("DORIS remission", "doris", (1, 0)), ("LLDAS", "lldas", (1, 0)))
        starts = rows(drawing, "step").groupby("series")["estimate"].first()
        assert starts.tolist() == [0, 0]

    def test_endpoints_without_a_colour_differ_in_their_dash(self):
        dashes = [look[2] for look in curves("clasi50", "joint50").arguments[0]]

        assert len(set(dashes)) == 2

    def test_with_groups_the_first_endpoint_is_drawn_and_the_caption_says_so(self):
        drawing = curves("doris", "lldas", group="sex")

        assert set(rows(drawing, "step")["series"]) <= {"female", "male"}
        assert "Drawn for DORIS remission." in drawing.caption

    def test_those_who_stopped_first_are_among_the_censored_of_its_table(self):
        drawing = curves("doris", method="aalen_johansen")
        counts = rows(drawing, "risk").pivot_table(index="x", columns="row", values="count")

        assert "whoever stopped first is among the censored" in drawing.caption
        assert (counts.sum(axis=1) == 240).all()

    def test_nothing_to_draw(self):
        assert curves() is None


class TestManifestations:
    def test_panels_are_those_with_enough_patients_on_the_same_scales(self):
        drawing = draw_manifestations(released(estimate_manifestation_curves), "light")
        steps = rows(drawing, "step")

        assert "Not drawn, with fewer than 10 patients: muscle" in drawing.caption
        assert len(rows(drawing, "name")) == 8
        assert drawing.height == 3 * PANEL
        assert steps["n_at_risk"].min() >= 10
        slopes = [
            np.polyfit(panel["months"], panel["x"], 1)[0] for _, panel in steps.groupby("panel")
        ]
        assert slopes == pytest.approx([slopes[0]] * len(slopes))

    def test_a_share_of_one_stands_at_the_upper_line(self):
        drawing = draw_manifestations(released(estimate_manifestation_curves), "light")
        steps, grid = rows(drawing, "step"), rows(drawing, "grid")
        top, bottom = grid["y"].iloc[2], grid["y"].iloc[0]
        first = steps[steps["panel"] == steps["panel"].iloc[0]]

        np.testing.assert_allclose(
            first["y"], bottom - (bottom - top) * first["probability"], atol=1e-9
        )

    def test_words_say_n_and_median(self):
        drawing = draw_manifestations(released(estimate_manifestation_curves), "light")

        assert rows(drawing, "note")["text"].iloc[0] == "N 198\nhalf by 3.6 months"

    def test_levels_are_curves_of_their_own(self):
        drawing = draw_manifestations(
            released(estimate_manifestation_curves, group="smoking"), "dark"
        )

        assert len(drawing.arguments[0]) > 1
        assert rows(drawing, "note")["text"].str.contains(" / ").all()

    def test_too_few_is_no_figure(self):
        cohort = draw_cohort("anna:\n 0 rash\n 100")

        assert (
            draw_manifestations(released(estimate_manifestation_curves, cohort=cohort), "light")
            is None
        )


class TestRates:
    def test_a_row_each_with_its_counts_and_limits(self):
        drawing = draw_rates(released(estimate_flares), "severity", "light")
        names, points = rows(drawing, "row"), rows(drawing, "point")

        assert names["text"].tolist()[:2] == [
            "recorded by clinicians: any flare",
            "recorded by clinicians: mild or moderate",
        ]
        assert names["counts"].iloc[0].replace("\n", " ") == (
            "177 flares in 106 of 240 patients, 553 patient-years: 32.0 (27.4–37.1)"
        )
        assert (points["low"] < points["estimate"]).all()
        assert (points["estimate"] < points["high"]).all()

    def test_a_year_with_few_does_not_stretch_the_axis(self):
        drawing = draw_rates(released(estimate_flares_by_year, group="sex"), "year", "light")
        points = rows(drawing, "point")

        assert rows(drawing, "row")["text"].tolist() == [f"year {n}" for n in range(1, 6)]
        assert points["high"].max() <= 2.5 * points["estimate"].max()
        assert "cut; the table has them in full" in drawing.caption

    def test_levels_stand_under_what_they_divide(self):
        drawing = draw_rates(
            released(estimate_flares_by_state, group="sex"), "disease_state", "dark"
        )

        assert rows(drawing, "row")["text"].tolist() == [
            "DORIS", "LLDAS, not DORIS", "neither", "not known",
        ]  # fmt: skip
        assert rows(drawing, "point")["series"].tolist() == ["female", "male"] * 4

    def test_many_groups_are_not_drawn_and_that_is_said(self):
        drawing = draw_rates(released(estimate_flares, group="centre"), "severity", "dark")

        assert "the table has every group" in drawing.caption

    def test_without_time_at_risk_there_is_none(self):
        cohort = draw_cohort("anna: contact=0\n 0")

        assert draw_rates(released(estimate_flares, cohort=cohort), "severity", "light") is None


class TestFlareCourse:
    def test_free_of_flares_falls_from_1(self):
        drawing = draw_time_to_flare(released(estimate_time_to_flare), "light")

        assert rows(drawing, "step")["estimate"].iloc[0] == 1
        assert drawing.arguments[0] == (("all", "flare", (1, 0)),)

    def test_the_mean_rises_from_0_and_ends_where_few_remain(self):
        drawing = draw_mean_flares(released(estimate_mean_flares), "light")
        steps = rows(drawing, "step")

        assert steps["mean_flares"].iloc[0] == 0
        assert steps["n_at_risk"].min() >= 10
        assert steps["flares_high"].max() <= drawing.numbers["top"]
        assert rows(drawing, "strip")["count"].tolist()[0] == 240

    def test_too_few_is_no_figure(self):
        cohort = draw_cohort("anna:\n 0\n flare 20 severe")

        assert draw_mean_flares(released(estimate_mean_flares, cohort=cohort), "light") is None


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_figure_has_a_specification_without_data(mode):
    drawings = [
        draw_manifestations(released(estimate_manifestation_curves, group="sex"), mode),
        draw_rates(released(estimate_flares), "severity", mode),
        draw_mean_flares(released(estimate_mean_flares), mode),
    ]
    for drawing in drawings:
        spec = build_spec(drawing.figure, drawing.arguments)
        assert "datasets" not in spec
        assert spec["config"]
