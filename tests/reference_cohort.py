"""The independent cohort of tests/data/inputs: read and derived once for all tests."""

from functools import cache
from pathlib import Path

import pandas as pd

from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.protocols import PROTOCOLS

FOLDER = Path(__file__).parent / "data" / "inputs" / "cohort"


@cache
def reference_cohort() -> Cohort:
    dataset = read_dataset(FOLDER / "dataset")
    return derive_cohort(dataset, PROTOCOLS[dataset.study])


def expected(name: str) -> pd.DataFrame:
    """A reference result, computed by another program."""
    return pd.read_csv(FOLDER / "expected" / f"{name}.csv")
