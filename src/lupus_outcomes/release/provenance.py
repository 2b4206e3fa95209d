"""The stamp of every figure, table and file, so that a number can be traced and had again."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import pandas as pd

from lupus_outcomes import __version__
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.derive.visits import Definitions

METHOD_PACKAGES = ("numpy", "pandas", "scipy")
ID_DIGITS, SEAL = 10, "seal"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a result comes from.

    ``view``: the choices made for it, by name. ``recipe``: the same as ids, so that a program can
    make it again; empty where it cannot. ``made_at``: UTC, ISO 8601.
    """

    dataset_sha256: str
    dataset_title: str
    is_synthetic: bool
    study: str
    data_cut: str
    population: str
    n_patients: int
    filters_in_words: str
    filters: str
    disclosure: str
    product_version: str
    packages: Mapping[str, str]
    made_at: str
    view: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    recipe: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def id(self) -> str:
        """A short id of everything but the time: the same view of the same data has the same id."""
        known = self.as_dict() | {"made_at": ""}
        known.pop("id")
        canonical = json.dumps(known, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:ID_DIGITS]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        own = {name: dict(getattr(self, name)) for name in ("packages", "view", "recipe")}
        return plain | own | {"id": ""}

    @property
    def footer(self) -> str:
        """One line for the foot of a figure."""
        synthetic = "SYNTHETIC DATA · " if self.is_synthetic else ""
        synthetic += "RELEASE MODE, counts rounded · " if self.disclosure == "release" else ""
        view = "".join(f" · {name}: {choice}" for name, choice in self.view.items())
        return (
            f"{synthetic}{self.study} · data cut {self.data_cut} · N {self.n_patients:,} · "
            f"{self.filters_in_words}{view} · dataset {self.dataset_sha256[:8]} · "
            f"lupus-outcomes {self.product_version} · {self.made_at} · {self.id}"
        )


def make_stamp(
    cohort: Cohort,
    selection: Selection,
    disclosure: str,
    view: Mapping[str, str],
    recipe: Mapping[str, Any] | None = None,
) -> Stamp:
    """The stamp of a result made from this selection now."""
    return Stamp(
        dataset_sha256=cohort.dataset.fingerprint,
        dataset_title=cohort.dataset.title,
        is_synthetic=cohort.dataset.is_synthetic,
        study=cohort.protocol.id,
        data_cut=cohort.data_cut.isoformat(),
        population=cohort.protocol.population,
        n_patients=selection.n_patients,
        filters_in_words=selection.words,
        filters=selection.canonical,
        disclosure=disclosure,
        product_version=__version__,
        packages=dict(method_packages()),
        made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        view=dict(view) | _grouping(selection) | describe_definitions(cohort),
        recipe=_complete(recipe, cohort, selection) if recipe else {},
    )


def _complete(recipe: Mapping[str, Any], cohort: Cohort, selection: Selection) -> dict[str, Any]:
    """A recipe with what every result depends on: grouping, definitions, the reader's centres."""
    group = selection.groups[1].group if len(selection.groups) > 1 else None
    scope = cohort.dataset.centres
    of_centres = {} if scope is None else {"centres": list(scope)}
    definitions = other_readings(cohort.definitions)
    return {**recipe, "group": group, "definitions": definitions, **of_centres}


@cache
def method_packages() -> Mapping[str, str]:
    """The libraries that compute, with their versions."""
    return MappingProxyType({name: version(name) for name in METHOD_PACKAGES})


def _grouping(selection: Selection) -> dict[str, str]:
    return {"grouped by": selection.group_label} if selection.group_label else {}


def describe_definitions(cohort: Cohort) -> dict[str, str]:
    """Every reading of a definition that is not the default, by name."""
    return {
        f"{index} {option}".replace("_", " "): str(value)
        for index, options in other_readings(cohort.definitions).items()
        for option, value in options.items()
    }


def other_readings(definitions: Definitions) -> dict[str, dict[str, Any]]:
    """The options that are not at their default, by index."""
    default = asdict(Definitions())
    found = {
        index: {name: value for name, value in options.items() if value != default[index][name]}
        for index, options in asdict(definitions).items()
    }
    return {index: options for index, options in found.items() if options}


def seal(content: Mapping[str, Any]) -> str:
    """A digest of a stamp as it is written, without the seal itself: shows that it was changed."""
    known = {name: value for name, value in content.items() if name != SEAL}
    canonical = json.dumps(known, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def hash_table(table: pd.DataFrame) -> str:
    """SHA-256 of a table's names and cells, numbers to ten digits: the same on every machine."""
    digest = hashlib.sha256()
    for name, column in table.items():
        cells = column.tolist()
        digest.update("\x1f".join([str(name), *map(_canonical, cells), "\x1e"]).encode())
    return digest.hexdigest()


def _canonical(cell: Any) -> str:
    if cell is None or cell is pd.NA or cell != cell:
        return ""
    # Adding 0 takes the sign from a rounded 0.
    return f"{float(f'{cell:.10g}') + 0.0:.10g}" if isinstance(cell, float) else str(cell)
