"""Safety: the pages say the primary endpoint, and an address reopens a view."""

import pytest

from lupus_outcomes.analysis.adverse_events import estimate_adverse_events
from lupus_outcomes.derive.selection import select_patients
from tests.app.conftest import as_read, told, turn_to
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow

ADVERSE_EVENTS, SPECIAL = "safety/adverse_events.py", "safety/special_interest.py"


def said(app):
    return [as_read(line.value) for line in (*app.markdown, *app.caption)]


def test_the_primary_endpoint_comes_first(open_app):
    app = open_app(ADVERSE_EVENTS)
    cohort = reference_cohort()
    found = estimate_adverse_events(cohort, select_patients(cohort), families=("overall",))

    assert found.finding in said(app)
    assert told(app)[0] == found.finding
    assert found.finding.startswith(
        "187 of 240 patients (78 %; 95 % CI 72–83) had 532 events in 553 patient-years on "
        "anifrolumab: 96.1 (95 % CI 88.1–104.7) per 100 patient-years. 54 serious events in 44 "
        "patients (18 %; 95 % CI 14–24): 9.8 (95 % CI 7.3–12.7) per 100 patient-years; 478"
    )


def test_its_table_has_severity_relatedness_and_onset(open_app):
    table = open_app(ADVERSE_EVENTS).dataframe[0].value.set_index("event")

    assert table.loc[["Grade 3, severe", "Related to anifrolumab"], "events"].tolist() == [54, 163]
    assert table.loc["Onset up to day 180", "patients"] == 83
    assert table.at["Serious", "events per 100 patient-years (95 % CI)"] == "9.8 (7.3 to 12.7)"


def test_what_is_after_the_end_of_exposure_is_said(open_app):
    text = " ".join(said(open_app(ADVERSE_EVENTS)))

    assert "160 events after the end of exposure: not counted" in text


def test_an_address_reopens_terms_and_contrast(open_app):
    view = {"group": "smoking", "named_by": "pt", "contrast": "former"}
    app = open_app(ADVERSE_EVENTS, show="terms", **view)

    assert not app.exception
    assert app.selectbox(key="view_contrast").value == "former"
    assert any("Former and all others differ most" in line for line in said(app))


def test_an_address_reopens_measure_and_category(open_app):
    app = open_app(ADVERSE_EVENTS, measure="eair")
    assert app.selectbox(key="view_measure").value == "eair"
    app = open_app(ADVERSE_EVENTS, show="onset", category="serious")
    assert any(line.startswith("Serious: up to day 180") for line in said(app))


def test_choosing_a_category_changes_the_address(open_app):
    app = open_app(ADVERSE_EVENTS, show="onset")
    app.selectbox(key="view_category").set_value("herpes_zoster").run()

    assert app.query_params["category"] in ("herpes_zoster", ["herpes_zoster"])
    assert any(line.startswith("Herpes zoster: up to day 180") for line in said(app))


def test_special_interest_says_how_often_and_how_it_went(open_app):
    app = open_app(SPECIAL)
    text = " ".join(said(app))
    assert "infection in 139 (58 %; 95 % CI 52–64)" in text
    assert "herpes zoster in 25 (10 %; 95 % CI 7–15)" in text
    app = open_app(SPECIAL, show="course", special="herpes_zoster")
    assert "Herpes zoster: 25 events" in " ".join(said(app))
    turn_to(app, "Zoster after vaccination")
    assert "Vaccination against herpes zoster is not collected" in " ".join(said(app))


def test_beside_the_label_and_the_trials(open_app):
    app = open_app(SPECIAL, show="label")

    assert any("upper respiratory tract infection" in line and "label 34 %" in line
               for line in said(app))  # fmt: skip
    assert "published as" in turn_to(app, "Beside the trials").dataframe[0].value


def test_the_curve_is_read_as_shares_by_day(open_app):
    table = open_app(ADVERSE_EVENTS, show="first", category="any").dataframe[0].value

    assert table["share (95 % CI)"].str.contains(" %").all()
    assert {"day", "at risk", "events", "exposure over", "censored"} <= set(table)
