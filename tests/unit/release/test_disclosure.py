"""The line every result crosses: no patients, small counts flagged, a banner on everything."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.describe import describe_baseline
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import (
    CLOSED_BANNER,
    SYNTHETIC_BANNER,
    find_small_counts,
    release,
)
from tests.drawn import draw_cohort

COHORT = draw_cohort("\n".join(f"p{n}: sex={'male' if n < 3 else 'female'}\n 0" for n in range(9)))


def result_of(table):
    return Result("x", "A table", "", table, 9, "all", "none")


def pass_through(table):
    return release(result_of(table), COHORT, select_patients(COHORT))


@pytest.mark.parametrize("column", ["patient", "patient_id"])
def test_a_table_with_a_column_of_patients_is_refused(column):
    with pytest.raises(ValueError, match=f"x has a column of patients: {column}"):
        pass_through(pd.DataFrame({column: [1, 2], "n": [1, 1]}))


def test_from_1_to_4_is_small_but_neither_0_nor_5():
    table = pd.DataFrame({"n": [0, 1, 4, 5, 6]})

    assert pass_through(table).is_small.tolist() == [False, True, True, False, False]


@pytest.mark.parametrize("column", ["n", "n_due", "n_failed", "responders"])
def test_any_count_can_be_small(column):
    table = pd.DataFrame({"timepoint_months": [3, 6], "proportion": [0.5, 0.5], column: [3, 30]})

    assert find_small_counts(table).tolist() == [True, False]


def test_what_is_no_count_is_never_small():
    table = pd.DataFrame(
        {"timepoint_months": [3], "mean": [2.0], "level": ["2"], "timepoint": ["3 months"]}
    )

    assert find_small_counts(table).tolist() == [False]


def test_unknown_counts_are_not_small():
    table = pd.DataFrame({"n": pd.array([None, 3], dtype="Int64"), "n_due": [np.nan, 30.0]})

    assert find_small_counts(table).tolist() == [False, True]


def test_counts_written_with_their_share():
    """The columns of groups in the baseline table."""
    table = pd.DataFrame({"West": ["12", "3 (25 %)", "4.2 (1.1); 4.0 [3.0–5.0]", "0 (0 %)", "–"]})

    assert find_small_counts(table).tolist() == [False, True, False, False, False]
    assert find_small_counts(table.replace("12", "4"))[0]


def test_a_small_group_is_flagged_in_the_baseline_table():
    selection = select_patients(COHORT, group="sex")
    released = release(describe_baseline(COHORT, selection), COHORT, selection)

    assert released.is_small[released.table["characteristic"] == "Patients"].all()


def test_an_empty_table_passes():
    assert pass_through(pd.DataFrame({"n": []})).is_small.tolist() == []
    assert pass_through(pd.DataFrame()).is_small.tolist() == []


def test_the_table_is_not_changed():
    table = pd.DataFrame({"n": [1, 2]})

    assert pass_through(table).table is table


def test_every_output_says_what_it_is():
    released = pass_through(pd.DataFrame({"n": [1]}))
    of_real_data = replace(released, stamp=replace(released.stamp, is_synthetic=False))

    assert released.banners == (SYNTHETIC_BANNER,)
    assert of_real_data.banners == (CLOSED_BANNER,)
