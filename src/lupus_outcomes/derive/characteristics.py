"""What each patient was like at baseline: measurements, and levels to filter and group by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import numbers, take_numbers, three_valued
from lupus_outcomes.derive.timepoints import NONE
from lupus_outcomes.dictionary import PATIENTS, label_of
from lupus_outcomes.indices.sledai import DESCRIPTORS
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN, Numbers, ThreeValued

DAYS_PER_YEAR = 365.25
UNKNOWN_LEVEL = "unknown"


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One way to divide patients. ``members``: bool, shape (levels, patients).

    Where ``overlaps`` a patient can belong to several levels, so groups do not add up to the whole.
    """

    id: str
    label: str
    levels: tuple[str, ...]
    members: NDArray[np.bool_]
    overlaps: bool = False

    @property
    def sizes(self) -> list[int]:
        """How many patients each level has."""
        return np.count_nonzero(self.members, axis=1).tolist()


@dataclass(frozen=True, slots=True)
class Bands:
    """How a measurement is cut into levels. ``edges``: of half-open bands, ascending, no ends."""

    label: str
    column: str
    edges: tuple[float, ...]
    levels: tuple[str, ...]


BANDED = MappingProxyType(
    {
        "age": Bands(
            "Age at index, years",
            "age_years",
            (30, 45, 60),
            ("below 30", "30-44", "45-59", "60 and over"),
        ),
        "disease_duration": Bands(
            "Disease duration, years",
            "disease_duration_years",
            (2, 5, 10, 20),
            ("below 2", "2-4", "5-9", "10-19", "20 and over"),
        ),
        "baseline_dose": Bands(
            "Prednisone at baseline, mg/day",
            "baseline_prednisone_mg_day",
            (1e-9, 5.0 + 1e-9, 7.5 + 1e-9, 10.0 + 1e-9),
            ("none", "up to 5", "above 5 to 7.5", "above 7.5 to 10", "above 10"),
        ),
        "prior_biologics": Bands(
            "Biologics before index", "prior_biologics", (1, 2), ("none", "one", "two or more")
        ),
    }
)
# Baseline activity of an organ domain, by the SLEDAI-2K descriptors of that domain.
MANIFESTATIONS = MappingProxyType(
    {
        "skin": ("rash", "alopecia", "mucosal_ulcers"),
        "joints": ("arthritis",),
        "muscle": ("myositis",),
        "haematological": ("thrombocytopenia", "leukopenia"),
        "serositis": ("pleurisy", "pericarditis"),
        "renal": ("urinary_casts", "haematuria", "proteinuria", "pyuria"),
        "neuropsychiatric": tuple(
            d.id for d in DESCRIPTORS if d.domain == "central nervous system"
        ),
        "vasculitis": ("vasculitis",),
        "constitutional": ("fever",),
    }
)
SEROLOGY = ("low_complement", "anti_dsdna")
CODED = ("sex", "treatment_group", "classification", "smoking")
CONDITIONS = (
    "hydroxychloroquine",
    "prior_belimumab",
    "prior_rituximab",
    "ifn_signature_high",
    "anti_ro",
    "antiphospholipid",
    "compassionate_use",
)
BASELINE_MEASUREMENTS = (
    "physician_ga",
    "patient_ga",
    "swollen_joints_28",
    "tender_joints_28",
    "clasi_activity",
    "clasi_damage",
    "facit_fatigue",
    "sf36_pcs",
    "sf36_mcs",
    "eq5d_index",
    "eq5d_vas",
    "pain_vas",
)
BASELINE_STATES = (
    "sledai_2k",
    "sledai_2k_low",
    "sledai_2k_high",
    "clinical_sledai",
    "sle_das",
    "prednisone_mg_day",
    "slicc_damage_index",
)


def read_baseline(
    visits: pd.DataFrame, states: Mapping[str, NDArray], baseline: NDArray[np.int64]
) -> dict[str, Numbers]:
    """Measurements and scores at the baseline visit, a patient each, as ``baseline_`` columns."""
    columns = {name: states[name] for name in BASELINE_STATES}
    columns |= {name: numbers(visits[name]) for name in BASELINE_MEASUREMENTS}
    return {f"baseline_{n}": take_numbers(values, baseline) for n, values in columns.items()}


