"""Time to response and flares of the independent cohort, against another program's results."""

import numpy as np

from lupus_outcomes.analysis.flares import estimate_flares
from lupus_outcomes.analysis.time_to_response import estimate_time_to_response
from lupus_outcomes.derive.selection import select_patients
from tests.reference_cohort import expected, reference_cohort

CURVE = ["endpoint", "definition", "method", "milestone_months"]


def test_time_to_response_is_the_same():
    cohort = reference_cohort()
    ours = estimate_time_to_response(cohort, select_patients(cohort), ("doris",)).table
    theirs = expected("time_to_response")
    both = theirs.merge(ours, on=CURVE, suffixes=("_expected", ""))

    assert len(both) == len(theirs) == 6
    for value in ("probability", "ci_low", "ci_high"):
        np.testing.assert_allclose(both[value], both[f"{value}_expected"], rtol=0, atol=1e-9)


def test_flares_are_the_same():
    cohort = reference_cohort()
    ours = estimate_flares(cohort, select_patients(cohort)).table
    theirs = expected("flares")
    both = theirs.merge(ours, on=["source", "severity"], suffixes=("_expected", ""))

    assert len(both) == len(theirs) == 2
    for count in ("n_flares", "n_patients"):
        assert (both[count] == both[f"{count}_expected"]).all()
    for value in ("person_years", "rate_per_100py"):
        np.testing.assert_allclose(both[value], both[f"{value}_expected"], rtol=0, atol=1e-9)
