"""What patients report: who answered, and who changed by what matters to them."""

from collections.abc import Iterator, Sequence
from operator import itemgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.change import not_collected
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent, remarks
from lupus_outcomes.analysis.shares import share_in_words, with_share
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.measured import (
    Schedule,
    derive_measured,
    derive_schedule,
    is_measured,
    measured_at_visits,
)
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.patient_reported import BY_COLUMN, compute_improved, compute_worsened
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN
from lupus_outcomes.measures import MEASURES, PATIENT_REPORTED, Measure

SHOWN = (
    "measure", "level", "timepoint", "n", "n_improved", "proportion_improved", "ci_low_improved",
    "ci_high_improved", "n_worsened", "proportion_worsened", "ci_low_worsened", "ci_high_worsened",
    "n_no_room", "n_due", "n_seen",
)  # fmt: skip
MISSING_SHOWN = (
    "measure", "level", "timepoint", "n_answered", "n_seen", "proportion_answered",
    "ci_low_answered", "ci_high_answered",
)  # fmt: skip


def estimate_patient_reported(
    cohort: Cohort,
    selection: Selection,
    measures: Sequence[str] | None = None,
    leave_out_no_room: bool = False,
) -> Result:
    """Share better and worse than at baseline by the smallest change that matters.

    ``leave_out_no_room``: patients who at baseline were within that change of the best score leave
    the denominator; ``n_no_room`` counts them either way. ``n`` have a value at baseline and then.
    """
    asked = _asked(measures)
    found = [m for m in asked if is_measured(cohort, m) and not np.isnan(m.better)]
    blocks = list(_changed(cohort, selection, found, leave_out_no_room))
    table = with_share(with_share(_stack(blocks), "improved", "n"), "worsened", "n")
    room = ", those without room to improve left out" if leave_out_no_room else ""
    uses = tuple(f"visits.{measure.id}" for measure in found)
    return Result(
        id="patient_reported",
        title="Better or worse by what matters to patients",
        finding=_changed_finding(table, cohort, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=(
            f"patients due, seen on the drug, with an answer at baseline and then{room}; no answer "
            "counts neither as better nor as worse"
        ),
        method=(
            "Better and worse by at least (inclusive): "
            + "; ".join(_threshold(measure) for measure in found)
            + ". The change that matters is not the same in both directions. Shares with 95 % "
            "Wilson score intervals. No room to improve: at baseline within that change of the "
            "best score."
        ),
        sources=tuple(dict.fromkeys(measure.threshold_source for measure in found)),
        uses=uses,
        notes=(*not_collected(asked, found), *remarks(cohort, uses)),
    )


def describe_patient_reported_missing(cohort: Cohort, selection: Selection) -> Result:
    """Who answered each instrument, of those seen on the drug at baseline and each time point."""
    asked = _asked(None)
    found = [measure for measure in asked if is_measured(cohort, measure)]
    table = with_share(_stack(list(_answered(cohort, selection, found))), "answered", "n_seen")
    uses = tuple(f"visits.{measure.id}" for measure in found)
    return Result(
        id="patient_reported_missing",
        title="Who answered",
        finding=_missing_finding(table, cohort, selection),
        table=table,
        shown=MISSING_SHOWN,
        n_patients=selection.n_patients,
        denominator="patients due and seen on the drug",
        method=(
            "Answered: the score is known at the visit that stands for the time point. Shares with "
            "95 % Wilson score intervals. Patients who feel worse may answer less often; then the "
            "means of those who answered look better than all patients are."
        ),
        uses=uses,
        notes=(*not_collected(asked, found), *_never_at_a_centre(cohort, selection, found)),
    )


def _asked(measures: Sequence[str] | None) -> list[Measure]:
    return [MEASURES[name] for name in (PATIENT_REPORTED if measures is None else measures)]


def _threshold(measure: Measure) -> str:
    return f"{measure.label} {measure.better:g} and {measure.worse:g}"


def _about(schedule: Schedule, measure: Measure, group: str, level: str) -> dict[str, NDArray]:
    n_times = len(schedule.months)
    return {
        "measure": np.full(n_times, measure.id, dtype=object),
        "timepoint_months": np.array(schedule.months),
        "timepoint": np.array(schedule.labels, dtype=object),
        "group": np.full(n_times, group, dtype=object),
        "level": np.full(n_times, level, dtype=object),
    }


def _changed(
    cohort: Cohort, selection: Selection, measures: Sequence[Measure], leave_out: bool
) -> Iterator[dict[str, NDArray]]:
    schedule = derive_schedule(cohort)
    due, seen = schedule.is_due, schedule.is_seen
    for measure in measures:
        values = derive_measured(cohort, measure, schedule)
        instrument = BY_COLUMN[measure.id]
        start = np.broadcast_to(values[0], values.shape)
        better = compute_improved(instrument, start, values)
        worse = compute_worsened(instrument, start, values)
        counted = better != UNKNOWN
        no_room = counted & (
            compute_improved(instrument, start, values, leave_out_no_room=True) == UNKNOWN
        )
        counted = counted & ~no_room if leave_out else counted
        for group in selection.groups:
            holds = {
                "n_due": due,
                "n_seen": seen,
                "n": counted,
                "n_improved": counted & (better == TRUE),
                "n_worsened": counted & (worse == TRUE),
                "n_no_room": no_room,
            }
            rows = _about(schedule, measure, group.group, group.level) | {
                name: (held & group.members).sum(axis=1) for name, held in holds.items()
            }
            # Month 0 is the baseline itself.
            yield {name: values[1:] for name, values in rows.items()}


def _answered(
    cohort: Cohort, selection: Selection, measures: Sequence[Measure]
) -> Iterator[dict[str, NDArray]]:
    schedule = derive_schedule(cohort)
    for measure in measures:
        is_known = ~np.isnan(derive_measured(cohort, measure, schedule))
        for group in selection.groups:
            yield _about(schedule, measure, group.group, group.level) | {
                "n_due": (schedule.is_due & group.members).sum(axis=1),
                "n_seen": (schedule.is_seen & group.members).sum(axis=1),
                "n_answered": (is_known & group.members).sum(axis=1),
            }


def _stack(blocks: Sequence[dict[str, NDArray]]) -> pd.DataFrame:
    if not blocks:
        counts = ("n_due", "n_seen", "n", "n_improved", "n_worsened", "n_no_room", "n_answered")
        names = ("measure", "timepoint_months", "timepoint", "group", "level", *counts)
        return pd.DataFrame(columns=list(names)).astype(dict.fromkeys(counts, np.int64))
    return pd.DataFrame(
        {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    )


def _changed_finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    if table.empty:
        return "No instrument is chosen that this dataset has and for which a change is known."
    first = table["measure"].iloc[0]
    of_all = table[(table["measure"] == first) & (table["group"] == "all") & (table["n"] > 0)]
    measure = MEASURES[first]
    if of_all.empty:
        return f"{measure.label}: nobody has an answer at baseline and later{of_whom(selection)}."
    months = headline(of_all["timepoint_months"], cohort)
    at = of_all[of_all["timepoint_months"] == months].iloc[0]
    n_left = at["n_seen"] - at["n"]
    left_out = (
        f"; {n_left} of the {at['n_seen']} seen on the drug are not counted, for want of an answer "
        "at one of the two or of room to improve"
    )
    return (
        f"At {at['timepoint']}, {measure.label} was better by at least {measure.better:g} in "
        f"{share_in_words(at, 'improved', 'n')} and worse by at least {measure.worse:g} in "
        f"{share_in_words(at, 'worsened', 'n')}{of_whom(selection)}{left_out if n_left else ''}."
    )


def _missing_finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    if table.empty:
        return "No instrument for patients is collected in this dataset."
    later = [
        row
        for row in table[table["group"] == "all"].to_dict("records")
        if row["n_seen"] and row["timepoint_months"] > 0
    ]
    if not later:
        return f"Nobody was seen at a time point yet{of_whom(selection)}."
    months = headline((row["timepoint_months"] for row in later), cohort)
    at = [row for row in later if row["timepoint_months"] == months]
    at.sort(key=itemgetter("n_answered"))
    words = [
        f"{MEASURES[row['measure']].label} {percent(row['proportion_answered'])} "
        f"({row['n_answered']})"
        for row in (at[-1], at[0])
    ]
    least = f", least often {words[1]}" if len(at) > 1 else ""
    return (
        f"At {at[0]['timepoint']}, of {at[0]['n_seen']} patients seen on the drug"
        f"{of_whom(selection)}, most answered {words[0]}{least}. Everything below is about those "
        "who answered."
    )


def _never_at_a_centre(
    cohort: Cohort, selection: Selection, measures: Sequence[Measure]
) -> tuple[str, ...]:
    """Instruments that some centres never recorded, in a sentence."""
    patient = cohort.states["patient"].to_numpy()
    codes, centres = pd.factorize(cohort.patients["centre"], sort=True)
    present = np.unique(codes[selection.members])
    words = []
    for measure in measures:
        known = ~np.isnan(measured_at_visits(cohort, measure))
        has = np.zeros(len(centres), dtype=np.bool_)
        has[codes[patient[known]]] = True
        never = [str(centres[code]) for code in present if not has[code]]
        if never:
            words.append(f"{measure.label} at {_listed(never)}")
    return (f"Never recorded: {'; '.join(words)}.",) if words else ()


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
