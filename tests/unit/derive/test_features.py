"""Features are what was known at baseline: nothing later can move them."""

from dataclasses import replace

import numpy as np
import pytest

from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.features import FEATURES, derive_features
from tests.drawn import draw_cohort
from tests.unit.analysis.prediction_cases import sample

pytestmark = pytest.mark.slow


def test_later_visits_move_nothing():
    cohort, _ = sample()
    dataset = cohort.dataset
    visits = dataset.tables["visits"].copy()
    later = (visits["visit_day"] > 0).to_numpy()
    assert later.sum() > 1_000
    for name in ("prednisone_mg_day", "clasi_activity", "swollen_joints_28", "slicc_damage_index"):
        visits.loc[later, name] = visits.loc[later, name] + 3
    visits.loc[later, "low_complement"] = ~visits.loc[later, "low_complement"].astype("boolean")
    moved = derive_cohort(
        replace(dataset, tables={**dataset.tables, "visits": visits}), cohort.protocol
    )
    before, after = derive_features(cohort), derive_features(moved)
    assert before.features == after.features
    assert np.array_equal(before.values, after.values, equal_nan=True)


def test_unknown_stays_unknown():
    table = derive_features(draw_cohort("anna:\n 0 dose=5\nbea:\n 0 dose=10\ncleo:\n 0 dose=?"))
    place = [feature.id for feature in table.features].index("prednisone")
    assert np.array_equal(table.values[:, place], [5, 10, np.nan], equal_nan=True)


def test_what_does_not_vary_is_left_out():
    table = derive_features(draw_cohort("anna:\n 0 dose=5\nbea:\n 0 dose=5"))
    assert "prednisone" not in [feature.id for feature in table.features]


def test_each_is_declared_whole():
    for feature in FEATURES.values():
        assert feature.direction in (-1, 0, 1)
        assert feature.label
        assert feature.unit
        assert feature.source
