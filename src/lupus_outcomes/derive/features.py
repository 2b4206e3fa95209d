"""What is known of a patient at baseline and may go with a response: the features of the models.

Everything here is read from the patient's own row and from the baseline visit; nothing after the
index date can enter. What is missing stays missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers, take_conditions, three_valued
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN, Numbers, ThreeValued

EXPECTED = "expectation of the registry's investigators"
NOT_EXPECTED = "kept as a check: no association is expected"
# Of a centre this many patients must be there before it is said never to measure something.
FEWEST_OF_A_CENTRE = 3


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature. ``direction``: expected association with response, 0 for none or not known;
    ``per``: units of the odds ratio; ``read``: its values from a cohort, shape (patients,), NaN
    where unknown.
    """

    id: str
    label: str
    unit: str
    direction: int
    source: str
    read: Callable[[Cohort], Numbers]
    is_binary: bool = False
    per: float = 1.0


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """Values of shape (patients, features), NaN where unknown; ``is_by_design``: shape (features,),
    missing because some centres never measure it.
    """

    features: tuple[Feature, ...]
    values: Numbers
    is_by_design: NDArray[np.bool_]


def _column(name: str) -> Callable[[Cohort], Numbers]:
    return lambda cohort: numbers(cohort.patients[name])


def _at_least(name: str, limit: float) -> Callable[[Cohort], Numbers]:
    def read(cohort: Cohort) -> Numbers:
        values = numbers(cohort.patients[name])
        return np.where(np.isnan(values), np.nan, values >= limit)

    return read


def _condition(name: str) -> Callable[[Cohort], Numbers]:
    return lambda cohort: _as_numbers(three_valued(cohort.patients[name]))


def _at_baseline(name: str) -> Callable[[Cohort], Numbers]:
    def read(cohort: Cohort) -> Numbers:
        values = three_valued(cohort.tables["visits"][name])
        return _as_numbers(take_conditions(values, cohort.baseline))

    return read


def _is_code(name: str, code: str) -> Callable[[Cohort], Numbers]:
    def read(cohort: Cohort) -> Numbers:
        column = cohort.patients[name]
        return np.where(column.isna(), np.nan, column == code).astype(np.float64)

    return read


def _as_numbers(values: ThreeValued) -> Numbers:
    return np.where(values == UNKNOWN, np.nan, values == TRUE).astype(np.float64)


def _feature(id: str, label: str, unit: str, direction: int, read, **more) -> Feature:
    source = more.pop("source", EXPECTED if direction else NOT_EXPECTED)
    return Feature(id, label, unit, direction, source, read, **more)


def _yes_no(id: str, label: str, direction: int, read, **more) -> Feature:
    return _feature(id, label, "yes or no", direction, read, is_binary=True, **more)


_ALL = (
    _feature(
        "prednisone",
        "Prednisone dose",
        "mg/day",
        -1,
        _column("baseline_prednisone_mg_day"),
        per=5.0,
    ),
    _feature(
        "damage", "SLICC/ACR damage index", "points", -1, _column("baseline_slicc_damage_index")
    ),
    _yes_no("low_complement", "Low complement", -1, _at_baseline("low_complement")),
    _yes_no(
        "skin_dominant",
        "Skin-dominant (CLASI activity ≥ 8)",
        1,
        _at_least("baseline_clasi_activity", 8),
    ),
    _yes_no(
        "two_prior_biologics", "Two or more prior biologics", -1, _at_least("prior_biologics", 2)
    ),
    _yes_no("smoker", "Current smoker", -1, _is_code("smoking", "current")),
    _yes_no("hydroxychloroquine", "Hydroxychloroquine", 1, _condition("hydroxychloroquine")),
    _feature(
        "disease_duration",
        "Disease duration",
        "years",
        -1,
        _column("disease_duration_years"),
        per=10.0,
    ),
    _yes_no(
        "three_swollen_joints",
        "Three or more swollen joints",
        0,
        _at_least("baseline_swollen_joints_28", 3),
        source="published associations disagree",
    ),
    _yes_no(
        "ifn_signature_high",
        "Interferon signature high",
        1,
        _condition("ifn_signature_high"),
        source="TULIP-1 and -2 pooled: Vital 2022, Ann Rheum Dis 81:951",
    ),
    _feature("age", "Age", "years", 0, _column("age_years"), per=10.0),
    _yes_no("female", "Female", 0, _is_code("sex", "female")),
    _yes_no("anti_ro", "Anti-Ro", 0, _condition("anti_ro")),
)
FEATURES: Mapping[str, Feature] = MappingProxyType({feature.id: feature for feature in _ALL})


def derive_features(cohort: Cohort) -> FeatureTable:
    """The features that vary among these patients, in the order of ``FEATURES``."""
    columns = {feature: feature.read(cohort) for feature in _ALL}
    kept = {
        f: values for f, values in columns.items() if np.unique(values[~np.isnan(values)]).size > 1
    }
    values = np.column_stack(list(kept.values())) if kept else np.empty((cohort.n_patients, 0))
    return FeatureTable(tuple(kept), values, _never_measured_somewhere(cohort, values))


def _never_measured_somewhere(cohort: Cohort, values: Numbers) -> NDArray[np.bool_]:
    """Whether some centres have no value at all where others have most."""
    members = cohort.characteristics["centre"].members
    members = members[members.sum(axis=1) >= FEWEST_OF_A_CENTRE].astype(np.float64)
    known = (members @ ~np.isnan(values)) / np.maximum(members.sum(axis=1), 1)[:, np.newaxis]
    if not len(known):
        return np.zeros(values.shape[1], dtype=np.bool_)
    return (known == 0).any(axis=0) & (known > 0.5).any(axis=0)
