"""One patient's course: what stands in which lane, and what decided a state at a visit."""

import dataclasses

import pytest

from lupus_outcomes.derive.course import derive_course
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.indices.doris import DorisOptions
from lupus_outcomes.indices.lldas import LldasOptions
from lupus_outcomes.protocol import DAYS_PER_MONTH
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

BEA = """
anna:
  0 rash
bea: stop=300/adverse_event contact=400
  0    rash arthritis ga=1.5 dose=10
  90   rash ga=1.2 dose=7.5
  180  dose=5
  270  dose=?
  360  proteinuria dose=2.5
  flare 120 severe admitted=yes
"""


def course_of(text, patient=0, **how):
    return derive_course(draw_cohort(text, **how), patient)


def because(visits, state="lldas"):
    return course_of(f"anna:\n{visits}").visits[f"{state}_because"].tolist()


def lane(course, name):
    return course.lanes[course.lanes["lane"] == name]


class TestLanes:
    @pytest.fixture
    def bea(self):
        return course_of(BEA, patient=1)

    def test_only_that_patient_is_in_it(self, bea):
        assert bea.patient_id == "bea"
        assert len(bea.visits) == 5
        assert not {"patient", "patient_id"} & {*bea.lanes, *bea.visits}

    def test_a_dose_holds_until_the_next_visit(self, bea):
        doses = lane(bea, "dose").query("state == 'held'")
        days = (doses[["month", "month_end"]] * DAYS_PER_MONTH).round()
        assert days.to_numpy().tolist() == [[0, 90], [90, 180], [180, 270], [360, 390]]
        assert doses["value"].tolist() == [10, 7.5, 5, 2.5]

    def test_a_decided_dose_is_held_the_one_taken_is_told(self):
        drawn = "anna:\n 0 dose=10 prednisone_after_mg_day=15\n 90 dose=15"
        doses = lane(course_of(drawn), "dose").groupby("state")["value"].apply(list)
        assert doses.to_dict() == {"held": [15, 15], "taken": [10, 15]}

    def test_only_items_the_patient_ever_had(self, bea):
        items = lane(bea, "items")
        present = items[items["state"] == "present"].groupby("row").size()
        assert present.to_dict() == {"Arthritis": 1, "Rash": 2, "Proteinuria": 1}
        assert items.groupby("row").size().tolist() == [5, 5, 5]

    def test_flares_recorded_and_derived_stand_apart(self, bea):
        flares = lane(bea, "flares")
        recorded = flares[flares["row"] == "recorded"]
        assert recorded["state"].tolist() == ["severe"]
        assert recorded["text"].tolist() == ["recorded: severe, admitted"]
        assert "derived" in set(flares["row"])

    def test_the_stop_has_its_reason_and_the_end_its_kind(self, bea):
        stop, end = lane(bea, "stop").iloc[0], lane(bea, "end").iloc[0]
        assert stop["text"] == "stopped: adverse event"
        assert round(stop["month"] * DAYS_PER_MONTH) == 300
        assert (end["text"], round(end["month"] * DAYS_PER_MONTH)) == ("last contact", 400)

    def test_a_death_on_the_drug_is_told_once(self):
        course = course_of("anna: death=100 contact=100\n 0 rash")
        assert lane(course, "stop")["text"].tolist() == ["died on the drug"]
        assert lane(course, "end")["text"].tolist() == ["died"]
        assert course.summary.count("died") == 1

    def test_an_unknown_item_leaves_the_total_between_bounds(self):
        activity = lane(course_of("anna:\n 0 rash arthritis=?"), "sledai").iloc[0]
        assert (activity["low"], activity["high"], activity["text"]) == (2, 6, "2–6")
        assert activity["state"] == "unknown"

    def test_the_sentence_has_its_numbers(self, bea):
        assert bea.summary == (
            "5 visits over 13 months; in LLDAS at 1 of 5 (1 unknown); in DORIS at 1 of 5 "
            "(1 unknown); prednisone from 10 to 2.5 mg/day; 1 recorded flare (1 severe); "
            "0 adverse events; stopped: adverse event, at month 10."
        )

    def test_without_visits_there_is_still_an_end(self):
        course = course_of("anna:")
        assert course.visits.empty
        assert set(course.lanes["lane"]) == {"end"}
        assert "no prednisone dose recorded" in course.summary


