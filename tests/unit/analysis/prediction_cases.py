"""Questions for the tests of models: the bundled sample, made-up patients with a known signal."""

from functools import cache

import numpy as np

from lupus_outcomes.analysis.evidence import Effort, Evidence, gather_evidence
from lupus_outcomes.analysis.question import OUTCOMES, Posed, Question, pose_question
from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.features import FEATURES
from lupus_outcomes.derive.selection import Selection, select_patients
from lupus_outcomes.paths import SAMPLE
from lupus_outcomes.protocols import PROTOCOLS

LITTLE = Effort(repeats=1, folds=10, refits=10, shuffles=3)


@cache
def sample() -> tuple[Cohort, Selection]:
    """The bundled sample."""
    read = read_dataset(SAMPLE)
    cohort = derive_cohort(read, PROTOCOLS[read.study])
    return cohort, select_patients(cohort)


@cache
def sample_question(outcome: str = "lldas_12", handling: str = "nri") -> Posed:
    """A question put to it."""
    cohort, selection = sample()
    return pose_question(cohort, selection, Question(outcome, handling))


@cache
def sample_evidence() -> Evidence:
    """Little evidence, in this process."""
    return gather_evidence(sample_question(), effort=LITTLE, workers=1)


def made_up(n: int = 240, effect: float = 3.0, seed: int = 0) -> Posed:
    """Patients of whom only the dose tells who responds: the higher, the less."""
    rng = np.random.default_rng(seed)
    features = tuple(FEATURES[name] for name in ("prednisone", "damage", "female"))
    x = np.column_stack([rng.normal(size=n), rng.normal(size=n), rng.integers(0, 2, n)])
    x[rng.random((n, 3)) < 0.1] = np.nan
    chance = 1 / (1 + np.exp(effect * np.nan_to_num(x[:, 0])))
    return Posed(
        question=Question(),
        outcome=OUTCOMES["lldas_12"],
        features=features,
        is_by_design=np.zeros(3, dtype=np.bool_),
        rows=np.arange(n),
        x=x.astype(np.float32).astype(np.float64),
        y=(rng.random(n) < chance).astype(np.int64),
        centre=np.arange(n) % 12,
        centres=tuple(f"Centre {k:02d}" for k in range(1, 13)),
        too_small="",
    )
