"""Manifestations: who had which at baseline, and when it had gone."""

import pytest

from lupus_outcomes.analysis.manifestations import (
    estimate_manifestation_curves,
    estimate_manifestation_medians,
)
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

TEXT = """
    anna: sex=female
      0    rash arthritis
      100  arthritis
      200
    bea: sex=female
      0    rash
      100  rash
      200  rash
    carl: sex=male
      0    arthritis
      300
"""


def test_each_domain_counts_those_who_had_it():
    cohort = draw_cohort(TEXT)
    table = estimate_manifestation_medians(cohort, select_patients(cohort)).table
    table = table.set_index("manifestation")

    assert table.index.tolist() == ["skin and mucosa", "joints"]
    assert table["n"].tolist() == [2, 2]
    assert table["n_gone"].tolist() == [1, 2]
    assert table.loc["skin and mucosa", "probability"] == pytest.approx(1 / 2)
    assert table.loc["joints", "median_months"] == pytest.approx(250 / 30.4375)


def test_a_level_without_anybody_tells_nothing():
    cohort = draw_cohort(TEXT)
    table = estimate_manifestation_medians(cohort, select_patients(cohort, (), "sex")).table
    nobody = table[(table["manifestation"] == "skin and mucosa") & (table["level"] == "male")]

    assert nobody["n"].tolist() == [0]
    assert nobody["probability"].isna().all()


def test_curves_and_medians_tell_the_same():
    cohort = reference_cohort()
    selection = select_patients(cohort)
    medians = estimate_manifestation_medians(cohort, selection)
    curves = estimate_manifestation_curves(cohort, selection)
    at_start = curves.table.groupby("manifestation", sort=False)["n_at_risk"].first()

    assert at_start.tolist() == medians.table["n"].tolist()
    assert medians.finding == curves.finding
    assert medians.finding.startswith(
        "Gone by 12 months: skin and mucosa in 91 % (95 % CI 86–95; 198 had it), half by 3.6 months"
    )


def test_nobody_with_a_manifestation_is_a_sentence():
    cohort = draw_cohort("anna:\n 0\n 100")
    for estimate in (estimate_manifestation_medians, estimate_manifestation_curves):
        found = estimate(cohort, select_patients(cohort))
        assert found.table.empty
        assert found.finding == "Nobody had a known manifestation at baseline."
