"""Figures of the prediction pages: built in both modes, of tables as the analyses give them."""

import json

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.result import Result
from lupus_outcomes.charts.catalogue import build_spec, complete_spec
from lupus_outcomes.charts.dependence import draw_dependence
from lupus_outcomes.charts.explanation import (
    draw_interactions,
    draw_odds_ratios,
    draw_predictors,
    draw_waterfall,
)
from lupus_outcomes.charts.prediction import (
    draw_by_centre,
    draw_calibration,
    draw_net_benefit,
    draw_shuffled,
)
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.export.figures import as_svg
from lupus_outcomes.release.disclosure import PATIENT_COLUMNS, release
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow

MODES = ("light", "dark")
UNKNOWN = np.nan


def released(table):
    cohort = reference_cohort()
    result = Result("made_up", "Made up", "What was found.", table, 240, "all", "made up")
    return release(result, cohort, select_patients(cohort, ()))


def calibration():
    groups = pd.DataFrame(
        {
            "kind": "group",
            "predicted": [0.18, 0.31, 0.42, 0.55, 0.71],
            "observed": [0.22, 0.25, 0.46, 0.52, 0.74],
            "ci_low": [0.12, 0.14, 0.33, 0.38, 0.6],
            "ci_high": [0.36, 0.4, 0.6, 0.65, 0.85],
            "n": [48, 48, 48, 48, 48],
            "n_events": [11, 12, 22, 25, 36],
        }
    )
    p = np.linspace(0.1, 0.8, 30)
    curve = pd.DataFrame(
        {"kind": "curve", "predicted": p, "observed": p, "ci_low": p - 0.1, "ci_high": p + 0.1}
    )
    return pd.concat([groups, curve], ignore_index=True)


def net_benefit():
    at = np.linspace(0.05, 0.9, 30)
    lines = {
        "gradient_boosting": np.maximum(0.45 - 0.5 * at, 0),
        "logistic": np.maximum(0.45 - 0.55 * at, 0),
        "treat_all": 0.45 - 0.55 * at / (1 - at),
        "treat_none": 0 * at,
    }
    return pd.concat(
        [
            pd.DataFrame({"threshold": at, "strategy": name, "net_benefit": value})
            for name, value in lines.items()
        ],
        ignore_index=True,
    )


def by_centre():
    return pd.DataFrame(
        {
            "centre": ["Centre 01", "Centre 02", "Centre 03"],
            "n": [40, 28, 3],
            "n_events": [18, 9, 3],
            "expected": [17.2, 11.9, 1.4],
            "auc": [0.71, 0.48, UNKNOWN],
            "ci_low": [0.56, 0.3, UNKNOWN],
            "ci_high": [0.84, 0.67, UNKNOWN],
        }
    )


def shuffled():
    auc = 0.5 + 0.04 * np.sin(np.arange(40) * 2.4)
    return pd.DataFrame({"shuffle": np.arange(41), "auc": [0.68, *auc]})


def predictors():
    return pd.DataFrame(
        {
            "feature": ["prednisone", "skin_dominant", "bmi"],
            "label": ["Prednisone dose", "Skin-dominant (CLASI activity ≥ 8)", "Body-mass index"],
            "unit": ["mg/day", "yes or no", "kg/m²"],
            "mean_abs_shap": [0.42, 0.3, 0.05],
            "mean_abs_low": [0.25, 0.12, UNKNOWN],
            "mean_abs_high": [0.6, 0.5, UNKNOWN],
            "rank": [1, 2, 3],
            "rank_low": [1, 1, UNKNOWN],
            "rank_high": [2, 6, UNKNOWN],
            "direction": [-1, 1, 0],
            "stability": [0.99, 0.93, UNKNOWN],
            "expected": [-1, 1, 0],
            "n_missing": [0, 12, 3],
            "by_design": [False, True, False],
        }
    )


def interactions():
    return pd.DataFrame(
        {
            "feature": ["prednisone", "prednisone"],
            "other": ["damage", "bmi"],
            "label": ["Prednisone dose × SLICC/ACR damage index", "Prednisone dose × BMI"],
            "mean_abs": [0.08, 0.03],
            "mean_low": [0.02, UNKNOWN],
            "mean_high": [0.15, UNKNOWN],
            "stability": [0.8, 0.4],
        }
    )


def odds_ratios():
    return pd.DataFrame(
        {
            "feature": ["prednisone", "skin_dominant"],
            "label": ["Prednisone dose", "Skin-dominant (CLASI activity ≥ 8)"],
            "per": ["per 5 mg/day", "yes against no"],
            "odds_ratio": [0.72, UNKNOWN],
            "ci_low": [0.55, UNKNOWN],
            "ci_high": [0.91, UNKNOWN],
            "n_missing": [0, 12],
        }
    )


def dependence(feature="prednisone", n_missing=12):
    if feature == "female":
        groups = pd.DataFrame({"low": [0.0, 1.0], "high": [0.0, 1.0], "middle": [0.0, 1.0]})
    else:
        low = [0.0, 2.5, 5.0, 7.5, 10.0, 12.5, 17.5, 25.0]
        high = [2.0, 4.5, 7.0, 9.5, 12.0, 17.0, 22.5, 60.0]
        groups = pd.DataFrame({"low": low, "high": high, "middle": np.add(low, high) / 2})
    k = len(groups)
    slope = np.linspace(0.4, -0.5, k)
    groups = groups.assign(
        n=28, shap_mean=slope, shap_low=slope - 0.15, shap_high=slope + 0.1,
        partial_dependence=0.8 * slope, is_missing=False,
    )  # fmt: skip
    missing = pd.DataFrame(
        {"n": [n_missing], "shap_mean": 0.02, "shap_low": -0.1, "shap_high": 0.1}
    ).assign(low=UNKNOWN, high=UNKNOWN, middle=UNKNOWN, is_missing=True, partial_dependence=0.01)
    return pd.concat([groups, missing], ignore_index=True).assign(feature=feature)


