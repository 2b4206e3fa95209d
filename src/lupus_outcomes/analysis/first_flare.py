"""The first flare on the drug, and recorded beside derived flares period by period."""

from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.agreement import compute_kappa
from lupus_outcomes.analysis.flares import (
    DENOMINATOR,
    FLARE_SOURCES,
    SEVERITY_WORDS,
    SOURCE_WORDS,
    USES,
    available,
    derivation_words,
    notes_on_sources,
)
from lupus_outcomes.analysis.response_curves import MILESTONES
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent
from lupus_outcomes.analysis.survival import (
    KaplanMeier,
    count_at_risk,
    estimate_kaplan_meier,
    read_on,
)
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.flare_events import (
    SEVERE,
    Periods,
    Severity,
    Source,
    derive_flare_events,
    derive_periods,
)
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.protocol import DAYS_PER_MONTH

CURVE_COLUMNS = (
    "day", "n_at_risk", "n_events", "n_censored", "survival", "ci_low", "ci_high", "group", "level",
    "source", "severity",
)  # fmt: skip
FREE_SHOWN = ("level", "milestone", "survival", "ci_low", "ci_high", "n_at_risk")
AGREEMENT_SHOWN = (
    "level", "severity", "n_periods", "n_both", "n_only_derived", "n_only_recorded", "n_no_flare",
    "kappa",
)  # fmt: skip
AGREEMENT_SEVERITIES: tuple[Severity, ...] = ("any", "severe")


def estimate_time_to_flare(
    cohort: Cohort, selection: Selection, source: Source | None = None, severity: Severity = "any"
) -> Result:
    """Free of flares day by day, in the columns of ``time_to_flare.csv``."""
    source = source or available(cohort)[0]
    curves = _first_flare_curves(cohort, selection, source, severity)
    table = pd.concat([_rows(group, curve) for group, curve in curves], ignore_index=True)
    table = table.assign(source=source, severity=severity)[list(CURVE_COLUMNS)]
    name = "time_to_flare" if source == "recorded" else f"time_to_flare_{source}"
    return _flare_result(cohort, selection, source, severity, id=name, curves=curves, table=table)


def estimate_free_of_flares(
    cohort: Cohort, selection: Selection, source: Source | None = None, severity: Severity = "any"
) -> Result:
    """The same by milestones; empty where nobody has been followed so far."""
    source = source or available(cohort)[0]
    curves = _first_flare_curves(cohort, selection, source, severity)
    table = pd.concat([_at_milestones(group, curve) for group, curve in curves], ignore_index=True)
    return _flare_result(
        cohort,
        selection,
        source,
        severity,
        id="time_to_flare_milestones",
        curves=curves,
        table=table.assign(source=source, severity=severity),
    )


Curves = list[tuple[Group, KaplanMeier]]


def _first_flare_curves(
    cohort: Cohort, selection: Selection, source: Source, severity: Severity
) -> Curves:
    flares = derive_flare_events(cohort, source)
    first = flares.first_days(severity)
    days = np.floor(np.where(np.isnan(first), flares.end_day, first)).astype(np.int64)
    return [
        (group, estimate_kaplan_meier(count_at_risk(days[who], ~np.isnan(first[who]))))
        for group in selection.groups
        for who in (group.members,)
    ]


def _at_milestones(group: Group, curve: KaplanMeier) -> pd.DataFrame:
    day, table = np.array(MILESTONES) * DAYS_PER_MONTH, curve.table
    return pd.DataFrame(
        {
            "milestone_months": MILESTONES,
            "milestone": [f"{months} months" for months in MILESTONES],
            "survival": read_on(table, curve.survival, day, 1.0),
            "ci_low": read_on(table, curve.ci_low, day, np.nan),
            "ci_high": read_on(table, curve.ci_high, day, np.nan),
            "n_at_risk": table.at_risk_on(day),
            "n_flared": np.append(0, np.cumsum(table.n_events))[
                np.searchsorted(table.day, day, side="right")
            ],
            "group": group.group,
            "level": group.level,
        }
    )


def _flare_result(
    cohort: Cohort,
    selection: Selection,
    source: Source,
    severity: Severity,
    *,
    id: str,
    curves: Curves,
    table: pd.DataFrame,
) -> Result:
    return Result(
        id=id,
        title="Time to the first flare",
        finding=_flare_finding(curves[0][1], cohort, selection, source, severity),
        table=table,
        shown=FREE_SHOWN,
        n_patients=selection.n_patients,
        denominator=DENOMINATOR,
        method="Kaplan–Meier to the first flare on the drug, 95 % limits on the log(−log) scale; "
        "free of flares until 28 days after the stop or the end of observation is censored there. "
        f"{derivation_words(cohort)}",
        sources=("Kaplan & Meier 1958, J Am Stat Assoc 53:457", *FLARE_SOURCES[:1]),
        uses=USES,
        notes=notes_on_sources(cohort, selection, (source,)),
    )


