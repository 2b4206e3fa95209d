"""The stamp: the same for the same view of the same data, another for anything else."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes import __version__
from lupus_outcomes.analysis.describe import describe_baseline
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.indices.doris import DorisOptions
from lupus_outcomes.indices.lldas import LldasOptions
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.release.disclosure import release
from lupus_outcomes.release.provenance import describe_definitions, hash_table, make_stamp, seal
from tests.drawn import draw_cohort

TEXT = """
    anna: centre=West sex=female
      0
    bea: centre=Main sex=female
      0
    carl: centre=Main sex=male
      0
"""
COHORT = draw_cohort(TEXT, cut=1_000)
OTHER_READING = Definitions(
    doris=DorisOptions(glucocorticoid="<5"), lldas=LldasOptions(new_activity="clinical_only")
)


def stamp(cohort=COHORT, filters=(), group=None, **view):
    return make_stamp(cohort, select_patients(cohort, filters, group), "closed", view)


WOMEN, MAIN = ("sex", ("female",)), ("centre", ("Main",))


class TestId:
    def test_does_not_change_with_time(self):
        later = replace(stamp(), made_at="2099-01-01T00:00:00Z")

        assert later.id == stamp().id
        assert len(later.id) == 10

    def test_does_not_change_with_the_order_of_filters(self):
        assert stamp(filters=(WOMEN, MAIN)).id == stamp(filters=(MAIN, WOMEN)).id

    @pytest.mark.parametrize(
        "other",
        [
            stamp(filters=(WOMEN,)),
            stamp(filters=(WOMEN, MAIN)),
            stamp(group="sex"),
            stamp(group="centre"),
            stamp(handling="observed"),
            stamp(derive_cohort(COHORT.dataset, COHORT.protocol, definitions=OTHER_READING)),
            stamp(draw_cohort(TEXT, cut=1_000, as_of=999)),
            stamp(derive_cohort(COHORT.dataset, PROTOCOLS["nct07000110"])),
            stamp(
                derive_cohort(replace(COHORT.dataset, fingerprint="edited"), COHORT.protocol)
            ),
        ],
        ids=["filter", "two filters", "group", "another group", "handling", "definitions",
             "data cut", "study", "data"],
    )  # fmt: skip
    def test_changes_with_anything_that_changes_the_numbers(self, other):
        assert other.id != stamp().id

    def test_every_other_view_has_its_own(self):
        views = [stamp(), stamp(group="sex"), stamp(group="centre"), stamp(filters=(WOMEN,))]

        assert len({view.id for view in views}) == len(views)


def test_the_footer_says_where_the_numbers_come_from():
    made = stamp(filters=(WOMEN,), group="centre", handling="nri")
    footer = made.footer

    for part in (
        "SYNTHETIC DATA",
        "nct07215754",
        "data cut 2022-09-27",
        "N 2",
        "Sex: female",
        "handling: nri",
        "grouped by: Centre",
        made.dataset_sha256[:8],
        f"lupus-outcomes {__version__}",
        made.made_at,
        made.id,
    ):
        assert part in footer
    assert "\n" not in footer


def test_real_data_are_not_called_synthetic():
    assert "SYNTHETIC" not in replace(stamp(), is_synthetic=False).footer


def test_only_readings_that_are_not_the_default_are_said():
    assert describe_definitions(COHORT) == {}
    other = derive_cohort(COHORT.dataset, COHORT.protocol, definitions=OTHER_READING)
    assert describe_definitions(other) == {
        "doris glucocorticoid": "<5",
        "lldas new activity": "clinical_only",
    }


def test_as_json_it_can_be_read_back():
    made = released(filters=(WOMEN, MAIN))
    plain = json.loads(made.stamp_as_json())

    assert plain["id"] == made.stamp.id
    assert plain["n_patients"] == 1
    assert json.loads(plain["filters"]) == {"centre": ["Main"], "sex": ["female"]}
    assert plain["data_cut"] == "2022-09-27"
    assert plain["made_at"].endswith("Z")
    assert set(plain["packages"]) == {"numpy", "pandas", "scipy"}
    assert plain["finding"] == made.result.finding
    assert plain["seal"] == seal(plain)


def released(filters=(), **recipe):
    selection = select_patients(COHORT, filters)
    return release(describe_baseline(COHORT, selection), COHORT, selection, recipe=recipe or None)


def test_a_recipe_has_grouping_and_readings_with_it():
    other = derive_cohort(COHORT.dataset, COHORT.protocol, definitions=OTHER_READING)
    asked = {"analysis": "baseline", "options": {}}
    made = make_stamp(other, select_patients(other, (), "sex"), "closed", {}, asked)
    assert made.recipe == {
        "analysis": "baseline",
        "options": {},
        "group": "sex",
        "definitions": {
            "doris": {"glucocorticoid": "<5"},
            "lldas": {"new_activity": "clinical_only"},
        },
    }
    assert stamp().recipe == {}


class TestHash:
    TABLE = pd.DataFrame({"level": ["a", None], "n": [3, 4], "share": [1 / 3, np.nan]})

    def test_it_does_not_see_what_machines_differ_in(self):
        near = self.TABLE.assign(share=[np.nextafter(1 / 3, 1), np.nan])
        assert not near.equals(self.TABLE)
        assert hash_table(near) == hash_table(self.TABLE)
        assert hash_table(self.TABLE.assign(share=[-1e-300 * 1e-300, 0.0])) == hash_table(
            self.TABLE.assign(share=[0.0, 0.0])
        )

    @pytest.mark.parametrize(
        "other",
        [
            TABLE.assign(share=[0.33333, np.nan]),
            TABLE.assign(share=[1 / 3, 0.0]),
            TABLE.assign(n=[4, 3]),
            TABLE.assign(level=["b", None]),
            TABLE.rename(columns={"n": "n_due"}),
            TABLE[["n", "level", "share"]],
            TABLE.head(1),
            TABLE.iloc[::-1],
        ],
        ids=["number", "known", "order", "word", "name", "columns", "rows", "order of rows"],
    )
    def test_it_sees_everything_else(self, other):
        assert hash_table(other) != hash_table(self.TABLE)
