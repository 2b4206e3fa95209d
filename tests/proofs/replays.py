"""Are the numbers of a stamp made again elsewhere, and is a stamp that was tampered with told?

    python -m tests.proofs.replays [TIMES]     300 stamps and 50 forged ones, some minutes

Stamps are written by the pages' own functions and by ``lupus-outcomes deck``, of random results,
options, readings of the definitions, filters, groups, centres, studies and datasets. They are made
again by ``lupus-outcomes replay`` in a process that has neither a cache nor any variable of the
environment but PATH. The suite runs a few of the same cases (``tests/unit/export``).
"""

import inspect
import io
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pptx import Presentation
from streamlit.logger import set_log_level

import lupus_outcomes
from lupus_outcomes.analysis.catalogue import ANALYSES
from lupus_outcomes.analysis.event_counts import LABELS
from lupus_outcomes.cli import main as run_command
from lupus_outcomes.data.sample import generate_sample
from lupus_outcomes.data.source import open_source
from lupus_outcomes.data.write import write_dataset
from lupus_outcomes.errors import LupusOutcomesError
from lupus_outcomes.measures import PATIENT_REPORTED
from lupus_outcomes.paths import RELEASE, SAMPLE
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.release.disclosure import CLOSED
from lupus_outcomes.release.provenance import seal
from lupus_outcomes.ui import compute
from lupus_outcomes.ui.definitions import CHOICES
from lupus_outcomes.ui.keys import CohortKey, StudyKey
from tests.proofs.forgeries import FORGERIES
from tests.reference_cohort import FOLDER

