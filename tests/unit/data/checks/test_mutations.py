"""Hundreds of datasets with one thing wrong: each refused or reported, none silently accepted."""

from collections import Counter

import pytest

from lupus_outcomes.data.conversion.convert import convert
from lupus_outcomes.data.findings import Finding
from lupus_outcomes.data.read import Examination, examine_dataset
from lupus_outcomes.errors import LupusOutcomesError, UnreadableError
from tests.unit.data.checks.mutation import REFUSED, UNREADABLE, Files, Mutation, fresh
from tests.unit.data.checks.mutations_of_bytes import of_bytes
from tests.unit.data.checks.mutations_of_cells import of_cells
from tests.unit.data.checks.mutations_of_dates import dates
from tests.unit.data.checks.mutations_of_exports import EXPORT, MAPPING, export, of_exports
from tests.unit.data.checks.mutations_of_files import of_files

MUTATIONS = (*of_cells(), *dates(), *of_files(), *of_bytes())
OF_EXPORTS = tuple(of_exports())

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory) -> Examination:
    """What is said of the dataset before it is mutated."""
    return examine_dataset(fresh().save(tmp_path_factory.mktemp("unchanged")))


def test_there_are_at_least_two_hundred_and_each_is_another():
    assert len(MUTATIONS) >= 200
    names = Counter(mutation.name for mutation in (*MUTATIONS, *OF_EXPORTS))
    repeated = [name for name, n in names.items() if n > 1]
    assert repeated == []


def test_the_unchanged_dataset_is_usable(unchanged):
    assert unchanged.is_usable
    assert {f.severity for f in unchanged.findings} == {"query"}
    assert {f.rule for f in unchanged.findings} == {
        "diagnosis_before_birth", "not_collected", "often_missing",
    }  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_it_is_refused_or_reported_with_its_place(tmp_path, unchanged, mutation: Mutation):
    files = fresh()
    mutation.how(files)
    folder = files.save(tmp_path / "set")
    if mutation.expect == UNREADABLE:
        with pytest.raises(UnreadableError) as refusal:
            examine_dataset(folder)
        message = str(refusal.value)
        assert mutation.table in message
        assert mutation.rule in message
        assert "\n" not in message
        return
    examination = examine_dataset(folder)
    assert examination.is_usable == (mutation.expect != REFUSED)
    _assert_reported(mutation, [f for f in examination.findings if f not in unchanged.findings])


def _assert_reported(mutation: Mutation, new: list[Finding]) -> None:
    assert any(
        finding.rule == mutation.rule
        and finding.table == mutation.table
        and mutation.column in finding.column
        and set(mutation.rows) <= set(finding.rows)
        for finding in new
    ), [(f.rule, f.table, f.column, f.rows) for f in new]


@pytest.fixture(scope="module")
def unchanged_export(tmp_path_factory) -> tuple[Finding, ...]:
    """What is said of the export before it is mutated."""
    folder = tmp_path_factory.mktemp("export")
    source = Files(dict(export())).save(folder)
    report = convert(source / EXPORT, folder / "set", source / MAPPING)
    return (*report.findings, *examine_dataset(folder / "set").findings)


@pytest.mark.parametrize("mutation", OF_EXPORTS, ids=lambda mutation: mutation.name)
def test_an_export_is_refused_or_reported(tmp_path, unchanged_export, mutation: Mutation):
    files = Files(dict(export()))
    mutation.how(files)
    source = files.save(tmp_path)
    if mutation.expect == UNREADABLE:
        with pytest.raises(LupusOutcomesError) as refusal:
            convert(source / EXPORT, tmp_path / "set", source / MAPPING)
        assert mutation.rule in str(refusal.value)
        assert "\n" not in str(refusal.value)
        assert not (tmp_path / "set").exists()
        return
    report = convert(source / EXPORT, tmp_path / "set", source / MAPPING)
    examination = examine_dataset(tmp_path / "set")
    assert examination.is_usable == (mutation.expect != REFUSED)
    found = (*report.findings, *examination.findings)
    _assert_reported(mutation, [f for f in found if f not in unchanged_export])
