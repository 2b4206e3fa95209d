"""Who the patients are at baseline, with standardised differences between groups."""

from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.comparison import (
    BALANCE_LIMIT,
    compute_smd_binary,
    compute_smd_continuous,
)
from lupus_outcomes.analysis.result import Result, of_whom
from lupus_outcomes.derive.characteristics import BANDED, UNKNOWN_LEVEL, Characteristic
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
READING = (
    "Measurements: mean (standard deviation); median [quartiles]. Conditions: patients and their "
    "share of those known."
)
OVERLAP = "Groups overlap: a patient can be in several."
# What the summary says again, in parts.
PARTS = ("proportion", "mean", "sd", "median", "q1", "q3")
NO_VALUES = dict.fromkeys(PARTS, np.nan)


def describe_baseline(cohort: Cohort, selection: Selection) -> Result:
    """Build the baseline table in the columns of ``cohort.csv``.

    Measurements as mean, SD, median and quartiles, conditions as count and share of those known.
    With a grouping each level has a summary column, ``smd`` is the largest standardised difference
    between two levels and ``n_fewest`` the fewest patients behind a cell.
    """
    rows = [_patients(selection), *_measured(cohort, selection), *_levels(cohort, selection)]
    table = pd.DataFrame(rows)
    return Result(
        id="cohort",
        title="Baseline characteristics",
        finding=_who(cohort, selection) + _largest_difference(table, selection),
        table=table,
        shown=_as_printed(table),
        n_patients=selection.n_patients,
        denominator="patients with a known value; missing counted beside",
        method=(
            "Baseline is the last visit on or before the first dose, at most 3 months older. "
            "SMD, the standardised mean difference: the largest between two groups; below "
            f"{BALANCE_LIMIT:g} is taken as balanced. No p-values."
        ),
        sources=("Austin 2009, Stat Med 28:3083",),
        notes=(READING, OVERLAP) if selection.groups_overlap else (READING,),
    )


def _who(cohort: Cohort, selection: Selection) -> str:
    age = numbers(cohort.patients["age_years"])[selection.members]
    known = age[~np.isnan(age)]
    mean_age = f", mean age {known.mean():.0f} years" if len(known) else ""
    female = _share(cohort, selection, "sex", "female")
    return f"{selection.n_patients:,} patients{of_whom(selection)}{mean_age}{female}."


def _largest_difference(table: pd.DataFrame, selection: Selection) -> str:
    """The row in which groups differ most, and in how many they differ at all."""
    if "smd" not in table:
        return ""
    known = table[np.isfinite(table["smd"])]
    if known.empty:
        return ""
    largest = known.loc[known["smd"].idxmax()]
    level = "" if largest["level"] in ("", "yes") else f": {largest['level']}"
    name = f"{largest['characteristic']}{level}"
    n_unlike = int((known["smd"] >= BALANCE_LIMIT).sum())
    return (
        f" By {selection.group_label.lower()}, groups differ most in {name} "
        f"(SMD {largest['smd']:.2f}); {n_unlike} of {len(known)} rows reach {BALANCE_LIMIT:g}."
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


def _patients(selection: Selection) -> dict:
    n = selection.n_patients
    sizes = {group.level: int(group.members.sum()) for group in selection.groups[1:]}
    fewest = {"n_fewest": _fewest(sizes.values())} if sizes else {}
    return {
        "characteristic": "Patients",
        "level": "",
        "n": n,
        "n_missing": 0,
        "summary": f"{n:,}",
        **NO_VALUES,
        **{level: f"{size:,}" for level, size in sizes.items()},
        **fewest,
    }


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
        } | _by_group_measured(column, values, selection)


def _summary(known: Numbers) -> str:
    if not len(known):
        return "–"
    q1, median, q3 = np.percentile(known, [25, 50, 75])
    spread = f" ({known.std(ddof=1):.1f})" if len(known) > 1 else ""
    return f"{known.mean():.1f}{spread}; {median:.1f} [{q1:.1f}–{q3:.1f}]"


def _by_group_measured(column: str, values: Numbers, selection: Selection) -> dict:
    groups = [values[g.members & ~np.isnan(values)] for g in selection.groups[1:]]
    if not groups:
        return {}
    columns = {g.level: _summary(v) for g, v in zip(selection.groups[1:], groups, strict=True)}
    described = [
        (v.mean(), v.std(ddof=1))
        for g, v in zip(selection.groups[1:], groups, strict=True)
        if len(v) > 1 and g.level != UNKNOWN_LEVEL and not _is_cut_from(g.group, column)
    ]
    differences = [compute_smd_continuous(*a, *b) for a, b in combinations(described, 2)]
    return columns | {"smd": _largest(differences), "n_fewest": _fewest(map(len, groups))}


def _is_cut_from(group: str, column: str) -> bool:
    """Whether the groups are bands of that measurement: their difference says nothing."""
    return group in BANDED and BANDED[group].column == column


def _largest(differences: list[Numbers]) -> float:
    known = [float(difference) for difference in differences if not np.isnan(difference)]
    return max(known, default=np.nan)


def _fewest(counts: Iterable[int]) -> int:
    """The smallest number of patients behind a cell of the row, empty cells aside."""
    return min((n for n in counts if n), default=0)


def _levels(cohort: Cohort, selection: Selection) -> Iterator[dict]:
    for characteristic in cohort.characteristics.values():
        if characteristic.id in (*BANDED_ALREADY, selection.groups[-1].group):
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
                **NO_VALUES,
                "proportion": n / known.sum() if known.any() else np.nan,
            } | _by_group_level(has, ~unknown, selection)


def _count(n: int, of: int) -> str:
    return f"{n} ({100 * n / of:.0f} %)" if of else "–"


def _by_group_level(has: NDArray[np.bool_], known: NDArray[np.bool_], selection: Selection) -> dict:
    groups = selection.groups[1:]
    if not groups:
        return {}
    counts = {
        g.level: (int((g.members & known & has).sum()), int((g.members & known).sum()))
        for g in groups
    }
    shares = [n / of for level, (n, of) in counts.items() if of and level != UNKNOWN_LEVEL]
    differences = [compute_smd_binary(a, b) for a, b in combinations(shares, 2)]
    columns = {level: _count(*count) for level, count in counts.items()}
    fewest = _fewest(n for n, _ in counts.values())
    return columns | {"smd": _largest(differences), "n_fewest": fewest}


def _as_printed(table: pd.DataFrame) -> tuple[str, ...]:
    """The summary of all, of each group and the SMD; counts last."""
    counts = ("n", "n_missing")
    return (*(str(c) for c in table if c not in (*PARTS, *counts, "n_fewest")), *counts)
