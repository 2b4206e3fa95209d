"""The command line: what it prints and writes, its exit statuses, one line for every mistake."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from lupus_outcomes import __version__
from lupus_outcomes.cli import main
from lupus_outcomes.data.source import compute_fingerprint
from tests.reference_cohort import FOLDER, expected
from tests.unit.data.drawn import draw_dataset

DATASET = FOLDER / "dataset"
EXPORT, MAPPING = FOLDER / "redcap" / "export_raw.csv", FOLDER / "redcap" / "mapping.toml"
CONTRACT = ("visit_states", "attainment", "glucocorticoids", "cohort", "attrition")


def _run(*arguments) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The result tables of the worked example."""
    out = tmp_path_factory.mktemp("tables")
    assert _run("tables", DATASET, "--out", out) == 0
    return out


def _read(folder: Path, name: str, **options) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", **options)


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


class TestTables:
    def test_visit_states_are_those_of_another_program(self, tables):
        made, reference = _read(tables, "visit_states", dtype=str), expected("visit_states")
        assert len(made) == len(reference)
        for name in ("patient_id", "visit_date"):
            assert made[name].tolist() == reference[name].tolist()
        for name in ("sledai_2k", "clinical_sledai"):
            pd.testing.assert_series_equal(made[name].astype(float), reference[name])
        for name in ("doris", "lldas", "lldas5"):
            words = reference[name].astype(object).map({True: "true", False: "false"})
            assert made[name].fillna("").tolist() == words.fillna("").tolist()

    def test_attainment_is_that_of_another_program(self, tables):
        made, reference = _read(tables, "attainment"), expected("attainment")
        key = ["endpoint", "timepoint_months", "handling"]
        made = made[made["level"] == "all"].set_index(key).loc[reference.set_index(key).index]
        for name in ("n_due", "n", "responders"):
            assert made[name].tolist() == reference[name].tolist()
        for name in ("proportion", "ci_low", "ci_high"):
            assert made[name].to_numpy() == pytest.approx(reference[name].to_numpy(), abs=1e-9)

    def test_the_manifest(self, tables):
        manifest = json.loads((tables / "manifest.json").read_text("utf-8"))
        assert manifest["dataset_sha256"] == compute_fingerprint(DATASET)
        assert manifest["product_version"] == __version__
        assert (manifest["study"], manifest["data_cut"]) == ("nct07215754", "2026-06-30")
        assert (manifest["n_patients"], manifest["filters"]) == (240, {})
        written = {file.stem for file in tables.glob("*.csv")} - {"visit_states"}
        assert set(manifest["tables"]) == written
        assert set(CONTRACT) <= written | {"visit_states"}

    def test_files_are_plain_utf_8(self, tables):
        for file in tables.glob("*.csv"):
            content = file.read_bytes()
            assert content.decode("utf-8").endswith("\n")
            assert b"\r" not in content
            assert not content.startswith(b"\xef\xbb\xbf")
            cells = pd.read_csv(file, dtype=str, keep_default_na=False)
            assert not cells.isin(["inf", "-inf", "nan", "NaN", "None", "NaT", "<NA>"]).any(
                axis=None
            )

    def test_a_filter(self, tmp_path, tables):
        out = tmp_path / "out"
        chosen = ("--filter", "centre=Centre 01", "--filter", "centre=Centre 02")
        assert _run("tables", DATASET, "--out", out, *chosen) == 0
        patients = pd.read_csv(DATASET / "patients.csv")
        kept = patients[patients["centre"].isin(["Centre 01", "Centre 02"])]["patient_id"]
        manifest = json.loads((out / "manifest.json").read_text("utf-8"))
        assert manifest["filters"] == {"centre": ["Centre 01", "Centre 02"]}
        assert manifest["n_patients"] == len(kept)
        states, every = _read(out, "visit_states"), _read(tables, "visit_states")
        wanted = every[every["patient_id"].isin(kept)].reset_index(drop=True)
        pd.testing.assert_frame_equal(states, wanted)

    def test_a_group(self, tmp_path, tables):
        assert _run("tables", DATASET, "--out", tmp_path / "out", "--group", "sex") == 0
        made = _read(tmp_path / "out", "attainment")
        assert made["group"].unique().tolist() == ["all", "sex"]
        assert set(made.loc[made["group"] == "sex", "level"]) == {"female", "male"}
        whole = made[made["group"] == "all"].reset_index(drop=True)
        pd.testing.assert_frame_equal(whole, _read(tables, "attainment"))
        key = ["endpoint", "timepoint_months", "handling"]
        sums = made[made["group"] == "sex"].groupby(key)[["n_due", "responders"]].sum()
        both = whole.set_index(key)[["n_due", "responders"]].loc[sums.index]
        pd.testing.assert_frame_equal(sums, both)

    def test_another_study(self, tmp_path):
        out = tmp_path / "out"
        assert _run("tables", DATASET, "--out", out, "--study", "jrcts031230358") == 0
        assert json.loads((out / "manifest.json").read_text("utf-8"))["study"] == "jrcts031230358"

    @pytest.mark.slow
    def test_a_data_cut_counts_nothing_after_it(self, tmp_path):
        cut = "2024-06-30"
        early = _cut_by_hand(tmp_path / "early", cut)
        assert _run("tables", DATASET, "--out", tmp_path / "a", "--data-cut", cut) == 0
        assert _run("tables", early, "--out", tmp_path / "b") == 0
        for name in ("visit_states", "attainment", "glucocorticoids", "attrition", "enrolment"):
            left, right = _read(tmp_path / "a", name), _read(tmp_path / "b", name)
            pd.testing.assert_frame_equal(left, right, obj=name)
        manifest = json.loads((tmp_path / "a" / "manifest.json").read_text("utf-8"))
        assert manifest["data_cut"] == cut

    @pytest.mark.slow
    def test_nothing_counts_after_a_withdrawal(self, tmp_path):
        patients = pd.read_csv(DATASET / "patients.csv", dtype=str, keep_default_na=False)
        left = dt.date.fromisoformat(patients.loc[0, "index_date"]) + dt.timedelta(days=200)
        patients["withdrawal_date"] = ""
        patients.loc[0, "withdrawal_date"] = left.isoformat()
        folder = _copy(tmp_path / "set", {"patients": patients})
        assert _run("tables", folder, "--out", tmp_path / "out") == 0
        states = _read(tmp_path / "out", "visit_states")
        of_patient = states[states["patient_id"] == patients.loc[0, "patient_id"]]
        assert len(of_patient) > 0
        assert (of_patient["visit_date"] <= left.isoformat()).all()
        enrolled = _read(tmp_path / "out", "attrition")["n_remaining"].iloc[0]
        assert enrolled == len(patients)

    def test_progress_goes_to_standard_error(self, tmp_path, capsys):
        assert _run("tables", DATASET, "--out", tmp_path) == 0
        printed = capsys.readouterr()
        assert printed.out.count("\n") == 1
        assert "· reading" in printed.err
        assert "· attainment: At 12 months" in printed.err


