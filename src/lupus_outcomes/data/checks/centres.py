"""Centres against one another: units and scales that differ, too much that is missing."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.checks.columns import Tables
from lupus_outcomes.data.findings import Finding, query
from lupus_outcomes.dictionary import TABLES, columns_with_role, label_of, spec_of

LARGEST_MISSING_SHARE = 0.20
SMALLEST_CENTRE_VALUES = 5
# A centre of fewer patients is not named: its name may be a slip, even a person's.
SMALLEST_NAMED_CENTRE = 3
UNNAMED = "a centre of one or two patients"
# A typical value this many times that of the other centres has most likely another unit: pounds are
# 2.2 times kilograms, g/dL of haemoglobin 1.6 times mmol/L, mg/g of urinary protein 8.8 times
# mg/mmol; the other slips are tenfold and more. Below, centres differ by whom they treat.
UNIT_RATIOS = {
    ("patients", "weight_kg"): 1.6,
    ("visits", "proteinuria_mg_24h"): 8.0,
    ("visits", "platelets_10e9_l"): 2.5,
    ("visits", "leukocytes_10e9_l"): 3.0,
    ("visits", "haemoglobin_g_dl"): 1.4,
    ("visits", "prednisone_mg_day"): 5.0,
    ("visits", "prednisone_after_mg_day"): 5.0,
}
# Where the median of a whole cohort with lupus lies, children included; doses and protein above 0.
TYPICAL = {
    ("patients", "weight_kg"): (20.0, 100.0),
    ("visits", "proteinuria_mg_24h"): (40.0, 4_000.0),
    ("visits", "platelets_10e9_l"): (100.0, 450.0),
    ("visits", "leukocytes_10e9_l"): (2.5, 12.0),
    ("visits", "haemoglobin_g_dl"): (9.0, 16.0),
    ("visits", "prednisone_mg_day"): (1.0, 40.0),
    ("visits", "prednisone_after_mg_day"): (1.0, 40.0),
}
SMALLEST_COHORT_VALUES = 20
HUNDRED_POINT_SCALES = ("patient_ga", "eq5d_vas", "pain_vas", "lupusqol_physical")
TEN_POINTS = 10
# With so many values of a centre out of range, those within it may be on the other scale too.
LARGEST_OUTSIDE_SHARE = 0.10
ROLES_EXPECTED = ("sledai_descriptor", "global", "patient_reported", "joints")


def check_centres(tables: Tables, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings a centre at a time. ``findings``: those so far, for the values out of range."""
    patients, visits = tables["patients"], tables["visits"]
    known = patients.drop_duplicates("patient_id").set_index("patient_id")["centre"]
    of_visits = visits["patient_id"].map(known)
    # As categories: texts would be sorted out anew for each of eighty columns.
    centre = {
        "patients": patients["centre"].astype("category"),
        "visits": of_visits.astype("category"),
    }
    sizes = patients["centre"].value_counts()
    named = {str(name): str(name) for name in sizes.index[sizes >= SMALLEST_NAMED_CENTRE]}
    for (table, column), ratio in UNIT_RATIOS.items():
        values = tables[table][column]
        values = values.where(values > 0)
        yield from _check_typical(table, column, values)
        yield from _check_unit(table, column, values, centre[table], ratio, named)
    for column in HUNDRED_POINT_SCALES:
        yield from _check_scale(column, visits[column], centre["visits"], named)
    yield from _check_outside(tables, centre, findings, named)
    yield from _check_missing(visits, centre["visits"], named)


def _check_typical(table: str, column: str, values: pd.Series) -> Iterator[Finding]:
    low, high = TYPICAL[table, column]
    if values.count() < SMALLEST_COHORT_VALUES or low <= values.median() <= high:
        return
    unit = spec_of(TABLES[table].columns[column]).unit
    message = f"the typical value is not one of {unit}: another unit throughout?"
    way_out = f"Check the unit; the dictionary asks for {unit}."
    yield from query("unit_differs", table, column, values.notna(), message, way_out)


