"""A dataset folder is whole or absent, and the same data gives the same bytes."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.write import write_dataset
from lupus_outcomes.errors import UsageError
from tests.proofs.killed import is_whole

pytestmark = pytest.mark.slow

ABOUT = {
    "title": 'The "first" cohort, Zürich',
    "study": "nct07215754",
    "data_cut": date(2026, 6, 30),
    "synthetic": True,
    "assume": {"investigational_drug": False},
}


def _tables() -> dict[str, pd.DataFrame]:
    patients = pd.DataFrame({"patient_id": ["P1", "P2"], "centre": ["West; Nord", ""]})
    visits = pd.DataFrame(
        {
            "patient_id": pd.Series(["P1", "P1", "P2"], dtype="string"),
            "visit_date": pd.to_datetime(["2024-01-31", None, "2024-03-01"]),
            "rash": pd.array([True, None, False], dtype="boolean"),
            "fever": [True, False, True],
            "physician_ga": [0.1, np.nan, 2.0],
            "swollen_joints_28": pd.array([3, None, 0], dtype="Int64"),
            "mixed": ["a", None, 0.30000000000000004],
        }
    )
    return {"patients": patients, "visits": visits}


def test_the_files_say_what_they_should(tmp_path: Path):
    write_dataset(tmp_path / "set", ABOUT, _tables())

    assert (tmp_path / "set" / "visits.csv").read_bytes().decode() == (
        "patient_id,visit_date,rash,fever,physician_ga,swollen_joints_28,mixed\n"
        "P1,2024-01-31,true,true,0.1,3,a\n"
        "P1,,,false,,,\n"
        "P2,2024-03-01,false,true,2,0,0.30000000000000004\n"
    )
    assert (tmp_path / "set" / "patients.csv").read_bytes() == (
        b"patient_id,centre\nP1,West; Nord\nP2,\n"
    )
    assert tomllib.loads((tmp_path / "set" / "dataset.toml").read_text("utf-8")) == ABOUT


def test_the_manifest_knows_every_file(tmp_path: Path):
    source = tmp_path / "export.csv"
    source.write_bytes(b"a,b\n")
    write_dataset(tmp_path / "set", ABOUT, _tables(), source=source, mapping="format = 'redcap'\n")

    manifest = json.loads((tmp_path / "set" / "manifest.json").read_text())
    written = {file.name for file in (tmp_path / "set").iterdir()} - {"manifest.json"}
    assert set(manifest["files"]) == written
    for name, about in manifest["files"].items():
        octets = (tmp_path / "set" / name).read_bytes()
        assert about["sha256"] == hashlib.sha256(octets).hexdigest()
    assert manifest["files"]["visits.csv"]["rows"] == 3
    assert manifest["source"] == {
        "file": "export.csv",
        "sha256": hashlib.sha256(b"a,b\n").hexdigest(),
    }
    assert "written_utc" in manifest


def test_without_a_source_the_bytes_depend_on_the_data_alone(tmp_path: Path):
    for name in ("one", "two"):
        write_dataset(tmp_path / name, ABOUT, _tables())
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
    assert "written_utc" not in (tmp_path / "one" / "manifest.json").read_text()


def test_an_earlier_dataset_is_replaced_whole(tmp_path: Path):
    write_dataset(tmp_path / "set", ABOUT, _tables())
    write_dataset(tmp_path / "set", ABOUT, {"patients": _tables()["patients"]})
    assert not (tmp_path / "set" / "visits.csv").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["set"]


def test_an_empty_folder_is_replaced(tmp_path: Path):
    (tmp_path / "set").mkdir()
    write_dataset(tmp_path / "set", ABOUT, _tables())
    assert (tmp_path / "set" / "manifest.json").exists()


@pytest.mark.parametrize("stranger", ["thesis.docx", "patients.csv", "mapping.toml"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, stranger: str):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / stranger).write_text("mine")
    with pytest.raises(UsageError, match=f"holds {stranger}, which no earlier conversion wrote"):
        write_dataset(tmp_path / "set", ABOUT, _tables(), mapping="theirs")
    assert (tmp_path / "set" / stranger).read_text() == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["set"]


def test_the_mapping_in_the_folder_may_be_the_one_used(tmp_path: Path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mapping.toml").write_text("mine")
    write_dataset(tmp_path / "set", ABOUT, _tables(), mapping="mine")
    assert (tmp_path / "set" / "mapping.toml").read_text() == "mine"


def test_result_tables_are_not_taken_for_a_dataset(tmp_path: Path):
    (tmp_path / "manifest.json").write_text('{"files": {"retention.csv": {}}}')
    (tmp_path / "retention.csv").write_text("day\n")
    with pytest.raises(UsageError, match=r"retention\.csv"):
        write_dataset(tmp_path, ABOUT, _tables())


def test_a_file_is_refused(tmp_path: Path):
    (tmp_path / "set").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        write_dataset(tmp_path / "set", ABOUT, _tables())


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written: "):
        write_dataset(tmp_path / "file" / "set", ABOUT, _tables())


def test_a_link_stays_a_link(tmp_path: Path):
    write_dataset(tmp_path / "set", ABOUT, _tables())
    (tmp_path / "link").symlink_to(tmp_path / "set")
    write_dataset(tmp_path / "link", ABOUT, {"patients": _tables()["patients"]})
    assert (tmp_path / "link").is_symlink()
    assert not (tmp_path / "set" / "visits.csv").exists()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link", "set"]


def test_old_leftovers_are_removed_and_young_ones_left(tmp_path: Path):
    for name, age in ((".set.partial-old", 100_000), (".set.partial-new", 10)):
        (tmp_path / name).mkdir()
        then = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (then, then))
    write_dataset(tmp_path / "set", ABOUT, _tables())
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".set.partial-new", "set"]


def test_what_is_left_half_cannot_be_read(tmp_path: Path, monkeypatch):
    write_dataset(tmp_path / "set", ABOUT, _tables())
    seen = []
    monkeypatch.setattr(shutil, "rmtree", lambda folder, **_: seen.append(folder))
    write_dataset(tmp_path / "set", ABOUT, _tables())
    (old,) = seen
    assert not (old / "dataset.toml").exists()
    assert (old / "visits.csv").exists()


# Imports once and forks a writer a round, because importing pandas takes longer than the rounds.
KILLED_WRITERS = """
import os, random, signal, sys, time
from pathlib import Path
import pandas as pd
from lupus_outcomes.data.write import write_dataset

target, rounds, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
draw = random.Random(seed)
for _ in range(rounds):
    child = os.fork()
    if child == 0:
        for turn in range(10_000):
            rows = 500 + turn % 7
            table = pd.DataFrame({"patient_id": [f"P{turn}-{row}" for row in range(rows)]})
            write_dataset(target, {"title": str(turn)}, {"patients": table, "visits": table})
    time.sleep(draw.uniform(0.0, 0.08))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(target.exists(), flush=True)
    sys.stdin.readline()
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork are POSIX")
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_dataset_whole(tmp_path: Path):
    rounds, was_written = 24, False
    command = [sys.executable, "-W", "ignore", "-c", KILLED_WRITERS, str(tmp_path / "set")]
    command += [str(rounds), str(random.Random(2026).random())[2:6]]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as writers:
        for _ in range(rounds):
            exists = writers.stdout.readline() == "True\n"
            assert exists or not was_written, "the dataset vanished"
            was_written = was_written or exists
            assert not exists or is_whole(tmp_path / "set")
            writers.stdin.write("\n")
        writers.stdin.close()
    assert writers.returncode == 0
    assert was_written
