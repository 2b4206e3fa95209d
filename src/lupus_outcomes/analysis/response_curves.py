"""The share who have responded by each day, from the times of ``derive.response_times``.

Three answers to three questions. Kaplan-Meier: had nobody stopped. Aalen-Johansen: responded before
stopping, which is what happened. Turnbull: as Kaplan-Meier, but the response lies somewhere between
two visits. All are read on the days of one risk table, so that they stand in the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lupus_outcomes.analysis.survival import (
    KaplanMeier,
    RiskTable,
    count_at_risk,
    estimate_aalen_johansen,
    estimate_kaplan_meier,
)
from lupus_outcomes.analysis.survival_summaries import Quantile, estimate_quantile
from lupus_outcomes.analysis.turnbull import NOT_YET, estimate_turnbull, read_incidence
from lupus_outcomes.derive.response_times import ResponseTimes
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import DAYS_PER_MONTH

MILESTONES = (3, 6, 12, 24, 36, 48, 60)
Method = Literal["kaplan_meier", "aalen_johansen", "turnbull"]
METHODS: tuple[Method, ...] = ("kaplan_meier", "aalen_johansen", "turnbull")
METHOD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "kaplan_meier": "Kaplan–Meier, stopping anifrolumab censors",
        "aalen_johansen": "Aalen–Johansen, stopping anifrolumab first competes",
        "turnbull": "Turnbull, the response lies between two visits, stopping censors",
    }
)


@dataclass(frozen=True, slots=True)
class Rise:
    """A rising curve on the days of a risk table; arrays of shape (k,).

    Limits are NaN where they cannot be estimated, as before the first response.
    """

    table: RiskTable
    probability: Numbers
    ci_low: Numbers
    ci_high: Numbers

    def on(self, day: ArrayLike) -> tuple[Numbers, Numbers, Numbers]:
        """Probability and its limits on these days; after the last one as on the last."""
        row = np.searchsorted(self.table.day, day, side="right")
        # Nobody at risk is nobody to tell of.
        at_start = (0.0 if len(self.table.day) else np.nan, np.nan, np.nan)
        curves = (self.probability, self.ci_low, self.ci_high)
        probability, low, high = (
            np.concatenate([[start], values])[row]
            for start, values in zip(at_start, curves, strict=True)
        )
        return probability, low, high

    def responded_by(self, day: ArrayLike) -> NDArray[np.int64]:
        """How many had responded by these days."""
        row = np.searchsorted(self.table.day, day, side="right")
        return np.concatenate([[0], np.cumsum(self.table.n_events_by_cause[0])])[row]

    @property
    def median(self) -> Quantile:
        """Day by which half have responded, limits where the curve's limits cross one half."""
        # Any step curve has its quantiles in the way of a survival curve.
        fallen = KaplanMeier(
            self.table,
            survival=1 - self.probability,
            se=np.full(len(self.probability), np.nan),
            ci_low=1 - self.ci_high,
            ci_high=1 - self.ci_low,
        )
        return estimate_quantile(fallen)


def estimate_rise(times: ResponseTimes, members: NDArray[np.bool_], method: Method) -> Rise:
    """Curve of the members at risk, with 95 % limits."""
    who = times.is_at_risk & members
    if method == "aalen_johansen":
        days, cause = times.with_stops_competing()
        table = count_at_risk(days[who], cause[who], n_causes=2)
        found = estimate_aalen_johansen(table)
        return Rise(table, found.incidence[0], found.ci_low[0], found.ci_high[0])
    days, cause = times.until_stop()
    table = count_at_risk(days[who], cause[who])
    if method == "turnbull":
        return _estimate_turnbull(times, who, table)
    found = estimate_kaplan_meier(table)
    return Rise(table, 1 - found.survival, 1 - found.ci_high, 1 - found.ci_low)


def _estimate_turnbull(times: ResponseTimes, who: NDArray[np.bool_], table: RiskTable) -> Rise:
    """Read on the days of the table and on the milestones; after the last known day as on it."""
    not_yet, seen_with = (days[who] for days in times.between_visits())
    # Whoever has a response has it on a day of its own, later than the last one without.
    is_open = np.isinf(seen_with)
    first_with = np.where(is_open, 0, seen_with).astype(np.int64)
    found = estimate_turnbull(not_yet.astype(np.int64), np.where(is_open, NOT_YET, first_with))
    table = _with_days(table, np.floor(np.array(MILESTONES) * DAYS_PER_MONTH).astype(np.int64))
    read = read_incidence(found, table.day)
    known = np.flatnonzero(~np.isnan(read.estimate))
    if not known.size:
        nothing = np.full(len(table.day), np.nan)
        return Rise(table, np.zeros(len(table.day)), nothing, nothing)
    last = np.minimum(np.arange(len(table.day)), known[-1])
    return Rise(table, read.estimate[last], read.ci_low[last], read.ci_high[last])


def _with_days(table: RiskTable, days: NDArray[np.int64]) -> RiskTable:
    """The same table with rows for further days, on which nothing happened."""
    end = table.day[-1] if len(table.day) else -1
    added = np.setdiff1d(days[days <= end], table.day)
    day = np.concatenate([table.day, added])
    order = np.argsort(day)
    nothing = np.zeros((len(table.n_events_by_cause), len(added)), dtype=np.int64)
    return RiskTable(
        day=day[order],
        n_at_risk=np.concatenate([table.n_at_risk, table.at_risk_on(added)])[order],
        n_events_by_cause=np.hstack([table.n_events_by_cause, nothing])[:, order],
        n_censored=np.concatenate([table.n_censored, nothing[0]])[order],
    )
