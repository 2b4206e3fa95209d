"""A result's table as it is released: counts rounded or hidden, all else made of the rounded ones.

A row without a count it needs is left out. What is not declared stays in the table's form and is
empty.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.intervals import LEVEL as CONFIDENCE
from lupus_outcomes.analysis.intervals import (
    Limits,
    compute_garwood,
    compute_wilson,
    normal_quantile,
)
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.release.curve_steps import as_steps, by_month
from lupus_outcomes.release.hiding import find_hidden
from lupus_outcomes.release.roles import GROUP, Kind, Rate, Risk, Share
from lupus_outcomes.release.rounding import FEWEST_DESCRIBED, round_counts, round_to_five

PER_YEARS = 100
TIME_ROUNDED_TO = 10
KAPLAN_MEIER = "kaplan_meier"


def round_table(result: Result, kind: Kind) -> pd.DataFrame:
    """The released table of a result.

    Raises
    ------
    ValueError
        No way was found to make it safe.
    """
    table = result.table
    if not kind.has_rows or table.empty:
        return table.iloc[:0]
    prepared = _prepare(result, kind).reset_index(drop=True)
    hidden = find_hidden(prepared, kind)
    rounded = _round(prepared, kind, hidden)
    rounded = rounded[~hidden[list(kind.required)].any(axis=1)]
    if kind.day:
        rounded = as_steps(rounded, kind)
    if "summary" in table.columns:
        rounded = rounded.assign(summary=[_in_words(row) for row in rounded.to_dict("records")])
    return _in_form(_in_order(rounded, kind), table)


def _prepare(result: Result, kind: Kind) -> pd.DataFrame:
    """The table with counts that its rules need and that it does not have as columns."""
    table = result.table
    if kind.day:
        return by_month(table, kind)
    add = ADDED.get(result.id)
    return table.assign(**add(table, result)) if add else table


def _known(table: pd.DataFrame, result: Result) -> dict[str, pd.Series]:
    """Of how many a characteristic is known."""
    return {"n_known": result.n_patients - table["n_missing"]}


def _selected(table: pd.DataFrame, result: Result) -> dict[str, int]:
    return {"n_selected": result.n_patients}


def _by_milestone(table: pd.DataFrame, result: Result) -> dict[str, pd.Series]:
    """How many had lost it by the milestone had nobody been censored."""
    return {"n_by_milestone": (table["probability"] * table["n"]).round()}


ADDED: dict[str, Callable[[pd.DataFrame, Result], dict]] = {
    "cohort": _known,
    "centres": _selected,
    "manifestation_medians": _by_milestone,
}


def _round(table: pd.DataFrame, kind: Kind, hidden: pd.DataFrame) -> pd.DataFrame:
    """Every declared column anew."""
    counts = {
        name: np.where(hidden[name], np.nan, round_counts(table[name])) for name in kind.counts
    }
    columns: dict[str, Any] = {name: table[name] for name in kind.labels}
    columns |= counts
    for name in kind.times:
        columns[name] = _round_time(table[name])
    for share in kind.shares:
        columns |= _share(share, counts, table)
    for risk in kind.risks:
        columns |= _risk(risk, counts, table)
    for rate in kind.rates:
        columns |= _rate(rate, counts, table)
    for described in kind.described:
        is_told = (table[described.of] >= FEWEST_DESCRIBED) & ~hidden[described.of]
        is_told &= ~_beside_few(table, kind, is_told)
        for name in described.columns:
            columns[name] = table[name].astype(np.float64).where(is_told).round(described.digits)
    if kind.day:
        columns[kind.day] = table[kind.day]
    return pd.DataFrame(columns, index=table.index)


def _beside_few(table: pd.DataFrame, kind: Kind, is_told: pd.Series) -> pd.Series:
    """Levels beside one that is not told: with the mean of all, theirs would give away its mean."""
    if "group" not in table.columns:
        return ~is_told
    is_level = table["group"] != "all"
    keys = [name for name in kind.labels if name not in GROUP]
    is_few = is_level & ~is_told
    if not keys:
        return is_level & bool(is_few.any())
    return is_level & is_few.groupby([table[key] for key in keys], dropna=False).transform("any")


def _share(share: Share, counts: dict[str, Numbers], table: pd.DataFrame) -> dict[str, Numbers]:
    if not share.value:
        return {}
    part, of = counts[share.part], counts[share.of]
    value = np.minimum(part, of) / np.where(of > 0, of, np.nan)
    limits = compute_wilson(np.minimum(part, of), of)
    # Measurements stand in a table of conditions, and have no share.
    value = np.where(table[share.value].isna(), np.nan, value)
    return _named((share.value, value), (share.low, share.high), limits)


def _rate(rate: Rate, counts: dict[str, Numbers], table: pd.DataFrame) -> dict[str, Numbers]:
    events, time = counts[rate.events], _round_time(table[rate.time])
    value = PER_YEARS * events / np.where(time > 0, time, np.nan)
    limits = compute_garwood(events, time, PER_YEARS)
    return _named((rate.value, value), (rate.low, rate.high), limits)


def _risk(risk: Risk, counts: dict[str, Numbers], table: pd.DataFrame) -> dict[str, Numbers]:
    """Rounded events of as many, rounded, as the exact ones were of."""
    gone = 1 - table[risk.value] if risk.is_falling else table[risk.value]
    gone = gone.to_numpy(dtype=np.float64)
    events = counts[risk.part]
    with np.errstate(divide="ignore", invalid="ignore"):
        behind = round_to_five(table[risk.part].to_numpy(dtype=np.float64) / gone)
        share = np.clip(events / behind, 0, 1)
    is_told = np.isfinite(share)
    share = np.where(is_told, share, np.nan)
    limits = _log_log(events, behind)
    if "method" in table.columns:
        is_product_limit = (table["method"] == KAPLAN_MEIER).to_numpy()
        limits = Limits(*(np.where(is_product_limit, ends, np.nan) for ends in limits))
    elif not risk.is_falling:
        limits = Limits(*(np.full(len(table), np.nan) for _ in limits))
    if risk.is_falling:
        share, limits = 1 - share, Limits(1 - limits.high, 1 - limits.low)
    named = _named((risk.value, share), (risk.low, risk.high), limits)
    return named | ({risk.also: share} if risk.also else {})


def _log_log(events: Numbers, behind: Numbers) -> Limits:
    """Limits of a share by Greenwood's variance on the log(-log) scale, as of a curve."""
    with np.errstate(divide="ignore", invalid="ignore"):
        left = 1 - events / behind
        log_left = np.log(left)
        error = np.sqrt(events / (behind * (behind - events))) / np.abs(log_left)
        reach = np.exp(normal_quantile(CONFIDENCE) * error)
        low, high = 1 - left ** (1 / reach), 1 - left**reach
    is_told = np.isfinite(low) & np.isfinite(high)
    return Limits(np.where(is_told, low, np.nan), np.where(is_told, high, np.nan))


