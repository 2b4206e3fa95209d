"""Which visit stands for a time point, who is due there, and what became of those without one."""

import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.errors import UsageError
from tests.drawn import chosen_days, draw_cohort, signs, statuses

JAPANESE = "jrcts031230358"
WEEK_12 = 3  # in months, rounded


def draw_visits(*patients, study="nct07215754", **how):
    """A patient each, seen on the days given."""
    lines = [f"p{n}:\n" + "\n".join(days.split()) for n, days in enumerate(patients)]
    return draw_cohort("\n".join(lines), study, **how)


@pytest.mark.parametrize(
    ("months", "first", "last"),
    [(3, 46, 136), (6, 92, 273), (12, 274, 456), (24, 640, 821), (36, 1005, 1187)],
)
def test_windows_are_half_open(months, first, last):
    cohort = draw_visits(*(str(day) for day in (first - 1, first, last, last + 1)))

    assert chosen_days(cohort, months) == [None, first, last, None]


def test_week_12_is_day_84_with_28_days_each_side_half_open():
    cohort = draw_visits("55", "56", "111", "112", study=JAPANESE)

    assert chosen_days(cohort, WEEK_12) == [None, 56, 111, None]


def test_the_nearest_visit_counts():
    # Month 6 is day 182.625.
    cohort = draw_visits("170 200", "160 190", "150 182 183 214", "92 273", "30 91", "")

    assert chosen_days(cohort) == [170, 190, 183, 273, None, None]


def test_a_tie_goes_to_the_later_visit():
    # 24 months are 730.5 days, 48 months 1461.
    cohort = draw_visits("720 741 1451 1471")

    assert chosen_days(cohort, 24) == [741]
    assert chosen_days(cohort, 48) == [1471]


def test_each_time_point_chooses_by_itself():
    cohort = draw_visits("110")

    assert [chosen_days(cohort, months) for months in (3, 6, 12)] == [[110], [110], [None]]


def test_baseline_is_the_last_visit_by_day_0_within_3_months():
    cohort = draw_visits("-92", "-91", "-91 -4", "-4 0", "1", "-92 1", "")
    day = cohort.states["visit_day"]

    assert [None if row < 0 else day[row] for row in cohort.baseline] == [
        None, -91, -4, 0, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cut", "status"),
    [(91, "not_due"), (92, "pending"), (273, "pending"), (274, "assessed"), (900, "assessed")],
)
def test_due_once_the_window_has_closed_whatever_data_exist(cut, status):
    assert statuses(draw_visits("0 92", as_of=cut)) == [status]


@pytest.mark.parametrize(("cut", "status"), [(111, "pending"), (112, "assessed")])
def test_due_on_the_very_day_the_window_closes(cut, status):
    assert statuses(draw_visits("80", study=JAPANESE, as_of=cut), WEEK_12) == [status]


BECAME = """
    seen:               ; 180                              # assessed
    seen_on_last_day:   stop=180/adverse_event; 180        # assessed: still on the drug
    seen_before_stop:   stop=181/adverse_event; 180        # assessed
    seen_after_stop:    stop=179/adverse_event; 180        # stopped
    not_seen:           contact=900; 30 400                # missed
    stops_by_target:    stop=182/adverse_event;            # stopped
    stops_after_target: stop=183/adverse_event;            # missed
    dies:               death=120;                         # died
    dies_after_target:  death=183;                         # missed
    seen_then_dies:     death=181; 180                     # assessed
    stops_then_dies:    stop=100/pregnancy death=120;      # stopped
    stop_is_death:      stop=120/death death=120;          # died
    lost_as_a_stop:     stop=120/lost_to_follow_up;        # lost
    out_of_contact:     contact=91; 30                     # lost
    in_contact:         contact=92; 30                     # missed
    stops_then_lost:    stop=60/remission contact=61;      # stopped
    dies_off_drug_seen: stop=60/remission death=300; 180   # stopped
"""


def test_what_became_of_a_patient_by_month_6():
    drawn, expected = [], {}
    for line in BECAME.strip().splitlines():
        told, _, status = line.partition("#")
        patient, _, days = told.partition(";")
        drawn += [patient, *days.split()]
        expected[patient.strip().partition(":")[0]] = status.strip().partition(":")[0]
    cohort = draw_cohort("\n".join(drawn))

    assert dict(zip(cohort.patients["patient_id"], statuses(cohort), strict=True)) == expected