def derive_baseline(patients: pd.DataFrame, at_baseline: Mapping[str, Numbers]) -> pd.DataFrame:
    """``patients`` with disease duration (years) and the measurements of the baseline visit."""
    measured = dict(at_baseline)
    damage = measured["baseline_slicc_damage_index"]
    measured["baseline_slicc_damage_index"] = np.where(
        np.isnan(damage), numbers(patients["slicc_damage_index"]), damage
    )
    # Four decimals: 40.2 mg at 67 kg must not exceed 0.6 mg/kg by the last bit of a fraction.
    per_kg = measured["baseline_prednisone_mg_day"] / numbers(patients["weight_kg"])
    measured["baseline_prednisone_mg_kg_day"] = np.round(per_kg, 4)
    since = (patients["index_date"] - patients["diagnosis_date"]).dt.days
    measured["disease_duration_years"] = since.to_numpy(dtype=np.float64) / DAYS_PER_YEAR
    found = pd.DataFrame(measured, index=patients.index, copy=False)
    return pd.concat([patients, found], axis=1, copy=False)


def derive_characteristics(
    patients: pd.DataFrame, visits: pd.DataFrame, baseline: NDArray[np.int64]
) -> Mapping[str, Characteristic]:
    """Every characteristic the patients can be filtered and grouped by, in the order offered.

    ``patients`` as ``derive_baseline`` gives them. A characteristic that is unknown for all is
    left out.
    """
    found = (
        *_as_found(patients),
        _manifestations(visits, baseline),
        *_conditions(patients, visits, baseline),
    )
    return MappingProxyType({c.id: c for c in found if _says_something(c)})


def _says_something(characteristic: Characteristic) -> bool:
    known = [
        members.any()
        for level, members in zip(characteristic.levels, characteristic.members, strict=True)
        if level != UNKNOWN_LEVEL
    ]
    return any(known)


def _as_found(patients: pd.DataFrame) -> Iterator[Characteristic]:
    yield _exclusive("centre", "Centre", *_factorised(patients["centre"]))
    for name in CODED:
        codes = patients[name].cat.codes.to_numpy()
        yield _exclusive(
            name, label_of("patients", name), tuple(patients[name].cat.categories), codes
        )
    for name, bands in BANDED.items():
        values = numbers(patients[bands.column])
        codes = np.where(np.isnan(values), -1, np.searchsorted(bands.edges, values, side="right"))
        yield _exclusive(name, bands.label, bands.levels, codes)
    years = patients["index_date"].dt.year.astype("string")
    yield _exclusive("start_year", "Calendar year of start", *_factorised(years))


def _factorised(values: pd.Series) -> tuple[tuple[str, ...], NDArray]:
    codes, levels = pd.factorize(values, sort=True)
    return tuple(str(level) for level in levels), codes


def _exclusive(
    id: str, label: str, levels: tuple[str, ...], codes: NDArray[np.integer]
) -> Characteristic:
    members = np.equal(codes, np.arange(len(levels))[:, np.newaxis])
    if (codes < 0).any():
        levels, members = (*levels, UNKNOWN_LEVEL), np.vstack([members, codes < 0])
    return Characteristic(id, label, *_occurring(levels, members))


def _occurring(
    levels: Sequence[str], members: NDArray[np.bool_]
) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Only the levels that some patient belongs to."""
    rows = np.flatnonzero(members.any(axis=1)).tolist()
    return tuple(levels[row] for row in rows), members[rows]


def _manifestations(visits: pd.DataFrame, baseline: NDArray[np.int64]) -> Characteristic:
    members = np.array(
        [
            np.any([_at_baseline(visits, item, baseline) == TRUE for item in items], axis=0)
            for items in MANIFESTATIONS.values()
        ]
    )
    levels, members = _occurring(tuple(MANIFESTATIONS), members)
    return Characteristic(
        "manifestation", "Manifestations at baseline", levels, members, overlaps=True
    )


def _conditions(
    patients: pd.DataFrame, visits: pd.DataFrame, baseline: NDArray[np.int64]
) -> Iterator[Characteristic]:
    for name in SEROLOGY:
        label = f"{label_of('visits', name)} at baseline"
        yield _yes_no(name, label, _at_baseline(visits, name, baseline))
    for name in CONDITIONS:
        yield _yes_no(name, PATIENTS.columns[name].title, three_valued(patients[name]))


def _yes_no(id: str, label: str, codes: ThreeValued) -> Characteristic:
    return _exclusive(id, label, ("yes", "no"), np.where(codes == UNKNOWN, -1, codes != TRUE))


def _at_baseline(visits: pd.DataFrame, item: str, baseline: NDArray[np.int64]) -> ThreeValued:
    if not len(visits):
        return np.full(len(baseline), UNKNOWN, dtype=np.int8)
    # The visits of baseline only: all of them are many more.
    at_baseline = three_valued(visits[item].take(np.maximum(baseline, 0)))
    return at_baseline * (baseline != NONE)
