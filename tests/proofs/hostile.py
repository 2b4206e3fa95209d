"""Bombs and hostile or broken files at every door: refused in one line or read, and at once?

    python -m tests.proofs.hostile     some minutes

The doors are those that take a file of somebody else's: a table of a dataset folder, a workbook,
what a dataset says of itself, an export and its mapping, the draft of one, the page of one's own
data, a template of slides.
Seconds are those of the processor, so that what else the machine does is not counted. The suite
gives a part of the same files to each door (``tests/unit/data/test_hostile_files.py``).
"""

import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lupus_outcomes.data.conversion.convert import convert
from lupus_outcomes.data.conversion.mapping_text import (
    complete,
    list_mapped,
    list_open,
    list_unmapped,
)
from lupus_outcomes.data.read import accept, examine_dataset, read_dataset
from lupus_outcomes.data.upload import (
    convert_upload,
    draft_upload,
    examine_upload,
    name_files,
    recognise,
)
from lupus_outcomes.errors import LupusOutcomesError
from lupus_outcomes.export.deck.deck import open_template, read_template
from tests.hostile_files import CANARY, EXPORT, INPUTS, Case, draw_bombs, draw_cases

MOST_SECONDS = 2.0
MAPPING = EXPORT / "mapping.toml"
DATASET = INPUTS / "cohort" / "dataset"


@dataclass(frozen=True, slots=True)
class Answer:
    """``outcome``: read, refused, or what should not be. ``line``: what was said."""

    door: str
    outcome: str
    line: str
    seconds: float


def ask(case: Case, folder: Path) -> Iterator[Answer]:
    """Give a file to every door that would take one of its name."""
    folder.mkdir()
    for number, (door, give) in enumerate(DOORS.items()):
        place = folder / f"{number}"
        place.mkdir()
        run = give(case, place)
        if run is not None:
            yield _answer(door, run)


def _answer(door: str, run: Callable[[], object]) -> Answer:
    start = time.process_time()
    line, outcome = "", "read"
    try:
        run()
    except LupusOutcomesError as refusal:
        line = str(refusal)
        outcome = "refused" if "\n" not in line else "MORE THAN A LINE"
    except Exception as problem:
        outcome = "TRACEBACK"
        last = traceback.extract_tb(problem.__traceback__)[-1]
        line = f"{type(problem).__name__} {last.filename}:{last.lineno}"
    seconds = time.process_time() - start
    return Answer(door, "TOO SLOW" if seconds >= MOST_SECONDS else outcome, line, seconds)


Door = Callable[[Case, Path], Callable[[], object] | None]


def _as_table(case: Case, place: Path) -> Callable[[], object] | None:
    """A table of a dataset folder, beside an honest one of patients."""
    suffix = Path(case.filename).suffix
    if suffix not in (".csv", ".parquet"):
        return None
    _copy(place, "patients.csv", "dataset.toml")
    (place / f"visits{suffix}").write_bytes(case.content)
    return lambda: examine_dataset(place)


def _as_about(case: Case, place: Path) -> Callable[[], object] | None:
    """What a dataset folder says of itself."""
    if case.filename != "dataset.toml":
        return None
    _copy(place, "patients.csv", "visits.csv")
    (place / case.filename).write_bytes(case.content)
    return lambda: examine_dataset(place)


def _as_dataset(case: Case, place: Path) -> Callable[[], object] | None:
    """A whole dataset in one file."""
    if case.filename.endswith((".toml", ".pptx")):
        return None
    return lambda: read_dataset(_save(case, place))


def _as_export(case: Case, place: Path) -> Callable[[], object] | None:
    """An export, converted by an honest mapping."""
    if case.filename.endswith((".toml", ".pptx", ".parquet")):
        return None
    return lambda: convert(_save(case, place), place / "made", MAPPING)


def _as_draft(case: Case, place: Path) -> Callable[[], object] | None:
    """An export without a mapping."""
    if case.filename.endswith((".toml", ".pptx", ".parquet")):
        return None
    return lambda: convert(_save(case, place), place / "made")


