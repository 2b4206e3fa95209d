"""The same time to response by three methods, and whether the choice matters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.response_choice import Choice
from lupus_outcomes.analysis.response_curves import METHODS, MILESTONES
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.response_times import Definition
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.protocol import DAYS_PER_MONTH

# From this difference on a reader would draw another conclusion: a registry's limits of one method
# are about twice as wide.
METHODS_DISAGREE_BY = 0.05
SHOWN = (
    "milestone", "kaplan_meier", "kaplan_meier_low", "kaplan_meier_high", "aalen_johansen",
    "aalen_johansen_low", "aalen_johansen_high", "turnbull", "turnbull_low", "turnbull_high",
    "largest_difference", "n_at_risk",
)  # fmt: skip
NAMES = {
    "kaplan_meier": "Kaplan–Meier",
    "aalen_johansen": "Aalen–Johansen",
    "turnbull": "Turnbull",
}


def compare_response_methods(
    cohort: Cohort,
    selection: Selection,
    endpoints: Sequence[str] | None = None,
    definition: Definition = "first",
) -> Result:
    """Of the first endpoint a row a milestone: the share by each method, the largest difference.

    Kaplan-Meier above Aalen-Johansen: patients stopped first. Turnbull above Kaplan-Meier: visits
    were far apart, and responses are seen later than they began.
    """
    first = Choice(cohort, selection, endpoints).answered[:1]
    choice = Choice(cohort, selection, first, (definition,), METHODS)
    curves = [one for one in choice.curves() if one.group.group == "all"]
    day = np.array(MILESTONES) * DAYS_PER_MONTH
    columns: dict[str, Any] = {
        "endpoint": "".join(first),
        "definition": definition,
        "milestone_months": MILESTONES,
        "milestone": [f"{months} months" for months in MILESTONES],
    }
    for one in curves:
        probability, low, high = one.rise.on(day)
        columns |= {one.method: probability, f"{one.method}_low": low, f"{one.method}_high": high}
    table = pd.DataFrame(columns if curves else {})
    if curves:
        shares = table[list(METHODS)]
        table["largest_difference"] = shares.max(axis=1) - shares.min(axis=1)
        table["n_at_risk"] = curves[0].rise.table.at_risk_on(day)
    return choice.result(
        id="response_methods",
        title="Time to response by three methods",
        finding=_finding(table, choice),
        table=table,
        shown=SHOWN,
        notes=(),
    )


def _finding(table: pd.DataFrame, choice: Choice) -> str:
    if table.empty:
        return "No endpoint is chosen that this dataset can tell."
    months = headline(MILESTONES, choice.cohort)
    row = table[table["milestone_months"] == months].iloc[0]
    parts = ", ".join(f"{NAMES[method]} {percent(row[method])}" for method in METHODS)
    points = f"{100 * METHODS_DISAGREE_BY:.0f} percentage points"
    apart = table[table["largest_difference"] > METHODS_DISAGREE_BY]
    label = ENDPOINTS[choice.answered[0]].label
    said = f"{label} by {months:g} months{of_whom(choice.selection)}: {parts}."
    if apart.empty:
        return f"{said} At no milestone do the methods differ by more than {points}."
    at = ", ".join(f"{m:g}" for m in apart["milestone_months"])
    return f"{said} The methods differ by more than {points} at month {at}: {_why(apart)}."


def _why(apart: pd.DataFrame) -> str:
    """What the differences come from, by the two assumptions that the methods differ in."""
    stops = (apart["kaplan_meier"] - apart["aalen_johansen"]).max() > METHODS_DISAGREE_BY
    visits = (apart["turnbull"] - apart["kaplan_meier"]).max() > METHODS_DISAGREE_BY
    reasons = []
    if stops:
        reasons.append(
            "Kaplan–Meier tells what would be had nobody stopped, Aalen–Johansen how many "
            "responded before stopping"
        )
    if visits:
        reasons.append("visits are so far apart that responses are seen well after they begin")
    return "; ".join(reasons) or "stops and the time between visits together"
