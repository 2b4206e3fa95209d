"""Counting adverse events: patients, events and person-time of hundreds of categories at once.

Every pair of a category and an event that belongs to it is one row; a patient's first event of a
category and the number of them are found once, and each group of patients only sums these up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.intervals import Limits, compute_garwood, compute_wilson
from lupus_outcomes.analysis.rates import DAYS_PER_YEAR, PER_YEARS
from lupus_outcomes.derive.adverse_events import GRADES, NOT_NAMED, AdverseEvents, Names
from lupus_outcomes.derive.selection import Group
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN, Numbers, ThreeValued

GRADE_WORDS = ("mild", "moderate", "severe", "life-threatening", "death")
# Categories by family, in the order of the tables.
FAMILIES = {
    "overall": {
        "any": "Any adverse event",
        "serious": "Serious",
        "non_serious": "Not serious",
        "hospitalisation": "With admission to hospital",
        "fatal": "Fatal",
        "related": "Related to anifrolumab",
        "led_to_stop": "Anifrolumab stopped for it",
        **{f"grade_{n}": f"Grade {n}, {word}" for n, word in zip(GRADES, GRADE_WORDS, strict=True)},
        "early": "Onset up to day 180",
        "late": "Onset after day 180",
    },
    "special": {
        "infection": "Infection",
        "serious_infection": "Serious infection",
        "herpes_zoster": "Herpes zoster",
        "cardiovascular": "Cardiovascular event",
        "neoplasm": "Neoplasm",
    },
}
LABELS = {name: label for family in FAMILIES.values() for name, label in family.items()}
BY_NAME = ("soc", "pt")


@dataclass(frozen=True, slots=True)
class Category:
    """Something an event may belong to: ``id`` of the tables, ``label`` for a reader."""

    id: str
    label: str


@dataclass(frozen=True)
class EventPairs:
    """Events by category. ``category`` and ``patient``: one row a patient with the category, with
    the day of the first and the number of events; ``undecided_*``: one row an event that may belong
    to the category.
    """

    categories: tuple[Category, ...]
    category: NDArray[np.int64]
    patient: NDArray[np.int64]
    first_day: Numbers
    n_events: NDArray[np.int64]
    undecided_category: NDArray[np.int64]
    undecided_patient: NDArray[np.int64]
    exposure_end: Numbers


@dataclass(frozen=True)
class EventCounts:
    """Counts of one group; arrays of shape (categories,), person-time in days."""

    n_exposed: int
    exposure_days: float
    n_patients: NDArray[np.int64]
    n_events: NDArray[np.int64]
    first_event_days: Numbers
    n_unknown: NDArray[np.int64]


def told(events: AdverseEvents, categories: Iterable[str]) -> tuple[str, ...]:
    """Those of the categories that the dataset can tell."""
    return tuple(name for name in categories if events.tells(name))


def pair_flags(events: AdverseEvents, categories: Sequence[str]) -> EventPairs:
    """Events of categories that are conditions, such as serious."""
    named = tuple(Category(name, LABELS[name]) for name in categories)
    return pair_conditions(events, named, [events.holds[name] for name in categories])


def pair_conditions(
    events: AdverseEvents, categories: Sequence[Category], holds: Sequence[ThreeValued]
) -> EventPairs:
    """Events of any conditions: ``holds`` one a category, three-valued, shape (events,)."""
    answers = np.array(holds, dtype=np.int8).reshape(len(categories), len(events.patient))
    known, undecided = np.nonzero(answers == TRUE), np.nonzero(answers == UNKNOWN)
    return _pair(events, tuple(categories), *known, *undecided)


def pair_names(events: AdverseEvents, prefix: str) -> EventPairs:
    """Events of categories that are names: ``soc`` organ classes, ``pt`` preferred terms."""
    names = names_of(events, prefix)
    named = tuple(Category(f"{prefix}:{name}", name) for name in names.names)
    rows = np.flatnonzero(names.code != NOT_NAMED)
    none = np.empty(0, dtype=np.int64)
    return _pair(events, named, names.code[rows], rows, none, none)


def names_of(events: AdverseEvents, prefix: str) -> Names:
    """The organ classes, ``soc``, or the preferred terms, ``pt``, of events."""
    return events.system_organ_class if prefix == "soc" else events.preferred_term


def _pair(
    events: AdverseEvents,
    categories: tuple[Category, ...],
    category: NDArray[np.int64],
    event: NDArray[np.int64],
    undecided_category: NDArray[np.int64],
    undecided_event: NDArray[np.int64],
) -> EventPairs:
    n_patients = len(events.exposure_end)
    cell = category * n_patients + events.patient[event]
    found, place, n_events = np.unique(cell, return_inverse=True, return_counts=True)
    first = np.full(len(found), np.inf)
    np.minimum.at(first, place, events.onset_day[event])
    return EventPairs(
        categories=categories,
        category=found // max(n_patients, 1),
        patient=found % max(n_patients, 1),
        first_day=first,
        n_events=n_events,
        undecided_category=undecided_category,
        undecided_patient=events.patient[undecided_event],
        exposure_end=events.exposure_end,
    )


def exposed(exposure_end: Numbers, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Members who were ever at risk: seen on the day of the first dose or later."""
    return members & (exposure_end >= 0)


