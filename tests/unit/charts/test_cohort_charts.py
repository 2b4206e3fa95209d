"""Figures of the cohort pages: one specification serves every table, and no patient is in one."""

import dataclasses
import json

import numpy as np
import pytest

from lupus_outcomes.analysis.attrition import describe_attrition
from lupus_outcomes.analysis.completeness import describe_denominators
from lupus_outcomes.analysis.enrolment import describe_centres, describe_enrolment
from lupus_outcomes.analysis.missing import describe_missing, describe_missing_by_centre
from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.charts.completeness import draw_denominators
from lupus_outcomes.charts.course import draw_course
from lupus_outcomes.charts.eligibility import draw_attrition
from lupus_outcomes.charts.enrolment import draw_centres, draw_enrolment
from lupus_outcomes.charts.missing import INKS, draw_missing
from lupus_outcomes.charts.rows import TALLEST, n_lines, wrapped
from lupus_outcomes.charts.style import LETTERS_CONTRAST, contrast, tint
from lupus_outcomes.derive.course import derive_course
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.export.figures import as_svg
from lupus_outcomes.release.disclosure import PATIENT_COLUMNS, release
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow

MODES = ("light", "dark")


def released(describe, *arguments, cohort=None, filters=()):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, filters)
    return release(describe(cohort, selection, *arguments), cohort, selection)


def draw_all(mode, **how):
    drawings = [
        draw_enrolment(released(describe_enrolment, **how), mode),
        draw_centres(released(describe_centres, **how), mode),
        draw_attrition(released(describe_attrition, **how), mode),
        draw_denominators(released(describe_denominators, "lldas", **how), mode),
        draw_missing(released(describe_missing, **how), "timepoint", True, mode),
        draw_missing(released(describe_missing_by_centre, **how), "centre", False, mode),
    ]
    return {drawing.figure: drawing for drawing in drawings}


def fields_of(part):
    """The fields a specification encodes, and those it calculates itself."""
    if isinstance(part, list):
        pairs = [fields_of(item) for item in part]
    elif isinstance(part, dict):
        pairs = [fields_of(item) for item in part.values()]
        pairs.append(({part["field"]} if "field" in part else set(), set()))
        pairs.append((set(), {part["as"]} if "as" in part else set()))
    else:
        pairs = []
    return set().union(*(d for d, _ in pairs)), set().union(*(c for _, c in pairs))


@pytest.mark.parametrize("mode", MODES)
class TestEveryFigure:
    def test_its_specification_builds_without_data(self, mode):
        for drawing in draw_all(mode).values():
            spec = build_spec(drawing.figure, drawing.arguments)
            assert "datasets" not in spec
            assert '"data"' not in json.dumps(spec)

    def test_its_data_have_every_field_it_draws(self, mode):
        course = draw_course(derive_course(reference_cohort(), 3), mode)
        for drawing in (*draw_all(mode).values(), course):
            drawn, calculated = fields_of(build_spec(drawing.figure, drawing.arguments))
            assert drawn <= calculated | set(drawing.data), drawing.figure

    def test_no_patient_is_in_its_data(self, mode):
        ids = set(reference_cohort().patients["patient_id"])
        for drawing in draw_all(mode).values():
            assert not PATIENT_COLUMNS & set(drawing.data)
            text = drawing.data.astype(str).to_numpy().ravel()
            assert not ids & set(text)

    def test_its_alternative_text_is_the_finding(self, mode):
        attrition = released(describe_attrition)
        assert draw_attrition(attrition, mode).alt == attrition.result.finding

    def test_it_becomes_a_file(self, mode):
        for drawing in draw_all(mode).values():
            spec = build_spec(drawing.figure, drawing.arguments)
            if drawing.height is not None:
                spec["height"] = drawing.height
            assert b"<svg" in as_svg(spec, drawing.data, "stamp")


def test_a_filter_changes_the_data_only():
    everyone = draw_all("light")
    men = draw_all("light", filters=(("sex", ("male",)),))
    for figure in ("enrolment", "centres", "attrition", "denominators", "missing_by_timepoint"):
        assert everyone[figure].arguments == men[figure].arguments
        assert not everyone[figure].data.equals(men[figure].data)


