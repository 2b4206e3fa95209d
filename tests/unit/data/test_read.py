"""A dataset as the product uses it: study days, sorted, complete, without what was set aside."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.read import examine_dataset, read_dataset
from lupus_outcomes.data.source import compute_fingerprint
from lupus_outcomes.dictionary import TABLES, spec_of
from lupus_outcomes.errors import RefusedDatasetError, UnreadableError
from tests.unit.data.drawn import draw_dataset, find, read

INFUSIONS = """
    patient_id  infusion_date  dose_mg  route
    P2          2024-03-05     300      .
    P1          2024-01-10     300      iv
    P2          2024-04-02     120      SC
"""
TREATMENTS = """
    patient_id  drug          start_date  stop_date   stop_reason
    P2          anifrolumab   2024-03-05  2025-03-05  adverse_event
    P1          anifrolumab   2024-01-10  .           .
    P1          prednisolone  2019-12-31  .           .
"""


def test_days_are_counted_from_the_index_date(tmp_path):
    visits = """
        patient_id  visit_date
        P1          2024-01-09
        P1          2024-01-10
        P1          2025-01-10
        P2          2024-03-05
        P2          2026-06-30
    """
    table = read(tmp_path, visits=visits).tables["visits"]
    assert table["patient"].tolist() == [0, 0, 0, 1, 1]
    assert table["visit_day"].tolist() == [-1, 0, 366, 0, 847]
    assert table["visit_day"].dtype == np.int32
    assert "visit_date" not in table
    assert "patient_id" not in table


def test_visits_are_sorted_by_patient_and_day_whatever_the_order_of_the_file(tmp_path):
    visits = """
        patient_id  visit_date  physician_ga
        P2          2025-03-05  2
        P1          2024-06-10  1.1
        P2          2024-03-05  2.5
        P1          2024-01-10  1.2
    """
    table = read(tmp_path, visits=visits).tables["visits"]
    assert table["patient"].tolist() == [0, 0, 1, 1]
    assert table["physician_ga"].tolist() == [1.2, 1.1, 2.5, 2.0]
    assert isinstance(table.index, pd.RangeIndex)


def test_patients_keep_the_order_and_the_dates_of_the_file(tmp_path):
    dataset = read(tmp_path, treatments=TREATMENTS)
    assert dataset.patients["patient_id"].tolist() == ["P1", "P2"]
    assert dataset.patients["index_date"].dt.day.tolist() == [10, 5]
    courses = dataset.tables["treatments"]
    assert courses["patient"].tolist() == [0, 0, 1]
    assert courses["start_day"].tolist() == [0, -1471, 0]
    np.testing.assert_array_equal(courses["stop_day"], [np.nan, np.nan, 365])


def test_every_table_and_column_of_the_dictionary_is_there(tmp_path):
    tables = read(tmp_path).tables
    assert list(tables) == list(TABLES)
    for name, frame in tables.items():
        for column, declared in TABLES[name].columns.items():
            spec = spec_of(declared)
            if name != "patients" and spec.kind == "date":
                assert column.removesuffix("_date") + "_day" in frame
            elif name == "patients" or column != "patient_id":
                assert frame[column].dtype == (
                    "category" if spec.kind == "code" else declared.dtype.type
                )


def test_what_is_absent_is_not_collected_and_does_not_stop_anything(tmp_path):
    dataset = read(tmp_path, infusions=INFUSIONS)
    assert {"visits.physician_ga", "samples.value", "patients.sex"} <= dataset.not_collected
    assert "visits.visit_date" not in dataset.not_collected
    assert "infusions.dose_mg" not in dataset.not_collected
    assert dataset.tables["samples"].empty


def test_a_column_that_is_empty_throughout_is_not_collected(tmp_path):
    visits = """
        patient_id  visit_date  physician_ga  rash
        P1          2024-01-10  .             no
        P2          2024-03-05  .             .
    """
    dataset = read(tmp_path, visits=visits)
    assert "visits.physician_ga" in dataset.not_collected
    assert "visits.rash" not in dataset.not_collected
    assert dataset.tables["visits"]["rash"].tolist() == [False, pd.NA]


def test_defaults_where_a_cell_or_a_column_is_empty(tmp_path):
    dataset = read(tmp_path, infusions=INFUSIONS)
    assert dataset.tables["infusions"]["route"].tolist() == ["iv", "iv", "sc"]
    assert dataset.patients["treatment_group"].tolist() == ["anifrolumab", "anifrolumab"]


def test_blanks_around_and_case_of_codes_mean_nothing(tmp_path):
    folder = draw_dataset(tmp_path, treatments=TREATMENTS, infusions=INFUSIONS)
    plain = read_dataset(folder)
    for file in folder.glob("*.csv"):
        text = file.read_text().replace(",", "\t, ").replace("adverse_event", "Adverse_Event")
        file.write_text(text)
    spaced = read_dataset(folder)
    for name, frame in plain.tables.items():
        pd.testing.assert_frame_equal(spaced.tables[name], frame)


def test_a_visit_after_death_is_left_out_and_nothing_else(tmp_path):
    drawn = {
        "patients": """
            patient_id  centre  index_date  last_contact_date  death_date
            P1          West    2024-01-10  2025-01-10         2025-02-01
            P2          East    2024-03-05  2026-06-25         .
        """,
        "visits": """
            patient_id  visit_date  physician_ga
            P1          2024-01-10  1.5
            P1          2025-02-01  2
            P1          2025-02-02  0.1
            P2          2025-02-02  0.2
        """,
    }
    assert find(tmp_path, "visit_after_death", **drawn) == [
        ("set_aside", "visits", "visit_date", (4,))
    ]
    table = read(tmp_path, **drawn).tables["visits"]
    assert table["physician_ga"].tolist() == [1.5, 2.0, 0.2]
    assert table["source_row"].tolist() == [2, 3, 5]


def test_an_event_set_aside_keeps_its_row_without_a_day(tmp_path):
    events = """
        patient_id  term   onset_date  end_date    serious
        P1          rash   2024-03-01  2024-02-01  no
        P2          fever  2027-01-01  .           no
    """
    dataset = read(tmp_path, adverse_events=events)
    table = dataset.tables["adverse_events"]
    np.testing.assert_array_equal(table["onset_day"], [51, np.nan])
    np.testing.assert_array_equal(table["end_day"], [np.nan, np.nan])
    assert table["term"].tolist() == ["rash", "fever"]


def test_the_dataset_knows_its_name_hash_and_notes(tmp_path):
    folder = draw_dataset(tmp_path, about={"synthetic": "true"})
    dataset = read_dataset(folder)
    assert (dataset.title, dataset.study, dataset.is_synthetic) == ("Drawn", "nct07215754", True)
    assert dataset.data_cut.isoformat() == "2026-06-30"
    assert dataset.fingerprint == compute_fingerprint(folder)
    assert dataset.notes == (
        "patients.csv: utf-8, comma-separated",
        "visits.csv: utf-8, comma-separated",
    )


def test_every_change_of_a_file_is_another_fingerprint(tmp_path):
    folder = draw_dataset(tmp_path)
    seen = {compute_fingerprint(folder)}
    for file in sorted(folder.iterdir()):
        content = file.read_bytes()
        file.write_bytes(content.replace(b"2026", b"2025", 1))
        seen.add(compute_fingerprint(folder))
        file.write_bytes(content)
    (folder / "flares.csv").write_text("patient_id,flare_date,severity\n")
    seen.add(compute_fingerprint(folder))
    assert len(seen) == 5


def test_a_refused_dataset_is_examined_all_the_same(tmp_path):
    folder = draw_dataset(tmp_path, visits="patient_id visit_date\nP9 2024-01-10")
    assert not examine_dataset(folder).is_usable
    with pytest.raises(RefusedDatasetError) as refusal:
        read_dataset(folder)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["absent", "patients.csv"])
def test_what_is_no_dataset_is_one_line(tmp_path, name):
    draw_dataset(tmp_path)
    with pytest.raises(UnreadableError, match=name):
        read_dataset(tmp_path / name)


def test_order_of_rows_and_columns_does_not_matter(tmp_path):
    folder = draw_dataset(tmp_path, infusions=INFUSIONS, treatments=TREATMENTS)
    plain = read_dataset(folder).tables
    for name in ("infusions", "treatments", "visits"):
        lines = (folder / f"{name}.csv").read_text().splitlines()
        turned = [",".join(reversed(line.split(","))) for line in [lines[0], *lines[:0:-1]]]
        (folder / f"{name}.csv").write_text("\n".join(turned) + "\n")
    turned = read_dataset(folder).tables
    for name in ("visits", "infusions", "treatments"):
        columns = [column for column in plain[name] if column != "source_row"]
        pd.testing.assert_frame_equal(
            turned[name][columns].sort_values(columns, ignore_index=True),
            plain[name][columns].sort_values(columns, ignore_index=True),
        )
