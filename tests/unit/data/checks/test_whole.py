"""Tables cut off, patients without rows, columns that are absent, names in two spellings."""

from lupus_outcomes.data.read import examine_dataset
from tests.unit.data.drawn import draw_dataset, examine, find, place

PATIENTS = "patient_id centre index_date last_contact_date"


def _many(n_patients: int, index: str = "2024-01-10") -> str:
    rows = [f"P{i:02d} West {index} 2026-06-20" for i in range(n_patients)]
    return "\n".join([PATIENTS, *rows])


def _visits(n_patients: int) -> str:
    rows = [f"P{i:02d} 2024-02-{1 + i % 28:02d}" for i in range(n_patients)]
    return "\n".join(["patient_id visit_date", *rows])


def test_a_last_row_without_a_line_end(tmp_path):
    folder = draw_dataset(tmp_path)
    whole = (folder / "visits.csv").read_bytes()
    (folder / "visits.csv").write_bytes(whole[:-1])
    found = [place(f) for f in examine_dataset(folder).findings if f.rule == "no_line_end"]
    assert found == [("query", "visits", "", (5,))]


def test_patients_without_a_row(tmp_path):
    drawn = {
        "patients": f"""
            {PATIENTS}            treatment_group
            P1  West  2024-01-10  2026-06-20  anifrolumab
            P2  East  2024-03-05  2026-06-25  standard_of_care
            P3  East  2026-06-10  2026-06-25  anifrolumab
            P4  East  2024-03-05  2026-06-25  anifrolumab
        """,
        "visits": "patient_id visit_date\nP1 2024-01-10\nP2 2024-03-05",
        "infusions": "patient_id infusion_date dose_mg\nP1 2024-01-10 300\nP3 2026-06-10 300",
        "treatments": """
            patient_id  drug         start_date
            P1          anifrolumab  2024-01-10
            P3          aspirin      2026-06-10
        """,
    }
    found = [f for f in examine(tmp_path, **drawn).findings if f.rule == "no_rows"]
    assert [(f.message, *place(f)) for f in found] == [
        ("no row in visits", "query", "patients", "patient_id", (5,)),
        ("no infusion of anifrolumab in infusions", "query", "patients", "patient_id", (5,)),
        ("no course of anifrolumab in treatments", "query", "patients", "patient_id", (4, 5)),
    ]


class TestEndsEarly:
    def test_a_table_cut_off_between_rows(self, tmp_path):
        events = "\n".join(
            ["patient_id term onset_date serious"]
            + [f"P{i:02d} rash 2024-03-01 no" for i in range(18) if i % 4]
        )
        drawn = {"patients": _many(30), "visits": _visits(30), "adverse_events": events}
        assert find(tmp_path, "ends_early", **drawn) == [
            ("query", "adverse_events", "patient_id", (14,))
        ]

    def test_a_few_without_events_at_the_end_are_chance(self, tmp_path):
        events = "\n".join(
            ["patient_id term onset_date serious"]
            + [f"P{i:02d} rash 2024-03-01 no" for i in range(26) if i % 4]
        )
        drawn = {"patients": _many(30), "visits": _visits(30), "adverse_events": events}
        assert find(tmp_path, "ends_early", **drawn) == []

    def test_those_enrolled_last_may_have_had_no_event_yet(self, tmp_path):
        late = _many(30).splitlines()
        late[18:] = [row.replace("2024-01-10", "2026-05-01") for row in late[18:]]
        visits = _visits(17).splitlines() + [f"P{i:02d} 2026-05-01" for i in range(17, 30)]
        events = "\n".join(
            ["patient_id term onset_date serious"]
            + [f"P{i:02d} rash 2024-03-01 no" for i in range(17) if i % 4]
        )
        drawn = {"patients": "\n".join(late), "visits": "\n".join(visits), "adverse_events": events}
        assert find(tmp_path, "ends_early", **drawn) == []

    def test_a_table_in_no_order_of_patients_says_nothing(self, tmp_path):
        rows = [f"P{i:02d} rash 2024-03-01 no" for i in range(18) if i % 4]
        events = "\n".join(["patient_id term onset_date serious", *reversed(rows)])
        drawn = {"patients": _many(30), "visits": _visits(30), "adverse_events": events}
        assert find(tmp_path, "ends_early", **drawn) == []


