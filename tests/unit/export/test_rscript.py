"""The R script finds our numbers again with base R and survival, and stops where one differs."""

import subprocess

import pandas as pd
import pytest

from lupus_outcomes.cli import main
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.export.bundle import make_bundle, write_bundle
from tests.analysis_data_cases import drawn_cohort, drawn_selection
from tests.reference.rscript import HOW_TO, find_rscript
from tests.reference_cohort import FOLDER

pytestmark = pytest.mark.slow

EXPECTED = ("attainment", "retention", "hazard_ratios", "change")


def run(folder):
    rscript = find_rscript()
    assert rscript, HOW_TO
    done = subprocess.run([rscript, "reproduce.R"], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_every_number_is_found_again_to_a_millionth(tmp_path):
    write_bundle(tmp_path, make_bundle(*drawn_selection(1), "r"))
    status, said, complaints = run(tmp_path)
    assert status == 0, complaints
    assert said.endswith("Every number was found again.\n")
    for name in EXPECTED:
        ours = pd.read_csv(tmp_path / f"expected_{name}.csv")
        if ours.empty:
            continue
        found = pd.read_csv(tmp_path / f"found_{name}.csv")
        assert len(found) == len(ours) > 0
        same = [column for column in found if found[column].dtype.kind == "f"]
        pd.testing.assert_frame_equal(found[same], ours[same], atol=1e-6, rtol=0, check_dtype=False)


def test_it_stops_where_a_number_differs(tmp_path):
    cohort = drawn_cohort(1)
    files = make_bundle(cohort, select_patients(cohort), "r")
    attainment = pd.read_csv(pd.io.common.BytesIO(files["expected_attainment.csv"]))[:3]
    attainment.loc[1, "proportion"] += 2e-6
    write_bundle(
        tmp_path, files | {"expected_attainment.csv": attainment.to_csv(index=False).encode()}
    )
    status, said, complaints = run(tmp_path)
    assert status != 0
    assert "attainment: differs by up to 2e-06 in 1" in complaints
    assert "Every number" not in said


class TestCommands:
    @pytest.mark.parametrize(
        ("command", "needed"),
        [("stata", "patients.dta"), ("rscript", "patients_for_statistics.csv")],
    )
    def test_it_writes_a_folder(self, tmp_path, capsys, command, needed):
        out = tmp_path / "out"
        asked = [command, FOLDER / "dataset", "--out", out, "--filter", "sex=female"]
        assert main([str(word) for word in asked]) == 0
        names = {file.name for file in out.iterdir()}
        assert {needed, "README.txt", "codebook.csv", "stamp.json"} <= names
        assert "210 patients (Sex: female)" in (out / "README.txt").read_text("utf-8")
        assert f"{len(names)} files in {out}" in capsys.readouterr().out

    @pytest.mark.parametrize("command", ["stata", "rscript"])
    def test_too_few_patients_are_one_line(self, tmp_path, capsys, command):
        few = ["--filter", "sex=male", "--filter", "age=60 and over"]
        out = str(tmp_path / "out")
        assert main([command, str(FOLDER / "dataset"), "--out", out, *few]) == 2
        complaint = capsys.readouterr().err.splitlines()[-1]
        assert complaint.startswith("lupus-outcomes: Only 3 patients are selected.")

    def test_a_dataset_is_not_written_over(self, capsys):
        dataset = str(FOLDER / "dataset")
        assert main(["rscript", dataset, "--out", dataset]) == 2
        assert "is a dataset. Choose another --out." in capsys.readouterr().err
