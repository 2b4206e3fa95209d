"""What a figure of curves is given: steps, fixed times, medians, counts; a row a mark.

Whole curves as arrays, so that many groups and many days cost little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.charts.style import MONTHS_DOMAIN, MONTHS_SHOWN
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import DAYS_PER_MONTH

# A curve ends where fewer than this remain at risk: one event more would be a tall step.
FEWEST_AT_RISK = 10
# More marks than this on one curve are a smear: neither censorings nor days are then marked.
MOST_MARKS = 300
LAST_DAY = MONTHS_DOMAIN[1] * DAYS_PER_MONTH
HALF, ROUNDING = 0.5, 1e-9
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: a value a day on which someone's follow-up ended, arrays of shape (days,)."""

    series: str
    start: float
    day: Counts
    estimate: Numbers
    ci_low: Numbers
    ci_high: Numbers
    n_at_risk: Counts
    n_events: Counts
    n_censored: Counts

    @property
    def n_drawn(self) -> int:
        """How many of its days are drawn; at-risk numbers only fall."""
        is_drawn = (self.n_at_risk >= FEWEST_AT_RISK) & (self.day <= LAST_DAY)
        return int(np.count_nonzero(is_drawn))

    @property
    def ends_early(self) -> bool:
        """Whether it is followed beyond the last day drawn, within the axis."""
        return 0 < self.n_drawn < int(np.count_nonzero(self.day <= LAST_DAY))

    def from_start(self, values: Numbers) -> Numbers:
        """Values on the days drawn, after day 0 and the value there."""
        return np.concatenate([[self.start], values[: self.n_drawn]])


def read_curves(rows: pd.DataFrame, series: str, estimate: str, start: float) -> tuple[Curve, ...]:
    """The curves of a table, told apart by a column; ``start`` is the value before any event."""
    position, names = pd.factorize(rows[series])
    order = np.lexsort((rows["day"], position))
    columns = {
        name: rows[column].to_numpy()[order]
        for name, column in (
            ("day", "day"), ("estimate", estimate), ("ci_low", "ci_low"), ("ci_high", "ci_high"),
            ("n_at_risk", "n_at_risk"), ("n_events", "n_events"), ("n_censored", "n_censored"),
        )
    }  # fmt: skip
    bounds = np.searchsorted(position[order], np.arange(len(names) + 1))
    return tuple(
        Curve(str(name), start, **{c: v[first:last] for c, v in columns.items()})
        for name, first, last in zip(names, bounds[:-1], bounds[1:], strict=True)
    )


def list_steps(curves: Sequence[Curve]) -> pd.DataFrame:
    """A row a day drawn, from day 0; what is marked there in ``has_event``, ``has_censored``."""
    drawn = [curve for curve in curves if curve.n_drawn]
    if not drawn:
        return pd.DataFrame()

    def joined(part) -> NDArray:
        return np.concatenate([part(curve) for curve in drawn])

    estimate = joined(lambda c: c.from_start(c.estimate))
    low, high = joined(lambda c: c.from_start(c.ci_low)), joined(lambda c: c.from_start(c.ci_high))
    day = joined(lambda c: np.append(0, c.day[: c.n_drawn]))
    return pd.DataFrame(
        {
            "kind": "step",
            "series": np.repeat([c.series for c in drawn], [c.n_drawn + 1 for c in drawn]),
            "day": day,
            "x": day / DAYS_PER_MONTH,
            "estimate": estimate,
            # Without an event yet an estimate has no limits: no band there.
            "ci_low": np.where(np.isnan(low), estimate, low),
            "ci_high": np.where(np.isnan(high), estimate, high),
            "n_at_risk": joined(lambda c: np.append(c.n_at_risk[0], c.n_at_risk[: c.n_drawn])),
            "has_event": joined(lambda c: _is_marked(c, c.n_events)),
            "has_censored": joined(lambda c: _is_marked(c, c.n_censored)),
        }
    )


def _is_marked(curve: Curve, counts: Counts) -> NDArray[np.bool_]:
    here = counts[: curve.n_drawn] > 0
    return np.append(False, here & (curve.n_drawn <= MOST_MARKS))


