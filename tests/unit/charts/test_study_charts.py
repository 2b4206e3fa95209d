"""Figures of the study's pages: built in both modes, of released results, without a patient."""

import datetime as dt
import json

import numpy as np
import pytest

from lupus_outcomes.analysis.centre_funnel import compute_control_limits, estimate_centre_funnel
from lupus_outcomes.analysis.interim import describe_interim
from lupus_outcomes.analysis.robustness import estimate_robustness
from lupus_outcomes.charts.catalogue import build_spec, complete_spec
from lupus_outcomes.charts.funnel import draw_funnel
from lupus_outcomes.charts.interim import draw_interim
from lupus_outcomes.charts.robustness import draw_robustness
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import parse_filters, select_patients
from lupus_outcomes.export.figures import as_svg
from lupus_outcomes.release.disclosure import PATIENT_COLUMNS, release
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow

MODES = ("light", "dark")


def released(estimate, *arguments, cohort=None, filters=()):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, parse_filters(filters))
    return release(estimate(cohort, selection, *arguments), cohort, selection)


def awaited():
    cohort = reference_cohort()
    return derive_cohort(cohort.dataset, cohort.protocol, dt.date(2022, 6, 1))


def draw_all(mode):
    return [
        draw_interim(released(describe_interim), mode),
        draw_interim(released(describe_interim, cohort=awaited()), mode),
        draw_robustness(released(estimate_robustness, "lldas_12"), mode),
        draw_robustness(released(estimate_robustness, "retention_12"), mode),
        draw_funnel(released(estimate_centre_funnel, "lldas", 12.0), "lldas", mode),
    ]


@pytest.mark.parametrize("mode", MODES)
def test_each_is_a_picture_without_patients(mode):
    for drawing in draw_all(mode):
        spec = complete_spec(build_spec(drawing.figure, drawing.arguments), drawing)
        svg = as_svg(spec, drawing.data, "")

        assert svg.startswith(b"<svg")
        assert drawing.alt
        assert not PATIENT_COLUMNS & set(drawing.data.columns)
        assert "H01-" not in drawing.data.to_json()


def test_modes_differ_in_colour_only():
    for light, dark in zip(*(draw_all(mode) for mode in MODES), strict=True):
        light_spec, dark_spec = (
            json.dumps(build_spec(d.figure, d.arguments)) for d in (light, dark)
        )
        assert light_spec != dark_spec
        assert light.data.equals(dark.data)


class TestInterim:
    def test_what_is_expected_begins_where_the_count_ends(self):
        data = draw_interim(released(describe_interim, cohort=awaited()), "light").data
        seen, expected = data[data["kind"] == "curve"], data[data["kind"] == "expected"]

        assert seen["x"].max() == expected["x"].min()
        assert seen["y"].iloc[-1] == pytest.approx(expected["y"].iloc[0])
        assert seen["words"].iloc[-1] == "36 completed"

    def test_reached_has_nothing_expected(self):
        drawing = draw_interim(released(describe_interim), "light")
        assert "expected" not in set(drawing.data["kind"])
        assert drawing.caption == ""

    def test_no_calendar_no_figure(self):
        cohort = draw_cohort("a:\n 168", study="jrcts031230358")
        assert draw_interim(released(describe_interim, cohort=cohort), "light") is None


class TestRobustness:
    def test_rows_stand_under_their_headings(self):
        data = draw_robustness(released(estimate_robustness, "lldas_12"), "light").data
        headings = data[data["is_heading"]]["label"].tolist()

        assert headings == [
            "Primary analysis", "Who is counted", "Window", "Reading of the definition",
            "Without one centre",
        ]  # fmt: skip
        assert data["label"].iloc[1] == "stopped or missed = not attained"
        assert data["estimate"].iloc[1] == 0
        assert data["text"].iloc[1] == "36 % (30–43)"

    def test_points_are_percentage_points(self):
        shown = released(estimate_robustness, "lldas_12")
        data = draw_robustness(shown, "light").data
        points = data[~data["is_heading"]]["estimate"].to_numpy()

        np.testing.assert_allclose(points, 100 * shown.table["difference"], atol=1e-9)

    def test_no_figure_where_it_cannot_be_told(self):
        cohort = draw_cohort("a:\n 0", cut=30)
        shown = released(estimate_robustness, "lldas_12", cohort=cohort)
        assert draw_robustness(shown, "light") is None


class TestFunnel:
    def test_curves_are_the_control_limits(self):
        shown = released(estimate_centre_funnel, "lldas", 12.0)
        data = draw_funnel(shown, "lldas", "light").data
        curve = data[(data["kind"] == "limit_95") & (data["side"] == "low")]
        n = curve["n"].to_numpy(dtype=np.int64)

        expected = compute_control_limits(n, 78 / 217, 0.95).low
        np.testing.assert_allclose(curve["proportion"], expected)
        assert n.max() >= shown.table["n"].max()

    def test_a_point_a_centre(self):
        shown = released(estimate_centre_funnel, "lldas", 12.0)
        data = draw_funnel(shown, "lldas", "light").data
        assert (data["kind"] == "centre").sum() == len(shown.table)

    def test_one_centre_is_no_funnel(self):
        shown = released(estimate_centre_funnel, "lldas", 12.0, filters=["centre=Centre 01"])
        assert draw_funnel(shown, "lldas", "light") is None
