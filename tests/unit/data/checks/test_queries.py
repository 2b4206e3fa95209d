"""What is kept and queried: unknown names, empty tables, values most likely in another unit."""

import pytest

from lupus_outcomes.data.read import examine_dataset
from tests.unit.data.drawn import draw_dataset, find, read


class TestQueries:
    def test_a_column_that_nobody_knows(self, tmp_path):
        visits = """
            patient_id  visit_date  initials
            P1          2024-01-10  AB
            P2          2024-03-05  CD
        """
        assert find(tmp_path, "unknown_column", visits=visits) == [
            ("query", "visits", "initials", ())
        ]
        assert "initials" not in read(tmp_path, visits=visits).tables["visits"]

    @pytest.mark.parametrize("name", ["labs.csv", "Infusions.csv", "infusions.CSV", "x.parquet"])
    def test_a_table_that_nobody_knows(self, tmp_path, name):
        folder = draw_dataset(tmp_path)
        (folder / name).write_text("a,b\n")
        found = [f for f in examine_dataset(folder).findings if f.rule == "unknown_table"]
        assert [(f.severity, f.table) for f in found] == [("query", name)]

    def test_an_optional_table_without_rows(self, tmp_path):
        assert find(tmp_path, "empty_table", flares="patient_id flare_date severity") == [
            ("query", "flares", "", ())
        ]

    @pytest.mark.parametrize(
        ("column", "values", "rows"),
        [
            ("haemoglobin_g_dl", "12.5 125 2 0", (3, 4)),
            ("platelets_10e9_l", "250 250000 0 999", (3,)),
            ("leukocytes_10e9_l", "6 6000 0.1 0", (3, 4)),
            ("proteinuria_mg_24h", "150 0.15 0 30000", (3, 5)),
            ("prednisone_mg_day", "5 100 101 0", (4,)),
        ],
    )
    def test_a_value_that_is_most_likely_in_another_unit_is_kept(
        self, tmp_path, column, values, rows
    ):
        lines = [f"P{i} 2024-01-10 {value}" for i, value in enumerate(values.split())]
        ids = [f"P{i} West 2024-01-10 2026-06-20" for i in range(len(lines))]
        drawn = {
            "visits": "\n".join([f"patient_id visit_date {column}", *lines]),
            "patients": "\n".join(["patient_id centre index_date last_contact_date", *ids]),
        }
        assert find(tmp_path, "implausible", **drawn) == [("query", "visits", column, rows)]
        kept = read(tmp_path, **drawn).tables["visits"][column]
        assert kept.tolist() == [float(value) for value in values.split()]

    @pytest.mark.parametrize(("weight", "is_odd"), [("65", False), ("143", True), ("12", True)])
    def test_a_weight_in_pounds(self, tmp_path, weight, is_odd):
        patients = f"""
            patient_id  centre  index_date  last_contact_date  weight_kg
            P1          West    2024-01-10  2026-06-20         {weight}
            P2          East    2024-03-05  2026-06-25         65
        """
        expected = [("query", "patients", "weight_kg", (2,))] if is_odd else []
        assert find(tmp_path, "implausible", patients=patients) == expected

    def test_outside_the_range_is_said_once(self, tmp_path):
        patients = """
            patient_id  centre  index_date  last_contact_date  weight_kg
            P1          West    2024-01-10  2026-06-20         6500
            P2          East    2024-03-05  2026-06-25         65
        """
        assert find(tmp_path, "out_of_range", patients=patients) != []
        assert find(tmp_path, "implausible", patients=patients) == []
