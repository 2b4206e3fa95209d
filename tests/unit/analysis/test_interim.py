"""What is said of the interim analysis: reached, awaited, not enough, not planned, shifted."""

import datetime as dt
from dataclasses import replace

import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.interim import describe_interim, estimate_interim, project
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.interim import find_interim_set
from lupus_outcomes.derive.selection import parse_filters, select_patients
from lupus_outcomes.protocol import Interim
from lupus_outcomes.protocols import PROTOCOLS
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort


def interim(cohort, *filters):
    return describe_interim(cohort, select_patients(cohort, parse_filters(filters)))


def reference_as_of(year, month, day):
    dataset = reference_cohort().dataset
    return derive_cohort(dataset, PROTOCOLS[dataset.study], dt.date(year, month, day))


def first(n, text, cut):
    cohort = draw_cohort(text, cut=cut)
    protocol = replace(cohort.protocol, interim=Interim(f"First {n}", n_patients=n, weeks=24))
    return replace(cohort, protocol=protocol)


class TestReached:
    def test_the_finding_names_the_frozen_data_cut(self):
        assert interim(reference_cohort()).finding == (
            "The interim analysis can be made: 50 patients had completed 24 weeks on 2022-09-14, "
            "its frozen data cut. 93 were enrolled by then; the window of 6 others had closed "
            "without an evaluation in it, or after a death or withdrawal."
        )

    def test_months_end_with_the_fiftieth(self):
        table = interim(reference_cohort()).table

        assert table["n"].sum() == table["n_cumulative"].iloc[-1] == 50
        assert table["month"].iloc[-1] == "2022-09"
        assert table["n_expected"].isna().all()

    def test_it_is_the_same_under_a_filter_and_says_so(self):
        whole, filtered = interim(reference_cohort()), interim(reference_cohort(), "sex=male")

        assert filtered.finding == whole.finding
        assert "do not change it" in filtered.notes[0]

    def test_the_frozen_results(self):
        results = {r.id: r for r in estimate_interim(reference_cohort())}

        assert {"interim_attainment", "interim_glucocorticoids", "interim_cohort"} <= set(results)
        assert all("data cut 2022-09-14" in r.title for r in results.values())
        assert results["interim_attainment"].finding.startswith(
            "At 24 weeks: DORIS remission 24 % (12 of 50; 95 % CI 14–37), LLDAS 38 % (19 of 50"
        )

    def test_they_are_not_those_of_today(self):
        cohort = reference_cohort()
        today = estimate_attainment(cohort, select_patients(cohort)).table
        frozen = next(r for r in estimate_interim(cohort) if r.id == "interim_attainment").table

        assert today["n_enrolled"].unique().tolist() == [240]
        assert frozen["n_enrolled"].unique().tolist() == [50]


class TestAwaited:
    def test_the_fiftieth_is_expected(self):
        finding = interim(reference_as_of(2022, 6, 1)).finding

        assert finding == (
            "36 of the 50 patients needed have completed 24 weeks; 35 more of those enrolled still "
            "can. The 50th is expected on 2022-09-08, assuming that each completes on day 182 "
            "after the first dose, the usual day so far, and that 92 % do, as so far; at the "
            "earliest on 2022-09-03."
        )

    def test_too_few_enrolled(self):
        finding = interim(reference_as_of(2022, 1, 1)).finding
        assert "19 of the 50 patients needed" in finding
        assert "They are not enough: about 7 more must be enrolled" in finding

    def test_nobody_yet(self):
        result = interim(first(3, "a:\nb: index=2020-01-11", cut=20))

        assert "0 of the 3 patients needed" in result.finding
        assert "about 1 more must be enrolled" in result.finding
        assert "day 168 after the first dose, the first possible day, and that 100 % do." in (
            result.finding
        )

    def test_the_projection_weighs_by_the_share_so_far(self):
        # Of two whose window has closed one completed on day 180: one of two is expected to.
        cohort = first(
            2,
            "done:\n 180\nmissed:\nc: index=2020-06-01\nd: index=2020-06-05\ne: index=2020-06-09",
            cut=250,
        )
        projection = project(cohort, find_interim_set(cohort))

        assert (projection.usual_day, projection.share) == (180, 0.5)
        assert projection.earliest == dt.date(2020, 6, 1) + dt.timedelta(180)
        assert projection.expected == dt.date(2020, 6, 5) + dt.timedelta(180)

    def test_who_is_late_is_expected_at_the_data_cut(self):
        cohort = first(2, "done:\n 170\nlate: index=2020-01-03", cut=200)
        assert project(cohort, find_interim_set(cohort)).expected == cohort.data_cut

    def test_expected_begins_where_the_count_ends(self):
        table = interim(reference_as_of(2022, 6, 1)).table
        coming = table[table["n_expected"].notna()]

        assert (coming["n_expected"] >= coming["n_cumulative"]).all()
        assert coming["n_expected"].is_monotonic_increasing
        assert coming["month"].iloc[0] == "2022-06"


def test_a_study_without_one_says_so():
    result = interim(draw_cohort("a:\n 168", study="jrcts031230358"))
    assert result.finding == "This study plans no interim analysis."
    assert result.table.empty


def test_shifted_dates_name_no_day():
    cohort = reference_cohort()
    shifted = replace(cohort, dataset=replace(cohort.dataset, dates_are_shifted=True))
    result = interim(shifted)

    assert result.table.empty
    assert not any(year in result.finding for year in ("2021-", "2022-", "2026-"))
    assert "patients have completed 24 weeks" in result.finding
    assert "shifted" in result.notes[0]
    assert list(estimate_interim(shifted)) == []


@pytest.mark.parametrize("cut", [dt.date(2021, 2, 1), dt.date(2022, 9, 13), dt.date(2022, 9, 14)])
def test_counts_add_up_at_every_cut(cut):
    cohort = reference_as_of(cut.year, cut.month, cut.day)
    table = interim(cohort).table

    assert table["n"].cumsum().tolist() == table["n_cumulative"].tolist()
    assert table["n_cumulative"].iloc[-1] == find_interim_set(cohort).members.sum()
