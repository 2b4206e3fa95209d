"""Single figures from curves: quantiles, restricted mean; and the cumulative hazard.

Brookmeyer & Crowley 1982, Biometrics 38:29 (limits of a median from those of the curve); Klein &
Moeschberger 2003, section 4.5 (restricted mean); Nelson 1972, Technometrics 14:945; Aalen 1978, Ann
Stat 6:701. All as R's ``survfit`` and its ``quantile`` method give them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.analysis.intervals import LEVEL, normal_quantile
from lupus_outcomes.analysis.survival import ROUNDING, KaplanMeier, RiskTable
from lupus_outcomes.indices.three_valued import Numbers

# R takes a curve this near to a quantile as exactly at it.
AT_QUANTILE = 1.5e-8


@dataclass(frozen=True, slots=True)
class Quantile:
    """Day by which a ``share`` of the patients had the event; NaN where it is not reached."""

    share: float
    day: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean days without event up to the horizon; NaN where nobody was followed that far."""

    horizon_days: int
    days: float
    se: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class NelsonAalen:
    """Cumulative hazard after each day of the table; arrays of shape (k,).

    Limits are symmetric on the log scale, NaN before the first event.
    """

    table: RiskTable
    hazard: Numbers
    se: Numbers
    ci_low: Numbers
    ci_high: Numbers


def estimate_quantile(curve: KaplanMeier, share: float = 0.5) -> Quantile:
    """Quantile of the time to event, 0.5 the median; limits where the curve's limits cross.

    Where the curve is flat at exactly that share, the middle of the flat stretch.
    """
    day = curve.table.day
    return Quantile(
        share,
        _crossing(day, 1 - curve.survival, share),
        _crossing(day, 1 - curve.ci_low, share),
        _crossing(day, 1 - curve.ci_high, share),
    )


def _crossing(day: NDArray[np.integer], fallen: Numbers, share: float) -> float:
    is_known = ~np.isnan(fallen)
    day, fallen = day[is_known], fallen[is_known]
    reached = np.flatnonzero(fallen >= share - AT_QUANTILE)
    if not reached.size:
        return np.nan
    first = reached[0]
    if fallen[first] > share + AT_QUANTILE:
        return float(day[first])
    beyond = np.flatnonzero(fallen > share + AT_QUANTILE)
    return float(day[first] + day[beyond[0] if beyond.size else -1]) / 2


def estimate_restricted_mean(
    curve: KaplanMeier, horizon_days: int, level: float = LEVEL
) -> RestrictedMean:
    """Area under the curve from day 0 to the horizon, and the standard error of that area."""
    table = curve.table
    last_day = table.day[-1] if len(table.day) else -1
    is_seen = horizon_days <= last_day or (last_day >= 0 and curve.survival[-1] < ROUNDING)
    if not is_seen:
        return RestrictedMean(horizon_days, np.nan, np.nan, np.nan, np.nan)
    rows = table.day <= horizon_days
    corners = np.concatenate([[0], table.day[rows], [horizon_days]])
    areas = np.diff(corners) * np.concatenate([[1.0], curve.survival[rows]])
    at_risk, events = table.n_at_risk[rows].astype(np.float64), table.n_events[rows]
    left = at_risk - events
    weight = np.divide(events, at_risk * left, out=np.zeros_like(left), where=left > 0)
    area_after = areas[1:][::-1].cumsum()[::-1]
    days, se = float(areas.sum()), float(np.sqrt(np.sum(area_after**2 * weight)))
    reach = normal_quantile(level) * se
    return RestrictedMean(horizon_days, days, se, days - reach, days + reach)


def estimate_nelson_aalen(table: RiskTable, level: float = LEVEL) -> NelsonAalen:
    """Cumulative hazard of any cause, variance the sum of d/n²."""
    events, at_risk = table.n_events, table.n_at_risk.astype(np.float64)
    hazard = np.cumsum(events / at_risk)
    se = np.sqrt(np.cumsum(events / at_risk**2))
    positive = np.where(hazard > 0, hazard, np.nan)
    reach = np.exp(normal_quantile(level) * se / positive)
    return NelsonAalen(table, hazard, se, positive / reach, positive * reach)
