"""Files are, character for character, those that pandas would write."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames

from lupus_outcomes.export.delimited import write_csv

pytestmark = pytest.mark.slow

TEXT = st.one_of(st.none(), st.text(alphabet="ab ,\"'\n\ré0", max_size=4), st.just(np.nan))


def of_pandas(table):
    return table.to_csv(index=False, lineterminator="\n")


@given(
    data_frames(
        [
            column("a", elements=st.floats(width=64, allow_nan=True, allow_infinity=True)),
            column("b", dtype="int64"),
            column("c, d", elements=TEXT, dtype=object),
        ]
    )
)
def test_it_is_what_pandas_writes(table):
    assert write_csv(table) == of_pandas(table)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [0.0, -0.0, 1e-7, 1e22, 0.1 + 0.2], "b": ["x"] * 5}),
        pd.DataFrame({"a": ["", None, "x"]}),
        pd.DataFrame({"a": [True, False], "b": ["x", "y"]}),
        pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": ["x", "y"]}),
        pd.DataFrame({"a": [1, "1", 1.0, True], "b": ["x"] * 4}),
        pd.DataFrame({"a": pd.Series(dtype=object), "b": pd.Series(dtype="float64")}),
        pd.DataFrame({"a": pd.array(["x", None], dtype="string"), "b": [1, 2]}),
        pd.DataFrame({"a": pd.Categorical(["x", "y"]), "b": [1, 2]}),
    ],
    ids=[
        "signs of zero",
        "one column",
        "booleans",
        "nullable",
        "mixed",
        "empty",
        "strings",
        "codes",
    ],
)
def test_what_is_not_plain_is_left_to_pandas(table):
    assert write_csv(table) == of_pandas(table)