def _in_words(row: Mapping[Any, Any]) -> str:
    """A row of the baseline table as one cell."""
    if row["proportion"] == row["proportion"]:
        return f"{row['n']:.0f} ({100 * row['proportion']:.0f} %)"
    if row["mean"] == row["mean"]:
        middle = f"{row['median']:.1f} [{row['q1']:.1f}–{row['q3']:.1f}]"
        return f"{row['mean']:.1f} ({row['sd']:.1f}); {middle}"
    return f"{row['n']:,.0f}" if row["characteristic"] == "Patients" else ""


def _named(
    estimate: tuple[str, Numbers], names: tuple[str, str], limits: Limits
) -> dict[str, Numbers]:
    """An estimate with its limits by their columns; without names none are released."""
    name, value = estimate
    ends = dict(zip(names, limits, strict=True)) if names[0] else {}
    return {name: value} | {end: np.where(np.isnan(value), np.nan, v) for end, v in ends.items()}


def _round_time(years: pd.Series) -> Numbers:
    return np.round(years.to_numpy(dtype=np.float64) / TIME_ROUNDED_TO) * TIME_ROUNDED_TO


def _in_order(rounded: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Rows whose order told their exact counts are ordered by what is released of them."""
    if not kind.ranked_by or rounded.empty:
        return rounded
    name = kind.labels[0]
    of_all = rounded[rounded["group"] == "all"] if "group" in rounded else rounded
    ranked = of_all.sort_values([kind.ranked_by, name], ascending=[False, True])
    place = {label: at for at, label in enumerate(ranked[name])}
    rounded = rounded[rounded[name].isin(list(place))]
    return rounded.iloc[np.argsort(rounded[name].map(place).to_numpy(), kind="stable")]


def _in_form(rounded: pd.DataFrame, original: pd.DataFrame) -> pd.DataFrame:
    """The columns of the original in their order; whole numbers where nothing is hidden."""
    columns = {}
    for name, before in original.items():
        if name in rounded:
            column = rounded[name]
            is_whole = name in ("n", "responders") or str(name).startswith("n_")
            if is_whole and column.dtype.kind == "f" and not column.isna().any():
                column = column.astype(np.int64)
            columns[name] = column.to_numpy()
        elif before.dtype.kind in "iufb":
            columns[name] = np.full(len(rounded), np.nan)
        else:
            columns[name] = np.full(len(rounded), "", dtype=object)
    return pd.DataFrame(columns)
