"""Random readers, centres and filters: is any patient of another centre ever part of a selection?

    python -m tests.proofs.scope            ten thousand cases, some minutes

The suite runs a few hundred of the same cases (``tests/property/test_scope.py``).
"""

import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lupus_outcomes.access.readers import admit, read_readers
from lupus_outcomes.analysis.catalogue import ANALYSES
from lupus_outcomes.data.read import Dataset, read_dataset
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.scope import keep_centres
from lupus_outcomes.derive.selection import Selection, select_patients
from lupus_outcomes.errors import UsageError
from lupus_outcomes.protocols import PROTOCOLS
from tests.reference_cohort import FOLDER
from tests.sign_in import claims_of

LISTS, CASES_A_LIST = 200, 50
# Results whose first row counts all selected patients.
COUNTED = "baseline"


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the cases. ``strangers``: patients of another centre, in whatever was had."""

    cases: int
    refused: int
    strangers: int


def run(seed: int, lists: int, cases_a_list: int) -> Tally:
    """Draw lists of readers, and filters for one reader of each."""
    rng = np.random.default_rng(seed)
    dataset = read_dataset(FOLDER / "dataset")
    centre_of = read_centres()
    centres = sorted(set(centre_of.values()))
    cases = refused = strangers = 0
    for _ in range(lists):
        allowed = draw_scope(rng, centres)
        cohort = derive_cohort(keep_centres(dataset, allowed), PROTOCOLS[dataset.study])
        strangers += count_strangers(dataset, cohort, centre_of, allowed)
        for selection in draw_selections(rng, cohort, centres, cases_a_list):
            cases += 1
            if selection is None:
                refused += 1
                continue
            strangers += count_selected_strangers(cohort, selection, centre_of, allowed)
    return Tally(cases, refused, strangers)


def read_centres() -> Mapping[str, str]:
    """The centre of each patient as the file says it, read without the product."""
    with (FOLDER / "dataset" / "patients.csv").open(newline="") as file:
        return {row["patient_id"]: row["centre"] for row in csv.DictReader(file)}


def draw_scope(rng: np.random.Generator, centres: list[str]) -> tuple[str, ...]:
    """The centres of one of the readers of a random list, as the product understands that list."""
    lines = ["[readers]"]
    for number in range(rng.integers(1, 6)):
        size = rng.integers(1, len(centres))
        chosen = ", ".join(f'"{name}"' for name in rng.choice(centres, size, replace=False))
        role = rng.choice(["viewer", "investigator", "data_manager"])
        lines.append(f'"reader{number}@a.example" = {{ role = "{role}", centres = [{chosen}] }}')
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "readers.toml"
        path.write_text("\n".join(lines), "utf-8")
        reader = admit(claims_of(f"reader{number}@a.example"), read_readers(path))
    assert reader.centres is not None
    # What the list said of that reader, not what the product made of it.
    said = lines[-1].partition("centres = [")[2].split("]")[0]
    assert set(reader.centres) == {name.strip(' "') for name in said.split(",")}
    return reader.centres


def draw_selections(
    rng: np.random.Generator, cohort: Cohort, centres: list[str], cases: int
) -> Iterator[Selection | None]:
    """Selections by up to three filters and a grouping; centres of others are asked for, too."""
    names = list(cohort.characteristics)
    for _ in range(cases):
        filters = {}
        for name in rng.choice(names, rng.integers(0, 4), replace=False):
            levels = centres if name == "centre" else cohort.characteristics[name].levels
            size = rng.integers(1, len(levels) + 1)
            filters[str(name)] = tuple(map(str, rng.choice(levels, size, replace=False)))
        group = str(rng.choice(names)) if rng.random() < 0.5 else None
        try:
            yield select_patients(cohort, tuple(filters.items()), group)
        except UsageError:
            yield None


def count_strangers(
    dataset: Dataset, cohort: Cohort, centre_of: Mapping[str, str], allowed: tuple[str, ...]
) -> int:
    """Patients of other centres in any table or derived frame, by row and by file line."""
    ids = cohort.patients["patient_id"].astype(str).to_numpy()
    strangers = sum(centre_of[patient] not in allowed for patient in ids)
    everyone = dataset.patients["patient_id"].astype(str).to_numpy()
    for name, frame in cohort.tables.items():
        if name == "patients":
            continue
        whole = dataset.tables[name]
        # By the line of its file a row tells whose it is, whatever number the patient has now.
        owner = dict(zip(whole["source_row"], everyone[whole["patient"]], strict=True))
        for line, patient in zip(frame["source_row"], frame["patient"], strict=True):
            is_own = owner[line] == ids[patient] and centre_of[owner[line]] in allowed
            strangers += not is_own
    return strangers


def count_selected_strangers(
    cohort: Cohort,
    selection: Selection,
    centre_of: Mapping[str, str],
    allowed: tuple[str, ...],
) -> int:
    """Patients of other centres among those selected, in any group or in a result's numbers."""
    ids = cohort.patients["patient_id"].astype(str).to_numpy()
    strangers = sum(
        centre_of[patient] not in allowed
        for group in selection.groups
        for patient in ids[group.members]
    )
    if selection.n_patients:
        result = ANALYSES[COUNTED](cohort, selection)
        n_allowed = sum(centre in allowed for centre in centre_of.values())
        strangers += max(result.n_patients - n_allowed, 0)
        strangers += sum(
            centre not in allowed and centre in str(cell)
            for centre in set(centre_of.values())
            for cell in result.table.to_numpy().ravel()
        )
    return strangers


if __name__ == "__main__":
    tally = run(seed=20_260_630, lists=LISTS, cases_a_list=CASES_A_LIST)
    print(f"{tally.cases:,} cases, {tally.refused:,} refused for a centre of others")
    print(f"{tally.strangers} patients of another centre")
    sys.exit(tally.strangers > 0)
