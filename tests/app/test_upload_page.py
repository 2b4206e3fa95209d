"""The page of the reader's own data: from files to every other page, and nothing left behind."""

import csv
import gc
import weakref
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from streamlit.runtime.caching import clear_session_resource_cache
from streamlit.testing.v1 import AppTest

from lupus_outcomes.data.read import accept
from lupus_outcomes.paths import UPLOAD_VARIABLE
from lupus_outcomes.ui import upload
from tests.app.conftest import COHORT

pytestmark = pytest.mark.slow

PAGE = "about/upload.py"
ABOUT = (
    ("title", "A registry in a workbook"),
    ("study", "nct07215754"),
    ("data_cut", "2026-06-30"),
    ("synthetic", "true"),
)
SESSION_OF_THE_TESTS = "test session id"
REDCAP = COHORT.parent / "redcap"
# What the codes of that export mean, in the order in which the page asks.
MEANINGS = {
    "patients_sex": ("female", "male"),
    "treatments_stop_reason": (
        "primary_inefficacy", "secondary_inefficacy", "adverse_event", "pregnancy",
        "patient_decision", "lost_to_follow_up", "death", "other",
    ),
    "adverse_events_seriousness": ("hospitalisation", "important"),
    "flares_severity": ("mild_moderate", "severe"),
}  # fmt: skip


def drop(app: AppTest, *paths: Path) -> AppTest:
    files = [(path.name, path.read_bytes(), "application/octet-stream") for path in paths]
    return app.file_uploader(key="upload_files").set_value(files).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = (button for button in app.button if button.label == label)
    return button.click().run()


def said(app: AppTest) -> str:
    return "\n".join(
        one.value for kind in ("markdown", "caption", "error") for one in app.get(kind)
    )


def seen(app: AppTest) -> str:
    return next(line.value for line in app.caption if "You are seeing" in line.value)


def title_of(app: AppTest) -> str:
    return app.title[0].value


def test_a_dataset_is_checked_and_explored(on_the_sample):
    app = drop(on_the_sample(PAGE, sex="female"), *COHORT.iterdir())
    assert "patients 240, visits 1,899" in said(app)
    assert "31 findings" in said(app)
    assert "180 patients" in seen(app)
    app = press(app, "Explore this dataset")
    assert title_of(app) == "Who reaches remission or low disease activity?"
    assert "240 of 240 patients" in seen(app)
    assert "71 of 217" in said(app)
    app = press(app, "Back to the served dataset")
    assert "180 of 180 patients" in seen(app)


def test_a_workbook_is_a_dataset(on_the_sample, tmp_path):
    with xlsxwriter.Workbook(workbook := tmp_path / "registry.xlsx") as book:
        _fill(book.add_worksheet("dataset"), ABOUT)
        for file in COHORT.glob("*.csv"):
            rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
            _fill(book.add_worksheet(file.stem), rows)
    app = drop(on_the_sample(PAGE), workbook)
    app = press(app, "Explore this dataset")
    assert "71 of 217" in said(app)


def _fill(sheet, rows) -> None:
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)


def test_an_export_is_drafted_completed_converted_and_explored(on_the_sample):
    app = drop(on_the_sample(PAGE), REDCAP / "export_raw.csv")
    assert "76 columns of the dataset are made of export\\_raw\\.csv" in said(app)
    app.selectbox(key="upload__study_").set_value("nct07215754")
    app.date_input(key="upload__data_cut_").set_value(date(2026, 6, 30))
    app.text_input(key="upload_title").set_value("Registry of the test")
    for name, words in MEANINGS.items():
        asked = [box for box in app.selectbox if (box.key or "").startswith(f"upload_{name}_")]
        for box, word in zip(asked, words, strict=True):
            box.set_value(word)
    app = press(app, "Convert and check")
    assert not app.error
    assert "adverse\\_events 692" in said(app)
    mapping = app.text_area(key="upload_text").value
    assert 'sex = { field = "sex", values = { 1 = "female", 2 = "male" } }' in mapping
    app = press(app, "Explore this dataset")
    assert "71 of 217" in said(app)
    assert any("Registry of the test" in line.value for line in app.sidebar.markdown)


def test_a_mapping_beside_the_export_is_taken(on_the_sample):
    app = drop(on_the_sample(PAGE), REDCAP / "export_raw.csv", REDCAP / "mapping.toml")
    assert "The mapping leaves nothing open" in said(app)
    app = press(press(app, "Convert and check"), "Explore this dataset")
    assert "71 of 217" in said(app)


def test_what_is_mandatory_is_named_and_asked_for_again(on_the_sample):
    app = press(drop(on_the_sample(PAGE), REDCAP / "export_raw.csv"), "Convert and check")
    assert [line.value for line in app.error] == [
        "mapping\\.toml\\: lacks study, data\\_cut\\. Add a line for each\\."
    ]
    assert app.selectbox(key="upload__study_").value is None


def test_a_dataset_with_errors_is_not_explored(on_the_sample, tmp_path):
    bad = tmp_path / "visits.csv"
    lines = (COHORT / "visits.csv").read_text().splitlines()
    bad.write_text("\n".join([*lines, lines[1]]) + "\n")
    app = drop(on_the_sample(PAGE), *(f for f in COHORT.iterdir() if f.stem != "visits"), bad)
    assert any("Refused" in line.value for line in app.error)
    assert "**Errors**" in said(app)
    assert not [button for button in app.button if button.label == "Explore this dataset"]
    assert "180 patients" in seen(app)


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["patients.csv", "visits.csv"], "tables without dataset\\.toml"),
        (["first.csv", "second.csv"], "which is the export"),
        (["mapping.toml"], "There is no table among these files"),
    ],
)
def test_files_that_do_not_belong_together(on_the_sample, tmp_path, names, line):
    for name in names:
        (tmp_path / name).write_text("a,b\n1,2\n")
    app = drop(on_the_sample(PAGE), *tmp_path.iterdir())
    (error,) = app.error
    assert line in error.value


def test_nothing_is_left_behind(monkeypatch, on_the_sample):
    made: list[weakref.ref] = []

    def accept_and_watch(examination):
        dataset = accept(examination)
        made.append(weakref.ref(dataset))
        return dataset

    monkeypatch.setattr(upload, "accept", accept_and_watch)
    app = press(drop(on_the_sample(PAGE), *COHORT.iterdir()), "Explore this dataset")
    assert [one() is not None for one in made] == [True]
    # What the server does when a page is closed or has lost its connection.
    clear_session_resource_cache(SESSION_OF_THE_TESTS)
    gc.collect()
    assert [one() is not None for one in made] == [False]
    app.run()
    assert title_of(app) == "This dataset cannot be shown"
    assert "no longer held" in said(app)
    assert "180 of 180 patients" in seen(press(app, "Back to the served dataset"))


def test_it_is_off_unless_it_was_set(monkeypatch, on_the_sample):
    app = on_the_sample()
    monkeypatch.delenv(UPLOAD_VARIABLE)
    app.run()
    with pytest.raises(ValueError, match="upload"):
        app.switch_page(f"pages/{PAGE}").run()
