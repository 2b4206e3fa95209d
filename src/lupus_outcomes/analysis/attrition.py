"""How many patients are left after each criterion of the protocol, in its order."""

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.result import Result, of_whom
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.eligibility import derive_eligibility
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import FALSE, UNKNOWN

SHOWN = ("criterion", "n_remaining", "n_unknown", "n_excluded")


def describe_attrition(cohort: Cohort, selection: Selection) -> Result:
    """Count who remains, who leaves and who is unknown at each criterion, as in ``attrition.csv``.

    ``n_excluded``: known not to meet the criterion, among those still there. ``n_unknown``: cannot
    be told; they stay. Consent that was withdrawn is the last step of every study.
    """
    inside = np.ones(cohort.n_patients, dtype=np.bool_)
    for name, levels in selection.filters:
        found = cohort.characteristics[name]
        inside &= found.members[[found.levels.index(level) for level in levels]].any(axis=0)
    before = inside
    rows = [_row(cohort, 0, "Enrolled by the data cut", int(inside.sum()), 0, 0)]
    for number, step in enumerate(derive_eligibility(cohort), start=1):
        remains = inside & step.remains
        excluded = before & (step.is_met == FALSE)
        unknown = remains & (step.is_met == UNKNOWN)
        label = step.criterion.label
        words = f"Excluded if: {label}" if step.criterion.is_exclusion else label
        rows.append(
            _row(cohort, number, words, int(remains.sum()), int(excluded.sum()), int(unknown.sum()))
        )
        before = remains
    withdrawn = (
        before & cohort.patients["withdrawal_date"].le(pd.Timestamp(cohort.data_cut)).to_numpy()
    )
    left = int((before & ~withdrawn).sum())
    rows.append(_row(cohort, len(rows), "Consent not withdrawn", left, int(withdrawn.sum()), 0))
    table = pd.DataFrame(rows)
    return Result(
        id="attrition",
        title="Eligibility",
        finding=_finding(table, cohort, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator="patients enrolled by the data cut",
        method=(
            "Criteria are applied in the protocol's order. Who is known not to meet one leaves "
            "there; who cannot be judged stays and is counted as unknown."
        ),
        sources=(cohort.protocol.registration,),
    )


def _row(
    cohort: Cohort, step: int, criterion: str, remaining: int, excluded: int, unknown: int
) -> dict:
    return {
        "study": cohort.protocol.id,
        "step": step,
        "criterion": criterion,
        "n_remaining": remaining,
        "n_excluded": excluded,
        "n_unknown": unknown,
    }


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    start, end = table["n_remaining"].iloc[0], table["n_remaining"].iloc[-1]
    n_unknown, unknown = int(table["n_unknown"].max()), ""
    if n_unknown:
        criterion = table["criterion"].iloc[int(table["n_unknown"].argmax())]
        unknown = f"; {n_unknown:,} could not be judged on “{criterion}” and stayed"
    if cohort.protocol.analysis_set == "enrolled":
        analysed = f"The analysis is by intention to treat: all {start:,} enrolled are in it"
    else:
        analysed = "Only who meets them is analysed, until a withdrawal of consent"
    return (
        f"{end:,} of {start:,} enrolled patients{of_whom(selection)} are left after all "
        f"criteria{unknown}. {analysed}."
    )
