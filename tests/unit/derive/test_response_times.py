"""When a response begins, seen on drawn patients: first, sustained, stopped, lost, undecided."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.derive.response_times import (
    derive_endpoint_times,
    derive_manifestation_times,
    find_times,
)
from tests.drawn import draw_cohort


def times_of(text, endpoint="glucocorticoid_le5", definition="first"):
    return derive_endpoint_times(draw_cohort(text), endpoint, definition)


def ends(times):
    """Day and cause of each patient at risk, a stop censoring."""
    days, cause = times.until_stop()
    return list(zip(days[times.is_at_risk], cause[times.is_at_risk], strict=True))


class TestFirst:
    def test_the_first_visit_after_day_0_counts_not_only_time_points(self):
        times = times_of("anna:\n 0 dose=10\n 20 dose=7.5\n 50 dose=5\n 180 dose=10")

        assert ends(times) == [(50, 1)]
        assert times.not_yet_day.tolist() == [20]

    def test_attained_at_baseline_already_is_outside(self):
        times = times_of("anna:\n 0 dose=5\n 50 dose=5\nbea:\n 0 dose=7.5\n 50 dose=5")

        assert times.is_at_risk.tolist() == [False, True]
        assert times.is_attained_before.tolist() == [True, False]

    def test_an_unknown_baseline_is_not_attained(self):
        assert ends(times_of("anna:\n 0 dose=?\n 50 dose=5")) == [(50, 1)]
        assert ends(times_of("anna:\n 50 dose=5")) == [(50, 1)]

    def test_outside_the_denominator_is_neither(self):
        times = times_of("anna:\n 0 dose=5\n 50 dose=5", "glucocorticoid_le5_from_above")

        assert not times.is_at_risk.any()
        assert not times.is_attained_before.any()

    def test_without_it_follow_up_ends_at_the_last_visit_that_decides(self):
        assert ends(times_of("anna:\n 0 dose=10\n 50 dose=10\n 100 dose=?")) == [(50, 0)]

    def test_nobody_seen_again_is_censored_on_day_0(self):
        assert ends(times_of("anna:\n 0 dose=10")) == [(0, 0)]


class TestStops:
    STOPPED = "anna: stop=70/adverse_event\n 0 dose=10\n 50 dose=10\n 100 dose={}"

    def test_a_response_after_the_stop_does_not_count(self):
        times = times_of(self.STOPPED.format(5))

        assert ends(times) == [(70, 0)]
        assert times.between_visits() == ([50], [np.inf])

    def test_a_response_on_the_day_of_the_stop_does(self):
        assert ends(times_of("anna: stop=50/other\n 0 dose=10\n 50 dose=5")) == [(50, 1)]

    def test_a_stop_after_the_last_visit_censors_at_that_visit(self):
        assert ends(times_of("anna: stop=90/other\n 0 dose=10\n 50 dose=10")) == [(50, 0)]

    @pytest.mark.parametrize(
        ("reason", "expected"),
        [("adverse_event", (90, 2)), ("lost_to_follow_up", (50, 0))],
    )
    def test_competing_it_counts_on_its_day_unless_it_is_a_loss(self, reason, expected):
        times = times_of(f"anna: stop=90/{reason}\n 0 dose=10\n 50 dose=10")
        days, cause = times.with_stops_competing()

        assert (days[0], cause[0]) == expected

    def test_a_death_on_the_drug_competes(self):
        days, cause = times_of("anna: death=80\n 0 dose=10\n 50 dose=10").with_stops_competing()

        assert (days[0], cause[0]) == (80, 2)


class TestSustained:
    def test_it_is_dated_at_the_first_of_two_assessed_visits(self):
        text = "anna:\n 0 dose=10\n 30 dose=5\n 60 dose=10\n 90 dose=5\n 120 dose=?\n 150 dose=5"
        times = times_of(text, definition="sustained_2")

        assert ends(times) == [(90, 1)]
        assert times.not_yet_day.tolist() == [60]

    def test_a_last_visit_that_is_a_response_is_open(self):
        times = times_of("anna:\n 0 dose=10\n 30 dose=10\n 60 dose=5", definition="sustained_2")

        assert ends(times) == [(60, 0)]
        assert times.not_yet_day.tolist() == [30]

    def test_two_visits_of_two_patients_are_not_two_in_a_row(self):
        text = "anna:\n 0 dose=10\n 30 dose=5\nbea:\n 0 dose=10\n 40 dose=5\n 60 dose=10"

        assert ends(times_of(text, definition="sustained_2")) == [(30, 0), (60, 0)]


class TestManifestations:
    TEXT = """
        anna:
          0   rash alopecia
          30  rash
          60  rash=? alopecia=?
          90
        bea:
          0   arthritis
          30  arthritis=?
        carl:
          0
          30
    """

    def test_every_item_of_a_domain_must_be_known_to_be_absent(self):
        times = derive_manifestation_times(draw_cohort(self.TEXT), ("skin", "joints"))

        assert times["skin"].is_at_risk.tolist() == [True, False, False]
        assert ends(times["skin"]) == [(90, 1)]
        assert times["skin"].not_yet_day[0] == 30

    def test_an_unknown_item_is_not_absent(self):
        times = derive_manifestation_times(draw_cohort(self.TEXT), ("joints",))

        assert ends(times["joints"]) == [(0, 0)]

    def test_a_total_of_0_proves_the_absence(self):
        text = "anna:\n 0 rash\n 30 phone sledai_2k=4\n 60 phone sledai_2k=0"
        times = derive_manifestation_times(draw_cohort(text), ("skin",))

        assert ends(times["skin"]) == [(60, 1)]

    def test_serology_is_gone_when_both_parts_are(self):
        text = "anna:\n 0 low_complement anti_dsdna\n 30 anti_dsdna\n 60"
        times = derive_manifestation_times(
            draw_cohort(text), ("serology", "low_complement", "anti_dsdna")
        )

        assert [ends(t) for t in times.values()] == [[(60, 1)], [(30, 1)], [(60, 1)]]


@given(
    value=st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=8),
    stop=st.one_of(st.just(np.nan), st.integers(1, 90).map(float)),
    definition=st.sampled_from(["first", "sustained_2"]),
)
def test_one_patient_by_going_through_the_visits(value, stop, definition):
    day = 10 * np.arange(1, len(value) + 1)
    times = _find(value, day, stop, definition)
    assessed = [(d, v) for d, v in zip(day.tolist(), value, strict=True) if v]
    run = 1 if definition == "first" else 2
    onset = next(
        (
            assessed[i][0]
            for i in range(len(assessed) - run + 1)
            if all(v == 1 for _, v in assessed[i : i + run])
        ),
        None,
    )
    seen = assessed[-1][0] if assessed else 0
    until = np.inf if np.isnan(stop) else stop
    expected = (onset, 1) if onset is not None and onset <= until else (min(seen, until), 0)
    days, cause = times.until_stop()
    low, high = times.between_visits()

    assert (days[0], cause[0]) == expected
    assert low[0] <= days[0]
    assert low[0] < high[0]


def test_sustained_never_comes_before_first():
    random = np.random.default_rng(5)
    for _ in range(50):
        value = random.integers(-1, 2, 12)
        day = np.arange(1, 13)
        first, sustained = (
            _find(value, day, np.nan, definition).response_day[0]
            for definition in ("first", "sustained_2")
        )
        assert np.isnan(sustained) or sustained >= first


def _find(value, day, stop, definition):
    one = np.array([np.nan])
    follow_up = FollowUp(
        cut_day=one,
        observed_until_day=one,
        last_contact_day=one,
        death_day=one,
        stop_day=np.array([stop]),
        stop_reason=np.array(["other" if stop == stop else ""], dtype=object),
    )
    inside, outside = np.array([True]), np.array([False])
    patient = np.zeros(len(value), dtype=np.int64)
    return find_times(
        np.array(value, dtype=np.int8), patient, day, inside, outside, follow_up, definition
    )
