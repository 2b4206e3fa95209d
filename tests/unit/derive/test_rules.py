"""A declared rule answered for whole columns: decided, undecided, and within bounds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.derive.eligibility import PatientColumns
from lupus_outcomes.derive.rules import answer
from lupus_outcomes.protocol import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Every,
    Fallen,
    Known,
    Not,
    OneOf,
    Recorded,
    Risen,
    Rule,
    Some,
    State,
)

PATIENTS = pd.DataFrame(
    {
        "dose": [4.9, 5.0, 5.1, np.nan],
        "total": [np.nan, np.nan, 4.0, np.nan],
        "total_low": [4.0, 2.0, 4.0, 0.0],
        "total_high": [8.0, 6.0, 4.0, 3.0],
        "flag": pd.array([True, False, None, None], dtype="boolean"),
        "code": pd.Categorical(["a", "b", "c", None]),
        "clasi": [5.0, 6.0, 0.0, np.nan],
        "baseline_clasi": [10.0, 10.0, 0.0, 10.0],
        "damage": [2.0, 1.0, 3.0, np.nan],
        "baseline_damage": [1.0, 1.0, np.nan, 1.0],
    }
)
ELIGIBILITY = pd.DataFrame(
    {
        "patient": [0, 1, 2],
        "criterion": ["hiv", "hiv", "transplant"],
        "met": pd.array([True, False, True], dtype="boolean"),
    }
)
TRUE_FALSE_UNKNOWN = State("flag")


@dataclass(frozen=True)
class Case:
    rule: Rule
    signs: str


@pytest.mark.parametrize(
    "case",
    [
        Case(State("flag"), "+-??"),
        Case(Known("dose"), "+++-"),
        Case(AtMost("dose", 5.0), "++-?"),
        Case(Below("dose", 5.0), "+--?"),
        Case(AtLeast("dose", 5.0), "-++?"),
        Case(Above("dose", 5.0), "--+?"),
        Case(AtLeast("total", 4), "+?+-"),
        Case(Above("total", 4), "??--"),
        Case(AtMost("total", 4), "??++"),
        Case(Below("total", 4), "-?-+"),
        Case(OneOf("code", ("a", "b")), "++-?"),
        Case(Fallen("clasi", 0.5), "+-??"),
        Case(Risen("damage", 1), "+-??"),
        Case(Recorded("hiv"), "+-??"),
        Case(Recorded("never asked"), "????"),
        Case(Not(State("flag")), "-+??"),
        Case(Every((State("flag"), AtMost("dose", 5.0))), "+--?"),
        Case(Some((State("flag"), AtMost("dose", 5.0))), "++??"),
        Case(Some((Known("dose"), Recorded("consent"))), "+++?"),
    ],
    ids=lambda case: str(case.rule),
)
def test_answer(case):
    codes = answer(case.rule, PatientColumns(PATIENTS, ELIGIBILITY))

    assert "".join("-?+"[code + 1] for code in codes) == case.signs
