"""Adverse events, samples and eligibility; rows entered twice."""

from tests.unit.data.drawn import find


def test_rows_entered_twice(tmp_path):
    drawn = {
        "infusions": """
            patient_id  infusion_date  dose_mg
            P1          2024-01-10     300
            P1          2024-01-10     150
            P2          2024-03-05     300
        """,
        "flares": """
            patient_id  flare_date  severity
            P1          2024-02-10  severe
            P1          2024-02-11  severe
            P1          2024-02-10  mild_moderate
        """,
        "adverse_events": """
            patient_id  term   onset_date  serious
            P1          rash   2024-02-10  no
            P2          rash   2024-02-10  no
            P1          rash   2024-02-10  yes
            P1          fever  .           no
            P1          fever  .           no
        """,
    }
    assert find(tmp_path, "repeated_row", **drawn) == [
        ("query", "infusions", "patient_id, infusion_date", (2, 3)),
        ("query", "flares", "patient_id, flare_date", (2, 4)),
        ("query", "adverse_events", "patient_id, term, onset_date", (2, 4)),
    ]


def test_an_event_against_itself_and_the_patient(tmp_path):
    drawn = {
        "patients": """
            patient_id  centre  index_date  last_contact_date  death_date
            P1          West    2024-01-10  2026-06-20         .
            P2          East    2024-03-05  2026-06-25         2026-06-25
        """,
        "adverse_events": """
            patient_id term onset_date serious seriousness grade outcome herpes_zoster infection
            P1  a  2024-02-10  no   hospitalisation  2  recovered  no   no
            P1  b  2024-02-10  yes  hospitalisation  3  recovered  yes  yes
            P1  c  2024-02-10  yes  death            .  .          .    .
            P1  d  2024-02-10  yes  .                5  .          yes  no
            P1  e  2024-02-10  yes  .                .  fatal      yes  .
            P2  f  2026-06-20  yes  death            5  fatal      .    .
        """,
    }
    assert find(tmp_path, "event_contradicted", **drawn) == [
        ("query", "adverse_events", "seriousness", (2,)),
        ("query", "adverse_events", "outcome", (4, 5, 6)),
        ("query", "adverse_events", "infection", (5,)),
    ]


def test_samples_in_two_units_and_below_zero(tmp_path):
    rows = [f"P1 2024-02-{day:02d} C3 1.1 g/L" for day in range(1, 27)]
    rows += [
        "P2 2024-04-01 C3 110 mg/dL",
        *(f"P2 2024-05-0{day} dsDNA 12 IU" for day in range(1, 4)),
    ]
    rows += ["P2 2024-06-01 signature -1.2 score", "P2 2024-06-02 signature 0.4 score"]
    rows += [f"P2 2024-07-{day:02d} C4 0.2 g/L" for day in range(1, 31)]
    rows += [f"P2 2024-08-{day:02d} C4 0.2 g/L" for day in range(1, 31)]
    rows += ["P2 2024-09-01 C4 -0.2 g/L"]
    samples = "\n".join(["patient_id sample_date analyte value unit", *rows])
    assert find(tmp_path, "units_differ", samples=samples) == [("query", "samples", "unit", (28,))]
    assert find(tmp_path, "negative_value", samples=samples) == [
        ("query", "samples", "value", (len(rows) + 1,))
    ]


def test_a_criterion_that_no_study_asks_for(tmp_path):
    eligibility = """
        patient_id  criterion         met
        P1          active_disease    yes
        P1          active_diseases   yes
        P2          hiv               no
        P2          suicidal_ideation no
    """
    assert find(tmp_path, "unknown_criterion", eligibility=eligibility) == [
        ("query", "eligibility", "criterion", (3,))
    ]
