"""Figures of activity, patients' reports and damage: what is drawn, where, and what is left out."""

import pytest

from lupus_outcomes.analysis.change import estimate_change
from lupus_outcomes.analysis.damage import estimate_damage
from lupus_outcomes.analysis.patient_reported import (
    describe_patient_reported_missing,
    estimate_patient_reported,
)
from lupus_outcomes.analysis.sledai_items import describe_sledai_items
from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.charts.change import draw_change
from lupus_outcomes.charts.heat_map import draw_answered, draw_sledai_items
from lupus_outcomes.charts.shares import draw_shares
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import release
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort
from tests.unit.charts.test_response_charts import every_axis

pytestmark = pytest.mark.slow


def released(estimate, group=None, cohort=None, **how):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, group=group)
    return release(estimate(cohort, selection, **how), cohort, selection)


def change(*measures, group=None, what="change", mode="light"):
    return draw_change(released(estimate_change, group, measures=measures), what, mode)


def draw_all(mode, group=None):
    reported = {"measures": ("facit_fatigue",), "group": group}
    return [
        change("sledai_2k", group=group, mode=mode),
        change("sledai_2k", "physician_ga", group=group, mode=mode),
        change("facit_fatigue", group=group, mode=mode, what="mean"),
        draw_sledai_items(released(describe_sledai_items, group), False, mode),
        draw_answered(released(describe_patient_reported_missing, group), mode),
        draw_shares(released(estimate_patient_reported, **reported), "patient_reported", mode),
        draw_shares(released(estimate_damage, group), "damage", mode),
    ]


@pytest.mark.parametrize("group", [None, "prior_biologics", "centre"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_figure_is_drawn_within_its_place_without_a_patient(mode, group):
    for drawing in draw_all(mode, group):
        assert drawing.arguments[-1] == mode
        assert hash(drawing.arguments) is not None
        assert len(drawing.alt) > 40
        assert not {"patient", "patient_id"} & set(drawing.data)
        for axis in every_axis(build_spec(drawing.figure, drawing.arguments)):
            assert axis is None or axis["labelAlign"] == "left"


class TestChange:
    def test_a_point_is_the_mean_change_and_says_its_interval(self):
        data = change("sledai_2k").data
        at = data[(data["kind"] == "point") & (data["timepoint_months"] == 12)].iloc[0]

        assert at["value"] == pytest.approx(-5.146667, abs=1e-6)
        assert at["said"] == "−5.1 (−5.8 to −4.5)"
        assert at["model"] == "−5.3 (−5.9 to −4.7)"
        assert at["n_paired"] == 150

    def test_limits_are_cut_at_the_ends_of_the_axis_the_words_are_not(self):
        drawing = change("sledai_2k")
        ticks, data = drawing.numbers["sledai_2k"]["ticks"], drawing.data
        last = data[(data["kind"] == "point") & (data["timepoint_months"] == 60)].iloc[0]

        assert ticks[0] <= last["value"]
        assert last["ci_low"] == ticks[0]
        assert last["said"] == "−7.0 (−11.3 to −2.7)"
        assert 0 in ticks

    def test_numbers_under_it_are_those_of_the_table(self):
        drawing = change("sledai_2k")
        strip = drawing.data[(drawing.data["kind"] == "strip") & (drawing.data["x"] == 12)]

        assert strip.set_index("row")["count"].to_dict() == {
            "due": 217, "seen": 176, "known": 158, "paired": 150, "not yet due": 23
        }  # fmt: skip

    def test_several_measures_have_a_panel_and_a_row_each(self):
        drawing = change("sledai_2k", "physician_ga")
        strip = drawing.data[drawing.data["kind"] == "strip"]

        assert drawing.data["panel"].dropna().unique().tolist() == ["sledai_2k", "physician_ga"]
        assert strip["row"].unique().tolist() == ["due", "SLEDAI-2K", "PhGA"]

    def test_ticks_are_written_as_they_are(self):
        assert {axis["format"] for axis in change("eq5d_vas").numbers.values()} == {".0f"}
        assert change("physician_ga").numbers["physician_ga"]["format"] == ".2f"

    def test_another_measurement_has_the_same_specification(self):
        drawing = change("sledai_2k")
        flat = draw_cohort("anna:\n 0 sledai=4\n 183 sledai=2\nbea:\n 0 sledai=4\n 183 sledai=1")
        other = draw_change(
            released(estimate_change, cohort=flat, measures=("sledai_2k",)), "change", "light"
        )
        assert drawing.arguments == other.arguments
        assert drawing.numbers != other.numbers

    def test_nothing_known_is_no_figure(self):
        cohort = draw_cohort("anna:\n 0 ga=1")
        asked = released(estimate_change, cohort=cohort, measures=("physician_ga",))
        assert draw_change(asked, "change", "light") is None


class TestHeatMap:
    def test_descriptors_present_in_nobody_are_folded_away_and_named(self):
        result = released(describe_sledai_items)
        folded, whole = (draw_sledai_items(result, show, "light") for show in (False, True))
        absent = result.table.groupby("descriptor")["n_present"].sum() == 0

        assert absent.any()
        assert whole.data.loc[whole.data["kind"] == "label", "text"].nunique() == 24
        assert (folded.data["kind"] == "label").sum() == 24 - absent.sum()
        for name in absent[absent].index:
            assert name[1:] in folded.caption
        assert folded.height < whole.height

    def test_a_cell_is_the_share_of_those_assessed(self):
        data = draw_sledai_items(released(describe_sledai_items), False, "light").data
        cells = data[(data["kind"] == "cell") & (data["label"] == "Low complement")]
        at = cells[cells["at"] == "12 months"].iloc[0]

        assert (at["count"], at["of"]) == (42, 166)
        assert at["proportion"] == pytest.approx(42 / 166)

    def test_numbers_seen_stand_over_the_columns(self):
        data = draw_sledai_items(released(describe_sledai_items), False, "light").data
        heads = data[data["kind"] == "header"]

        assert heads["text"].tolist()[:8] == ["0", "3", "6", "12", "24", "36", "48", "60"]
        assert heads["text"].tolist()[8:11] == ["240", "215", "220"]

    def test_nobody_seen_is_no_figure(self):
        cohort = draw_cohort("anna:")
        items = released(describe_sledai_items, cohort=cohort)
        answered = released(describe_patient_reported_missing, cohort=cohort)

        assert draw_sledai_items(items, True, "light") is None
        assert draw_answered(answered, "light") is None


class TestShares:
    def test_nobody_has_gained_at_baseline(self):
        data = draw_shares(released(estimate_damage), "damage", "light").data
        points = data[data["kind"] == "point"]

        assert points.loc[points["series"] == "any damage", "timepoint_months"].min() == 0
        assert points.loc[points["series"] != "any damage", "timepoint_months"].min() == 3

    def test_no_instrument_is_no_figure(self):
        empty = released(estimate_patient_reported, measures=())
        assert draw_shares(empty, "patient_reported", "light") is None
