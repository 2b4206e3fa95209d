"""One dataset in every encoding, delimiter and decimal mark: the same tables, the same findings."""

import csv
import io
import itertools
from pathlib import Path

import pandas as pd
import pytest

from lupus_outcomes.data.read import read_dataset
from tests.unit.data.test_dialect import DELIMITERS, ENCODINGS

COHORT = Path(__file__).parents[2] / "data" / "inputs" / "cohort" / "dataset"
N_PATIENTS = 25
CENTRES = {"Centre 05": "Zürich", "Centre 02": "São João; Nord", "Centre 03": 'Malmä "B", 2'}
COMBINATIONS = list(itertools.product(ENCODINGS, DELIMITERS, ".,"))
DECIMAL_COLUMNS = {"weight_kg", "physician_ga", "patient_ga", "prednisone_mg_day", "age_years"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows() -> dict[str, list[list[str]]]:
    """The first patients of the worked example as cells, some centres renamed."""
    tables = {}
    for file in sorted(COHORT.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as text:
            header, *cells = csv.reader(text)
        kept = [row for row in cells if int(row[0].rpartition("-")[2]) <= N_PATIENTS]
        tables[file.stem] = [header, *([CENTRES.get(cell, cell) for cell in row] for row in kept)]
    return tables


def _write(folder: Path, rows, encoding: str, delimiter: str, mark: str) -> Path:
    codec, byte_order_mark = ENCODINGS[encoding]
    folder.mkdir()
    (folder / "dataset.toml").write_bytes((COHORT / "dataset.toml").read_bytes())
    for name, cells in rows.items():
        text = io.StringIO()
        writer = csv.writer(
            text, delimiter=delimiter, lineterminator="\r\n" if mark == "," else "\n"
        )
        writer.writerow(cells[0])
        for row in cells[1:]:
            writer.writerow(
                cell.replace(".", mark) if column in DECIMAL_COLUMNS or _is_number(cell) else cell
                for column, cell in zip(cells[0], row, strict=True)
            )
        (folder / f"{name}.csv").write_bytes(byte_order_mark + text.getvalue().encode(codec))
    return folder


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdecimal()


@pytest.fixture(scope="module")
def expected(rows, tmp_path_factory):
    """The dataset as it is read from plain UTF-8."""
    folder = tmp_path_factory.mktemp("plain") / "set"
    return read_dataset(_write(folder, rows, "utf-8", ",", "."))


def test_there_are_at_least_sixty():
    assert len(COMBINATIONS) >= 60


@pytest.mark.parametrize(("encoding", "delimiter", "mark"), COMBINATIONS)
def test_the_same_dataset(tmp_path, rows, expected, encoding, delimiter, mark):
    made = read_dataset(_write(tmp_path / "set", rows, encoding, delimiter, mark))
    for name, frame in expected.tables.items():
        pd.testing.assert_frame_equal(made.tables[name], frame)
    assert made.findings == expected.findings
    assert made.not_collected == expected.not_collected
    assert made.data_cut == expected.data_cut
    commas = [note for note in made.notes if "decimal comma" in note]
    assert bool(commas) == (mark == ",")
    name = "windows-1252" if ENCODINGS[encoding][0] == "cp1252" else ENCODINGS[encoding][0]
    assert any(note.startswith(f"patients.csv: {name}") for note in made.notes)


def test_the_dataset_has_what_makes_encodings_and_delimiters_matter(expected):
    assert set(CENTRES.values()) <= set(expected.patients["centre"])
    assert expected.tables["visits"]["physician_ga"].mod(1).gt(0).any()
