"""What holds of attainment whatever the registry looks like."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.data.read import Dataset, complete_table, number_days
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.protocols import PROTOCOLS
from tests.drawn import INDEX_DATE, draw_dataset

pytestmark = pytest.mark.slow

PROTOCOL = PROTOCOLS["nct07215754"]
CUT_DAY = 900
QUIET = draw_dataset("anna:\n 0", cut=CUT_DAY)
KEY = ["endpoint", "timepoint_months", "handling"]
CONDITIONS = ("rash", "arthritis", "alopecia", "low_complement", "gastrointestinal_activity",
              "maintenance_in_limits", "treatment_stable")  # fmt: skip
MEASUREMENTS = {
    "physician_ga": (0.0, 0.4, 0.5, 1.0, 1.1),
    "prednisone_mg_day": (0.0, 5.0, 7.5, 10.0),
    "swollen_joints_28": (0.0, 6.0),
    "tender_joints_28": (0.0, 6.0),
}
STATES = ("doris", "lldas", "lldas5", "sle_das_remission", "sle_das_lda", "sri4", "lldas_activity",
          "lldas_no_new", "lldas_maintenance", "doris_clinical_sledai")  # fmt: skip


@dataclass(frozen=True)
class Patient:
    """Days from the first dose; ``visits``: by day, what is not quiet there."""

    index: int
    visits: dict[int, dict[str, object]] = field(default_factory=dict)
    stop: int | None = None
    death: int | None = None
    contact: int = CUT_DAY


def or_missing(*values):
    return st.sampled_from([*values, None])


days = st.integers(1, 600)
visit = st.fixed_dictionaries(
    {},
    optional={name: or_missing(True, False) for name in CONDITIONS}
    | {name: or_missing(*values) for name, values in MEASUREMENTS.items()},
)
patient = st.builds(
    Patient,
    index=st.integers(0, 700),
    visits=st.dictionaries(st.integers(-95, 600), visit, max_size=5),
    stop=st.none() | days,
    death=st.none() | days,
    contact=st.integers(0, CUT_DAY),
)
registry = st.lists(patient, max_size=6)


def derive(patients: list[Patient], cut: int = CUT_DAY, order: np.random.Generator | None = None):
    """The registry derived; its source rows in any ``order``."""
    visits = [(n, p, day, cells) for n, p in enumerate(patients) for day, cells in p.visits.items()]
    source = {
        "patients": _patients(patients),
        "visits": _visits(visits),
        "treatments": _treatments(patients),
    }
    if order is not None:
        source = {
            name: frame.iloc[order.permutation(len(frame))].reset_index(drop=True)
            for name, frame in source.items()
        }
    return derive_cohort(_dataset(source), PROTOCOL, INDEX_DATE + pd.Timedelta(days=cut))


def _dataset(source: dict[str, pd.DataFrame]) -> Dataset:
    complete = {name: complete_table(name, frame) for name, frame in source.items()}
    patients = complete["patients"]
    numbered = pd.Series(np.arange(len(patients)), index=patients["patient_id"].to_numpy())
    tables = {
        name: number_days(name, complete[name], patients, numbered)
        for name in ("visits", "treatments")
    }
    return replace(QUIET, tables={**QUIET.tables, **tables, "patients": patients})


def _patients(patients: list[Patient]) -> pd.DataFrame:
    index = _dates([p.index for p in patients])
    return pd.DataFrame(
        {
            "patient_id": _names(range(len(patients))),
            "centre": pd.array(["A"] * len(patients), dtype="string"),
            "index_date": index,
            "last_contact_date": index + _after([p.contact for p in patients]),
            "death_date": index + _after([p.death for p in patients]),
        }
    )


def _visits(visits: list[tuple[int, Patient, int, dict]]) -> pd.DataFrame:
    quiet = QUIET.tables["visits"].drop(columns=["patient", "visit_day"])
    frame = quiet.take([0] * len(visits)).reset_index(drop=True)
    frame = frame.assign(
        patient_id=_names([n for n, *_ in visits]),
        visit_date=_dates([p.index + day for _, p, day, _ in visits]),
    )
    for name in (*CONDITIONS, *MEASUREMENTS):
        values = [cells.get(name, quiet[name].iloc[0]) for *_, cells in visits]
        kind = "boolean" if name in CONDITIONS else "float64"
        frame[name] = pd.array(values, dtype=kind)
    return frame


def _treatments(patients: list[Patient]) -> pd.DataFrame:
    index = _dates([p.index for p in patients])
    return pd.DataFrame(
        {
            "patient_id": _names(range(len(patients))),
            "drug": pd.array(["anifrolumab"] * len(patients), dtype="string"),
            "start_date": index,
            "stop_date": index + _after([p.stop for p in patients]),
        }
    )


def _names(numbers) -> pd.arrays.StringArray:
    return pd.array([f"P{number}" for number in numbers], dtype="string")


def _dates(after_first: list[int]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.Timestamp(INDEX_DATE) + _after(after_first))


def _after(numbers: list[int | None]) -> pd.TimedeltaIndex:
    return pd.to_timedelta(pd.array(numbers, dtype="float64"), unit="D").astype("timedelta64[ns]")


def attainment(cohort: Cohort) -> pd.DataFrame:
    return estimate_attainment(cohort, select_patients(cohort)).table.set_index(KEY)


@settings(max_examples=60, deadline=None)
@given(registry)
def test_proportions_their_limits_and_the_order_of_handlings(patients):
    table = attainment(derive(patients))
    known = table[table["n"] > 0]
    by = {handling: table.xs(handling, level="handling") for handling in table.index.unique(2)}

    assert (known["proportion"] == known["responders"] / known["n"]).all()
    for low, high in (("ci_low", "proportion"), ("proportion", "ci_high")):
        assert (known[low] <= known[high] + 1e-12).all()
    assert known[["ci_low", "ci_high"]].stack().between(0, 1).all()
    assert (by["nri"]["n"] == by["nri"]["n_due"]).all()
    assert (by["nri"]["responders"] == by["observed"]["responders"]).all()
    assert (by["observed"]["responders"] <= by["treatment_policy"]["responders"]).all()
    assert (by["observed"]["responders"] <= by["locf"]["responders"]).all()
    assert (by["observed"]["n"] <= by["treatment_policy"]["n"]).all()
    assert (by["observed"]["n"] <= by["locf"]["n"]).all()
    assert (table["n"] <= table["n_due"]).all()
    fates = table[["n_assessed", "n_undecided", "n_missed", "n_stopped", "n_died", "n_lost"]]
    assert (fates.sum(axis=1) == table["n_due"]).all()


@settings(max_examples=30, deadline=None)
@given(registry, st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(patients, seed):
    shuffled = attainment(derive(patients, order=np.random.default_rng(seed)))

    pd.testing.assert_frame_equal(attainment(derive(patients)), shuffled)


@settings(max_examples=30, deadline=None)
@given(registry, st.integers(0, CUT_DAY))
def test_an_earlier_data_cut_never_makes_more_patients_due(patients, cut):
    assert (
        attainment(derive(patients, cut))["n_due"] <= attainment(derive(patients))["n_due"]
    ).all()


@settings(max_examples=60, deadline=None)
@given(patient.filter(lambda p: p.visits), st.data())
def test_one_more_missing_item_never_turns_a_state_into_its_opposite(drawn, data):
    day = data.draw(st.sampled_from(sorted(drawn.visits)))
    item = data.draw(st.sampled_from([*CONDITIONS, *MEASUREMENTS]))
    blanked = {**drawn.visits, day: {**drawn.visits[day], item: None}}
    before, after = (derive([p]).states for p in (drawn, replace(drawn, visits=blanked)))

    for state in STATES:
        assert (before[state] * after[state] >= 0).all(), state
    both_told = (before["flare"] >= 0) & (after["flare"] >= 0)
    assert (before["flare"] == after["flare"])[both_told].all()


@pytest.mark.parametrize("patients", [[], [Patient(0)], [Patient(0, {0: {}, 180: {}})]])
def test_what_is_drawn_can_be_derived(patients):
    cohort = derive(patients)

    assert cohort.n_patients == len(patients)
    assert len(cohort.states) == sum(len(p.visits) for p in patients)