class TestWhatDecidedIt:
    def test_every_criterion_met(self):
        assert because(" 0\n 90")[1] == "every criterion met"
        assert because(" 0", "doris") == ["every criterion met"]

    def test_failed_criteria_with_their_values(self):
        assert because(" 0\n 90 arthritis rash ga=1.5 dose=10")[1] == (
            "SLEDAI-2K 6 (limit ≤ 4); new activity: arthritis, rash; "
            "physician global 1.5 (limit ≤ 1); prednisone 10 mg/day (limit ≤ 7.5)"
        )
        assert because(" 0 rash ga=0.5 dose=7.5", "doris") == [
            "clinical SLEDAI-2K 2: rash; physician global 0.5 (limit < 0.5); "
            "prednisone 7.5 mg/day (limit ≤ 5)"
        ]

    def test_what_is_missing_where_nothing_fails(self):
        assert because(" 0\n 90 ga=?")[1] == "physician global missing"
        assert because(" 0\n 90 dose=?", "doris")[1] == "prednisone missing"
        assert because(" 0 treatment_stable=?", "doris") == [
            "stability of background treatment not recorded"
        ]
        assert because(" 0 rash=? ga=0.3", "doris") == ["rash missing"]

    def test_a_failed_criterion_outweighs_a_missing_one(self):
        assert because(" 0\n 90 ga=? dose=10")[1] == "prednisone 10 mg/day (limit ≤ 7.5)"

    def test_the_first_assessment_has_nothing_before_it(self):
        assert because(" 0") == ["new activity cannot be told at the first assessment"]

    def test_new_activity_that_cannot_be_told_names_its_items(self):
        assert because(" 0 low_complement=?\n 90 low_complement")[1] == (
            "new activity cannot be told: low complement missing here or before"
        )

    def test_an_organ_and_features_beyond_the_index(self):
        visits = " 0 pleurisy haemolytic_anaemia\n 90 pleurisy haemolytic_anaemia"
        assert because(visits)[1] == "major organ active: pleurisy; haemolytic anaemia"

    def test_totals_alone(self):
        visits = " 0 phone sledai_2k=2\n 90 phone sledai_2k=8 ga=0 dose=0"
        assert because(visits)[1] == "SLEDAI-2K 8 (limit ≤ 4); new activity: the total has risen"

    def test_maintenance(self):
        assert because(" 0\n 90 maintenance_in_limits=no")[1] == (
            "maintenance treatment beyond limits"
        )
        assert because(" 0\n 90 investigational_drug=yes")[1] == "investigational drug taken"
        assert because(" 0\n 90 investigational_drug=?")[1] == "investigational drug not recorded"

    def test_the_chosen_reading_of_a_definition(self):
        options = Definitions(
            doris=DorisOptions(glucocorticoid="<5", physician_ga="<=0.5"),
            lldas=LldasOptions(new_activity="clinical_only"),
        )
        drawn = "anna:\n 0\n 90 anti_dsdna ga=0.5 dose=5"
        visits = course_of(drawn, definitions=options).visits
        assert visits["doris_because"].iloc[1] == "prednisone 5 mg/day (limit < 5)"
        assert visits["lldas_because"].iloc[1] == "every criterion met"


class TestOfTheWholeCohort:
    @pytest.fixture
    def cohort(self):
        return reference_cohort()

    def test_every_visit_is_explained(self, cohort):
        for patient in range(0, cohort.n_patients, 12):
            visits = derive_course(cohort, patient).visits
            assert visits["lldas_because"].str.len().min() > 0
            assert visits["doris_because"].str.len().min() > 0
            attained = visits["lldas"] == "attained"
            assert (visits["lldas_because"][attained] == "every criterion met").all()
            assert (visits["lldas_failed"][visits["lldas"] != "not attained"] == "").all()

    def test_dates_are_real_unless_they_are_shifted(self, cohort):
        assert derive_course(cohort, 0).visits["date"].iloc[0] == "2025-05-15"
        dataset = dataclasses.replace(cohort.dataset, dates_are_shifted=True)
        shifted = derive_course(dataclasses.replace(cohort, dataset=dataset), 0).visits
        assert "date" not in shifted
        assert shifted["study_day"].iloc[0] == -10
