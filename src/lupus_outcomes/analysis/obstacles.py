"""What stood in the way: for patients seen who missed a state, which of its criteria failed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result, headline, of_whom, percent, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, ThreeValued

SHOWN = (
    "level", "criterion", "n_failed", "n_not_attained", "proportion_failed", "n_alone",
    "proportion_alone", "n_unknown", "n_undecided", "n_left_open",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion of a composite state.

    ``column``: of visit states. ``label``: the criterion when it fails. ``item``: what it asks for.
    """

    column: str
    label: str
    item: str


PARTS = {
    "doris": (
        Part("doris_clinical_sledai", "clinical SLEDAI-2K above 0", "clinical SLEDAI-2K"),
        Part("doris_physician_ga", "physician global 0.5 or more", "physician global"),
        Part("doris_glucocorticoid", "prednisone above 5 mg/day", "prednisone dose"),
        Part("doris_stable", "background treatment not stable", "stability of treatment"),
    ),
    "lldas": (
        Part("lldas_activity", "SLEDAI-2K above 4 or a major organ active", "SLEDAI-2K and organs"),
        Part("lldas_no_new", "new activity", "new activity"),
        Part("lldas_physician_ga", "physician global above 1", "physician global"),
        Part("lldas_glucocorticoid", "prednisone above 7.5 mg/day", "prednisone dose"),
        Part("lldas_maintenance", "maintenance treatment beyond limits", "maintenance treatment"),
    ),
}
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
    "n_left_open",
    "timepoint",
)


@dataclass(frozen=True, slots=True)
class SeenVisits:
    """The chosen visits on the drug at due time points, arrays of shape (time points, patients).

    ``items``: one array a part of the state, in the order of PARTS.
    """

    is_seen: NDArray[np.bool_]
    state: ThreeValued
    items: tuple[ThreeValued, ...]


