"""How long patients stay on anifrolumab: curve, fixed times, median and mean time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.result import Result, headline, of_whom, percent, remarks
from lupus_outcomes.analysis.survival import (
    KaplanMeier,
    RiskTable,
    count_at_risk,
    estimate_kaplan_meier,
    read_on,
)
from lupus_outcomes.analysis.survival_summaries import (
    Quantile,
    estimate_quantile,
    estimate_restricted_mean,
)
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.retention import REASONS, Retention, derive_retention, select_treated
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.protocol import DAYS_PER_MONTH

DAYS_PER_YEAR = 365.25
MILESTONES = (3, 6, 12, 24, 36, 48, 60)
MILESTONE_DAYS = np.array(MILESTONES) * DAYS_PER_MONTH
FEWEST_DRAWN = 10
USES = (
    "treatments.start_date", "treatments.stop_date", "treatments.stop_reason",
    "patients.index_date", "patients.death_date", "patients.last_contact_date",
)  # fmt: skip
CLOCK = (
    "The clock runs from the first dose to the stop of anifrolumab; a death without a stop is a "
    "stop on its day. A change of route is no stop, nor is a restart within 90 days. Being lost to "
    "follow-up ends the follow-up without a stop; whoever is still on the drug is followed to the "
    "last contact or the data cut."
)
SOURCE = "Kaplan & Meier 1958, J Am Stat Assoc 53:457"
EVERYONE = "all patients selected who were given anifrolumab, from the first dose"
MILESTONES_SHOWN = (
    "level", "timepoint", "on_drug", "ci_low", "ci_high", "n_at_risk", "n_stopped", "n_censored",
)  # fmt: skip
TIMES_SHOWN = (
    "level", "n", "n_stopped", "person_years", "median_months", "median_low", "median_high",
    "mean_months", "mean_low", "mean_high", "median_follow_up_months",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Followed:
    """One group with its risk table of stopping, the reasons apart."""

    group: Group
    risk: RiskTable

    @property
    def labels(self) -> dict[str, str]:
        """The columns group and level of its rows."""
        return {"group": self.group.group, "level": self.group.level}


def follow_groups(retention: Retention, selection: Selection) -> Iterator[Followed]:
    """Each group of the selection with its risk table."""
    for group in selection.groups:
        who = group.members
        days, cause = retention.follow_up_days[who], retention.cause[who]
        yield Followed(group, count_at_risk(days, cause, len(REASONS)))


def estimate_retention(cohort: Cohort, selection: Selection) -> Result:
    """Kaplan-Meier curve of staying on anifrolumab, in the columns of ``retention.csv``."""
    selection = select_treated(cohort, selection)
    curves = _estimate_curves(cohort, selection)
    blocks = [
        {
            "day": curve.table.day,
            "n_at_risk": curve.table.n_at_risk,
            "n_events": curve.table.n_events,
            "n_censored": curve.table.n_censored,
            "survival": curve.survival,
            "ci_low": curve.ci_low,
            "ci_high": curve.ci_high,
        }
        | followed.labels
        for followed, curve in curves
    ]
    return _tell("retention", "Staying on anifrolumab", curves, blocks, cohort, selection)


def estimate_retention_milestones(cohort: Cohort, selection: Selection) -> Result:
    """The curve at fixed times, in the columns of ``retention_milestones.csv``.

    Empty after the last day on which anybody was followed. ``on_drug`` is ``survival`` by the name
    it has on a page. ``n_stopped`` and ``n_censored``: by
    then.
    """
    selection = select_treated(cohort, selection)
    curves = _estimate_curves(cohort, selection)
    blocks = [
        {
            "milestone_months": MILESTONES,
            "timepoint": [f"{month} months" for month in MILESTONES],
            "survival": (share := read_on(curve.table, curve.survival, MILESTONE_DAYS, 1.0)),
            "on_drug": share,
            "ci_low": read_on(curve.table, curve.ci_low, MILESTONE_DAYS, at_start=np.nan),
            "ci_high": read_on(curve.table, curve.ci_high, MILESTONE_DAYS, at_start=np.nan),
            "n_at_risk": curve.table.at_risk_on(MILESTONE_DAYS),
            "n_stopped": _so_far(curve.table, curve.table.n_events),
            "n_censored": _so_far(curve.table, curve.table.n_censored),
        }
        | followed.labels
        for followed, curve in curves
    ]
    title = "Still on anifrolumab at fixed times"
    return _tell("retention_milestones", title, curves, blocks, cohort, selection)


Curves = list[tuple[Followed, KaplanMeier]]


def _estimate_curves(cohort: Cohort, selection: Selection) -> Curves:
    """The curve of each group, that of all patients first."""
    return [
        (followed, estimate_kaplan_meier(followed.risk))
        for followed in follow_groups(derive_retention(cohort.follow_up), selection)
    ]


def _tell(
    id: str,
    title: str,
    curves: Curves,
    blocks: list[dict],
    cohort: Cohort,
    selection: Selection,
) -> Result:
    """What curve and fixed times have in common: finding, counted, method."""
    of_all = curves[0][1]
    return Result(
        id=id,
        title=title,
        finding=_finding(of_all, headline(MILESTONES, cohort), selection),
        table=pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True),
        shown=MILESTONES_SHOWN if id == "retention_milestones" else (),
        n_patients=selection.n_patients,
        denominator=EVERYONE,
        method=f"Kaplan-Meier estimate with 95 % log(-log) limits. {CLOCK}",
        sources=(SOURCE,),
        uses=USES,
        notes=(*_too_few(of_all), *remarks(cohort, USES)),
    )


def _so_far(risk: RiskTable, counts: np.ndarray) -> np.ndarray:
    """How many by each milestone."""
    row = np.searchsorted(risk.day, MILESTONE_DAYS, side="right")
    return np.append(0, np.cumsum(counts))[row]


def estimate_time_on_drug(
    cohort: Cohort, selection: Selection, months: float | None = None
) -> Result:
    """Median time on anifrolumab and mean time within ``months``, with limits, for each group.

    The mean is restricted: of the first ``months`` (by default those of the study's findings), how
    many are spent on the drug. Empty where nobody was followed that far.
    """
    selection = select_treated(cohort, selection)
    horizon = headline(MILESTONES, cohort) if months is None else months
    retention = derive_retention(cohort.follow_up)
    rows = [
        followed.labels | _describe(followed, round(horizon * DAYS_PER_MONTH))
        for followed in follow_groups(retention, selection)
    ]
    table = pd.DataFrame(rows).assign(horizon_months=horizon)
    return Result(
        id="time_on_drug",
        title="Time on anifrolumab",
        finding=_times_finding(table.iloc[0], horizon, selection),
        table=table,
        shown=TIMES_SHOWN,
        n_patients=selection.n_patients,
        denominator=EVERYONE,
        method=(
            "Median where the Kaplan-Meier curve reaches one half, with limits where those of the "
            f"curve do; mean of the first {horizon:g} months as the area under the curve, with 95 "
            "% normal limits; length of follow-up with stops and censorings exchanged. An upper "
            f"limit that is not reached is empty. {CLOCK}"
        ),
        sources=(
            SOURCE,
            "Brookmeyer & Crowley 1982, Biometrics 38:29",
            "Schemper & Smith 1996, Control Clin Trials 17:343",
        ),
        uses=USES,
        notes=remarks(cohort, USES),
    )


def _describe(followed: Followed, horizon_days: int) -> dict[str, float]:
    risk = followed.risk
    curve = estimate_kaplan_meier(risk)
    median, mean = estimate_quantile(curve), estimate_restricted_mean(curve, horizon_days)
    ends = risk.n_events + risk.n_censored
    return {
        "n": int(followed.group.members.sum()),
        "n_stopped": int(risk.n_events.sum()),
        "person_years": float((risk.day * ends).sum()) / DAYS_PER_YEAR,
        "median_months": median.day / DAYS_PER_MONTH,
        "median_low": median.ci_low / DAYS_PER_MONTH,
        "median_high": median.ci_high / DAYS_PER_MONTH,
        "mean_months": mean.days / DAYS_PER_MONTH,
        "mean_low": mean.ci_low / DAYS_PER_MONTH,
        "mean_high": mean.ci_high / DAYS_PER_MONTH,
        "median_follow_up_months": _median_follow_up(risk).day / DAYS_PER_MONTH,
    }


def _median_follow_up(risk: RiskTable) -> Quantile:
    """Median of the time to censoring: how long one would have been followed had nobody stopped."""
    exchanged = RiskTable(risk.day, risk.n_at_risk, risk.n_censored[np.newaxis], risk.n_events)
    return estimate_quantile(estimate_kaplan_meier(exchanged))


def _finding(curve: KaplanMeier, months: float, selection: Selection) -> str:
    risk = curve.table
    if not len(risk.day):
        return f"None of the patients selected was given anifrolumab{of_whom(selection)}."
    day = months * DAYS_PER_MONTH
    share, low, high = (
        float(read_on(risk, values, day, at_start=at))
        for values, at in ((curve.survival, 1.0), (curve.ci_low, np.nan), (curve.ci_high, np.nan))
    )
    n, n_stopped = int(risk.n_at_risk[0]), int(risk.n_events.sum())
    if np.isnan(share):
        return (
            f"Nobody has been followed for {months:g} months yet{of_whom(selection)}; {n_stopped} "
            f"of {n} patients have stopped anifrolumab."
        )
    limits = "" if np.isnan(low) else f" (95 % CI {100 * low:.0f}–{100 * high:.0f})"
    return (
        f"At {months:g} months {percent(share)}{limits} of {n} patients were still on anifrolumab"
        f"{of_whom(selection)}; {int(risk.at_risk_on(day))} had been followed on it that long. By "
        f"the data cut {n_stopped} had stopped. {_median_words(estimate_quantile(curve))}"
    )


def _median_words(median: Quantile) -> str:
    if np.isnan(median.day):
        return "Fewer than half have stopped within the time seen."
    high = "not reached" if np.isnan(median.ci_high) else f"{median.ci_high / DAYS_PER_MONTH:.0f}"
    low = "not reached" if np.isnan(median.ci_low) else f"{median.ci_low / DAYS_PER_MONTH:.0f}"
    return (
        f"Half had stopped by month {median.day / DAYS_PER_MONTH:.0f} (95 % CI {low}"
        f"{' to ' if high == 'not reached' else '–'}{high})."
    )


def _times_finding(row: pd.Series, horizon: float, selection: Selection) -> str:
    if np.isnan(row["mean_months"]):
        return f"Nobody has been followed for {horizon:g} months yet{of_whom(selection)}."
    return (
        f"Of the first {horizon:g} months, {row['mean_months']:.1f} were spent on anifrolumab on "
        f"average (95 % CI {row['mean_low']:.1f}–{row['mean_high']:.1f}; {row['n']} patients)"
        f"{of_whom(selection)}. The median follow-up, had nobody stopped, was "
        f"{row['median_follow_up_months']:.0f} months."
    )


def _too_few(curve: KaplanMeier) -> tuple[str, ...]:
    n = int(curve.table.n_at_risk[0]) if len(curve.table.day) else 0
    return (
        (f"Only {n} patients: no curve is drawn of fewer than {FEWEST_DRAWN}.",)
        if (0 < n < FEWEST_DRAWN)
        else ()
    )
