"""Events that come again, such as flares: mean number by each day, and rates compared.

Mean cumulative function: Nelson 1995; variance that lets events of a patient depend on each other,
Lawless & Nadeau 1995, Technometrics 37:158. Andersen & Gill 1982 is ``cox.estimate_cox`` with one
row an event, entry days and the patient as cluster; counts: ``negative_binomial``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.analysis.intervals import LEVEL, normal_quantile
from lupus_outcomes.analysis.survival import Counts
from lupus_outcomes.indices.three_valued import Numbers


@dataclass(frozen=True, slots=True)
class MeanCumulative:
    """Mean events per patient by each day with an event or an end; arrays of shape (k,).

    Limits are symmetric on the log scale, NaN before the first event.
    """

    day: Counts
    n_at_risk: Counts
    n_events: Counts
    mean: Numbers
    se: Numbers
    ci_low: Numbers
    ci_high: Numbers


def estimate_mean_cumulative(
    follow_up_days: NDArray[np.integer],
    event_patient: NDArray[np.integer],
    event_days: NDArray[np.integer],
    level: float = LEVEL,
) -> MeanCumulative:
    """Mean cumulative function with robust standard errors.

    Parameters
    ----------
    follow_up_days
        Whole days from 0 to the end of each patient's follow-up, shape (patients,).
    event_patient, event_days
        Position of the patient and day of each event, within follow-up, shape (events,).
    """
    n_days = int(follow_up_days.max(initial=-1)) + 1
    leaving = np.bincount(follow_up_days, minlength=n_days)
    at_risk = leaving[::-1].cumsum()[::-1]
    events = np.bincount(event_days, minlength=n_days)
    mean = np.cumsum(events / np.maximum(at_risk, 1))
    drift = np.cumsum(events / np.maximum(at_risk, 1) ** 2)
    variance = _robust_variance(follow_up_days, event_patient, event_days, at_risk, drift)
    day = np.flatnonzero(leaving + events)
    mean, se = mean[day], np.sqrt(np.maximum(variance[day], 0.0))
    positive = np.where(mean > 0, mean, np.nan)
    reach = np.exp(normal_quantile(level) * se / positive)
    return MeanCumulative(
        day, at_risk[day], events[day], mean, se, positive / reach, positive * reach
    )


def _robust_variance(
    follow_up_days: NDArray[np.integer],
    patient: NDArray[np.integer],
    event_days: NDArray[np.integer],
    at_risk: Counts,
    drift: Numbers,
) -> Numbers:
    """Sum over patients of (own - expected events)², both over the number at risk; shape (days,).

    While a patient is followed that is (own - drift(t))², afterwards it stays: with the square
    opened, only sums over patients of own and own² are needed; they change at events and ends.
    """
    n_days = len(drift)
    order = np.lexsort((event_days, patient))
    who, when = patient[order], event_days[order]
    step = 1 / at_risk[when]
    running = np.cumsum(step)
    is_first = np.diff(who, prepend=-1) != 0
    before_patient = np.maximum.accumulate(np.where(is_first, running - step, 0.0))
    own_after = running - before_patient
    own_before = own_after - step
    first_gain = np.bincount(when, step, n_days)
    square_gain = np.bincount(when, own_after**2 - own_before**2, n_days)
    at_end = np.bincount(who, step, len(follow_up_days))
    first_loss = np.bincount(follow_up_days, at_end, n_days)
    square_loss = np.bincount(follow_up_days, at_end**2, n_days)
    settled = np.bincount(follow_up_days, (at_end - drift[follow_up_days]) ** 2, n_days)
    # Who leaves on a day is still followed on it.
    first = np.cumsum(first_gain) - (np.cumsum(first_loss) - first_loss)
    square = np.cumsum(square_gain) - (np.cumsum(square_loss) - square_loss)
    gone = np.cumsum(settled) - settled
    return square - 2 * drift * first + at_risk * drift**2 + gone
