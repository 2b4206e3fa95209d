"""Many readers at once: how long each waits, what the server grows by, and whose numbers they see.

    python -m tests.proofs.crowd [--sessions 50] [--minutes 10] [--arrive 60]     on a quiet machine

Every reader is a websocket of their own against one server on the bundled sample, opens a page,
thinks for 5 to 15 seconds, and chooses a centre at random or turns to another page. What is seen
says how many patients and which filter it is of; a reader who is shown another centre than the one
they chose, or another number of patients than it has, has been shown somebody else's.
"""

import argparse
import random
import re
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.paths import SAMPLE
from lupus_outcomes.protocols import PROTOCOLS
from tests.bench.reader import Reader
from tests.browser.dashboard import serve

SEED = 20_261_126
THINKS_SECONDS = (5.0, 15.0)
# Whose own work takes longest are left to the benchmarks: a model is fitted once for all readers.
PAGES = (
    "", "enrolment", "eligibility", "completeness", "glucocorticoids", "activity", "damage",
    "time_to_response", "flares", "retention", "exposure", "adverse_events", "centres",
)  # fmt: skip
SETTLED_SECONDS = 60
KILOBYTE = 1024
SEEN = re.compile(r"([\d,]+) of ([\d,]+) patients")


@dataclass
class Notes:
    """What all readers noted. ``cold``: seconds of the very first page of the server."""

    cold: float = 0.0
    arrivals: list[float] = field(default_factory=list)
    first_paints: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def count_patients() -> dict[str, int]:
    """The patients of each centre, for a reader to know what to expect."""
    dataset = read_dataset(SAMPLE)
    cohort = derive_cohort(dataset, PROTOCOLS[dataset.study])
    centres = cohort.characteristics["centre"].levels
    return {c: select_patients(cohort, (("centre", (c,)),)).n_patients for c in centres}


def read_along(
    address: str, number: int, arrive: float, until: float, sizes: dict[str, int], notes: Notes
) -> None:
    """One reader, who comes within ``arrive`` seconds, until the time is over."""
    mind = random.Random(SEED + number)
    try:
        time.sleep(mind.uniform(0, arrive))
        reader = _open(address, mind, notes.arrivals)
        while time.monotonic() < until:
            time.sleep(mind.uniform(*THINKS_SECONDS))
            if mind.random() < 0.2:
                reader.close()
                reader = _open(address, mind, notes.first_paints)
            else:
                option = mind.choice(reader.options("Centre"))
                notes.changes.append(reader.choose("Centre", [option]))
                centre = option.partition(" · ")[0]
                notes.strangers += find_strangers(reader.said, centre, sizes)
        reader.close()
    except Exception as problem:
        notes.failures.append(f"reader {number}: {type(problem).__name__} {problem}")


def _open(address: str, mind: random.Random, seconds: list[float]) -> Reader:
    start = time.perf_counter()
    reader = Reader(address, mind.choice(PAGES))
    seconds.append(time.perf_counter() - start)
    return reader


def find_strangers(said: Sequence[str], centre: str, sizes: dict[str, int]) -> list[str]:
    """What was said of other patients than those of the centre that was chosen."""
    seen = [line for line in said if "You are seeing" in line]
    if not seen:
        return [f"{centre}: nobody said what is seen"]
    plain = seen[-1].replace("\\", "")
    found = SEEN.search(plain)
    named = [other for other in sizes if other in plain]
    is_own = found is not None and int(found[1].replace(",", "")) == sizes[centre]
    return [] if is_own and named == [centre] else [f"{centre} ({sizes[centre]}): {plain}"]


def memory_of_server(port: str) -> int:
    """Bytes that the server holds in memory; it is the process whose command has the port."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"--port" in words and port.encode() in words and b"app" in words:
                status = (process / "status").read_text()
                return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * KILOBYTE
        except OSError:
            continue
    raise AssertionError("the server is gone")


def run(sessions: int, minutes: float, arrive: float) -> tuple[Notes, list[tuple[float, int]]]:
    """Let them read; gives what they noted, and the memory of the server by second."""
    notes, sizes, memory = Notes(), count_patients(), []
    with serve(SAMPLE) as address:
        port = address.rpartition(":")[2]
        begun = time.perf_counter()
        Reader(address).close()
        notes.cold = time.perf_counter() - begun
        start = time.monotonic()
        until = start + 60 * minutes
        readers = [
            threading.Thread(target=read_along, args=(address, number, arrive, until, sizes, notes))
            for number in range(sessions)
        ]
        for reader in readers:
            reader.start()
        while any(reader.is_alive() for reader in readers):
            memory.append((time.monotonic() - start, memory_of_server(port)))
            time.sleep(1)
    return notes, memory


def tell(seconds: Sequence[float]) -> str:
    """Median and 95th percentile."""
    if len(seconds) < 2:
        return f"{len(seconds)} only"
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return f"{len(seconds):,}, p50 {statistics.median(seconds):.2f} s, p95 {p95:.2f} s"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--arrive", type=float, default=60, help="seconds in which all come")
    chosen = parser.parse_args()
    notes, memory = run(chosen.sessions, chosen.minutes, chosen.arrive)
    settled = next((b for second, b in memory if second >= SETTLED_SECONDS), memory[-1][1])
    # Between two collections a server may hold much for a moment.
    end = statistics.median(b for _, b in memory[-15:])
    print(
        f"{chosen.sessions} sessions for {chosen.minutes:g} minutes, all there after "
        f"{chosen.arrive:g} s"
    )
    print(f"first page of all: {notes.cold:.2f} s")
    print(f"first paint, arriving: {tell(notes.arrivals)}")
    print(f"first paint, later:    {tell(notes.first_paints)}")
    print(f"filter change: {tell(notes.changes)}")
    print(
        f"memory: {settled / 1e6:,.0f} MB after a minute, {end / 1e6:,.0f} MB at the end, "
        f"{end / settled - 1:+.1%}"
    )
    print(f"{len(notes.strangers)} views of somebody else's, {len(notes.failures)} failures")
    for line in (notes.strangers + notes.failures)[:20]:
        print(f"  {line}")
    return int(bool(notes.strangers or notes.failures))


if __name__ == "__main__":
    sys.exit(main())
