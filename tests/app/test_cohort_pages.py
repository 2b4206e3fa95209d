"""The cohort's pages: each says its finding, explains what it cannot show, and names no patient."""

import shutil
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from lupus_outcomes.analysis.attrition import describe_attrition
from lupus_outcomes.analysis.completeness import describe_denominators
from lupus_outcomes.analysis.describe import describe_baseline
from lupus_outcomes.analysis.enrolment import describe_centres, describe_enrolment
from lupus_outcomes.analysis.missing import describe_missing, describe_missing_by_centre
from lupus_outcomes.derive.course import derive_course
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.ui.plain import escape
from tests.app.conftest import as_read, told, turn_to
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

ENROLMENT, ELIGIBILITY = "cohort/enrolment.py", "cohort/eligibility.py"
COMPLETENESS, PATIENT = "cohort/completeness.py", "cohort/patient.py"


def said(app: AppTest) -> list[str]:
    return [line.value for line in (*app.markdown, *app.caption)]


def finding(describe, *arguments, filters=(), group=None) -> str:
    cohort = reference_cohort()
    return describe(cohort, select_patients(cohort, filters, group), *arguments).finding


@pytest.fixture
def shifted(tmp_path: Path) -> Path:
    """The cohort with a word that its dates are not the real ones."""
    folder = tmp_path / "shifted"
    shutil.copytree(FOLDER / "dataset", folder)
    about = folder / "dataset.toml"
    about.write_text(about.read_text() + "dates_shifted = true\n")
    return folder


class TestEnrolment:
    def test_it_says_who_is_in_the_registry(self, open_app):
        app = open_app(ENROLMENT)
        assert escape(finding(describe_enrolment)) in said(app)
        assert told(app) == [finding(describe_enrolment)]
        turn_to(app, "From where")
        assert escape(finding(describe_centres)) in said(app)
        assert told(app) == [finding(describe_centres)]
        turn_to(app, "At baseline")
        assert escape(finding(describe_baseline)) in said(app)
        assert finding(describe_enrolment) == (
            "240 patients at 9 centres since 2021-01-24; the planned 150 were reached in 2023-12."
        )

    def test_its_tables(self, open_app):
        months, centres, baseline = (
            open_app(ENROLMENT, show=view).dataframe[0].value
            for view in ("enrolled", "centres", "baseline")
        )
        assert months["so far"].iloc[-1] == 240
        assert centres[["centre", "N"]].iloc[0].tolist() == ["Centre 04", 33]
        row = baseline.set_index("characteristic").loc["SLEDAI-2K, points"]
        assert row[["all", "N", "missing"]].tolist() == ["8.3 (3.6); 8.0 [6.0–10.0]", 229, 11]

    def test_a_grouping_has_a_column_a_level_and_the_difference(self, open_app):
        baseline = open_app(ENROLMENT, group="sex", show="baseline").dataframe[0].value
        assert list(baseline)[:5] == ["characteristic", "all", "female", "male", "SMD"]
        row = baseline.set_index("characteristic").loc["Manifestations at baseline: muscle"]
        assert row[["all", "female", "male", "SMD"]].tolist() == [
            "8 (3 %)",
            "5 (2 %)",
            "3 (10 %)",
            "0.32",
        ]

    def test_shifted_dates_have_no_calendar(self, open_app, shifted):
        app = open_app(ENROLMENT, shifted)
        assert not app.exception
        assert any("a calendar would be wrong" in as_read(line) for line in said(app))
        assert told(app) == []
        turn_to(app, "From where")
        assert len(told(app)) == 1
        assert list(app.dataframe[0].value) == ["centre", "N", "share"]


class TestEligibility:
    def test_it_says_who_is_left(self, open_app):
        app = open_app(ELIGIBILITY)
        assert escape(finding(describe_attrition)) in said(app)
        assert told(app) == [finding(describe_attrition)]
        assert "intention to treat: all 240 enrolled are in it" in told(app)[0]

    def test_its_table_has_every_criterion(self, open_app):
        table = open_app(ELIGIBILITY).dataframe[0].value
        assert table["criterion"].tolist()[:2] == [
            "Enrolled by the data cut",
            "Age at least 18 years",
        ]
        assert table["remain"].tolist() == [240] * 7


