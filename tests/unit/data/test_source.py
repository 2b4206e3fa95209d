"""A dataset as it lies on disk: a folder of CSV or Parquet; the same text from each."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lupus_outcomes.data.read import examine_dataset, read_dataset
from lupus_outcomes.data.source import open_source
from lupus_outcomes.errors import UnreadableError
from tests.unit.data.drawn import draw_dataset

PATIENTS = pd.DataFrame(
    {
        "patient_id": ["P1", "P2", "P3"],
        "centre": ["West", "East", "East"],
        "index_date": pd.to_datetime(["2024-01-10", "2024-03-05", "2024-03-06"]),
        "last_contact_date": pd.to_datetime(["2026-06-20", "2026-06-25", "2026-06-25"]).date,
        "age_years": [41.5, np.nan, 30.0],
        "weight_kg": np.array([60.1, 70.0, np.nan], dtype=np.float32),
        "prior_biologics": [0, 1, 2],
        "hydroxychloroquine": [True, None, False],
        "anti_ro": pd.array([True, False, None], dtype="boolean"),
        "sex": pd.Categorical(["female", None, "male"]),
    }
)
VISITS = pd.DataFrame(
    {"patient_id": ["P1", "P2", "P3"], "visit_date": ["2024-01-10", "2024-03-05", "2024-03-06"]}
)


def _folder(path, suffix: str):
    folder = draw_dataset(path)
    for name, frame in {"patients": PATIENTS, "visits": VISITS}.items():
        if suffix == "parquet":
            (folder / f"{name}.csv").unlink()
            frame.to_parquet(folder / f"{name}.parquet", index=False)
        else:
            frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


class TestParquet:
    def test_the_same_tables_as_from_csv(self, tmp_path):
        made = read_dataset(_folder(tmp_path / "parquet", "parquet"))
        expected = read_dataset(_folder(tmp_path / "csv", "csv"))
        for name, frame in expected.tables.items():
            pd.testing.assert_frame_equal(made.tables[name], frame)

    def test_cells_are_written_as_a_person_would(self, tmp_path):
        text = open_source(_folder(tmp_path, "parquet")).tables["patients"].frame
        assert text["age_years"].tolist() == ["41.5", "", "30"]
        assert text["weight_kg"].tolist() == ["60.1", "70", ""]
        assert text["hydroxychloroquine"].tolist() == ["True", "", "False"]
        assert text["index_date"].tolist() == ["2024-01-10", "2024-03-05", "2024-03-06"]

    def test_an_index_is_a_column_like_any_other(self, tmp_path):
        folder = _folder(tmp_path, "parquet")
        PATIENTS.set_index("patient_id").to_parquet(folder / "patients.parquet")
        assert read_dataset(folder).patients["patient_id"].tolist() == ["P1", "P2", "P3"]

    @pytest.mark.parametrize("length", [0, 3, 100, -4, -1])
    def test_a_truncated_file(self, tmp_path, length):
        folder = _folder(tmp_path, "parquet")
        whole = (folder / "patients.parquet").read_bytes()
        (folder / "patients.parquet").write_bytes(whole[:length])
        with pytest.raises(
            UnreadableError, match=r"^patients\.parquet is not a whole Parquet file"
        ):
            open_source(folder)

    def test_a_table_of_one_value_repeated_for_ever(self, tmp_path):
        folder = _folder(tmp_path, "parquet")
        column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(30_000_000, np.int8)), ["P1"])
        pq.write_table(pa.table({"patient_id": column}), folder / "patients.parquet")
        assert (folder / "patients.parquet").stat().st_size < 100_000
        with pytest.raises(UnreadableError, match="holds 30,000,000 cells"):
            open_source(folder)

    def test_the_same_table_twice(self, tmp_path):
        folder = draw_dataset(tmp_path)
        VISITS.to_parquet(folder / "visits.parquet")
        with pytest.raises(UnreadableError, match="visits is there twice"):
            open_source(folder)


class TestFolder:
    def test_without_a_dataset_toml(self, tmp_path):
        folder = draw_dataset(tmp_path)
        (folder / "dataset.toml").unlink()
        with pytest.raises(UnreadableError, match=r"has no dataset\.toml"):
            open_source(folder)

    @pytest.mark.parametrize(
        "content",
        [
            b"title = ",
            b"\xff\xfe\x00",
            b"[[[",
            b"title = 'a'\ntitle = 'b'\n",
            b"a = " + b"[" * 9_000,
        ],
    )
    def test_a_dataset_toml_that_is_none(self, tmp_path, content):
        folder = draw_dataset(tmp_path)
        (folder / "dataset.toml").write_bytes(content)
        with pytest.raises(UnreadableError, match=r"^dataset\.toml") as refusal:
            open_source(folder)
        assert "\n" not in str(refusal.value)

    @pytest.mark.parametrize("name", ["notes.txt", "data.csv", "old.xls", "old.ods", "old.xlsb"])
    def test_a_file_that_is_no_dataset(self, tmp_path, name):
        (tmp_path / name).write_text("a,b\n")
        with pytest.raises(UnreadableError, match=name):
            open_source(tmp_path / name)

    def test_nothing_there(self, tmp_path):
        with pytest.raises(UnreadableError, match=r"does not exist\. Give a dataset folder"):
            open_source(tmp_path / "absent")

    def test_what_the_system_will_not_read(self, tmp_path):
        folder = draw_dataset(tmp_path / "set")
        visits, refuses_even_root = folder / "visits.csv", Path("/proc/self/mem")
        if refuses_even_root.exists():
            visits.unlink()
            visits.symlink_to(refuses_even_root)
        else:
            visits.chmod(0)
        with pytest.raises(UnreadableError, match=r"^visits\.csv: \w+"):
            open_source(folder)

    def test_a_table_that_is_a_folder_is_not_a_table(self, tmp_path):
        folder = draw_dataset(tmp_path)
        (folder / "infusions.csv").mkdir()
        assert examine_dataset(folder).is_usable

    def test_the_name_is_too_long(self, tmp_path):
        with pytest.raises(UnreadableError):
            open_source(tmp_path / ("x" * 5_000))
