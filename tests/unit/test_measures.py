import numpy as np
import pytest

from lupus_outcomes.derive.characteristics import MANIFESTATIONS
from lupus_outcomes.dictionary import VISITS
from lupus_outcomes.indices.patient_reported import BY_COLUMN
from lupus_outcomes.measures import ACTIVITY, MEASURES, PATIENT_REPORTED
from tests.reference_cohort import reference_cohort


@pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
def test_its_columns_are_in_the_dictionary(measure):
    assert {column.removeprefix("visits.") for column in measure.columns} <= set(VISITS.columns)
    assert measure.id in VISITS.columns or measure.id in reference_cohort().states


@pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
def test_its_literal_makes_sense(measure):
    assert measure.low < measure.high
    assert measure.manifestation in ("", *MANIFESTATIONS)
    assert not measure.better <= 0
    assert not measure.worse <= 0


def test_every_measure_is_on_one_page():
    assert sorted((*ACTIVITY, *PATIENT_REPORTED)) == sorted(MEASURES)


def test_what_patients_report_has_the_thresholds_of_its_instrument():
    for name in PATIENT_REPORTED:
        assert MEASURES[name].better == BY_COLUMN[name].better
        assert np.isfinite(MEASURES[name].worse)
