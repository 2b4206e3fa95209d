"""Whether the model of response can be believed: 20 generated cohorts, 20 shuffled ones, and time.

The truth is the area under the curve of the fitted model in 20,000 fresh patients. Nothing is
asserted. Rival tools are timed in ``tests.bench.rivals``.
"""

import contextlib
import io
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from lupus_outcomes.analysis.discrimination import estimate_auc
from lupus_outcomes.analysis.evidence import Effort, Evidence, gather_evidence, gather_first_answer
from lupus_outcomes.analysis.explanation import estimate_predictors
from lupus_outcomes.analysis.prediction import corrected_auc, is_no_better_than_chance
from lupus_outcomes.analysis.predictive_models import probability
from lupus_outcomes.analysis.question import Posed, Question, pose_question
from lupus_outcomes.cli import main as run_command
from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.selection import Selection, select_patients
from lupus_outcomes.paths import SAMPLE
from lupus_outcomes.protocols import PROTOCOLS

SEEDS, FRESH = range(1, 21), 20_000
EFFORT = Effort(repeats=1, folds=10, refits=30, shuffles=1)
WANTED = {"prednisone": -1, "damage": -1, "skin_dominant": 1, "low_complement": -1}
FIRST_FIVE = {"prednisone": True, "damage": True, "female": False, "anti_ro": False}


def main() -> None:
    """Print the tables and the times."""
    with tempfile.TemporaryDirectory() as folder:
        fresh, _, _ = pose(generate(Path(folder), FRESH, seed=999))
        cohorts = {seed: pose(generate(Path(folder), 180, seed)) for seed in SEEDS}
    show_seeds(cohorts, fresh)
    show_shuffled(cohorts)
    show_times(fresh)


def generate(folder: Path, n_patients: int, seed: int) -> Path:
    """A synthetic dataset."""
    out = folder / f"{n_patients}_{seed}"
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        run_command(
            ["sample", "--patients", str(n_patients), "--seed", str(seed), "--out", str(out)]
        )
    return out


def pose(dataset: Path) -> tuple[Posed, Cohort, Selection]:
    """LLDAS at 12 months, stops counted as not attained."""
    read = read_dataset(dataset)
    cohort = derive_cohort(read, PROTOCOLS[read.study])
    selection = select_patients(cohort)
    return pose_question(cohort, selection, Question()), cohort, selection


def auc(p: np.ndarray, y: np.ndarray) -> float:
    """Of one model on its patients."""
    return estimate_auc(p[np.newaxis], y, np.zeros((1, len(y)), dtype=np.int64)).value


def show_seeds(cohorts: dict, fresh: Posed) -> None:
    """Apparent and corrected area under the curve against the truth; ranks and directions."""
    found = []
    for seed, (posed, cohort, selection) in cohorts.items():
        evidence = gather_evidence(posed, effort=EFFORT)
        table = estimate_predictors(posed, evidence, cohort, selection).table.set_index("feature")
        places = [[f.id for f in fresh.features].index(f.id) for f in posed.features]
        truth = auc(probability(evidence.trees, fresh.x[:, places]), fresh.y)
        apparent = auc(evidence.apparent[0], posed.y)
        found.append((corrected_auc(posed, evidence).value, apparent, truth, table))
        print(f"  seed {seed:2d}  corrected {found[-1][0]:.3f}  apparent {apparent:.3f}  "
              f"in fresh patients {truth:.3f}", flush=True)  # fmt: skip
    corrected, apparent, truth = (np.array([row[k] for row in found]) for k in range(3))
    print(f"corrected less truth: mean {np.mean(corrected - truth):+.3f} (target within 0.02)")
    print(f"apparent less truth:  mean {np.mean(apparent - truth):+.3f}")
    for name, sign in WANTED.items():
        n = sum(int(table.loc[name, "direction"] == sign) for *_, table in found)
        against = sum(int(table.loc[name, "direction"] == -sign) for *_, table in found)
        print(f"  {name:<16} direction {sign:+d} in {n}, unstable in "
              f"{len(found) - n - against}, opposite in {against} of {len(found)}")  # fmt: skip
    for name, is_first in FIRST_FIVE.items():
        n = sum(int((table.loc[name, "rank"] <= 5) == is_first) for *_, table in found)
        print(
            f"  {name:<16} {'in' if is_first else 'outside'} the first five in {n} of {len(found)}"
        )


def show_shuffled(cohorts: dict) -> None:
    """The outcome dealt out by chance: the limits should include 0.5."""
    n_covered = 0
    for seed, (posed, _, _) in cohorts.items():
        y = np.random.default_rng(seed).permutation(posed.y)
        shuffled = replace(posed, y=y)
        evidence = gather_evidence(shuffled, effort=EFFORT)
        limits = corrected_auc(shuffled, evidence)
        n_covered += limits.low <= 0.5 <= limits.high
        is_chance = is_no_better_than_chance(shuffled, evidence)
        said = "no better than chance" if is_chance else "better than chance"
        ends = f"{limits.low:.3f}-{limits.high:.3f}"
        print(f"  shuffled {seed:2d}  {limits.value:.3f} ({ends}) {said}", flush=True)
    print(f"limits include 0.5 in {n_covered} of {len(cohorts)} (target 18)")


def show_times(fresh: Posed) -> None:
    """Seconds of the first answer and of everything, on the sample and on 20,000 patients."""
    sample, _, _ = pose(SAMPLE)
    for name, posed in (("sample", sample), (f"{FRESH:,} patients", fresh)):
        first = timed(lambda posed=posed: gather_first_answer(posed, explain=False))
        whole = timed(lambda posed=posed: gather_evidence(posed))
        print(f"{name}: first answer {first[0]:.1f} s, everything {whole[0]:.1f} s, "
              f"largest SHAP gap {whole[1].largest_gap:.1e}", flush=True)  # fmt: skip


def timed(gather) -> tuple[float, Evidence]:
    """Seconds, and what was found."""
    start = time.perf_counter()
    found = gather()
    return time.perf_counter() - start, found


if __name__ == "__main__":
    main()
