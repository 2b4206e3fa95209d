"""For which reasons anifrolumab is stopped, the reasons competing."""

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.result import Result, headline, of_whom, percent, remarks
from lupus_outcomes.analysis.retention import (
    CLOCK,
    EVERYONE,
    MILESTONE_DAYS,
    MILESTONES,
    USES,
    follow_groups,
)
from lupus_outcomes.analysis.survival import estimate_aalen_johansen, read_on
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.retention import REASON_WORDS, REASONS, derive_retention, select_treated
from lupus_outcomes.derive.selection import Selection

SOURCE = "Aalen & Johansen 1978, Scand J Stat 5:141"
METHOD = (
    "Aalen-Johansen cumulative incidence of each reason with delta-method variance and 95 % "
    "log(-log) limits. The reasons compete: together with the share still on the drug they are 100 "
    "% at every month. One minus a Kaplan-Meier curve for one reason alone would be too high."
)
SHOWN = ("level", "stopped_for", "timepoint", "cumulative_incidence", "ci_low", "ci_high")


def estimate_discontinuation(cohort: Cohort, selection: Selection) -> Result:
    """Cumulative incidence of each reason at fixed times: the columns of ``discontinuation.csv``.

    ``n_events``: stops for the reason by then. ``survival``: still on the drug. Empty after the
    last day on which anybody was followed.
    """
    selection = select_treated(cohort, selection)
    blocks = []
    for followed in follow_groups(derive_retention(cohort.follow_up), selection):
        risk, found = followed.risk, estimate_aalen_johansen(followed.risk)
        row = np.searchsorted(risk.day, MILESTONE_DAYS, side="right")
        n_events = np.cumsum(np.pad(risk.n_events_by_cause, ((0, 0), (1, 0))), axis=1)[:, row]
        survival = read_on(risk, found.survival, MILESTONE_DAYS, at_start=1.0)
        incidence, low, high = (
            read_on(risk, values, MILESTONE_DAYS, at_start=at)
            for values, at in (
                (found.incidence, 0.0), (found.ci_low, np.nan), (found.ci_high, np.nan)
            )
        )  # fmt: skip
        blocks.append(
            pd.DataFrame(
                {
                    "reason": np.repeat(REASONS, len(MILESTONES)),
                    "stopped_for": np.repeat(list(REASON_WORDS.values()), len(MILESTONES)),
                    "milestone_months": np.tile(MILESTONES, len(REASONS)),
                    "timepoint": np.tile([f"{m} months" for m in MILESTONES], len(REASONS)),
                    "cumulative_incidence": incidence.ravel(),
                    "ci_low": low.ravel(),
                    "ci_high": high.ravel(),
                    "n_events": n_events.ravel(),
                    "survival": np.tile(survival, len(REASONS)),
                }
                | followed.labels
            )
        )
    table = pd.concat(blocks, ignore_index=True)
    return Result(
        id="discontinuation",
        title="Reasons of stopping anifrolumab",
        finding=_finding(table, headline(MILESTONES, cohort), selection),
        table=table,
        shown=(*SHOWN, "n_events"),
        n_patients=selection.n_patients,
        denominator=EVERYONE,
        method=f"{METHOD} {CLOCK}",
        sources=(SOURCE,),
        uses=USES,
        notes=remarks(cohort, USES),
    )


def estimate_discontinuation_curve(cohort: Cohort, selection: Selection) -> Result:
    """Cumulative incidence of each reason by day: a row a reason and day that ends a follow-up.

    Reasons for which nobody stopped are left out. ``survival``: still on the drug; ``n_at_risk``:
    followed on it up to the day.
    """
    selection = select_treated(cohort, selection)
    retention = derive_retention(cohort.follow_up)
    blocks = []
    for followed in follow_groups(retention, selection):
        risk, found = followed.risk, estimate_aalen_johansen(followed.risk)
        causes = np.flatnonzero(risk.n_events_by_cause.any(axis=1))
        n_days, n_causes = len(risk.day), len(causes)
        block = {
            "reason": np.repeat(np.array(REASONS, dtype=object)[causes], n_days),
            "day": np.tile(risk.day, n_causes),
            "n_at_risk": np.tile(risk.n_at_risk, n_causes),
            "n_events": risk.n_events_by_cause[causes].ravel(),
            "cumulative_incidence": found.incidence[causes].ravel(),
            "ci_low": found.ci_low[causes].ravel(),
            "ci_high": found.ci_high[causes].ravel(),
            "survival": np.tile(found.survival, n_causes),
        }
        blocks.append(pd.DataFrame(block | followed.labels))
    return Result(
        id="discontinuation_curve",
        title="Reasons of stopping anifrolumab, day by day",
        finding="",
        table=pd.concat(blocks, ignore_index=True),
        n_patients=selection.n_patients,
        denominator=EVERYONE,
        method=f"{METHOD} {CLOCK}",
        sources=(SOURCE,),
        uses=USES,
    )


def _finding(table: pd.DataFrame, months: float, selection: Selection) -> str:
    is_shown = (table["group"] == "all") & (table["milestone_months"] == months)
    rows = table[is_shown].to_dict("records")
    incidence = np.array([row["cumulative_incidence"] for row in rows])
    if np.isnan(incidence).all():
        return f"Nobody has been followed for {months:g} months yet{of_whom(selection)}."
    n_stopped = sum(row["n_events"] for row in rows)
    if not n_stopped:
        return f"Nobody had stopped anifrolumab by {months:g} months{of_whom(selection)}."
    first = [rows[place] for place in np.argsort(-incidence, kind="stable")[:2]]
    parts = [
        f"{row['stopped_for']} {percent(row['cumulative_incidence'])} (95 % CI "
        f"{100 * row['ci_low']:.0f}–{100 * row['ci_high']:.0f}; {row['n_events']})"
        for row in first
        if row["n_events"]
    ]
    share = percent(np.nansum(incidence))
    return (
        f"By {months:g} months {share} had stopped anifrolumab ({n_stopped} patients)"
        f"{of_whom(selection)}, most often for {' and '.join(parts)}."
    )
