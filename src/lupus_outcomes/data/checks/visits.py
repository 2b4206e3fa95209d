"""What is said at one visit against what else is said there."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from lupus_outcomes.data.checks.columns import Tables
from lupus_outcomes.data.findings import Finding, query
from lupus_outcomes.indices.glucocorticoid import compute_prednisone_equivalent
from lupus_outcomes.indices.sledai import DESCRIPTORS, SEROLOGY_WEIGHT

# Doses further apart than this are not the same dose rounded.
DOSE_TOLERANCE_MG, DOSE_TOLERANCE_SHARE = 1.0, 0.2
SEROLOGY = 2 * SEROLOGY_WEIGHT

# A descriptor marked absent although a measurement of the same visit meets its definition. The
# reverse is no contradiction: a descriptor may rest on the weeks before the visit.
CONTRADICTED_BELOW = (
    ("thrombocytopenia", "platelets_10e9_l", 100.0),
    ("leukopenia", "leukocytes_10e9_l", 3.0),
)
CONTRADICTED_ABOVE = (
    ("proteinuria", "proteinuria_mg_24h", 500.0),
    ("arthritis", "swollen_joints_28", 1.0),
)


def check_visits(tables: Tables) -> Iterator[Finding]:
    """Joints, totals, descriptors and doses of each visit against one another."""
    visits = tables["visits"]
    swollen = "swollen_joints_28"
    more = visits[swollen] > visits["tender_joints_28"]
    message, way_out = "more swollen than tender joints", "Check whether the two were exchanged."
    yield from query("more_swollen_than_tender", "visits", swollen, more, message, way_out)
    yield from _check_totals(visits)
    yield from _check_descriptors(visits)
    yield from _check_doses(visits)


def _check_totals(visits: pd.DataFrame) -> Iterator[Finding]:
    weights = {d.id: d.weight for d in DESCRIPTORS}
    clinical = {d.id: d.weight for d in DESCRIPTORS if d.is_clinical}
    message = "not the sum of the descriptors"
    for column, chosen in (("sledai_2k", weights), ("clinical_sledai", clinical)):
        differs = _is_not_the_sum(visits, column, chosen)
        way_out = "Check it; the descriptors count."
        yield from query("total_differs", "visits", column, differs, message, way_out)
    serology = visits["sledai_2k"] - visits["clinical_sledai"]
    impossible = serology.notna() & ~serology.isin(range(0, SEROLOGY + 1, SEROLOGY_WEIGHT))
    message = "the two recorded totals differ by something else than 0, 2 or 4 of serology"
    yield from query("totals_disagree", "visits", "clinical_sledai", impossible, message)


def _is_not_the_sum(visits: pd.DataFrame, column: str, weights: dict[str, int]) -> pd.Series:
    """Below what is known to be present, or above what could be present at most."""
    recorded = visits[column]
    if recorded.isna().all():
        return recorded.isna() & False
    items = {name: visits[name] for name in weights if visits[name].notna().any()}
    low = sum(weights[name] * as_present(item) for name, item in items.items())
    high = low + sum(weights[n] for n in weights if n not in items)
    high = high + sum(weights[name] * item.isna().to_numpy() for name, item in items.items())
    return recorded.notna() & ((recorded < low) | (recorded > high))


def as_present(item: pd.Series) -> np.ndarray:
    """1 where a condition is known to hold, else 0."""
    return item.to_numpy(dtype=np.float64, na_value=0.0)


def _check_descriptors(visits: pd.DataFrame) -> Iterator[Finding]:
    pairs = [(d, column, visits[column] < limit) for d, column, limit in CONTRADICTED_BELOW]
    pairs += [(d, column, visits[column] > limit) for d, column, limit in CONTRADICTED_ABOVE]
    extent = visits["rash_extent"]
    pairs.append(("rash", "rash_extent", extent.isin(["localised", "generalised"])))
    for descriptor, column, says_present in pairs:
        contradicted = says_present & (visits[descriptor] == False)  # noqa: E712
        message = (
            f"says {descriptor}, which is marked absent: another unit, or a descriptor missed?"
        )
        yield from query("contradicts_descriptor", "visits", column, contradicted, message)
    none = (visits["rash"] == True) & (extent == "none")  # noqa: E712
    message = "none, although rash is marked present"
    yield from query("contradicts_descriptor", "visits", "rash_extent", none, message)


def _check_doses(visits: pd.DataFrame) -> Iterator[Finding]:
    recorded, drug = visits["prednisone_mg_day"], visits["glucocorticoid_drug"]
    dose = visits["glucocorticoid_mg_day"].to_numpy(dtype=np.float64)
    converted = np.full(len(visits), np.nan)
    for name in drug.dropna().unique():
        equivalent = compute_prednisone_equivalent(str(name), dose)
        converted = np.where(drug == name, equivalent, converted)
    apart = np.abs(recorded - converted)
    larger = np.maximum(recorded, converted)
    differs = (apart > DOSE_TOLERANCE_MG) & (apart > DOSE_TOLERANCE_SHARE * larger)
    message = "not the equivalent of the glucocorticoid and dose beside it"
    way_out = "Check the two; the prednisone equivalent counts."
    yield from query("dose_differs", "visits", "prednisone_mg_day", differs, message, way_out)
