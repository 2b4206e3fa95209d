"""Composite responses against baseline, SRI-4 and BICLA, at each visit."""

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.record import Record
from lupus_outcomes.derive.timepoints import NONE
from lupus_outcomes.indices import bilag
from lupus_outcomes.indices.bicla import compute_bicla
from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.sri import ResponderInputs, compute_sri_4
from lupus_outcomes.indices.three_valued import UNKNOWN


def derive_responses(record: Record) -> dict[str, NDArray]:
    """Columns ``sri4``, ``bicla`` and ``bilag_a_or_b`` (an active system now), three-valued.

    The baseline visit itself and patients without one are unknown.
    """
    grades, baseline = _grades(record), record.baseline
    inputs = ResponderInputs(
        sledai_baseline=Score(
            record.at(baseline, record.sledai_2k.low), record.at(baseline, record.sledai_2k.high)
        ),
        sledai_now=record.sledai_2k,
        bilag_baseline=np.where(
            baseline == NONE, bilag.MISSING, grades.take(baseline, axis=1, mode="wrap")
        ),
        bilag_now=grades,
        physician_ga_baseline=record.at(baseline, record.measurement("physician_ga")),
        physician_ga_now=record.measurement("physician_ga"),
    )
    is_later = (baseline != NONE) & (record.day > 0)
    return {
        "sri4": np.where(is_later, compute_sri_4(inputs), UNKNOWN),
        "bicla": np.where(is_later, compute_bicla(inputs), UNKNOWN),
        "bilag_a_or_b": bilag.has_active_system(grades),
    }


def _grades(record: Record) -> bilag.Grades:
    """Shape (9, visits). The dictionary lists grades from A to E, the index counts them from E."""
    grades = np.empty((len(bilag.SYSTEMS), len(record.day)), dtype=np.int8)
    for row, system in zip(grades, bilag.SYSTEMS, strict=True):
        codes = record.frame[f"bilag_{system}"].cat.codes.to_numpy()
        row[:] = np.where(codes < 0, bilag.MISSING, bilag.A - codes)
    return grades
