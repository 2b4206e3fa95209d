"""When adverse events begin: rates early and late, and year by year on the drug."""

from dataclasses import dataclass

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
    rate_in_words,
    uses,
)
from lupus_outcomes.analysis.event_counts import LABELS, exposed, rates
from lupus_outcomes.analysis.rates import DAYS_PER_YEAR
from lupus_outcomes.analysis.result import Result, of_whom
from lupus_outcomes.derive.adverse_events import AdverseEvents
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.safety import EARLY_UNTIL_DAYS
from lupus_outcomes.indices.three_valued import TRUE, Numbers

MOST_YEARS = 5
SHOWN = (
    "period", "level", "n_at_risk", "n_patients", "n_events", "person_years",
    "event_rate_per_100py", "event_rate_ci_low", "event_rate_ci_high",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """Onset after ``after_day`` up to ``until_day``, this included; days from the first dose."""

    division: str
    label: str
    after_day: float
    until_day: float


def _years() -> tuple[Period, ...]:
    """Years on the drug, the last one with all that comes later."""
    ends = [*(n * DAYS_PER_YEAR for n in range(1, MOST_YEARS)), np.inf]
    return tuple(
        Period("year", f"Year {n}" + (" and later" if end == np.inf else ""), start, end)
        for n, (start, end) in enumerate(zip([0.0, *ends], ends, strict=False), start=1)
    )


PERIODS = (
    Period("early_late", f"Up to day {EARLY_UNTIL_DAYS}", 0.0, EARLY_UNTIL_DAYS),
    Period("early_late", f"After day {EARLY_UNTIL_DAYS}", EARLY_UNTIL_DAYS, np.inf),
    *_years(),
)


def estimate_by_onset(cohort: Cohort, selection: Selection, category: str = "any") -> Result:
    """Event rate of one category in each period, over the time at risk within that period.

    ``n_at_risk``: patients exposed in the period; ``n_patients``: those with an event in it.
    """
    events = cohort.adverse_events
    is_told = is_collected(cohort) and events.tells(category)
    table = _assemble(events, selection, category) if is_told else pd.DataFrame(columns=list(SHOWN))
    label = LABELS[category]
    return Result(
        id=f"adverse_events_by_onset_{category}",
        title=f"{label} by time of onset",
        finding=_finding(table, cohort, selection, category),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=f"{EXPOSED}, within each period",
        method=(
            f"{EMERGENT} Events of a period over the patient-years within it, exact Poisson limits "
            "(Garwood). Those who stop leave: a later period is about those who stayed."
        ),
        sources=SOURCES,
        uses=uses((category,)),
        notes=notes(cohort, selection, events, (category,)),
    )


def _assemble(events: AdverseEvents, selection: Selection, category: str) -> pd.DataFrame:
    holds = events.holds[category] == TRUE
    rows = []
    for group in selection.groups:
        at_risk = exposed(events.exposure_end, group.members)
        mine = holds & at_risk[events.patient]
        end = events.exposure_end[at_risk]
        days, patients = events.onset_day[mine], events.patient[mine]
        rows += [
            {"group": group.group, "level": group.level} | _count(period, end, days, patients)
            for period in PERIODS
        ]
    table = pd.DataFrame(rows)
    table = table[table["n_at_risk"] > 0].reset_index(drop=True)
    rate, limits = rates(table["n_events"].to_numpy(), table["person_years"].to_numpy())
    return table.assign(
        event_rate_per_100py=rate, event_rate_ci_low=limits.low, event_rate_ci_high=limits.high
    )


def _count(period: Period, end: Numbers, days: Numbers, patients: NDArray[np.int64]) -> dict:
    # The day of the first dose belongs to the first period.
    is_first = period.after_day == 0
    within = ((days > period.after_day) | is_first) & (days <= period.until_day)
    time = np.clip(end, period.after_day, period.until_day) - period.after_day
    return {
        "division": period.division,
        "period": period.label,
        "n_at_risk": int(((time > 0) | is_first).sum()),
        "n_patients": int(np.unique(patients[within]).size),
        "n_events": int(within.sum()),
        "person_years": float(time.sum() / DAYS_PER_YEAR),
    }


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection, category: str) -> str:
    if not is_collected(cohort):
        return NO_TABLE
    of_all = table[table["group"] == "all"] if len(table) else table
    if of_all.empty:
        return f"{LABELS[category]}: nothing to tell{of_whom(selection)}."
    parts = [
        f"{row['period'].lower()} {row['n_events']} events, {rate_in_words(row, 'event_rate')} per "
        "100 patient-years"
        for row in of_all[of_all["division"] == "early_late"].to_dict("records")
    ]
    return f"{LABELS[category]}{of_whom(selection)}: {'; '.join(parts)}."
