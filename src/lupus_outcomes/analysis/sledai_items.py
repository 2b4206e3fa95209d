"""Which SLEDAI-2K descriptors are present at each time point, by organ domain."""

from itertools import product
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result, headline, of_whom, percent, remarks
from lupus_outcomes.analysis.shares import with_share
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import take_conditions, three_valued
from lupus_outcomes.derive.measured import derive_schedule
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.dictionary import label_of
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS, DESCRIPTORS
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN
from lupus_outcomes.measures import GLADMAN_2002

SHOWN = (
    "domain", "descriptor", "level", "timepoint", "n_present", "n", "proportion_present",
    "ci_low_present", "ci_high_present", "n_unknown",
)  # fmt: skip
USES = tuple(f"visits.{name}" for name in DESCRIPTOR_IDS)


def describe_sledai_items(cohort: Cohort, selection: Selection) -> Result:
    """Count patients with each descriptor present at baseline and each time point.

    One row a descriptor, time point and group: of ``n_seen`` on the drug, the descriptor was
    recorded in ``n``, present in ``n_present`` of them, and left open in ``n_unknown``.
    """
    table = with_share(_assemble(cohort, selection), "present", "n")
    return Result(
        id="sledai_items",
        title="SLEDAI-2K descriptors over time",
        finding=_finding(table, cohort, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator="patients due and seen on the drug, for whom the descriptor was recorded",
        method=(
            "Descriptors as recorded at the visit that stands for the time point; one that was not "
            "recorded is unknown, not absent. Shares with 95 % Wilson score intervals. Patients "
            "who stopped are not in later columns, so a column is not the same patients as the one "
            "before it."
        ),
        sources=(GLADMAN_2002,),
        uses=USES,
        notes=(*_never_recorded(cohort), *remarks(cohort, USES)),
    )


def _assemble(cohort: Cohort, selection: Selection) -> pd.DataFrame:
    schedule, groups = derive_schedule(cohort), selection.groups
    visits = cohort.tables["visits"]
    members = np.array([group.members for group in groups]).T
    states = [
        take_conditions(three_valued(visits[descriptor.id]), schedule.visit)
        for descriptor in DESCRIPTORS
    ]
    rows = list(product(DESCRIPTORS, zip(schedule.months, schedule.labels, strict=True), groups))
    n_seen = np.tile(_counted(schedule.is_seen, members), len(DESCRIPTORS))
    n = np.concatenate([_counted(state != UNKNOWN, members) for state in states])
    return pd.DataFrame(
        {
            "item": [descriptor.id for descriptor, _, _ in rows],
            "descriptor": [label_of("visits", descriptor.id) for descriptor, _, _ in rows],
            "domain": [descriptor.domain for descriptor, _, _ in rows],
            "weight": [descriptor.weight for descriptor, _, _ in rows],
            "timepoint_months": [months for _, (months, _), _ in rows],
            "timepoint": [label for _, (_, label), _ in rows],
            "group": [group.group for _, _, group in rows],
            "level": [group.level for _, _, group in rows],
            "n_seen": n_seen,
            "n": n,
            "n_present": np.concatenate([_counted(state == TRUE, members) for state in states]),
            "n_unknown": n_seen - n,
        }
    )


def _counted(holds: NDArray[np.bool_], members: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Patients of each group for whom it holds, a time point after another."""
    counts = holds.astype(np.float64) @ members.astype(np.float64)
    return counts.astype(np.int64).ravel()


def _never_recorded(cohort: Cohort) -> tuple[str, ...]:
    absent = [
        _in_a_sentence(label_of("visits", name))
        for name in DESCRIPTOR_IDS
        if f"visits.{name}" in cohort.dataset.not_collected
    ]
    if len(absent) == len(DESCRIPTOR_IDS):
        return ("This dataset records no descriptor of SLEDAI-2K, at most its total.",)
    return (f"Never recorded in this dataset: {', '.join(absent)}.",) if absent else ()


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    known = table[(table["group"] == "all") & (table["n"] > 0)].to_dict("records")
    later = [row for row in known if row["timepoint_months"] > 0]
    if not later:
        return f"No descriptor is known at any time point yet{of_whom(selection)}."
    months = headline((row["timepoint_months"] for row in later), cohort)
    at = [row for row in later if row["timepoint_months"] == months]
    start = {row["item"]: row["proportion_present"] for row in known if not row["timepoint_months"]}
    first = sorted(at, key=itemgetter("n_present"), reverse=True)[:3]
    words = [_present(row, start) for row in first if row["n_present"]]
    where = f"At {at[0]['timepoint']}"
    if not words:
        return f"{where}, no descriptor was present in anyone seen{of_whom(selection)}."
    return f"{where}, most often present{of_whom(selection)}: {'; '.join(words)}."


def _present(row: dict[Any, Any], start: dict[str, float]) -> str:
    known = row["item"] in start
    begin = f", at baseline {percent(start[row['item']])}" if known else ""
    share = f"{percent(row['proportion_present'])} ({row['n_present']} of {row['n']}{begin})"
    return f"{_in_a_sentence(row['descriptor'])} {share}"


def _in_a_sentence(label: str) -> str:
    return label[0].lower() + label[1:]
