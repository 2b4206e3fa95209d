"""Figures of adverse events: what is in their data, and whole specs."""

import pytest

from lupus_outcomes.analysis.adverse_event_periods import estimate_by_onset
from lupus_outcomes.analysis.adverse_event_terms import estimate_terms
from lupus_outcomes.analysis.adverse_events import estimate_adverse_events
from lupus_outcomes.analysis.first_adverse_event import estimate_first_event
from lupus_outcomes.analysis.label_frequencies import (
    estimate_label_frequencies,
    estimate_published_rates,
)
from lupus_outcomes.analysis.special_interest import estimate_zoster_by_vaccination
from lupus_outcomes.charts.adverse_events import (
    draw_by_onset,
    draw_first_event,
    draw_incidence,
    draw_label,
    draw_published,
    draw_terms,
    draw_vaccination,
)
from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import release
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow


def released(estimate, group=None, cohort=None, **how):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, group=group)
    return release(estimate(cohort, selection, **how), cohort, selection)


def draw_all(mode, group=None, cohort=None):
    who = {"group": group, "cohort": cohort}
    overall = released(estimate_adverse_events, families=("overall",), **who)
    return [
        draw_incidence(overall, "share", mode),
        draw_incidence(overall, "event_rate", mode),
        draw_incidence(overall, "eair", mode),
        draw_terms(released(estimate_terms, by="pt", **who), mode),
        draw_by_onset(released(estimate_by_onset, category="any", **who), mode),
        draw_first_event(released(estimate_first_event, category="any", **who), mode),
        draw_label(released(estimate_label_frequencies, **who), mode),
        draw_published(released(estimate_published_rates, **who), mode),
    ]


@pytest.mark.parametrize("group", [None, "sex", "centre"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_figure_is_built_from_plain_arguments_and_has_no_patient(mode, group):
    for drawing in draw_all(mode, group):
        assert drawing.arguments[-1] == mode
        assert build_spec(drawing.figure, drawing.arguments)
        assert len(drawing.alt) > 20
        assert not {"patient", "patient_id"} & set(drawing.data)


def test_without_events_nothing_is_drawn():
    cohort = draw_cohort("anna:\n 0")
    vaccination = released(estimate_zoster_by_vaccination, cohort=cohort)

    assert draw_all("light", cohort=cohort) == [None] * 8
    assert draw_vaccination(vaccination, "light") is None


class TestIncidence:
    def data(self, measure="share", group=None):
        found = released(estimate_adverse_events, families=("overall",), group=group)
        return draw_incidence(found, measure, "light").data

    def test_a_row_says_its_counts(self):
        rows = self.data().query("kind == 'row'").set_index("text")["counts"]

        assert rows["Serious"] == "44 of 240 patients · 54 events"

    def test_a_point_is_the_measure_with_its_limits(self):
        points = self.data("event_rate").query("kind == 'point'").set_index("name")

        assert points.at["Serious", "estimate"] == pytest.approx(9.759278)
        assert points.at["Serious", "low"] == pytest.approx(7.331470)
        assert "N = 240" in points.at["Serious", "tip"]

    def test_a_group_is_a_point_in_the_same_row(self):
        data = self.data(group="sex")
        serious = data[data["name"] == "Serious"]
        rows = data.query("kind == 'row'").set_index("text")["counts"]

        assert serious["series"].tolist() == ["female", "male"]
        assert serious["y"].diff().iloc[1] == pytest.approx(13)
        assert rows["Serious"].startswith("female ")

    def test_rows_do_not_overlap(self):
        data = self.data(group="sex")
        top = data.query("kind == 'row'")["y"].to_numpy()

        for name, y in zip(data.query("kind == 'row'")["text"], top, strict=True):
            own = data.loc[data["name"] == name, "y"]
            following = top[top > y].min(initial=1e9)
            assert (own > y + 30).all()
            assert (own < following).all()

    def test_more_than_four_groups_are_drawn_together(self):
        found = released(estimate_adverse_events, families=("overall",), group="centre")
        drawing = draw_incidence(found, "share", "light")

        assert drawing.data["series"].dropna().unique().tolist() == ["all"]
        assert "every group" in drawing.caption


class TestTerms:
    def test_the_difference_stands_in_the_row_of_the_first_group(self):
        drawing = draw_terms(released(estimate_terms, by="pt", group="sex"), "light")
        points = drawing.data.query("kind == 'point'")

        assert points.loc[points["series"] == "female", "difference"].notna().all()
        assert points.loc[points["series"] == "male", "difference"].isna().all()

    def test_only_the_most_frequent_are_drawn_and_that_is_said(self):
        lines = "\n".join(f" event {n} term{n:02}" for n in range(20))
        found = released(estimate_terms, by="pt", cohort=draw_cohort(f"anna:\n{lines}"))
        drawing = draw_terms(found, "light")

        assert (drawing.data["kind"] == "row").sum() == 15
        assert "15 most frequent of 20" in drawing.caption


def test_the_label_is_a_grey_mark_beside_ours():
    data = draw_label(released(estimate_label_frequencies), "light").data
    marks = data.set_index("name")["reference"]

    assert marks["Upper respiratory tract infection"] == 0.34
    assert data["text"].dropna().tolist()[0] == "Upper respiratory tract infection"


def test_a_published_rate_is_a_mark_in_the_row_of_its_category():
    data = draw_published(released(estimate_published_rates), "light").data
    serious = data[data["name"] == "Serious"]

    assert serious["reference"].dropna().tolist() == [13.6, 8.5]
    assert serious["y"].nunique() == 1


def test_the_end_of_exposure_counts_as_left_under_the_curve():
    found = released(estimate_first_event, category="serious")
    drawing = draw_first_event(found, "light")
    risk = drawing.data.query("kind == 'risk'").set_index(["row", "x"])["count"]

    assert risk["at risk", 0] == 240
    assert risk["at risk", 60] + risk["with event", 60] + risk["censored", 60] == 240
