"""Whom an endpoint is asked of: those whom baseline puts there, whatever became of them."""

import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort

EVERYTHING = "clasi=0 damage=0 bilag=E"


def denominator(endpoint, *baselines):
    """A sign a baseline visit: + in the denominator, - outside."""
    lines = (f"p{n}:\n 0 {EVERYTHING} {visit}" for n, visit in enumerate(baselines))
    inside = draw_cohort("\n".join(lines)).outcomes[endpoint].in_denominator
    return "".join("+" if is_in else "-" for is_in in inside)


@pytest.mark.parametrize(
    "endpoint",
    ["doris", "lldas", "lldas5", "sle_das_remission", "glucocorticoid_le5", "damage_accrual"],
)
def test_all_patients_even_those_without_baseline(endpoint):
    assert denominator(endpoint, "", "ga=? dose=? damage=?", "phone") == "+++"


def test_clasi_50_from_10():
    assert denominator("clasi50", "clasi=9", "clasi=10", "clasi=?") == "-+-"


def test_joint_50_from_6_of_both():
    baselines = (
        "swollen=6 tender=6",
        "swollen=5 tender=6",
        "swollen=6 tender=5",
        "swollen=6 tender=?",
    )

    assert denominator("joint50", *baselines) == "+---"


def test_off_glucocorticoids_from_any_dose():
    assert denominator("glucocorticoid_off", "dose=0", "dose=1", "dose=?") == "-+-"


def test_from_above_5_mg():
    assert denominator("glucocorticoid_le5_from_above", "dose=5", "dose=5.01") == "-+"


def test_a_dose_of_another_glucocorticoid_counts_as_its_equivalent():
    # Dexamethasone 0.75 mg is prednisone 5 mg, methylprednisolone 4.1 mg is 5.125 mg.
    baselines = (
        "dose=? glucocorticoid_drug=dexamethasone glucocorticoid_mg_day=0.75",
        "dose=? glucocorticoid_drug=methylprednisolone glucocorticoid_mg_day=4.1",
    )

    assert denominator("glucocorticoid_le5_from_above", *baselines) == "-+"


def test_sri_4_from_sledai_4():
    assert denominator("sri4", "rash fever", "rash alopecia", "arthritis") == "-++"


def test_sri_4_where_missing_descriptors_leave_no_doubt():
    """Known sum 4 is enough, whatever the missing item; 2 to 4 is not; a recorded total counts."""
    baselines = ("arthritis seizure=?", "rash alopecia=?", "phone sledai_2k=4", "phone sledai_2k=3")

    assert denominator("sri4", *baselines) == "+-+-"


def test_bicla_from_one_a_or_b():
    baselines = ("", "bilag_renal=C", "bilag_renal=B", "bilag_renal=A", "bilag_renal=?")

    assert denominator("bicla", *baselines) == "--++-"


def test_without_a_visit_at_baseline_nobody_is_in_a_denominator_of_baseline():
    cohort = draw_cohort(f"anna:\n -92 clasi=20 dose=20 {EVERYTHING}\n 5 clasi=20 dose=20\n 180")

    assert not cohort.outcomes["clasi50"].in_denominator[0]
    assert not cohort.outcomes["glucocorticoid_off"].in_denominator[0]


def test_the_damage_index_may_be_given_for_the_index_date():
    cohort = draw_cohort("""
        on_a_visit:
          0    damage=1
          180  damage=2
        at_index: slicc_damage_index=1
          0    damage=?
          180  damage=2
        unknown:
          0    damage=?
          180  damage=2
        never_falls:
          -30  damage=3
          0    damage=1     # a slip: the index never falls
          180  damage=3
    """)

    assert cohort.outcomes["damage_accrual"].at_visit[1].tolist() == [1, 1, 0, -1]


def test_patients_outside_are_neither_due_nor_any_other_status():
    cohort = draw_cohort("""
        inside:
          0    clasi=10
          180  clasi=5
        outside:
          0    clasi=9
          180  clasi=0
        outside_and_stopped: stop=20/other
          0    clasi=9
    """)
    row = estimate_attainment(cohort, select_patients(cohort), ("clasi50",), ("nri",)).table.iloc[1]

    assert row["timepoint_months"] == 6
    assert row["n_enrolled"] == 3
    assert row[["n_in_denominator", "n_due", "n_assessed", "n", "responders"]].tolist() == [1] * 5
    assert row[["n_missed", "n_stopped", "n_died", "n_lost", "n_pending"]].tolist() == [0] * 5
