"""What each column of a result table is: its words, and how a spreadsheet writes its numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from lupus_outcomes.export.words import (
    COLUMN_WORDS,
    MEANS,
    RANGES,
    RATIOS,
    SHARES,
    WHOLE_NUMBERS,
    WITH_LIMITS,
)

SHARE, COUNT, NUMBER, P_VALUE = "share", "whole number", "number", "p-value"
DAY, MONTH, MOMENT, TEXT, YES_NO = "date", "month", "date and time", "text", "yes or no"
# Shares that stand in no table of words, for they are shown otherwise or not at all.
OTHER_SHARES = frozenset({"difference", "threshold", "overall", "rd_ci_low", "rd_ci_high"})
DATES = {
    DAY: re.compile(r"\d{4}-\d{2}-\d{2}"),
    MONTH: re.compile(r"\d{4}-\d{2}"),
    MOMENT: re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"),
}


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """One column of a result table. ``meaning``: as a page says it."""

    name: str
    meaning: str
    kind: str


def describe_columns(table: pd.DataFrame) -> tuple[ResultColumn, ...]:
    """Every column of a table, in its order."""
    names = [str(name) for name in table.columns]
    owners = _find_owners(names)
    return tuple(
        ResultColumn(name, _meaning(name, owners), _kind(name, cells, owners))
        for name, (_, cells) in zip(names, table.items(), strict=True)
    )


def _find_owners(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of each limit in a table, the estimate it belongs to and which limit it is."""
    present = frozenset(names)
    found: dict[str, tuple[str, str]] = {}
    for words in (WHOLE_NUMBERS, RATIOS, MEANS, SHARES):
        for name, (low, high, _) in words.items():
            if name in present and low in present:
                found |= {low: (name, "lower limit"), high: (name, "upper limit")}
    return found


def _meaning(name: str, owners: dict[str, tuple[str, str]]) -> str:
    if name in owners:
        owner, which = owners[name]
        return f"{which} of: {_meaning(owner, {})}"
    for words in (SHARES, MEANS, RATIOS, WHOLE_NUMBERS):
        if name in words:
            return words[name][2].removesuffix(WITH_LIMITS)
    if name in RANGES:
        return f"{RANGES[name][1]}, lower"
    lower = next((low for low, (high, _) in RANGES.items() if high == name), None)
    if lower:
        return f"{RANGES[lower][1]}, upper"
    return COLUMN_WORDS.get(name, name.replace("_", " "))


def _kind(name: str, cells: pd.Series, owners: dict[str, tuple[str, str]]) -> str:
    if pd.api.types.is_bool_dtype(cells):
        return YES_NO
    if pd.api.types.is_datetime64_any_dtype(cells):
        return DAY
    if not pd.api.types.is_numeric_dtype(cells):
        found = _kind_of_text(cells)
        if found:
            return found
    if _is_share(name, owners):
        return SHARE
    if name.startswith("p_"):
        return P_VALUE
    known = pd.to_numeric(cells, errors="coerce").dropna()
    return COUNT if (known % 1 == 0).all() else NUMBER


def _kind_of_text(cells: pd.Series) -> str:
    """The kind of a column that holds text, empty where it holds numbers, too."""
    known = [cell for cell in cells.tolist() if isinstance(cell, str) and cell]
    if not known:
        return "" if len(cells.dropna()) else TEXT
    for kind, pattern in DATES.items():
        if all(map(pattern.fullmatch, known)):
            return kind
    return TEXT if all(isinstance(c, str) or pd.isna(c) for c in cells.tolist()) else ""


def _is_share(name: str, owners: dict[str, tuple[str, str]]) -> bool:
    if name in owners:
        return owners[name][0] in SHARES
    limits = {limit for low, high, _ in SHARES.values() for limit in (low, high)}
    of_ranges = {*RANGES, *(high for high, _ in RANGES.values())}
    # Limits that several kinds of estimates have are told by the estimate beside them.
    shared = {limit for low, high, _ in (MEANS | RATIOS).values() for limit in (low, high)}
    return name in SHARES or name in OTHER_SHARES | of_ranges | (limits - shared - {""})
