"""The benchmark: what it times is of the shape the reader gives, and it prints a row a size."""

import re

import pandas as pd
import pytest

from lupus_outcomes.bench import VISIT_DAYS, draw_dataset, run_bench
from lupus_outcomes.dictionary import TABLES, spec_of
from tests.drawn import draw_dataset as draw_patients

pytestmark = pytest.mark.slow

N = 20


@pytest.fixture(scope="module")
def dataset():
    return draw_dataset(N)


def test_thirteen_visits_a_patient_in_order(dataset):
    visits = dataset.tables["visits"]

    assert len(dataset.tables["patients"]) == N
    assert len(visits) == N * len(VISIT_DAYS) == N * 13
    assert visits.sort_values(["patient", "visit_day"]).index.equals(visits.index)
    assert not visits.duplicated(["patient", "visit_day"]).any()


@pytest.mark.parametrize("table", TABLES)
def test_columns_and_types_are_those_of_the_reader(dataset, table):
    read = draw_patients("anna:\n 0").tables[table]
    drawn = dataset.tables[table]

    assert set(drawn.columns) == set(read.columns)
    for name in set(read.columns) - {"stop_reason", "patient", "unit"}:
        kinds = {pd.api.types.infer_dtype(frame[name].dropna()) for frame in (drawn, read)}
        assert drawn[name].dtype.kind == read[name].dtype.kind or "empty" in kinds, name


def test_every_value_is_within_its_range(dataset):
    visits = dataset.tables["visits"]
    for name, column in TABLES["visits"].columns.items():
        spec = spec_of(column)
        if spec.kind == "number":
            known = visits[name].dropna()
            assert spec.low is None or (known >= spec.low).all()
            assert spec.high is None or (known <= spec.high).all()


def test_the_same_seed_draws_the_same(dataset):
    again, other = draw_dataset(N), draw_dataset(N, seed=2)

    assert again.tables["visits"].equals(dataset.tables["visits"])
    assert not other.tables["visits"].equals(dataset.tables["visits"])


def test_a_row_is_printed_for_each_size(capsys):
    run_bench([3, 5])
    header, *rows = capsys.readouterr().out.splitlines()

    assert header.split() == [
        "patients",
        "visits",
        "seconds",
        "µs/patient",
        "copies",
        "peak",
        "GiB",
    ]
    assert [row.split()[:2] for row in rows] == [["3", "39"], ["5", "65"]]
    assert all(re.fullmatch(r"[\d,]+( +[\d,.]+){5}", row.strip()) for row in rows)