def _as_mapping(case: Case, place: Path) -> Callable[[], object] | None:
    """The mapping of an honest export."""
    if case.filename != "mapping.toml":
        return None
    return lambda: convert(EXPORT / "export_raw.csv", place / "made", _save(case, place))


def _as_companion(case: Case, place: Path) -> Callable[[], object] | None:
    """What lies beside an export and is read with it."""
    if not case.filename.endswith(".csv"):
        return None
    for name in ("data_dictionary.csv", "dags.csv"):
        (place / name).write_bytes(case.content)
    export = place / "export_raw.csv"
    export.write_bytes((EXPORT / export.name).read_bytes())
    return lambda: convert(export, place / "made", MAPPING)


def _as_dropped(case: Case, place: Path) -> Callable[[], object] | None:
    """Dropped on the page of one's own data; a draft is completed as far as it goes, and tried."""
    del place

    def follow() -> object:
        files = name_files([(case.filename, case.content)])
        delivery = recognise(files)
        if delivery.kind == "dataset":
            return accept(examine_upload(files, delivery))
        text, columns = draft_upload(files, delivery)
        list_mapped(text)
        list_unmapped(text, columns)
        answers = {
            (one.table, one.column, code): columns[0] if not code and one.table else "unknown"
            for one in list_open(text)
            for code in (dict(one.codes) or ("",))
        }
        answers |= {("", "study", ""): "nct07215754", ("", "data_cut", ""): "2026-06-30"}
        return convert_upload(files, delivery, complete(text, answers))

    return follow


def _as_template(case: Case, place: Path) -> Callable[[], object] | None:
    """A template of slides."""
    if not case.filename.endswith(".pptx"):
        return None
    return lambda: open_template(read_template(_save(case, place)))


DOORS: dict[str, Door] = {
    "a table": _as_table,
    "dataset.toml": _as_about,
    "a dataset": _as_dataset,
    "an export": _as_export,
    "a draft": _as_draft,
    "a mapping": _as_mapping,
    "beside an export": _as_companion,
    "the page of one's own data": _as_dropped,
    "a template": _as_template,
}


def _copy(place: Path, *names: str) -> None:
    for name in names:
        (place / name).write_bytes((DATASET / name).read_bytes())


def _save(case: Case, place: Path) -> Path:
    (place / case.filename).write_bytes(case.content)
    return place / case.filename


@contextmanager
def watched_folder() -> Iterator[Path]:
    """A folder to work in; nothing may have been run or written outside of it meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
        for place in (Path.cwd(), Path("/tmp"), Path(folder), Path(folder).parent):
            assert not (place / CANARY).exists(), f"{CANARY} in {place}"


def run(cases: Sequence[Case], must_refuse: bool) -> tuple[Counter, list[str], float]:
    """Outcomes of all, what is wrong, and the most seconds that any took."""
    total, wrong, slowest = Counter(), [], 0.0
    with watched_folder() as folder:
        for at, case in enumerate(cases):
            for answer in ask(case, folder / f"{at}"):
                total[answer.outcome] += 1
                slowest = max(slowest, answer.seconds)
                is_wrong = answer.outcome.isupper() or (must_refuse and answer.outcome == "read")
                if is_wrong:
                    wrong.append(
                        f"{case.name} ({case.filename}) as {answer.door}: {answer.outcome} "
                        f"{answer.line} {answer.seconds:.2f} s"
                    )
    return total, wrong, slowest


def warm_up() -> None:
    """What is imported or built at first use is no file's own."""
    run([*draw_cases()[:40:3], Case("honest", "a.csv", b"a,b\n1,\xff\n")], must_refuse=False)


def main() -> int:
    warm_up()
    failed = False
    for name, cases, must_refuse in (
        ("bombs", draw_bombs(), True),
        ("other files", draw_cases(), False),
    ):
        total, wrong, slowest = run(cases, must_refuse)
        told = ", ".join(f"{n:,} {outcome}" for outcome, n in sorted(total.items()))
        print(f"{len(cases)} {name} at {total.total():,} doors: {told}; slowest {slowest:.2f} s")
        for line in wrong:
            print(f"  {line}")
        failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
