"""Curves as they are released: read once a month, with steps of rounded numbers of people.

A day on which somebody's follow-up ended would be a mark of a person; a whole month is not. Events
that are fewer than 8 so far are drawn as none.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from lupus_outcomes.protocol import DAYS_PER_MONTH
from lupus_outcomes.release.roles import Kind

HALF = 0.5


def by_month(table: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """The curves at every whole month: events until then, and at risk from that day on."""
    (risk,) = kind.risks
    days = np.arange(np.ceil(table[kind.day].max() / DAYS_PER_MONTH) + 1) * DAYS_PER_MONTH
    parts = []
    for labels, rows in _curves(table, kind):
        day = rows[kind.day].to_numpy()
        until, since = (np.searchsorted(day, days, side=side) for side in ("right", "left"))
        columns = dict(zip(kind.labels, labels, strict=True)) | {
            kind.day: days,
            risk.part: np.append(0, np.cumsum(rows[risk.part]))[until],
            kind.at_risk: np.append(rows[kind.at_risk], 0)[since],
            risk.value: np.append(_start(kind), rows[risk.value])[until],
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def as_steps(rounded: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Rounded curves with the events of each month, never turning back."""
    (risk,) = kind.risks
    steps = []
    for _, rows in _curves(rounded, kind):
        so_far = rows[risk.part].ffill().fillna(0).cummax()
        value = rows[risk.value].ffill().fillna(_start(kind))
        value = value.cummin() if risk.is_falling else value.cummax()
        columns = {risk.part: so_far.diff().fillna(so_far), risk.value: value}
        if kind.median:
            is_reached = (value - _start(kind)).abs() >= HALF
            columns[kind.median] = rows[kind.day].where(is_reached).min() / DAYS_PER_MONTH
        steps.append(rows.assign(**columns))
    return pd.concat(steps, ignore_index=True) if steps else rounded


def _curves(table: pd.DataFrame, kind: Kind) -> Iterable[tuple[tuple, pd.DataFrame]]:
    for labels, rows in table.groupby(list(kind.labels), sort=False):
        yield labels, rows.sort_values(kind.day, kind="stable")


def _start(kind: Kind) -> float:
    """The value of a curve before any event."""
    return 1.0 if kind.risks[0].is_falling else 0.0