def _check_unit(
    table: str,
    column: str,
    values: pd.Series,
    centre: pd.Series,
    largest: float,
    named: dict[str, str],
) -> Iterator[Finding]:
    by_centre = values.groupby(centre, observed=True)
    medians, counts = by_centre.median(), by_centre.count()
    unit = spec_of(TABLES[table].columns[column]).unit
    is_known = values.notna() & centre.notna()
    for name in medians.index[counts >= SMALLEST_CENTRE_VALUES]:
        others = values[(is_known & (centre != name)).to_numpy()]
        ratio = medians[name] / others.median() if len(others) else 1.0
        if ratio > largest or ratio < 1 / largest:
            where = named.get(name, UNNAMED)
            message = f"{where}: the typical value is {ratio:.2g} times that of the other centres"
            way_out = f"Check the unit there; the dictionary asks for {unit}."
            is_there = values.notna() & (centre == name)
            yield from query("unit_differs", table, column, is_there, message, way_out)


def _check_scale(
    column: str, values: pd.Series, centre: pd.Series, named: dict[str, str]
) -> Iterator[Finding]:
    by_centre = values.groupby(centre, observed=True)
    highest, counts = by_centre.max(), by_centre.count()
    label = label_of("visits", column)
    way_out = "Check whether it was filled in on 0–10; the dictionary asks for 0–100."
    if values.count() >= SMALLEST_COHORT_VALUES and values.max() <= TEN_POINTS:
        message = f"no value of {label} is above {TEN_POINTS}"
        yield from query("scale_differs", "visits", column, values.notna(), message, way_out)
        return
    for name in highest.index[(counts >= 2 * SMALLEST_CENTRE_VALUES) & (highest <= TEN_POINTS)]:
        message = f"{named.get(name, UNNAMED)}: no value of {label} is above {TEN_POINTS}"
        is_there = values.notna() & (centre == name)
        yield from query("scale_differs", "visits", column, is_there, message, way_out)


def _check_outside(
    tables: Tables,
    centres: dict[str, pd.Series],
    findings: Iterable[Finding],
    named: dict[str, str],
) -> Iterator[Finding]:
    for finding in [f for f in findings if f.rule == "out_of_range" and f.table in centres]:
        centre = centres[finding.table]
        outside = _mask(finding.rows, len(centre))
        inside = tables[finding.table][finding.column].notna() & ~outside
        counts = (
            pd.DataFrame({"outside": outside, "inside": inside})
            .groupby(centre, observed=True)
            .sum()
        )
        share = counts["outside"] / counts.sum(axis=1)
        enough = (counts["outside"] >= SMALLEST_CENTRE_VALUES) & (share >= LARGEST_OUTSIDE_SHARE)
        for name in counts.index[enough]:
            message = (
                f"{named.get(name, UNNAMED)}: {share[name]:.0%} of the values are out of range"
            )
            way_out = "Check whether those within it are on another scale or in another unit too."
            rest = inside & (centre == name)
            yield from query("scale_differs", finding.table, finding.column, rest, message, way_out)


def _mask(rows: tuple[int, ...], n_rows: int) -> NDArray[np.bool_]:
    mask = np.zeros(n_rows, dtype=np.bool_)
    mask[[row - 2 for row in rows]] = True
    return mask


def _check_missing(
    visits: pd.DataFrame, centre: pd.Series, named: dict[str, str]
) -> Iterator[Finding]:
    columns = [column for role in ROLES_EXPECTED for column in columns_with_role("visits", role)]
    missing = visits[columns].isna()
    by_centre = missing.groupby(centre, observed=True)
    shares = by_centre.mean()[by_centre.size() >= SMALLEST_CENTRE_VALUES]
    for column in missing.columns[missing.any() & ~missing.all()]:
        share = shares[column]
        for name in share.index[share > LARGEST_MISSING_SHARE]:
            message = f"{named.get(name, UNNAMED)}: missing at {share[name]:.0%} of visits"
            is_there = missing[column] & (centre == name)
            way_out = "Ask the centre for it."
            yield from query("often_missing", "visits", column, is_there, message, way_out)
