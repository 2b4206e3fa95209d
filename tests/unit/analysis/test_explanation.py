"""What a model rests on: ranks, directions, dependence, and what it refuses to say."""

import numpy as np
import pytest

from lupus_outcomes.analysis.dependence import estimate_dependence
from lupus_outcomes.analysis.evidence import gather_evidence
from lupus_outcomes.analysis.explanation import (
    estimate_interactions,
    estimate_odds_ratios,
    estimate_predictors,
)
from lupus_outcomes.analysis.one_patient import explain_patient, predict_what_if
from tests.unit.analysis.prediction_cases import (
    LITTLE,
    made_up,
    sample,
    sample_evidence,
    sample_question,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def known():
    posed = made_up()
    return posed, gather_evidence(posed, effort=LITTLE, workers=1), *sample()


def predictors(case):
    return estimate_predictors(*case).table.set_index("feature")


def test_the_one_that_matters_is_first_and_its_direction_told(known):
    table = predictors(known)
    assert table.index[0] == "prednisone"
    assert table.loc["prednisone", ["rank", "rank_low", "rank_high", "direction"]].tolist() == [
        1, 1, 1, -1,
    ]  # fmt: skip
    assert table.loc["prednisone", "n_missing"] == np.isnan(known[0].x[:, 0]).sum()


def test_words_do_not_claim_a_cause(known):
    finding = estimate_predictors(*known).finding
    assert "associated with" in finding
    assert "Associated with, not caused by." in finding


def test_the_shipped_sample_shows_what_was_planted():
    table = predictors((sample_question(), sample_evidence(), *sample()))
    assert {"prednisone", "damage"} <= set(table.index[:5])
    assert not {"female", "anti_ro"} & set(table.index[:5])
    wanted = {"prednisone": -1, "damage": -1, "low_complement": -1, "skin_dominant": 1}
    assert {name: table.loc[name, "direction"] for name in wanted} == wanted


def test_missing_by_design_is_shown_as_such():
    result = estimate_predictors(sample_question(), sample_evidence(), *sample())
    table = result.table.set_index("feature")
    assert table.index[table["by_design"]].tolist() == ["ifn_signature_high"]
    assert "Measured at some centres only: Interferon signature high." in result.notes


def test_dependence_is_in_groups_of_ten_and_more(known):
    table = estimate_dependence(*known, "prednisone").table
    is_known = ~table["is_missing"].astype(bool)
    assert (table["n"] >= 10).all()
    assert table["n"].sum() == known[0].n
    assert table.loc[is_known, "shap_mean"].iloc[0] > 0 > table.loc[is_known, "shap_mean"].iloc[-1]
    assert np.corrcoef(
        table.loc[is_known, "shap_mean"], table.loc[is_known, "partial_dependence"]
    )[0, 1] > 0.9  # fmt: skip


def test_a_condition_has_two_rows():
    table = estimate_dependence(
        sample_question(), sample_evidence(), *sample(), "skin_dominant"
    ).table
    assert table.loc[~table["is_missing"].astype(bool), "middle"].tolist() == [0.0, 1.0]


def test_odds_ratios_are_on_the_declared_scale(known):
    table = estimate_odds_ratios(*known).table.set_index("feature")
    assert table.loc["prednisone", "per"] == "per 5 mg/day"
    assert table.loc["prednisone", "ci_high"] < 1
    assert table.loc["female", "per"] == "yes against no"


def test_pairs_are_named_once(known):
    table = estimate_interactions(*known).table
    pairs = {frozenset(pair) for pair in zip(table["feature"], table["other"], strict=True)}
    assert len(pairs) == len(table) == 3
    assert (table["mean_abs"].diff().dropna() <= 0).all()


def test_a_patients_steps_lead_from_the_base_to_the_output():
    posed, evidence = sample_question(), sample_evidence()
    steps = explain_patient(posed, evidence, sample()[0], int(posed.rows[3]))
    output = evidence.trees.decision_function(posed.x[3:4])[0]
    assert steps["to"].iloc[-1] == pytest.approx(output, abs=1e-6)
    assert np.allclose(steps["from"].iloc[2:-1], steps["to"].iloc[1:-2])
    assert len(steps) == len(posed.features) + 2


def test_what_if_gives_a_probability_with_limits(known):
    posed, evidence = known[:2]
    low = predict_what_if(posed, evidence, {"prednisone": -1.0})
    high = predict_what_if(posed, evidence, {"prednisone": 1.0})
    assert low.refusal == high.refusal == ""
    assert low.ci_low <= low.probability <= low.ci_high
    assert low.probability > high.probability
    assert low.n_like >= 3


def test_what_if_refuses_to_extrapolate(known):
    found = predict_what_if(*known[:2], {"prednisone": 99.0})
    assert "The model says nothing beyond them" in found.refusal
    assert np.isnan(found.probability)