def steps():
    return pd.DataFrame(
        {
            "label": ["All patients", "Prednisone dose", "Damage", "This patient"],
            "value": ["", "5 mg/day", "not known", ""],
            "shap": [UNKNOWN, 0.4, -0.15, UNKNOWN],
            "from": [-0.2, -0.2, 0.2, 0.05],
            "to": [-0.2, 0.2, 0.05, 0.05],
        }
    )


def draw_all(mode):
    return [
        draw_calibration(released(calibration()), mode),
        draw_net_benefit(released(net_benefit()), mode),
        draw_by_centre(released(by_centre()), mode),
        draw_shuffled(released(shuffled()), mode),
        draw_predictors(released(predictors()), mode),
        draw_interactions(released(interactions()), mode),
        draw_odds_ratios(released(odds_ratios()), mode),
        draw_dependence(released(dependence()), mode),
        draw_dependence(released(dependence("female", 0)), mode),
        draw_waterfall(steps(), mode),
    ]


def spec_of(drawing):
    return complete_spec(build_spec(drawing.figure, drawing.arguments), drawing)


@pytest.mark.parametrize("mode", MODES)
def test_each_is_a_picture_without_patients(mode):
    for drawing in draw_all(mode):
        svg = as_svg(spec_of(drawing), drawing.data, "")
        assert svg.startswith(b"<svg")
        assert b"NaN" not in svg
        assert drawing.alt
        assert not PATIENT_COLUMNS & set(drawing.data.columns)


def test_modes_differ_in_colour_only():
    for light, dark in zip(*(draw_all(mode) for mode in MODES), strict=True):
        first, second = (json.dumps(build_spec(d.figure, d.arguments)) for d in (light, dark))
        assert first != second
        assert light.data.equals(dark.data)


def test_without_rows_there_is_no_figure():
    for draw, table in (
        (draw_calibration, calibration()),
        (draw_net_benefit, net_benefit()),
        (draw_by_centre, by_centre()),
        (draw_shuffled, shuffled()),
        (draw_predictors, predictors()),
        (draw_interactions, interactions()),
        (draw_odds_ratios, odds_ratios()),
        (draw_dependence, dependence()),
    ):
        assert draw(released(table.iloc[:0]), "light") is None


def test_other_data_need_no_other_specification():
    some, more = (draw_predictors(released(predictors().head(n)), "light") for n in (2, 3))
    assert some.arguments == more.arguments
    few, many = (draw_dependence(released(dependence().iloc[skip:]), "light") for skip in (5, 0))
    assert few.arguments == many.arguments


class TestPredictors:
    def test_a_sign_a_mean_and_where_the_ranks_lie(self):
        data = draw_predictors(released(predictors()), "light").data
        assert data["text"].tolist() == [
            "↓ 0.42 (0.25–0.60) · 1–2",
            "↑ 0.30 (0.12–0.50) · 1–6",
            "0.05",
        ]
        assert data["sign"].tolist() == [-1, 1, 0]

    def test_before_the_refits_there_is_no_direction(self):
        first = predictors().assign(stability=UNKNOWN, direction=0)
        drawing = draw_predictors(released(first), "light")
        assert not any(sign in " ".join(drawing.data["text"]) for sign in "↑↓↕")
        assert "follow" in drawing.caption

    def test_the_axis_holds_every_limit(self):
        drawing = draw_predictors(released(predictors()), "light")
        assert drawing.numbers["high"] > drawing.data["high"].max()


class TestDependence:
    def test_patients_without_a_value_stand_apart(self):
        data = draw_dependence(released(dependence()), "light").data
        gaps = np.diff(data["x"])
        assert data["kind"].tolist() == ["group"] * 8 + ["missing"]
        assert gaps[-1] == pytest.approx(1.6 * gaps[0])
        assert data["x"].iloc[-1] < 1

    def test_nobody_without_a_value_takes_no_room(self):
        data = draw_dependence(released(dependence("female", 0)), "light").data
        assert data["value"].tolist() == ["no", "yes"]
        assert data["x"].tolist() == [0.25, 0.75]

    def test_a_group_of_one_value_is_named_by_it(self):
        table = dependence().assign(low=lambda t: t["high"])
        assert draw_dependence(released(table), "light").data["value"].iloc[0] == "2"


class TestByCentre:
    def test_a_centre_without_an_area_says_so(self):
        data = draw_by_centre(released(by_centre()), "light").data
        assert data["text"].iloc[0] == "0.71 (0.56–0.84) · 18 of 40, 17.2"
        assert data["text"].iloc[2] == "AUC not estimable · 3 of 3, 1.4"

    def test_an_axis_as_low_as_the_lowest_limit(self):
        drawing = draw_by_centre(released(by_centre()), "light")
        assert drawing.numbers["low"] <= 0.3


def test_shuffles_of_one_bin_are_piled():
    table = pd.DataFrame({"shuffle": range(4), "auc": [0.7, 0.5, 0.5, 0.5]})
    data = draw_shuffled(released(table), "light").data
    assert data["pile"].tolist() == [0.5, 0.5, 1.5, 2.5]
    assert data["words"].tolist() == ["as observed 0.70", "", "", ""]


def test_one_patient_goes_from_all_to_their_own_chance():
    drawing = draw_waterfall(steps(), "light")
    assert drawing.data["text"].tolist() == ["45 %", "+0.40", "−0.15", "51 %"]
    assert drawing.data["label"].iloc[1] == "Prednisone dose: 5 mg/day"
    assert "45 %" in drawing.alt
