"""Cohorts drawn by the sample's generator, and the rows made of them."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyreadstat

from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.data.sample import generate_sample
from lupus_outcomes.data.write import write_dataset
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.selection import Selection, select_patients
from lupus_outcomes.export.stata import write_dta
from lupus_outcomes.export.variables import MISSING_WORDS, Variable
from lupus_outcomes.protocols import PROTOCOLS


@cache
def drawn_cohort(seed: int, n_patients: int = 40, data_cut_month: int = 40) -> Cohort:
    """A cohort of its own for each seed."""
    sample = generate_sample(n_patients, seed, data_cut_month)
    with TemporaryDirectory() as folder:
        place = Path(folder) / "drawn"
        write_dataset(place, sample.about, sample.tables)
        dataset = read_dataset(place)
    return derive_cohort(dataset, PROTOCOLS[dataset.study])


def drawn_selection(seed: int) -> tuple[Cohort, Selection]:
    """All patients of one; every other one is grouped."""
    cohort = drawn_cohort(seed)
    return cohort, select_patients(cohort, (), "hydroxychloroquine" if seed % 2 else None)


def as_cells(variable: Variable) -> list[float | str]:
    """Each value, or the letter that says why it is missing."""
    pairs = zip(variable.values.tolist(), variable.missing.tolist(), strict=True)
    return [letter or value for value, letter in pairs]


def count_differences(variables: tuple[Variable, ...], title: str) -> int:
    """Cells, names, labels and words of a table that do not come back from a file of Stata."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.dta"
        path.write_bytes(write_dta(variables, title))
        frame, meta = pyreadstat.read_dta(path, user_missing=True)
    wrong = int(meta.file_label != title) + sum(
        a != b for a, b in zip([v.name for v in variables], frame.columns, strict=True)
    )
    for variable in variables:
        cells = frame[variable.name].tolist()
        wrong += sum(a != b for a, b in zip(as_cells(variable), cells, strict=True))
        wrong += meta.column_names_to_labels[variable.name] != variable.label
        reasons = {letter: MISSING_WORDS[letter] for letter in set(variable.missing) - {""}}
        words = {**variable.codes, **reasons}
        wrong += meta.variable_value_labels.get(variable.name, {}) != words
    return wrong
