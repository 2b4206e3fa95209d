"""Retention and exposure: pages say what was found, and an address reopens a view."""

import pytest
from streamlit.testing.v1 import AppTest

from lupus_outcomes.analysis.discontinuation import estimate_discontinuation
from lupus_outcomes.analysis.exposure import describe_exposure, describe_intervals
from lupus_outcomes.analysis.inference import P_HIDDEN
from lupus_outcomes.analysis.retention import estimate_retention
from lupus_outcomes.derive.selection import select_patients
from tests.app.conftest import as_read, told, turn_to
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow

RETENTION, EXPOSURE = "treatment/retention.py", "treatment/exposure.py"


def said(app: AppTest) -> list[str]:
    return [as_read(line.value) for line in app.markdown]


def with_subgroups(app: AppTest) -> AppTest:
    return app.toggle(key="view_subgroups").set_value(True).run()


@pytest.fixture
def cohort():
    return reference_cohort()


class TestRetention:
    def test_the_page_answers_its_question(self, open_app, cohort):
        app = open_app(RETENTION)
        everyone = select_patients(cohort)
        curve, reasons = (
            f(cohort, everyone) for f in (estimate_retention, estimate_discontinuation)
        )

        assert app.title[0].value == "Who stays on anifrolumab?"
        assert told(app) == [curve.finding]
        assert curve.finding in said(app)
        assert told(turn_to(app, "Why they stop")) == [reasons.finding]
        assert curve.finding.startswith(
            "At 12 months 83 % (95 % CI 77–87) of 240 patients were still on anifrolumab"
        )

    def test_its_table_has_the_fixed_times(self, open_app):
        table = open_app(RETENTION).dataframe[0].value.set_index("time point")

        assert table.loc["12 months", "still on it (95 % CI)"] == "83 % (77 to 87)"
        assert table.loc["60 months", "at risk"] == 6

    def test_groups_are_compared_when_there_are_some(self, open_app):
        alone, grouped = open_app(RETENTION), open_app(RETENTION, group="sex")

        assert not any("log-rank" in line for line in said(alone))
        assert any("log-rank 2.85 on 1 degree of freedom, p = 0.091" in n for n in said(grouped))

    def test_under_a_filter_no_p_is_shown(self, open_app):
        app = open_app(RETENTION, group="sex", smoking="never")
        subgroups = with_subgroups(open_app(RETENTION, show="sooner", smoking="never"))

        for page in (app, subgroups):
            assert not any("p = " in line for line in said(page))
            assert any(P_HIDDEN in as_read(note.value) for note in page.caption)

    def test_the_comparison_of_patients_is_turned_on(self, open_app):
        app = with_subgroups(open_app(RETENTION, show="sooner"))

        assert any("vasculitis: hazard ratio 2.41 (95 % CI 1.05–5.52" in n for n in said(app))
        assert app.query_params["subgroups"] in ("on", ["on"])
        table = app.dataframe[-1].value.set_index("characteristic")
        assert table.loc["Sex: male", "hazard ratio (95 % CI)"] == "0.54 (0.26 to 1.12)"
        assert table.loc["Sex: female", "note"] == "reference"

    def test_an_address_reopens_the_time_of_the_mean(self, open_app):
        app = open_app(RETENTION, show="total", timepoint="month_24")

        assert any(
            line.startswith("Of the first 24 months, 20.1 were spent on anifrolumab on average "
                            "(95 % CI 19.3–20.9; 240 patients)")
            for line in said(app)
        )  # fmt: skip


class TestExposure:
    def test_the_page_answers_its_question(self, open_app, cohort):
        app = open_app(EXPOSURE)
        everyone = select_patients(cohort)
        given, intervals = (f(cohort, everyone) for f in (describe_exposure, describe_intervals))

        assert given.finding in said(app)
        assert app.dataframe[0].value["doses given"].tolist() == [7076]
        assert told(turn_to(app, "How far apart")) == [intervals.finding]

    def test_doses_of_a_group_have_a_row_each(self, open_app):
        table = open_app(EXPOSURE, group="sex").dataframe[0].value.set_index("group")

        assert table["N"].to_dict() == {"all": 240, "female": 210, "male": 30}
        assert table.loc["female", "doses given"] + table.loc["male", "doses given"] == 7076