def estimate_obstacles(
    cohort: Cohort, selection: Selection, endpoint: str, months: float | None = None
) -> Result:
    """Count, among patients seen on the drug who missed the state, each criterion that failed.

    One row a time point (or only that at ``months``), group and criterion: ``n_not_attained``
    (known not to be in the state), of them ``n_failed`` this criterion, ``n_alone`` this one only
    with all others met. Of all those seen ``n_unknown``: the criterion cannot be told;
    ``n_undecided``: the state cannot be told; ``n_left_open``: neither can.
    """
    visits = _seen_visits(cohort, endpoint)
    rows = list(_count_failures(visits, selection, endpoint))
    table = _assemble(rows, cohort)
    if months is not None:
        table = table[table["timepoint_months"] == months].reset_index(drop=True)
    label = ENDPOINTS[endpoint].label
    return Result(
        id=f"obstacles_{endpoint}",
        title=f"What stood in the way of {label}",
        finding=_finding(table, endpoint, cohort, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=f"patients due, seen on the drug and known not to be in {label}",
        method=(
            "A criterion counts as failed when it is known to be false. The only reason: all other "
            "criteria are met. Several can fail at once, so the shares do not add up to 100 %. "
            "Visits that missing items leave undecided are counted apart, never as failed."
        ),
        sources=(ENDPOINTS[endpoint].source,),
        uses=ENDPOINTS[endpoint].needs,
        notes=(*_lacking(cohort, endpoint), *remarks(cohort, ENDPOINTS[endpoint].needs)),
    )


def describe_undecided(cohort: Cohort, selection: Selection, endpoint: str) -> Result:
    """Count those seen at each time point: in the state, known not to be, or left undecided.

    ``n_seen`` is the sum of ``n_attained``, ``n_not_attained`` and ``n_undecided``;
    ``n_open_*``: of those undecided, that criterion is unknown.
    """
    visits = _seen_visits(cohort, endpoint)
    seen = visits.is_seen & selection.members
    undecided = seen & (visits.state == UNKNOWN)
    counts = {
        "n_seen": seen,
        "n_attained": seen & (visits.state == TRUE),
        "n_not_attained": seen & (visits.state == FALSE),
        "n_undecided": undecided,
    }
    for part, item in zip(PARTS[endpoint], visits.items, strict=True):
        counts[f"n_open_{part.column}"] = undecided & (item == UNKNOWN)
    label = ENDPOINTS[endpoint].label
    table = pd.DataFrame(
        {"timepoint": [t.label for t in cohort.protocol.timepoints]}
        | {name: holds.sum(axis=1) for name, holds in counts.items()}
    )
    return Result(
        id=f"undecided_{endpoint}",
        title=f"Visits that missing items leave undecided for {label}",
        finding=_undecided_finding(table, label, selection),
        table=table,
        n_patients=selection.n_patients,
        denominator="patients due and seen on the drug, at each time point",
        method=(
            "A state is known not to be met as soon as one criterion is known to fail. It is "
            "undecided when none is known to fail and at least one cannot be told; several can be "
            "open at one visit."
        ),
        sources=(ENDPOINTS[endpoint].source,),
        uses=ENDPOINTS[endpoint].needs,
    )


def _seen_visits(cohort: Cohort, endpoint: str) -> SeenVisits:
    return SeenVisits(
        is_seen=cohort.timepoints.is_on_drug & cohort.timepoints.is_due,
        state=_at_visits(cohort, endpoint),
        items=tuple(_at_visits(cohort, part.column) for part in PARTS[endpoint]),
    )


def _at_visits(cohort: Cohort, column: str) -> ThreeValued:
    rows = cohort.timepoints.visit
    values = cohort.states[column].to_numpy()
    if not len(values):
        return np.full(rows.shape, UNKNOWN, dtype=np.int8)
    return np.where(rows < 0, UNKNOWN, values[rows])


def _count_failures(visits: SeenVisits, selection: Selection, endpoint: str) -> Iterator[dict]:
    """One row a group and criterion; counts have the length of the time points."""
    for group in selection.groups:
        seen = visits.is_seen & group.members
        missed, undecided = seen & (visits.state == FALSE), seen & (visits.state == UNKNOWN)
        for position, part in enumerate(PARTS[endpoint]):
            item = visits.items[position]
            others = [other for i, other in enumerate(visits.items) if i != position]
            failed = missed & (item == FALSE)
            alone = failed & np.all([other == TRUE for other in others], axis=0)
            yield {
                "endpoint": endpoint,
                "criterion": part.label,
                "group": group.group,
                "level": group.level,
                "n_seen": seen.sum(axis=1),
                "n_not_attained": missed.sum(axis=1),
                "n_failed": failed.sum(axis=1),
                "n_alone": alone.sum(axis=1),
                "n_unknown": (seen & (item == UNKNOWN)).sum(axis=1),
                "n_undecided": undecided.sum(axis=1),
                "n_left_open": (undecided & (item == UNKNOWN)).sum(axis=1),
            }


def _assemble(rows: list[dict], cohort: Cohort) -> pd.DataFrame:
    timepoints = cohort.protocol.timepoints
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


def _lacking(cohort: Cohort, endpoint: str) -> tuple[str, ...]:
    columns = cohort.missing_columns.get(endpoint, ())
    if not columns:
        return ()
    return (
        f"Nobody can be judged to be in {ENDPOINTS[endpoint].label}: this dataset lacks "
        f"{', '.join(columns)}. What is known to have failed is counted all the same.",
    )


def _finding(table: pd.DataFrame, endpoint: str, cohort: Cohort, selection: Selection) -> str:
    label = ENDPOINTS[endpoint].label
    is_shown = (table["group"] == "all").to_numpy()
    missed = is_shown & (table["n_not_attained"] > 0).to_numpy()
    is_shown = missed if missed.any() else is_shown
    months = table["timepoint_months"].to_numpy()
    is_shown = is_shown & (months == headline(months[is_shown], cohort))
    of_then = table[is_shown].to_dict("records")
    at = sorted(of_then, key=lambda row: row["n_failed"], reverse=True)
    first = at[0]
    where = f"At {first['timepoint']}"
    if not first["n_seen"]:
        return f"{where}, nobody due was seen on the drug{of_whom(selection)}."
    not_judged = _not_judged(at, endpoint)
    if not missed.any():
        return (
            f"{where}, none of the {first['n_seen']} seen on the drug{of_whom(selection)} is known "
            f"to have missed {label}.{not_judged}"
        )
    return (
        f"{where}, {first['n_not_attained']} of the {first['n_seen']} seen on the drug"
        f"{of_whom(selection)} were not in {label}; most often because of {first['criterion']} "
        f"({first['n_failed']} of {first['n_not_attained']}, "
        f"{percent(first['proportion_failed'])}; the only reason in {first['n_alone']})."
        f"{not_judged}"
    )


def _not_judged(at: list[dict[str, Any]], endpoint: str) -> str:
    """How many could not be judged, and what was not known of them; ``at``: rows of the table."""
    n = at[0]["n_undecided"]
    if not n:
        return " All others could be judged."
    item = {part.label: part.item for part in PARTS[endpoint]}
    still_open = sorted(at, key=lambda row: row["n_left_open"], reverse=True)
    unknown = [
        f"{item[row['criterion']]} in {row['n_left_open']}"
        for row in still_open
        if row["n_left_open"]
    ]
    return f" {n} could not be judged; unknown was {', '.join(unknown)}."


def _undecided_finding(table: pd.DataFrame, label: str, selection: Selection) -> str:
    seen, attained, failed, undecided = (
        int(table[name].sum()) for name in ("n_seen", "n_attained", "n_not_attained", "n_undecided")
    )
    if not seen:
        return f"Nobody due was seen on the drug{of_whom(selection)}."
    return (
        f"Of {seen:,} visits on the drug at all time points{of_whom(selection)}: in {label} "
        f"{attained:,}, known not to be {failed:,}, left undecided by missing items {undecided:,}. "
        "Undecided is counted as unknown, never as failed. Where stopped or missed counts as not "
        "attained these patients stay in the denominator; otherwise they leave it."
    )
