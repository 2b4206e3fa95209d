"""Release mode: what it lets pass, rounded, and what it does not."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.catalogue import ANALYSES
from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.errors import NotReleasedError, UsageError
from lupus_outcomes.paths import DISCLOSURE_VARIABLE, SAMPLE
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.release.disclosure import (
    CLOSED,
    RELEASE,
    RELEASE_BANNER,
    Released,
    read_mode,
    release,
)
from lupus_outcomes.release.rounding import round_counts

pytestmark = pytest.mark.slow

DECLARED = (
    "enrolment", "centres", "baseline", "attrition", "attainment", "glucocorticoids", "change",
    "patient_reported", "sledai_items", "damage", "retention", "retention_milestones",
    "time_on_drug", "discontinuation", "time_to_flare", "time_to_flare_milestones",
    "time_to_response", "time_to_response_curve", "time_to_response_medians",
    "manifestation_medians", "manifestation_curves", "flares", "adverse_events",
    "adverse_event_terms",
)  # fmt: skip
CURVES = ("retention", "time_to_flare", "time_to_response_curve", "manifestation_curves")


@cache
def sample():
    dataset = read_dataset(Path(SAMPLE))
    return derive_cohort(dataset, PROTOCOLS[dataset.study])


@cache
def released(name: str, group: str | None = None) -> Released:
    cohort = sample()
    selection = select_patients(cohort, (), group)
    return release(ANALYSES[name](cohort, selection), cohort, selection, mode=RELEASE)


def test_from_1_to_7_is_hidden_and_the_rest_rounded_to_5():
    counts = round_counts([0, 1, 7, 8, 12, 13, 17, 18])

    np.testing.assert_array_equal(counts, [0, np.nan, np.nan, 10, 10, 15, 15, 20])


@pytest.mark.parametrize("name", DECLARED)
@pytest.mark.parametrize("group", [None, "compassionate_use"])
def test_no_count_is_small_or_exact(name, group):
    table = released(name, group).table
    assert len(table)
    counts = [c for c in table if c in ("n", "responders") or str(c).startswith("n_")]
    assert counts
    for column in counts:
        known = table[column].dropna().to_numpy(dtype=np.float64)
        assert (known % 5 == 0).all(), column


@pytest.mark.parametrize("name", DECLARED)
def test_no_exact_number_stands_in_a_sentence(name):
    result = released(name).result
    for sentence in (result.finding, *result.notes[1:]):
        counted = re.findall(r"(\d[\d,]*) of (\d[\d,]*)|\((\d+)\b(?! %)", sentence)
        numbers = [int(n.replace(",", "")) for pair in counted for n in pair if n]
        assert all(n % 5 == 0 for n in numbers), sentence


def test_a_share_is_that_of_the_rounded_counts():
    table = released("attainment").table

    np.testing.assert_allclose(table["proportion"], table["responders"] / table["n"])
    assert (table["ci_low"] < table["proportion"]).any()


def test_what_is_not_declared_is_withheld():
    table = released("attainment").table

    assert table["n_stopped"].isna().all()
    assert "n_stopped" not in released("attainment").result.shown


@pytest.mark.parametrize("name", CURVES)
def test_curves_step_by_whole_months_without_censorings(name):
    table = released(name).table

    months = table["day"] / 30.4375
    np.testing.assert_allclose(months, months.round())
    assert table["n_censored"].isna().all()
    assert (table["n_at_risk"] >= 10).all()
    assert (table["n_events"] % 5 == 0).all()


def test_a_curve_and_its_fixed_times_agree():
    curve = released("retention").table.set_index("day")["survival"]
    fixed = released("retention_milestones").table

    days = fixed["milestone_months"] * 30.4375
    np.testing.assert_allclose(curve.loc[days].to_numpy(), fixed["survival"], atol=0.02)


def test_medians_need_ten_patients():
    table = released("manifestation_medians").table

    assert table.loc[table["n_gone"] < 10, "median_months"].isna().all()
    assert table["median_months"].notna().any()


def test_rows_are_not_ordered_by_what_is_hidden():
    table = released("adverse_event_terms").table

    of_all = table[table["group"] == "all"]
    ordered = of_all.sort_values(["n_patients", "category"], ascending=[False, True])
    assert of_all["category"].tolist() == ordered["category"].tolist()


def test_a_grouping_does_not_change_the_numbers_of_all():
    alone, grouped = released("attainment").table, released("attainment", "sex").table

    of_all = grouped[grouped["group"] == "all"].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_all, alone, check_dtype=False)


@pytest.mark.parametrize("name", ["exposure", "adverse_event_listing", "interim", "missing"])
def test_a_result_that_is_not_declared_is_denied(name):
    with pytest.raises(NotReleasedError, match="is not available in release mode"):
        released(name)


def test_filters_are_refused():
    cohort = sample()
    selection = select_patients(cohort, (("sex", ("female",)),))
    with pytest.raises(NotReleasedError, match="Filters are not possible in release mode"):
        release(ANALYSES["attrition"](cohort, selection), cohort, selection, mode=RELEASE)


def test_stamp_and_banner_say_so():
    found = released("attainment")

    assert found.stamp.disclosure == RELEASE
    assert found.stamp.n_patients % 5 == 0
    assert RELEASE_BANNER in found.banners
    assert "RELEASE MODE" in found.stamp.footer


@pytest.mark.parametrize(
    ("asked", "mode"), [({}, CLOSED), ({DISCLOSURE_VARIABLE: RELEASE}, RELEASE)]
)
def test_the_deployment_chooses_the_mode(asked, mode):
    assert read_mode(asked) == mode


def test_an_unknown_mode_is_refused():
    with pytest.raises(UsageError, match="use closed or release"):
        read_mode({DISCLOSURE_VARIABLE: "open"})
