"""A p-value is exact, and hidden under a filter with its reason."""

import numpy as np
import pytest

from lupus_outcomes.analysis.inference import P_HIDDEN, p_in_words, p_remarks, shown_p
from lupus_outcomes.derive.selection import select_patients
from tests.reference_cohort import reference_cohort


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (0.9999, "p = 1.00"),
        (0.4567, "p = 0.46"),
        (0.0314, "p = 0.031"),
        (0.000123, "p = 0.00012"),
        (0.00009, "p < 0.0001"),
        (np.nan, ""),
    ],
)
def test_it_is_written_exactly(p_value, words):
    assert p_in_words(p_value) == words


def test_a_filter_hides_it_and_says_why():
    cohort = reference_cohort()
    everyone = select_patients(cohort)
    women = select_patients(cohort, (("sex", ("female",)),))

    assert shown_p(0.04, everyone) == 0.04
    assert p_remarks(everyone) == ()
    assert np.isnan(shown_p(0.04, women))
    assert p_remarks(women) == (P_HIDDEN,)