STAMPS, FORGED = 300, 50
SEED = 20_261_126
HANDLINGS = ("observed", "treatment_policy", "nri", "locf")
# A dose that is missing has no imputation.
OF_DOSES = ("glucocorticoids", "dose_bands", "dose_paths", "damage")
STATES = ("doris", "lldas", "lldas5", "sle_das_remission", "sle_das_lda")
RESPONSE = ("kaplan_meier", "aalen_johansen", "turnbull")
PROGRESS = "· "
# Of an option one of these; several of those that take several.
ONE_OF = {
    "endpoint": STATES[:2],
    "handling": HANDLINGS,
    "months": (6.0, 12.0),
    "by": ("soc", "pt"),
    "category": tuple(LABELS),
    "definition": ("first", "sustained_2"),
    "method": RESPONSE,
    "source": ("recorded", "derived"),
    "severity": ("any", "mild_moderate", "severe"),
    "state": ("doris", "lldas", "flare"),
    "table": (None, "visits", "infusions"),
    "words": ("", "dose"),
    "leave_out_no_room": (False, True),
    "contrast": (None,),
    "families": (("overall",), ("special",), None),
}
SEVERAL_OF = {
    "endpoints": STATES,
    "handlings": HANDLINGS,
    "measures": PATIENT_REPORTED,
    "definitions": ("first", "sustained_2"),
    "methods": RESPONSE,
    "sources": ("recorded", "derived"),
}
# Run where the package lies, so that no variable has to say where that is.
REPLAY_EACH = """
import sys
from lupus_outcomes.cli import main
for line in sys.stdin:
    status = main(["replay", *line.rstrip("\\n").split("\\t")])
    print(f"status {status}", flush=True)
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """A stamp in its file, and the dataset that it is of."""

    stamp: Path
    dataset: Path


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the command said and left with."""

    status: int
    lines: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether it found nothing to tell but that all is the same."""
        return self.status == 0 and len(self.lines) == 1 and self.lines[0].startswith("the same: ")


def draw_datasets(folder: Path) -> tuple[Path, ...]:
    """The bundled sample, the test cohort and some more, one of them Parquet."""
    drawn = []
    for patients, seed, month in ((60, 1, 66), (60, 2, 45), (180, 3, 84)):
        drawn.append(folder / f"drawn_{patients}_{seed}")
        sample = generate_sample(patients, seed, month)
        write_dataset(drawn[-1], sample.about, sample.tables)
    _turn_to_parquet(drawn[-1])
    return SAMPLE, FOLDER / "dataset", *drawn


def _turn_to_parquet(folder: Path) -> None:
    for name, table in open_source(folder).tables.items():
        table.frame.to_parquet(folder / f"{name}.parquet", index=False)
        (folder / f"{name}.csv").unlink()
    # It lists the files of before.
    (folder / "manifest.json").unlink()


def save_stamps(folder: Path, datasets: Sequence[Path], times: int, seed: int) -> Iterator[Saved]:
    """Stamps of results as a page offers them, one dataset after the other in turn."""
    rng = np.random.default_rng(seed)
    names = list(ANALYSES)
    for at in range(times):
        dataset = datasets[at % len(datasets)]
        made = None
        while made is None:
            name = names[at % len(names)] if rng.random() < 0.8 else str(rng.choice(names))
            try:
                view = draw_view(rng, dataset)
                # Of a selection of nobody a page says so, and has no stamp; nor of what it refuses.
                if compute.selection(view).n_patients:
                    made = compute.result(view, name, **draw_options(rng, name))
            except LupusOutcomesError:
                continue
        path = folder / f"{at:04d}.stamp.json"
        path.write_text(made.stamp_as_json(), "utf-8")
        yield Saved(path, dataset)


def draw_view(rng: np.random.Generator, dataset: Path) -> StudyKey:
    """Whom a reader may look at, and how."""
    own = compute.dataset(str(dataset), compute.fingerprint(str(dataset)))
    study = str(rng.choice(list(PROTOCOLS))) if rng.random() < 0.25 else own.study
    definitions = tuple(
        (choice.id, str(rng.choice(choice.values))) for choice in CHOICES if rng.random() < 0.15
    )
    centres = sorted(own.patients["centre"].astype(str).unique())
    some = tuple(sorted(map(str, rng.choice(centres, max(len(centres) // 2, 1), replace=False))))
    mode = RELEASE if rng.random() < 0.15 else CLOSED
    whole = CohortKey(
        str(dataset),
        own.fingerprint,
        study,
        definitions,
        centres=some if rng.random() < 0.15 else None,
        disclosure=mode,
    )
    if rng.random() < 0.1 and compute.has_interim(StudyKey(whole)):
        return StudyKey(whole).at_interim
    offered = compute.cohort(whole).characteristics
    group = str(rng.choice(list(offered))) if rng.random() < 0.4 else None
    chosen = rng.choice(list(offered), rng.integers(0, 3), replace=False) if mode == CLOSED else ()
    filters = {}
    for name in map(str, chosen):
        levels = offered[name].levels
        size = rng.integers(1, len(levels) + 1)
        filters[name] = tuple(sorted(map(str, rng.choice(levels, size, replace=False))))
    return StudyKey(whole, tuple(sorted(filters.items())), group)


def draw_options(rng: np.random.Generator, name: str) -> dict:
    """What is chosen on the page of an analysis; half of what has a default is left at it."""
    chosen = {}
    for option, declared in inspect.signature(ANALYSES[name]).parameters.items():
        if option in ("cohort", "selection"):
            continue
        if declared.default is not inspect.Parameter.empty and rng.random() < 0.5:
            continue
        offered = (SEVERAL_OF | ONE_OF)[option]
        if option.startswith("handling") and name in OF_DOSES:
            offered = HANDLINGS[:2]
        if option in SEVERAL_OF:
            chosen[option] = tuple(o for o in offered if rng.random() < 0.5) or offered[:1]
        else:
            chosen[option] = offered[int(rng.integers(len(offered)))]
    return chosen


def save_stamps_of_decks(folder: Path, datasets: Sequence[Path]) -> Iterator[Saved]:
    """Those in the notes of slides: models and robustness, too."""
    for at, dataset in enumerate(datasets):
        deck = folder / f"deck_{at}.pptx"
        group = ["--group", "sex"] if at % 2 else ["--filter", "sex=female"]
        asked = ["deck", str(dataset), "--out", str(deck), *group]
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            assert run_command(asked) == 0
        for number, slide in enumerate(Presentation(str(deck)).slides):
            notes = slide.notes_slide.notes_text_frame.text
            path = folder / f"deck_{at}_{number:02d}.stamp.json"
            path.write_text(notes[notes.rindex("\n{") + 1 if "\n{" in notes else 0 :], "utf-8")
            if json.loads(path.read_text("utf-8"))["recipe"]:
                yield Saved(path, dataset)


def replay_elsewhere(saved: Sequence[Saved]) -> list[Replayed]:
    """Make them again in a process of its own that has nothing but PATH from this one."""
    asked = "".join(f"{one.stamp.resolve()}\t{one.dataset.resolve()}\n" for one in saved)
    done = subprocess.run(
        [sys.executable, "-c", REPLAY_EACH],
        input=asked,
        env={"PATH": "/usr/bin:/bin"},
        cwd=Path(lupus_outcomes.__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    found, lines = [], []
    for line in done.stdout.splitlines():
        if line.startswith("status "):
            found.append(Replayed(int(line.removeprefix("status ")), tuple(lines)))
            lines = []
        elif not line.startswith(PROGRESS):
            lines.append(line)
    assert len(found) == len(saved), lines
    return found


def forge(folder: Path, saved: Sequence[Saved], times: int) -> dict[str, Saved]:
    """Stamps changed in one thing, by turns left with their seal and sealed anew."""
    made = {}
    names = list(FORGERIES)
    for at in range(times):
        name, victim = names[at // 2 % len(names)], saved[at * 7 % len(saved)]
        is_sealed_anew = bool(at % 2)
        content = FORGERIES[name](json.loads(victim.stamp.read_text("utf-8")))
        if is_sealed_anew:
            content |= {"seal": seal(content)}
        path = folder / f"forged_{at:03d}.stamp.json"
        path.write_text(json.dumps(content), "utf-8")
        made[f"{name}{', sealed anew' if is_sealed_anew else ''} ({victim.stamp.name})"] = Saved(
            path, victim.dataset
        )
    return made


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else STAMPS
    set_log_level("ERROR")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        datasets = draw_datasets(folder)
        saved = list(save_stamps_of_decks(folder, datasets[1:3]))[:times]
        n_of_decks = len(saved)
        saved += save_stamps(folder, datasets, times - n_of_decks, SEED)
        found = replay_elsewhere(saved)
        of = Counter(
            json.loads(one.stamp.read_text("utf-8"))["recipe"]["analysis"] for one in saved
        )
        bad = [(s, r) for s, r in zip(saved, found, strict=True) if not r.is_clean]
        print(
            f"{len(saved)} stamps of {len(of)} results and {len(datasets)} datasets, {n_of_decks} "
            f"from decks: {len(saved) - len(bad)} the same"
        )
        for one, told in bad:
            print(f"  {one.stamp.name} {one.dataset.name} {told.status}: {' | '.join(told.lines)}")
        forged = forge(folder, saved, FORGED)
        answers = dict(zip(forged, replay_elsewhere(list(forged.values())), strict=True))
        missed = [name for name, told in answers.items() if told.is_clean]
        n_lines = sum("Traceback" in line for told in answers.values() for line in told.lines)
        print(f"{len(forged)} forged: {len(forged) - len(missed)} told, {n_lines} tracebacks")
        for name in missed:
            print(f"  passed for true: {name}")
    return int(bool(bad or missed or n_lines))


if __name__ == "__main__":
    sys.exit(main())
