"""Incidence of adverse events: against the reference, by hand, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lupus_outcomes.analysis.adverse_event_periods import estimate_by_onset
from lupus_outcomes.analysis.adverse_event_terms import describe_listing, estimate_terms
from lupus_outcomes.analysis.adverse_events import estimate_adverse_events
from lupus_outcomes.analysis.first_adverse_event import estimate_first_event
from lupus_outcomes.analysis.intervals import compute_newcombe_difference
from lupus_outcomes.analysis.label_frequencies import (
    estimate_label_frequencies,
    estimate_published_rates,
)
from lupus_outcomes.analysis.safety_references import frequency_class
from lupus_outcomes.analysis.special_interest import (
    describe_course,
    estimate_zoster_by_vaccination,
)
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import expected, reference_cohort

YEAR = 365.25
FOUR = """
    anna: contact=1000
      event 100 headache soc=Nerves grade=1 related
      event 200 pneumonia soc=Infections serious why=hospitalisation infection grade=3
      event 300 pneumonia soc=Infections infection grade=2 iv_antimicrobial=no
    bea: contact=500 stop=400/adverse_event
      event 400 herpes_zoster soc=Infections infection herpes_zoster action=discontinued
    cleo: contact=2000
      event -5 headache
      event ? headache
    dora: contact=800 zoster_vaccinated
      event 50 headache serious=? soc=Nerves
