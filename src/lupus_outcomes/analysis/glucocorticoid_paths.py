"""Glucocorticoids of each patient in aggregate: from which dose to which, and how much in all."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.glucocorticoids import (
    BANDS,
    DOSE_COLUMN,
    SEEN_WORDS,
    dose_at_timepoints,
    find_bands,
    is_counted,
)
from lupus_outcomes.analysis.intervals import compute_mean_interval
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import Handling

PATHS_SHOWN = ("baseline_mg_day", "dose_mg_day", "n_in_band", "n_from", "proportion")
CUMULATIVE_SHOWN = (
    "level", "timepoint", "n_due", "n", "mean_g", "ci_low", "ci_high", "median_g",
    "mean_g_at_baseline_dose",
)  # fmt: skip


def estimate_dose_paths(
    cohort: Cohort,
    selection: Selection,
    handling: Handling = "observed",
    months: float | None = None,
) -> Result:
    """From which band of dose at baseline to which at each time point.

    ``months``: only there, without the bands that nobody was in at baseline.
    """
    dose = dose_at_timepoints(cohort)
    start = find_bands(numbers(cohort.patients["baseline_prednisone_mg_day"]))
    counted = is_counted(cohort, handling) & selection.members
    rows = []
    for row, timepoint in enumerate(cohort.protocol.timepoints):
        if months not in (None, timepoint.months):
            continue
        about = {"timepoint_months": timepoint.months, "timepoint": timepoint.label}
        pairs = _count_pairs(start, find_bands(dose[row]), counted[row])
        rows += [about | cell for cell in _cells(pairs)]
    table = pd.DataFrame(rows)
    shown = table if months is None else table[table["n_from"] > 0].reset_index(drop=True)
    return Result(
        id="glucocorticoid_paths",
        title="From which dose to which",
        finding=_paths_finding(table, cohort, selection),
        table=shown,
        shown=PATHS_SHOWN,
        n_patients=selection.n_patients,
        denominator=(
            f"patients due, {SEEN_WORDS[handling]}, dose known at baseline and then; shares of "
            "each band at baseline"
        ),
        method=(
            "Each patient counts once at a time point, in the band of the dose at baseline. Groups "
            "are not told apart here: the cells would be too small."
        ),
        uses=(DOSE_COLUMN,),
    )


def _count_pairs(
    start: NDArray[np.int64], end: NDArray[np.int64], counted: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Patients by band at baseline (rows) and then (columns)."""
    who = counted & (start >= 0) & (end >= 0)
    pairs = np.zeros((len(BANDS), len(BANDS)), dtype=np.int64)
    np.add.at(pairs, (start[who], end[who]), 1)
    return pairs


def _cells(pairs: NDArray[np.int64]) -> list[dict]:
    of_band = pairs.sum(axis=1)
    return [
        {
            "baseline_mg_day": BANDS[i],
            "dose_mg_day": BANDS[j],
            "n_from": int(of_band[i]),
            "n_in_band": int(pairs[i, j]),
            "proportion": pairs[i, j] / of_band[i] if of_band[i] else np.nan,
        }
        for i in range(len(BANDS))
        for j in range(len(BANDS))
    ]


def _paths_finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    reached = table[table["n_from"] > 0]
    if reached.empty:
        where = table["timepoint"].unique()
        at = f" at {where[0]}" if len(where) == 1 else ""
        return f"Nobody has a known dose at baseline and{at or ' later'}{of_whom(selection)}."
    months = headline(reached["timepoint_months"].unique(), cohort)
    at = reached[reached["timepoint_months"] == months]
    change = at["dose_mg_day"].map(BANDS.index) - at["baseline_mg_day"].map(BANDS.index)
    ways = (change < 0, change == 0, change > 0)
    down, same, up = (int(at.loc[way, "n_in_band"].sum()) for way in ways)
    total = down + same + up
    return (
        f"Of {total} patients with a known dose at baseline and at {at['timepoint'].iloc[0]}"
        f"{of_whom(selection)}, {down} ({percent(down / total)}) came down to a lower band, {same} "
        f"stayed in theirs and {up} went up."
    )


