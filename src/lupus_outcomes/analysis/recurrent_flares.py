"""All flares of a patient, not only the first: mean number by each day, and groups compared."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.flares import (
    DENOMINATOR,
    FLARE_SOURCES,
    SEVERITY_WORDS,
    SOURCE_WORDS,
    USES,
    available,
    derivation_words,
)
from lupus_outcomes.analysis.inference import p_remarks, shown_p
from lupus_outcomes.analysis.negative_binomial import CountFit, estimate_negative_binomial
from lupus_outcomes.analysis.rates import DAYS_PER_YEAR, PER_YEARS
from lupus_outcomes.analysis.recurrent import MeanCumulative, estimate_mean_cumulative
from lupus_outcomes.analysis.response_curves import MILESTONES
from lupus_outcomes.analysis.result import Result, headline, of_whom
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.flare_events import FlareEvents, Severity, Source, derive_flare_events
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import DAYS_PER_MONTH

MEAN_SOURCES = (
    "Nelson 1995, Technometrics 37:147",
    "Lawless & Nadeau 1995, Technometrics 37:158",
)
RATIO_SOURCES = ("Lawless 1987, Can J Stat 15:209",)
MEANS_SHOWN = (
    "level", "milestone", "mean_flares", "flares_low", "flares_high", "n_at_risk", "n_flares",
)  # fmt: skip
RATIOS_SHOWN = (
    "level", "n", "n_flares", "person_years", "rate_per_100py", "ci_low", "ci_high", "rate_ratio",
    "ratio_low", "ratio_high", "p_value",
)  # fmt: skip


def estimate_mean_flares(
    cohort: Cohort, selection: Selection, source: Source | None = None, severity: Severity = "any"
) -> Result:
    """Mean flares per patient by each day on which a flare or an end of follow-up fell."""
    source = source or available(cohort)[0]
    curves = _mean_curves(cohort, selection, source, severity)
    table = _joined(
        curves,
        lambda curve: {
            "day": curve.day,
            "n_at_risk": curve.n_at_risk,
            "n_flares": curve.n_events,
            "mean_flares": curve.mean,
            "flares_low": curve.ci_low,
            "flares_high": curve.ci_high,
        },
    )
    return _mean_result(
        cohort, selection, source, severity, id="flares_mean", curves=curves, table=table
    )


def estimate_mean_flares_by(
    cohort: Cohort, selection: Selection, source: Source | None = None, severity: Severity = "any"
) -> Result:
    """The same by milestones; empty where nobody has been followed so far."""
    source = source or available(cohort)[0]
    curves = _mean_curves(cohort, selection, source, severity)
    table = _joined(curves, _at_milestones)
    return _mean_result(
        cohort, selection, source, severity, id="flares_mean_milestones", curves=curves, table=table
    )


Curves = list[tuple[Group, MeanCumulative]]


def _mean_curves(
    cohort: Cohort, selection: Selection, source: Source, severity: Severity
) -> Curves:
    flares = derive_flare_events(cohort, source)
    return [(group, _mean_cumulative(flares, severity, group)) for group in selection.groups]


def _joined(
    curves: Curves, columns_of: Callable[[MeanCumulative], Mapping[str, Any]]
) -> pd.DataFrame:
    parts = [
        pd.DataFrame({**columns_of(curve), "group": group.group, "level": group.level})
        for group, curve in curves
    ]
    return pd.concat(parts, ignore_index=True)


def _at_milestones(curve: MeanCumulative) -> dict[str, Any]:
    day = np.array(MILESTONES) * DAYS_PER_MONTH
    row = np.searchsorted(curve.day, day, side="right")
    is_seen = day <= (curve.day[-1] if len(curve.day) else -1)

    def read(values: Numbers, at_start: float) -> Numbers:
        return np.where(is_seen, np.append(at_start, values)[row], np.nan)

    from_there = np.searchsorted(curve.day, day, side="left")
    return {
        "milestone_months": MILESTONES,
        "milestone": [f"{months} months" for months in MILESTONES],
        "mean_flares": read(curve.mean, 0.0),
        "flares_low": read(curve.ci_low, np.nan),
        "flares_high": read(curve.ci_high, np.nan),
        "n_at_risk": np.append(curve.n_at_risk, 0)[from_there],
        "n_flares": np.append(0, np.cumsum(curve.n_events))[row],
    }


def _mean_result(
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
        title="Flares per patient so far",
        finding=_mean_finding(curves[0][1], cohort, selection, source, severity),
        table=table.assign(source=source, severity=severity),
        shown=MEANS_SHOWN,
        n_patients=selection.n_patients,
        denominator=DENOMINATOR,
        method="Mean cumulative function of all flares; 95 % limits from the robust variance, "
        "which lets the flares of a patient depend on each other, on the log scale. "
        f"{derivation_words(cohort)}",
        sources=(*MEAN_SOURCES, *FLARE_SOURCES[:1]),
        uses=USES,
    )


def _mean_cumulative(flares: FlareEvents, severity: Severity, group: Group) -> MeanCumulative:
    chosen = flares.of(severity, group.members)
    place = np.cumsum(group.members) - 1
    ends = np.floor(flares.end_day[group.members]).astype(np.int64)
    return estimate_mean_cumulative(ends, place[flares.patient[chosen]], flares.day[chosen])


def _mean_finding(
    curve: MeanCumulative, cohort: Cohort, selection: Selection, source: Source, severity: Severity
) -> str:
    months = headline(MILESTONES, cohort)
    row = int(np.searchsorted(curve.day, months * DAYS_PER_MONTH, side="right")) - 1
    if row < 0 or curve.day[-1] < months * DAYS_PER_MONTH:
        return f"Nobody has been followed for {months:g} months yet{of_whom(selection)}."
    kind = "flares" if severity == "any" else f"{SEVERITY_WORDS[severity]} flares"
    low, high = curve.ci_low[row], curve.ci_high[row]
    limits = "" if np.isnan(low) else f" (95 % CI {low:.2f}–{high:.2f})"
    return (
        f"By {months:g} months a patient has had {curve.mean[row]:.2f} {kind} on average{limits}, "
        f"{SOURCE_WORDS[source]}{of_whom(selection)}."
    )


def estimate_flare_ratios(
    cohort: Cohort, selection: Selection, source: Source | None = None, severity: Severity = "any"
) -> Result:
    """Rates that allow for patients who flare more than others, and ratios to the first level.

    Groups that share patients are not compared.
    """
    source = source or available(cohort)[0]
    flares = derive_flare_events(cohort, source)
    counts = np.bincount(
        flares.patient[flares.of(severity, selection.members)], minlength=len(flares.end_day)
    )
    years = flares.end_day / DAYS_PER_YEAR
    rows = [_rate_row(counts, years, group) for group in selection.groups]
    levels = selection.groups[1:]
    if len(levels) > 1 and not selection.groups_overlap:
        for row, ratio in zip(rows[1:], _ratios(counts, years, selection), strict=True):
            row |= ratio
    table = pd.DataFrame(rows).assign(source=source, severity=severity)
    for name in ("rate_ratio", "ratio_low", "ratio_high", "p_value"):
        table[name] = table.get(name, np.nan)
    return Result(
        id="flare_rate_ratios",
        title="Flare rates compared",
        finding=_ratio_finding(table, selection),
        table=table,
        shown=RATIOS_SHOWN if levels else RATIOS_SHOWN[:-4],
        n_patients=selection.n_patients,
        denominator=f"{DENOMINATOR}; patients without time at risk are left out",
        method="Negative binomial regression on the number of flares, log of the time at risk as "
        "offset, maximum likelihood with Wald limits: patients may differ in how often they flare. "
        f"{derivation_words(cohort)}",
        sources=(*RATIO_SOURCES, *FLARE_SOURCES[:1]),
        uses=USES,
        notes=(
            *(p_remarks(selection) if levels else ()),
            *(
                ("Groups share patients, so they are not compared.",)
                if selection.groups_overlap
                else ()
            ),
        ),
    )


def _rate_row(
    counts: NDArray[np.int64], years: NDArray[np.floating], group: Group
) -> dict[str, Any]:
    who = group.members & (years > 0)
    fit = _fit(counts[who], np.ones((int(who.sum()), 1)), years[who])
    return {
        "group": group.group,
        "level": group.level,
        "n": int(who.sum()),
        "n_flares": int(counts[who].sum()),
        "person_years": float(years[who].sum()),
        "rate_per_100py": PER_YEARS * _first(fit, "rate_ratio"),
        "ci_low": PER_YEARS * _first(fit, "ci_low"),
        "ci_high": PER_YEARS * _first(fit, "ci_high"),
        "theta": np.nan if fit is None else fit.theta,
        "fit": "no events" if fit is None else fit.status,
    }


def _first(fit: CountFit | None, name: str) -> float:
    return np.nan if fit is None else float(getattr(fit, name)[0])


def _fit(
    counts: NDArray[np.int64], covariates: NDArray[np.floating], years: NDArray[np.floating]
) -> CountFit | None:
    """None without patients or flares."""
    return estimate_negative_binomial(counts, covariates, years) if counts.any() else None


def _ratios(
    counts: NDArray[np.int64], years: NDArray[np.floating], selection: Selection
) -> list[dict[str, float]]:
    """A row a level: ratio to the first level that has a flare; it alone is 1 without limits."""
    levels = np.array([group.members for group in selection.groups[1:]])
    who = levels.any(axis=0) & (years > 0)
    has_flares = np.array([counts[level & who].any() for level in levels])
    nothing: dict[str, float] = dict.fromkeys(
        ("rate_ratio", "ratio_low", "ratio_high", "p_value"), np.nan
    )
    rows = [dict(nothing) for _ in levels]
    compared = np.flatnonzero(has_flares)
    if len(compared) < 2:
        return rows
    among = who & levels[compared].any(axis=0)
    covariates = np.column_stack([np.ones(int(among.sum())), *levels[compared[1:]][:, among]])
    fit = estimate_negative_binomial(counts[among], covariates.astype(np.float64), years[among])
    rows[compared[0]]["rate_ratio"] = 1.0
    for place, level in enumerate(compared[1:], start=1):
        rows[level] = {
            "rate_ratio": float(fit.rate_ratio[place]),
            "ratio_low": float(fit.ci_low[place]),
            "ratio_high": float(fit.ci_high[place]),
            "p_value": shown_p(fit.p_value[place], selection),
        }
    return rows


def _ratio_finding(table: pd.DataFrame, selection: Selection) -> str:
    row: Any = next(table.itertuples())
    if not row.n_flares:
        return f"There are no such flares{of_whom(selection)}."
    if np.isnan(row.rate_per_100py):
        return f"The rate could not be fitted{of_whom(selection)}: {row.fit}."
    spread = (
        "no more varied between patients than chance alone"
        if np.isinf(row.theta)
        else "with patients allowed to differ in how often they flare"
    )
    return (
        f"{row.rate_per_100py:.1f} per 100 patient-years (95 % CI {row.ci_low:.1f}–"
        f"{row.ci_high:.1f}){of_whom(selection)}, {spread}."
    )
