"""The study's pages: the interim analysis on frozen patients, robustness, centres."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lupus_outcomes.ui.plain import escape
from tests.app.conftest import told, turn_to
from tests.reference_cohort import FOLDER

pytestmark = pytest.mark.slow

INTERIM = "study/interim.py"


def said(app: AppTest) -> str:
    return " ".join(line.value for line in (*app.markdown, *app.caption))


@pytest.fixture
def changed(tmp_path: Path):
    """The cohort with other words in dataset.toml."""

    def change(old: str, new: str) -> Path:
        folder = tmp_path / "changed"
        shutil.copytree(FOLDER / "dataset", folder)
        about = folder / "dataset.toml"
        about.write_text(about.read_text().replace(old, new) if old else about.read_text() + new)
        return folder

    return change


class TestInterim:
    def test_it_shows_the_frozen_results(self, open_app):
        app = open_app(INTERIM)

        assert not app.exception
        assert told(app)[0].startswith("The interim analysis can be made: 50 patients")
        turn_to(app, "Remission and low disease activity")
        assert told(app)[0].startswith("At 24 weeks: DORIS remission 24 % (12 of 50")
        assert escape("data cut 2022-09-14") in said(app)

    def test_the_handling_is_in_the_address(self, open_app):
        app = open_app(INTERIM, show="states", handling="observed")
        assert "only patients seen on the drug" in told(app)[0]

    def test_a_filter_does_not_change_it(self, open_app):
        app = open_app(INTERIM, show="states", sex="male")
        assert "12 of 50" in told(app)[0]
        assert "do not change it" in said(app)

    def test_another_study_has_none(self, open_app, changed):
        app = open_app(INTERIM, changed("nct07215754", "jrcts031230358"))

        assert not app.exception
        assert escape("This study plans no interim analysis.") in said(app)
        assert told(app) == []

    def test_shifted_dates_are_refused(self, open_app, changed):
        app = open_app(INTERIM, changed("", "dates_shifted = true\n"))

        assert not app.exception
        assert told(app) == []
        assert escape("who completed first, and when, cannot be told") in said(app)

    def test_before_the_fiftieth_it_says_when(self, open_app, tmp_path):
        from lupus_outcomes.cli import main

        main(["sample", "--patients", "40", "--data-cut-month", "40", "--out", str(tmp_path / "s")])
        app = open_app(INTERIM, tmp_path / "s")

        assert not app.exception
        assert len(told(app)) == 1
        assert "of the 50 patients needed have completed 24 weeks" in told(app)[0]


class TestRobustness:
    def test_the_range_is_said_and_drawn(self, open_app):
        app = open_app("study/robustness.py")

        assert not app.exception
        assert told(app)[0].startswith(
            "LLDAS at 12 months lies between 32 % (no flare since last visit) and 50 % (seen on"
        )
        assert app.dataframe[0].value["points from primary"].tolist()[:2] == ["+0.0", "+14.1"]

    def test_another_headline_is_in_the_address(self, open_app):
        app = open_app("study/robustness.py")
        app.selectbox(key="view_headline").set_value("retention_12").run()
        assert app.query_params["headline"] == "retention_12"
        assert told(app)[0].startswith("On anifrolumab at 12 months lies between 82 %")

    def test_definitions_chosen_are_the_primary(self, open_app):
        app = open_app("study/robustness.py", doris_dose="<5")
        app.selectbox(key="view_headline").set_value("doris_12").run()
        assert "prednisone at most 5 mg/day" in app.dataframe[0].value["option"].tolist()

    def test_a_filter_narrows_it(self, open_app):
        app = open_app("study/robustness.py", sex="male")
        assert app.dataframe[0].value["N"].iloc[0] < 30
        assert "(Sex: male)" in told(app)[0]


class TestCentres:
    def test_the_funnel_and_its_controls(self, open_app):
        app = open_app("study/centres.py", timepoint="month_6", handling="observed")
        app.selectbox(key="view_state").set_value("lldas").run()

        assert not app.exception
        assert told(app)[0].startswith("At 6 months, LLDAS was attained by 44 % (88 of 201)")
        assert len(app.dataframe[0].value) == 9

    def test_completeness_is_a_league(self, open_app):
        table = open_app("study/centres.py", show="judged").dataframe[0].value

        assert (table["assessable"] <= table["due"]).all()
        assert table["due"].sum() == 217

    def test_one_centre_is_a_sentence_without_a_figure(self, open_app):
        app = open_app("study/centres.py", centre="Centre 01")
        assert told(app) == []
        assert "nothing to compare" in said(app)
