"""The finding of a released table, written anew from what is released and from nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from lupus_outcomes.analysis.result import headline, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.release.roles import Says

MOST_TOLD = 3
TIMES = ("timepoint", "milestone")
MONTHS = ("timepoint_months", "milestone_months")
WORDS: Mapping[str, Callable[[Any], str]] = {"endpoint": lambda name: ENDPOINTS[name].label}


def tell(table: pd.DataFrame, says: Says, cohort: Cohort) -> str:
    """One sentence on all patients at the study's headline time; empty where nothing is left."""
    rows = table[table["group"] == "all"] if "group" in table.columns else table
    rows = rows[rows[says.value].notna()]
    for column in MONTHS:
        if column in rows.columns and len(later := rows[rows[column] > 0]):
            rows = later[later[column] == headline(later[column], cohort)]
    for column in ("handling", "definition", "method"):
        if column in rows.columns and len(rows):
            rows = rows[rows[column] == _preferred(rows[column], cohort)]
    if rows.empty:
        return ""
    told = rows.head(MOST_TOLD).to_dict("records")
    when = next((f"At {told[0][name]}: " for name in TIMES if name in told[0]), "")
    sentence = f"{when}{', '.join(_said(row, says) for row in told)}."
    return sentence[:1].upper() + sentence[1:]


def _preferred(values: pd.Series, cohort: Cohort) -> object:
    """The protocol's handling where it is among them, else the first."""
    own = cohort.protocol.handling
    return own if (values == own).any() else values.iloc[0]


def _said(row: Mapping[Any, Any], says: Says) -> str:
    named = WORDS.get(says.label, str)(row[says.label]) if says.label else ""
    counted = f"{row[says.part]:,.0f}" if says.part else ""
    counted += f" of {row[says.of]:,.0f}" if says.of else ""
    limits = ""
    if says.low and row[says.low] == row[says.low]:
        limits = f"95 % CI {100 * row[says.low]:.0f}–{100 * row[says.high]:.0f}"
    brackets = "; ".join(filter(None, (counted, limits)))
    words = (says.what, named, percent(row[says.value]), f"({brackets})" if brackets else "")
    return " ".join(filter(None, words))
