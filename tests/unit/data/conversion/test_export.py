"""What may lie where an export is expected, and what REDCap puts beside one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.conversion.convert import convert
from lupus_outcomes.data.conversion.export import forms_by_column, open_export, opened_forms
from lupus_outcomes.errors import UnreadableError

EXAMPLE = Path(__file__).parents[3] / "data" / "inputs" / "redcap-example"
MAPPING = """
format = "table"
title = "Flat"
study = "nct07215754"
data_cut = 2024-12-31
[patients]
patient_id = "id"
centre = "site"
index_date = "start"
last_contact_date = { latest = ["visit"] }
[visits]
visit_date = "visit"
physician_ga = "pga"
fever = "fever"
"""


def _flat() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["A", "A", "B"],
            "site": ["West", "West", "Lucca"],
            "start": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-02-01"]),
            "visit": pd.to_datetime(["2024-01-01", "2024-04-01", "2024-02-01"]),
            "pga": [1.5, np.nan, 2.0],
            "fever": [0, 1, 0],
        }
    )


def _as_written(folder: Path, kind: str) -> Path:
    target = folder / f"flat.{kind}"
    if kind == "dta":
        _flat().to_stata(target, write_index=False)
    elif kind == "xlsx":
        _flat().to_excel(target, index=False)
    else:
        _flat().to_csv(target, index=False)
    return target


@pytest.mark.parametrize("kind", ["csv", "dta", "xlsx"])
def test_flat_tables_of_every_kind_give_the_same_dataset(tmp_path: Path, kind: str):
    (tmp_path / "mapping.toml").write_text(MAPPING)
    convert(_as_written(tmp_path, kind), tmp_path / "set", tmp_path / "mapping.toml")
    assert (tmp_path / "set" / "patients.csv").read_text() == (
        "patient_id,centre,index_date,last_contact_date\n"
        "A,West,2024-01-01,2024-04-01\nB,Lucca,2024-02-01,2024-02-01\n"
    )
    assert (tmp_path / "set" / "visits.csv").read_text().splitlines() == [
        "patient_id,visit_date,fever,physician_ga",
        "A,2024-01-01,false,1.5",
        "A,2024-04-01,true,",
        "B,2024-02-01,false,2",
    ]


def test_a_workbook_of_several_sheets_needs_to_be_told_which(tmp_path: Path):
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        _flat().to_excel(book, sheet_name="visits", index=False)
        _flat().to_excel(book, sheet_name="other", index=False)
    with pytest.raises(UnreadableError, match=r'has 2 sheets. .* as sheet = "visits"'):
        open_export(tmp_path / "book.xlsx")
    assert open_export(tmp_path / "book.xlsx", "other").columns[0] == "id"
    with pytest.raises(UnreadableError, match="has no sheet third"):
        open_export(tmp_path / "book.xlsx", "third")


def test_what_is_no_export_is_one_line(tmp_path: Path):
    with pytest.raises(UnreadableError, match="is a folder"):
        open_export(tmp_path)
    with pytest.raises(UnreadableError, match=r"^absent.csv: No such file"):
        open_export(tmp_path / "absent.csv")
    (tmp_path / "broken.dta").write_bytes(b"<stata_dta>")
    with pytest.raises(UnreadableError, match="is not a whole Stata file"):
        open_export(tmp_path / "broken.dta")


def test_the_data_dictionary_is_read():
    fields = open_export(EXAMPLE / "export_raw.csv").fields
    assert fields["sex"].choices == {"1": "Female", "2": "Male"}
    assert fields["organ_ever"].choices["-99"] == "Unknown"
    assert fields["c4"].form == "laboratory"
    assert [name for name, field in fields.items() if field.is_identifier] == ["initials", "dob"]


def test_another_file_called_data_dictionary_is_refused(tmp_path: Path):
    _as_written(tmp_path, "csv")
    (tmp_path / "data_dictionary.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableError, match="is no REDCap data dictionary"):
        open_export(tmp_path / "flat.csv")


def test_forms_are_told_by_the_status_that_ends_them():
    columns = ("id", "redcap_event_name", "a", "one_complete", "b___1", "two_complete", "c")
    assert forms_by_column(columns) == {
        "id": "one",
        "a": "one",
        "b___1": "two",
        "c": "",
    }


def test_a_form_was_opened_if_saved_or_filled():
    frame = pd.DataFrame(
        {
            "id": ["A", "B", "C", "D"],
            "a": ["", "", "x", ""],
            "b___1": ["0", "0", "0", "1"],
            "one_complete": ["0", "1", "0", "0"],
        }
    )
    assert opened_forms(frame, "id")["one"].tolist() == [False, True, True, True]


def test_without_any_status_content_tells():
    frame = pd.DataFrame({"id": ["A", "B"], "a": ["", "x"], "b___1": ["0", "0"]})
    assert opened_forms(frame, "id")[""].tolist() == [False, True]
