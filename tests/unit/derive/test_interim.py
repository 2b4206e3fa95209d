"""Who completes, who is in the frozen set, and that nothing after its data cut is seen."""

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive import interim as interims
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.interim import derive_interim, find_interim_set
from lupus_outcomes.derive.timepoints import NOT_DUE, PENDING, STATUSES
from lupus_outcomes.paths import SAMPLE
from lupus_outcomes.protocol import Interim
from lupus_outcomes.protocols import PROTOCOLS
from tests.drawn import draw_cohort

pytestmark = pytest.mark.slow

COMPLETERS = """
    early:
      168
    at_the_start_of_the_window:
      126
    before_the_window:
      125
    at_its_end:
      209
    after_it:
      210
    off_the_drug: stop=20/adverse_event
      170
    died_before_24_weeks: death=160 contact=160
      150
    withdrew_before_24_weeks: left=160
      150
    twice:
      140
      200
"""


def of_two(text: str, n: int = 2, cut: int = 2_600):
    """Drawn patients under an interim analysis of the first ``n``."""
    cohort = draw_cohort(text, cut=cut)
    few = replace(cohort.protocol, interim=Interim(f"First {n}", n_patients=n, weeks=24))
    return replace(cohort, protocol=few)


def members(cohort):
    return cohort.patients["patient_id"][find_interim_set(cohort).members].tolist()


def test_completed_is_24_weeks_with_an_evaluation_in_the_window():
    cohort = draw_cohort(COMPLETERS)
    found = find_interim_set(cohort)
    day = dict(zip(cohort.patients["patient_id"], found.completed_day, strict=True))

    assert {name: d for name, d in day.items() if not np.isnan(d)} == {
        "early": 168,
        "at_the_start_of_the_window": 168,
        "at_its_end": 209,
        "off_the_drug": 170,
        "twice": 168,
    }


def test_an_evaluation_completes_nobody_before_24_weeks():
    assert find_interim_set(draw_cohort("anna:\n 140", cut=167)).has_completed.tolist() == [False]
    assert find_interim_set(draw_cohort("anna:\n 140", cut=168)).has_completed.tolist() == [True]


def test_the_first_by_the_day_they_completed_not_by_the_first_dose():
    cohort = of_two("""
        first_in_last_done: index=2020-01-01
          209
        second: index=2020-01-10
          168
        third: index=2020-01-20
          168
    """)
    assert members(cohort) == ["second", "third"]
    assert find_interim_set(cohort).data_cut == dt.date(2020, 1, 20) + dt.timedelta(168)


def test_a_tie_goes_to_the_earlier_first_dose_and_who_ties_in_both_is_in():
    cohort = of_two("""
        anna: index=2020-01-01
          168
        later: index=2020-01-09
          172
        bea: index=2020-01-10
          171
        carl: index=2020-01-10
          171
    """)
    assert members(cohort) == ["anna", "later"]
    assert members(of_two("a:\n 168\nb:\n 168\nc:\n 168")) == ["a", "b", "c"]


def test_nothing_is_frozen_before_the_last_completed():
    text = "a:\n 168\nb: index=2020-01-03\n 168"
    before, after = (of_two(text, cut=cut) for cut in (169, 170))

    assert find_interim_set(before).data_cut is None
    assert members(before) == ["a"]
    assert find_interim_set(after).data_cut == dt.date(2020, 6, 19)


def test_shifted_dates_give_no_order():
    cohort = of_two("a:\n 168\nb:\n 170")
    shifted = replace(cohort, dataset=replace(cohort.dataset, dates_are_shifted=True))

    assert find_interim_set(shifted).data_cut is None
    assert derive_interim(shifted) is None


def test_a_study_without_one_has_none():
    cohort = draw_cohort("a:\n 168", study="jrcts031230358")
    assert find_interim_set(cohort) is None
    assert derive_interim(cohort) is None


