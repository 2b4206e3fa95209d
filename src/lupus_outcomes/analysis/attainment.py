"""Who attains an endpoint at each time point: counts, proportions, limits under each handling."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.intervals import compute_clopper_pearson, compute_wilson
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.outcomes import HANDLING_WORDS, HANDLINGS, Outcome
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.derive.timepoints import ASSESSED, DIED, LOST, MISSED, NOT_DUE, PENDING, STOPPED
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN
from lupus_outcomes.protocol import Handling

INTERVALS = {"wilson": compute_wilson, "clopper_pearson": compute_clopper_pearson}
INTERVAL_WORDS = {
    "wilson": "95 % Wilson score intervals",
    "clopper_pearson": "95 % exact (Clopper-Pearson) intervals",
}
NOBODY = np.int8(-1)
STATUS_COLUMNS = {
    "n_missed": MISSED,
    "n_stopped": STOPPED,
    "n_died": DIED,
    "n_lost": LOST,
    "n_pending": PENDING,
    "n_not_due": NOT_DUE,
}
# What the sentence about them needs.
SAID = (
    "endpoint", "timepoint", "timepoint_months", "handling", "group", "n_due", "n", "responders",
    "proportion", "ci_low", "ci_high",
)  # fmt: skip
SHOWN = (
    "endpoint", "level", "timepoint", "responders", "n", "proportion", "ci_low", "ci_high", "n_due",
    "n_assessed", "n_undecided", "n_missed", "n_stopped", "n_died", "n_lost", "n_pending",
    "n_not_due",
)  # fmt: skip


def estimate_attainment(
    cohort: Cohort,
    selection: Selection,
    endpoints: Sequence[str] | None = None,
    handlings: Sequence[Handling] = HANDLINGS,
) -> Result:
    """Attainment of endpoints at every time point, in the columns of ``attainment.csv``.

    Beyond the contract's columns each row says what became of those due: ``n_assessed`` (seen on
    the drug, endpoint decided), ``n_undecided`` (seen on the drug, missing items leave it open),
    ``n_missed``, ``n_stopped``, ``n_died`` and ``n_lost`` add up to ``n_due``; ``n_pending`` and
    ``n_not_due`` are outside.
    """
    asked = cohort.protocol.endpoints if endpoints is None else tuple(endpoints)
    answered = [name for name in asked if name in cohort.outcomes]
    blocks = [
        _count(cohort, selection, name, cohort.outcomes[name], handlings) for name in answered
    ]
    table = _assemble(blocks, cohort)
    uses = tuple(dict.fromkeys(need for name in answered for need in ENDPOINTS[name].needs))
    missing = [
        f"{ENDPOINTS[name].label} cannot be told in this dataset: it lacks {', '.join(columns)}."
        for name, columns in cohort.missing_columns.items()
        if name in asked
    ]
    return Result(
        id="attainment",
        title="Attainment of endpoints over time",
        finding=_finding(table, cohort, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator="; ".join(f"{h}: {HANDLING_WORDS[h]}" for h in handlings),
        method=(
            "The visit nearest to the target within its window counts. A patient is due once the "
            f"window has closed by the data cut. {INTERVAL_WORDS[cohort.protocol.interval]}."
        ),
        sources=tuple(dict.fromkeys(ENDPOINTS[name].source for name in answered)),
        uses=uses,
        notes=(*missing, *remarks(cohort, uses)),
    )


def _count(
    cohort: Cohort,
    selection: Selection,
    name: str,
    outcome: Outcome,
    handlings: Sequence[Handling],
) -> list[dict]:
    timepoints = cohort.timepoints
    answers = {handling: outcome.attained(timepoints, handling) for handling in handlings}
    rows = []
    for group in selection.groups:
        members = group.members & outcome.in_denominator
        due = timepoints.is_due & members
        common = {
            "endpoint": name,
            "group": group.group,
            "level": group.level,
            "n_enrolled": int(group.members.sum()),
            "n_in_denominator": int(members.sum()),
            "n_due": _count_patients(due),
            **_statuses(cohort, outcome, members),
        }
        for handling, answer in answers.items():
            rows.append(
                common
                | {
                    "handling": handling,
                    "n": _count_patients(due & (answer != UNKNOWN)),
                    "responders": _count_patients(due & (answer == TRUE)),
                }
            )
    return rows


def _statuses(
    cohort: Cohort, outcome: Outcome, members: NDArray[np.bool_]
) -> dict[str, NDArray[np.int64]]:
    status = np.where(members, cohort.timepoints.status, NOBODY)
    seen = status == ASSESSED
    undecided = seen & (outcome.at_visit == UNKNOWN)
    counts = {
        "n_assessed": _count_patients(seen & ~undecided),
        "n_undecided": _count_patients(undecided),
    }
    return counts | {
        column: _count_patients(status == code) for column, code in STATUS_COLUMNS.items()
    }


def _count_patients(holds: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.count_nonzero(holds, axis=1)


COLUMNS = (
    "endpoint",
    "timepoint_months",
    "handling",
    "group",
    "level",
    "n_enrolled",
    "n_due",
    "n_assessed",
    "n",
    "responders",
    "proportion",
    "ci_low",
    "ci_high",
    "n_undecided",
    *STATUS_COLUMNS,
    "n_in_denominator",
    "timepoint",
)


def _assemble(blocks: list[list[dict]], cohort: Cohort) -> pd.DataFrame:
    timepoints = cohort.protocol.timepoints
    rows = [row for block in blocks for row in block]
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    n_timepoints = len(timepoints)
    columns = {
        name: np.concatenate([np.broadcast_to(row[name], n_timepoints) for row in rows])
        for name in rows[0]
    }
    n, responders = columns["n"], columns["responders"]
    with np.errstate(invalid="ignore", divide="ignore"):
        columns["proportion"] = np.where(n > 0, responders / n, np.nan)
    columns["ci_low"], columns["ci_high"] = INTERVALS[cohort.protocol.interval](responders, n)
    columns["timepoint_months"] = np.tile([t.months for t in timepoints], len(rows))
    columns["timepoint"] = np.tile(np.array([t.label for t in timepoints], dtype=object), len(rows))
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    """One sentence, by the protocol's handling, on its headline time point or the nearest one."""
    if table.empty:
        return "No endpoint is chosen that this dataset can tell."
    columns = {name: table[name].to_numpy() for name in SAID}
    is_shown = (columns["group"] == "all") & (columns["n_due"] > 0)
    if not is_shown.any():
        return f"Nobody is due at any time point yet{of_whom(selection)}."
    handlings, months = columns["handling"], columns["timepoint_months"]
    offered = handlings[is_shown]
    handling = cohort.protocol.handling if cohort.protocol.handling in offered else offered[0]
    is_shown &= handlings == handling
    is_shown &= months == headline(months[is_shown], cohort)
    at = [{name: columns[name][row] for name in SAID} for row in np.flatnonzero(is_shown)[:2]]
    where = f"At {at[0]['timepoint']}{of_whom(selection)}"
    return f"{where}: {', '.join(map(_attained, at))}; {HANDLING_WORDS[handling]}."


def _attained(row: Mapping[Any, Any]) -> str:
    label = ENDPOINTS[row["endpoint"]].label
    if not row["n"]:
        return f"{label} could be judged in none of the {row['n_due']} patients due"
    limits = f"95 % CI {100 * row['ci_low']:.0f}–{100 * row['ci_high']:.0f}"
    return f"{label} {percent(row['proportion'])} ({row['responders']} of {row['n']}; {limits})"
