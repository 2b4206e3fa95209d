"""When a response began: first attained, kept for some visits, or kept to the end.

All functions take assessments in order of time within patient, whole cohorts at once, and return a
row a patient: the position of the assessment at which the response began, -1 for none. An unknown
response is a missing assessment.

"Sustained to the end" is the convention of TULIP (Ann Rheum Dis 79 Suppl 1): it conditions on the
future and is never the probability of a first response.
"""

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN, ThreeValued

Rows = NDArray[np.int64]
Patients = NDArray[np.integer]

NONE = -1


def find_first_attainment(response: ThreeValued, patient: Patients, n_patients: int) -> Rows:
    """First assessment with a response. ``patient``: position 0 to n - 1, ascending."""
    return _first(response == TRUE, patient, n_patients)


def find_sustained_k(response: ThreeValued, patient: Patients, n_patients: int, k: int = 2) -> Rows:
    """First of ``k`` responses in a row; missing assessments in between are passed over."""
    assessed = np.flatnonzero(response != UNKNOWN)
    last = assessed[k - 1 :]
    first = assessed[: len(last)]
    # Responses among the k assessments that begin at ``first``, by difference of running totals.
    total = np.concatenate([[0], np.cumsum(response[assessed] == TRUE)])
    begins = (total[k:] - total[: len(last)] == k) & (patient[first] == patient[last])
    is_begin = np.zeros(len(response), dtype=np.bool_)
    is_begin[first[begins]] = True
    return _first(is_begin, patient, n_patients)


def find_sustained_to_end(response: ThreeValued, patient: Patients, n_patients: int) -> Rows:
    """Earliest assessment from which every one to the patient's last is a response.

    A single missing assessment between two responses does not break the run, two do. Without a
    response at the last assessment there is no event.
    """
    rows = np.arange(len(response))
    breaks = (response != TRUE) & ~_is_bridged(response, patient)
    begins = np.searchsorted(patient, np.arange(n_patients))
    ends = np.searchsorted(patient, np.arange(n_patients), side="right")
    onset = begins.copy()
    # With repeated indices the last assignment holds, which is the last break of a patient.
    onset[patient[breaks]] = rows[breaks] + 1
    return np.where(onset < ends, onset, NONE).astype(np.int64)


def _is_bridged(response: ThreeValued, patient: Patients) -> NDArray[np.bool_]:
    """A missing assessment with a response of the same patient just before and just after it."""
    bridged = np.zeros(len(response), dtype=np.bool_)
    before, middle, after = response[:-2], response[1:-1], response[2:]
    bridged[1:-1] = (
        (middle == UNKNOWN) & (before == TRUE) & (after == TRUE) & (patient[:-2] == patient[2:])
    )
    return bridged


def _first(holds: NDArray[np.bool_], patient: Patients, n_patients: int) -> Rows:
    found = np.full(n_patients, NONE, dtype=np.int64)
    rows = np.flatnonzero(holds)[::-1]
    # With repeated indices the last assignment holds: reversed, the first row of a patient.
    found[patient[rows]] = rows
    return found
