"""Conversions killed with SIGKILL at random moments: is a half dataset ever left, or read?

    python -m tests.proofs.killed [TIMES]     200 moments, some minutes; POSIX only

Each of them runs ``lupus-outcomes convert`` of a REDCap export, by turns to a place where nothing
is and over an earlier dataset. Four of five are forked from this process, which has imported all
that a conversion needs: importing takes longer than converting, and nothing is written meanwhile.
Every fifth is a process from its very start. Half of the moments lie anywhere in the run, half in
its writing. The suite kills what only writes (``tests/unit/data/test_write.py``).
"""

import hashlib
import io
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lupus_outcomes.cli import main as run_command
from lupus_outcomes.data.read import examine_dataset
from lupus_outcomes.data.source import compute_fingerprint
from lupus_outcomes.errors import UnreadableError

TIMES, SEED = 200, 20_261_126
A_MOMENT = 0.0005
INPUTS = Path(__file__).parents[1] / "data" / "inputs"
EXPORT, BEFORE = INPUTS / "redcap-example", INPUTS / "cohort" / "redcap"


@dataclass(frozen=True, slots=True)
class Known:
    """The dataset of before and the one to be made, by hash, and how long making it takes."""

    before: Path
    old: str
    new: str
    forked_seconds: float
    whole_seconds: float
    writing_seconds: float


def convert(source: Path, target: Path) -> int:
    """As the command does."""
    mapping = source / "mapping.toml"
    asked = ["convert", str(source / "export_raw.csv"), str(target), "--mapping", str(mapping)]
    with redirect_stdout(io.StringIO()):
        return run_command(asked)


class Conversion:
    """One that runs, from a fork or from the very start of a process; ends when it is killed."""

    def __init__(self, target: Path, is_whole: bool):
        self.begun = time.perf_counter()
        self._hidden = f".{target.name}."
        self._place = target.parent
        self._status: int | None = None
        self._process = _start_whole(target) if is_whole else _fork(target)

    def wait_for_writing(self) -> float:
        """When the hidden folder was there in which a dataset is made, or all had ended."""
        while not self._has_ended():
            if any(file.name.startswith(self._hidden) for file in self._place.iterdir()):
                break
            time.sleep(A_MOMENT)
        return time.perf_counter()

    def wait(self) -> float:
        """When it had ended, which must be well."""
        while not self._has_ended():
            time.sleep(A_MOMENT)
        assert self._status == 0
        return time.perf_counter()

    def kill(self) -> bool:
        """Whether it was still running."""
        if self._has_ended():
            return False
        os.kill(self._process, signal.SIGKILL)
        return os.WIFSIGNALED(os.waitpid(self._process, 0)[1])

    def _has_ended(self) -> bool:
        if self._status is None:
            process, status = os.waitpid(self._process, os.WNOHANG)
            self._status = status if process else None
        return self._status is not None


def _fork(target: Path) -> int:
    child = os.fork()
    if child == 0:
        os._exit(convert(EXPORT, target))
    return child


def _start_whole(target: Path) -> int:
    source, mapping = EXPORT / "export_raw.csv", EXPORT / "mapping.toml"
    asked = [sys.executable, "-m", "lupus_outcomes.cli", "convert", source, target]
    to_nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    asked = [*map(str, asked), "--mapping", str(mapping)]
    return os.posix_spawn(sys.executable, asked, os.environ, file_actions=to_nowhere)


def learn(folder: Path) -> Known:
    """Make both datasets once, and time it."""
    assert convert(BEFORE, folder / "before") == 0
    # The first to be forked takes longer than all others.
    for _ in range(3):
        forked = Conversion(folder / "forked", is_whole=False)
        writing = forked.wait_for_writing()
        ended = forked.wait()
    whole = Conversion(folder / "whole", is_whole=True)
    return Known(
        before=folder / "before",
        old=compute_fingerprint(folder / "before"),
        new=compute_fingerprint(folder / "forked"),
        forked_seconds=ended - forked.begun,
        whole_seconds=whole.wait() - whole.begun,
        writing_seconds=ended - writing,
    )


def run(folder: Path, times: int, seed: int) -> Iterator[Counter]:
    """Kill that many conversions; gives what was found of each."""
    known, rng = learn(folder), np.random.default_rng(seed)
    for at in range(times):
        place = folder / f"{at}"
        place.mkdir()
        target = place / "set"
        is_over_another, is_in_writing, is_whole_process = (
            at % 2 == 1,
            at % 4 >= 2,
            at % 10 in (4, 9),
        )
        if is_over_another:
            _copy(known.before, target)
        conversion = Conversion(target, is_whole_process)
        if is_in_writing:
            moment = conversion.wait_for_writing() + rng.uniform(0, known.writing_seconds)
        else:
            run_seconds = known.whole_seconds if is_whole_process else known.forked_seconds
            moment = conversion.begun + rng.uniform(0, run_seconds)
        time.sleep(max(moment - time.perf_counter(), 0))
        found = Counter({"killed" if conversion.kill() else "had ended": 1})
        found += judge(target, known, is_over_another)
        yield found


def _copy(source: Path, target: Path) -> None:
    target.mkdir()
    for file in source.iterdir():
        (target / file.name).write_bytes(file.read_bytes())


def judge(target: Path, known: Known, was_there: bool) -> Counter:
    """What lies there after the kill."""
    found: Counter = Counter()
    if not target.exists():
        found["absent"] += 1
        found["LOST"] += was_there
    elif not (is_whole(target) and examine_dataset(target).is_usable):
        found["HALF"] += 1
    else:
        words = {known.old: "the earlier one", known.new: "the new one"}
        found[words.get(compute_fingerprint(target), "ANOTHER")] += 1
    for other in target.parent.iterdir():
        if other != target:
            found["leftovers"] += 1
            found["LEFTOVER IN SIGHT"] += not other.name.startswith(".")
            found["HALF LEFTOVER READ"] += can_be_read(other) and not is_whole(other)
    return +found


def is_whole(folder: Path) -> bool:
    """Whether all files are there and are what the manifest says, told without the product."""
    try:
        listed = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    except OSError:
        return False
    names = {file.name for file in folder.iterdir()}
    return names == {*listed, "manifest.json"} and all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == about["sha256"]
        for name, about in listed.items()
    )


def can_be_read(folder: Path) -> bool:
    """Whether somebody who opened that folder would be shown a dataset."""
    try:
        return examine_dataset(folder).is_usable
    except UnreadableError:
        return False


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    with tempfile.TemporaryDirectory() as folder:
        total = sum(run(Path(folder), times, SEED), Counter())
    print(f"{times} conversions: " + ", ".join(f"{n} {what}" for what, n in total.items()))
    return int(any(what.isupper() for what in total))


if __name__ == "__main__":
    sys.exit(main())
