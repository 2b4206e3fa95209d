"""The result tables of 10,000 synthetic patients against R, each as a whole process.

R does seven of our tables (tests/bench/outcomes.R): eight of the thirteen endpoints, fifteen of the
sixteen measures, no interval-censored curves. The numbers that both write must be the same.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

SCRIPT = Path(__file__).with_name("outcomes.R")
N_PATIENTS = 10_000
TARGET_RATIO = 0.5
TOLERANCE = 1e-6
# Table: what names a row, and the numbers compared.
SHARED = {
    "attainment": (
        ["endpoint", "timepoint_months", "handling"],
        ["n_due", "n", "responders", "proportion", "ci_low", "ci_high"],
    ),
    "change": (
        ["measure", "timepoint_months"],
        [
            "n",
            "mean",
            "mean_ci_low",
            "sd",
            "median",
            "q1",
            "q3",
            "n_paired",
            "mean_change",
            "ci_low",
            "p_value",
            "model_change",
            "model_ci_low",
            "model_ci_high",
        ],
    ),
    "retention_milestones": (["milestone_months"], ["survival", "ci_low", "ci_high"]),
    "discontinuation": (["reason", "milestone_months"], ["cumulative_incidence"]),
    "time_to_response": (
        ["endpoint", "definition", "method", "milestone_months"],
        ["probability", "ci_low", "ci_high"],
    ),
    "adverse_events": (
        ["category"],
        [
            "n_patients",
            "proportion",
            "ci_low",
            "n_events",
            "person_years",
            "event_rate_ci_high",
            "eair_per_100py",
            "eair_ci_low",
            "eair_ci_high",
        ],
    ),
    "flares": (["source", "severity"], ["n_flares", "n_patients", "person_years"]),
}


def main() -> None:
    """Print seconds, the ratio and where numbers differ; nothing is asserted against a clock."""
    if shutil.which("Rscript") is None:
        print("Result tables against R: left out, there is no Rscript here.")
        return
    with tempfile.TemporaryDirectory() as folder:
        dataset, ours, theirs = (Path(folder) / name for name in ("dataset", "ours", "r"))
        tool = [sys.executable, "-m", "lupus_outcomes.cli"]
        run([*tool, "sample", "--patients", str(N_PATIENTS), "--out", str(dataset)])
        seconds = run([*tool, "tables", str(dataset), "--out", str(ours)])
        of_r = run(["Rscript", str(SCRIPT), str(dataset), str(theirs)])
        print(f"Result tables of {N_PATIENTS:,} patients, whole process, seconds (of processor)")
        print(f"  R, seven tables  {of_r[0]:.1f} ({of_r[1]:.1f})")
        print(
            f"  lupus-outcomes   {seconds[0]:.1f} ({seconds[1]:.1f}), "
            f"{len(list(ours.glob('*.csv')))} tables   ratio {seconds[0] / of_r[0]:.2f}, "
            f"target {TARGET_RATIO}"
        )
        print("Largest difference of the numbers that both write")
        for name in SHARED:
            print(f"  {name:<21} {differences(ours, theirs, name)}")


def run(command: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of a process that must succeed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def differences(ours: Path, theirs: Path, name: str) -> str:
    """The rows compared and the largest difference in each number that differs."""
    key, numbers = SHARED[name]
    left, right = (pd.read_csv(folder / f"{name}.csv") for folder in (ours, theirs))
    if "group" in left:
        left = left[left["group"] == "all"]
    both = right.merge(left, on=key, suffixes=("_r", ""))
    gaps = {n: float((both[n] - both[f"{n}_r"]).abs().max()) for n in numbers}
    apart = [f"{n} {gap:.3g}" for n, gap in gaps.items() if gap > TOLERANCE]
    return f"{len(both)} of {len(right)} rows: {', '.join(apart) or 'the same'}"


if __name__ == "__main__":
    main()
