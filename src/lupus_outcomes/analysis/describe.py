"""Who the patients are: enrolment in time, and the baseline table with standardised differences."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.comparison import compute_smd_binary, compute_smd_continuous
from lupus_outcomes.analysis.result import Result, of_whom
from lupus_outcomes.derive.characteristics import UNKNOWN_LEVEL, Characteristic
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import Numbers

# Measurements of the baseline table: column of the patients, label, unit.
MEASURED = (
    ("age_years", "Age", "years"),
    ("disease_duration_years", "Disease duration", "years"),
    ("weight_kg", "Weight", "kg"),
    ("baseline_sledai_2k", "SLEDAI-2K", "points"),
    ("baseline_clinical_sledai", "Clinical SLEDAI-2K", "points"),
    ("baseline_sle_das", "SLE-DAS", "points"),
    ("baseline_physician_ga", "Physician global assessment", "0–3"),
    ("baseline_patient_ga", "Patient global assessment", "0–100"),
    ("baseline_prednisone_mg_day", "Prednisone equivalent", "mg/day"),
    ("baseline_swollen_joints_28", "Swollen joints", "of 28"),
    ("baseline_tender_joints_28", "Tender joints", "of 28"),
    ("baseline_clasi_activity", "CLASI activity", "points"),
    ("baseline_slicc_damage_index", "SLICC/ACR damage index", "points"),
    ("baseline_facit_fatigue", "FACIT-Fatigue", "0–52"),
)
BANDED_ALREADY = ("age", "disease_duration", "baseline_dose", "centre", "start_year")


def describe_baseline(cohort: Cohort, selection: Selection) -> Result:
    """Build the baseline table in the columns of ``cohort.csv``.

    Measurements as mean, SD, median and quartiles, conditions as count and share of those known. With a
    grouping each level has a summary column and ``smd`` the largest standardised difference between two levels.
    """
    rows = [*_measured(cohort, selection), *_levels(cohort, selection)]
    n = selection.n_patients
    female = _share(cohort, selection, "sex", "female")
    age = numbers(cohort.patients["age_years"])[selection.members]
    known = age[~np.isnan(age)]
    mean_age = f", mean age {known.mean():.0f} years" if len(known) else ""
    return Result(
        id="cohort",
        title="Baseline characteristics",
        finding=f"{n:,} patients{of_whom(selection)}{mean_age}{female}.",
        table=pd.DataFrame(rows),
        n_patients=n,
        denominator="patients with a known value; missing counted beside",
        method=(
            "Baseline is the last visit on or before the first dose and at most 3 months older. Standardised mean "
            "difference: the largest between two groups; below 0.1 is taken as balanced. No p-values."
        ),
        sources=("Austin 2009, Stat Med 28:3083",),
        notes=("Groups overlap: a patient can be in several.",) if selection.groups_overlap else (),
    )


def _share(cohort: Cohort, selection: Selection, name: str, level: str) -> str:
    found = cohort.characteristics.get(name)
    if found is None or level not in found.levels or not selection.n_patients:
        return ""
    known = selection.members & ~_unknown(found)
    n = int((found.members[found.levels.index(level)] & known).sum())
    return f", {n / known.sum():.0%} {level}".replace("%", " %") if known.any() else ""


def _unknown(characteristic: Characteristic) -> NDArray[np.bool_]:
    if UNKNOWN_LEVEL in characteristic.levels:
        return characteristic.members[characteristic.levels.index(UNKNOWN_LEVEL)]
    return np.zeros(characteristic.members.shape[1], dtype=np.bool_)


def _measured(cohort: Cohort, selection: Selection) -> Iterator[dict]:
    for column, label, unit in MEASURED:
        values = numbers(cohort.patients[column])
        chosen = values[selection.members]
        known = chosen[~np.isnan(chosen)]
        if not len(known):
            continue
        q1, median, q3 = np.percentile(known, [25, 50, 75])
        yield {
            "characteristic": f"{label}, {unit}",
            "level": "",
            "n": len(known),
            "n_missing": len(chosen) - len(known),
            "summary": _summary(known),
            "proportion": np.nan,
            "mean": known.mean(),
            "sd": known.std(ddof=1) if len(known) > 1 else np.nan,
            "median": median,
            "q1": q1,
            "q3": q3,
        } | _by_group_measured(values, selection)


def _summary(known: Numbers) -> str:
    if not len(known):
        return "–"
    q1, median, q3 = np.percentile(known, [25, 50, 75])
    spread = f" ({known.std(ddof=1):.1f})" if len(known) > 1 else ""
    return f"{known.mean():.1f}{spread}; {median:.1f} [{q1:.1f}–{q3:.1f}]"


def _by_group_measured(values: Numbers, selection: Selection) -> dict:
    groups = [values[g.members & ~np.isnan(values)] for g in selection.groups[1:]]
    columns = {g.level: _summary(v) for g, v in zip(selection.groups[1:], groups, strict=True)}
    described = [(v.mean(), v.std(ddof=1)) for v in groups if len(v) > 1]
    differences = [
        compute_smd_continuous(*described[i], *described[j])
        for i in range(len(described))
        for j in range(i)
    ]
    return columns | ({"smd": max(differences, default=np.nan)} if groups else {})


def _levels(cohort: Cohort, selection: Selection) -> Iterator[dict]:
    for characteristic in cohort.characteristics.values():
        if characteristic.id in BANDED_ALREADY:
            continue
        unknown = _unknown(characteristic)
        for level, has in zip(characteristic.levels, characteristic.members, strict=True):
            if level == UNKNOWN_LEVEL or (level == "no" and "yes" in characteristic.levels):
                continue
            known = selection.members & ~unknown
            n = int((has & known).sum())
            yield {
                "characteristic": characteristic.label,
                "level": level,
                "n": n,
                "n_missing": int((selection.members & unknown).sum()),
                "summary": _count(n, int(known.sum())),
                "proportion": n / known.sum() if known.any() else np.nan,
                "mean": np.nan,
                "sd": np.nan,
                "median": np.nan,
                "q1": np.nan,
                "q3": np.nan,
            } | _by_group_level(has, ~unknown, selection)


def _count(n: int, of: int) -> str:
    return f"{n} ({100 * n / of:.0f} %)" if of else "–"


def _by_group_level(has: NDArray[np.bool_], known: NDArray[np.bool_], selection: Selection) -> dict:
    counts = [
        (int((g.members & known & has).sum()), int((g.members & known).sum()))
        for g in selection.groups[1:]
    ]
    columns = {g.level: _count(*c) for g, c in zip(selection.groups[1:], counts, strict=True)}
    shares = [n / of for n, of in counts if of]
    differences = [
        compute_smd_binary(shares[i], shares[j]) for i in range(len(shares)) for j in range(i)
    ]
    return columns | ({"smd": max(differences, default=np.nan)} if counts else {})


def describe_enrolment(cohort: Cohort, selection: Selection) -> Result:
    """Count patients starting in each calendar month, by centre and cumulatively."""
    start = cohort.patients["index_date"][selection.members]
    month = start.dt.to_period("M")
    centre = cohort.patients["centre"][selection.members]
    counts = pd.crosstab(month, centre)
    if len(counts):
        every_month = pd.period_range(counts.index.min(), pd.Period(cohort.data_cut, "M"), freq="M")
        counts = counts.reindex(every_month, fill_value=0)
    table = (
        counts.rename_axis(index="month", columns="centre").stack().rename("n").reset_index()
        if len(counts)
        else pd.DataFrame({"month": [], "centre": [], "n": []})
    )
    table["n_cumulative"] = table.groupby("centre")["n"].cumsum()
    table["month"] = table["month"].astype(str)
    n, planned = selection.n_patients, cohort.protocol.planned_patients
    first = f" since {start.min():%Y-%m-%d}" if n else ""
    return Result(
        id="enrolment",
        title="Enrolment",
        finding=f"{n:,} patients at {counts.shape[1]} centres{first}{of_whom(selection)}; {planned:,} are planned.",
        table=table,
        n_patients=n,
        denominator="patients whose index date is on or before the data cut",
        method="A patient counts in the calendar month of the index date.",
        notes=("Dates in this dataset are shifted: calendar months are not real ones.",)
        if cohort.dataset.dates_are_shifted
        else (),
    )
