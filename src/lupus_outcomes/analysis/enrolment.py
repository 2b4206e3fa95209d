"""Who came into the registry: patients month by month, and centre by centre."""

import pandas as pd

from lupus_outcomes.analysis.result import Result, of_whom, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection

DENOMINATOR = "patients whose index date is on or before the data cut"
SHIFTED = (
    "Dates in this dataset are shifted, so a calendar would be wrong: "
    "enrolment is shown by centre only."
)
MONTHS_SHOWN = ("month", "n", "n_cumulative")


def describe_enrolment(cohort: Cohort, selection: Selection) -> Result:
    """Count patients starting in each calendar month and until its end.

    Columns: ``month``, ``n``, ``n_cumulative`` and ``planned``, the number the protocol plans,
    empty under a filter because it is planned for all. No rows where dates are shifted.
    """
    start = cohort.patients["index_date"][selection.members]
    is_shifted = cohort.dataset.dates_are_shifted
    table = _by_month(start.iloc[:0] if is_shifted else start, cohort)
    table["planned"] = pd.NA if selection.filters else cohort.protocol.planned_patients
    return Result(
        id="enrolment",
        title="Enrolment",
        finding=_finding(table, cohort, selection),
        table=table.astype({"planned": "Int64"}),
        shown=MONTHS_SHOWN,
        n_patients=selection.n_patients,
        denominator=DENOMINATOR,
        method="A patient counts in the calendar month of the index date.",
        sources=(cohort.protocol.registration,),
        notes=(SHIFTED,) if is_shifted else (),
    )


def _by_month(start: pd.Series, cohort: Cohort) -> pd.DataFrame:
    counts = start.dt.to_period("M").value_counts()
    if len(counts):
        cut = pd.Period(cohort.data_cut, "M")
        counts = counts.reindex(pd.period_range(counts.index.min(), cut, freq="M"), fill_value=0)
    return pd.DataFrame(
        {
            "month": counts.index.astype(str),
            "n": counts.to_numpy(dtype="int64"),
            "n_cumulative": counts.cumsum().to_numpy(dtype="int64"),
        }
    )


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    n, planned = selection.n_patients, cohort.protocol.planned_patients
    n_centres = cohort.patients["centre"][selection.members].nunique()
    centres = f"{n_centres} centre{'s' if n_centres != 1 else ''}"
    since = ""
    if len(table):
        since = f" since {cohort.patients['index_date'][selection.members].min():%Y-%m-%d}"
    if selection.filters:
        whole = f"{n:,} of {cohort.n_patients:,} enrolled patients{of_whom(selection)}"
        return f"{whole} at {centres}{since}."
    reached = table.loc[table["n_cumulative"] >= planned, "month"]
    if len(reached):
        plan = f"the planned {planned:,} were reached in {reached.iloc[0]}"
    else:
        plan = f"{planned:,} are planned"
    return f"{n:,} patients at {centres}{since}; {plan}."


def describe_centres(cohort: Cohort, selection: Selection) -> Result:
    """Count patients at each centre, the largest first; with the months of the first and last."""
    start = cohort.patients["index_date"][selection.members]
    by_centre = start.groupby(cohort.patients["centre"][selection.members].astype(str))
    table = by_centre.agg(n="size", first_month="min", last_month="max").reset_index()
    table = table.sort_values(["n", "centre"], ascending=[False, True], ignore_index=True)
    table.insert(2, "proportion", table["n"] / max(selection.n_patients, 1))
    for name in ("first_month", "last_month"):
        table[name] = table[name].dt.strftime("%Y-%m")
    if cohort.dataset.dates_are_shifted:
        table = table.drop(columns=["first_month", "last_month"])
    return Result(
        id="centres",
        title="Enrolment by centre",
        finding=_centre_finding(table, selection),
        table=table,
        n_patients=selection.n_patients,
        denominator=DENOMINATOR,
        method="Every patient counts at one centre, the one of the patient's record.",
    )


def _centre_finding(table: pd.DataFrame, selection: Selection) -> str:
    if table.empty:
        return f"No centre has a patient{of_whom(selection)}."
    first, last, n = table.iloc[0], table.iloc[-1], selection.n_patients
    if len(table) == 1:
        return f"All {n:,} patients are at {first['centre']}{of_whom(selection)}."
    return (
        f"{first['centre']} has most, {first['n']:,} of {n:,} patients "
        f"({percent(first['proportion'])}){of_whom(selection)}; "
        f"{last['centre']} fewest, {last['n']:,}."
    )
