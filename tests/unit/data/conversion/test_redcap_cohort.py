"""The worked example: an export of 240 patients and its mapping give the tables beside them."""

from pathlib import Path

import pandas as pd
import pytest

from lupus_outcomes.data.conversion.convert import convert
from lupus_outcomes.data.source import open_source
from lupus_outcomes.data.typed import type_table

pytestmark = pytest.mark.slow

COHORT = Path(__file__).parents[3] / "data" / "inputs" / "cohort"
# In the dataset but not in the export: defaults of the dictionary, and two columns nobody exported.
NOT_EXPORTED = {
    "patients": {"treatment_group"},
    "visits": set(),
    "infusions": {"route"},
    "treatments": set(),
    "flares": set(),
    "adverse_events": {"action", "outcome"},
}


def _typed(folder: Path) -> dict[str, pd.DataFrame]:
    return {
        name: type_table(name, table.frame).frame
        for name, table in open_source(folder).tables.items()
    }


@pytest.fixture(scope="module")
def converted(tmp_path_factory) -> Path:
    """The dataset folder made of the export."""
    folder = tmp_path_factory.mktemp("cohort") / "dataset"
    report = convert(
        COHORT / "redcap" / "export_raw.csv", folder, COHORT / "redcap" / "mapping.toml"
    )
    assert report.findings == ()
    assert report.dialect == "utf-8, comma-separated"
    return folder


@pytest.mark.parametrize("table", NOT_EXPORTED)
def test_each_table_is_the_one_of_the_dataset(converted: Path, table: str):
    made, expected = _typed(converted)[table], _typed(COHORT / "dataset")[table]
    assert set(expected) - set(made) == NOT_EXPORTED[table]
    assert set(made) <= set(expected)
    pd.testing.assert_frame_equal(made, expected[made.columns.tolist()])


def test_there_are_no_other_tables(converted: Path):
    assert set(open_source(converted).tables) == set(NOT_EXPORTED)


def test_what_the_dataset_says_of_itself(converted: Path):
    assert open_source(converted).about == open_source(COHORT / "dataset").about


def test_converting_again_gives_the_same_tables(converted: Path, tmp_path: Path):
    convert(COHORT / "redcap" / "export_raw.csv", tmp_path / "again", converted / "mapping.toml")
    for file in converted.glob("*.csv"):
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()
