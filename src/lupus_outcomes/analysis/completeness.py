"""Who could be judged at each time point, who could not, and whose turn has not come."""

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.result import Result, of_whom, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.derive.timepoints import ASSESSED, NOT_DUE, PENDING
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import UNKNOWN

SHOWN = (
    "timepoint", "n", "n_due", "n_seen", "n_assessable", "n_undecided", "n_not_seen", "n_pending",
    "n_not_due",
)  # fmt: skip


def describe_denominators(cohort: Cohort, selection: Selection, endpoint: str) -> Result:
    """Count due, seen, assessable, missing and not yet due at each time point, for one endpoint.

    One row a time point. ``n``: everyone, but for those whose baseline puts them outside the
    endpoint's denominator; ``n_assessable``, ``n_undecided``, ``n_not_seen``, ``n_pending`` and
    ``n_not_due`` add up to it.
    """
    if endpoint not in cohort.outcomes:
        return _cannot_be_told(cohort, selection, endpoint)
    table = _count(cohort, selection, endpoint)
    return Result(
        id=f"denominators_{endpoint}",
        title=f"Who can be judged for {ENDPOINTS[endpoint].label}",
        finding=_finding(table, endpoint, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=_denominator(endpoint, int(table["n"].max())),
        method=(
            "Due: the window has closed by the data cut. Seen: a visit in the window, on the drug. "
            "Assessable: that visit decides the endpoint; undecided: missing items leave it open. "
            "Not seen: no such visit, whether missed, after a stop or a death, or lost. "
            "Assessable, undecided, not seen, window open and not yet due add up to all."
        ),
        sources=(ENDPOINTS[endpoint].source,),
        uses=ENDPOINTS[endpoint].needs,
        notes=remarks(cohort, ENDPOINTS[endpoint].needs),
    )


def _count(cohort: Cohort, selection: Selection, endpoint: str) -> pd.DataFrame:
    outcome = cohort.outcomes[endpoint]
    members = selection.members & outcome.in_denominator
    status, at_visit = cohort.timepoints.status[:, members], outcome.at_visit[:, members]
    due, seen = status < PENDING, status == ASSESSED
    counts = {
        "n_due": due,
        "n_seen": seen,
        "n_assessable": seen & (at_visit != UNKNOWN),
        "n_undecided": seen & (at_visit == UNKNOWN),
        "n_not_seen": due & ~seen,
        "n_pending": status == PENDING,
        "n_not_due": status == NOT_DUE,
    }
    timepoints = cohort.protocol.timepoints
    return pd.DataFrame(
        {
            "endpoint": endpoint,
            "timepoint_months": [timepoint.months for timepoint in timepoints],
            "timepoint": [timepoint.label for timepoint in timepoints],
            "n": int(members.sum()),
            **{name: np.count_nonzero(holds, axis=1) for name, holds in counts.items()},
        }
    )


def _cannot_be_told(cohort: Cohort, selection: Selection, endpoint: str) -> Result:
    label = ENDPOINTS[endpoint].label
    lacking = ", ".join(cohort.missing_columns[endpoint])
    return Result(
        id=f"denominators_{endpoint}",
        title=f"Who can be judged for {label}",
        finding=f"{label} cannot be told for anybody in this dataset: it lacks {lacking}.",
        table=pd.DataFrame(columns=["endpoint", "timepoint", "n"]),
        n_patients=selection.n_patients,
        denominator="nobody",
        method="An endpoint needs every column its definition rests on.",
        sources=(ENDPOINTS[endpoint].source,),
    )


def _denominator(endpoint: str, n: int) -> str:
    if ENDPOINTS[endpoint].denominator is None:
        return f"all {n:,} selected patients at each time point"
    words = ENDPOINTS[endpoint].denominator_words.removeprefix("patients due ")
    return f"the {n:,} selected patients {words}"


def _finding(table: pd.DataFrame, endpoint: str, selection: Selection) -> str:
    reached = table[table["n_due"] > 0]
    if reached.empty:
        return f"Nobody is due at any time point yet{of_whom(selection)}."
    at = reached.loc[(reached["timepoint_months"] - 12).abs().idxmin()]
    return (
        f"At {at['timepoint']}, {at['n_due']:,} patients are due{of_whom(selection)}; "
        f"{at['n_seen']:,} were seen on the drug, of whom {at['n_undecided']:,} cannot be judged "
        f"for {ENDPOINTS[endpoint].label}; {at['n_pending'] + at['n_not_due']:,} are not yet due."
    )
