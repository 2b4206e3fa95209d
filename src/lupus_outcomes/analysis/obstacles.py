"""What stood in the way: for patients seen who missed a state, which of its criteria failed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result, of_whom, percent, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, ThreeValued


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion of a composite state: the column of visit states that holds it."""

    column: str
    label: str


PARTS = {
    "doris": (
        Part("doris_clinical_sledai", "clinical SLEDAI-2K above 0"),
        Part("doris_physician_ga", "physician global 0.5 or more"),
        Part("doris_glucocorticoid", "prednisone above 5 mg/day"),
        Part("doris_stable", "background treatment not stable"),
    ),
    "lldas": (
        Part("lldas_activity", "SLEDAI-2K above 4 or a major organ active"),
        Part("lldas_no_new", "new activity"),
        Part("lldas_physician_ga", "physician global above 1"),
        Part("lldas_glucocorticoid", "prednisone above 7.5 mg/day"),
        Part("lldas_maintenance", "maintenance treatment beyond limits"),
    ),
}


def estimate_obstacles(cohort: Cohort, selection: Selection, endpoint: str) -> Result:
    """Count, among patients seen on the drug who missed the state, each criterion that failed.

    One row a time point, group and criterion: ``n_not_attained`` (known not to be in the state), of them
    ``n_failed`` this criterion, ``n_alone`` this one only with all others met; ``n_unknown``: of all those seen,
    the criterion cannot be told; ``n_undecided``: of all those seen, the state cannot be told.
    """
    parts = PARTS[endpoint] if endpoint in cohort.outcomes else ()
    seen = cohort.timepoints.is_on_drug & cohort.timepoints.is_due
    state = _at_visits(cohort, endpoint)
    items = [_at_visits(cohort, part.column) for part in parts]
    rows = []
    for group in selection.groups:
        members = seen & group.members
        missed = members & (state == FALSE)
        for position, part in enumerate(parts):
            failed = missed & (items[position] == FALSE)
            others = [item for i, item in enumerate(items) if i != position]
            alone = failed & np.all([item == TRUE for item in others], axis=0)
            rows.append(
                {
                    "endpoint": endpoint,
                    "criterion": part.label,
                    "group": group.group,
                    "level": group.level,
                    "n_seen": members.sum(axis=1),
                    "n_not_attained": missed.sum(axis=1),
                    "n_failed": failed.sum(axis=1),
                    "n_alone": alone.sum(axis=1),
                    "n_unknown": (members & (items[position] == UNKNOWN)).sum(axis=1),
                    "n_undecided": (members & (state == UNKNOWN)).sum(axis=1),
                }
            )
    table = _assemble(rows, cohort)
    label = ENDPOINTS[endpoint].label
    return Result(
        id=f"obstacles_{endpoint}",
        title=f"What stood in the way of {label}",
        finding=_finding(table, label, selection),
        table=table,
        n_patients=selection.n_patients,
        denominator=f"patients due, seen on the drug and known not to be in {label}",
        method=(
            "A criterion counts as failed when it is known to be false. Alone: all other criteria are met. "
            "Several can fail at once, so the shares do not add up to 100 %. Visits that missing items leave "
            "undecided are counted apart, never as failed."
        ),
        sources=(ENDPOINTS[endpoint].source,),
        uses=ENDPOINTS[endpoint].needs,
        notes=remarks(cohort, ENDPOINTS[endpoint].needs),
    )


def _at_visits(cohort: Cohort, column: str) -> ThreeValued:
    rows = cohort.timepoints.visit
    values = cohort.states[column].to_numpy()
    if not len(values):
        return np.full(rows.shape, UNKNOWN, dtype=np.int8)
    return np.where(rows < 0, UNKNOWN, values[rows])


COLUMNS = (
    "endpoint",
    "timepoint_months",
    "criterion",
    "group",
    "level",
    "n_not_attained",
    "n_failed",
    "proportion_failed",
    "n_alone",
    "proportion_alone",
    "n_unknown",
    "n_seen",
    "n_undecided",
    "timepoint",
)


def _assemble(rows: list[dict], cohort: Cohort) -> pd.DataFrame:
    timepoints = cohort.protocol.timepoints
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    columns: dict[str, NDArray] = {
        name: np.concatenate([np.broadcast_to(row[name], len(timepoints)) for row in rows])
        for name in rows[0]
    }
    missed = columns["n_not_attained"]
    with np.errstate(invalid="ignore", divide="ignore"):
        for name in ("failed", "alone"):
            share = np.where(missed > 0, columns[f"n_{name}"] / missed, np.nan)
            columns[f"proportion_{name}"] = share
    columns["timepoint_months"] = np.tile([t.months for t in timepoints], len(rows))
    columns["timepoint"] = np.tile(np.array([t.label for t in timepoints], dtype=object), len(rows))
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _finding(table: pd.DataFrame, label: str, selection: Selection) -> str:
    of_all = table[(table["group"] == "all") & (table["n_not_attained"] > 0)]
    if of_all.empty:
        return f"Nobody seen on the drug is known to have missed {label}{of_whom(selection)}."
    months = min(of_all["timepoint_months"].unique(), key=lambda month: abs(month - 12))
    at = of_all[of_all["timepoint_months"] == months].sort_values("n_failed", ascending=False)
    first = at.iloc[0]
    return (
        f"At {first['timepoint']}, {first['n_not_attained']} patients seen on the drug were not in {label}"
        f"{of_whom(selection)}; most often because of {first['criterion']} ({first['n_failed']} of "
        f"{first['n_not_attained']}, {percent(first['proportion_failed'])}; in {first['n_alone']} it was the "
        f"only reason). {first['n_undecided']} more could not be judged."
    )
