"""The stamp of every figure, table and file, so that a number can be traced and had again."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

from lupus_outcomes import __version__
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection

METHOD_PACKAGES = ("numpy", "pandas", "scipy")
ID_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a result comes from.

    ``view``: the choices made for it, by name. ``made_at``: UTC, ISO 8601.
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

    @property
    def id(self) -> str:
        """A short id of everything but the time: the same view of the same data has the same id."""
        known = self.as_dict() | {"made_at": ""}
        known.pop("id")
        canonical = json.dumps(known, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:ID_DIGITS]

    def as_dict(self) -> dict[str, object]:
        """Plain values for a JSON file."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return plain | {"packages": dict(self.packages), "view": dict(self.view), "id": ""}

    def as_json(self) -> str:
        """The stamp as a JSON document."""
        return json.dumps(self.as_dict() | {"id": self.id}, indent=1, ensure_ascii=False) + "\n"

    @property
    def footer(self) -> str:
        """One line for the foot of a figure."""
        synthetic = "SYNTHETIC DATA · " if self.is_synthetic else ""
        view = "".join(f" · {name}: {choice}" for name, choice in self.view.items())
        return (
            f"{synthetic}{self.study} · data cut {self.data_cut} · N {self.n_patients:,} · "
            f"{self.filters_in_words}{view} · dataset {self.dataset_sha256[:8]} · "
            f"lupus-outcomes {self.product_version} · {self.made_at} · {self.id}"
        )


def make_stamp(
    cohort: Cohort, selection: Selection, disclosure: str, view: Mapping[str, str]
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
    )


@cache
def method_packages() -> Mapping[str, str]:
    """The libraries that compute, with their versions."""
    return MappingProxyType({name: version(name) for name in METHOD_PACKAGES})


def _grouping(selection: Selection) -> dict[str, str]:
    return {"grouped by": selection.group_label} if selection.group_label else {}


def describe_definitions(cohort: Cohort) -> dict[str, str]:
    """Every reading of a definition that is not the default, by name."""
    chosen = asdict(cohort.definitions)
    default = asdict(type(cohort.definitions)())
    return {
        f"{index} {option}".replace("_", " "): str(value)
        for index, options in chosen.items()
        for option, value in options.items()
        if value != default[index][option]
    }
