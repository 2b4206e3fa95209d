"""Whether a headline number depends on a choice: each made otherwise, one at a time.

Handling of what is missing, printed readings of a definition, narrower windows, being lost counted
as stopping, and each centre left out. One choice differs from the primary analysis in each row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    Row,
    find_range,
)
from lupus_outcomes.analysis.survival import count_at_risk, estimate_kaplan_meier, read_on
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.outcomes import HANDLING_WORDS, HANDLINGS, Outcome
from lupus_outcomes.derive.retention import LOST, Retention, derive_retention, select_treated
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
    """Who is counted and who attained or stopped under one choice; bool of shape (patients,)."""

    choice: str
    option: str
    counted: NDArray[np.bool_]
    has_event: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """Those under every choice, the primary analysis first; bool of shape (choices, patients).

    ``choices``: each with its option. ``has_event``: only among those counted.
    """

    choices: Sequence[tuple[str, str]]
    counted: NDArray[np.bool_]
    has_event: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Centres:
    """The place of each patient's centre in ``names``; shape (patients,)."""

    names: Sequence[str]
    place: NDArray[np.int64]


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
    asked = tuple(name for name in find_headlines(cohort) if headline in (None, name))
    found = derive_robustness(cohort) if variants is None else variants
    centres = _find_centres(cohort)
    told = [_tell(cohort, selection, name, found, centres) for name in asked]
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
        finding=_finding(told, selection),
        table=pd.DataFrame([row for rows in told for row in rows], columns=list(Row._fields)),
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


def _find_centres(cohort: Cohort) -> Centres:
    place, names = pd.factorize(cohort.patients["centre"], sort=True)
    return Centres([str(name) for name in names], place)


def _tell(
    cohort: Cohort, selection: Selection, name: str, variants: tuple[Variant, ...], centres: Centres
) -> list[Row]:
    headline = HEADLINES[name]
    if headline.endpoint:
        answers = _collect(_attainments(cohort, headline, variants), selection, centres)
        columns = _estimate_attainment(answers, cohort.protocol.interval)
    else:  # no definition of a state and no window is in it
        retention = derive_retention(cohort.follow_up)
        treated = select_treated(cohort, selection)
        answers = _collect(_retentions(cohort, retention), treated, centres)
        at = headline.months * DAYS_PER_MONTH
        columns = _estimate_retention(answers, retention.follow_up_days, at)
    estimate = columns[2]
    lists = [column.tolist() for column in (*columns, estimate - estimate[0])]
    return [
        Row._make((headline.label, *choice, *numbers, name))
        for choice, *numbers in zip(answers.choices, *lists, strict=True)
    ]


def _collect(answers: Iterable[Answer], selection: Selection, centres: Centres) -> Answers:
    """The answers for the selected patients, then the first one again without each centre."""
    given = list(answers)
    counted = np.stack([answer.counted for answer in given]) & selection.members
    # Each known centre with someone counted, at a place from 0; none when nobody would be left.
    there = np.unique(centres.place[counted[0]])
    there = there[there >= 0] if len(there) > 1 else there[:0]
    others = counted[0] & (centres.place != there[:, np.newaxis])
    counted = np.concatenate([counted, others])
    has_event = [answer.has_event for answer in given] + [given[0].has_event] * len(there)
    choices = [(answer.choice, answer.option) for answer in given]
    choices += [(CENTRE, centres.names[place]) for place in map(int, there)]
    return Answers(choices, counted, counted & np.stack(has_event))


def _estimate_attainment(answers: Answers, interval: str) -> tuple[NDArray, ...]:
    """Columns from ``n`` to ``ci_high``."""
    n, n_events = _count(answers.counted), _count(answers.has_event)
    share = n_events / np.where(n > 0, n, np.nan)
    return n, n_events, share, *INTERVALS[interval](n_events, n)


def _count(holds: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.count_nonzero(holds, axis=1)


def _attainments(
    cohort: Cohort, headline: Headline, variants: tuple[Variant, ...]
) -> Iterator[Answer]:
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


def _retentions(cohort: Cohort, retention: Retention) -> Iterator[Answer]:
    everybody = np.ones(cohort.n_patients, dtype=np.bool_)
    is_lost = cohort.follow_up.stop_reason == LOST
    yield Answer(PRIMARY, "lost = censored", everybody, retention.is_stop)
    yield Answer(LOSS, "lost = stopped", everybody, retention.is_stop | is_lost)


def _estimate_retention(
    answers: Answers, days: NDArray[np.int64], at: float
) -> tuple[NDArray, ...]:
    """Columns from ``n`` to ``ci_high``."""
    stay = [
        _stay(days[counted], stops[counted], at)
        for counted, stops in zip(answers.counted, answers.has_event, strict=True)
    ]
    n_stopped = _count(answers.has_event & (days <= at))
    return _count(answers.counted), n_stopped, *np.array(stay).T


def _stay(days: NDArray[np.int64], is_stop: NDArray[np.bool_], at: float) -> list[float]:
    """The share still on the drug on a day, with its limits."""
    curve = estimate_kaplan_meier(count_at_risk(days, is_stop))
    columns = ((curve.survival, 1.0), (curve.ci_low, np.nan), (curve.ci_high, np.nan))
    return [float(read_on(curve.table, values, at, start)) for values, start in columns]


def _finding(told: list[list[Row]], selection: Selection) -> str:
    ranges = [found for rows in told if (found := find_range(rows)) is not None]
    if not ranges:
        return f"No headline number can be told yet{of_whom(selection)}."
    if len(ranges) == 1:
        return ranges[0].in_full(of_whom(selection))
    in_short = "; ".join(found.in_short for found in ranges)
    return f"Between the lowest and highest of all choices{of_whom(selection)}: {in_short}."
