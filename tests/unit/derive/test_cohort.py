"""A cohort from odd sources: shuffled, empty, silent; none may warn or fail."""

import re

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.all_results import estimate_all
from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.protocols import PROTOCOLS
from tests.drawn import draw_cohort
from tests.reference_cohort import FOLDER, expected, reference_cohort

pytestmark = pytest.mark.slow

NOBODY = ""
NO_VISITS = "anna:\nbea: stop=50/other death=60"
SOME_WITHOUT = "anna:\nbea:\n 0 rash\n 180\ncleo:"
ALL_MISSING = "anna:\n -5 phone\n 90 phone\n 180 phone\nbea:\n 0 phone"


@pytest.mark.parametrize("study", PROTOCOLS)
@pytest.mark.parametrize("text", [NOBODY, NO_VISITS, SOME_WITHOUT, ALL_MISSING])
def test_every_result_of_an_odd_cohort(text, study):
    cohort = draw_cohort(text, study)
    selection = select_patients(cohort)
    results = list(estimate_all(cohort, selection))

    assert "attainment" in [result.id for result in results]
    for result in results:
        assert not re.search(r"\bnan\b", result.finding)
        assert isinstance(result.table, pd.DataFrame)


def test_a_patient_without_visits_keeps_the_numbering():
    cohort = draw_cohort(SOME_WITHOUT)

    assert cohort.baseline.tolist() == [-1, 0, -1]
    assert cohort.timepoints.visit[1].tolist() == [-1, 1, -1]
    assert cohort.states["patient"].tolist() == [1, 1]


def test_nobody_enrolled_by_an_early_data_cut():
    cohort = draw_cohort("anna: index=2021-01-01\n 0\n 180", as_of=100)

    assert cohort.n_patients == 0
    assert len(cohort.states) == 0
    assert (estimate_attainment(cohort, select_patients(cohort)).table["n_due"] == 0).all()


def test_analyses_only_read():
    """Cohorts are shared between readers as they are."""
    cohort = reference_cohort()
    frames = {**cohort.tables, "baseline": cohort.patients, "states": cohort.states}
    before = {name: frame.copy(deep=True) for name, frame in frames.items()}
    for _ in estimate_all(cohort, select_patients(cohort, group="centre")):
        pass

    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_the_order_of_the_source_does_not_matter(tmp_path):
    """Every table of the independent cohort shuffled: the same attainment, the same states."""
    random = np.random.default_rng(7)
    for file in (FOLDER / "dataset").iterdir():
        if file.suffix == ".csv":
            lines = file.read_text().splitlines(keepends=True)
            rows = random.permutation(np.array(lines[1:], dtype=object))
            (tmp_path / file.name).write_text(lines[0] + "".join(rows))
        else:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    dataset = read_dataset(tmp_path)
    cohort = derive_cohort(dataset, PROTOCOLS[dataset.study])
    ours = estimate_attainment(cohort, select_patients(cohort)).table
    both = expected("attainment").merge(ours, on=["endpoint", "timepoint_months", "handling"])

    for count in ("n_due", "n", "responders"):
        assert (both[f"{count}_x"] == both[f"{count}_y"]).all()
    assert not dataset.tables["patients"]["patient_id"].is_monotonic_increasing
