"""LLDAS item 5 from the courses of treatment, where these are declared complete."""

import pytest

from tests.drawn import draw_cohort, states

UNRECORDED = "maintenance_in_limits=?"


def maintenance(*courses, days=(100,), patient="anna:"):
    """The sign of item 5 at each day, with anifrolumab running beside the courses."""
    lines = [patient, *(f"{day} {UNRECORDED}" for day in days), *(f"takes {c}" for c in courses)]
    cohort = draw_cohort("\n".join(lines), treatments_complete=True)
    return states(cohort, "lldas_maintenance")


@pytest.mark.parametrize(
    ("course", "sign"),
    [
        ("hydroxychloroquine from=0 dose=400", "+"),
        ("hydroxychloroquine from=0 dose=400.1", "-"),
        ("methotrexate from=0 dose=30 interval_days=7", "+"),
        ("methotrexate from=0 dose=31 interval_days=7", "-"),
        ("methotrexate from=0 dose=20", "+"),  # weekly is understood
        ("methotrexate from=0 dose=10 interval_days=1", "-"),
        ("Azathioprine from=0 dose=200", "+"),
        ("azathioprine from=0 dose=400 interval_days=2", "+"),
        ("azathioprine from=0 dose=201", "-"),
        ("azathioprine from=0", "?"),
        ("azathioprine from=0 dose=150 interval_days=0", "+"),
        ("mycophenolate_mofetil from=0 dose=3000", "+"),
        ("mycophenolate_mofetil from=0 dose=3.5 unit=g", "-"),
        ("mycophenolate from=0 dose=3500 unit=mg/day", "-"),
        ("mycophenolic_acid from=0 dose=2161", "-"),
        ("leflunomide from=0 dose=20 unit=tablets", "?"),
        ("cyclophosphamide from=0", "-"),
        ("belimumab from=0", "+"),
        ("sunscreen from=0 dose=1", "+"),
    ],
)
def test_one_course(course, sign):
    assert maintenance(course) == sign


@pytest.mark.parametrize(
    ("weight", "sign"), [("weight_kg=60", "+"), ("weight_kg=59", "-"), ("", "?")]
)
def test_a_ceiling_per_kilogram_needs_the_weight(weight, sign):
    assert maintenance("cyclosporine from=0 dose=300", patient=f"anna: {weight}") == sign


def test_no_course_is_within_limits():
    assert maintenance() == "+"


def test_a_course_counts_from_its_start_up_to_its_stop():
    days = (99, 100, 150, 199, 200)

    assert maintenance("cyclophosphamide from=100 to=200", days=days) == "+---+"


def test_on_the_day_of_a_change_the_new_dose_counts():
    courses = ("azathioprine from=0 to=100 dose=250", "azathioprine from=100 dose=150")

    assert maintenance(*courses, days=(99, 100, 101)) == "-++"


def test_one_drug_beyond_its_ceiling_is_enough():
    courses = ("hydroxychloroquine from=0 dose=200", "azathioprine from=50 to=150 dose=250")

    assert maintenance(*courses, days=(20, 100, 180)) == "+-+"


def test_beyond_overrules_unknown():
    courses = ("azathioprine from=0", "cyclophosphamide from=0 to=50")

    assert maintenance(*courses, days=(20, 60)) == "-?"


def test_a_stop_without_a_start_does_not_end_another_course():
    courses = ("cyclophosphamide from=0", "cyclophosphamide to=50")

    assert maintenance(*courses, days=(40, 60)) == "--"


def test_another_patients_courses_do_not_count():
    cohort = draw_cohort(
        f"""
        anna:
          100 {UNRECORDED}
          takes cyclophosphamide from=0
        bea:
          100 {UNRECORDED}
        """,
        treatments_complete=True,
    )

    assert states(cohort, "lldas_maintenance") == "-+"


def test_what_was_recorded_at_the_visit_comes_first():
    cohort = draw_cohort(
        "anna:\n 0 maintenance_in_limits=yes\n 90\n takes cyclophosphamide from=0",
        treatments_complete=True,
    )

    assert states(cohort, "lldas_maintenance") == "++"


def test_without_the_declaration_courses_decide_nothing():
    cohort = draw_cohort(f"anna:\n 0 {UNRECORDED}\n takes cyclophosphamide from=0")

    assert states(cohort, "lldas_maintenance") == "?"


def test_an_investigational_drug_disqualifies_whatever_the_doses():
    cohort = draw_cohort(f"anna:\n 0 {UNRECORDED} investigational_drug", treatments_complete=True)

    assert states(cohort, "lldas_maintenance") == "-"
