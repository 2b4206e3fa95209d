"""Whether a headline number depends on a choice: each made otherwise, one at a time.

Handling of what is missing, printed readings of a definition, narrower windows, being lost counted
as stopping, and each centre left out. One choice differs from the primary analysis in each row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.attainment import INTERVAL_WORDS, INTERVALS
from lupus_outcomes.analysis.result import Result, of_whom, remarks
from lupus_outcomes.analysis.robustness_range import (
    CENTRE,
    HANDLING,
    LOSS,
    PRIMARY,
    find_range,
)
from lupus_outcomes.analysis.survival import count_at_risk, estimate_kaplan_meier, read_on
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.outcomes import HANDLING_WORDS, HANDLINGS, Outcome
from lupus_outcomes.derive.retention import LOST, derive_retention, select_treated
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.derive.timepoints import Timepoints
from lupus_outcomes.derive.variants import Variant, derive_variants
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN
from lupus_outcomes.protocol import DAYS_PER_MONTH, Handling, TimePoint

HANDLING_OPTIONS = {
    "nri": "stopped or missed = not attained",
    "observed": "seen on the drug",
    "treatment_policy": "seen, on the drug or not",
    "locf": "last value carried forward",
}
WINDOW_WORDS = {6.0: "month 6 ± 1.5 months", 12.0: "month 12 ± 2 months"}
RETENTION_METHOD = "Kaplan-Meier with log(-log) limits; being lost to follow-up censors"
COLUMNS = (
    "headline", "choice", "option", "n", "n_events", "estimate", "ci_low", "ci_high", "difference",
    "headline_id",
)  # fmt: skip
SHOWN = ("choice", "option", "n_events", "n", "estimate", "ci_low", "ci_high", "difference")


@dataclass(frozen=True, slots=True)
class Headline:
    """A number that is quoted: an endpoint at a time point; retention where there is none."""

    label: str
    endpoint: str | None
    months: float


HEADLINES: Mapping[str, Headline] = MappingProxyType(
    {
        "lldas_12": Headline("LLDAS at 12 months", "lldas", 12.0),
        "lldas_6": Headline("LLDAS at 6 months", "lldas", 6.0),
        "doris_12": Headline("DORIS remission at 12 months", "doris", 12.0),
        "doris_6": Headline("DORIS remission at 6 months", "doris", 6.0),
        "retention_12": Headline("On anifrolumab at 12 months", None, 12.0),
        "glucocorticoid_le5_12": Headline(
            "Prednisone ≤ 5 mg/day at 12 months", "glucocorticoid_le5", 12.0
        ),
    }
)
ENDPOINTS_ASKED = tuple(
    dict.fromkeys(h.endpoint for h in HEADLINES.values() if h.endpoint is not None)
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is counted and who attained under one choice; bool of shape (patients,)."""

    choice: str
    option: str
    counted: NDArray[np.bool_]
    attained: NDArray[np.bool_]


def derive_robustness(cohort: Cohort) -> tuple[Variant, ...]:
    """What the other definitions and windows give for every patient, whoever is selected."""
    months = {h.months for h in HEADLINES.values()}
    timepoints = tuple(t for t in cohort.protocol.timepoints if t.months in months)
    return derive_variants(cohort, ENDPOINTS_ASKED, timepoints)


def find_headlines(cohort: Cohort) -> tuple[str, ...]:
    """The headlines that this study and dataset can tell."""
    months = {t.months for t in cohort.protocol.timepoints}
    return tuple(
        name
        for name, headline in HEADLINES.items()
        if headline.months in months
        and (headline.endpoint is None or headline.endpoint in cohort.outcomes)
    )


def estimate_robustness(
    cohort: Cohort,
    selection: Selection,
    headline: str | None = None,
    variants: tuple[Variant, ...] | None = None,
) -> Result:
    """Each headline number, or one, under every choice; ``variants`` as derived once before.

    ``n_events``: who attained or, for retention, who stopped by then. ``difference``: from the
    primary analysis, a proportion.
    """
    told = find_headlines(cohort)
    asked = told if headline is None else tuple(name for name in told if name == headline)
    found = derive_robustness(cohort) if variants is None else variants
    tables = [_tell(cohort, selection, name, found) for name in asked]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    uses = tuple(
        need
        for name in asked
        if (endpoint := HEADLINES[name].endpoint) is not None
        for need in ENDPOINTS[endpoint].needs
    )
    handling = HANDLING_WORDS[cohort.protocol.handling]
    return Result(
        id="robustness",
        title="How far the headline numbers depend on choices",
        finding=_finding(tables, selection),
        table=table,
        shown=SHOWN if headline else ("headline", *SHOWN),
        n_patients=selection.n_patients,
        denominator=f"patients due; primary analysis: {handling}",
        method=(
            "One choice at a time differs from the primary analysis. "
            f"{INTERVAL_WORDS[cohort.protocol.interval]}; retention by {RETENTION_METHOD}. The "
            "choices overlap in patients, so their intervals are no test of the difference."
        ),
        sources=("definitions of the registry, 2, 3 and 12",),
        uses=tuple(dict.fromkeys(uses)),
        notes=remarks(cohort, uses),
    )


