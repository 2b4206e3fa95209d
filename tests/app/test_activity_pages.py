"""Activity, patients' reports and damage: pages answer their question with its numbers."""

import pytest

from lupus_outcomes.analysis.change import estimate_change
from lupus_outcomes.analysis.damage import estimate_damage
from lupus_outcomes.analysis.inference import P_HIDDEN
from lupus_outcomes.analysis.patient_reported import estimate_patient_reported
from lupus_outcomes.analysis.sledai_items import describe_sledai_items
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.ui.plain import escape
from tests.app.conftest import told
from tests.app.test_response_pages import said
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow

ACTIVITY, REPORTED, DAMAGE = (
    f"response/{page}.py" for page in ("activity", "patient_reported", "damage")
)


@pytest.fixture
def cohort():
    return reference_cohort()


class TestActivity:
    def test_each_figure_says_its_finding(self, open_app, cohort):
        selection = select_patients(cohort)
        change = estimate_change(cohort, selection, ("sledai_2k",)).finding
        items = describe_sledai_items(cohort, selection).finding

        assert "SLEDAI-2K (points) averaged 2.9 in the 158 seen on the drug" in change
        for view, finding in (("change", change), ("items", items)):
            app = open_app(ACTIVITY, show=view)
            assert told(app) == [finding]
            assert escape(finding) in said(app)

    def test_the_table_has_change_test_and_model(self, open_app):
        table = open_app(ACTIVITY).dataframe[0].value.set_index("time point")

        assert table.loc["12 months", "mean change (95 % CI)"] == "−5.1 (−5.8 to −4.5)"
        assert table.loc["12 months", "mixed model (95 % CI)"] == "−5.3 (−5.9 to −4.7)"
        assert table.loc["12 months", "p"] == "< 0.0001"
        assert table.loc["6 months", ["N", "paired"]].tolist() == [201, 192]

    def test_several_measures_and_the_address(self, open_app):
        app = open_app(ACTIVITY)
        app.multiselect(key="view_measure").set_value(["sledai_2k", "physician_ga"]).run()

        measures = app.dataframe[0].value["measure"].unique().tolist()
        assert measures == ["SLEDAI-2K", "Physician global assessment"]
        assert app.query_params["measure"] == ["sledai_2k", "physician_ga"]

    def test_no_measure_chosen_is_a_quiet_sentence(self, open_app):
        app = open_app(ACTIVITY)
        app.multiselect(key="view_measure").set_value([]).run()

        assert not app.exception
        assert escape("No measure is chosen that this dataset has.") in said(app)

    def test_p_is_hidden_under_a_filter(self, open_app):
        app = open_app(ACTIVITY, sex="female")

        assert set(app.dataframe[0].value["p"]) == {""}
        assert any(escape(P_HIDDEN) in line.value for line in app.caption)


class TestPatientReported:
    def test_missing_comes_first(self, open_app):
        app = open_app(REPORTED)

        assert told(app)[0].startswith("At 12 months, of 176 patients seen on the drug")
        assert "share answered (95 % CI)" in app.dataframe[0].value

    def test_who_is_better_and_who_has_no_room(self, open_app, cohort):
        app = open_app(REPORTED, show="better")
        asked = ("facit_fatigue",)
        whole = estimate_patient_reported(cohort, select_patients(cohort), asked)
        roomy = estimate_patient_reported(cohort, select_patients(cohort), asked, True)

        assert escape(whole.finding) in said(app)
        app.toggle(key="view_no_room").set_value(True).run()
        assert escape(roomy.finding) in said(app)
        assert whole.finding != roomy.finding

    def test_an_instrument_is_chosen_and_in_the_address(self, open_app):
        app = open_app(REPORTED, show="course")
        app.selectbox(key="view_instrument").set_value("pain_vas").run()

        assert app.query_params["instrument"] == "pain_vas"
        assert told(app)[0].startswith("At 12 months, Pain (0–100) averaged")

    def test_centres_that_never_asked_are_said(self, on_the_sample):
        notes = " ".join(line.value for line in on_the_sample(REPORTED).caption)
        assert escape("EQ-5D index at Centre 08") in notes


class TestDamage:
    def test_the_page_says_its_finding(self, open_app, cohort):
        app = open_app(DAMAGE)
        found = estimate_damage(cohort, select_patients(cohort)).finding

        assert told(app) == [found]
        assert found.startswith("At baseline 54 % (112 of 206; 95 % CI 48–61) had damage. By 12")
        assert any("which organ was damaged cannot be told" in c.value for c in app.caption)

    def test_off_the_drug_counts_where_asked(self, open_app):
        app = open_app(DAMAGE)
        on_drug = app.dataframe[0].value.set_index("time point")
        app.selectbox(key="view_dose_handling").set_value("treatment_policy").run()
        table = app.dataframe[0].value.set_index("time point")

        assert table.loc["12 months", "assessed"] > on_drug.loc["12 months", "assessed"]
