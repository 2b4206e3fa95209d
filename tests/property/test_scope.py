"""A reader of some centres: nothing of another centre is in anything that reader can have."""

import csv
import shutil

import pytest

from lupus_outcomes.analysis.all_results import estimate_all
from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.scope import keep_centres
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.release.provenance import hash_table
from tests.proofs.scope import run
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

SCOPE = ("Centre 02", "Centre 06")


def test_no_patient_of_another_centre_in_random_cases():
    found = run(seed=7, lists=6, cases_a_list=25)
    assert found.cases == 150
    assert 0 < found.refused < found.cases
    assert found.strangers == 0


def test_the_proof_would_see_a_stranger(monkeypatch):
    monkeypatch.setattr("tests.proofs.scope.keep_centres", lambda dataset, centres: dataset)
    assert run(seed=7, lists=1, cases_a_list=2).strangers > 100


@pytest.fixture(scope="module")
def without_the_others(tmp_path_factory):
    """The dataset with every line of other centres taken out of its files by hand."""
    folder = tmp_path_factory.mktemp("scope") / "dataset"
    shutil.copytree(FOLDER / "dataset", folder)
    with (folder / "patients.csv").open(newline="") as file:
        own = {r["patient_id"] for r in csv.DictReader(file) if r["centre"] in SCOPE}
    for path in folder.glob("*.csv"):
        with path.open(newline="") as file:
            header, *rows = csv.reader(file)
        at = header.index("patient_id")
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([header, *(row for row in rows if row[at] in own)])
    dataset = read_dataset(folder)
    return derive_cohort(dataset, PROTOCOLS[dataset.study])


def test_every_result_is_as_if_the_others_were_not_there(without_the_others):
    dataset = keep_centres(reference_cohort().dataset, SCOPE)
    scoped = derive_cohort(dataset, PROTOCOLS[dataset.study])
    assert scoped.n_patients == without_the_others.n_patients == 51
    n_results = 0
    for ours, theirs in zip(
        estimate_all(scoped, select_patients(scoped)),
        estimate_all(without_the_others, select_patients(without_the_others)),
        strict=True,
    ):
        n_results += 1
        if ours.id == "findings":
            assert ours.table.empty
        elif not ours.id.startswith("dataset_"):
            assert hash_table(ours.table) == hash_table(theirs.table), ours.id
    assert n_results > 20