def estimate_cumulative_dose(cohort: Cohort, selection: Selection) -> Result:
    """Cumulative prednisone equivalent since index, g, against staying on the baseline dose.

    A dose holds from its visit to the next (the dose decided at the visit where recorded). A
    patient counts at a time point when due, followed to its target day and with a known dose at
    baseline.
    """
    cumulative = _cumulative(cohort)
    baseline = numbers(cohort.patients["baseline_prednisone_mg_day"])
    rows = []
    for group in selection.groups:
        for row, timepoint in enumerate(cohort.protocol.timepoints):
            due = group.members & cohort.timepoints.is_due[row]
            who = due & ~np.isnan(cumulative[row]) & ~np.isnan(baseline)
            about = {
                "timepoint_months": timepoint.months,
                "timepoint": timepoint.label,
                "group": group.group,
                "level": group.level,
                "n_due": int(due.sum()),
            }
            unchanged = baseline[who] * timepoint.target_day / 1000
            rows.append(about | _describe_grams(cumulative[row, who] / 1000, unchanged))
    table = pd.DataFrame(rows)
    return Result(
        id="glucocorticoid_cumulative",
        title="Cumulative dose since the start",
        finding=_cumulative_finding(table, cohort, selection),
        table=table,
        shown=CUMULATIVE_SHOWN,
        n_patients=selection.n_patients,
        denominator=(
            "patients due, on the drug or not, followed to the day, dose known at baseline; the "
            "same patients in both lines"
        ),
        method=(
            "A dose holds until the next visit with a dose (the dose decided at a visit where it "
            "is recorded, else the one taken); pulses are not part of it. Means with 95 % t "
            "limits. Staying on the baseline dose is arithmetic, not what would have happened "
            "without the drug."
        ),
        uses=(DOSE_COLUMN,),
    )


def _describe_grams(grams: Numbers, unchanged: Numbers) -> dict[str, object]:
    low, high = compute_mean_interval(grams)
    is_empty = not len(grams)
    return {
        "n": len(grams),
        "mean_g": np.nan if is_empty else grams.mean(),
        "ci_low": low,
        "ci_high": high,
        "median_g": np.nan if is_empty else np.median(grams),
        "mean_g_at_baseline_dose": np.nan if is_empty else unchanged.mean(),
    }


def _cumulative(cohort: Cohort) -> Numbers:
    """Milligrams from day 0 to each target day, shape (time points, patients), or NaN."""
    visits = cohort.tables["visits"]
    decided = numbers(visits["prednisone_after_mg_day"])
    dose = np.where(np.isnan(decided), cohort.states["prednisone_mg_day"], decided)
    known = ~np.isnan(dose)
    patient, day, dose = (
        cohort.states["patient"].to_numpy()[known],
        visits["visit_day"].to_numpy()[known],
        dose[known],
    )
    total = np.full((len(cohort.protocol.timepoints), cohort.n_patients), np.nan)
    starts_known = np.zeros(cohort.n_patients, dtype=np.bool_)
    starts_known[patient[day <= 0]] = True
    until = np.append(np.where(patient[1:] == patient[:-1], day[1:], np.inf), np.inf)[: len(day)]
    for row, timepoint in enumerate(cohort.protocol.timepoints):
        target = timepoint.target_day
        days = np.clip(np.minimum(until, target) - np.maximum(day, 0), 0, None)
        followed = starts_known & (cohort.follow_up.last_contact_day >= target)
        milligrams = np.bincount(patient, weights=dose * days, minlength=cohort.n_patients)
        total[row] = np.where(followed, milligrams, np.nan)
    return total


def _cumulative_finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    reached = table[(table["group"] == "all") & (table["n"] > 0)]
    if reached.empty:
        return f"Nobody was followed to a time point with a known dose yet{of_whom(selection)}."
    months = headline(reached["timepoint_months"], cohort)
    at = reached[reached["timepoint_months"] == months].iloc[0]
    interval = (
        f" (95 % CI {at['ci_low']:.1f}–{at['ci_high']:.1f})" if not np.isnan(at["ci_low"]) else ""
    )
    return (
        f"By {at['timepoint']}, {at['n']} patients followed{of_whom(selection)} had taken "
        f"{at['mean_g']:.1f} g of prednisone on average{interval}; staying on the dose of their "
        f"baseline would have been {at['mean_g_at_baseline_dose']:.1f} g."
    )
