"""Whom a result is about: the protocol's analysis set, narrowed by filters, divided in groups."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.characteristics import Characteristic
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.eligibility import is_in_analysis_set
from lupus_outcomes.errors import UsageError

# Characteristic ids with the levels kept, in order: plain and hashable, to be a cache key.
Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the selected patients: bool of shape (patients,)."""

    group: str
    level: str
    members: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Selection:
    """The patients a result is about. ``groups`` begins with all of them."""

    members: NDArray[np.bool_]
    filters: Filters
    groups: tuple[Group, ...]
    words: str
    group_label: str = ""
    groups_overlap: bool = False

    @property
    def n_patients(self) -> int:
        """How many patients are selected."""
        return int(self.members.sum())

    @property
    def canonical(self) -> str:
        """The filters as JSON, the same for the same filters whatever their order."""
        return json.dumps({name: list(levels) for name, levels in self.filters}, sort_keys=True)


def parse_filters(pairs: Iterable[str]) -> Filters:
    """``COLUMN=VALUE`` words, repeated for several levels of one column, as filters."""
    chosen: dict[str, list[str]] = {}
    for pair in pairs:
        column, is_there, value = pair.partition("=")
        if not is_there:
            raise UsageError(f"--filter {pair}: write COLUMN=VALUE.")
        chosen.setdefault(column.strip(), []).append(value.strip())
    return normalise_filters({name: tuple(levels) for name, levels in chosen.items()})


def normalise_filters(chosen: Mapping[str, tuple[str, ...]] | Filters) -> Filters:
    """Filters sorted, without repetitions and without empty ones."""
    levels = dict(chosen)
    return tuple(sorted((name, tuple(sorted(set(v)))) for name, v in levels.items() if v))


def select_patients(
    cohort: Cohort,
    filters: Filters = (),
    group: str | None = None,
    *,
    members: NDArray[np.bool_] | None = None,
    words: str = "all patients",
) -> Selection:
    """Apply filters and a grouping.

    Within one characteristic any of the levels is enough; every characteristic must hold.
    ``members``, of shape (patients,), is a set named beforehand, as that of an interim analysis,
    and ``words`` its name: the filters narrow it, the analysis set does not.

    Raises
    ------
    UsageError
        A characteristic or level the cohort does not have; the message lists those it has.
    """
    filters = normalise_filters(filters)
    selected = is_in_analysis_set(cohort) if members is None else members
    scope = cohort.dataset.centres
    said = [] if scope is None else [f"Centre: {' or '.join(scope)} only"]
    said += [] if members is None else [words]
    for name, levels in filters:
        characteristic = find_characteristic(cohort, name)
        chosen = [_level(characteristic, level) for level in levels]
        selected = selected & characteristic.members[chosen].any(axis=0)
        said.append(f"{characteristic.label}: {' or '.join(levels)}")
    groups = [Group("all", "all", selected)]
    label, overlaps = "", False
    if group is not None:
        by = find_characteristic(cohort, group)
        label, overlaps = by.label, by.overlaps
        groups += [
            Group(group, level, selected & has)
            for level, has in zip(by.levels, by.members, strict=True)
        ]
    return Selection(
        members=selected,
        filters=filters,
        groups=tuple(groups),
        words="; ".join(said) or words,
        group_label=label,
        groups_overlap=overlaps,
    )


def find_characteristic(cohort: Cohort, name: str) -> Characteristic:
    """The characteristic of that id."""
    if name not in cohort.characteristics:
        known = ", ".join(cohort.characteristics)
        raise UsageError(f"There is no characteristic {name} in this dataset. Use one of: {known}.")
    return cohort.characteristics[name]


def _level(characteristic: Characteristic, level: str) -> int:
    if level not in characteristic.levels:
        known = ", ".join(characteristic.levels)
        raise UsageError(f"{characteristic.id} has no level {level}. Use one of: {known}.")
    return characteristic.levels.index(level)
