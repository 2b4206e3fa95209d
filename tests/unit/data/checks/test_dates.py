"""Dates against one another: each rule on the rows just in and just out of it."""

import pytest

from tests.unit.data.drawn import blemishes, examine, find

PATIENTS = "patient_id centre index_date last_contact_date"


class TestPatients:
    def test_last_contact_before_index_is_refused(self, tmp_path):
        patients = f"""
            {PATIENTS}
            P1  West  2024-01-10  2024-01-09
            P2  East  2024-03-05  2024-03-05
        """
        visits = "patient_id visit_date\nP1 2024-01-08\nP2 2024-03-05"
        assert find(tmp_path, "contact_before_index", patients=patients, visits=visits) == [
            ("error", "patients", "last_contact_date", (2,))
        ]

    def test_index_after_the_data_cut_is_refused(self, tmp_path):
        patients = f"""
            {PATIENTS}
            P1  West  2026-07-01  2026-07-01
            P2  East  2026-06-30  2026-06-30
        """
        visits = "patient_id visit_date\nP1 2026-06-30\nP2 2026-06-30"
        assert find(tmp_path, "index_after_data_cut", patients=patients, visits=visits) == [
            ("error", "patients", "index_date", (2,))
        ]

    def test_diagnosis_and_death(self, tmp_path):
        patients = f"""
            {PATIENTS}           diagnosis_date  death_date  age_years
            P1  West  2024-01-10  2026-06-20  2024-01-11  2024-01-09  40
            P2  East  2024-03-05  2026-06-25  2024-03-05  2026-06-25  40
            P3  East  2024-03-06  2026-06-25  1983-01-01  2026-06-24  40
            P4  East  2024-03-07  2026-06-25  1984-01-01  .           40
        """
        visits = """
            patient_id  visit_date
            P1          2024-01-08
            P2          2024-03-05
            P3          2024-03-05
            P4          2024-03-05
        """
        found = blemishes(examine(tmp_path, patients=patients, visits=visits).findings)
        assert found == [
            ("diagnosis_after_index", "set_aside", "patients", "diagnosis_date", (2,)),
            ("death_before_index", "set_aside", "patients", "death_date", (2,)),
            ("diagnosis_before_birth", "query", "patients", "diagnosis_date", (4,)),
            ("contact_after_death", "query", "patients", "last_contact_date", (4,)),
        ]

    def test_consent(self, tmp_path):
        patients = f"""
            {PATIENTS}            consent_date  withdrawal_date
            P1  West  2024-01-10  2026-06-20  2021-12-01  2025-01-01
            P2  East  2024-03-05  2026-06-25  2024-03-01  2024-02-01
            P3  East  2024-03-06  2026-06-25  2023-03-01  2024-03-06
        """
        visits = "patient_id visit_date\nP1 2024-01-10\nP2 2024-03-05\nP3 2024-03-06"
        found = blemishes(examine(tmp_path, patients=patients, visits=visits).findings)
        assert found == [
            ("withdrawal_before_consent", "query", "patients", "withdrawal_date", (3,)),
            ("withdrawal_before_index", "query", "patients", "withdrawal_date", (3,)),
            ("consent_long_before_index", "query", "patients", "consent_date", (2,)),
        ]

    @pytest.mark.parametrize(
        "column", ["consent_date", "withdrawal_date", "death_date", "last_contact_date"]
    )
    def test_a_date_in_the_future(self, tmp_path, column):
        names = ["index_date", "consent_date", "withdrawal_date", "death_date", "last_contact_date"]
        cells = dict.fromkeys(names, ".") | {
            "index_date": "2024-01-10",
            "last_contact_date": "2026-06-20",
        }
        late, on_time = cells | {column: "2026-07-02"}, cells | {column: "2026-07-01"}
        patients = f"""
            patient_id  centre  {" ".join(names)}
            P1          West    {" ".join(late.values())}
            P2          East    {" ".join(on_time.values())}
        """
        visits = "patient_id visit_date\nP1 2024-01-10\nP2 2024-01-10"
        assert find(tmp_path, "after_data_cut", patients=patients, visits=visits) == [
            ("query", "patients", column, (2,))
        ]

    def test_before_the_drug_was_given_to_anybody(self, tmp_path):
        drawn = {
            "patients": f"""
                {PATIENTS}            treatment_group
                P1  West  2004-01-10  2026-06-20  anifrolumab
                P2  East  2004-03-05  2026-06-25  standard_of_care
            """,
            "visits": "patient_id visit_date\nP1 2004-01-10\nP2 2004-03-05",
        }
        assert find(tmp_path / "a", "before_the_drug", **drawn) == [
            ("query", "patients", "index_date", (2,))
        ]
        shifted = {"dates_shifted": "true"}
        assert find(tmp_path / "b", "before_the_drug", about=shifted, **drawn) == []