def _copy(folder: Path, changed: dict[str, pd.DataFrame], about: str = "") -> Path:
    folder.mkdir()
    text = (DATASET / "dataset.toml").read_text()
    (folder / "dataset.toml").write_text(about or text)
    for file in DATASET.glob("*.csv"):
        frame = changed.get(file.stem)
        if frame is None:
            (folder / file.name).write_bytes(file.read_bytes())
        else:
            frame.to_csv(folder / file.name, index=False)
    return folder


def _cut_by_hand(folder: Path, cut: str) -> Path:
    """The dataset as it would have been exported at that day."""
    dates = {
        "visits": "visit_date", "infusions": "infusion_date", "treatments": "start_date",
        "flares": "flare_date", "adverse_events": "onset_date",
    }  # fmt: skip
    patients = pd.read_csv(DATASET / "patients.csv", dtype=str, keep_default_na=False)
    patients = patients[patients["index_date"] <= cut]
    patients = patients.assign(last_contact_date=patients["last_contact_date"].clip(upper=cut))
    changed = {"patients": patients}
    for table, date in dates.items():
        frame = pd.read_csv(DATASET / f"{table}.csv", dtype=str, keep_default_na=False)
        is_kept = frame["patient_id"].isin(patients["patient_id"]) & (frame[date] <= cut)
        changed[table] = frame[is_kept]
    courses = changed["treatments"]
    is_open = courses["stop_date"] > cut
    ends = {name: courses[name].where(~is_open, "") for name in ("stop_date", "stop_reason")}
    changed["treatments"] = courses.assign(**ends)
    about = (DATASET / "dataset.toml").read_text().replace("2026-06-30", cut)
    return _copy(folder, changed, about)


class TestConvert:
    @pytest.mark.slow
    def test_an_export_and_its_mapping_give_the_same_results(self, tmp_path, tables, capsys):
        assert _run("convert", EXPORT, tmp_path / "set", "--mapping", MAPPING) == 0
        assert "visits: 1,899 rows" in capsys.readouterr().out
        assert _run("tables", tmp_path / "set", "--out", tmp_path / "out") == 0
        for name in CONTRACT:
            left, right = _read(tmp_path / "out", name), _read(tables, name)
            pd.testing.assert_frame_equal(left, right, obj=name)

    def test_without_a_mapping_a_draft(self, tmp_path, capsys):
        assert _run("convert", EXPORT, tmp_path / "set") == 0
        assert [file.name for file in (tmp_path / "set").iterdir()] == ["mapping.toml"]
        assert "draft of a mapping written to" in capsys.readouterr().out

    def test_findings_are_printed(self, tmp_path, capsys):
        content = EXPORT.read_text().replace(",centre_05,2025-05-25,1,", ",centre_05,2025-05-25,3,")
        (tmp_path / "export.csv").write_text(content)
        assert _run("convert", tmp_path / "export.csv", tmp_path / "set", "--mapping", MAPPING) == 0
        assert "set aside patients.sex, row 2: " in capsys.readouterr().out


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
