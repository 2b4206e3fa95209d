"""Who could be judged, centre by centre, and which centre leaves most cells empty."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.centre_funnel import (
    SMALL_CENTRE,
    find_timepoint,
    sum_by_centre,
    tell_missing,
)
from lupus_outcomes.analysis.intervals import compute_wilson
from lupus_outcomes.analysis.result import Result, of_whom, percent, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.derive.timepoints import ASSESSED
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import UNKNOWN
from lupus_outcomes.protocol import TimePoint

SHOWN = (
    "centre", "n_due", "n_assessable", "proportion", "ci_low", "ci_high", "n_undecided",
    "n_not_seen", "proportion_missing", "n_visits", "size",
)  # fmt: skip


def describe_centre_completeness(
    cohort: Cohort, selection: Selection, endpoint: str, months: float
) -> Result:
    """Count who could be judged at each centre, the least complete first.

    ``proportion``: assessable of those due, with its limits. ``proportion_missing``: empty cells of
    the columns the endpoint needs, at all visits of the centre.
    """
    timepoint = find_timepoint(cohort, months)
    if endpoint not in cohort.outcomes:
        return tell_missing(cohort, selection, endpoint)
    table = _completeness(cohort, selection, endpoint, timepoint)
    return Result(
        id="centre_completeness",
        title=f"Completeness at {timepoint.label} by centre",
        finding=_completeness_finding(table, endpoint, timepoint, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator="patients due at the time point, stopped or not",
        method=(
            "Assessable: seen in the window on the drug, and the visit decides the endpoint. "
            "Undecided: seen, but missing items leave it open. Not seen: missed, stopped, died or "
            "lost. Missing cells: of the columns the endpoint needs, at all visits. 95 % Wilson "
            "score intervals."
        ),
        uses=ENDPOINTS[endpoint].needs,
        notes=remarks(cohort, ENDPOINTS[endpoint].needs),
    )


def _completeness(
    cohort: Cohort, selection: Selection, endpoint: str, timepoint: TimePoint
) -> pd.DataFrame:
    row = cohort.protocol.timepoints.index(timepoint)
    outcome, at = cohort.outcomes[endpoint], cohort.timepoints
    due = outcome.in_denominator & at.is_due[row]
    seen = due & (at.status[row] == ASSESSED)
    is_known = outcome.at_visit[row] != UNKNOWN
    n_missing, n_cells, n_visits = _cells(cohort, endpoint)
    counts = {
        "n_due": due,
        "n_assessable": seen & is_known,
        "n_undecided": seen & ~is_known,
        "n_not_seen": due & ~seen,
        "missing_cells": n_missing,
        "cells": n_cells,
        "n_visits": n_visits,
    }
    table = sum_by_centre(cohort, selection, counts)
    low, high = compute_wilson(table["n_assessable"].to_numpy(), table["n_due"].to_numpy())
    table = table.assign(
        proportion=table["n_assessable"] / table["n_due"].where(table["n_due"] > 0),
        ci_low=low,
        ci_high=high,
        proportion_missing=table["missing_cells"] / table["cells"].where(table["cells"] > 0),
        size=np.where(table["n_due"] < SMALL_CENTRE, "few patients", ""),
    )
    return table.sort_values(["proportion", "centre"], ignore_index=True)


def _cells(cohort: Cohort, endpoint: str) -> tuple[NDArray, NDArray, NDArray]:
    """Missing cells, all cells and visits of each patient, of the columns an endpoint needs."""
    visits = cohort.tables["visits"]
    needed = (need.split("|") for need in ENDPOINTS[endpoint].needs)
    collected = [
        [name for name in names if name not in cohort.dataset.not_collected] for names in needed
    ]
    # Columns that stand in for each other are missing together only.
    missing = [
        visits[[name.removeprefix("visits.") for name in names]].isna().all(axis=1).to_numpy()
        for names in collected
        if names
    ]
    patient, n = visits["patient"].to_numpy(), cohort.n_patients
    per_visit = np.sum(missing, axis=0) if missing else np.zeros(len(visits))
    n_visits = np.bincount(patient, minlength=n)
    return np.bincount(patient, per_visit, minlength=n), n_visits * len(missing), n_visits


def _completeness_finding(
    table: pd.DataFrame, endpoint: str, timepoint: TimePoint, selection: Selection
) -> str:
    due = table[table["n_due"] > 0]
    where = f"At {timepoint.label}{of_whom(selection)}"
    if due.empty:
        return f"{where}, nobody is due at any centre yet."
    n, assessable = int(due["n_due"].sum()), int(due["n_assessable"].sum())
    of_all = (
        f"{where}, {assessable:,} of {n:,} due ({percent(assessable / n)}) could be judged for "
        f"{ENDPOINTS[endpoint].label}"
    )
    least, most = due.iloc[0], due.iloc[-1]
    if len(due) < 2 or least["proportion"] == most["proportion"]:
        return f"{of_all}."
    ends = [
        f"{percent(row['proportion'])} ({row['n_assessable']} of {row['n_due']}) at {row['centre']}"
        for row in (least, most)
    ]
    return f"{of_all}: from {ends[0]} to {ends[1]}."