class TestEnrolment:
    def test_a_count_holds_at_the_end_of_its_month(self):
        data = draw_enrolment(released(describe_enrolment), "light").data
        curve = data[data["kind"] == "curve"]
        assert curve["n_cumulative"].iloc[:3].tolist() == [0, 1, 8]
        assert curve["x"].iloc[[0, 1, -1]].tolist() == pytest.approx([0, 1 / 66, 1])
        assert curve["words"].iloc[-1] == "240 enrolled"

    def test_its_axes_are_round(self):
        data = draw_enrolment(released(describe_enrolment), "light").data
        words = data.groupby("kind")["words"].apply(list)
        assert words["number"] == ["0", "50", "100", "150", "200"]
        assert words["calendar"] == ["2021", "2022", "2023", "2024", "2025", "2026"]

    def test_the_plan_is_for_everybody(self):
        whole = draw_enrolment(released(describe_enrolment), "light")
        men = draw_enrolment(released(describe_enrolment, filters=(("sex", ("male",)),)), "light")
        assert "150 planned" in whole.data["words"].tolist()
        assert "planned" not in set(men.data["kind"])

    def test_shifted_dates_have_no_calendar(self):
        cohort = reference_cohort()
        dataset = dataclasses.replace(cohort.dataset, dates_are_shifted=True)
        shifted = dataclasses.replace(cohort, dataset=dataset)
        assert draw_enrolment(released(describe_enrolment, cohort=shifted), "light") is None
        centres = released(describe_centres, cohort=shifted)
        assert "first_month" not in centres.table
        assert draw_centres(centres, "light").data["n"].sum() == 240


class TestEligibility:
    def test_every_criterion_is_written_out(self):
        table = released(describe_attrition).table
        data = draw_attrition(released(describe_attrition), "light").data
        for criterion, narrow in zip(table["criterion"], data["narrow"], strict=True):
            assert criterion in narrow.replace("\n", " ")
            assert max(map(len, narrow.split("\n"))) <= 56

    def test_bars_end_where_patients_leave(self):
        drawn = "anna: age_years=30\n 0 rash\nbea: age_years=12\n 0 rash\ncleo:\n 0 rash"
        released_ = released(describe_attrition, cohort=draw_cohort(drawn))
        adults = draw_attrition(released_, "light").data.iloc[1]
        assert adults[["known", "remaining", "before"]].tolist() == pytest.approx([1 / 3, 2 / 3, 1])


class TestCompleteness:
    def test_the_parts_of_a_column_fill_it(self):
        data = draw_denominators(released(describe_denominators, "lldas"), "light").data
        parts = data[data["kind"] == "part"]
        assert parts.groupby("time")["n"].sum().unique().tolist() == [240]
        assert parts.groupby("time")["share"].sum().to_numpy() == pytest.approx(1)

    def test_columns_stand_by_role_the_worst_first(self):
        missing = released(describe_missing)
        data = draw_missing(missing, "timepoint", False, "light").data
        labels = data[data["kind"] == "label"]["text"].str.replace("\n", " ").tolist()
        assert labels[:2] == ["Anti-dsDNA raised", "Low complement"]
        assert labels[-3:] == ["EQ-5D visual analogue scale", "FACIT-Fatigue", "Pain"]

    def test_complete_columns_come_only_when_asked_for(self):
        missing = released(describe_missing)
        some = draw_missing(missing, "timepoint", False, "light").data
        every = draw_missing(missing, "timepoint", True, "light").data
        assert (some["kind"] == "label").sum() == 15
        assert (every["kind"] == "label").sum() == 49

    def test_nothing_missing_is_no_figure(self):
        cohort = draw_cohort("anna: centre=A\n 0\n 180\nbea: centre=A\n 0\n 180")
        missing = released(describe_missing, cohort=cohort)
        assert draw_missing(missing, "timepoint", False, "light") is None
        assert missing.result.finding.startswith("Nothing is missing at 4 visits")

    def test_long_names_of_centres_are_turned(self):
        drawn = "anna: centre=West\n 0 ga=?\nbea: centre=Westend Careggi\n 0"
        by_centre = released(describe_missing_by_centre, cohort=draw_cohort(drawn))
        drawing = draw_missing(by_centre, "centre", False, "light")
        assert drawing.arguments[0] is True
        short = draw_missing(released(describe_missing_by_centre), "centre", False, "light")
        assert short.arguments[0] is False
        assert short.data.query("kind == 'header'")["text"].tolist()[:2] == ["01", "02"]

    @pytest.mark.parametrize("mode", MODES)
    def test_a_number_is_legible_on_its_cell(self, mode):
        on_pale, on_strong, turn = INKS[mode]
        for share in np.linspace(0, 1, 101):
            cell = tint("missing", 0.08 + 0.92 * share**0.5, mode)
            assert contrast(on_strong if share > turn else on_pale, cell) >= LETTERS_CONTRAST


