"""Centres against one another: units, scales, missing values; small centres are not named."""

import numpy as np
import pytest

from tests.unit.data.drawn import examine, find, place

pytestmark = pytest.mark.slow

CENTRES = ("West", "East", "Oulu")
SIZE = 10


def _drawn(column: str, values: dict[str, list]) -> dict[str, str]:
    """One visit a patient, the patients of a centre after one another."""
    patients, visits = ["patient_id centre index_date last_contact_date"], []
    for centre, found in values.items():
        for value in found:
            name = f"P{len(patients)}"
            day = 1 + len(patients) % 28
            patients.append(f"{name} {centre} 2024-01-{day:02d} 2026-06-20")
            visits.append(f"{name} 2024-02-{day:02d} {value}")
    header = f"patient_id visit_date {column}"
    return {"patients": "\n".join(patients), "visits": "\n".join([header, *visits])}


def _like(usual: float, **other: float) -> dict[str, list]:
    spread = np.linspace(0.8, 1.2, SIZE)
    return {c: (spread * other.get(c, usual)).round(2).tolist() for c in CENTRES}


LUND = tuple(range(2 + SIZE, 2 + 2 * SIZE))
ALL = tuple(range(2, 2 + 3 * SIZE))


class TestUnits:
    def test_one_centre_in_grams(self, tmp_path):
        drawn = _drawn("proteinuria_mg_24h", _like(400, East=0.4))
        findings = [f for f in examine(tmp_path, **drawn).findings if f.rule == "unit_differs"]
        assert [place(f) for f in findings] == [("query", "visits", "proteinuria_mg_24h", LUND)]
        assert "East: the typical value is 0.001 times" in findings[0].message
        assert "mg/24 h" in findings[0].way_out

    def test_one_centre_tenfold(self, tmp_path):
        for column, usual, factor in (
            ("leukocytes_10e9_l", 5, 10),
            ("haemoglobin_g_dl", 12.5, 0.62),  # mmol/L
            ("prednisone_mg_day", 5, 10),
            ("proteinuria_mg_24h", 400, 1 / 8.84),  # mg/mmol
        ):
            drawn = _drawn(column, _like(usual, East=usual * factor))
            assert ("query", "visits", column, LUND) in find(
                tmp_path / column, "unit_differs", **drawn
            )

    def test_centres_that_treat_other_patients(self, tmp_path):
        drawn = _drawn("proteinuria_mg_24h", _like(200, East=1_200))
        assert find(tmp_path, "unit_differs", **drawn) == []

    def test_the_whole_cohort_in_another_unit(self, tmp_path):
        drawn = _drawn("leukocytes_10e9_l", _like(30))
        assert find(tmp_path, "unit_differs", **drawn) == [
            ("query", "visits", "leukocytes_10e9_l", ALL)
        ]

    def test_weights_in_pounds(self, tmp_path):
        drawn = _drawn("rash", dict.fromkeys(CENTRES, ["no"] * SIZE))
        lines = drawn["patients"].splitlines()
        kilograms = [65 * w for w in np.linspace(0.7, 1.3, 3 * SIZE)]
        for folder, is_pounds in (("one", lambda i: i in LUND), ("all", lambda i: True)):
            weights = [
                round(w * (2.2046 if is_pounds(i) else 1), 1)
                for i, w in enumerate(np.random.default_rng(1).permutation(kilograms), start=2)
            ]
            rows = [f"{row} {w}" for row, w in zip(lines[1:], weights, strict=True)]
            drawn["patients"] = "\n".join([lines[0] + " weight_kg", *rows])
            expected = LUND if folder == "one" else ALL
            assert find(tmp_path / folder, "unit_differs", **drawn) == [
                ("query", "patients", "weight_kg", expected)
            ]


class TestScales:
    def test_one_centre_on_ten_points(self, tmp_path):
        drawn = _drawn("patient_ga", _like(40, East=4))
        assert find(tmp_path, "scale_differs", **drawn) == [("query", "visits", "patient_ga", LUND)]

    def test_everybody_on_ten_points(self, tmp_path):
        drawn = _drawn("pain_vas", _like(4))
        assert find(tmp_path, "scale_differs", **drawn) == [("query", "visits", "pain_vas", ALL)]

    def test_what_is_left_of_a_global_assessment_on_ten_points(self, tmp_path):
        values = _like(1.2) | {"East": [2, 5, 1, 6, 8, 3, 4, 7, 2, 9]}
        drawn = _drawn("physician_ga", values)
        assert find(tmp_path, "out_of_range", **drawn) == [
            ("set_aside", "visits", "physician_ga", (13, 15, 16, 18, 19, 21))
        ]
        assert find(tmp_path, "scale_differs", **drawn) == [
            ("query", "visits", "physician_ga", (12, 14, 17, 20))
        ]


class TestMissing:
    def test_more_than_a_fifth(self, tmp_path):
        values = _like(1.2)
        values["West"][:2] = [".", "."]
        values["East"][:3] = [".", ".", "."]
        drawn = _drawn("physician_ga", values)
        (finding,) = [f for f in examine(tmp_path, **drawn).findings if f.rule == "often_missing"]
        assert place(finding) == ("query", "visits", "physician_ga", (12, 13, 14))
        assert finding.message == "East: missing at 30% of visits"

    def test_few_visits_say_nothing(self, tmp_path):
        values = {"West": [1] * 10, "East": [".", ".", ".", "."]}
        assert find(tmp_path, "often_missing", **_drawn("physician_ga", values)) == []


def test_a_centre_of_one_or_two_patients_is_not_named(tmp_path):
    patients = """
        patient_id  centre       index_date  last_contact_date
        P1          West         2024-01-10  2026-06-20
        P2          West         2024-03-05  2026-06-25
        P3          West         2024-03-06  2026-06-25
        P4          Mrs_Canary   2024-03-07  2026-06-25
    """
    visits = ["patient_id visit_date physician_ga"]
    visits += [f"P{i} 2024-0{month}-10 1" for i in (1, 2, 3) for month in range(3, 9)]
    visits += [f"P4 2024-0{month}-10 ." for month in range(3, 9)]
    examination = examine(tmp_path, patients=patients, visits="\n".join(visits))
    (finding,) = [f for f in examination.findings if f.rule == "often_missing"]
    assert finding.message == "a centre of one or two patients: missing at 100% of visits"
    assert len(finding.rows) == 6
