"""Flares on the drug: which days count, what belongs to which period and to which state."""

import numpy as np
import pytest

from lupus_outcomes.derive.flare_events import (
    DISEASE_STATES,
    derive_flare_events,
    derive_periods,
    derive_state_before,
    derive_state_days,
)
from tests.drawn import draw_cohort


def days(text, source="recorded", severity="any"):
    cohort = draw_cohort(text)
    flares = derive_flare_events(cohort, source)
    return flares.day[flares.of(severity, np.ones(cohort.n_patients, dtype=bool))].tolist()


class TestOnTheDrug:
    def test_from_the_index_date_to_28_days_after_the_stop_both_included(self):
        text = "anna: stop=100/other\n" + "\n".join(
            f" flare {day} severe" for day in (-1, 0, 128, 129)
        )
        assert days(text) == [0, 128]

    def test_to_the_last_contact(self):
        assert days("anna: contact=50\n flare 50 severe\n flare 51 severe") == [50]

    def test_severities_are_told_apart(self):
        text = "anna:\n flare 10 severe\n flare 20 mild_moderate\n flare 30 severe"

        assert days(text, severity="severe") == [10, 30]
        assert days(text, severity="mild_moderate") == [20]

    def test_a_derived_flare_is_dated_at_the_visit_that_shows_it(self):
        assert days("anna:\n 0\n 90 arthritis\n 180 arthritis\n 270", "derived") == [90]

    def test_one_shown_at_the_index_date_belongs_to_the_time_before(self):
        assert days("anna:\n -60\n 0 arthritis\n 90", "derived") == []

    def test_the_first_of_each_patient(self):
        cohort = draw_cohort("anna:\n flare 90 severe\n flare 20 mild_moderate\nbea:\n 0")
        flares = derive_flare_events(cohort, "recorded")

        np.testing.assert_array_equal(flares.first_days("any"), [20, np.nan])
        np.testing.assert_array_equal(flares.first_days("severe"), [90, np.nan])


class TestPeriods:
    def test_a_recorded_flare_belongs_to_the_next_judged_visit(self):
        periods = derive_periods(
            draw_cohort(
                """
                anna:
                  0
                  90   arthritis
                  180
                  270  arthritis
                  360
                  flare 60 mild_moderate
                  flare 180 severe
                  flare 400 severe
                """
            )
        )

        assert periods.derived.tolist() == [1, 0, 1, 0]
        assert periods.is_recorded.tolist() == [True, True, False, False]
        assert periods.recorded.tolist() == [1, 2, 0, 0]
        assert periods.n_unmatched.tolist() == [1]

    def test_a_flare_of_one_patient_is_not_matched_to_the_next(self):
        periods = derive_periods(
            draw_cohort("anna:\n 0\n 90\n flare 100 severe\nbea:\n 0\n 90\n 180")
        )

        assert not periods.is_recorded.any()
        assert periods.n_unmatched.tolist() == [1, 0]

    def test_several_in_one_period_count_once_at_their_worst(self):
        periods = derive_periods(
            draw_cohort("anna:\n 0\n 90\n flare 30 severe\n flare 60 mild_moderate")
        )

        assert periods.recorded.tolist() == [2]


class TestStates:
    TEXT = """
        anna: stop=300/other
          0    arthritis ga=1.5 dose=10
          100
          200  ga=0.8
          250  ga=?
          flare 100 severe
          flare 150 severe
          flare 260 severe
    """

    def test_the_state_of_a_visit_holds_until_the_next(self):
        found = dict(
            zip(DISEASE_STATES, derive_state_days(draw_cohort(self.TEXT))[:, 0], strict=True)
        )

        assert found == {
            "neither": 100,
            "DORIS": 100,
            "LLDAS, not DORIS": 50,
            "not known": 78,
        }

    def test_a_flare_belongs_to_the_visit_before_its_day(self):
        cohort = draw_cohort(self.TEXT)
        before = derive_state_before(cohort, derive_flare_events(cohort, "recorded"))

        assert [DISEASE_STATES[state] for state in before] == ["neither", "DORIS", "not known"]

    def test_time_before_the_first_visit_is_not_known(self):
        found = derive_state_days(draw_cohort("anna: contact=150\n 100"))

        assert found[DISEASE_STATES.index("not known"), 0] == 100
        assert found[DISEASE_STATES.index("DORIS"), 0] == 50

    @pytest.mark.parametrize("text", [TEXT, "anna: contact=40", "anna: contact=40\n -400\n 20"])
    def test_the_states_make_up_the_time_at_risk(self, text):
        cohort = draw_cohort(text)
        end = derive_flare_events(cohort, "derived").end_day

        np.testing.assert_array_equal(derive_state_days(cohort).sum(axis=0), end)
