"""The dataset, the methods, the dictionary: the pages say what was declared and found."""

import csv
import shutil

import pytest

from lupus_outcomes.analysis.dictionary_table import declared_columns
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.ui.plain import escape
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

DATASET, METHODS, DICTIONARY = "about/dataset.py", "about/methods.py", "about/dictionary.py"


def said(app) -> str:
    return "\n".join(line.value for line in app.markdown)


def visits() -> list[dict[str, str]]:
    with (FOLDER / "dataset" / "visits.csv").open(newline="") as file:
        return list(csv.DictReader(file))


class TestDataset:
    def test_it_names_itself(self, open_app):
        app = open_app(DATASET)

        assert "240 patients with 1,899 visits" in said(app)
        assert reference_cohort().dataset.fingerprint in said(app)
        assert any("filters in the sidebar do not apply" in line.value for line in app.caption)

    def test_every_finding_is_listed_with_its_rows(self, open_app):
        app = open_app(DATASET, show="wrong")
        findings = reference_cohort().dataset.findings

        assert findings
        for finding in findings:
            assert escape(finding.way_out) in said(app)
            assert escape(finding.message) in said(app)

    def test_a_table_narrows_them(self, open_app):
        app = open_app(DATASET, show="wrong")
        app.selectbox(key="view_table").set_value("visits").run()
        of_visits = [f for f in reference_cohort().dataset.findings if f.table == "visits"]

        assert f"{len(of_visits)} findings" in said(app)
        assert app.query_params["table"] == "visits"

    def test_what_cannot_be_told_for_lack_of_a_column(self, open_app):
        absent = open_app(DATASET, show="never").dataframe[0].value.set_index("column")

        assert absent.loc["bilag_mucocutaneous", "cannot be told"] == "SRI-4, BICLA"
        assert absent.loc["bmi", "cannot be told"] == ""

    def test_remission_with_activity_the_index_cannot_see_is_queried_by_row(self, open_app):
        shown = open_app(DATASET, show="unseen").dataframe[0].value.set_index("activity")
        rows = visits()

        assert shown["visits"].tolist() == [7, 1]
        for activity, column in (
            ("Haemolytic anaemia", "haemolytic_anaemia"),
            ("Gastrointestinal activity", "gastrointestinal_activity"),
        ):
            numbers = [int(number) for number in shown.loc[activity, "rows"].split()]
            # The header is row 1, so row 2 is the first of the list.
            assert [rows[n - 2][column].casefold() for n in numbers] == ["true"] * len(numbers)

    def test_without_recorded_calls_there_is_a_sentence(self, open_app):
        assert "nothing to compare" in said(open_app(DATASET, show="agreement"))

    def test_recorded_calls_are_compared(self, open_app, tmp_path):
        folder = tmp_path / "dataset"
        shutil.copytree(FOLDER / "dataset", folder)
        rows = visits()
        # Called low activity at every visit: agreement is the share of visits in LLDAS.
        with (folder / "visits.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, [*rows[0], "lldas_recorded"])
            writer.writeheader()
            writer.writerows(row | {"lldas_recorded": "true"} for row in rows)
        app = open_app(DATASET, folder, show="agreement")
        states = reference_cohort().states["lldas"]
        table = app.dataframe[0].value.set_index("derived")

        assert table["recorded: yes"].tolist() == [
            int((states == -1).sum()),
            int((states == 1).sum()),
            int((states == 0).sum()),
        ]
        assert (table["recorded: no"] == 0).all()
        assert "nothing to compare" not in said(app)


class TestMethods:
    def test_every_endpoint_of_the_study_is_there(self, open_app):
        app = open_app(METHODS)

        for name in reference_cohort().protocol.endpoints:
            assert f"**{ENDPOINTS[name].label}**" in said(app)
            assert ENDPOINTS[name].definition in said(app)
        assert "Cannot be told in this dataset, which lacks:** BILAG-2004 grades" in said(app)

    def test_a_changed_reading_is_in_force(self, open_app):
        default = open_app(METHODS)
        changed = open_app(METHODS, doris_dose="<5")

        assert "DORIS: prednisone: `<=5` (the default)" in said(default)
        assert "DORIS: prednisone: `<5` (**changed**)" in said(changed)

    def test_the_caveat_of_sle_das_is_said(self, open_app):
        assert "rest on one secondary source" in said(open_app(METHODS))


class TestDictionary:
    def test_every_column_is_there(self, open_app):
        shown = open_app(DICTIONARY).dataframe[0].value

        assert len(shown) == len(declared_columns())
        assert shown.set_index(["table", "column"]).loc[("patients", "bmi"), "collected"] == "no"

    @pytest.mark.parametrize(
        ("view", "n"), [({"view_table": "flares"}, 4), ({"view_table": "all"}, None)]
    )
    def test_a_table_can_be_chosen(self, open_app, view, n):
        app = open_app(DICTIONARY)
        app.selectbox(key="view_table").set_value(view["view_table"]).run()

        assert len(app.dataframe[0].value) == (n or len(declared_columns()))

    def test_words_are_searched_in_any_case(self, open_app):
        app = open_app(DICTIONARY)
        app.text_input(key="view_words").set_value("ClAsI").run()

        assert app.dataframe[0].value["column"].tolist() == ["clasi_activity", "clasi_damage"]
        assert app.query_params["words"] == "ClAsI"

    def test_words_that_match_nothing_are_said(self, open_app):
        app = open_app(DICTIONARY)
        app.text_input(key="view_words").set_value("[!](x)").run()

        assert not app.exception
        assert "No column matches" in said(app)