"""


def run(estimate, cohort, group=None, **how):
    return estimate(cohort, select_patients(cohort, group=group), **how)


@pytest.fixture(scope="module")
def four():
    return draw_cohort(FOUR)


@pytest.fixture(scope="module")
def table(four):
    return run(estimate_adverse_events, four).table.set_index("category")


def test_the_reference_cohort():
    theirs = expected("adverse_events")
    ours = run(estimate_adverse_events, reference_cohort()).table
    both = theirs.merge(ours, on="category", suffixes=("_expected", ""))

    assert len(both) == len(theirs) == 5
    for count in ("n_patients", "n_events"):
        assert (both[count] == both[f"{count}_expected"]).all()
    for rate in ("person_years", "event_rate_per_100py"):
        np.testing.assert_allclose(both[rate], both[f"{rate}_expected"], rtol=0, atol=1e-6)


class TestByHand:
    def test_person_time(self, table):
        # Bea: 28 days after the stop; no day is added.
        years = (1000 + 428 + 2000 + 800) / YEAR

        assert table["person_years"].to_numpy() == pytest.approx(years)
        assert (table["n_exposed"] == 4).all()

    def test_any(self, table):
        row = table.loc["any"]
        first_years = (100 + 400 + 2000 + 50) / YEAR
        low = stats.chi2.ppf(0.025, 2 * 5) / 2
        high = stats.chi2.ppf(0.975, 2 * 6) / 2

        assert (row["n_patients"], row["n_events"]) == (3, 5)
        assert row["first_event_person_years"] == pytest.approx(first_years)
        assert row["eair_per_100py"] == pytest.approx(100 * 3 / first_years)
        assert row["event_rate_ci_low"] == pytest.approx(100 * low / row["person_years"])
        assert row["event_rate_ci_high"] == pytest.approx(100 * high / row["person_years"])

    def test_unknown_seriousness_is_counted_apart(self, table):
        assert table.loc[["serious", "non_serious"], "n_events"].tolist() == [1, 3]
        assert table.loc[["serious", "non_serious"], "n_unknown"].tolist() == [1, 1]

    def test_special_categories(self, table):
        names = ["infection", "serious_infection", "herpes_zoster", "led_to_stop"]

        assert table.loc[names, "n_events"].tolist() == [3, 1, 1, 1]
        # Zoster, no word on antimicrobials; two headaches, no word on infection.
        assert table.loc["serious_infection", "n_unknown"] == 3

    def test_organ_classes_and_terms(self, table):
        assert table.loc["soc:Infections", "n_patients"] == 2
        assert table.loc["soc:Infections", "n_events"] == 3
        assert table.loc["pt:headache", "n_patients"] == 2

    def test_what_no_event_tells_has_no_row_but_a_note(self, four, table):
        assert "neoplasm" not in table.index
        assert any("neoplasm" in note for note in run(estimate_adverse_events, four).notes)

    def test_what_is_in_no_count_is_said(self, four):
        notes = " ".join(run(estimate_adverse_events, four).notes)

        assert "1 event without a date of onset" in notes
        assert "1 event before the first dose" in notes

    def test_the_finding_has_the_primary_endpoint(self, four):
        finding = run(estimate_adverse_events, four).finding

        assert finding.startswith("3 of 4 patients (75 %; 95 % CI 30–95) had 5 events in 12 ")
        assert "1 serious event in 1 patients" in finding


def test_no_event_at_all_is_a_rate_of_nothing_with_an_upper_limit():
    cohort = draw_cohort("anna: contact=730\n event -5 headache infection=no")
    row = run(estimate_adverse_events, cohort).table.set_index("category").loc["any"]

    assert (row["n_patients"], row["event_rate_per_100py"]) == (0, 0)
    assert row["event_rate_ci_high"] == pytest.approx(100 * 3.688879 / (730 / YEAR), rel=1e-5)


def test_without_a_table_nothing_is_told():
    cohort = draw_cohort("anna:\n 0")
    result = run(estimate_adverse_events, cohort)

    assert result.table.empty
    assert "cannot be told" in result.finding


def test_who_was_never_seen_on_the_drug_is_not_exposed():
    cohort = draw_cohort("anna: contact=-10\nbea: contact=100\n event 5 headache")
    result = run(estimate_adverse_events, cohort)

    assert (result.table["n_exposed"] == 1).all()
    assert any("not exposed" in note for note in result.notes)


class TestByOnset:
    def test_rates_are_over_the_time_within_the_period(self, four):
        rows = run(estimate_by_onset, four, category="any").table.set_index("period")
        early, late, second = (rows.loc[p] for p in ("Up to day 180", "After day 180", "Year 2"))

        assert (early["n_events"], early["n_at_risk"]) == (2, 4)
        assert early["person_years"] == pytest.approx(4 * 180 / YEAR)
        assert late["person_years"] == pytest.approx((820 + 248 + 1820 + 620) / YEAR)
        assert (second["n_events"], second["n_at_risk"]) == (1, 4)

    def test_periods_together_are_everything(self):
        cohort = reference_cohort()
        rows = run(estimate_by_onset, cohort, category="any").table
        total = run(estimate_adverse_events, cohort).table.set_index("category").loc["any"]
        sums = rows.groupby("division")[["n_events", "person_years"]].sum()

        assert sums["n_events"].tolist() == [total["n_events"]] * 2
        assert sums["person_years"].to_numpy() == pytest.approx(total["person_years"])


class TestTerms:
    def test_the_most_frequent_first_with_a_difference(self):
        cohort = reference_cohort()
        rows = run(estimate_terms, cohort, group="sex", by="pt").table
        female, male = (
            rows[(rows["event"] == "headache") & (rows["level"] == level)].iloc[0]
            for level in ("female", "male")
        )
        limits = compute_newcombe_difference(
            female["n_patients"], female["n_exposed"], male["n_patients"], male["n_exposed"]
        )

        assert rows[rows["group"] == "all"]["n_patients"].is_monotonic_decreasing
        assert female["risk_difference"] == pytest.approx(female["proportion"] - male["proportion"])
        assert (female["rd_ci_low"], female["rd_ci_high"]) == pytest.approx(limits)
        assert np.isnan(male["risk_difference"])

    def test_one_level_against_all_others(self):
        rows = run(estimate_terms, reference_cohort(), group="smoking", contrast="former").table

        assert rows["level"].unique().tolist() == ["all", "former", "all others"]
        sizes = rows.groupby("level")["n_exposed"].first()
        assert sizes["former"] + sizes["all others"] <= sizes["all"]

    def test_the_listing_holds_every_event_once_in_its_class_and_term(self, four):
        found = run(describe_listing, four)
        rows = found.table
        whole = rows["preferred_term"] == "whole class"

        assert rows.loc[whole, "n_events"].sum() == rows.loc[~whole, "n_events"].sum() == 5
        assert rows.iloc[0]["system_organ_class"] == "Infections"
        assert not {"patient", "patient_id"} & set(rows)
        assert found.finding.startswith("5 events of ")


class TestSpecialInterest:
    def test_the_course_of_zoster(self, four):
        rows = run(describe_course, four, category="herpes_zoster").table
        said = rows.set_index(["what", "value"])["n_events"]

        assert said["anifrolumab", "stopped"] == 1
        assert said["serious", "no"] == 1
        assert said["onset", "after day 180"] == 1
        assert (rows["n_of"] == 1).all()

    def test_zoster_by_vaccination(self, four):
        rows = run(estimate_zoster_by_vaccination, four).table.set_index("level")

        assert rows.loc["vaccinated", ["n_patients", "n_exposed"]].tolist() == [0, 1]
        assert rows.loc["not known", ["n_patients", "n_exposed"]].tolist() == [1, 3]

    def test_vaccination_that_is_not_collected(self):
        result = run(estimate_zoster_by_vaccination, reference_cohort())

        assert result.table.empty
        assert "not collected" in result.finding


class TestPublished:
    def test_reactions_of_the_label_are_grouped_terms_in_the_first_52_weeks(self):
        cohort = draw_cohort(
            "anna: contact=900\n event 10 Pharyngitis\n event 20 nasopharyngitis\n"
            " event 365 bronchitis\nbea: contact=900"
        )
        rows = run(estimate_label_frequencies, cohort).table.set_index("event")

        assert rows.at["Upper respiratory tract infection", "n_patients"] == 1
        assert rows.at["Upper respiratory tract infection", "frequency"] == "very common"
        assert rows.at["Bronchitis", "frequency"] == "none seen"
        assert (rows["n_a_year"] == 2).all()

    @pytest.mark.parametrize(
        ("proportion", "named"),
        [(0.1, "very common"), (0.0999, "common"), (0.01, "common"), (0.001, "uncommon")],
    )
    def test_a_class_includes_its_lower_limit(self, proportion, named):
        assert frequency_class(proportion) == named

    def test_ours_stand_beside_the_trials(self):
        result = run(estimate_published_rates, reference_cohort())
        serious = result.table[result.table["category"] == "serious"]

        assert result.finding.startswith(
            "Patients with a first event per 100 patient-years: serious 9.1 (trials 13.6 and 8.5), "
        )
        assert serious["published_eair"].tolist() == [13.6, 8.5]
        assert serious["n_patients"].tolist() == [44, 44]


class TestFirstEvent:
    def test_the_end_of_exposure_competes(self):
        cohort = draw_cohort(
            "a: contact=900\n event 100 x\nb: contact=900 stop=50/other\nc: contact=900\n"
            "d: contact=900 death=60"
        )
        rows = run(estimate_first_event, cohort, category="any").table.set_index("day")

        assert rows.loc[60, "n_ended"] == rows.loc[78, "n_ended"] == 1
        assert rows.loc[100, "probability"] == pytest.approx(0.5 * 0.5)
        assert rows.loc[900, "n_censored"] == 1

    def test_everyone_with_an_event_is_in_the_curve(self):
        cohort = reference_cohort()
        rows = run(estimate_first_event, cohort, category="serious").table

        assert rows["n_events"].sum() == 44
        assert rows[["n_events", "n_ended", "n_censored"]].sum().sum() == 240


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(-50, 700), st.sampled_from(["yes", "no", "?"]),
        st.sampled_from(["cough", "Cough", "zoster"]),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def drawn(events):
    lines = []
    for patient, contact in enumerate((600, 300, 100, 0)):
        lines.append(f"p{patient}: contact={contact}")
        lines += [
            f" event {day} {term} serious={serious}"
            for who, day, serious, term in events
            if who == patient
        ]
    return draw_cohort("\n".join(lines))


@settings(max_examples=15, deadline=None)
@given(EVENTS)
def test_what_always_holds(events):
    rows = run(estimate_adverse_events, drawn(events)).table.set_index("category")
    serious = rows.reindex(["serious", "non_serious"])["n_events"].sum()
    unknown = rows["n_unknown"].get("serious", rows.at["any", "n_events"])

    assert (rows["n_patients"] <= rows["n_events"]).all()
    assert (rows["first_event_person_years"] <= rows["person_years"] + 1e-9).all()
    assert serious + unknown == rows.at["any", "n_events"]


@settings(max_examples=8, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(events, random):
    shuffled = random.sample(events, len(events))
    one, other = (run(estimate_adverse_events, drawn(rows)).table for rows in (events, shuffled))

    assert one.equals(other)
