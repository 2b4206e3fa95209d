"""What is missing at visits: column by column, over time and between centres."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result, of_whom, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.dictionary import columns_with_role, label_of

ROLES = MappingProxyType(
    {
        "sledai_descriptor": "SLEDAI-2K items",
        "beyond_sledai": "Beyond SLEDAI-2K",
        "global": "Global assessment",
        "treatment": "Treatment",
        "joints": "Joints",
        "skin": "Skin",
        "laboratory": "Laboratory",
        "sle_das": "SLE-DAS items",
        "bilag": "BILAG-2004",
        "damage": "Damage",
        "patient_reported": "Patient-reported",
    }
)
# Asked for only where they apply, or in place of another: their absence says nothing.
NOT_EXPECTED = ("glucocorticoid_drug", "glucocorticoid_mg_day", "pulse_last_28_days")
EXPECTED = MappingProxyType(
    {
        role: tuple(n for n in columns_with_role("visits", role) if n not in NOT_EXPECTED)
        for role in ROLES
    }
)
BASELINE, ALL_VISITS = "baseline", "all visits"
DENOMINATOR = "visits of the selected patients; a column that is never collected is left out"
METHOD = "A cell is missing when it is empty or its value was set aside. "
SHOWN = (
    "role", "label", "timepoint", "centre", "n_missing", "n_visits", "proportion",
)  # fmt: skip


def describe_missing(cohort: Cohort, selection: Selection) -> Result:
    """Count missing cells of each column at the visits of each time point and at all visits.

    One row a column and time point, the column most often missing first.
    """
    rows = cohort.timepoints
    baseline = cohort.baseline[selection.members]
    visits = {BASELINE: baseline[baseline >= 0]}
    for position, timepoint in enumerate(cohort.protocol.timepoints):
        chosen = rows.visit[position, selection.members & rows.is_due[position]]
        visits[timepoint.label] = chosen[chosen >= 0]
    table = _count(cohort, selection, "timepoint", visits)
    return Result(
        id="missing_by_timepoint",
        title="Missing by column and time point",
        finding=_finding(table, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=DENOMINATOR,
        method=METHOD
        + "At a time point: the visit that stands for it, of patients due. All visits: the "
        "unscheduled ones too.",
        notes=_never_collected(cohort),
    )


def describe_missing_by_centre(cohort: Cohort, selection: Selection) -> Result:
    """Count missing cells of each column at all visits of each centre, as ``describe_missing``."""
    chosen = _selected_visits(cohort, selection)
    codes, names = pd.factorize(cohort.patients["centre"], sort=True)
    centre = codes[cohort.states["patient"].to_numpy()[chosen]]
    visits = {str(names[code]): chosen[centre == code] for code in np.unique(centre)}
    table = _count(cohort, selection, "centre", visits)
    return Result(
        id="missing_by_centre",
        title="Missing by column and centre",
        finding=_centre_finding(table, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=DENOMINATOR,
        method=METHOD + "All visits of a centre's patients count.",
    )


def _selected_visits(cohort: Cohort, selection: Selection) -> NDArray[np.intp]:
    return np.flatnonzero(selection.members[cohort.states["patient"].to_numpy()])


def _count(
    cohort: Cohort, selection: Selection, by: str, visits: Mapping[str, NDArray[np.integer]]
) -> pd.DataFrame:
    """Columns by levels; ``visits``: rows of the visits of each level."""
    roles = _columns(cohort)
    names = list(roles)
    is_missing = cohort.tables["visits"][names].isna().to_numpy()
    whole = {**visits, ALL_VISITS: _selected_visits(cohort, selection)}
    n_missing = np.array([is_missing[rows].sum(axis=0) for rows in whole.values()])
    n_visits = np.tile([len(rows) for rows in whole.values()], len(names))
    # Rows of one column stay together, ties in the dictionary's order.
    rank = np.argsort(-n_missing[-1], kind="stable")
    column = [names[i] for i in rank for _ in whole]
    counts = n_missing.T[rank].ravel()
    return pd.DataFrame(
        {
            "role": [ROLES[roles[name]] for name in column],
            "column": column,
            "label": [label_of("visits", name) for name in column],
            by: np.tile(np.array([*whole], dtype=object), len(names)),
            "n_visits": n_visits,
            "n_missing": counts,
            "proportion": counts / np.where(n_visits > 0, n_visits, np.nan),
        }
    )


def _columns(cohort: Cohort) -> dict[str, str]:
    """Columns that are collected, with their roles, in the order of the roles."""
    return {
        name: role
        for role, names in EXPECTED.items()
        for name in names
        if _is_collected(cohort, name)
    }


def _is_collected(cohort: Cohort, name: str) -> bool:
    return f"visits.{name}" not in cohort.dataset.not_collected


def _never_collected(cohort: Cohort) -> tuple[str, ...]:
    """Every column that is empty throughout, in words; a role without any column by its name."""
    words = []
    for role, names in EXPECTED.items():
        absent = [name for name in names if not _is_collected(cohort, name)]
        if len(absent) == len(names) > 2:
            words.append(f"{ROLES[role]} (all {len(names)} columns)")
        else:
            words += [label_of("visits", name) for name in absent]
    return (f"Never collected, so not shown below: {', '.join(words)}.",) if words else ()


def _finding(table: pd.DataFrame, selection: Selection) -> str:
    overall = table[(table["timepoint"] == ALL_VISITS) & (table["n_visits"] > 0)]
    if overall.empty:
        return f"There are no visits{of_whom(selection)}."
    n, worst = overall["n_visits"].iloc[0], overall[overall["n_missing"] > 0].head(3)
    if worst.empty:
        return f"Nothing is missing at {n:,} visits{of_whom(selection)}."
    words = [
        f"{label} ({percent(share)})"
        for label, share in zip(worst["label"], worst["proportion"].tolist(), strict=True)
    ]
    n_complete = int((overall["n_missing"] == 0).sum())
    complete = f"; {n_complete} of {len(overall)} columns are complete" if n_complete else ""
    return f"At {n:,} visits{of_whom(selection)}, most often missing: {', '.join(words)}{complete}."


def _centre_finding(table: pd.DataFrame, selection: Selection) -> str:
    centres = table[(table["centre"] != ALL_VISITS) & (table["n_visits"] > 0)]
    if centres["centre"].nunique() < 2:
        return f"There is one centre only{of_whom(selection)}: nothing to compare."
    shares = centres.groupby("column", sort=False)["proportion"]
    spread = shares.max() - shares.min()
    widest = centres[centres["column"] == spread.idxmax()].sort_values("proportion")
    least, most = widest.iloc[0], widest.iloc[-1]
    if least["proportion"] == most["proportion"]:
        return f"Every column is equally complete at every centre{of_whom(selection)}."
    return (
        f"Centres differ most in {most['label']}{of_whom(selection)}: missing at "
        f"{percent(most['proportion'])} of {most['n_visits']:,} visits at {most['centre']}, at "
        f"{percent(least['proportion'])} of {least['n_visits']:,} at {least['centre']}."
    )
