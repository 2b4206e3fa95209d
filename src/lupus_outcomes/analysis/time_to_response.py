"""How soon an endpoint is first attained: shares by milestones, whole curves, medians."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.inference import p_in_words, p_remarks, shown_p
from lupus_outcomes.analysis.log_rank import compute_log_rank
from lupus_outcomes.analysis.response_choice import Choice, Curve
from lupus_outcomes.analysis.response_curves import (
    METHOD_WORDS,
    METHODS,
    MILESTONES,
    Method,
    Rise,
)
from lupus_outcomes.analysis.result import Result, headline, of_whom, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.response_times import (
    DEFINITIONS,
    RESPONSE,
    STOP,
    Definition,
    ResponseTimes,
    derive_endpoint_times,
)
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.protocol import DAYS_PER_MONTH

CURVE_COLUMNS = (
    "endpoint", "definition", "method", "day", "n_at_risk", "n_events", "probability", "ci_low",
    "ci_high", "group", "level", "n_censored", "n_stopped",
)  # fmt: skip
MILESTONE_COLUMNS = (
    "endpoint", "definition", "method", "milestone_months", "probability", "ci_low", "ci_high",
    "n_at_risk", "group", "level", "n", "n_responded", "milestone",
)  # fmt: skip
MILESTONES_SHOWN = (
    "endpoint", "level", "milestone", "probability", "ci_low", "ci_high", "n_responded",
    "n_at_risk", "n",
)  # fmt: skip
MEDIANS_SHOWN = (
    "endpoint", "level", "median_months", "median_low", "median_high", "n_responded",
    "n_stopped_first", "n", "n_attained_before",
)  # fmt: skip


def estimate_time_to_response(
    cohort: Cohort,
    selection: Selection,
    endpoints: Sequence[str] | None = None,
    definitions: Sequence[Definition] = DEFINITIONS,
    methods: Sequence[Method] = METHODS,
) -> Result:
    """Shares by milestones, in the columns of ``time_to_response.csv``.

    Beyond the contract's columns ``n`` are at risk at the start and ``n_responded`` of them had
    responded by the milestone. After the last day of follow-up a curve stays where it is.
    """
    choice = Choice(cohort, selection, endpoints, definitions, methods)
    return _milestones(choice, list(choice.curves()))


def estimate_response_curves(
    cohort: Cohort,
    selection: Selection,
    endpoints: Sequence[str] | None = None,
    definitions: Sequence[Definition] = DEFINITIONS,
    methods: Sequence[Method] = METHODS,
) -> Result:
    """The whole curves, in the columns of ``time_to_response_curve.csv``.

    A row for each day on which someone's follow-up ended; ``n_stopped`` did so by stopping first,
    which is counted where that competes.
    """
    choice = Choice(cohort, selection, endpoints, definitions, methods)
    return _days(choice, list(choice.curves()))


def estimate_response_medians(
    cohort: Cohort,
    selection: Selection,
    endpoints: Sequence[str] | None = None,
    definitions: Sequence[Definition] = DEFINITIONS,
    methods: Sequence[Method] = METHODS,
) -> Result:
    """Months by which half have responded, with limits; empty where a curve stays below half."""
    choice = Choice(cohort, selection, endpoints, definitions, methods)
    return _medians(choice, list(choice.curves()))


def estimate_responses(cohort: Cohort, selection: Selection) -> Iterator[Result]:
    """All three of all endpoints, each curve estimated once."""
    choice = Choice(cohort, selection)
    curves = list(choice.curves())
    yield from (_milestones(choice, curves), _days(choice, curves), _medians(choice, curves))


def _milestones(choice: Choice, curves: list[Curve]) -> Result:
    return choice.result(
        id="time_to_response",
        title="Time to response",
        finding=_finding(curves, choice),
        table=_assemble(curves, _at_milestones, MILESTONE_COLUMNS),
        shown=MILESTONES_SHOWN,
    )


def _days(choice: Choice, curves: list[Curve]) -> Result:
    return choice.result(
        id="time_to_response_curve",
        title="Share who have responded, day by day",
        finding=_finding(curves, choice),
        table=_assemble(curves, _day_by_day, CURVE_COLUMNS),
    )


def _medians(choice: Choice, curves: list[Curve]) -> Result:
    rows = [one.key | describe_median(one.times, one.group, one.rise) for one in curves]
    return choice.result(
        id="time_to_response_medians",
        title="Median time to response",
        finding=" ".join(filter(None, (_halves(curves, choice), _comparison(choice)))),
        table=pd.DataFrame(rows),
        shown=MEDIANS_SHOWN,
        # What is missing stands beside the curves.
        notes=p_remarks(choice.selection) if len(choice.selection.groups) > 1 else (),
    )


def describe_median(times: ResponseTimes, group: Group, rise: Rise) -> dict[str, Any]:
    """Median in months with its limits, and the counts behind it."""
    who, median = times.is_at_risk & group.members, rise.median
    _, cause = times.with_stops_competing()
    return {
        "n": int(who.sum()),
        "n_responded": int((cause[who] == RESPONSE).sum()),
        "n_stopped_first": int((cause[who] == STOP).sum()),
        "n_attained_before": int((times.is_attained_before & group.members).sum()),
        "median_months": median.day / DAYS_PER_MONTH,
        "median_low": median.ci_low / DAYS_PER_MONTH,
        "median_high": median.ci_high / DAYS_PER_MONTH,
    }


def _at_milestones(one: Curve) -> dict[str, NDArray]:
    day = np.array(MILESTONES) * DAYS_PER_MONTH
    probability, low, high = one.rise.on(day)
    return {
        "milestone_months": np.array(MILESTONES),
        "milestone": np.array([f"{months} months" for months in MILESTONES], dtype=object),
        "probability": probability,
        "ci_low": low,
        "ci_high": high,
        "n_at_risk": one.rise.table.at_risk_on(day),
        "n_responded": one.rise.responded_by(day),
        "n": np.full(len(day), _n_at_risk(one)),
    }


def _day_by_day(one: Curve) -> dict[str, NDArray]:
    table = one.rise.table
    by_cause = table.n_events_by_cause
    return {
        "day": table.day,
        "n_at_risk": table.n_at_risk,
        "n_events": by_cause[0],
        "n_censored": table.n_censored,
        "n_stopped": by_cause[1:].sum(axis=0),
        "probability": one.rise.probability,
        "ci_low": one.rise.ci_low,
        "ci_high": one.rise.ci_high,
    }


def _assemble(
    curves: list[Curve], rows_of: Callable[[Curve], Mapping[str, NDArray]], names: Sequence[str]
) -> pd.DataFrame:
    """The rows of all curves, a block each; arrays are joined once, a frame made once."""
    blocks = [(one.key, rows_of(one)) for one in curves]
    if not blocks:
        return pd.DataFrame(columns=list(names))
    lengths = [len(next(iter(rows.values()))) for _, rows in blocks]
    keys = blocks[0][0]
    columns = {
        name: np.repeat(np.array([key[name] for key, _ in blocks], dtype=object), lengths)
        if name in keys
        else np.concatenate([rows[name] for _, rows in blocks])
        for name in names
    }
    return pd.DataFrame(columns)


def _comparison(choice: Choice) -> str:
    """Log-rank test of the levels for the first endpoint, where there are levels to compare."""
    selection, answered = choice.selection, choice.answered
    if len(selection.groups) < 3 or selection.groups_overlap or not answered:
        return ""
    times = derive_endpoint_times(choice.cohort, answered[0], choice.definitions[0])
    days, cause = times.until_stop()
    levels = np.array([group.members & times.is_at_risk for group in selection.groups[1:]])
    who = levels.any(axis=0)
    test = compute_log_rank(days[who], cause[who] == RESPONSE, levels[:, who].argmax(axis=0))
    p_value = shown_p(test.p_value, selection)
    if np.isnan(p_value):
        return ""
    return (
        f"{ENDPOINTS[answered[0]].label} by {selection.group_label.lower()}: log-rank test, "
        f"stopping censored, {p_in_words(p_value)}; groups were not formed by chance."
    )


def _finding(curves: list[Curve], choice: Choice) -> str:
    """One sentence on the headline milestone, for all patients, of the first two endpoints."""
    months = headline(MILESTONES, choice.cohort)
    return _tell(curves, choice, f"By {months} months", lambda one: _in_words(one, months))


def _halves(curves: list[Curve], choice: Choice) -> str:
    """One sentence on the medians, for all patients, of the first two endpoints."""

    def tell(one: Curve) -> str:
        return f"{ENDPOINTS[one.endpoint].label} {median_in_words(one.rise)}, {_not_in_it(one)}"

    return _tell(curves, choice, "Attained", tell)


def _tell(curves: list[Curve], choice: Choice, what: str, tell: Callable[[Curve], str]) -> str:
    whom = of_whom(choice.selection)
    of_all = [one for one in curves if one.group.group == "all"]
    if not of_all:
        return "No endpoint is chosen that this dataset can tell."
    first = of_all[0]
    shown = [
        one
        for one in of_all
        if (one.definition, one.method) == (first.definition, first.method) and _n_at_risk(one)
    ]
    if not shown:
        return f"Nobody is at risk: all had attained it at baseline already{whom}."
    parts = "; ".join(map(tell, shown[:2]))
    sustained = " for two visits in a row" if first.definition == "sustained_2" else ""
    return f"{what}{whom}{sustained}: {parts}. {METHOD_WORDS[first.method]}."


def _in_words(one: Curve, months: float) -> str:
    probability, low, high = (float(v) for v in one.rise.on(months * DAYS_PER_MONTH))
    limits = "" if np.isnan(low) else f"95 % CI {100 * low:.0f}–{100 * high:.0f}; "
    return (
        f"{ENDPOINTS[one.endpoint].label} {percent(probability)} ({limits}{_not_in_it(one)}), "
        f"{median_in_words(one.rise)}"
    )


def _not_in_it(one: Curve) -> str:
    return f"{_n_at_risk(one)} not in it at baseline"


def _n_at_risk(one: Curve) -> int:
    return int((one.times.is_at_risk & one.group.members).sum())


def median_in_words(rise: Rise) -> str:
    """``half by 11.9 months (95 % CI 9.8–13.1)``, or that half have not been reached."""
    median = rise.median
    if np.isnan(median.day):
        return "half not reached"
    half = f"half by {median.day / DAYS_PER_MONTH:.1f} months"
    if np.isnan(median.ci_low):
        return f"{half} (too few for limits)"
    low, high = median.ci_low / DAYS_PER_MONTH, median.ci_high / DAYS_PER_MONTH
    return f"{half} (95 % CI {low:.1f}–{'not reached' if np.isnan(high) else f'{high:.1f}'})"
