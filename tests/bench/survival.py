"""Kaplan-Meier, Aalen-Johansen and Cox against R on the same rows in one run; nothing is asserted.

Prints the time of ours over R's, and the largest difference: of curves, standard errors and limits,
and of coefficients and their standard errors. Ours is timed from the same columns in memory as R's.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lupus_outcomes.analysis.cox import CoxData, estimate_cox
from lupus_outcomes.analysis.survival import (
    count_at_risk,
    estimate_aalen_johansen,
    estimate_kaplan_meier,
)

REPEATS = {200: 100, 10_000: 5, 1_000_000: 1}
NAMES = ("Kaplan-Meier", "Aalen-Johansen", "Cox, 4 covariates")
LAST_DAY = 3650


def main() -> None:
    """Print one line a method and number of patients."""
    if shutil.which("Rscript") is None:
        print("Rscript is missing: install R with its package survival to compare with it.")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cohorts = {n: draw(n) for n in REPEATS}
        for n, rows in cohorts.items():
            rows.astype(np.int32).tofile(folder / f"{n}.in")
        script = Path(__file__).with_suffix(".R")
        sizes = [f"{n}:{repeats}" for n, repeats in REPEATS.items()]
        subprocess.run(["Rscript", script, folder, *sizes], check=True)
        print(f"{'':<20}{'patients':>10}{'ours, s':>12}{'R, s':>12}{'ratio':>9}{'difference':>13}")
        for n, rows in cohorts.items():
            compare(n, rows, folder)


def draw(n: int) -> np.ndarray:
    """Day, cause and four covariates; shape (6, n). Days are tied, hazards depend on two."""
    random = np.random.default_rng(n)
    ranges = ((0, 2), (18, 80), (0, 5), (-100, 100))
    x = np.stack([random.integers(low, high, n) for low, high in ranges])
    hazard = np.exp(0.5 * x[0] + 0.02 * (x[1] - 50)) / 1500
    event = random.exponential(1 / hazard).astype(np.int64) + 1
    end = random.integers(100, LAST_DAY, n)
    cause = np.where(event <= end, random.integers(1, 3, n), 0)
    return np.stack([np.minimum(event, end), cause, *x])


def compare(n: int, rows: np.ndarray, folder: Path) -> None:
    """Three lines for one number of patients."""
    days, cause = rows[0], rows[1]
    covariates = rows[2:].T.astype(np.float64)
    methods: dict[str, Callable[[], np.ndarray]] = {
        "km": lambda: kaplan_meier(days, cause),
        "aj": lambda: aalen_johansen(days, cause),
        "cox": lambda: cox(days, cause, covariates),
    }
    theirs = np.fromfile(folder / f"{n}_seconds.out")
    for name, (short, method), r_seconds in zip(NAMES, methods.items(), theirs, strict=True):
        expected = np.fromfile(folder / f"{n}_{short}.out")
        found = method()
        # What only one of the two can estimate is a difference without bound.
        differ = np.where(np.isnan(found) & np.isnan(expected), 0.0, np.abs(found - expected))
        difference = np.nan_to_num(differ, nan=np.inf).max()
        ours = seconds(method, REPEATS[n])
        ratio = ours / r_seconds
        print(f"{name:<20}{n:>10,}{ours:>12.5f}{r_seconds:>12.5f}{ratio:>9.3f}{difference:>13.1e}")


def seconds(method: Callable[[], object], repeats: int) -> float:
    """Mean time of one run, of the processor and all its cores, as in the script."""
    start = time.process_time()
    for _ in range(repeats):
        method()
    return (time.process_time() - start) / repeats


def kaplan_meier(days: np.ndarray, cause: np.ndarray) -> np.ndarray:
    """Survival, standard error and limits, in R's order."""
    curve = estimate_kaplan_meier(count_at_risk(days, cause > 0))
    return np.concatenate([curve.survival, curve.se, curve.ci_low, curve.ci_high])


def aalen_johansen(days: np.ndarray, cause: np.ndarray) -> np.ndarray:
    """Both incidences and their standard errors."""
    curve = estimate_aalen_johansen(count_at_risk(days, cause, n_causes=2))
    return np.concatenate([curve.incidence.ravel(), curve.se.ravel()])


def cox(days: np.ndarray, cause: np.ndarray, covariates: np.ndarray) -> np.ndarray:
    """Coefficients and standard errors."""
    fit = estimate_cox(CoxData(days, cause > 0, covariates))
    return np.concatenate([fit.coefficients, fit.se])


if __name__ == "__main__":
    main()
