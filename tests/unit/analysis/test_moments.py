import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from lupus_outcomes.analysis.moments import (
    compute_moments,
    compute_quartiles,
    compute_t_limits,
    compute_t_p,
)

VALUES = arrays(
    np.float64, (3, 9), elements=st.one_of(st.floats(-50, 50, width=16), st.just(np.nan))
)


@given(VALUES)
def test_each_row_alone_gives_the_same(values):
    moments, quartiles = compute_moments(values), compute_quartiles(values)
    for row, known in enumerate(v[~np.isnan(v)] for v in values):
        assert moments.n[row] == len(known)
        if len(known):
            assert moments.mean[row] == pytest.approx(known.mean(), abs=1e-12)
            expected = np.percentile(known, [25, 50, 75])
            assert [q[row] for q in quartiles] == pytest.approx(expected.tolist(), abs=1e-12)
        if len(known) > 1:
            assert moments.sd[row] == pytest.approx(known.std(ddof=1), abs=1e-12)


def test_limits_and_p_are_those_of_student():
    values = np.array([3.0, -1, 4, 1, -5, 9])
    moments = compute_moments(values[np.newaxis])
    low, high = stats.t.interval(0.95, 5, values.mean(), stats.sem(values))

    assert [limit[0] for limit in compute_t_limits(moments)] == pytest.approx([low, high])
    assert compute_t_p(moments)[0] == pytest.approx(stats.ttest_1samp(values, 0).pvalue)


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [2.0, np.nan]])
def test_fewer_than_two_values_have_no_limits_and_no_p(values):
    moments = compute_moments(np.array([values], dtype=np.float64))

    assert np.isnan([*compute_t_limits(moments), compute_t_p(moments)]).all()
    assert np.isnan(compute_quartiles(np.array([values], dtype=float)).median[0]) == (
        not np.isfinite(values).any()
    )


@pytest.mark.parametrize("change", [0.0, -1.4 + 0.4])
def test_changes_that_are_all_alike_cannot_be_tested(change):
    alike = np.array([[change, -1.0 if change else 0.0, change, change]])
    assert np.isnan(compute_t_p(compute_moments(alike)))
