"""The command line: what it prints and writes, its exit statuses, one line for every mistake."""

import json
import os
import subprocess
import sys

import pytest

from lupus_outcomes import __version__
from lupus_outcomes.cli import main
from tests.reference_cohort import FOLDER
from tests.unit.data.drawn import draw_dataset

DATASET = FOLDER / "dataset"


def _run(*arguments) -> int:
    return main([str(argument) for argument in arguments])


class TestCheck:
    def test_a_usable_dataset(self, tmp_path, capsys):
        assert _run("check", draw_dataset(tmp_path)) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "read      patients.csv: utf-8, comma-separated"
        assert lines[-2].startswith("0 error, 0 set aside, ")
        assert lines[-1] == "usable"

    def test_a_refused_dataset(self, tmp_path, capsys):
        folder = draw_dataset(tmp_path, visits="patient_id visit_date\nP9 2024-01-10")
        assert _run("check", folder) == 1
        out = capsys.readouterr().out
        line = "error     visits.patient_id, row 2: no such patient in patients. "
        assert line in out
        assert out.endswith("refused: mend the errors first\n")

    def test_an_unreadable_dataset(self, tmp_path, capsys):
        folder = draw_dataset(tmp_path)
        (folder / "visits.csv").write_bytes(b"patient_id,visit_date\nP1,\x00\n")
        assert _run("check", folder) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("lupus-outcomes: visits.csv, row 2: contains control")
        assert printed.err.count("\n") == 1

    @pytest.mark.parametrize(
        ("visits", "status"),
        [("patient_id visit_date\nP1 2024-01-10", 0), ("patient_id visit_date\nP9 2024-01-10", 1)],
    )
    def test_findings_as_json(self, tmp_path, capsys, visits, status):
        assert _run("check", draw_dataset(tmp_path, visits=visits), "--json") == status
        found = json.loads(capsys.readouterr().out)
        assert isinstance(found["findings"], list)
        assert {tuple(finding) for finding in found["findings"]} == {
            ("severity", "rule", "table", "column", "rows", "message", "way_out")
        }
        assert all(isinstance(row, int) for finding in found["findings"] for row in finding["rows"])

    def test_an_unreadable_dataset_as_json(self, tmp_path, capsys):
        assert _run("check", tmp_path / "absent", "--json") == 2
        printed = capsys.readouterr()
        (finding,) = json.loads(printed.out)["findings"]
        assert (finding["severity"], finding["rule"]) == ("error", "unreadable")
        assert "does not exist" in printed.err


class TestSample:
    def test_a_small_sample_is_a_usable_dataset(self, tmp_path, capsys):
        assert _run("sample", "--out", tmp_path / "set", "--patients", 5, "--seed", 3) == 0
        assert capsys.readouterr().out == f"5 synthetic patients in {tmp_path / 'set'}\n"
        assert _run("check", tmp_path / "set") == 0


MISTAKES = {
    "no command": [],
    "an unknown command": ["chart"],
    "an unknown option": ["check", "{set}", "--yaml"],
    "no dataset": ["check"],
    "a dataset that is not there": ["check", "{tmp}/absent"],
    "a file for a dataset": ["check", "{set}/patients.csv"],
    "no --out": ["tables", "{set}"],
    "an --out that is a file": ["tables", "{set}", "--out", "{set}/patients.csv"],
    "an --out below a file": ["tables", "{set}", "--out", "{set}/patients.csv/out"],
    "an --out that is a dataset": ["tables", "{set}", "--out", "{set}"],
    "an unknown study": ["tables", "{set}", "--out", "{tmp}/o", "--study", "nct00000000"],
    "a date that is none": ["tables", "{set}", "--out", "{tmp}/o", "--data-cut", "30/06/2024"],
    "a late data cut": ["tables", "{set}", "--out", "{tmp}/o", "--data-cut", "2030-01-01"],
    "a filter without a value": ["tables", "{set}", "--out", "{tmp}/o", "--filter", "sex"],
    "an unknown filter": ["tables", "{set}", "--out", "{tmp}/o", "--filter", "shoe=42"],
    "an unknown level": ["tables", "{set}", "--out", "{tmp}/o", "--filter", "centre=Rome"],
    "an unknown group": ["tables", "{set}", "--out", "{tmp}/o", "--group", "shoe"],
    "an export that is not there": ["convert", "{tmp}/absent.csv", "{tmp}/o"],
    "a mapping that is not there": [
        "convert",
        "{set}/visits.csv",
        "{tmp}/o",
        "--mapping",
        "{tmp}/m",
    ],
    "a folder for an export": ["convert", "{set}", "{tmp}/o"],
    "a sample of nobody": ["sample", "--out", "{tmp}/o", "--patients", "0"],
    "a sample of text": ["sample", "--out", "{tmp}/o", "--patients", "many"],
    "a bench of nobody": ["bench", "--patients", "-1"],
    "a port out of range": ["app", "{set}", "--port", "99"],
    "a port that is no number": ["app", "{set}", "--port", "http"],
    "an app without its dataset": ["app", "{tmp}/absent"],
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_exit_status_2(tmp_path, capsys, mistake):
    folder = draw_dataset(tmp_path / "set")
    words = [word.format(set=folder, tmp=tmp_path) for word in MISTAKES[mistake]]
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = [line for line in printed.err.splitlines() if not line.startswith("·")]
    assert len(lines) == 1
    assert lines[0].startswith("lupus-outcomes: ")
    assert lines[0].endswith((".", "--help."))


def test_a_refused_dataset_writes_nothing(tmp_path, capsys):
    folder = draw_dataset(tmp_path / "set", visits="patient_id visit_date\nP9 2024-01-10")
    assert _run("tables", folder, "--out", tmp_path / "out") == 1
    assert "refused for 1 error(s)" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
class TestProcess:
    """What only a process of its own shows."""

    def _start(self, *arguments, **options) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "lupus_outcomes.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, **options)

    def test_version_and_help(self):
        assert self._start("--version").stdout == f"lupus-outcomes {__version__}\n"
        helped = self._start("--help")
        assert helped.returncode == 0
        assert all(
            word in helped.stdout for word in ("check", "convert", "tables", "sample", "app")
        )

    @pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
    @pytest.mark.parametrize("redirect", ["| head -1", ">&-", "> /dev/full"])
    def test_an_output_that_cannot_be_written(self, redirect):
        shell = f"'{sys.executable}' -m lupus_outcomes.cli check '{DATASET}' {redirect}"
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        assert "Exception" not in done.stderr
        assert done.stderr.count("\n") <= 1

    def test_warnings_of_libraries_do_not_reach_the_reader(self):
        done = self._start("check", DATASET, "--json")
        assert done.returncode == 0
        assert done.stderr == ""
        assert json.loads(done.stdout)["findings"]
