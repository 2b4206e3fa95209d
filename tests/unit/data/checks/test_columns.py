"""Tables, columns, keys, ranges and codes: what data-model.md says bad input gets."""

import numpy as np
import pytest

from lupus_outcomes.data.read import examine_dataset, read_dataset
from lupus_outcomes.dictionary import TABLES, spec_of
from lupus_outcomes.errors import RefusedDatasetError
from tests.unit.data.drawn import blemishes, draw_dataset, examine, find, read


def test_what_is_drawn_without_a_blemish_has_none(tmp_path):
    assert blemishes(examine(tmp_path).findings) == []


class TestErrors:
    @pytest.mark.parametrize("table", ["patients", "visits"])
    def test_a_mandatory_table_is_missing(self, tmp_path, table):
        folder = draw_dataset(tmp_path)
        (folder / f"{table}.csv").unlink()
        with pytest.raises(RefusedDatasetError) as refusal:
            read_dataset(folder)
        assert ("error", "missing_table", table) in [
            (f.severity, f.rule, f.table) for f in refusal.value.findings
        ]

    @pytest.mark.parametrize(
        ("table", "column"),
        [
            (table, column)
            for table in ("patients", "visits")
            for column, declared in TABLES[table].columns.items()
            if spec_of(declared).mandatory
        ],
    )
    def test_a_mandatory_column_is_missing(self, tmp_path, table, column):
        folder = draw_dataset(tmp_path)
        file = folder / f"{table}.csv"
        file.write_text(file.read_text().replace(column, "something", 1))
        findings = [f for f in examine_dataset(folder).findings if f.severity == "error"]
        assert [(f.rule, f.table, f.column) for f in findings] == [
            ("missing_column", table, column)
        ]

    def test_a_mandatory_column_of_an_optional_table(self, tmp_path):
        infusions = """
            patient_id  infusion_date
            P1          2024-01-10
        """
        assert find(tmp_path, "missing_column", infusions=infusions) == [
            ("error", "infusions", "dose_mg", ())
        ]

    def test_a_table_without_a_header(self, tmp_path):
        infusions = """
            P1-CANARY  2024-01-10  300
            P2         2024-03-05  300
        """
        examination = examine(tmp_path, infusions=infusions)
        assert [(f.rule, f.table) for f in examination.findings if f.severity == "error"] == [
            ("no_header", "infusions")
        ]
        assert not any("CANARY" in f.line for f in examination.findings)

    @pytest.mark.parametrize("table", ["patients", "visits"])
    def test_a_mandatory_table_without_rows(self, tmp_path, table):
        header = {
            "patients": "patient_id centre index_date last_contact_date",
            "visits": "patient_id visit_date",
        }
        assert ("error", table, "", ()) in find(tmp_path, "empty_table", **{table: header[table]})

    def test_a_patient_twice(self, tmp_path):
        patients = """
            patient_id  centre  index_date  last_contact_date
            P1          West    2024-01-10  2026-06-20
            P2          East    2024-03-05  2026-06-25
            P1          East    2024-03-06  2026-06-25
        """
        assert find(tmp_path, "duplicate_key", patients=patients) == [
            ("error", "patients", "patient_id", (2, 4))
        ]

    def test_two_visits_of_a_patient_on_one_day(self, tmp_path):
        visits = """
            patient_id  visit_date
            P1          2024-01-10
            P2          2024-03-05
            P1          2024-01-10
        """
        assert find(tmp_path, "duplicate_key", visits=visits) == [
            ("error", "visits", "patient_id, visit_date", (2, 4))
        ]

    def test_a_criterion_twice(self, tmp_path):
        eligibility = """
            patient_id  criterion  met
            P1          consent    yes
            P1          consent    no
        """
        assert find(tmp_path, "duplicate_key", eligibility=eligibility) == [
            ("error", "eligibility", "patient_id, criterion", (2, 3))
        ]

    @pytest.mark.parametrize(
        ("column", "row"),
        [
            ("patient_id", "  .   West  2024-01-10  2026-06-20"),
            ("centre", "      P1  .     2024-01-10  2026-06-20"),
            ("index_date", "  P1  West  .           2026-06-20"),
            ("last_contact_date", "P1 West 2024-01-10  ."),
        ],
    )
    def test_a_mandatory_cell_of_a_patient_is_empty(self, tmp_path, column, row):
        patients = f"""
            patient_id  centre  index_date  last_contact_date
            P2          East    2024-03-05  2026-06-25
            {row}
        """
        found = find(tmp_path, "empty_key", patients=patients)
        assert found == [("error", "patients", column, (3,))]

    def test_a_visit_without_a_date_or_a_patient(self, tmp_path):
        visits = """
            patient_id  visit_date
            P1          2024-01-10
            P1          .
            .           2024-03-05
            P2          2024-03-05
        """
        assert find(tmp_path, "empty_key", visits=visits) == [
            ("error", "visits", "patient_id", (4,)),
            ("error", "visits", "visit_date", (3,)),
        ]

    def test_an_impossible_type_in_a_mandatory_column(self, tmp_path):
        patients = """
            patient_id  centre  index_date  last_contact_date
            P1          West    spring      2026-06-20
            P2          East    2024-03-05  2026-06-25
        """
        assert find(tmp_path, "wrong_type", patients=patients) == [
            ("error", "patients", "index_date", (2,))
        ]

    def test_nothing_is_half_loaded(self, tmp_path):
        with pytest.raises(RefusedDatasetError) as refusal:
            read(
                tmp_path,
                visits="""
                    patient_id  visit_date  physician_ga
                    P1          2024-01-10  12
                    P9          2024-03-05  1
                """,
            )
        message = str(refusal.value)
        assert "refused for 1 error(s); the first: visits.patient_id, row 3" in message
        assert {f.severity for f in refusal.value.findings} >= {"error", "set_aside"}


