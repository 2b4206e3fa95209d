"""What an analysis gives: an aggregated table with its words, and no patient in it."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.dictionary import label_of


@dataclass(frozen=True)
class Result:
    """One table with its story.

    ``id``: the name of its file. ``finding``: one sentence with the numbers. ``denominator``: who
    is counted. ``method``: window, interval, handling. ``uses``: the ``table.column`` it rests on,
    so that what was set aside or assumed there can be said beside it. ``notes``: what is missing.
    ``shown``: the columns of the table that a page shows, all when empty; files have them all.
    """

    id: str
    title: str
    finding: str
    table: pd.DataFrame
    n_patients: int
    denominator: str
    method: str
    sources: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def remarks(cohort: Cohort, uses: Iterable[str]) -> tuple[str, ...]:
    """What a reader must know first: assumptions made and values set aside in the columns used."""
    used = frozenset(column for use in uses for column in use.split("|"))
    assumed = [
        f"Assumed throughout, because the registry does not collect it: {name.replace('_', ' ')} = "
        f"{'yes' if value else 'no'}."
        for name, value in cohort.dataset.assumptions.items()
        if f"visits.{name}" in used or name == "treatments_complete"
    ]
    set_aside = {}
    for finding in cohort.dataset.findings:
        place = f"{finding.table}.{finding.column}"
        if finding.severity == "set_aside" and place in used:
            set_aside[place] = set_aside.get(place, 0) + len(finding.rows)
    counted = [f"{_within(label_of(*place.split('.')))} {n}" for place, n in set_aside.items()]
    aside = [f"Values set aside as unknown: {', '.join(counted)}."] if counted else []
    return (*assumed, *aside)


def _within(label: str) -> str:
    """A label as it stands within a sentence; an abbreviation keeps its capitals."""
    return label if label[1:2].isupper() or "-" in label else label[:1].lower() + label[1:]


def headline(months: Iterable[float], cohort: Cohort) -> float:
    """Of some time points in months, that of the study's one-sentence findings or the nearest."""
    return min(months, key=lambda month: abs(month - cohort.protocol.headline_months))


def percent(proportion: float) -> str:
    """``54 %``, without decimals; ``<1 %`` and ``>99 %`` rather than none or all that is not so."""
    if pd.isna(proportion):
        return "not estimable"
    shown = round(100 * proportion)
    if shown == 0 and proportion > 0:
        return "<1 %"
    return ">99 %" if shown == 100 and proportion < 1 else f"{shown:d} %"


def of_whom(selection: Selection) -> str:
    """The selection in words, for the end of a sentence; nothing when all patients are in it."""
    return "" if not selection.filters else f" ({selection.words})"
