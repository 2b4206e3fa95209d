"""What rows of single patients may tell: nobody stands alone with what others know of them.

Off unless the deployment turns it on. Rows carry a running number, study days and bands; of what
others may know of a patient (centre, sex, age band) as much is withheld as it takes for everyone to
share the rest with at least four others.
"""

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.errors import UsageError
from lupus_outcomes.release.disclosure import SMALLEST_COUNT

# Characteristics that others may know of a patient, in the order in which they are given up.
KNOWN_TO_OTHERS = ("age", "centre", "sex")
# Numbered by the calendar, it would undo the study days.
NEVER_TOLD = frozenset({"start_year"})


def find_withheld(codes: NDArray[np.integer], smallest: int = SMALLEST_COUNT) -> NDArray[np.bool_]:
    """What is to be withheld so that every patient shares the rest with ``smallest - 1`` others.

    Parameters
    ----------
    codes
        Shape (characteristics, patients), in the order in which they are given up.

    Returns
    -------
    Of the same shape, true where the characteristic of that patient is withheld.

    Raises
    ------
    UsageError
        There are fewer patients than that in all.
    """
    n_columns, n_patients = codes.shape
    if n_patients < smallest:
        raise UsageError(
            f"Only {n_patients} patients are selected. Rows of fewer than {smallest} could "
            "identify them: choose more."
        )
    withheld = np.zeros(codes.shape, dtype=np.bool_)
    for given_up in range(1, n_columns + 1):
        withheld[:given_up, _class_sizes(codes, withheld) < smallest] = True
    while 0 < withheld.all(axis=0).sum() < smallest:
        # Those of whom nothing is told are too few among themselves: the smallest class joins them.
        sizes = np.where(withheld.all(axis=0), n_patients + 1, _class_sizes(codes, withheld))
        joins = _classes(codes, withheld)
        withheld[:, joins == joins[int(sizes.argmin())]] = True
    return withheld


def _classes(codes: NDArray[np.integer], withheld: NDArray[np.bool_]) -> NDArray[np.int64]:
    shown = np.where(withheld, -2, codes)
    return np.unique(shown, axis=1, return_inverse=True)[1].ravel()


def _class_sizes(codes: NDArray[np.integer], withheld: NDArray[np.bool_]) -> NDArray[np.int64]:
    classes = _classes(codes, withheld)
    return np.bincount(classes)[classes]