class TestEvents:
    def test_a_row_of_nobody(self, tmp_path):
        drawn = {
            "visits": "patient_id visit_date\nP1 2024-01-10\np2 2024-03-05\nP3 2024-03-05",
            "infusions": "patient_id infusion_date dose_mg\nP1 2024-01-10 300\nP02 2024-03-05 300",
        }
        assert find(tmp_path, "orphan_patient", **drawn) == [
            ("error", "visits", "patient_id", (3, 4)),
            ("error", "infusions", "patient_id", (3,)),
        ]

    def test_a_visit_after_the_data_cut(self, tmp_path):
        visits = """
            patient_id  visit_date
            P1          2024-01-10
            P1          2026-07-01
            P1          2026-07-02
            P2          2024-03-05
        """
        assert find(tmp_path, "after_data_cut", visits=visits) == [
            ("error", "visits", "visit_date", (4,))
        ]

    def test_other_events_after_the_data_cut_are_set_aside(self, tmp_path):
        drawn = {
            "infusions": "patient_id infusion_date dose_mg\nP1 2024-01-10 300\nP2 2027-03-05 300",
            "treatments": "patient_id drug start_date\nP1 aspirin 2027-01-10",
            "flares": "patient_id flare_date severity\nP1 2027-01-10 severe",
            "adverse_events": "patient_id term onset_date serious\nP1 rash 2027-01-10 no",
            "samples": "patient_id sample_date analyte value unit\nP1 2027-01-10 C3 1 g/L",
        }
        assert find(tmp_path, "after_data_cut", **drawn) == [
            ("set_aside", "infusions", "infusion_date", (3,)),
            ("set_aside", "treatments", "start_date", (2,)),
            ("set_aside", "flares", "flare_date", (2,)),
            ("set_aside", "adverse_events", "onset_date", (2,)),
            ("set_aside", "samples", "sample_date", (2,)),
        ]

    def test_after_death_and_after_the_last_contact(self, tmp_path):
        drawn = {
            "patients": f"""
                {PATIENTS}            death_date
                P1  West  2024-01-10  2025-01-10  2025-02-01
                P2  East  2024-03-05  2025-01-10  .
            """,
            "adverse_events": """
                patient_id  term   onset_date  serious  end_date
                P1          rash   2025-02-02  no       .
                P1          fever  2025-02-01  no       .
                P2          rash   2025-01-10  no       .
                P2          fever  2025-01-11  no       .
                P1          ulcer  2025-01-01  no       2025-02-02
            """,
            "visits": "patient_id visit_date\nP1 2024-01-10\nP2 2024-03-05",
            "about": {"data_cut": "2025-06-30"},
        }
        assert blemishes(examine(tmp_path, **drawn).findings) == [
            ("after_death", "set_aside", "adverse_events", "onset_date", (2,)),
            ("after_last_contact", "query", "adverse_events", "onset_date", (3, 5)),
            ("end_after_death", "query", "adverse_events", "end_date", (6,)),
        ]

    def test_an_end_before_its_start_or_after_the_data_cut(self, tmp_path):
        drawn = {
            "treatments": """
                patient_id  drug     start_date  stop_date
                P1          aspirin  2024-02-01  2024-01-31
                P1          statin   2024-02-01  2024-02-01
                P2          aspirin  2024-02-01  2027-02-01
            """,
            "adverse_events": """
                patient_id  term   onset_date  serious  end_date
                P1          rash   2024-02-02  no       2024-02-01
            """,
        }
        assert find(tmp_path, "end_before_start", **drawn) == [
            ("set_aside", "treatments", "stop_date", (2,)),
            ("set_aside", "adverse_events", "end_date", (2,)),
        ]
        assert find(tmp_path, "after_data_cut", **drawn) == [
            ("query", "treatments", "stop_date", (4,))
        ]

    def test_long_before_the_index_date(self, tmp_path):
        drawn = {
            "visits": """
                patient_id  visit_date
                P1          2023-10-10
                P1          2023-10-11
                P2          2024-03-05
            """,
            "infusions": """
                patient_id  infusion_date  dose_mg
                P1          2024-01-02     300
                P2          2024-02-27     300
            """,
            "treatments": "patient_id drug start_date\nP1 aspirin 1955-01-10",
            "flares": "patient_id flare_date severity\nP1 2022-01-02 severe",
            "adverse_events": "patient_id term onset_date serious\nP1 rash 2023-01-02 no",
            "samples": "patient_id sample_date analyte value unit\nP1 2014-01-10 C3 1 g/L",
        }
        found = [
            f for f in blemishes(examine(tmp_path, **drawn).findings) if "before_index" in f[0]
        ]
        assert found == [
            ("visit_long_before_index", "query", "visits", "visit_date", (2,)),
            ("long_before_index", "query", "infusions", "infusion_date", (2,)),
            ("long_before_index", "query", "treatments", "start_date", (2,)),
            ("long_before_index", "query", "flares", "flare_date", (2,)),
            ("long_before_index", "query", "adverse_events", "onset_date", (2,)),
            ("long_before_index", "query", "samples", "sample_date", (2,)),
        ]


