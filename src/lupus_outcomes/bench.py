"""How the derivation grows with the registry: visit states and all of attainment, a row a size.

The tables are drawn at random in the shape the reader gives them, thirteen visits a patient, so
that a million patients need no file. The yardstick beside every time is copying the same bytes
once. Of each the least of three runs is printed.
"""

import datetime as dt
import resource
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.data.read import Dataset, complete_table, number_days
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.dictionary import TABLES, spec_of
from lupus_outcomes.protocols import PROTOCOLS

SIZES = (180, 10_000, 100_000, 1_000_000)
VISIT_DAYS = np.array([-7, 30, 91, 183, 274, 365, 548, 730, 913, 1096, 1278, 1461, 1826])
VISIT_JITTER_DAYS = 9
SHARE_PRESENT, SHARE_MISSING, SHARE_STOPPED = 0.1, 0.04, 0.3
DATA_CUT = dt.date(2026, 8, 31)
REPEATS = 3
# Of a measurement without a largest value.
LARGEST = 1_000
# A file's header is row 1.
FIRST_SOURCE_ROW = 2
# Measurements that a random draw over the whole range would make absurd: most patients low.
TYPICAL_HIGH = {
    "prednisone_mg_day": 15,
    "prednisone_after_mg_day": 15,
    "proteinuria_mg_24h": 800,
    "platelets_10e9_l": 400,
    "leukocytes_10e9_l": 9,
    "haemoglobin_g_dl": 15,
}


def run_bench(sizes: Iterable[int] = SIZES) -> None:
    """Print the table; it asserts nothing against a clock."""
    print(
        f"{'patients':>10} {'visits':>11} {'seconds':>9} "
        f"{'µs/patient':>11} {'copies':>8} {'peak GiB':>9}"
    )
    for n_patients in sizes:
        dataset = draw_dataset(n_patients)
        seconds = min(_time_derivation(dataset) for _ in range(REPEATS))
        copying = min(_time_copying(dataset) for _ in range(REPEATS))
        print(
            f"{n_patients:>10,} {len(dataset.tables['visits']):>11,} {seconds:>9.3f} "
            f"{1e6 * seconds / n_patients:>11.2f} {seconds / copying:>8.1f} {_peak_gib():>9.2f}",
            flush=True,
        )
        del dataset


def _time_derivation(dataset: Dataset) -> float:
    start = time.perf_counter()
    cohort = derive_cohort(dataset, PROTOCOLS[dataset.study])
    estimate_attainment(cohort, select_patients(cohort))
    return time.perf_counter() - start


def _time_copying(dataset: Dataset) -> float:
    start = time.perf_counter()
    for frame in dataset.tables.values():
        # A column at a time: the yardstick must not set the peak of memory.
        for name in frame:
            frame[name].copy(deep=True)
    return time.perf_counter() - start


def _peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def draw_dataset(n_patients: int, seed: int = 1) -> Dataset:
    """Draw a dataset as ``read_dataset`` would give it; every visit column filled, 4 % missing."""
    random = np.random.default_rng(seed)
    patients = _draw_patients(n_patients, random)
    numbered = pd.Series(dtype=np.int32)
    tables = {"patients": patients} | {
        name: number_days(name, complete_table(name, None), patients, numbered)
        for name in TABLES
        if name != "patients"
    }
    tables["visits"] = _draw_visits(n_patients, random)
    tables["treatments"] = _draw_courses(n_patients, random)
    return Dataset(
        title="Drawn at random for timing",
        study="nct07215754",
        data_cut=DATA_CUT,
        is_synthetic=True,
        dates_are_shifted=False,
        assumptions={},
        tables=tables,
        findings=(),
        notes=(),
        not_collected=frozenset(),
        fingerprint=f"random-{n_patients}-{seed}",
    )


def _draw_patients(n_patients: int, random: np.random.Generator) -> pd.DataFrame:
    cut = pd.Timestamp(DATA_CUT)
    # Long enough ago that all thirteen visits lie before the cut.
    index = cut - pd.to_timedelta(random.integers(1_900, 2_700, n_patients), unit="D")
    known = pd.DataFrame(
        {
            "patient_id": pd.Series(np.arange(n_patients).astype(str), dtype="string"),
            "centre": pd.Series(
                np.char.add("Centre ", (1 + np.arange(n_patients) % 12).astype(str))
            ),
            "index_date": index,
            "last_contact_date": cut,
            "age_years": random.integers(18, 80, n_patients).astype(np.float64),
            "weight_kg": random.integers(45, 100, n_patients).astype(np.float64),
        }
    )
    return complete_table("patients", known)


def _draw_visits(n_patients: int, random: np.random.Generator) -> pd.DataFrame:
    n_visits = n_patients * len(VISIT_DAYS)
    jitter = random.integers(-VISIT_JITTER_DAYS, VISIT_JITTER_DAYS, (n_patients, len(VISIT_DAYS)))
    jitter[:, 0] = 0
    columns: dict[str, Any] = {
        "patient": np.repeat(np.arange(n_patients, dtype=np.int32), len(VISIT_DAYS)),
        "source_row": np.arange(n_visits, dtype=np.int32) + FIRST_SOURCE_ROW,
        "visit_day": (VISIT_DAYS + jitter).astype(np.int32).ravel(),
    }
    for name, declared in TABLES["visits"].columns.items():
        spec = spec_of(declared)
        if spec.role == "key":
            continue
        # Recorded totals stand in for descriptors, and are empty where those are filled.
        share = 1.0 if spec.role == "recorded" else SHARE_MISSING
        missing = random.random(n_visits, dtype=np.float32) < share
        if spec.kind == "boolean":
            present = random.random(n_visits, dtype=np.float32) < SHARE_PRESENT
            columns[name] = pd.arrays.BooleanArray(present, missing)
        elif spec.kind == "code":
            codes: Any = random.integers(0, len(spec.codes), n_visits, dtype=np.int8)
            codes[missing] = -1
            columns[name] = pd.Categorical.from_codes(codes, pd.Index(spec.codes))
        else:
            high = TYPICAL_HIGH.get(name, spec.high or LARGEST)
            values = np.round(
                high * random.random(n_visits, dtype=np.float32).astype(np.float64), 1
            )
            columns[name] = np.where(missing, np.nan, values)
    return pd.DataFrame(columns, copy=False)


def _draw_courses(n_patients: int, random: np.random.Generator) -> pd.DataFrame:
    stops = random.random(n_patients) < SHARE_STOPPED
    return pd.DataFrame(
        {
            "patient": np.arange(n_patients, dtype=np.int32),
            "source_row": np.arange(n_patients, dtype=np.int32) + FIRST_SOURCE_ROW,
            "drug": pd.Series(["anifrolumab"], dtype="string").repeat(n_patients).array,
            "start_day": np.zeros(n_patients),
            "stop_day": np.where(stops, random.integers(30, 1_500, n_patients), np.nan),
            "stop_reason": pd.Categorical(["adverse_event"] * n_patients),
            "dose": np.full(n_patients, 300.0),
            "unit": pd.Series(["mg"], dtype="string").repeat(n_patients).array,
            "interval_days": np.full(n_patients, 28.0),
        }
    )
