import pytest

from lupus_outcomes.analysis.patient_reported import (
    describe_patient_reported_missing,
    estimate_patient_reported,
)
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort

PATIENTS = """
    anna:
      0    facit_fatigue=20 pain_vas=60
      180  facit_fatigue=24 pain_vas=44.2
    bea:
      0    facit_fatigue=20 pain_vas=60
      180  facit_fatigue=23.5 pain_vas=44.3
    cleo:
      0    facit_fatigue=50 pain_vas=10
      180  facit_fatigue=46 pain_vas=18.5
    dora: centre=Elsewhere
      0    facit_fatigue=?
      180  facit_fatigue=40
    eva:
      0    facit_fatigue=30
      180  facit_fatigue=?
    fay: stop=100/other
      0    facit_fatigue=10
      180  facit_fatigue=50
"""


@pytest.fixture(scope="module")
def cohort():
    return draw_cohort(PATIENTS)


def counts(cohort, measure, **how):
    table = estimate_patient_reported(cohort, select_patients(cohort), (measure,), **how).table
    at = table[table["timepoint_months"] == 6].iloc[0]
    return at[["n_seen", "n", "n_improved", "n_worsened", "n_no_room"]].tolist()


def test_the_change_that_matters_is_inclusive_and_unknown_is_outside(cohort):
    assert counts(cohort, "facit_fatigue") == [5, 3, 1, 1, 1]


def test_better_is_not_minus_worse(cohort):
    # 15.8 better, 8.5 worse.
    assert counts(cohort, "pain_vas") == [5, 3, 1, 1, 1]


def test_who_has_no_room_to_improve_can_be_left_out(cohort):
    assert counts(cohort, "facit_fatigue", leave_out_no_room=True) == [5, 2, 1, 0, 1]


def test_the_finding_says_who_is_not_counted(cohort):
    finding = estimate_patient_reported(cohort, select_patients(cohort), ("pain_vas",)).finding

    assert finding.startswith("At 6 months, Pain was better by at least 15.8 in 33 % (1 of 3;")
    assert "2 of the 5 seen on the drug are not counted" in finding


def test_who_answered_of_those_seen(cohort):
    result = describe_patient_reported_missing(cohort, select_patients(cohort))
    table = result.table[result.table["measure"] == "facit_fatigue"].set_index("timepoint_months")

    assert table.loc[0, ["n_seen", "n_answered"]].tolist() == [6, 5]
    assert table.loc[6, ["n_due", "n_seen", "n_answered"]].tolist() == [6, 5, 4]


def test_what_a_centre_never_recorded_is_said(cohort):
    notes = describe_patient_reported_missing(cohort, select_patients(cohort)).notes

    assert "Never recorded: Pain at Elsewhere." in notes
    assert any(note.startswith("Not collected in this dataset: Patient global") for note in notes)


def test_a_dataset_without_instruments_has_a_sentence():
    cohort = draw_cohort("anna:\n 0 ga=1\n 180 ga=0")
    selection = select_patients(cohort)

    assert describe_patient_reported_missing(cohort, selection).finding == (
        "No instrument for patients is collected in this dataset."
    )
    assert estimate_patient_reported(cohort, selection).table.empty


def test_nobody_with_both_answers_has_a_sentence():
    cohort = draw_cohort("anna:\n 0 pain_vas=20\n 180 pain_vas=?")
    finding = estimate_patient_reported(cohort, select_patients(cohort)).finding
    assert finding == "Pain: nobody has an answer at baseline and later."