def list_milestones(curves: Sequence[Curve]) -> pd.DataFrame:
    """The curves at the months they reach, in the columns that ``place_names`` asks for."""
    parts: list[pd.DataFrame] = []
    for curve in curves:
        days = curve.day[: curve.n_drawn]
        months = np.array(MONTHS_SHOWN[1:], dtype=np.float64)
        months = months[months * DAYS_PER_MONTH <= (days[-1] if len(days) else -1)]
        at = np.searchsorted(days, months * DAYS_PER_MONTH, side="right")
        from_there = np.searchsorted(days, months * DAYS_PER_MONTH, side="left")
        parts.append(
            pd.DataFrame(
                {
                    "kind": "point",
                    "panel": "",
                    "series": curve.series,
                    "timepoint_months": months,
                    "x": months,
                    "estimate": curve.from_start(curve.estimate)[at],
                    "ci_low": curve.from_start(curve.ci_low)[at],
                    "ci_high": curve.from_start(curve.ci_high)[at],
                    "n_at_risk": curve.n_at_risk[from_there],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def list_medians(curves: Sequence[Curve]) -> pd.DataFrame:
    """Where each curve has reached one half: the middle of a stretch at exactly one half.

    ``is_last``: the latest of them, whose line from the axis passes the others.
    """
    found = {c.series: median for c in curves if not np.isnan(median := _median_day(c))}
    x = np.array(list(found.values())) / DAYS_PER_MONTH
    return pd.DataFrame(
        {
            "kind": "median",
            "series": list(found),
            "x": x,
            "estimate": HALF,
            "zero": 0.0,
            "is_last": x == x.max(initial=0),
        }
    )


def _median_day(curve: Curve) -> float:
    day = np.append(0, curve.day[: curve.n_drawn])
    gone = np.abs(curve.from_start(curve.estimate) - curve.start)
    reached = np.flatnonzero(gone >= HALF - ROUNDING)
    if not len(reached):
        return np.nan
    first = reached[0]
    if gone[first] > HALF + ROUNDING:
        return float(day[first])
    beyond = np.flatnonzero(gone > HALF + ROUNDING)
    return float(day[first] + day[beyond[0] if len(beyond) else -1]) / 2


def count_risk(curves: Sequence[Curve], event: str, most_blocks: int) -> pd.DataFrame:
    """The rows of the risk table: columns kind, place, row, indent, x (months), count, yields.

    At each month the three counts of a curve add up to its patients: at risk are those whose
    follow-up lasts to that day, the others have left before it. One curve has three rows; up to
    ``most_blocks`` curves have a block of rows a count, more of them only that of those at risk.
    """
    counts = np.stack([_count_risk(curve) for curve in curves])
    kinds = ("at risk", event, "censored")
    if np.isnan(counts[:, 2]).all():
        counts, kinds = counts[:, :2], kinds[:2]
    if len(curves) == 1:
        names, values, indents = list(kinds), counts[0], [0] * len(kinds)
    else:
        kinds = kinds if len(curves) <= most_blocks else kinds[:1]
        names = [name for kind in kinds for name in (kind, *(c.series for c in curves))]
        head = np.full((len(kinds), 1, len(MONTHS_SHOWN)), np.nan)
        blocks = counts.transpose(1, 0, 2)[: len(kinds)]
        values = np.concatenate([head, blocks], axis=1).reshape(-1, len(MONTHS_SHOWN))
        indents = [int(row > 0) for _ in kinds for row in range(len(curves) + 1)]
    n_rows, n_months = values.shape
    months = np.tile(np.array(MONTHS_SHOWN, dtype=np.float64), n_rows)
    is_long = np.nanmax(values) > LONGEST_CLOSE_COUNT
    return pd.DataFrame(
        {
            "kind": "risk",
            "place": np.repeat(np.arange(n_rows), n_months),
            "row": np.repeat(np.array(names, dtype=object), n_months),
            "indent": np.repeat(indents, n_months),
            "x": months,
            "count": values.ravel(),
            "yields": is_long & (months == CLOSE_MONTH),
        }
    )


# On a phone a count of four digits has no room beside its neighbour six months away.
LONGEST_CLOSE_COUNT, CLOSE_MONTH = 999, 6


def _count_risk(curve: Curve) -> Numbers:
    """At risk, events and censorings before each month shown, shape (3, months)."""
    day = np.array(MONTHS_SHOWN) * DAYS_PER_MONTH
    row = np.searchsorted(curve.day, day, side="left")
    if np.isnan(curve.n_censored).any():
        return _count_risk_by_month(curve, day, row)
    so_far = [np.append(0, np.cumsum(n))[row] for n in (curve.n_events, curve.n_censored)]
    return np.stack([np.append(curve.n_at_risk, 0)[row], *so_far]).astype(np.float64)


def _count_risk_by_month(curve: Curve, day: Numbers, row: Counts) -> Numbers:
    """The same of a curve for release: events of a whole month, no censorings, nothing beyond."""
    by_then = np.searchsorted(curve.day, day, side="right")
    n_events = np.where(
        day <= curve.day[-1], np.append(0, np.cumsum(curve.n_events))[by_then], np.nan
    )
    return np.stack([np.append(curve.n_at_risk, np.nan)[row], n_events, np.full(len(day), np.nan)])
