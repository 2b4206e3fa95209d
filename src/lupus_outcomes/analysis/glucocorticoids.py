"""How far glucocorticoids come down: dose over time, shares at low dose, paths and cumulative dose."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.intervals import compute_mean_interval, compute_wilson
from lupus_outcomes.analysis.result import Result, of_whom, percent, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.derive.outcomes import HANDLING_WORDS
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import Handling

DOSE_COLUMN = "visits.prednisone_mg_day|visits.glucocorticoid_mg_day"
HANDLINGS: tuple[Handling, ...] = ("observed", "treatment_policy")
# Upper ends of the dose bands, inclusive, mg/day: the targets of DORIS and LLDAS are among them.
BAND_ENDS = (0.0, 5.0, 7.5, 10.0, np.inf)
BANDS = ("none", "up to 5", "above 5 to 7.5", "above 7.5 to 10", "above 10")
TARGETS = (("n_le7_5", 7.5), ("n_le5", 5.0), ("n_off", 0.0))
TARGET_LABELS = {"n_le7_5": "≤ 7.5 mg/day", "n_le5": "≤ 5 mg/day", "n_off": "none"}


def estimate_glucocorticoids(cohort: Cohort, selection: Selection) -> Result:
    """Dose at baseline and each time point, in the columns of ``glucocorticoids.csv``, mg/day.

    Month 0 is the baseline visit. Changes are paired with baseline; their limits are those of the t
    distribution, those of the shares Wilson's.
    """
    rows = [
        _describe(baseline, dose, group) | {"timepoint_months": months, "timepoint": label, "handling": handling}
        for handling in HANDLINGS
        for group in selection.groups
        for months, label, baseline, dose in _doses(cohort, group.members, handling)
    ]  # fmt: skip
    table = pd.DataFrame(rows)[list(COLUMNS)]
    for name, _ in TARGETS:
        low, high = compute_wilson(table[name].to_numpy(), table["n"].to_numpy())
        table[name.replace("n_", "proportion_")] = table[name] / table["n"].where(table["n"] > 0)
        table[name.replace("n_", "ci_low_")], table[name.replace("n_", "ci_high_")] = low, high
    return Result(
        id="glucocorticoids",
        title="Glucocorticoid dose over time",
        finding=_finding(table, selection),
        table=table,
        n_patients=selection.n_patients,
        denominator=f"patients due with a known dose; observed: {HANDLING_WORDS['observed']}",
        method=(
            "Prednisone equivalent taken at the visit; pulses are not part of it. Changes are paired with the "
            "baseline visit (t limits); shares have 95 % Wilson score intervals."
        ),
        sources=("EULAR 2023: Fanouriakis 2024, Ann Rheum Dis 83:15",),
        uses=(DOSE_COLUMN,),
        notes=remarks(cohort, (DOSE_COLUMN,)),
    )


COLUMNS = (
    "timepoint_months", "handling", "group", "level", "n", "mean", "sd", "median", "q1", "q3",
    "n_paired", "mean_change", "ci_low", "ci_high", "n_le5", "n_le7_5", "n_off", "timepoint",
)  # fmt: skip


def _doses(
    cohort: Cohort, members: NDArray[np.bool_], handling: Handling
) -> Iterator[tuple[float, str, Numbers, Numbers]]:
    """Month, label, baseline dose and dose of the members counted at each time point."""
    baseline = numbers(cohort.patients["baseline_prednisone_mg_day"])
    yield 0.0, "baseline", baseline[members], baseline[members]
    dose = dose_at_timepoints(cohort)
    counted = cohort.timepoints.is_due & members
    if handling == "observed":
        counted = counted & cohort.timepoints.is_on_drug
    for row, timepoint in enumerate(cohort.protocol.timepoints):
        who = counted[row]
        yield timepoint.months, timepoint.label, baseline[who], dose[row, who]


def dose_at_timepoints(cohort: Cohort) -> Numbers:
    """Dose at the chosen visits, mg/day, shape (time points, patients); NaN where unknown."""
    rows = cohort.timepoints.visit
    dose = cohort.states["prednisone_mg_day"].to_numpy()
    return np.where(rows < 0, np.nan, dose[rows] if len(dose) else np.nan)


def _describe(baseline: Numbers, dose: Numbers, group: Group) -> dict[str, object]:
    known = ~np.isnan(dose)
    values = dose[known]
    change = (dose - baseline)[known & ~np.isnan(baseline)]
    q1, median, q3 = np.percentile(values, [25, 50, 75]) if len(values) else [np.nan] * 3
    low, high = compute_mean_interval(change)
    return {
        "group": group.group,
        "level": group.level,
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


def _finding(table: pd.DataFrame, selection: Selection) -> str:
    of_all = table[(table["group"] == "all") & (table["handling"] == "observed") & (table["n"] > 0)]
    later = of_all[of_all["timepoint_months"] > 0]
    if later.empty:
        return f"No dose is known at any time point yet{of_whom(selection)}."
    months = min(later["timepoint_months"], key=lambda month: abs(month - 12))
    at = later[later["timepoint_months"] == months].iloc[0]
    change = (
        f", {abs(at['mean_change']):.1f} mg/day {'less' if at['mean_change'] < 0 else 'more'} than at baseline "
        f"(95 % CI {at['ci_low']:.1f} to {at['ci_high']:.1f}; {at['n_paired']} paired)"
        if at["n_paired"] > 1
        else ""
    )
    return (
        f"At {at['timepoint']}, {percent(at['proportion_le5'])} ({at['n_le5']} of {at['n']} on the drug; 95 % CI "
        f"{100 * at['ci_low_le5']:.0f}–{100 * at['ci_high_le5']:.0f}) took at most 5 mg/day of prednisone and "
        f"{at['n_off']} none{of_whom(selection)}; the mean dose was {at['mean']:.1f} mg/day{change}."
    )


def _band(dose: Numbers) -> NDArray[np.int64]:
    """Position in BANDS, -1 for an unknown dose."""
    return np.where(np.isnan(dose), -1, np.searchsorted(BAND_ENDS, dose, side="left"))


def estimate_dose_bands(cohort: Cohort, selection: Selection) -> Result:
    """How many patients take which dose at baseline and each time point, on the drug."""
    rows = []
    for group in selection.groups:
        for months, label, _, dose in _doses(cohort, group.members, "observed"):
            bands = _band(dose)
            n = int((bands >= 0).sum())
            rows += [
                {
                    "timepoint_months": months,
                    "timepoint": label,
                    "group": group.group,
                    "level": group.level,
                    "dose_mg_day": band,
                    "n": n,
                    "n_in_band": int((bands == position).sum()),
                    "proportion": (bands == position).sum() / n if n else np.nan,
                }
                for position, band in enumerate(BANDS)
            ]
    return Result(
        id="glucocorticoid_bands",
        title="Dose bands over time",
        finding="",
        table=pd.DataFrame(rows),
        n_patients=selection.n_patients,
        denominator="patients due, seen on the drug with a known dose",
        method="Prednisone equivalent taken at the visit nearest to the time point.",
        uses=(DOSE_COLUMN,),
    )


def estimate_dose_paths(cohort: Cohort, selection: Selection) -> Result:
    """From which dose band at baseline to which at each time point: individual paths in aggregate."""
    dose = dose_at_timepoints(cohort)
    start = _band(numbers(cohort.patients["baseline_prednisone_mg_day"]))
    counted = cohort.timepoints.is_due & cohort.timepoints.is_on_drug & selection.members
    rows = []
    for row, timepoint in enumerate(cohort.protocol.timepoints):
        end = _band(dose[row])
        who = counted[row] & (start >= 0) & (end >= 0)
        pairs = np.zeros((len(BANDS), len(BANDS)), dtype=np.int64)
        np.add.at(pairs, (start[who], end[who]), 1)
        rows += [
            {
                "timepoint_months": timepoint.months,
                "timepoint": timepoint.label,
                "baseline_mg_day": BANDS[i],
                "dose_mg_day": BANDS[j],
                "n_from": int(pairs[i].sum()),
                "n": int(pairs[i, j]),
                "proportion": pairs[i, j] / pairs[i].sum() if pairs[i].sum() else np.nan,
            }
            for i in range(len(BANDS))
            for j in range(len(BANDS))
        ]
    return Result(
        id="glucocorticoid_paths",
        title="From which dose to which",
        finding="",
        table=pd.DataFrame(rows),
        n_patients=selection.n_patients,
        denominator="patients due, seen on the drug, dose known at baseline and then; shares of each baseline band",
        method="Each patient counts once a time point, in the band of the baseline dose.",
        uses=(DOSE_COLUMN,),
    )


def estimate_cumulative_dose(cohort: Cohort, selection: Selection) -> Result:
    """Cumulative prednisone equivalent since index, g, against staying on the baseline dose.

    A dose holds from its visit to the next (the dose decided at the visit where recorded). A
    patient counts at a time point when followed to its target day and the dose is known from the
    start.
    """
    cumulative = _cumulative(cohort)
    baseline = numbers(cohort.patients["baseline_prednisone_mg_day"])
    rows = []
    for group in selection.groups:
        for row, timepoint in enumerate(cohort.protocol.timepoints):
            who = group.members & cohort.timepoints.is_due[row] & ~np.isnan(cumulative[row])
            grams = cumulative[row, who] / 1000
            low, high = compute_mean_interval(grams)
            unchanged = baseline[who] * timepoint.target_day / 1000
            rows.append(
                {
                    "timepoint_months": timepoint.months,
                    "timepoint": timepoint.label,
                    "group": group.group,
                    "level": group.level,
                    "n": len(grams),
                    "mean_g": grams.mean() if len(grams) else np.nan,
                    "ci_low": low,
                    "ci_high": high,
                    "median_g": np.median(grams) if len(grams) else np.nan,
                    "mean_g_at_baseline_dose": unchanged.mean() if len(grams) else np.nan,
                }
            )
    return Result(
        id="glucocorticoid_cumulative",
        title="Cumulative dose since the start",
        finding="",
        table=pd.DataFrame(rows),
        n_patients=selection.n_patients,
        denominator="patients due, followed to the day, dose known from the start",
        method="A dose holds until the next visit with a dose; pulses are not part of it. t limits.",
        uses=(DOSE_COLUMN,),
    )


def _cumulative(cohort: Cohort) -> Numbers:
    """Milligrams from day 0 to each target day, shape (time points, patients); NaN where not followed."""
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
