"""How long a patient is observed and stays on anifrolumab."""

import numpy as np
import pytest

from lupus_outcomes.derive.cohort import cut_tables
from lupus_outcomes.derive.follow_up import derive_follow_up
from tests.drawn import draw_cohort, draw_dataset


def stops(text, **how):
    """Day and reason of each patient's stop."""
    follow_up = draw_cohort(text, **how).follow_up
    return [
        None if np.isnan(day) else (int(day), reason)
        for day, reason in zip(follow_up.stop_day, follow_up.stop_reason, strict=True)
    ]


class TestStops:
    def test_with_its_reason(self):
        assert stops("anna: stop=200/pregnancy\nbea:") == [(200, "pregnancy"), None]

    def test_without_a_reason(self):
        assert stops("anna: stop=200") == [(200, "other")]

    def test_a_death_on_the_drug_is_a_stop_on_its_day(self):
        assert stops("anna: death=300") == [(300, "death")]
        assert stops("anna: stop=310/adverse_event death=300") == [(300, "death")]

    def test_a_death_after_the_stop_is_not(self):
        assert stops("anna: stop=200/adverse_event death=300") == [(200, "adverse_event")]

    def test_after_the_data_cut_neither_is_known(self):
        text = "anna: stop=200/adverse_event\nbea: death=200"

        assert stops(text, as_of=199) == [None, None]
        assert stops(text, as_of=200) == [(200, "adverse_event"), (200, "death")]

    def test_the_drug_whatever_its_case(self):
        comparator = "anna: treatment_group=standard_of_care"
        text = f"{comparator}\n takes Anifrolumab from=0 to=50 reason=other"

        assert stops(text) == [(50, "other")]

    def test_other_drugs_do_not_count(self):
        assert stops("anna:\n takes belimumab from=0 to=50 reason=adverse_event") == [None]

    def test_one_patient_does_not_touch_the_next(self):
        text = "anna: stop=100/other\nbea:\ncleo: stop=50/other restart=60\ndora: stop=70/other"

        assert stops(text) == [(100, "other"), None, None, (70, "other")]


class TestCourses:
    def draw(self, *courses):
        """Courses of anifrolumab as ``from-to/reason``."""
        lines = ["anna: treatment_group=standard_of_care"]
        for course in courses:
            days, _, reason = course.partition("/")
            start, _, end = days.partition("-")
            stop = f"to={end} reason={reason or 'other'}" if end else ""
            lines.append(f"takes anifrolumab from={start} {stop}")
        return stops("\n".join(lines))[0]

    def test_a_gap_up_to_90_days_is_one_course(self):
        assert self.draw("0-100", "190") is None
        assert self.draw("0-100/pregnancy", "191") == (100, "pregnancy")

    def test_one_course_after_the_other(self):
        assert self.draw("0-100", "150-300/adverse_event") == (300, "adverse_event")
        assert self.draw("0-100", "150-300", "380") is None

    def test_the_first_real_stop_counts(self):
        assert self.draw("0-100/remission", "300-400/adverse_event") == (100, "remission")

    def test_a_change_of_route_that_overlaps_is_no_stop(self):
        assert self.draw("0-200", "190") is None
        assert self.draw("0-200", "190-400/other") == (400, "other")

    def test_a_course_inside_another_does_not_end_it(self):
        assert self.draw("0-400/adverse_event", "100-200") == (400, "adverse_event")

    def test_a_course_left_open_lasts_until_the_next(self):
        assert self.draw("0", "100-150/adverse_event") == (150, "adverse_event")

    def test_the_order_of_the_rows_does_not_matter(self):
        assert self.draw("150-300/adverse_event", "0-100") == (300, "adverse_event")


class TestObservation:
    def test_ends_with_the_last_contact_or_the_data_cut(self):
        follow_up = draw_cohort("anna: contact=500\nbea:", as_of=700).follow_up

        assert follow_up.last_contact_day.tolist() == [500, 700]
        assert follow_up.observed_until_day.tolist() == [700, 700]

    def test_ends_with_a_withdrawal(self):
        follow_up = draw_cohort("anna: left=300\nbea: left=900", as_of=700).follow_up

        assert follow_up.observed_until_day.tolist() == [300, 700]
        assert follow_up.cut_day.tolist() == [700, 700]

    def test_ends_with_a_death_before_a_later_contact(self):
        assert draw_cohort("anna: death=300 contact=350").follow_up.last_contact_day == [300]

    def test_nothing_after_it_stays_in_any_table(self):
        dataset = draw_dataset("""
            anna: left=100
              90
              101
              flare 100 severe
              flare 101 severe
              takes azathioprine from=101 dose=50
        """)
        tables, _ = cut_tables(dataset.tables, np.datetime64(dataset.data_cut))

        assert tables["visits"]["visit_day"].tolist() == [90]
        assert tables["flares"]["flare_day"].tolist() == [100]
        assert tables["treatments"]["drug"].tolist() == ["anifrolumab"]


def test_the_gap_of_a_restart_can_be_chosen():
    tables = draw_dataset("anna: stop=100/other restart=150").tables
    cut = tables["patients"]["last_contact_date"].max()

    for gap, is_stop in ((50, False), (49, True)):
        follow_up = derive_follow_up(tables["patients"], tables["treatments"], cut, gap)
        assert np.isfinite(follow_up.stop_day[0]) == is_stop


@pytest.mark.parametrize("text", ["", "anna: treatment_group=standard_of_care"])
def test_without_any_course_nobody_stops(text):
    assert all(stop is None for stop in stops(text))
