"""Remission and glucocorticoids: pages say what was found, and an address reopens a view."""

import pytest
from streamlit.testing.v1 import AppTest

from lupus_outcomes.analysis.glucocorticoid_paths import (
    estimate_cumulative_dose,
    estimate_dose_paths,
)
from lupus_outcomes.analysis.glucocorticoids import estimate_glucocorticoids
from lupus_outcomes.analysis.obstacles import describe_undecided, estimate_obstacles
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.ui.plain import escape
from tests.app.conftest import said_of_the_address, told, turn_to
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

REMISSION, GLUCOCORTICOIDS = "response/remission.py", "response/glucocorticoids.py"


def said(app: AppTest) -> list[str]:
    return [line.value for line in app.markdown]


def captions(app: AppTest) -> str:
    return " ".join(line.value for line in app.caption)


@pytest.fixture
def cohort():
    return reference_cohort()


class TestAddress:
    def test_what_no_choice_knows_is_refused_aloud(self, open_app):
        app = open_app(show="missed", handling="observed", smoker="never")

        assert "asks for handling = observed, which is not there" in said_of_the_address(app)
        assert "asks for smoker = never, which is not there" in said_of_the_address(app)
        assert not app.run().warning

    def test_what_another_view_had_chosen_is_not(self, open_app):
        app = open_app(handling="observed", centre="Centre 01")
        assert not app.warning
        assert not turn_to(app, "What stood in the way").warning
        assert app.query_params["centre"] in ("Centre 01", ["Centre 01"])


class TestWhatStoodInTheWay:
    def test_the_page_says_the_finding_of_the_time_point(self, open_app, cohort):
        app = open_app(show="missed", missed="lldas")
        found = estimate_obstacles(cohort, select_patients(cohort), "lldas", 12.0)

        assert escape(found.finding) in said(app)
        assert told(app) == [found.finding]
        assert found.finding.startswith(
            "At 12 months, 78 of the 176 seen on the drug were not in LLDAS; most often because of "
            "SLEDAI-2K above 4 or a major organ active (50 of 78, 64 %; the only reason in 8). 20 "
            "could not be judged; unknown was new activity in 12"
        )

    def test_its_table_counts_each_criterion(self, open_app):
        table = open_app(show="missed", missed="lldas").dataframe[0].value.set_index("criterion")

        assert table.loc["prednisone above 7.5 mg/day", ["failed", "only reason"]].tolist() == [
            37,
            14,
        ]
        assert (table["not attained"] == 78).all()

    def test_an_address_reopens_state_and_time_point(self, open_app):
        app = open_app(show="missed", missed="lldas", timepoint="month_24")

        assert app.selectbox(key="view_missed").value == "lldas"
        assert app.selectbox(key="view_timepoint").value == "month_24"
        assert any(line.startswith("At 24 months, 52 of the 101 seen") for line in said(app))

    def test_choosing_a_time_point_changes_figure_and_address(self, open_app):
        app = open_app(show="missed")
        app.selectbox(key="view_timepoint").set_value("month_6").run()

        assert told(app)[0].startswith("At 6 months, 146 of the 220 seen on the drug")
        assert app.query_params["timepoint"] == "month_6"

    def test_where_nobody_missed_it_there_is_a_sentence_and_no_figure(self, open_app):
        app = open_app(show="missed", timepoint="month_60")

        assert told(app) == []
        assert any("none of the 3 seen on the drug" in line for line in said(app))

    def test_up_to_four_groups_are_drawn_more_are_said(self, open_app):
        few, many = (open_app(show="missed", group=g) for g in ("prior_biologics", "centre"))
        sentence = escape("The figure shows all patients together; the table has every group.")

        assert sentence not in [line.value for line in few.caption]
        assert sentence in [line.value for line in many.caption]


class TestUndecidedVisits:
    def test_they_are_counted_apart(self, open_app, cohort):
        app = open_app(show="undecided")
        found = describe_undecided(cohort, select_patients(cohort), "doris")
        shown = app.dataframe[0].value

        assert escape(found.finding) in said(app)
        assert (
            shown["in the state"] + shown["not attained"] + shown["undecided"]
            == shown["seen on the drug"]
        ).all()
        assert shown["undecided"].tolist() == [2, 10, 8, 5, 4, 5, 1]

    def test_the_first_figure_has_them_on_their_own_line(self, open_app):
        app = open_app(endpoint=["doris"])

        assert app.dataframe[0].value["undecided"].tolist() == [2, 10, 8, 5, 4, 5, 1]


def test_an_endpoint_that_cannot_be_told_is_explained(open_app, tmp_path):
    text = (FOLDER / "dataset" / "visits.csv").read_text()
    (tmp_path / "visits.csv").write_text(text.replace("treatment_stable", "no_such_column", 1))
    for name in ("patients.csv", "treatments.csv", "dataset.toml"):
        (tmp_path / name).write_bytes((FOLDER / "dataset" / name).read_bytes())
    app = open_app("", tmp_path)

    assert not app.exception
    assert escape("DORIS remission cannot be told in this dataset") in captions(app)
    assert app.multiselect(key="view_endpoint").value == ["lldas"]
    turn_to(app, "What stood in the way")
    assert escape("What is known to have failed is counted all the same") in captions(app)


def test_no_endpoint_chosen_is_a_quiet_sentence(open_app):
    app = open_app()
    app.multiselect(key="view_endpoint").set_value([]).run()

    assert not app.exception
    assert any("No endpoint is chosen" in line for line in said(app))


class TestGlucocorticoids:
    def test_each_figure_says_its_finding(self, open_app, cohort):
        selection = select_patients(cohort)
        doses = estimate_glucocorticoids(cohort, selection, ("observed",)).finding
        paths = estimate_dose_paths(cohort, selection, "observed", 12.0).finding
        cumulative = estimate_cumulative_dose(cohort, selection).finding

        assert doses.startswith("At 12 months, 69 % (119 of 173 seen on the drug with a known dose")
        assert "106 (62 %) came down to a lower band" in paths
        assert "2.5 g of prednisone on average (95 % CI 2.2–2.8)" in cumulative
        for view, finding in (("targets", doses), ("paths", paths), ("total", cumulative)):
            app = open_app(GLUCOCORTICOIDS, show=view)
            assert told(app) == [finding]
            assert escape(finding) in said(app)

    def test_the_handling_changes_who_is_counted(self, open_app):
        app = open_app(GLUCOCORTICOIDS)
        app.selectbox(key="view_dose_handling").set_value("treatment_policy").run()

        assert told(app)[0].startswith("At 12 months, 67 % (132 of 196 seen on or off")
        assert app.query_params["dose_handling"] == "treatment_policy"
        assert app.dataframe[0].value["N"].tolist()[:2] == [237, 217]

    def test_a_time_point_moves_the_paths(self, open_app):
        app = open_app(GLUCOCORTICOIDS, show="paths")
        app.selectbox(key="view_timepoint").set_value("month_24").run()

        assert "at 24 months" in told(app)[0]

    def test_groups_are_in_the_tables(self, open_app):
        app = open_app(GLUCOCORTICOIDS, group="sex")

        assert app.dataframe[0].value["group"].unique().tolist() == ["all", "female", "male"]
        assert not app.exception

    def test_an_empty_selection_explains_itself(self, open_app):
        app = open_app(
            GLUCOCORTICOIDS,
            sex="male",
            age="below 30",
            manifestation="vasculitis",
            smoking="current",
        )

        assert not app.exception
        assert any("No patient matches" in line.value for line in app.info)
