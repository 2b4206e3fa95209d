"""What is missing: by column, time point and centre, and who could be judged at each time point."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result, of_whom, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.derive.timepoints import ASSESSED, NOT_DUE, PENDING
from lupus_outcomes.dictionary import columns_with_role, label_of
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import UNKNOWN

ROLES = (
    "sledai_descriptor",
    "beyond_sledai",
    "global",
    "treatment",
    "joints",
    "skin",
    "laboratory",
    "sle_das",
    "bilag",
    "damage",
    "patient_reported",
)
# Asked for only where they apply, or in place of another: their absence says nothing.
NOT_EXPECTED = ("glucocorticoid_drug", "glucocorticoid_mg_day", "pulse_last_28_days")


def _columns(cohort: Cohort) -> tuple[str, ...]:
    return tuple(
        name
        for role in ROLES
        for name in columns_with_role("visits", role)
        if f"visits.{name}" not in cohort.dataset.not_collected and name not in NOT_EXPECTED
    )


def describe_missing(cohort: Cohort, selection: Selection) -> Result:
    """Count missing cells of each column at the visits of each time point, and at all visits by centre."""
    visits, names = cohort.tables["visits"], _columns(cohort)
    is_missing = np.array([visits[name].isna().to_numpy() for name in names]).reshape(
        len(names), -1
    )
    patient = cohort.states["patient"].to_numpy()
    chosen = selection.members[patient]
    rows = [*_by_timepoint(cohort, selection, names, is_missing)]
    centre = cohort.patients["centre"].to_numpy()[patient]
    for name in sorted(set(centre[chosen])):
        rows += _rows(names, is_missing[:, chosen & (centre == name)], "centre", str(name))
    rows += _rows(names, is_missing[:, chosen], "all", "all visits")
    table = pd.DataFrame(rows)
    return Result(
        id="missing",
        title="Missing by column, time point and centre",
        finding=_finding(table, selection),
        table=table,
        n_patients=selection.n_patients,
        denominator="visits of the selected patients; a column that is never collected is left out",
        method="A cell is missing when it is empty or its value was set aside.",
        notes=_never_collected(cohort),
    )


def _by_timepoint(cohort: Cohort, selection: Selection, names, is_missing: NDArray) -> list[dict]:
    rows = []
    baseline = cohort.baseline[selection.members]
    rows += _rows(names, is_missing[:, baseline[baseline >= 0]], "time point", "baseline")
    for row, timepoint in enumerate(cohort.protocol.timepoints):
        visit = cohort.timepoints.visit[row, selection.members & cohort.timepoints.is_due[row]]
        rows += _rows(names, is_missing[:, visit[visit >= 0]], "time point", timepoint.label)
    return rows


def _rows(names: tuple[str, ...], is_missing: NDArray[np.bool_], by: str, level: str) -> list[dict]:
    n = is_missing.shape[1]
    return [
        {
            "column": name,
            "label": label_of("visits", name),
            "by": by,
            "level": level,
            "n_visits": n,
            "n_missing": int(missing),
            "proportion": missing / n if n else np.nan,
        }
        for name, missing in zip(names, is_missing.sum(axis=1), strict=True)
    ]


def _never_collected(cohort: Cohort) -> tuple[str, ...]:
    absent = [
        label_of("visits", name)
        for role in ROLES
        for name in columns_with_role("visits", role)
        if f"visits.{name}" in cohort.dataset.not_collected and name not in NOT_EXPECTED
    ]
    return (f"Never collected: {', '.join(absent)}.",) if absent else ()


def _finding(table: pd.DataFrame, selection: Selection) -> str:
    overall = table[table["by"] == "all"].sort_values("proportion", ascending=False)
    if overall.empty or not overall["n_visits"].iloc[0]:
        return f"There are no visits{of_whom(selection)}."
    worst = [f"{row.label} ({percent(row.proportion)})" for row in overall.head(3).itertuples()]
    n = overall["n_visits"].iloc[0]
    return f"At {n:,} visits{of_whom(selection)}, most often missing: {', '.join(worst)}."


def describe_denominators(cohort: Cohort, selection: Selection, endpoint: str) -> Result:
    """Count due, seen, assessable, missing and not yet due at each time point, for one endpoint."""
    status = cohort.timepoints.status[:, selection.members]
    due, seen = status < PENDING, status == ASSESSED
    at_visit = cohort.outcomes[endpoint].at_visit[:, selection.members]
    counts = {
        "due": due,
        "seen": seen,
        "assessable": seen & (at_visit != UNKNOWN),
        "undecided": seen & (at_visit == UNKNOWN),
        "not seen": due & ~seen,
        "window open": status == PENDING,
        "not yet due": status == NOT_DUE,
    }
    rows = [
        {
            "endpoint": endpoint,
            "timepoint_months": timepoint.months,
            "timepoint": timepoint.label,
            "status": name,
            "n": int(holds[row].sum()),
        }
        for row, timepoint in enumerate(cohort.protocol.timepoints)
        for name, holds in counts.items()
    ]
    table = pd.DataFrame(rows)
    return Result(
        id=f"denominators_{endpoint}",
        title=f"Who can be judged for {ENDPOINTS[endpoint].label}",
        finding=_denominator_finding(table, endpoint, selection),
        table=table,
        n_patients=selection.n_patients,
        denominator="all selected patients at each time point",
        method=(
            "Due: the window has closed by the data cut. Seen: a visit in the window, on the drug. "
            "Assessable: that visit decides the endpoint."
        ),
        uses=ENDPOINTS[endpoint].needs,
    )


def _denominator_finding(table: pd.DataFrame, endpoint: str, selection: Selection) -> str:
    wide = table.pivot_table(index="timepoint_months", columns="status", values="n", sort=False)
    reached = wide[wide["due"] > 0]
    if reached.empty:
        return f"Nobody is due at any time point yet{of_whom(selection)}."
    months = min(reached.index, key=lambda month: abs(month - 12))
    at = reached.loc[months].astype(int)
    label = table.loc[table["timepoint_months"] == months, "timepoint"].iloc[0]
    return (
        f"At {label}, {at['due']} patients are due{of_whom(selection)}; {at['seen']} were seen on the drug, of "
        f"whom {at['undecided']} cannot be judged for {ENDPOINTS[endpoint].label}; "
        f"{at['not yet due'] + at['window open']} are not yet due."
    )
