"""How soon each manifestation present at baseline is gone, organ by organ."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.response_choice import SOURCES
from lupus_outcomes.analysis.response_curves import (
    METHOD_WORDS,
    MILESTONES,
    Method,
    Rise,
    estimate_rise,
)
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent
from lupus_outcomes.analysis.time_to_response import (
    describe_median,
    median_in_words,
)
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.response_times import (
    RESOLVABLE,
    Definition,
    ResponseTimes,
    derive_manifestation_times,
)
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.protocol import DAYS_PER_MONTH

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "skin": "skin and mucosa",
        "low_complement": "low complement",
        "anti_dsdna": "raised anti-dsDNA",
        "serology": "serology as a whole",
    }
)
GONE_WORDS = {
    "first": "the first visit at which every item of the domain is known to be absent",
    "sustained_2": "the first of two assessed visits in a row at which every item of the domain is "
    "known to be absent",
}
DENOMINATOR = "patients with an item of the domain present at baseline, each domain by itself"
MEDIANS_SHOWN = (
    "manifestation", "level", "n", "n_gone", "n_stopped_first", "milestone", "probability",
    "ci_low", "ci_high", "median_months", "median_low", "median_high",
)  # fmt: skip
Curve = tuple[str, Group, ResponseTimes, Rise]


def estimate_manifestation_medians(
    cohort: Cohort,
    selection: Selection,
    definition: Definition = "first",
    method: Method = "kaplan_meier",
) -> Result:
    """A row a domain: how many had it, had lost it by the headline milestone, and the median."""
    curves = _curves(cohort, selection, definition, method)
    months = headline(MILESTONES, cohort)
    rows = []
    for name, group, times, rise in curves:
        probability, low, high = (float(v) for v in rise.on(months * DAYS_PER_MONTH))
        rows.append(
            _key(name, group, definition, method)
            | describe_median(times, group, rise)
            | {"milestone_months": months, "milestone": f"{months:g} months"}
            | {"probability": probability}
            | {"ci_low": low, "ci_high": high}
        )
    table = pd.DataFrame(rows).rename(columns={"n_responded": "n_gone"})
    return _result(
        cohort,
        selection,
        definition,
        method,
        id="manifestation_medians",
        title="Time until a manifestation is gone",
        finding=_finding(curves, months, method, selection),
        table=table,
        shown=MEDIANS_SHOWN,
    )


def estimate_manifestation_curves(
    cohort: Cohort,
    selection: Selection,
    definition: Definition = "first",
    method: Method = "kaplan_meier",
) -> Result:
    """The whole curves: a row for each day on which someone's follow-up ended."""
    curves = _curves(cohort, selection, definition, method)
    return _result(
        cohort,
        selection,
        definition,
        method,
        id="manifestation_curves",
        title="Share without the manifestation, day by day",
        finding=_finding(curves, headline(MILESTONES, cohort), method, selection),
        table=_day_by_day(curves, definition, method),
    )


def _day_by_day(curves: list[Curve], definition: Definition, method: Method) -> pd.DataFrame:
    if not curves:
        return pd.DataFrame()
    keys = [_key(name, group, definition, method) for name, group, _, _ in curves]
    rises = [rise for *_, rise in curves]
    lengths = [len(rise.table.day) for rise in rises]

    def joined(part: Callable[[Rise], NDArray]) -> NDArray:
        return np.concatenate([part(rise) for rise in rises])

    return pd.DataFrame(
        {
            name: np.repeat(np.array([key[name] for key in keys], dtype=object), lengths)
            for name in keys[0]
        }
        | {
            "day": joined(lambda r: r.table.day),
            "n_at_risk": joined(lambda r: r.table.n_at_risk),
            "n_events": joined(lambda r: r.table.n_events_by_cause[0]),
            "n_censored": joined(lambda r: r.table.n_censored),
            "probability": joined(lambda r: r.probability),
            "ci_low": joined(lambda r: r.ci_low),
            "ci_high": joined(lambda r: r.ci_high),
            "median_months": np.repeat([r.median.day for r in rises], lengths) / DAYS_PER_MONTH,
        }
    )


def _curves(
    cohort: Cohort, selection: Selection, definition: Definition, method: Method
) -> list[Curve]:
    """Domains that somebody selected had at baseline, in the order of the catalogue."""
    times = derive_manifestation_times(cohort, tuple(RESOLVABLE), definition)
    return [
        (name, group, of_domain, estimate_rise(of_domain, group.members, method))
        for name, of_domain in times.items()
        if (of_domain.is_at_risk & selection.members).any()
        for group in selection.groups
    ]


def _key(name: str, group: Group, definition: Definition, method: Method) -> dict[str, str]:
    return {
        "manifestation": LABELS.get(name, name),
        "definition": definition,
        "method": method,
        "group": group.group,
        "level": group.level,
    }


def _result(
    cohort: Cohort,
    selection: Selection,
    definition: Definition,
    method: Method,
    *,
    id: str,
    title: str,
    finding: str,
    table: pd.DataFrame,
    shown: tuple[str, ...] = (),
) -> Result:
    months = headline(MILESTONES, cohort)
    return Result(
        id=id,
        title=title,
        finding=finding,
        table=table,
        shown=shown,
        n_patients=selection.n_patients,
        denominator=DENOMINATOR,
        method=f"SLEDAI-2K descriptors by organ domain, from the index date to "
        f"{GONE_WORDS[definition]}; a visit with an item unknown and none present decides nothing. "
        f"{METHOD_WORDS[method]}. 95 % limits on the log(−log) scale; share by {months:g} months.",
        sources=("SLEDAI-2K: Gladman 2002, J Rheumatol 29:288", *SOURCES),
        uses=("visits.rash", "visits.arthritis", "visits.low_complement", "visits.anti_dsdna"),
    )


def _finding(curves: list[Curve], months: float, method: Method, selection: Selection) -> str:
    """The three domains that most patients had."""
    of_all = [
        (int((times.is_at_risk & group.members).sum()), name, rise)
        for name, group, times, rise in curves
        if group.group == "all"
    ]
    if not of_all:
        return f"Nobody had a known manifestation at baseline{of_whom(selection)}."
    commonest = sorted(of_all, key=lambda one: -one[0])[:3]
    parts = "; ".join(_in_words(n, name, rise, months) for n, name, rise in commonest)
    return f"Gone by {months:g} months{of_whom(selection)}: {parts}. {METHOD_WORDS[method]}."


def _in_words(n: int, name: str, rise: Rise, months: float) -> str:
    probability, low, high = (float(v) for v in rise.on(months * DAYS_PER_MONTH))
    limits = "" if np.isnan(low) else f"95 % CI {100 * low:.0f}–{100 * high:.0f}; "
    return (
        f"{LABELS.get(name, name)} in {percent(probability)} ({limits}{n} had it), "
        f"{median_in_words(rise)}"
    )
