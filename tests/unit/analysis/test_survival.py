"""6-MP in leukaemia (Freireich 1963; reference-statistics rows 1, 2 and 8) and drawn cohorts."""

import numpy as np
import pytest

from lupus_outcomes.analysis import survival

# Weeks of remission under 6-mercaptopurine; a plus is a censoring.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
AT = [6, 7, 10, 13, 16, 22, 23]


def six_mp():
    drawn = SIX_MP.split()
    weeks = np.array([int(word.removesuffix("+")) for word in drawn])
    relapsed = np.array([not word.endswith("+") for word in drawn])
    return survival.count_at_risk(weeks, relapsed)


def test_kaplan_meier_of_six_mp():
    table = six_mp()
    curve = survival.estimate_kaplan_meier(table)

    def at(values):
        return survival.read_on(table, values, AT, 1.0)

    published = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert at(curve.survival) == pytest.approx(published, abs=5e-5)
    assert at(curve.se) == pytest.approx(errors, abs=5e-5)
    assert at(curve.ci_low)[[0, -1]] == pytest.approx([0.620, 0.188], abs=5e-4)
    assert at(curve.ci_high)[[0, -1]] == pytest.approx([0.952, 0.680], abs=5e-4)


def test_risk_table_of_six_mp():
    table = six_mp()

    assert table.day[:4].tolist() == [6, 7, 9, 10]
    assert table.n_at_risk[:4].tolist() == [21, 17, 16, 15]
    assert table.n_events[:4].tolist() == [3, 1, 0, 1]
    assert table.n_censored[:4].tolist() == [1, 0, 1, 1]
    assert table.at_risk_on([0, 6, 8, 35, 36]).tolist() == [21, 21, 16, 1, 0]


def test_reasons_for_stopping_compete():
    # definitions 12.4: 1 inefficacy, 2 adverse event, 3 pregnancy, 0 censored
    months = np.array([3, 5, 6, 8, 12, 15, 20, 24, 24, 30])
    cause = np.array([1, 2, 0, 1, 0, 3, 0, 0, 0, 0])
    table = survival.count_at_risk(months, cause, n_causes=3)
    curve = survival.estimate_aalen_johansen(table)

    incidence = survival.read_on(table, curve.incidence, 24, 0.0)

    assert incidence == pytest.approx([0.214286, 0.1, 0.137143], abs=1e-6)
    assert survival.read_on(table, curve.survival, 24, 1.0) == pytest.approx(0.548571, abs=1e-6)


def test_an_event_precedes_a_censoring_on_the_same_day():
    table = survival.count_at_risk(np.array([5, 5, 9]), np.array([1, 0, 0]))
    assert survival.estimate_kaplan_meier(table).survival[0] == pytest.approx(2 / 3)


def test_limits_cannot_be_estimated_where_nothing_or_everything_has_happened():
    table = survival.count_at_risk(np.array([1, 2, 3]), np.array([0, 1, 1]))
    curve = survival.estimate_kaplan_meier(table)

    np.testing.assert_array_equal(curve.survival, [1, 0.5, 0])
    np.testing.assert_array_equal(np.isnan(curve.ci_low), [True, False, True])


def test_reading_before_the_first_day_and_after_the_last():
    table = six_mp()
    curve = survival.estimate_kaplan_meier(table)

    read = survival.read_on(table, curve.survival, [0, 5, 35, 36], 1.0)

    np.testing.assert_allclose(read, [1, 1, 0.4482, np.nan], atol=5e-5)


def test_late_entry_changes_who_is_at_risk():
    days, events, entry = np.array([5, 8, 10]), np.array([1, 1, 0]), np.array([0, 5, 6])

    table = survival.count_at_risk(days, events, entry_days=entry)

    # On day 5 only the first patient is under observation, on day 8 the other two.
    assert table.n_at_risk.tolist() == [1, 2, 1]


def test_nobody():
    nobody = np.zeros(0, dtype=int)
    table = survival.count_at_risk(nobody, nobody, n_causes=2)

    assert survival.estimate_kaplan_meier(table).survival.size == 0
    assert survival.estimate_aalen_johansen(table).incidence.shape == (2, 0)
    assert np.isnan(survival.read_on(table, np.zeros(0), 5, 1.0))
