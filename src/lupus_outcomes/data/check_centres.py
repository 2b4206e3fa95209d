"""Centres against one another: a unit that differs, a scale that differs, too much that is missing."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from lupus_outcomes.data.findings import Finding
from lupus_outcomes.dictionary import TABLES, columns_with_role, label_of, spec_of

LARGEST_MISSING_SHARE = 0.20
SMALLEST_CENTRE_VALUES = 5
# A typical value this many times that of the other centres most likely has another unit.
UNIT_RATIO = 4.0
UNIT_COLUMNS = (
    ("patients", "weight_kg"),
    ("visits", "proteinuria_mg_24h"),
    ("visits", "platelets_10e9_l"),
    ("visits", "leukocytes_10e9_l"),
    ("visits", "haemoglobin_g_dl"),
    ("visits", "prednisone_mg_day"),
)
HUNDRED_POINT_SCALES = ("patient_ga", "eq5d_vas", "pain_vas", "lupusqol_physical")
ROLES_EXPECTED = ("sledai_descriptor", "global", "patient_reported", "joints")


def check_centres(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Findings a centre at a time; the centre is named, it is no patient's value."""
    patients, visits = tables["patients"], tables["visits"]
    centre = visits["patient_id"].map(
        patients.drop_duplicates("patient_id").set_index("patient_id")["centre"]
    )
    for table, column in UNIT_COLUMNS:
        frame = tables[table]
        if column in frame:
            by = patients["centre"] if table == "patients" else centre
            yield from _check_unit(table, column, frame[column], by)
    for column in HUNDRED_POINT_SCALES:
        if column in visits:
            yield from _check_scale(column, visits[column], centre)
    yield from _check_missing(visits, centre)


def _check_unit(table: str, column: str, values: pd.Series, centre: pd.Series) -> Iterator[Finding]:
    positive = values.where(values > 0)
    medians = positive.groupby(centre).median()
    enough = positive.groupby(centre).count() >= SMALLEST_CENTRE_VALUES
    for name in medians.index[enough]:
        others = positive[centre != name].median()
        ratio = medians[name] / others
        if ratio > UNIT_RATIO or ratio < 1 / UNIT_RATIO:
            unit = spec_of(TABLES[table].columns[column]).unit
            yield _of_centre(
                "unit_differs", table, column, values.notna() & (centre == name),
                f"{name}: the typical value is {ratio:.2g} times that of the other centres",
                f"Check the unit there; the dictionary asks for {unit}.",
            )  # fmt: skip


def _check_scale(column: str, values: pd.Series, centre: pd.Series) -> Iterator[Finding]:
    highest = values.groupby(centre).max()
    enough = values.groupby(centre).count() >= SMALLEST_CENTRE_VALUES * 2
    for name in highest.index[enough & (highest <= 10)]:
        yield _of_centre(
            "scale_differs", "visits", column, values.notna() & (centre == name),
            f"{name}: no value of {label_of('visits', column)} is above 10",
            "Check whether it was filled in on 0–10; the dictionary asks for 0–100.",
        )  # fmt: skip


def _check_missing(visits: pd.DataFrame, centre: pd.Series) -> Iterator[Finding]:
    expected = [c for role in ROLES_EXPECTED for c in columns_with_role("visits", role)]
    for column in expected:
        if column not in visits or visits[column].isna().all():
            continue
        missing = visits[column].isna()
        share = missing.groupby(centre).mean()
        enough = missing.groupby(centre).count() >= SMALLEST_CENTRE_VALUES
        for name in share.index[enough & (share > LARGEST_MISSING_SHARE)]:
            yield _of_centre(
                "often_missing", "visits", column, missing & (centre == name),
                f"{name}: missing at {share[name]:.0%} of visits",
                "Ask the centre for it.",
            )  # fmt: skip


def _of_centre(
    rule: str, table: str, column: str, is_bad: pd.Series, message: str, way_out: str
) -> Finding:
    rows = tuple((np.flatnonzero(is_bad.to_numpy(dtype=np.bool_, na_value=False)) + 2).tolist())
    return Finding("query", rule, table, column, rows, message, way_out)
