"""Deriving in blocks gives what deriving all at once gives, and nothing given is changed."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.bench import draw_dataset
from lupus_outcomes.derive import blocks
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.timepoints import Timepoints
from lupus_outcomes.protocols import PROTOCOLS

PROTOCOL = PROTOCOLS["nct07215754"]
N_PATIENTS = 23


@pytest.fixture(scope="module")
def dataset():
    return draw_dataset(N_PATIENTS)


@pytest.fixture(scope="module")
def whole(dataset):
    return derive_cohort(dataset, PROTOCOL)


@pytest.mark.parametrize("size", [1, 5, 22, 23])
def test_many_small_blocks_are_one_large_one(dataset, whole, size, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_PATIENTS", size)
    joined = derive_cohort(dataset, PROTOCOL)

    assert_same(joined, whole)


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.states, other.states)
    pd.testing.assert_frame_equal(one.patients, other.patients)
    np.testing.assert_array_equal(one.baseline, other.baseline)
    for field in fields(Timepoints)[1:]:
        ours, theirs = (getattr(c.timepoints, field.name) for c in (one, other))
        np.testing.assert_array_equal(ours, theirs, strict=True)
    assert list(one.outcomes) == list(other.outcomes)
    for name, outcome in one.outcomes.items():
        for field in fields(outcome):
            theirs = getattr(other.outcomes[name], field.name)
            np.testing.assert_array_equal(getattr(outcome, field.name), theirs, strict=True)


def test_nothing_given_is_changed(dataset):
    before = {name: frame.copy(deep=True) for name, frame in dataset.tables.items()}
    derive_cohort(dataset, PROTOCOL)

    for name, frame in before.items():
        pd.testing.assert_frame_equal(dataset.tables[name], frame)
