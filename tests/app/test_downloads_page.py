"""The page Downloads: all tables for everyone, rows of patients only where they may be had."""

import pytest
import streamlit as st

from lupus_outcomes.paths import ROWS_VARIABLE

pytestmark = pytest.mark.slow

PAGE = "share/downloads.py"


def files(app):
    return [button.label for button in app.get("download_button")]


def test_rows_are_off_by_default(open_app):
    app = open_app(PAGE)
    assert files(app) == ["Workbook"]
    assert any("not offered here" in line.value for line in app.info)


def test_rows_are_offered_where_they_were_turned_on(open_app, monkeypatch):
    monkeypatch.setenv(ROWS_VARIABLE, "offered")
    assert files(open_app(PAGE)) == ["Workbook", "Stata files", "R files"]


def test_never_on_a_server_that_others_reach(open_app, monkeypatch):
    monkeypatch.setenv(ROWS_VARIABLE, "offered")
    address = st.get_option("server.address")
    st.config.set_option("server.address", "0.0.0.0")
    try:
        app = open_app(PAGE)
    finally:
        st.config.set_option("server.address", address)
    assert "Stata files" not in files(app)


def test_nor_of_fewer_patients_than_rows_may_tell(open_app, monkeypatch):
    monkeypatch.setenv(ROWS_VARIABLE, "offered")
    app = open_app(PAGE, sex="male", age="60 and over")
    seen = next(line.value for line in app.caption if "You are seeing" in line.value)
    assert "3 of 240 patients" in seen
    assert files(app) == ["Workbook"]
    assert any("fewer than 5 patients" in line.value for line in app.info)