class TestCompleteness:
    def test_it_says_what_is_missing(self, open_app):
        for view, found in (
            ("judged", finding(describe_denominators, "doris")),
            ("time", finding(describe_missing)),
            ("centre", finding(describe_missing_by_centre)),
        ):
            app = open_app(COMPLETENESS, show=view)
            assert escape(found) in said(app)
            assert told(app) == [found]
        assert any("Never collected" in line for line in said(open_app(COMPLETENESS, show="time")))

    def test_another_endpoint(self, open_app):
        app = open_app(COMPLETENESS)
        app.selectbox(key="view_state").set_value("lldas").run()
        assert told(app)[0] == (
            "At 12 months, 217 patients are due; 176 were seen on the drug, of whom 20 cannot be "
            "judged for LLDAS; 23 are not yet due."
        )
        table = app.dataframe[0].value.set_index("time point")
        assert table.loc["12 months"].tolist()[:8] == [240, 217, 176, 156, 20, 41, 23, 0]
        assert app.query_params["state"] in ("lldas", ["lldas"])

    def test_an_endpoint_this_dataset_cannot_tell(self, open_app):
        app = open_app(COMPLETENESS)
        app.selectbox(key="view_state").set_value("bicla").run()
        assert not app.exception
        assert any("cannot be told for anybody" in line for line in said(app))
        assert told(app) == []

    def test_an_endpoint_that_does_not_exist_is_refused_aloud(self, open_app):
        app = open_app()
        app.query_params["state"] = "no_such_endpoint"
        app.switch_page(f"pages/{COMPLETENESS}").run()
        assert app.selectbox(key="view_state").value == "doris"
        assert any("no_such_endpoint" in as_read(line.value) for line in app.warning)

    def test_complete_columns_on_demand(self, open_app):
        app = open_app(COMPLETENESS, show="time")
        few = app.get("vega_lite_chart")[0].proto.spec
        app.toggle(key="view_complete").set_value(True).run()
        assert not app.exception
        assert app.get("vega_lite_chart")[0].proto.spec != few


class TestPatient:
    def test_it_shows_the_first_of_the_selected(self, open_app):
        app = open_app(PATIENT)
        course = derive_course(reference_cohort(), 0)
        assert app.selectbox(key="patient_shown").value == course.patient_id
        assert escape(course.summary) in said(app)
        assert told(app) == [course.summary]
        assert any("The only page that shows a single patient" in line for line in said(app))

    def test_its_table_and_what_decided_each_state(self, open_app):
        app = open_app(PATIENT)
        table = app.dataframe[0].value.set_index("date")
        assert table.loc["2025-12-06", ["physician global", "LLDAS"]].tolist() == [
            "missing",
            "unknown",
        ]
        reasons = next(as_read(line) for line in said(app) if line.startswith("- **"))
        assert "LLDAS unknown: physician global missing" in reasons
        assert reasons.count("- **20") == len(table)

    def test_the_next_and_the_previous(self, open_app):
        app = open_app(PATIENT)
        first = app.selectbox(key="patient_shown").value
        assert app.button(key="previous_patient").disabled
        app.button(key="next_patient").click().run()
        assert app.selectbox(key="patient_shown").value == "H01-0002"
        app.button(key="previous_patient").click().run()
        assert app.selectbox(key="patient_shown").value == first

    def test_a_filter_narrows_whom_one_can_see(self, open_app):
        app = open_app(PATIENT, sex="male")
        offered = app.selectbox(key="patient_shown").options
        assert len(offered) == 30
        assert "H01-0001" not in offered

    def test_no_identifier_in_the_address_and_no_file(self, open_app):
        app = open_app(PATIENT)
        app.button(key="next_patient").click().run()
        assert not any("H01" in str(value) for value in dict(app.query_params).values())
        assert not app.get("download_button")

    def test_a_server_others_can_reach_shows_nobody(self, open_app, monkeypatch):
        kept = config.get_option("server.address")
        config._set_option("server.address", "0.0.0.0", "test")
        try:
            app = open_app(PATIENT)
        finally:
            config._set_option("server.address", kept, "test")
        assert any("to signed-in investigators" in line.value for line in app.info)
        assert not told(app)
        assert not app.dataframe

    def test_shifted_dates_are_study_days(self, open_app, shifted):
        app = open_app(PATIENT, shifted)
        assert "date" not in app.dataframe[0].value
        assert app.dataframe[0].value["study day"].iloc[0] == -10


@pytest.mark.parametrize("page", [ENROLMENT, ELIGIBILITY, COMPLETENESS, PATIENT])
def test_an_empty_selection_explains_itself(open_app, page):
    app = open_app(page)
    app.multiselect(key="view_sex").set_value(["male"])
    app.multiselect(key="view_age").set_value(["60 and over"])
    app.multiselect(key="view_manifestation").set_value(["constitutional"])
    app.multiselect(key="view_start_year").set_value(["2025"])
    app.run()
    assert not app.exception
    assert any("No patient matches" in line.value for line in app.info)
    assert not told(app)
