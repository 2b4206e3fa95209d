"""Infusions and courses against the patients who had them."""

import pytest

from tests.unit.data.drawn import find

DOSES = "patient_id infusion_date dose_mg route"


def _infusions(*rows: str) -> str:
    return "\n".join([DOSES, *rows])


def _courses(*rows: str) -> str:
    return "\n".join(["patient_id drug start_date stop_date stop_reason", *rows])


class TestInfusions:
    def test_a_dose_that_is_not_on_the_label(self, tmp_path):
        infusions = _infusions(
            "P1 2024-01-10 300  .", "P1 2024-02-07 3000 iv", "P1 2024-03-06 150 iv",
            "P1 2024-04-03 120  iv", "P2 2024-03-05 120 sc", "P2 2024-03-12 300 sc",
        )  # fmt: skip
        assert find(tmp_path / "a", "unusual_dose", infusions=infusions) == [
            ("query", "infusions", "dose_mg", (3, 5)),
            ("query", "infusions", "dose_mg", (7,)),
        ]
        paediatric = {"study": '"nct05835310"'}
        assert find(tmp_path / "b", "unusual_dose", infusions=infusions, about=paediatric) == []

    def test_two_doses_too_close(self, tmp_path):
        infusions = _infusions(
            "P1 2024-01-10 300 iv", "P1 2024-01-23 300 iv", "P1 2024-02-06 300 iv",
            "P2 2024-03-05 120 sc", "P2 2024-03-12 120 sc", "P2 2024-03-15 120 sc",
        )  # fmt: skip
        assert find(tmp_path, "short_interval", infusions=infusions) == [
            ("query", "infusions", "infusion_date", (3,)),
            ("query", "infusions", "infusion_date", (7,)),
        ]

    def test_a_dose_after_the_stop(self, tmp_path):
        drawn = {
            "infusions": _infusions(
                "P1 2024-01-10 300 iv", "P1 2025-01-17 300 iv", "P1 2025-01-18 300 iv",
                "P2 2024-03-05 300 iv", "P2 2025-06-01 300 iv",
            ),
            "treatments": _courses(
                "P1 anifrolumab 2024-01-10 2025-01-10 other",
                "P2 anifrolumab 2024-03-05 2025-01-10 other",
                "P2 anifrolumab 2025-05-01 . .",
            ),
        }  # fmt: skip
        assert find(tmp_path, "dose_after_stop", **drawn) == [
            ("query", "infusions", "infusion_date", (4,))
        ]

    def test_an_index_date_that_is_not_the_first_dose(self, tmp_path):
        drawn = {
            "infusions": _infusions("P1 2024-02-08 300 iv", "P2 2024-04-02 300 iv"),
            "treatments": _courses(
                "P1 Anifrolumab 2024-01-10 . .", "P2 anifrolumab 2025-03-05 . ."
            ),
        }
        assert find(tmp_path, "index_not_first_dose", **drawn) == [
            ("query", "patients", "index_date", (2,)),
            ("query", "patients", "index_date", (3,)),
        ]

    def test_a_comparator_has_no_first_dose(self, tmp_path):
        drawn = {
            "patients": """
                patient_id  centre  index_date  last_contact_date  treatment_group
                P1          West    2024-01-10  2026-06-20         anifrolumab
                P2          East    2024-03-05  2026-06-25         standard_of_care
            """,
            "infusions": _infusions("P1 2024-01-10 300 iv", "P2 2025-04-02 300 iv"),
        }
        assert find(tmp_path, "index_not_first_dose", **drawn) == []


class TestCourses:
    @pytest.mark.parametrize(
        ("drug", "is_meant"),
        [
            ("Anifrolumab", False),
            ("anifrolimab", True),
            ("Saphnelo", True),
            ("anifrolumab_300_mg", True),
            ("MEDI-546", True),
            ("belimumab", False),
            ("adalimumab", False),
        ],
    )
    def test_another_spelling_of_the_study_drug(self, tmp_path, drug, is_meant):
        treatments = _courses(
            f"P1 {drug} 2024-01-10 . .",
            "P1 anifrolumab 2024-01-10 . .",
            "P2 anifrolumab 2024-03-05 . .",
        )
        expected = [("query", "treatments", "drug", (2,))] if is_meant else []
        assert find(tmp_path, "study_drug_misspelt", treatments=treatments) == expected

    def test_stops_and_their_reasons(self, tmp_path):
        drawn = {
            "patients": """
                patient_id  centre  index_date  last_contact_date  sex   death_date
                P1          West    2024-01-10  2026-06-20         male  .
                P2          East    2024-03-05  2026-06-25         .     2026-06-25
            """,
            "treatments": _courses(
                "P1 anifrolumab  2024-01-10 .          other",
                "P1 azathioprine 2024-01-10 2025-01-10 .",
                "P1 methotrexate 2024-01-10 2025-01-10 pregnancy",
                "P1 aspirin      2024-01-10 2025-01-10 death",
                "P2 anifrolumab  2024-03-05 2025-01-10 .",
                "P2 aspirin      2024-03-05 2026-06-25 death",
            ),
        }
        assert find(tmp_path, "stop_contradicted", **drawn) == [
            ("query", "treatments", "stop_date", (2,)),
            ("query", "treatments", "stop_reason", (6,)),
            ("query", "treatments", "stop_reason", (5,)),
            ("query", "treatments", "stop_reason", (4,)),
        ]

    def test_courses_of_a_drug_that_overlap(self, tmp_path):
        treatments = _courses(
            "P1 anifrolumab 2024-01-10 2024-06-10 other",
            "P1 anifrolumab 2024-06-10 . .",
            "P2 anifrolumab 2024-03-05 2024-08-10 other",
            "P2 anifrolumab 2024-08-09 . .",
            "P2 aspirin     2024-06-10 . .",
        )
        assert find(tmp_path, "courses_overlap", treatments=treatments) == [
            ("query", "treatments", "start_date", (5,))
        ]
