"""What a reader of some centres has: their patients and nothing else, before anything is derived.

What columns a dataset collects is a fact about its design and is kept; what was found wrong with it
counts patients of every centre and is not.
"""

from dataclasses import replace

import numpy as np

from lupus_outcomes.data.read import Dataset
from lupus_outcomes.derive.cohort import keep_patients
from lupus_outcomes.errors import UsageError


def keep_centres(dataset: Dataset, centres: tuple[str, ...] | None) -> Dataset:
    """The dataset with the patients of those centres; none means all. Unknown centres are outside.

    Raises
    ------
    UsageError
        No patient of any of the centres is there.
    """
    if centres is None:
        return dataset
    is_kept = dataset.patients["centre"].isin(centres).to_numpy(dtype=np.bool_)
    if not is_kept.any():
        raise UsageError(f"There is no patient of {' or '.join(centres)} in this dataset.")
    return replace(
        dataset,
        tables=keep_patients(dataset.tables, is_kept),
        findings=(),
        centres=centres,
    )
