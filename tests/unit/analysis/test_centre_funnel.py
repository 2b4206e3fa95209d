"""Control limits that are exact, centres outside them by name, completeness by centre."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lupus_outcomes.analysis.centre_completeness import describe_centre_completeness
from lupus_outcomes.analysis.centre_funnel import (
    IN,
    OUTSIDE_95,
    OUTSIDE_998,
    compute_control_limits,
    estimate_centre_funnel,
)
from lupus_outcomes.derive.selection import parse_filters, select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort


def binomial(n, share, up_to):
    """P(X <= up_to), added up term by term."""
    return sum(
        math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(max(up_to + 1, 0))
    )


@given(
    n=st.integers(1, 80),
    share=st.floats(0.02, 0.98),
    level=st.sampled_from([0.95, 0.998]),
)
def test_outside_is_just_what_is_rarer_than_the_level(n, share, level):
    low, high = (float(limit[0]) for limit in compute_control_limits([n], share, level))
    tail = (1 - level) / 2
    for r in range(n + 1):
        below, above = binomial(n, share, r), 1 - binomial(n, share, r - 1)
        if abs(below - tail) > 1e-9:
            assert (r / n < low - 1e-12) == (below < tail)
        if abs(above - tail) > 1e-9:
            assert (r / n > high + 1e-12) == (above < tail)


@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_limits_enclose_the_share_and_each_other(n, share):
    narrow, wide = (compute_control_limits([n], share, level) for level in (0.95, 0.998))

    assert 0 <= wide.low[0] <= narrow.low[0] <= narrow.high[0] <= wide.high[0] <= 1
    assert narrow.low[0] <= share + 1e-9
    assert narrow.high[0] >= share - 1e-9


def test_sides_are_mirrors():
    low, _ = compute_control_limits([7, 30], 0.3, 0.95)
    _, high = compute_control_limits([7, 30], 0.7, 0.95)
    np.testing.assert_allclose(low, 1 - high)


def funnel(cohort, *filters, endpoint="doris", months=6, handling="nri"):
    selection = select_patients(cohort, parse_filters(filters))
    return estimate_centre_funnel(cohort, selection, endpoint, months, handling)


def of_centres(**attained):
    """Centres of patients at a quiet visit at month 6 (1) or with a rash (0)."""
    lines = []
    for centre, (n_attained, n) in attained.items():
        for i in range(n):
            lines.append(
                f"{centre}{i}: centre={centre}\n 0 rash\n 180 {'' if i < n_attained else 'rash'}"
            )
    return draw_cohort("\n".join(lines))


def test_a_centre_outside_is_named_with_the_caution():
    result = funnel(of_centres(Main=(1, 16), West=(12, 16), Edge=(11, 16), Base=(12, 16)))
    by_centre = result.table.set_index("centre")["position"]

    assert by_centre.to_dict() == {
        "Base": IN, "Edge": IN, "Main": OUTSIDE_998, "West": IN,
    }  # fmt: skip
    assert "lies Main (below: 6 %, 1 of 16, beyond 99.8 %)" in result.finding
    assert "Not adjusted for case mix" in result.finding


def test_between_the_limits_it_is_outside_the_narrow_ones_only():
    result = funnel(of_centres(Main=(3, 16), West=(10, 16), Edge=(10, 16), Base=(10, 16)))
    by_centre = result.table.set_index("centre")["position"]

    assert by_centre["Main"] == OUTSIDE_95
    assert "beyond" not in result.finding


def test_no_centre_outside_is_said():
    result = funnel(of_centres(Main=(8, 16), West=(7, 16)))
    assert "no centre lies outside the 95 % limits" in result.finding


def test_small_centres_are_marked():
    table = funnel(of_centres(Main=(2, 9), West=(2, 10))).table.set_index("centre")
    assert table["size"].to_dict() == {"West": "", "Main": "few patients"}


def test_one_centre_has_nothing_to_be_compared_with():
    result = funnel(of_centres(Main=(2, 9)))
    assert "over 1 centre: nothing to compare" in result.finding


def test_nobody_judged():
    result = funnel(draw_cohort("a:\n 0\n 180"), handling="observed", months=60)
    assert result.table["n"].tolist() == [0]
    assert result.table["position"].tolist() == [""]
    assert "nobody can be judged" in result.finding


def test_centres_add_up_to_attainment():
    table = funnel(reference_cohort(), endpoint="lldas", months=12).table

    assert (table["responders"].sum(), table["n"].sum()) == (78, 217)
    assert table["overall"].unique() == pytest.approx([78 / 217])
    assert table["n"].is_monotonic_decreasing


def test_a_filter_leaves_its_centres():
    table = funnel(reference_cohort(), "centre=Centre 01", "centre=Centre 02").table
    assert sorted(table["centre"]) == ["Centre 01", "Centre 02"]


class TestCompleteness:
    def completeness(self, cohort, endpoint="doris"):
        return describe_centre_completeness(cohort, select_patients(cohort), endpoint, 6)

    def test_every_patient_due_has_one_fate(self):
        table = self.completeness(reference_cohort()).table
        parts = table["n_assessable"] + table["n_undecided"] + table["n_not_seen"]

        assert (parts == table["n_due"]).all()
        assert (table["n_due"].sum(), table["n_assessable"].sum()) == (240, 210)
        assert table["proportion"].is_monotonic_increasing

    def test_missing_cells_are_those_the_endpoint_needs(self):
        cohort = draw_cohort("""
            anna: centre=Main
              0
              180 ga=? swollen=?
            bea: centre=West
              0
              180
        """)
        table = self.completeness(cohort).table.set_index("centre")

        # DORIS needs activity, global assessment, dose and stability: eight cells at two visits.
        assert (table.loc["Main", "missing_cells"], table.loc["Main", "cells"]) == (1, 8)
        assert table.loc["West", "proportion_missing"] == 0
        assert table.loc["Main", "n_undecided"] == 1

    def test_an_endpoint_that_cannot_be_told(self):
        result = self.completeness(draw_cohort("a:\n 0"), "clasi50")
        assert "cannot be told" in result.finding
        assert result.table.empty
