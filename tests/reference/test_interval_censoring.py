"""Turnbull's estimate against that of lifelines, which is slower and stops earlier."""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from lupus_outcomes.analysis.turnbull import NOT_YET, estimate_turnbull

# Ours is the maximum: the property tests check the conditions of Kuhn and Tucker.
LIFELINES_STOPS_EARLY = 5e-4


@pytest.mark.slow
def test_agrees_with_lifelines():
    random = np.random.default_rng(3)
    event = random.exponential(150, 80).astype(int) + 1
    gap = random.integers(20, 60, 80)
    left, right = (event - 1) // gap * gap, (event - 1) // gap * gap + gap
    last_visit = random.integers(100, 400, 80) // gap * gap
    is_over = right > last_visit
    left = np.where(is_over, last_visit, left)
    # On whole days (left, right] is left + 1 to right, which is how lifelines reads its limits.
    found = estimate_turnbull(left, np.where(is_over, NOT_YET, right))
    other = KaplanMeierFitter().fit_interval_censoring(
        left + 1, np.where(is_over, np.inf, right), tol=1e-9, show_progress=False
    )

    # Levels of the curve only: on which end of a stretch lifelines steps depends on its neighbours.
    levels = np.unique(other.survival_function_.to_numpy())[::-1]
    masses = -np.diff(levels)
    np.testing.assert_allclose(found.mass, masses[masses > 1e-4], atol=LIFELINES_STOPS_EARLY)
