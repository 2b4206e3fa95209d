"""BILAG-2004 grades: their numeric score, new grades between two visits, and flares.

Isenberg 2005, Rheumatology 44:902. Nine systems, each graded A severe, B moderate, C mild, D
inactive but once involved, E never involved. Grades are captured, not derived: the glossary is
licensed.

Grades are ``int8`` positions in GRADES (A = 4, B = 3, C = 2, D = 1, E = 0), -1 where missing, shape
(9, n) in the order of SYSTEMS. A missing grade leaves what depends on it unknown, within bounds.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.three_valued import (
    TRUE,
    UNKNOWN,
    ThreeValued,
    at_least_within,
    every,
    negate,
    some,
)

Grades: TypeAlias = NDArray[np.int8]

SYSTEMS = (
    "constitutional",
    "mucocutaneous",
    "neuropsychiatric",
    "musculoskeletal",
    "cardiorespiratory",
    "gastrointestinal",
    "ophthalmic",
    "renal",
    "haematological",
)
GRADES = ("E", "D", "C", "B", "A")
E, D, C, B, A = (np.int8(code) for code in range(len(GRADES)))
MISSING = np.int8(-1)
# Yee 2010, Rheumatology 49:1665; in the order of GRADES.
POINTS = np.array([0, 0, 1, 8, 12], dtype=np.float64)

FLARE_SEVERITIES = ("none", "mild", "moderate", "severe")


def compute_numeric_score(grades: Grades) -> Score:
    """Sum of points over the systems with its bounds, 0-108. A missing grade may be E or A."""
    return Score(
        low=POINTS[np.maximum(grades, E)].sum(axis=0),
        high=POINTS[np.where(grades == MISSING, A, grades)].sum(axis=0),
    )


def is_grade(grades: Grades, grade: np.int8) -> ThreeValued:
    """Whether a grade is just this one; three-valued, of the shape of ``grades``."""
    return _decided(grades, grades == grade)


def is_at_least(grades: Grades, grade: np.int8) -> ThreeValued:
    """Whether a grade is this one or more active; three-valued, of the shape of ``grades``."""
    return _decided(grades, grades >= grade)


def _decided(grades: Grades, holds: NDArray[np.bool_]) -> ThreeValued:
    # Twice the truth less one is 1 or -1; times whether the grade is known leaves 0 for missing.
    return (holds.view(np.int8) * np.int8(2) - np.int8(1)) * (grades != MISSING).view(np.int8)


def has_active_system(grades: Grades) -> ThreeValued:
    """At least one A or B: the patients in whom BICLA is defined. Three-valued, shape (n,)."""
    return is_at_least(grades, B).max(axis=0)


def count_new(now: Grades, reference: Grades, grade: np.int8) -> Score:
    """How many systems have newly risen to just this grade, with bounds; shape (n,).

    A new A is an A that was none at the reference visit; a new B was C, D or E there, so that an A
    falling to B is not new.
    """
    is_new = every(is_grade(now, grade), negate(is_at_least(reference, grade)))
    sure, possible = (is_new == TRUE), (is_new >= UNKNOWN)
    low, high = (counted.sum(axis=0, dtype=np.int8) for counted in (sure, possible))
    return Score(low.astype(np.float64), high.astype(np.float64))


def has_new_activity(now: Grades, reference: Grades) -> ThreeValued:
    """At least one new A or two new B: worsening in the sense of SRI, BICLA and the TULIP flare."""
    new_a, new_b = count_new(now, reference, A), count_new(now, reference, B)
    return some(
        at_least_within(new_a.low, new_a.high, 1),
        at_least_within(new_b.low, new_b.high, 2),
    )


def compute_flare(now: Grades, previous: Grades) -> ThreeValued:
    """Flare as in TULIP (Furie 2021, Lupus 30:1254): one new A or two new B since ``previous``."""
    return has_new_activity(now, previous)


def compute_graded_flare(now: Grades, previous: Grades) -> NDArray[np.int8]:
    """Position in FLARE_SEVERITIES against the previous visit, -1 where the grades do not decide.

    Severe: a new A. Moderate: two or more new B. Mild: one new B, or three or more new C (Ann Rheum
    Dis 72 Suppl 3 A473).
    """
    new_a, new_b, new_c = (count_new(now, previous, grade) for grade in (A, B, C))
    severe = at_least_within(new_a.low, new_a.high, 1)
    moderate = at_least_within(new_b.low, new_b.high, 2)
    mild = some(
        at_least_within(new_b.low, new_b.high, 1), at_least_within(new_c.low, new_c.high, 3)
    )
    least = _highest(severe == TRUE, moderate == TRUE, mild == TRUE)
    most = _highest(severe >= UNKNOWN, moderate >= UNKNOWN, mild >= UNKNOWN)
    return np.where(least == most, least, MISSING)


def _highest(
    severe: NDArray[np.bool_], moderate: NDArray[np.bool_], mild: NDArray[np.bool_]
) -> NDArray[np.int8]:
    return np.select([severe, moderate, mild], [np.int8(3), np.int8(2), np.int8(1)], np.int8(0))


def has_impossible_grade(now: Grades, previous: Grades) -> NDArray[np.bool_]:
    """Where a system is said never to have been involved after it was: bool (n,), a data query."""
    return ((now == E) & (previous > E)).any(axis=0)