def _visits(*rows: tuple[str, str]) -> str:
    return "\n".join(["patient_id visit_date", *(" ".join(row) for row in rows)])


class TestOrder:
    def test_a_date_that_breaks_the_order_is_queried_with_its_neighbour(self, tmp_path):
        visits = _visits(
            ("P1", "2024-01-10"), ("P1", "2024-04-10"), ("P1", "2023-12-10"), ("P2", "2024-03-05")
        )  # fmt: skip
        assert find(tmp_path, "out_of_order", visits=visits) == [
            ("query", "visits", "visit_date", (3, 4))
        ]

    def test_a_table_that_keeps_no_order_says_nothing(self, tmp_path):
        visits = _visits(
            ("P1", "2025-01-10"), ("P1", "2024-04-10"), ("P1", "2024-01-10"), ("P2", "2024-03-05")
        )  # fmt: skip
        assert find(tmp_path, "out_of_order", visits=visits) == []

    def test_one_day_for_many_patients(self, tmp_path):
        n_patients = 40
        rows = [f"P{i} West 2024-01-{1 + i % 28:02d} 2026-06-20" for i in range(n_patients)]
        seen = [
            (f"P{i}", "2025-05-05" if i < 11 else f"2025-02-{1 + i % 28:02d}") for i in range(40)
        ]
        patients = "\n".join([PATIENTS, *rows])
        assert find(tmp_path / "a", "same_date", patients=patients, visits=_visits(*seen)) == [
            ("query", "visits", "visit_date", tuple(range(2, 13)))
        ]
        seen[0] = ("P0", "2025-05-06")
        assert find(tmp_path / "b", "same_date", patients=patients, visits=_visits(*seen)) == []

    def test_a_date_filled_down(self, tmp_path):
        dates = ["2024-03-01", "2024-01-10", *["2024-02-02"] * 5, "2024-01-05"]
        rows = [f"P{i} West {date} 2026-06-20" for i, date in enumerate(dates)]
        visits = _visits(*((f"P{i}", date) for i, date in enumerate(dates)))
        drawn = {"patients": "\n".join([PATIENTS, *rows]), "visits": visits}
        assert find(tmp_path / "a", "filled_down", **drawn) == [
            ("query", "patients", "index_date", (4, 5, 6, 7, 8))
        ]
        in_order = {"patients": "\n".join([PATIENTS, *sorted(rows, key=lambda row: row[8:])])}
        assert find(tmp_path / "b", "filled_down", **(drawn | in_order)) == []
