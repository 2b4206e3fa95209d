"""Time to the first adverse event of a category, with the end of treatment competing."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.adverse_events import (
    EMERGENT,
    EXPOSED,
    NO_TABLE,
    SOURCES,
    is_collected,
    notes,
    uses,
)
from lupus_outcomes.analysis.event_counts import LABELS, exposed
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent
from lupus_outcomes.analysis.survival import (
    AalenJohansen,
    count_at_risk,
    estimate_aalen_johansen,
    read_on,
)
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.exposure import EXPOSURE_TAIL_DAYS
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import TRUE, Numbers
from lupus_outcomes.protocol import DAYS_PER_MONTH

CENSORED, EVENT, ENDED = 0, 1, 2
COLUMNS = (
    "category", "day", "n_at_risk", "n_events", "n_ended", "n_censored", "probability", "ci_low",
    "ci_high", "group", "level",
)  # fmt: skip
SHOWN = (
    "level", "day", "n_at_risk", "n_events", "n_ended", "n_censored", "probability", "ci_low",
    "ci_high",
)  # fmt: skip


def estimate_first_event(cohort: Cohort, selection: Selection, category: str = "any") -> Result:
    """Probability of a first event by each day on which someone's follow-up ended.

    ``n_ended``: exposure over, 28 days after the stop or by death, before any event: competing.
    ``n_censored``: at the last contact or the data cut.
    """
    events = cohort.adverse_events
    is_told = is_collected(cohort) and events.tells(category)
    day, cause = _first(cohort, category)
    at_risk = exposed(events.exposure_end, selection.members)
    curves = [
        (group, estimate_aalen_johansen(count_at_risk(day[mine], cause[mine], n_causes=2)))
        for group in selection.groups
        if is_told and (mine := group.members & at_risk).any()
    ]
    parts = [_curve(category, curve, group.group, group.level) for group, curve in curves]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    finding = _finding(curves[0][1], cohort, selection, category) if curves else ""
    return Result(
        id=f"time_to_adverse_event_{category}",
        title=f"{LABELS[category]}: time to the first",
        finding=finding if is_collected(cohort) else NO_TABLE,
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=EXPOSED,
        method=(
            f"{EMERGENT} Aalen-Johansen: whose exposure is over, by a stop or by death, can no "
            "longer have an event on the drug, and competes; last contact and data cut censor. "
            "95 % log(-log) limits."
        ),
        sources=(*SOURCES[:1], "Aalen & Johansen 1978, Scand J Stat 5:141"),
        uses=uses((category,)),
        notes=notes(cohort, selection, events, (category,)),
    )


def _first(cohort: Cohort, category: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Day of the first event or the end of exposure, and which it was; shape (patients,)."""
    events, follow_up = cohort.adverse_events, cohort.follow_up
    end = events.exposure_end
    holds = events.holds[category] == TRUE
    first: Numbers = np.full(len(end), np.inf)
    np.minimum.at(first, events.patient[holds], events.onset_day[holds])
    is_over = (follow_up.stop_day + EXPOSURE_TAIL_DAYS <= end) | (follow_up.death_day <= end)
    cause = np.where(np.isfinite(first), EVENT, np.where(is_over, ENDED, CENSORED))
    # Who was never exposed has no day; such patients are left out by the caller.
    return np.maximum(np.fmin(first, end), 0).astype(np.int64), cause


def _curve(category: str, curve: AalenJohansen, group: str, level: str) -> pd.DataFrame:
    first, ended = curve.table.n_events_by_cause
    return pd.DataFrame(
        {
            "category": category,
            "day": curve.table.day,
            "n_at_risk": curve.table.n_at_risk,
            "n_events": first,
            "n_ended": ended,
            "n_censored": curve.table.n_censored,
            "probability": curve.incidence[0],
            "ci_low": curve.ci_low[0],
            "ci_high": curve.ci_high[0],
            "group": group,
            "level": level,
        }
    )


def _finding(curve: AalenJohansen, cohort: Cohort, selection: Selection, category: str) -> str:
    months = [timepoint.months for timepoint in cohort.protocol.timepoints]
    day = headline(months, cohort) * DAYS_PER_MONTH
    values = [
        float(read_on(curve.table, part[0], day, 0.0))
        for part in (curve.incidence, curve.ci_low, curve.ci_high)
    ]
    if np.isnan(values[0]):
        return f"{LABELS[category]}{of_whom(selection)}: nobody was followed for so long."
    limits = (
        "" if np.isnan(values[1]) else (f" (95 % CI {100 * values[1]:.0f}–{100 * values[2]:.0f})")
    )
    return (
        f"{LABELS[category]}{of_whom(selection)}: a first one by "
        f"{headline(months, cohort):g} months in {percent(values[0])}{limits}."
    )
