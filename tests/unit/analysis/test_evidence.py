"""Evidence of models: never from a patient's own centre, always the same, exact explanations."""

from dataclasses import replace

import numpy as np
import pytest

from lupus_outcomes.analysis.discrimination import estimate_auc
from lupus_outcomes.analysis.evidence import (
    gather_evidence,
    gather_first_answer,
)
from lupus_outcomes.analysis.prediction import (
    corrected_auc,
    doubts,
    estimate_performance,
    is_no_better_than_chance,
)
from lupus_outcomes.analysis.predictive_models import fit_trees, split_by_centre
from lupus_outcomes.analysis.resampling import explain_trees
from tests.unit.analysis.prediction_cases import (
    LITTLE,
    made_up,
    sample,
    sample_evidence,
    sample_question,
)

pytestmark = pytest.mark.slow


def test_a_centre_is_never_in_both_parts():
    posed = sample_question()
    for fitted, held_out in split_by_centre(posed.y, posed.centre, 5, 0):
        assert not set(posed.centre[fitted]) & set(posed.centre[held_out])


def test_every_patient_is_held_out_once_a_repeat():
    evidence = sample_evidence()
    assert (evidence.fold >= 0).all()
    assert not np.isnan(evidence.held_out).any()


def test_the_same_again_and_in_other_processes():
    again = gather_evidence(sample_question(), effort=LITTLE, workers=2)
    for name in ("held_out", "fold", "apparent", "centre_out", "shuffled", "shap"):
        assert np.array_equal(getattr(again, name), getattr(sample_evidence(), name))
    for one, other in zip(again.refits, sample_evidence().refits, strict=True):
        assert np.array_equal(one.shap, other.shap)
        assert np.array_equal(one.log_odds, other.log_odds)


def test_a_feature_nobody_has_in_a_fold_is_no_obstacle():
    posed = made_up(n=60)
    x = posed.x.copy()
    x[posed.centre > 1, 1] = np.nan
    evidence = gather_evidence(replace(posed, x=x), effort=LITTLE, workers=1)
    assert evidence.largest_gap < 1e-6


def test_progress_is_told_to_the_end():
    told = []
    gather_evidence(made_up(), told.append, effort=LITTLE, workers=1)
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)


@pytest.mark.parametrize("n_leaves", [2, 4])
def test_shap_values_add_up_for_every_patient(n_leaves):
    posed = sample_question()
    assert np.isnan(posed.x).any()
    trees = fit_trees(posed.x, posed.y, n_leaves, 100)
    values, base, gap = explain_trees(trees, posed.x)
    output = trees.decision_function(posed.x)
    assert np.abs(base + values.sum(axis=1) - output).max() < 1e-6
    assert gap < 1e-6


def test_shap_values_held_out_add_up_too():
    assert sample_evidence().largest_gap < 1e-6


def test_a_signal_is_found_and_what_looks_better_is_the_apparent():
    posed = made_up()
    evidence = gather_evidence(posed, effort=LITTLE, workers=1)
    auc = corrected_auc(posed, evidence)
    assert auc.low > 0.7
    assert (
        estimate_auc(evidence.apparent[:1], posed.y, np.zeros((1, posed.n), dtype=np.int64)).value
        > auc.value
    )
    assert not is_no_better_than_chance(posed, evidence)
    assert doubts(posed, evidence) == ()


def test_without_a_signal_it_is_no_better_than_chance():
    posed = made_up(effect=0.0)
    evidence = gather_evidence(posed, effort=LITTLE, workers=1)
    cohort, selection = sample()
    assert is_no_better_than_chance(posed, evidence)
    assert "no better than chance" in doubts(posed, evidence)[0]
    assert (
        "no better than chance" in estimate_performance(posed, evidence, cohort, selection).finding
    )


def test_few_events_per_feature_are_a_doubt():
    posed = made_up(n=80)
    few = replace(posed, y=(np.arange(80) < 12).astype(np.int64))
    said = doubts(few, gather_first_answer(few, explain=False))
    assert any("4.0 patients with the rarer answer per feature" in words for words in said)


def test_the_first_answer_says_so_and_explains_only_when_asked():
    posed = sample_question()
    plain = gather_first_answer(posed, explain=False)
    assert not plain.is_complete
    assert plain.shap.shape == (0, len(posed.features))
    assert gather_first_answer(posed).shap.shape == posed.x.shape
