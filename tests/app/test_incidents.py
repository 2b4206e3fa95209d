"""Errors on a page, foreseen or not: neither the page nor the log repeats a value."""

import logging
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from lupus_outcomes.paths import DATASET_VARIABLE
from lupus_outcomes.ui.incident import INCIDENT
from tests.app.conftest import COHORT, PATIENCE_SECONDS
from tests.app.test_every_page import everything_sent

pytestmark = pytest.mark.slow

CANARY = "CANARY-7531"
CANARIES = [f"{CANARY}-{number:03d}" for number in range(500)]


@pytest.fixture
def told(caplog):
    """Everything a page sends, and every library logs meanwhile."""

    def told_(app) -> str:
        logged = caplog.text
        caplog.clear()
        return logged + everything_sent(app).decode(errors="replace")

    with caplog.at_level(logging.DEBUG):
        yield told_


def plant(folder, table: str, column: str):
    """The test cohort with five hundred canaries in one column."""
    shutil.copytree(COHORT, folder)
    header, *rows = [line.split(",") for line in (folder / table).read_text().splitlines()]
    at = header.index(column)
    for row, canary in zip(rows[: len(CANARIES)], CANARIES, strict=True):
        row[at] = canary
    (folder / table).write_text("\n".join(map(",".join, [header, *rows])) + "\n")
    return folder


def test_a_broken_dataset_is_refused_without_a_value(open_app, tmp_path, told):
    app = open_app(dataset=plant(tmp_path / "broken", "visits.csv", "visit_date"))
    assert [title.value for title in app.title] == ["This dataset cannot be shown"]
    said = told(app)
    assert "visit\\_date" in said
    assert CANARY not in said


def test_values_set_aside_are_on_no_page(open_app, tmp_path, told):
    dataset = plant(tmp_path / "planted", "visits.csv", "prednisone_mg_day")
    for page in ("response/glucocorticoids.py", "about/dataset.py", "cohort/completeness.py"):
        app = open_app(page, dataset)
        assert any("You are seeing" in line.value for line in app.caption)
        assert CANARY not in told(app)


def failing_app() -> None:
    """A page that fails, and whose error names every adverse event of the dataset."""
    import streamlit as st

    from lupus_outcomes.ui import compute, session

    def fail() -> None:
        events = compute.cohort(session.study().cohort).tables["adverse_events"]
        raise KeyError(*events["term"].astype(str))

    session.run(st.navigation([st.Page(fail, title="Failing")]))


def test_an_error_nobody_foresaw_has_a_number_and_no_words(monkeypatch, tmp_path, told):
    dataset = plant(tmp_path / "planted", "adverse_events.csv", "term")
    monkeypatch.setenv(DATASET_VARIABLE, str(dataset))
    app = AppTest.from_function(failing_app, default_timeout=PATIENCE_SECONDS).run()
    said = next(error.value for error in app.error)
    number = said.removeprefix(f"{INCIDENT} ").partition(".")[0]
    assert len(number) == 8
    everything = told(app)
    assert f"Incident {number}: KeyError in " in everything
    assert CANARY not in everything
    assert not app.exception