def _rows(group: Group, curve: KaplanMeier) -> pd.DataFrame:
    table = curve.table
    return pd.DataFrame(
        {
            "day": table.day,
            "n_at_risk": table.n_at_risk,
            "n_events": table.n_events,
            "n_censored": table.n_censored,
            "survival": curve.survival,
            "ci_low": curve.ci_low,
            "ci_high": curve.ci_high,
            "group": group.group,
            "level": group.level,
        }
    )


def _flare_finding(
    curve: KaplanMeier, cohort: Cohort, selection: Selection, source: Source, severity: Severity
) -> str:
    months = headline(MILESTONES, cohort)
    survival, low, high = (
        float(read_on(curve.table, values, months * DAYS_PER_MONTH, 1.0))
        for values in (curve.survival, curve.ci_low, curve.ci_high)
    )
    if np.isnan(survival):
        return f"Nobody has been followed for {months} months yet{of_whom(selection)}."
    kind = "flare" if severity == "any" else f"{SEVERITY_WORDS[severity]} flare"
    at_risk = int(curve.table.at_risk_on(months * DAYS_PER_MONTH))
    limits = "" if np.isnan(low) else f"95 % CI {100 * low:.0f}–{100 * high:.0f}; "
    return (
        f"{percent(survival)} were free of any {kind} {SOURCE_WORDS[source]} at {months} months"
        f"{of_whom(selection)} ({limits}{at_risk} still at risk of a first)."
    )


def compare_flares(cohort: Cohort, selection: Selection) -> Result:
    """Recorded and derived flares of the same patients in the same periods."""
    periods = derive_periods(cohort)
    rows = [
        {"group": group.group, "level": group.level, "severity": severity}
        | _cross(periods, group, severity)
        for group in selection.groups
        for severity in AGREEMENT_SEVERITIES
    ]
    table = pd.DataFrame(rows)
    n_unmatched = int(periods.n_unmatched[selection.members].sum())
    return Result(
        id="flare_agreement",
        title="Recorded and derived flares",
        finding=_agreement_finding(table),
        table=table,
        shown=AGREEMENT_SHOWN,
        n_patients=selection.n_patients,
        denominator="periods on the drug that end with a visit at which a flare can be judged",
        method="A recorded flare belongs to the period that ends with the first such visit on or "
        "after its day; several in one period count once. Cohen's kappa, unweighted; no interval "
        f"is given, because periods of one patient are not independent. {derivation_words(cohort)}",
        sources=(*FLARE_SOURCES[:1], "Cohen 1960, Educ Psychol Meas 20:37"),
        uses=USES,
        notes=(
            *notes_on_sources(cohort, selection, ("recorded", "derived")),
            *(
                [f"Recorded flares after the last such visit, in no period: {n_unmatched}."]
                if n_unmatched
                else []
            ),
        ),
    )


def _cross(periods: Periods, group: Group, severity: Severity) -> dict[str, Any]:
    chosen = group.members[periods.patient]
    derived, recorded = periods.derived > 0, periods.is_recorded
    if severity == "severe":
        derived, recorded = periods.derived == SEVERE, periods.recorded == SEVERE
    derived, recorded = derived[chosen], recorded[chosen]
    both, only_derived = int((derived & recorded).sum()), int((derived & ~recorded).sum())
    only_recorded = int((~derived & recorded).sum())
    no_flare = len(derived) - both - only_derived - only_recorded
    return {
        "n_periods": len(derived),
        "n_both": both,
        "n_only_derived": only_derived,
        "n_only_recorded": only_recorded,
        "n_no_flare": no_flare,
        "kappa": compute_kappa(np.array([[both, only_derived], [only_recorded, no_flare]])),
    }


def _agreement_finding(table: pd.DataFrame) -> str:
    row = table.iloc[0]
    if not row["n_periods"]:
        return "At no visit on the drug can a flare be judged."
    kappa = "" if np.isnan(row["kappa"]) else f"; Cohen's kappa {row['kappa']:.2f}"
    return (
        f"Of {row['n_periods']:,} periods between visits, {row['n_both']:,} have a flare both "
        f"recorded and derived, {row['n_only_recorded']:,} only a recorded and "
        f"{row['n_only_derived']:,} only a derived one{kappa}.".replace("-", "−")
    )
