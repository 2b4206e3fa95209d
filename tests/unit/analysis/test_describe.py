"""The baseline table: counts, means, quartiles and standardised differences by hand."""

import numpy as np
import pytest

from lupus_outcomes.analysis.describe import describe_baseline
from lupus_outcomes.derive.selection import parse_filters, select_patients
from tests.drawn import draw_cohort

DRAWN = """
    a: sex=female age_years=20 centre=West hydroxychloroquine=yes
      0 dose=5
    b: sex=female age_years=30 centre=West hydroxychloroquine=yes
      0 dose=10
    c: sex=male age_years=46 centre=Main hydroxychloroquine=no
      0 dose=?
    d: sex=female age_years=50 centre=Main hydroxychloroquine=yes
      0 dose=0
    e: centre=Main hydroxychloroquine=?
"""


def baseline(*filters, group=None):
    cohort = draw_cohort(DRAWN)
    return describe_baseline(cohort, select_patients(cohort, parse_filters(filters), group))


def row(table, characteristic, level=""):
    return table[(table["characteristic"] == characteristic) & (table["level"] == level)].iloc[0]


def test_a_measurement():
    age = row(baseline().table, "Age, years")
    values = [20, 30, 46, 50]

    assert age[["n", "n_missing"]].tolist() == [4, 1]
    assert age["mean"] == np.mean(values)
    assert age["sd"] == pytest.approx(np.std(values, ddof=1))
    assert age[["q1", "median", "q3"]].tolist() == np.percentile(values, [25, 50, 75]).tolist()


def test_a_condition_is_a_share_of_those_known():
    female = row(baseline().table, "Sex", "female")
    drug = row(baseline().table, "Hydroxychloroquine at index", "yes")

    assert female[["n", "n_missing", "proportion"]].tolist() == [3, 1, 0.75]
    assert drug[["n", "n_missing", "proportion"]].tolist() == [3, 1, 0.75]
    assert drug["summary"] == "3 (75 %)"


def test_without_a_group_there_is_no_difference():
    assert "smd" not in baseline().table


def test_the_standardised_difference_of_a_measurement():
    age = row(baseline(group="centre").table, "Age, years")
    pisa, oslo = np.array([20, 30]), np.array([46, 50])
    pooled = np.sqrt((pisa.var(ddof=1) + oslo.var(ddof=1)) / 2)

    assert age["smd"] == pytest.approx((oslo.mean() - pisa.mean()) / pooled)
    assert age["West"].startswith("25.0 (7.1)")


def test_the_standardised_difference_of_a_condition():
    drug = row(baseline(group="centre").table, "Hydroxychloroquine at index", "yes")

    # All of 2 in West, 1 of 2 known in Main: pooled variance (0 + 0.25) / 2.
    assert drug["smd"] == pytest.approx(0.5 / np.sqrt(0.125))
    assert drug[["Main", "West"]].tolist() == ["1 (50 %)", "2 (100 %)"]


def test_the_largest_difference_of_several_groups_counts():
    ages = {"x": (40, 42), "y": (41, 43), "z": (60, 62)}
    lines = [
        f"{c}{n}: centre={c} age_years={a}" for c, two in ages.items() for n, a in enumerate(two)
    ]
    cohort = draw_cohort("\n".join(lines))
    table = describe_baseline(cohort, select_patients(cohort, group="centre")).table

    assert row(table, "Age, years")["smd"] == pytest.approx(20 / np.sqrt(2))


def test_a_group_of_one_or_without_variance_warns_of_nothing():
    cohort = draw_cohort("a: centre=x age_years=40\nb: centre=y age_years=40\nc: centre=y")
    table = describe_baseline(cohort, select_patients(cohort, group="centre")).table

    assert np.isnan(row(table, "Age, years")["smd"])


def test_a_filter_narrows_it():
    result = baseline("centre=West")

    assert result.n_patients == 2
    assert row(result.table, "Age, years")["n"] == 2
    assert result.finding.startswith("2 patients (Centre: West), mean age 25 years, 100 % female")


def test_no_p_values():
    assert not [name for name in baseline(group="centre").table if name.startswith("p_")]
