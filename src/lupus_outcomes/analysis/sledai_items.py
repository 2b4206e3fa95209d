"""Which SLEDAI-2K descriptors are present at each time point, by organ domain."""

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
    schedule = derive_schedule(cohort)
    visits = cohort.tables["visits"]
    members = np.array([group.members for group in selection.groups]).T
    of_group = {
        "timepoint_months": np.repeat(schedule.months, len(selection.groups)),
        "timepoint": np.repeat(np.array(schedule.labels, dtype=object), len(selection.groups)),
        "group": np.tile([g.group for g in selection.groups], len(schedule.months)),
        "level": np.tile([g.level for g in selection.groups], len(schedule.months)),
        "n_seen": _counted(schedule.is_seen, members),
    }
    parts = []
    for descriptor in DESCRIPTORS:
        state = take_conditions(three_valued(visits[descriptor.id]), schedule.visit)
        about = {
            "item": descriptor.id,
            "descriptor": label_of("visits", descriptor.id),
            "domain": descriptor.domain,
            "weight": descriptor.weight,
        }
        n = _counted(state != UNKNOWN, members)
        counts = {"n": n, "n_present": _counted(state == TRUE, members)}
        parts.append(pd.DataFrame(about | of_group | counts))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(n_unknown=table["n_seen"] - table["n"])


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
    of_all = table[(table["group"] == "all") & (table["n"] > 0)]
    later = of_all[of_all["timepoint_months"] > 0]
    if later.empty:
        return f"No descriptor is known at any time point yet{of_whom(selection)}."
    months = headline(later["timepoint_months"].unique(), cohort)
    at = later[later["timepoint_months"] == months]
    at_start = of_all[of_all["timepoint_months"] == 0]
    start = dict(zip(at_start["item"], at_start["proportion_present"].tolist(), strict=True))
    first = at.sort_values("n_present", ascending=False, kind="stable").head(3)
    shown = first[first["n_present"] > 0]
    where = f"At {at['timepoint'].iloc[0]}"
    if shown.empty:
        return f"{where}, no descriptor was present in anyone seen{of_whom(selection)}."
    words = [_present(row, start) for row in shown.itertuples()]
    return f"{where}, most often present{of_whom(selection)}: {'; '.join(words)}."


def _present(row, start: dict[str, float]) -> str:
    known = row.item in start
    begin = f", at baseline {percent(start[row.item])}" if known else ""
    share = f"{percent(row.proportion_present)} ({row.n_present} of {row.n}{begin})"
    return f"{_in_a_sentence(row.descriptor)} {share}"


def _in_a_sentence(label: str) -> str:
    return label[0].lower() + label[1:]