class TestSetAside:
    @pytest.mark.parametrize("table", ["patients", "visits"])
    def test_a_value_out_of_range_becomes_unknown(self, tmp_path, table):
        ranges = {
            name: (spec_of(column).low, spec_of(column).high)
            for name, column in TABLES[table].columns.items()
            if spec_of(column).kind == "number"
        }
        keys = {"patients": "West 2024-01-10 2026-06-20", "visits": "2024-01-10"}
        names = {"patients": "centre index_date last_contact_date", "visits": "visit_date"}
        cells = {
            "P1": [low - 1 for low, _ in ranges.values()],
            "P2": ["." if high is None else high + 1 for _, high in ranges.values()],
            "P3": [low for low, _ in ranges.values()],
            "P4": ["." if high is None else high for _, high in ranges.values()],
        }
        drawn = {
            name: "\n".join(
                [
                    f"patient_id {names[name]} {' '.join(ranges) if name == table else ''}",
                    *(
                        f"{patient} {keys[name]} {' '.join(map(str, row)) if name == table else ''}"
                        for patient, row in cells.items()
                    ),
                ]
            )
            for name in keys
        }
        assert find(tmp_path, "out_of_range", **drawn) == [
            ("set_aside", table, name, (2,) if high is None else (2, 3))
            for name, (_, high) in ranges.items()
        ]
        values = read(tmp_path, **drawn).tables[table]
        for name, (low, high) in ranges.items():
            last = np.nan if high is None else high
            np.testing.assert_array_equal(values[name], [np.nan, np.nan, low, last], name)

    def test_an_unknown_code_becomes_unknown_and_not_the_default(self, tmp_path):
        patients = """
            patient_id  centre  index_date  last_contact_date  sex     treatment_group
            P1          West    2024-01-10  2026-06-20         woman   standard
            P2          East    2024-03-05  2026-06-25         Female  .
        """
        assert find(tmp_path, "unknown_code", patients=patients) == [
            ("set_aside", "patients", "treatment_group", (2,)),
            ("set_aside", "patients", "sex", (2,)),
        ]
        dataset = read(tmp_path, patients=patients)
        assert dataset.patients["sex"].isna().tolist() == [True, False]
        assert dataset.patients["treatment_group"].isna().tolist() == [True, False]
        assert dataset.patients["treatment_group"].iloc[1] == "anifrolumab"

    def test_a_fraction_of_a_joint(self, tmp_path):
        visits = """
            patient_id  visit_date  swollen_joints_28
            P1          2024-01-10  2.5
            P2          2024-03-05  2.0
        """
        assert find(tmp_path, "not_whole", visits=visits) == [
            ("set_aside", "visits", "swollen_joints_28", (2,))
        ]
        joints = read(tmp_path, visits=visits).tables["visits"]["swollen_joints_28"]
        np.testing.assert_array_equal(joints, [np.nan, 2])

    def test_an_event_without_its_date_or_term(self, tmp_path):
        events = """
            patient_id  term   onset_date  serious
            P1          rash   .           no
            P1          .      2024-02-01  no
            P2          fever  2024-04-01  .
        """
        assert find(tmp_path, "empty_mandatory", adverse_events=events) == [
            ("set_aside", "adverse_events", "term", (3,)),
            ("set_aside", "adverse_events", "onset_date", (2,)),
            ("set_aside", "adverse_events", "serious", (4,)),
        ]

    def test_that_value_and_only_that(self, tmp_path):
        visits = """
            patient_id  visit_date  physician_ga  prednisone_mg_day  rash_extent
            P1          2024-01-10  12            5                  everywhere
            P1          2024-06-10  1.2           -5                 none
            P2          2024-03-05  0.3           2.5                localised
        """
        dataset = read(tmp_path, visits=visits)
        assert [(f.column, f.rows) for f in dataset.findings if f.severity == "set_aside"] == [
            ("physician_ga", (2,)),
            ("prednisone_mg_day", (3,)),
            ("rash_extent", (2,)),
        ]
        table = dataset.tables["visits"]
        np.testing.assert_array_equal(table["physician_ga"], [np.nan, 1.2, 0.3])
        np.testing.assert_array_equal(table["prednisone_mg_day"], [5, np.nan, 2.5])
        assert table["rash_extent"].isna().tolist() == [True, False, False]
