import numpy as np

from lupus_outcomes.derive.measured import (
    derive_measured,
    derive_schedule,
    is_meant_for,
    is_measured,
)
from lupus_outcomes.measures import MEASURES
from tests.drawn import draw_cohort

PATIENTS = """
    anna:
      0    rash clasi=12 ga=2
      180  clasi=3 ga=1
    bea: stop=100/other
      0    arthritis clasi=1 ga=1.5
      180  clasi=2 ga=0.5
    cleo: index=2026-10-01
      0    rash=? ga=1
      100  ga=0.4
"""


def measured(cohort, name, handling="observed"):
    schedule = derive_schedule(cohort, handling)
    return derive_measured(cohort, MEASURES[name], schedule)[[0, 2]].tolist()


def test_baseline_then_the_visit_that_stands_for_each_time_point():
    cohort = draw_cohort(PATIENTS)
    schedule = derive_schedule(cohort)

    assert schedule.months == (0, 3, 6, 12, 24, 36, 48, 60)
    np.testing.assert_equal(measured(cohort, "physician_ga"), [[2, 1.5, 1], [1, np.nan, np.nan]])


def test_off_the_drug_counts_where_asked():
    cohort = draw_cohort(PATIENTS)
    np.testing.assert_equal(
        measured(cohort, "physician_ga", "treatment_policy")[1], [1, 0.5, np.nan]
    )


def test_who_is_not_yet_due_is_not_seen():
    schedule = derive_schedule(draw_cohort(PATIENTS))

    assert schedule.is_due[:, 2].tolist() == [True, *[False] * 7]
    assert not schedule.is_seen[1:, 2].any()


def test_skin_is_for_those_with_skin_involvement_at_baseline():
    cohort = draw_cohort(PATIENTS)

    assert is_meant_for(cohort, MEASURES["clasi_activity"]).tolist() == [True, False, False]
    assert is_meant_for(cohort, MEASURES["swollen_joints_28"]).tolist() == [False, True, False]
    assert is_meant_for(cohort, MEASURES["sledai_2k"]).all()


def test_where_nobody_has_the_organ_nobody_is_meant():
    cohort = draw_cohort("anna:\n 0 clasi=3")
    assert not is_meant_for(cohort, MEASURES["clasi_activity"]).any()


def test_what_is_never_recorded_is_not_measured():
    cohort = draw_cohort(PATIENTS)

    assert is_measured(cohort, MEASURES["clasi_activity"])
    assert not is_measured(cohort, MEASURES["facit_fatigue"])