def _tell(
    cohort: Cohort, selection: Selection, name: str, variants: tuple[Variant, ...]
) -> pd.DataFrame:
    headline = HEADLINES[name]
    make = _attainment if headline.endpoint else _retention
    rows = make(cohort, selection, headline, variants)
    primary = rows[0]["estimate"]
    told = {"headline": headline.label, "headline_id": name}
    return pd.DataFrame(
        [row | told | {"difference": row["estimate"] - primary} for row in rows],
        columns=list(COLUMNS),
    )


def _attainment(
    cohort: Cohort, selection: Selection, headline: Headline, variants: tuple[Variant, ...]
) -> list[dict]:
    answers = list(_answers(cohort, headline, variants))
    rows = [_count(a.choice, a.option, a.counted & selection.members, a.attained) for a in answers]
    primary = answers[0]
    counted = primary.counted & selection.members
    for centre, here in _centres(cohort, counted):
        rows.append(_count(CENTRE, centre, counted & ~here, primary.attained))
    n, events = (np.array([row[key] for row in rows]) for key in ("n", "n_events"))
    low, high = INTERVALS[cohort.protocol.interval](events, n)
    share = events / np.where(n > 0, n, np.nan)
    return [
        row | {"estimate": estimate, "ci_low": ci_low, "ci_high": ci_high}
        for row, estimate, ci_low, ci_high in zip(rows, share, low, high, strict=True)
    ]


def _count(choice: str, option: str, counted: NDArray, attained: NDArray) -> dict:
    n_events = int(np.count_nonzero(counted & attained))
    return {
        "choice": choice, "option": option, "n": int(np.count_nonzero(counted)),
        "n_events": n_events,
    }  # fmt: skip


def _answers(cohort: Cohort, headline: Headline, variants: tuple[Variant, ...]) -> Iterator[Answer]:
    """The primary analysis first, then every other handling, definition and window."""
    endpoint, primary = str(headline.endpoint), cohort.protocol.handling
    own = cohort.timepoints, cohort.outcomes[endpoint]
    in_order: tuple[Handling, ...] = (primary, *(h for h in HANDLINGS if h != primary))
    for handling in in_order:
        choice = PRIMARY if handling == primary else HANDLING
        yield _answer(choice, HANDLING_OPTIONS[handling], *own, headline.months, handling)
    for variant in variants:
        months = [t.months for t in variant.timepoints.timepoints]
        if endpoint in variant.outcomes and headline.months in months:
            words = WINDOW_WORDS[headline.months] if variant.option == "narrow" else variant.option
            yield _answer(
                variant.choice,
                words,
                variant.timepoints,
                variant.outcomes[endpoint],
                headline.months,
                primary,
            )


def _answer(
    choice: str,
    option: str,
    timepoints: Timepoints,
    outcome: Outcome,
    months: float,
    handling: Handling,
) -> Answer:
    row = _row(timepoints.timepoints, months)
    answer = outcome.attained(timepoints, handling)[row]
    due = timepoints.is_due[row] & outcome.in_denominator
    return Answer(choice, option, due & (answer != UNKNOWN), answer == TRUE)


def _row(timepoints: tuple[TimePoint, ...], months: float) -> int:
    return next(row for row, t in enumerate(timepoints) if t.months == months)


def _centres(cohort: Cohort, counted: NDArray[np.bool_]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each centre with someone counted, and its patients; none when there is one centre only."""
    codes, names = pd.factorize(cohort.patients["centre"], sort=True)
    there = np.unique(codes[counted])
    if len(there) > 1:
        for code in there:
            yield str(names[code]), codes == code


def _retention(
    cohort: Cohort, selection: Selection, headline: Headline, variants: tuple[Variant, ...]
) -> list[dict]:
    del variants  # no definition of a state and no window is in it
    retention = derive_retention(cohort.follow_up)
    days, is_stop = retention.follow_up_days, retention.is_stop
    members = select_treated(cohort, selection).members
    or_lost = is_stop | (cohort.follow_up.stop_reason == LOST)
    chosen = [
        (PRIMARY, "lost = censored", members, is_stop),
        (LOSS, "lost = stopped", members, or_lost),
        *((CENTRE, centre, members & ~here, is_stop) for centre, here in _centres(cohort, members)),
    ]
    at = headline.months * DAYS_PER_MONTH
    return [
        {"choice": choice, "option": option, **_stay(days[who], ends[who], at)}
        for choice, option, who, ends in chosen
    ]


def _stay(days: NDArray[np.int64], is_stop: NDArray[np.bool_], at: float) -> dict:
    curve = estimate_kaplan_meier(count_at_risk(days, is_stop))
    read = (
        float(read_on(curve.table, values, at, start))
        for values, start in zip(
            (curve.survival, curve.ci_low, curve.ci_high), (1.0, np.nan, np.nan), strict=True
        )
    )
    estimate, low, high = read
    n_events = int(np.count_nonzero(is_stop & (days <= at)))
    return {
        "n": len(days), "n_events": n_events, "estimate": estimate, "ci_low": low, "ci_high": high,
    }  # fmt: skip


def _finding(tables: list[pd.DataFrame], selection: Selection) -> str:
    ranges = [found for table in tables if (found := find_range(table)) is not None]
    if not ranges:
        return f"No headline number can be told yet{of_whom(selection)}."
    if len(ranges) == 1:
        return ranges[0].in_full(of_whom(selection))
    told = "; ".join(found.in_short for found in ranges)
    return f"Between the lowest and highest of all choices{of_whom(selection)}: {told}."
