"""Finding the rows of some patients."""

import tracemalloc

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from lupus_outcomes.derive.columns import find_rows

N_PATIENTS = 12


@given(
    st.lists(st.integers(0, N_PATIENTS - 1)), st.integers(0, N_PATIENTS), st.integers(0, N_PATIENTS)
)
def test_rows_of_consecutive_patients_are_theirs_and_no_others(of_rows, one, other):
    patients = range(min(one, other), max(one, other))
    frame = pd.DataFrame({"patient": np.array(sorted(of_rows), dtype=np.int32)})

    found = frame.iloc[find_rows(frame, patients)]

    assert found["patient"].tolist() == [p for p in sorted(of_rows) if p in patients]


def test_finding_rows_copies_no_column():
    """A copy for each block of patients would let the cost of a patient grow with the registry."""
    frame = pd.DataFrame({"patient": np.repeat(np.arange(100_000, dtype=np.int32), 13)})
    tracemalloc.start()

    find_rows(frame, range(50_000, 50_100))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < frame["patient"].nbytes / 100
