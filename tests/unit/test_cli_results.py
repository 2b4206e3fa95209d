"""``lupus-outcomes tables`` and ``convert``: the results are those of another program."""

import datetime as dt
import html
import json
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from lupus_outcomes import __version__
from lupus_outcomes.cli import main
from lupus_outcomes.data.source import compute_fingerprint
from lupus_outcomes.paths import DISCLOSURE_VARIABLE, SAMPLE
from tests.reference_cohort import FOLDER, expected

pytestmark = pytest.mark.slow

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


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The same tables for others."""
    out = tmp_path_factory.mktemp("released")
    assert _run("tables", DATASET, "--out", out, "--release") == 0
    return out


class TestRelease:
    """``--release``: what can be passed on, and nothing else."""

    def test_nothing_of_a_single_patient_is_written(self, released):
        assert not (released / "visit_states.csv").exists()
        assert not (released / "adverse_event_listing.csv").exists()

    def test_counts_are_rounded(self, released):
        table = _read(released, "attainment")
        assert len(table)
        assert (table[["n_due", "n", "responders"]] % 5 == 0).all(axis=None)

    def test_the_manifest_says_the_mode(self, released):
        manifest = json.loads((released / "manifest.json").read_text("utf-8"))
        assert manifest["disclosure"] == "release"
        assert any("Release mode" in banner for banner in manifest["banners"])

    def test_filters_are_refused_in_one_line(self, tmp_path, capsys):
        asked = ("--out", tmp_path / "out", "--release", "--filter", "sex=female")
        assert _run("tables", DATASET, *asked) == 1
        assert "Filters are not possible in release mode" in capsys.readouterr().err
        assert not (tmp_path / "out").exists()

    def test_the_environment_forbids_exact_tables(self, tmp_path, monkeypatch):
        monkeypatch.setenv(DISCLOSURE_VARIABLE, "release")
        assert _run("tables", DATASET, "--out", tmp_path / "out") == 0
        assert not (tmp_path / "out" / "visit_states.csv").exists()

    def test_slides_can_be_made(self, tmp_path, capsys):
        assert _run("deck", DATASET, "--out", tmp_path / "deck.pptx", "--release") == 0
        assert "slides" in capsys.readouterr().out

    def test_the_workbook_has_no_other_tables(self, released, tmp_path):
        out = tmp_path / "tables.xlsx"
        assert _run("workbook", DATASET, "--out", out, "--release") == 0
        sheets = CalamineWorkbook.from_path(out)
        tables = {f"{file.stem:.31}" for file in released.glob("*.csv")}
        assert tables == set(sheets.sheet_names[2:])
        header, *rows = sheets.get_sheet_by_name("attainment").to_python()
        responders = header.index("responders")
        assert rows
        assert all(row[responders] % 5 == 0 for row in rows)

    def test_the_report_says_the_mode_of_every_result(self, tmp_path):
        out = tmp_path / "report.html"
        asked = ("--section", "response", "--section", "predictors", "--release")
        assert _run("report", DATASET, "--out", out, *asked) == 0
        page = html.unescape(out.read_text("utf-8"))
        assert "Release mode: counts from 1 to 7 are hidden" in page
        assert page.count('"disclosure": "release"') == page.count("<figure") > 0
        assert '"disclosure": "closed"' not in page

    @pytest.mark.parametrize("command", ["stata", "rscript"])
    def test_rows_of_patients_are_refused(self, command, tmp_path, monkeypatch, capsys):
        monkeypatch.setenv(DISCLOSURE_VARIABLE, "release")
        assert _run(command, DATASET, "--out", tmp_path / "rows") == 1
        assert "not available in release mode" in capsys.readouterr().err
        assert not (tmp_path / "rows").exists()


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


class TestPrediction:
    def test_an_outcome_that_is_not_there(self, capsys, tmp_path):
        assert _run("tables", DATASET, "--out", tmp_path, "--prediction", "cure_12") == 2
        assert "--prediction cure_12: use one of lldas_6, lldas_12" in capsys.readouterr().err

    @pytest.mark.slow
    def test_tables_of_the_models(self, tmp_path):
        assert _run("tables", SAMPLE, "--out", tmp_path, "--prediction", "lldas_12") == 0
        performance = _read(tmp_path, "prediction_performance")
        assert list(performance)[:9] == [
            "model", "metric", "apparent", "corrected", "ci_low", "ci_high", "n", "n_events",
            "n_features",
        ]  # fmt: skip
        assert set(performance["model"]) == {"gradient_boosting", "logistic", "prevalence"}
        of_trees = performance.set_index(["model", "metric"]).loc["gradient_boosting"]
        assert of_trees.loc["auc", "apparent"] > of_trees.loc["auc", "corrected"] + 0.05
        predictors = _read(tmp_path, "predictors")
        assert {
            "feature", "mean_abs_shap", "rank", "rank_low", "rank_high", "direction", "n_missing"
        } <= set(predictors)  # fmt: skip
        first = predictors.set_index("feature")["direction"].head(5)
        assert first["prednisone"] == first["damage"] == -1
