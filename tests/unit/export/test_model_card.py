"""The model card says what TRIPOD+AI asks for, with the numbers of the tables."""

import pytest

from lupus_outcomes.analysis.prediction import corrected_auc, estimate_performance
from lupus_outcomes.export.model_card import model_card
from lupus_outcomes.release.disclosure import release
from tests.unit.analysis.prediction_cases import sample, sample_evidence, sample_question

pytestmark = pytest.mark.slow


def card() -> str:
    cohort, selection = sample()
    posed, evidence = sample_question(), sample_evidence()
    result = estimate_performance(posed, evidence, cohort, selection)
    stamp = release(result, cohort, selection).stamp
    return model_card(posed, evidence, cohort, selection, stamp)


def test_every_item_has_a_section():
    text = card()
    for title in (
        "What it is", "Verdict", "Doubts", "Participants", "Outcome", "Features", "Sample size",
        "Missing values", "Model", "Evaluation", "Performance", "Fairness", "Availability", "Stamp",
    ):  # fmt: skip
        assert f"## {title}\n\n" in text


def test_numbers_are_those_of_the_tables():
    text, auc = card(), corrected_auc(sample_question(), sample_evidence())
    assert f"Corrected area under the curve {auc.value:.3f}" in text
    assert "180 patients (all patients), 90 with the outcome, 12 centres" in text
    assert "The data are synthetic." in text
    assert "6.9 patients with the rarer answer per feature" in text
    assert "111 missing, some centres never measure it" in text


def test_it_holds_no_patient():
    assert "PT-" not in card()
