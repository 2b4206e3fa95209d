"""A dataset limited to centres: drawn patients of two of them."""

import pytest

from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.scope import keep_centres
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.errors import UsageError
from lupus_outcomes.protocols import PROTOCOLS
from tests.unit.data.drawn import draw_dataset


@pytest.fixture
def dataset(tmp_path):
    """P1 in West, P2 in East, two visits each."""
    return read_dataset(draw_dataset(tmp_path))


def test_all_centres_is_the_dataset_itself(dataset):
    assert keep_centres(dataset, None) is dataset


def test_only_their_patients_and_visits_stay(dataset):
    east = keep_centres(dataset, ("East",))
    assert east.patients["patient_id"].tolist() == ["P2"]
    assert east.tables["visits"]["patient"].tolist() == [0, 0]
    assert east.tables["visits"]["source_row"].tolist() == [4, 5]
    assert dataset.tables["visits"]["patient"].tolist() == [0, 0, 1, 1]


def test_what_was_found_in_the_whole_is_not_told(dataset):
    assert dataset.findings
    assert keep_centres(dataset, ("East",)).findings == ()


def test_a_centre_that_is_not_there_adds_nobody(dataset):
    assert len(keep_centres(dataset, ("East", "Bonn")).patients) == 1


@pytest.mark.parametrize("centre", ["Bonn", "east", "Lun", "East "])
def test_nobody_there_is_refused(dataset, centre):
    with pytest.raises(UsageError, match="no patient of"):
        keep_centres(dataset, (centre,))


def test_every_output_says_so(dataset):
    cohort = derive_cohort(keep_centres(dataset, ("East",)), PROTOCOLS[dataset.study])
    assert select_patients(cohort).words == "Centre: East only"
    named = select_patients(cohort, (("centre", ("East",)),))
    assert named.words == "Centre: East only; Centre: East"
    with pytest.raises(UsageError, match="no level West"):
        select_patients(cohort, (("centre", ("West",)),))
