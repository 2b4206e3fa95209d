"""Published results: each with its study, population, number, handling and citation."""

import pytest

from lupus_outcomes.analysis.benchmarks import find_benchmarks, read_benchmarks
from lupus_outcomes.endpoints import ENDPOINTS


def test_only_of_the_endpoints_asked():
    found = find_benchmarks(("doris", "lldas"))

    assert len(found)
    assert set(found["endpoint"]) <= {"doris", "lldas"}
    assert find_benchmarks(()).empty


def test_shares_are_proportions():
    found = find_benchmarks(tuple(ENDPOINTS))

    assert found["proportion"].between(0, 1).all()
    assert found["proportion"].tolist() == pytest.approx((found["percent"] / 100).tolist())


def test_the_words_name_study_treatment_population_handling_and_source():
    for row in find_benchmarks(tuple(ENDPOINTS)).itertuples():
        for part in (row.study, row.treatment, row.population, row.handling, row.citation):
            assert part in row.words
        assert row.endpoint_label == ENDPOINTS[row.endpoint].label


def test_reading_is_not_spoiled_by_a_caller():
    before = read_benchmarks().copy()
    found = find_benchmarks(("doris",))
    found["percent"] = -1

    assert read_benchmarks().equals(before)