class TestNotCollected:
    def test_absent_columns_are_named_with_what_they_cost(self, tmp_path):
        findings = {f.table: f for f in examine(tmp_path).findings if f.rule == "not_collected"}
        visits = findings["visits"]
        assert (visits.severity, visits.rows) == ("query", ())
        assert visits.column.split(", ")[:2] == ["seizure", "psychosis"]
        assert "so there is no DORIS remission, LLDAS" in visits.message
        assert findings["patients"].column.startswith("treatment_group, sex, age_years")
        assert findings["infusions"].message == "the table is absent"

    def test_an_assumption_stands_in_for_its_column(self, tmp_path):
        drawn = {
            "visits": """
                patient_id  visit_date  clinical_sledai  physician_ga  prednisone_mg_day
                P1          2024-01-10  4                1             5
                P2          2024-03-05  4                1             5
            """,
        }

        def message(folder, **more):
            findings = examine(folder, **drawn, **more).findings
            return next(
                f.message for f in findings if f.rule == "not_collected" and f.table == "visits"
            )

        assert "DORIS remission" in message(tmp_path / "a")
        assert "DORIS remission" not in message(tmp_path / "b", assume="treatment_stable = true")

    def test_the_order_is_the_dictionarys(self, tmp_path):
        def columns():
            findings = examine(tmp_path).findings
            return [f.column for f in findings if f.rule == "not_collected"]

        assert columns() == columns()


class TestSameness:
    def test_a_measurement_that_is_the_same_throughout(self, tmp_path):
        rows = [f"P{i:02d} 2024-02-{1 + i:02d} 5.5 0 {i % 2} yes no yes" for i in range(20)]
        header = "patient_id visit_date leukocytes_10e9_l swollen_joints_28 tender_joints_28 "
        header += "rash fever treatment_stable"
        visits = "\n".join([header, *rows])
        assert find(tmp_path / "a", "same_value", patients=_many(20), visits=visits) == [
            ("query", "visits", "rash", tuple(range(2, 22))),
            ("query", "visits", "leukocytes_10e9_l", tuple(range(2, 22))),
        ]
        other = visits.replace("5.5", "6.5", 1).replace("yes no", "no no", 1)
        assert find(tmp_path / "b", "same_value", patients=_many(20), visits=other) == []

    def test_a_table_of_one_patient(self, tmp_path):
        rows = [f"P0{1 if i < 11 else i % 9} 2024-03-{1 + i:02d} severe" for i in range(20)]
        flares = "\n".join(["patient_id flare_date severity", *rows])
        drawn = {"patients": _many(20), "visits": _visits(20), "flares": flares}
        assert find(tmp_path / "a", "one_patient", **drawn) == [
            ("query", "flares", "patient_id", (*range(2, 13), 21))
        ]


class TestSpelling:
    def test_a_centre_in_two_spellings(self, tmp_path):
        patients = f"""
            {PATIENTS}
            P1  Centre_1  2024-01-10  2026-06-20
            P2  centre-1  2024-01-11  2026-06-20
            P3  Centre_1  2024-01-12  2026-06-20
            P4  Centre_2  2024-01-13  2026-06-20
        """
        visits = "patient_id visit_date\n" + "\n".join(f"P{i} 2024-02-0{i}" for i in range(1, 5))
        found = find(tmp_path, "similar_spelling", patients=patients, visits=visits)
        assert found == [("query", "patients", "centre", (3,))]

    def test_two_patients_who_may_be_one(self, tmp_path):
        patients = f"""
            {PATIENTS}
            P1   West  2024-01-10  2026-06-20
            P_1  West  2024-01-11  2026-06-20
            P-1  West  2024-01-12  2026-06-20
            p-2  West  2024-01-13  2026-06-20
        """
        visits = (
            "patient_id visit_date\nP1 2024-02-01\nP_1 2024-02-02\nP-1 2024-02-03\np-2 2024-02-04"
        )
        found = find(tmp_path, "similar_spelling", patients=patients, visits=visits)
        assert found == [("query", "patients", "patient_id", (2, 3))]
