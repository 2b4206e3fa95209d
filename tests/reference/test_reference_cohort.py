"""States and attainment of the independent cohort, against results computed by another program."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.export.visit_states import visit_states_table
from tests.reference_cohort import expected, reference_cohort

KEY = ["endpoint", "timepoint_months", "handling"]


@pytest.fixture(scope="module")
def visits():
    cohort = reference_cohort()
    ours = visit_states_table(cohort, select_patients(cohort))
    return ours.merge(
        expected("visit_states"), on=["patient_id", "visit_date"], suffixes=("", "_expected")
    )


@pytest.mark.parametrize("state", ["doris", "lldas", "lldas5"])
def test_every_state_is_the_same(visits, state):
    words = visits[f"{state}_expected"].map({True: "true", False: "false"}).fillna("")

    assert len(visits) == len(expected("visit_states")) == len(reference_cohort().states)
    assert (visits[state] == words).all()


@pytest.mark.parametrize("score", ["sledai_2k", "clinical_sledai"])
def test_every_score_is_the_same(visits, score):
    pd.testing.assert_series_equal(visits[score], visits[f"{score}_expected"], check_names=False)


def test_attainment_is_the_same():
    cohort = reference_cohort()
    ours = estimate_attainment(cohort, select_patients(cohort)).table
    theirs = expected("attainment")
    both = theirs.merge(ours, on=KEY, suffixes=("_expected", ""))

    assert len(both) == len(theirs) == 72
    for count in ("n_due", "n", "responders"):
        assert (both[count] == both[f"{count}_expected"]).all()
    for share in ("proportion", "ci_low", "ci_high"):
        np.testing.assert_allclose(both[share], both[f"{share}_expected"], rtol=0, atol=1e-9)
