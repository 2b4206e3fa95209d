"""What a view is made of: everything that makes it another is part of its key."""

from dataclasses import fields, replace

import pytest

from lupus_outcomes.ui.compute import BY_WORDS
from lupus_outcomes.ui.keys import CohortKey, StudyKey

KEY = CohortKey("registry", "0f1e", "nct07215754")
OTHERS = {
    "path": "other",
    "fingerprint": "2d3c",
    "protocol_id": "nct05835310",
    "definitions": (("doris_dose", "<5"),),
    "interim": True,
    "centres": ("Centre 01",),
    "disclosure": "release",
}


def test_every_field_is_tried():
    assert set(OTHERS) == {field.name for field in fields(CohortKey)}


@pytest.mark.parametrize("name", OTHERS)
def test_each_field_makes_another_key_of_every_cache(name):
    other = replace(KEY, **{name: OTHERS[name]})
    assert other != KEY
    assert BY_WORDS[CohortKey](other) != BY_WORDS[CohortKey](KEY)
    assert BY_WORDS[StudyKey](StudyKey(other)) != BY_WORDS[StudyKey](StudyKey(KEY))


def test_the_centres_of_a_reader_stay_whatever_else_is_asked():
    study = StudyKey(replace(KEY, centres=("Centre 01",)), (("sex", ("female",)),), "sex")
    assert study.whole.cohort.centres == ("Centre 01",)
    assert study.at_interim.cohort.centres == ("Centre 01",)