def test_who_can_still_complete():
    cohort = draw_cohort(
        """
        done:
          168
        open:
        gone: death=50
        left: left=50
        lost: stop=50/lost_to_follow_up
        stopped: stop=50/adverse_event
        closed: index=2019-12-01
        """,
        cut=180,
    )
    can = find_interim_set(cohort).can_complete
    assert cohort.patients["patient_id"][can].tolist() == ["open", "stopped"]


class TestFrozen:
    def test_everyone_in_it_is_due_at_24_weeks_though_the_window_is_open(self):
        frozen = derive_interim(of_two("a:\n 168\nb:\n 168 rash\nc: index=2020-01-02\n 168"))
        status = frozen.cohort.timepoints.status[0]

        assert frozen.cohort.data_cut == dt.date(2020, 6, 17)
        assert [STATUSES[code] for code in status] == ["assessed", "assessed", "pending"]
        assert frozen.selection.members.tolist() == [True, True, False]

    def test_what_happens_after_the_cut_is_not_seen(self):
        frozen = derive_interim(
            of_two("a: stop=300/remission death=400\n 168 rash\n 180\nb:\n 168\n takes x from=250")
        )
        day = frozen.cohort.tables["visits"]["visit_day"]

        assert day.max() == 168
        assert np.isnan(frozen.cohort.follow_up.stop_day).all()
        assert np.isnan(frozen.cohort.follow_up.death_day).all()
        assert len(frozen.cohort.tables["treatments"]) == 2

    def test_its_time_points_begin_with_the_24_weeks(self):
        frozen = derive_interim(of_two("a:\n 168\nb: index=2021-06-01\n 168"))
        labels = [t.label for t in frozen.cohort.protocol.timepoints]
        assert labels == ["24 weeks", "12 months"]


@cache
def sample():
    return read_dataset(SAMPLE)


def of_sample(cut: dt.date | None = None):
    return derive_cohort(sample(), PROTOCOLS["nct07215754"], cut)


def ids(cohort, chosen):
    return set(cohort.patients["patient_id"][chosen])


class TestOnTheSample:
    def test_the_fiftieth_is_the_boundary(self):
        data_cut = find_interim_set(of_sample()).data_cut
        on_the_day, before = of_sample(data_cut), of_sample(data_cut - dt.timedelta(1))

        assert find_interim_set(on_the_day).data_cut == data_cut
        assert find_interim_set(before).data_cut is None
        assert find_interim_set(before).has_completed.sum() < 50

    @pytest.mark.parametrize("later", [0, 1, 30, 400])
    def test_later_data_do_not_change_the_set(self, later):
        whole = of_sample()
        found = find_interim_set(whole)
        then = of_sample(found.data_cut + dt.timedelta(later))
        again = find_interim_set(then)

        assert again.data_cut == found.data_cut
        assert ids(then, again.members) == ids(whole, found.members)

    def test_the_frozen_study_is_the_same_from_any_later_day(self):
        from_now = derive_interim(of_sample())
        from_then = derive_interim(of_sample(from_now.cohort.data_cut))

        pd.testing.assert_frame_equal(from_now.cohort.states, from_then.cohort.states)
        assert (from_now.cohort.timepoints.status == from_then.cohort.timepoints.status).all()
        assert (from_now.selection.members == from_then.selection.members).all()

    def test_all_fifty_are_due_and_were_seen(self):
        frozen = derive_interim(of_sample())
        at = frozen.cohort.timepoints
        chosen = frozen.selection.members

        assert chosen.sum() == 50
        assert not np.isin(at.status[0, chosen], (PENDING, NOT_DUE)).any()
        assert (at.visit[0, chosen] >= 0).all()


def test_the_window_reaches_past_month_6_and_not_to_its_neighbours():
    window = interims.interim_timepoint(Interim("", 50, 24))
    assert (window.window_start_day, window.window_end_day) == (126, 210)