def test_who_is_not_due_has_no_other_fate():
    drawn = """
        stopped: stop=30/adverse_event
        died: death=30
        lost: contact=30
        seen:
          100
    """

    assert statuses(draw_cohort(drawn, cut=2_600, as_of=200)) == ["pending"] * 4
    assert statuses(draw_cohort(drawn, cut=2_600, as_of=80)) == ["not_due"] * 4


def test_after_the_stop_no_time_point_is_assessed():
    cohort = draw_cohort("anna: stop=200/adverse_event\n 180\n 365\n 730")

    assert [statuses(cohort, m) for m in (6, 12, 24)] == [["assessed"], ["stopped"], ["stopped"]]


@pytest.mark.parametrize(
    ("restart", "status"), [(130, "assessed"), (190, "assessed"), (191, "stopped")]
)
def test_a_restart_within_90_days_is_no_stop(restart, status):
    cohort = draw_cohort(f"anna: stop=100/patient_decision restart={restart}\n 180\n 365")

    assert [statuses(cohort, months) for months in (6, 12)] == [[status], [status]]


def test_a_restart_after_the_data_cut_is_not_known_yet():
    cohort = draw_cohort("anna: stop=250/other restart=300\n 180\n 260", as_of=280)

    assert cohort.follow_up.stop_day.tolist() == [250]


class TestWithdrawalOfConsent:
    DRAWN = """
        anna: left=200
          -3
          180
          200
          201
          365
        bea: left=100
    """

    def test_data_after_it_are_dropped(self):
        assert draw_cohort(self.DRAWN).states["visit_day"].tolist() == [-3, 180, 200]

    def test_the_patient_stays_enrolled_and_due(self):
        cohort = draw_cohort(self.DRAWN)
        table = estimate_attainment(cohort, select_patients(cohort), ("doris",), ("nri",)).table

        assert table["n_enrolled"].unique().tolist() == [2]
        assert table["n_due"].unique().tolist() == [2]
        assert statuses(cohort, 6) == ["assessed", "missed"]
        assert statuses(cohort, 12) == ["lost", "lost"]

    def test_a_stop_or_death_after_it_is_not_known(self):
        cohort = draw_cohort("anna: left=100 stop=150/adverse_event death=160")

        assert statuses(cohort, 12) == ["lost"]


class TestAnEarlierDataCut:
    DRAWN = """
        anna: stop=500/adverse_event death=600
          0
          180
          365
          480
        bea: index=2021-06-01
          0
    """

    def test_nothing_after_it_counts(self):
        cohort = draw_cohort(self.DRAWN, as_of=470)

        assert cohort.states["visit_day"].tolist() == [0, 180, 365]
        assert statuses(cohort, 12) == ["assessed"]
        assert statuses(cohort, 24) == ["not_due"]

    def test_who_was_not_enrolled_by_then_is_not_in_it(self):
        assert draw_cohort(self.DRAWN, as_of=470).n_patients == 1
        assert draw_cohort(self.DRAWN, as_of=520).n_patients == 2

    def test_a_later_one_is_refused(self):
        with pytest.raises(UsageError, match="ends with its data cut"):
            draw_cohort(self.DRAWN, cut=700, as_of=701)


def test_exact_limits_for_ten_patients_at_week_12():
    in_low_activity = [f"in{n}:\n 0\n 84" for n in range(3)]
    active = [f"out{n}:\n 0\n 84 arthritis rash" for n in range(7)]
    cohort = draw_cohort("\n".join(in_low_activity + active), JAPANESE)
    result = estimate_attainment(cohort, select_patients(cohort), ("lldas",), ("nri",))
    week_12 = result.table.iloc[0]

    assert signs(cohort, "lldas", "nri", WEEK_12) == "+++-------"
    assert week_12["timepoint"] == "12 weeks"
    assert (week_12["n_due"], week_12["responders"]) == (10, 3)
    # Clopper & Pearson: 3 of 10.
    assert week_12["ci_low"] == pytest.approx(0.0667395, abs=1e-6)
    assert week_12["ci_high"] == pytest.approx(0.6524529, abs=1e-6)
    assert "exact (Clopper-Pearson)" in result.method
    assert result.finding.startswith("At 12 weeks: LLDAS 30 % (3 of 10; 95 % CI 7–65)")
