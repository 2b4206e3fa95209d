"""How far glucocorticoids come down: dose over time, shares at low dose, bands of dose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.intervals import compute_mean_interval, compute_wilson
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.derive.outcomes import HANDLING_WORDS
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import Handling

DOSE_COLUMN = "visits.prednisone_mg_day|visits.glucocorticoid_mg_day"
SOURCE = "EULAR 2023: Fanouriakis 2024, Ann Rheum Dis 83:15"
HANDLINGS: tuple[Handling, ...] = ("observed", "treatment_policy")
SEEN_WORDS = {"observed": "seen on the drug", "treatment_policy": "seen on or off the drug"}
# Upper ends of the dose bands, inclusive, mg/day: the targets of DORIS and LLDAS are among them.
BAND_ENDS = (0.0, 5.0, 7.5, 10.0, np.inf)
BANDS = ("none", "up to 5", "above 5 to 7.5", "above 7.5 to 10", "above 10")
TARGETS = (("n_le7_5", 7.5), ("n_le5", 5.0), ("n_off", 0.0))
TARGET_LABELS = {"n_le7_5": "≤ 7.5 mg/day", "n_le5": "≤ 5 mg/day", "n_off": "none"}
COLUMNS = (
    "timepoint_months", "handling", "group", "level", "n", "mean", "sd", "median", "q1", "q3",
    "n_paired", "mean_change", "ci_low", "ci_high", "n_le5", "n_le7_5", "n_off", "timepoint",
    "n_due", "n_with_visit", "n_not_due",
)  # fmt: skip
DOSES_SHOWN = (
    "level", "timepoint", "n", "proportion_le7_5", "ci_low_le7_5", "ci_high_le7_5",
    "proportion_le5", "ci_low_le5", "ci_high_le5", "proportion_off", "ci_low_off", "ci_high_off",
    "median", "q1", "q3", "mean", "mean_change", "ci_low", "ci_high", "n_paired", "n_due",
    "n_with_visit", "n_not_due",
)  # fmt: skip
BANDS_SHOWN = ("level", "timepoint", "dose_mg_day", "n_in_band", "n", "proportion")


@dataclass(frozen=True, slots=True)
class Doses:
    """Those counted at one time point: baseline dose and dose then, mg/day, NaN where unknown."""

    months: float
    label: str
    baseline: Numbers
    dose: Numbers
    n_due: int
    n_not_due: int


def estimate_glucocorticoids(
    cohort: Cohort, selection: Selection, handlings: Sequence[Handling] = HANDLINGS
) -> Result:
    """Dose at baseline and each time point, in the columns of ``glucocorticoids.csv``, mg/day.

    Month 0 is the baseline visit. Changes are paired with baseline; their limits are those of the t
    distribution, those of the shares Wilson's. ``n_due`` were due, ``n_with_visit`` of them seen,
    of whom ``n`` have a known dose; ``n_not_due`` are outside.
    """
    rows = [
        _describe(doses, group) | {"handling": handling}
        for handling in handlings
        for group in selection.groups
        for doses in doses_over_time(cohort, group.members, handling)
    ]
    table = pd.DataFrame(rows)[list(COLUMNS)]
    for name, _ in TARGETS:
        low, high = compute_wilson(table[name].to_numpy(), table["n"].to_numpy())
        table[name.replace("n_", "proportion_")] = table[name] / table["n"].where(table["n"] > 0)
        table[name.replace("n_", "ci_low_")], table[name.replace("n_", "ci_high_")] = low, high
    counted = "; ".join(f"{handling}: {HANDLING_WORDS[handling]}" for handling in handlings)
    return Result(
        id="glucocorticoids",
        title="Glucocorticoid dose over time",
        finding=_finding(table[table["handling"] == handlings[0]], cohort, selection),
        table=table,
        shown=DOSES_SHOWN,
        n_patients=selection.n_patients,
        denominator=f"patients due, seen and with a known dose; {counted}",
        method=(
            "Prednisone equivalent taken at the visit; pulses are not part of it, a missing dose "
            "is not 0. Changes are paired with the baseline visit (95 % t limits); shares have "
            "95 % Wilson score intervals."
        ),
        sources=(SOURCE,),
        uses=(DOSE_COLUMN,),
        notes=remarks(cohort, (DOSE_COLUMN,)),
    )


def estimate_dose_bands(
    cohort: Cohort, selection: Selection, handling: Handling = "observed"
) -> Result:
    """How many patients take which dose at baseline and each time point."""
    rows = []
    for group in selection.groups:
        for doses in doses_over_time(cohort, group.members, handling):
            bands = find_bands(doses.dose)
            n = int((bands >= 0).sum())
            rows += [
                {
                    "timepoint_months": doses.months,
                    "timepoint": doses.label,
                    "group": group.group,
                    "level": group.level,
                    "dose_mg_day": band,
                    "n": n,
                    "n_in_band": int((bands == position).sum()),
                    "proportion": (bands == position).sum() / n if n else np.nan,
                }
                for position, band in enumerate(BANDS)
            ]
    table = pd.DataFrame(rows)
    return Result(
        id="glucocorticoid_bands",
        title="Who takes which dose",
        finding=_bands_finding(table, cohort, selection),
        table=table,
        shown=BANDS_SHOWN,
        n_patients=selection.n_patients,
        denominator=f"patients due, {SEEN_WORDS[handling]}, with a known dose",
        method=(
            "Prednisone equivalent taken at the visit nearest to the time point. The upper end of "
            "a band belongs to it, so the targets of 5 and 7.5 mg/day are ends of bands."
        ),
        sources=(SOURCE,),
        uses=(DOSE_COLUMN,),
    )


def doses_over_time(
    cohort: Cohort, members: NDArray[np.bool_], handling: Handling
) -> Iterator[Doses]:
    """The doses of those counted at baseline and at each time point."""
    baseline = numbers(cohort.patients["baseline_prednisone_mg_day"])
    seen_first = members & (cohort.baseline >= 0)
    at_start = baseline[seen_first]
    yield Doses(0.0, "baseline", at_start, at_start, int(members.sum()), 0)
    dose = dose_at_timepoints(cohort)
    for row, timepoint in enumerate(cohort.protocol.timepoints):
        due = members & cohort.timepoints.is_due[row]
        who = due & is_counted(cohort, handling)[row]
        n_due = int(due.sum())
        yield Doses(
            timepoint.months,
            timepoint.label,
            baseline[who],
            dose[row, who],
            n_due,
            int(members.sum()) - n_due,
        )


def is_counted(cohort: Cohort, handling: Handling) -> NDArray[np.bool_]:
    """Who is due and seen as the handling asks, shape (time points, patients)."""
    seen = cohort.timepoints.visit >= 0
    on_drug = cohort.timepoints.is_on_drug if handling == "observed" else seen
    return cohort.timepoints.is_due & seen & on_drug


def dose_at_timepoints(cohort: Cohort) -> Numbers:
    """Dose at the chosen visits, mg/day, shape (time points, patients); NaN where unknown."""
    rows = cohort.timepoints.visit
    dose = cohort.states["prednisone_mg_day"].to_numpy()
    return np.where(rows < 0, np.nan, dose[rows] if len(dose) else np.nan)


def find_bands(dose: Numbers) -> NDArray[np.int64]:
    """Position in BANDS, -1 for an unknown dose."""
    return np.where(np.isnan(dose), -1, np.searchsorted(BAND_ENDS, dose, side="left"))


def _describe(doses: Doses, group: Group) -> dict[str, Any]:
    known = ~np.isnan(doses.dose)
    values = doses.dose[known]
    change = (doses.dose - doses.baseline)[known & ~np.isnan(doses.baseline)]
    q1, median, q3 = np.percentile(values, [25, 50, 75]) if len(values) else [np.nan] * 3
    low, high = compute_mean_interval(change)
    return {
        "timepoint_months": doses.months,
        "timepoint": doses.label,
        "group": group.group,
        "level": group.level,
        "n_due": doses.n_due,
        "n_with_visit": len(doses.dose),
        "n_not_due": doses.n_not_due,
        "n": len(values),
        "mean": values.mean() if len(values) else np.nan,
        "sd": values.std(ddof=1) if len(values) > 1 else np.nan,
        "median": median,
        "q1": q1,
        "q3": q3,
        "n_paired": len(change),
        "mean_change": change.mean() if len(change) else np.nan,
        "ci_low": low,
        "ci_high": high,
    } | {name: int((values <= limit).sum()) for name, limit in TARGETS}


def _headline(table: pd.DataFrame, cohort: Cohort) -> float | None:
    """Months of the time point to speak of, after baseline and with some dose known."""
    months = table.loc[(table["timepoint_months"] > 0) & (table["n"] > 0), "timepoint_months"]
    return headline(months, cohort) if len(months) else None


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    of_all = table[table["group"] == "all"]
    months = _headline(of_all, cohort)
    if months is None:
        if all(column in cohort.dataset.not_collected for column in DOSE_COLUMN.split("|")):
            return "No dose of a glucocorticoid is recorded in this dataset."
        return f"No dose is known at any time point yet{of_whom(selection)}."
    start = of_all[of_all["timepoint_months"] == 0].iloc[0]
    at = of_all[of_all["timepoint_months"] == months].iloc[0]
    return (
        f"At {at['timepoint']}, {percent(at['proportion_le5'])} ({at['n_le5']} of {at['n']} "
        f"{SEEN_WORDS[at['handling']]} with a known dose; 95 % CI {100 * at['ci_low_le5']:.0f}–"
        f"{100 * at['ci_high_le5']:.0f}) took at most 5 mg/day of prednisone and {at['n_off']} "
        f"none{of_whom(selection)}; at baseline {percent(start['proportion_le5'])} "
        f"({start['n_le5']} of {start['n']}) took at most 5. The mean dose was "
        f"{at['mean']:.1f} mg/day{_change(at)}."
    )


def _change(at: pd.Series) -> str:
    if at["n_paired"] < 2:
        return ""
    way = "less" if at["mean_change"] < 0 else "more"
    limits = f"{at['ci_low']:.1f} to {at['ci_high']:.1f}".replace("-", "−")
    return (
        f", {abs(at['mean_change']):.1f} mg/day {way} than at baseline (95 % CI of the change "
        f"{limits}; {at['n_paired']} with both doses)"
    )


def _bands_finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    of_all = table[table["group"] == "all"]
    months = _headline(of_all, cohort)
    if months is None:
        return f"No dose is known at any time point yet{of_whom(selection)}."

    def at(month: float, band: str) -> str:
        row = of_all[(of_all["timepoint_months"] == month) & (of_all["dose_mg_day"] == band)]
        shown = row.iloc[0]
        return f"{percent(shown['proportion'])} ({shown['n_in_band']} of {shown['n']})"

    label = of_all.loc[of_all["timepoint_months"] == months, "timepoint"].iloc[0]
    return (
        f"Above 10 mg/day were {at(0, BANDS[-1])} at baseline and {at(months, BANDS[-1])} at "
        f"{label}{of_whom(selection)}; without any were {at(0, BANDS[0])} and "
        f"{at(months, BANDS[0])}."
    )
