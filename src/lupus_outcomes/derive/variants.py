"""Outcomes under other readings of a definition and under narrower windows.

Only what a reading changes is derived anew: one index, two time points. Nothing depends on filters.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from lupus_outcomes.derive.blocks import BLOCK_PATIENTS
from lupus_outcomes.derive.cohort import Cohort, find_missing_columns
from lupus_outcomes.derive.columns import row_bounds
from lupus_outcomes.derive.courses import read_courses
from lupus_outcomes.derive.outcomes import Outcome, VisitColumns, derive_outcome
from lupus_outcomes.derive.record import Record, read_record
from lupus_outcomes.derive.timepoints import Timepoints, choose_baseline, derive_timepoints
from lupus_outcomes.derive.visits import (
    Columns,
    Definitions,
    derive_doris,
    derive_lldas,
    derive_measurements,
)
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.protocol import TimePoint, month

DEFINITION, WINDOW = "definition", "window"
# Narrow windows of definitions 12.1, months each side.
NARROW = {6.0: 1.5, 12.0: 2.0}
STATES: Mapping[str, Callable[[Record, Definitions], Columns]] = {
    "doris": lambda record, definitions: derive_doris(record, definitions.doris),
    "lldas": derive_lldas,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One printed reading of a definition: the endpoint, its option and value, and its words."""

    endpoint: str
    option: str
    value: str | bool
    words: str


READINGS = (
    Reading("doris", "glucocorticoid", "<=5", "prednisone at most 5 mg/day"),
    Reading("doris", "glucocorticoid", "<5", "prednisone below 5 mg/day"),
    Reading("doris", "physician_ga", "<0.5", "physician global below 0.5"),
    Reading("doris", "physician_ga", "<=0.5", "physician global at most 0.5"),
    Reading("doris", "assume_stable", False, "stable only where recorded"),
    Reading("doris", "assume_stable", True, "stable unless recorded otherwise"),
    Reading("lldas", "new_activity", "any_descriptor", "no new descriptor"),
    Reading("lldas", "new_activity", "clinical_only", "no new clinical descriptor"),
    Reading("lldas", "new_activity", "sfi_flare_previous", "no flare since last visit"),
    Reading("lldas", "new_activity", "sfi_modsev_baseline", "no flare since baseline"),
    Reading("lldas", "myositis_is_major", False, "myositis not a major organ"),
    Reading("lldas", "myositis_is_major", True, "myositis a major organ"),
)


@dataclass(frozen=True, slots=True)
class Variant:
    """One choice other than the cohort's own: outcomes by endpoint at the time points asked for."""

    choice: str
    option: str
    timepoints: Timepoints
    outcomes: Mapping[str, Outcome]


def derive_variants(
    cohort: Cohort, endpoints: tuple[str, ...], timepoints: tuple[TimePoint, ...]
) -> tuple[Variant, ...]:
    """Every reading but those in force, and narrow windows, for the endpoints that can be told."""
    narrow = tuple(month(t.months, NARROW[t.months]) for t in timepoints if t.months in NARROW)
    asked = [_Asked(WINDOW, "narrow", cohort.definitions, tuple(cohort.outcomes), narrow)]
    for reading in READINGS:
        definitions = read_otherwise(cohort.definitions, reading)
        missing = find_missing_columns(cohort.dataset, cohort.protocol, definitions)
        is_told = reading.endpoint in cohort.protocol.endpoints and reading.endpoint not in missing
        if definitions != cohort.definitions and is_told:
            asked.append(
                _Asked(DEFINITION, reading.words, definitions, (reading.endpoint,), timepoints)
            )
    asked = [
        replace(one, endpoints=tuple(e for e in one.endpoints if e in endpoints)) for one in asked
    ]
    blocks = [list(_derive_block(cohort, patients, asked)) for patients in _blocks(cohort)]
    return tuple(_join(parts) for parts in zip(*blocks, strict=True))


def read_otherwise(definitions: Definitions, reading: Reading) -> Definitions:
    """The definitions with one reading in place."""
    options = replace(getattr(definitions, reading.endpoint), **{reading.option: reading.value})
    return replace(definitions, **{reading.endpoint: options})


@dataclass(frozen=True, slots=True)
class _Asked:
    choice: str
    option: str
    definitions: Definitions
    endpoints: tuple[str, ...]
    timepoints: tuple[TimePoint, ...]


def _blocks(cohort: Cohort) -> list[range]:
    n = cohort.n_patients
    return [range(at, min(at + BLOCK_PATIENTS, n)) for at in range(0, max(n, 1), BLOCK_PATIENTS)]


def _derive_block(cohort: Cohort, patients: range, asked: list[_Asked]) -> Iterator[Variant]:
    courses = read_courses(cohort.tables, cohort.definitions.flare.severe_drugs)
    record = read_record(cohort.tables, courses, cohort.dataset.assumptions, patients)
    bounds = row_bounds(record.patient - patients.start, len(patients))
    baseline = choose_baseline(record.day, bounds)
    follow_up = cohort.follow_up.of(patients)
    stop_day = follow_up.stop_day[record.patient - patients.start]
    on_drug = (record.day > 0) & ~(record.day > stop_day)
    measured = derive_measurements(record)
    for one in asked:
        at = derive_timepoints(record.day, bounds, follow_up, one.timepoints)
        outcomes = {}
        for endpoint in one.endpoints:
            states = measured | (
                STATES[endpoint](record, one.definitions) if endpoint in STATES else {}
            )
            columns = VisitColumns(record.frame, states, cohort.tables["patients"])
            outcomes[endpoint] = derive_outcome(
                ENDPOINTS[endpoint], columns, bounds, baseline, on_drug, at
            )
        yield Variant(one.choice, one.option, at, outcomes)


def _join(parts: tuple[Variant, ...]) -> Variant:
    """Blocks of patients put together; rows of visits keep the numbers of their block."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return replace(
        first,
        timepoints=Timepoints(
            first.timepoints.timepoints,
            **{
                f.name: np.concatenate([getattr(p.timepoints, f.name) for p in parts], axis=-1)
                for f in fields(Timepoints)[1:]
            },
        ),
        outcomes={
            name: Outcome(
                **{
                    f.name: np.concatenate(
                        [getattr(p.outcomes[name], f.name) for p in parts], axis=-1
                    )
                    for f in fields(Outcome)
                }
            )
            for name in first.outcomes
        },
    )
