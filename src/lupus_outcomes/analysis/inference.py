"""When a p-value may be shown, and how it is written: exact, two-sided, never starred."""

import numpy as np

from lupus_outcomes.derive.selection import Selection

P_HIDDEN = (
    "P-values are hidden while a filter is on: a group chosen after looking at the data is "
    "described, not tested."
)


def shown_p(p_value: float, selection: Selection) -> float:
    """The p-value, or NaN where an ad-hoc filter makes the comparison descriptive."""
    return np.nan if selection.filters else float(p_value)


def p_remarks(selection: Selection) -> tuple[str, ...]:
    """The note of a result with p-values: why there are none under a filter."""
    return (P_HIDDEN,) if selection.filters else ()


def p_in_words(p_value: float) -> str:
    """``p = 0.031`` with two figures that matter, ``p < 0.0001`` below that; empty when hidden."""
    if np.isnan(p_value):
        return ""
    if p_value < 1e-4:
        return "p < 0.0001"
    return f"p = {p_value:.2g}" if p_value < 0.1 else f"p = {p_value:.2f}"
