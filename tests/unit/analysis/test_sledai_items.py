import pytest

from lupus_outcomes.analysis.sledai_items import describe_sledai_items
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

PATIENTS = """
    anna:
      0    rash arthritis
      180  rash
    bea:
      0    rash=?
      180  rash=?
    cleo: stop=100/other
      0    rash
      180  rash
    dora:
      0    arthritis
      180  fever=?
"""


def counts(table, item, months, level="all"):
    here = (table["item"] == item) & (table["timepoint_months"] == months)
    at = table[here & (table["level"] == level)].iloc[0]
    return at[["n_seen", "n", "n_present", "n_unknown"]].tolist()


@pytest.fixture(scope="module")
def result():
    cohort = draw_cohort(PATIENTS)
    return describe_sledai_items(cohort, select_patients(cohort))


def test_unknown_is_not_absent(result):
    assert counts(result.table, "rash", 0) == [4, 3, 2, 1]
    assert counts(result.table, "rash", 6) == [3, 2, 1, 1]
    assert counts(result.table, "fever", 6) == [3, 2, 0, 1]


def test_every_descriptor_is_there_at_every_time(result):
    assert tuple(result.table["item"].unique()) == DESCRIPTOR_IDS
    assert len(result.table) == 24 * 8


def test_where_nobody_was_seen_no_share(result):
    late = result.table[result.table["timepoint_months"] == 60]

    assert (late["n"] == 0).all()
    assert late[["proportion_present", "ci_low_present"]].isna().all(axis=None)


def test_the_groups_add_up_to_all():
    cohort = reference_cohort()
    table = describe_sledai_items(cohort, select_patients(cohort, group="centre")).table
    columns = ["n_seen", "n", "n_present"]
    key = ["item", "timepoint_months"]
    whole = table[table["group"] == "all"].set_index(key)[columns]

    assert table[table["group"] != "all"].groupby(key)[columns].sum().eq(
        whole.sort_index()
    ).all(axis=None)  # fmt: skip


def test_no_descriptor_recorded_is_said():
    cohort = draw_cohort("anna:\n 0 phone sledai_2k=4\n 180 phone sledai_2k=0")
    result = describe_sledai_items(cohort, select_patients(cohort))

    assert "This dataset records no descriptor of SLEDAI-2K, at most its total." in result.notes
    assert result.finding == "No descriptor is known at any time point yet."


def test_the_finding_names_the_most_frequent():
    cohort = reference_cohort()
    finding = describe_sledai_items(cohort, select_patients(cohort)).finding

    assert finding.startswith(
        "At 12 months, most often present: anti-dsDNA raised 34 % (57 of 167, at baseline 49 %); "
        "low complement 25 % (42 of 166"
    )