class TestCourse:
    @pytest.fixture
    def course(self):
        return derive_course(reference_cohort(), 3)

    @pytest.mark.parametrize("mode", MODES)
    def test_one_specification_serves_every_patient(self, course, mode):
        drawing = draw_course(course, mode)
        other = draw_course(derive_course(reference_cohort(), 50), mode)
        assert drawing.arguments == other.arguments == (mode,)
        assert drawing.height != other.height
        assert build_spec("course", (mode,))["layer"]

    def test_the_patient_is_not_named_in_it(self, course):
        data = draw_course(course, "light").data
        assert course.patient_id not in data.astype(str).to_numpy().ravel()
        assert not PATIENT_COLUMNS & set(data)

    def test_everything_stands_inside_the_plot(self):
        for patient in range(0, 240, 20):
            drawing = draw_course(derive_course(reference_cohort(), patient), "light")
            x, y = drawing.data["x"].dropna(), drawing.data["y"]
            assert x.between(0, 1).all()
            assert y.between(0, drawing.height).all()
            assert drawing.height < TALLEST

    def test_marks_of_one_visit_stand_under_each_other(self, course):
        data = draw_course(course, "light").data
        lldas = data.query("kind == 'lldas' and month > 5")["x"].iloc[0]
        assert lldas in data.query("kind == 'item'")["x"].tolist()

    def test_empty_lanes_say_so(self):
        data = draw_course(derive_course(draw_cohort("anna:"), 0), "light").data
        assert (data["words"] == "none").sum() >= 6

    def test_the_first_dose_the_highest_and_the_last_are_in_figures(self):
        visits = "0 dose=10\n 90 dose=60\n 180 dose=20\n 270 dose=5"
        data = draw_course(derive_course(draw_cohort(f"anna:\n {visits}"), 0), "light").data
        of_dose = data["kind"].isin(("taken", "number")) & data["tip"].str.contains("mg/day")
        assert data[of_dose].query("kind == 'number'")["words"].tolist() == ["10", "60", "5"]
        assert len(data[of_dose]) == 7

    def test_limits_of_the_dose_are_named_in_one_line_where_they_are_close(self):
        for dose, names in ((10, ["5", "7.5"]), (60, ["", "5 and 7.5"])):
            course = derive_course(draw_cohort(f"anna:\n 0 dose={dose}"), 0)
            data = draw_course(course, "light").data
            assert data.query("kind == 'limit'")["words"].tolist() == names

    def test_an_event_lasts_where_its_end_is_known(self):
        events = "event 30 herpes_zoster end_date=60\n event 90 nausea"
        course = derive_course(draw_cohort(f"anna:\n 0\n {events}"), 0)
        data = draw_course(course, "light").data
        events, lasting = (data[data["kind"] == kind] for kind in ("event", "lasting"))
        assert len(events) == 2
        assert lasting["month"].tolist() == events["month"].tolist()[:1]
        assert (lasting["x_end"] > lasting["x"]).all()


def test_text_is_broken_not_cut():
    text = "Immunosuppressants and biologics at tolerated maintenance dose"
    assert wrapped(text, 146).replace("\n", " ") == text
    assert n_lines(wrapped(text, 146)) == 3
