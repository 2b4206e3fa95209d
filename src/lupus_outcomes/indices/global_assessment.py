"""Physician's global assessment of disease activity, 0 none to 3 severe, decimals allowed.

Not the patient's, which some reports also shorten to PGA. Worsening: Furie 2009, Arthritis Rheum
61:1143.
"""

import numpy as np

from lupus_outcomes.indices.three_valued import Numbers, ThreeValued, at_least

SCALE_MAX = 3.0
WORSENING = 0.3


def rescale(recorded: Numbers, scale_max: float | Numbers) -> Numbers:
    """A global assessment recorded on 0-10 or 0-100 brought to 0-3; NaN stays NaN."""
    return recorded * SCALE_MAX / scale_max


def has_worsened(baseline: Numbers, now: Numbers, by: float = WORSENING) -> ThreeValued:
    """A rise of at least ``by`` (inclusive), compared at two decimals; missing is unknown."""
    # 2.3 - 2.0 is 0.2999999999999998 in binary.
    return at_least(np.round(now - baseline, 2), by)
