"""Whatever stands in a bad cell is never repeated: not in a finding, not on the terminal."""

import contextlib
import io
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lupus_outcomes.cli import main
from lupus_outcomes.dictionary import TABLES, mandatory_columns, spec_of
from tests.unit.data.drawn import draw_dataset

pytestmark = pytest.mark.slow

# As text, number, date, decimal comma, formula, markup and damaged text; each holds the digits.
SECRET = "7531"
CANARIES = (
    "CANARY-7531", "7531.25", "7531-12-03", "2031-07-31 75:31", "75,31", "7531,7531", "=7531+1",
    "<img src=7531>", "ZÃ¼7531", "-7531", "7531e999", "mrs 7531 name", "true7531", "{7531}",
)  # fmt: skip
PLAIN = {"text": "A", "date": "2024-03-06", "boolean": "no", "number": "1", "code": ""}
CELLS = [(table, column) for table, schema in TABLES.items() for column in schema.columns]


def _table(name: str) -> pd.DataFrame:
    """Three rows with every column of the dictionary filled."""
    specs = {column: spec_of(declared) for column, declared in TABLES[name].columns.items()}
    row = {c: s.codes[0] if s.codes else PLAIN[s.kind] for c, s in specs.items()}
    rows = [row | {"patient_id": patient} for patient in ("P1", "P2", "P3")]
    return pd.DataFrame(rows)


def _said(folder) -> str:
    """Everything that the command line says about a dataset, for people and for programs."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        main(["check", str(folder)])
        main(["check", str(folder), "--json"])
    return told.getvalue()


def _write(folder, tables: dict[str, pd.DataFrame]):
    draw_dataset(folder)
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def whole():
    """Every table of the dictionary, three patients."""
    return {name: _table(name) for name in TABLES}


@pytest.mark.parametrize(
    "canary",
    [*CANARIES[:4], *(pytest.param(canary, marks=pytest.mark.slow) for canary in CANARIES[4:])],
)
def test_a_canary_in_every_column_that_may_be_bad(tmp_path, whole, canary):
    planted = {}
    for name, frame in whole.items():
        free = [column for column in frame if column not in mandatory_columns(name)]
        planted[name] = frame.copy()
        planted[name].loc[1, free] = canary
    said = _said(_write(tmp_path, planted))
    assert "set aside" in said or "garbled" in said
    assert SECRET not in said


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True)
@given(cell=st.sampled_from(CELLS), canary=st.sampled_from(CANARIES), row=st.integers(0, 2))
def test_a_canary_in_any_single_cell(tmp_path_factory, whole, cell, canary, row):
    table, column = cell
    planted = whole | {table: whole[table].copy()}
    planted[table].loc[row, column] = canary
    assert SECRET not in _said(_write(tmp_path_factory.mktemp("canary"), planted))


BROKEN = {
    "a row too long": b"patient_id,visit_date\nP1,2024-01-10\nP2,7531,7531\n",
    "a row too short": b"patient_id,visit_date\nP1,2024-01-10\nP7531\n",
    "an open quotation mark": b'patient_id,visit_date\n"P7531,2024-01-10\n',
    "no header": b"P7531,2024-01-10\nP2,2024-03-05\n",
    "no header, cells alike": b"P7531,P7531\nP2,2024-03-05\n",
    "no header, an empty cell": b"P7531,,3\nP2,2024-03-05,7531\n",
    "control characters": b"patient_id,visit_date\nP7531\x00,2024-01-10\n",
    "mixed encodings": "patient_id,visit_date\nP7531é,1\n".encode() + b"P7531\xe9,2\n",
    "garbled": "patient_id,visit_date\nZÃ¼7531,2024-01-10\n".encode(),
    "not delimited": b"\x89PNG7531\r\n\x1a\n\x00\x00",
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_canary_in_a_broken_file(tmp_path, case):
    folder = draw_dataset(tmp_path)
    (folder / "visits.csv").write_bytes(BROKEN[case])
    said = _said(folder)
    assert "visits" in said
    assert SECRET not in said


@pytest.mark.parametrize("key", ["title", "study", "data_cut", "synthetic", "dates_shifted"])
def test_a_canary_in_what_the_dataset_says_of_itself(tmp_path, key):
    folder = draw_dataset(tmp_path, about={key: '"7531"' if key != "title" else "[7531]"})
    assert SECRET not in _said(folder)


def test_the_json_of_a_refused_dataset_is_json(tmp_path, capsys):
    folder = draw_dataset(tmp_path)
    (folder / "visits.csv").write_bytes(BROKEN["a row too long"])
    assert main(["check", str(folder), "--json"]) == 2
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["severity"] == "error"