def count_events(pairs: EventPairs, members: NDArray[np.bool_]) -> EventCounts:
    """Count the events of some patients; ``members``: bool, shape (patients,)."""
    at_risk = exposed(pairs.exposure_end, members)
    days = float(pairs.exposure_end[at_risk].sum())
    mine = at_risk[pairs.patient]
    category, patient = pairs.category[mine], pairs.patient[mine]
    after_first = pairs.exposure_end[patient] - pairs.first_day[mine]
    n = len(pairs.categories)
    undecided = pairs.undecided_category[at_risk[pairs.undecided_patient]]
    return EventCounts(
        n_exposed=int(at_risk.sum()),
        exposure_days=days,
        n_patients=np.bincount(category, minlength=n),
        n_events=np.bincount(category, pairs.n_events[mine], minlength=n).astype(np.int64),
        first_event_days=days - np.bincount(category, after_first, minlength=n),
        n_unknown=np.bincount(undecided, minlength=n),
    )


def incidence_table(pairs: EventPairs, groups: Iterable[Group]) -> pd.DataFrame:
    """Proportion, event rate and EAIR of every category in every group, a row each.

    Rates per 100 patient-years. The columns of ``adverse_events.csv``, and ``ci_low``, ``ci_high``
    (Wilson) of the proportion, ``n_unknown`` events that may belong to the category, ``event``.
    """
    parts = [_incidence(pairs, group) for group in groups]
    return pd.concat(parts, ignore_index=True)


def _incidence(pairs: EventPairs, group: Group) -> pd.DataFrame:
    counts = count_events(pairs, group.members)
    n = len(pairs.categories)
    share = compute_wilson(counts.n_patients, np.full(n, counts.n_exposed))
    years = np.full(n, counts.exposure_days / DAYS_PER_YEAR)
    first_years = counts.first_event_days / DAYS_PER_YEAR
    rate, rate_limits = rates(counts.n_events, years)
    eair, eair_limits = rates(counts.n_patients, first_years)
    exposed_or_nan = counts.n_exposed or np.nan
    return pd.DataFrame(
        {
            "category": [category.id for category in pairs.categories],
            "n_patients": counts.n_patients,
            "n_exposed": counts.n_exposed,
            "proportion": counts.n_patients / exposed_or_nan,
            "n_events": counts.n_events,
            "person_years": years,
            "event_rate_per_100py": rate,
            "event_rate_ci_low": rate_limits.low,
            "event_rate_ci_high": rate_limits.high,
            "first_event_person_years": first_years,
            "eair_per_100py": eair,
            "eair_ci_low": eair_limits.low,
            "eair_ci_high": eair_limits.high,
            "group": group.group,
            "level": group.level,
            "ci_low": share.low,
            "ci_high": share.high,
            "n_unknown": counts.n_unknown,
            "event": [category.label for category in pairs.categories],
        }
    )


def rates(n_events: NDArray, years: Numbers) -> tuple[Numbers, Limits]:
    """Events per 100 patient-years with exact limits; NaN where no time was observed."""
    estimate = PER_YEARS * n_events / np.where(years > 0, years, np.nan)
    return estimate, compute_garwood(n_events, years, PER_YEARS)
