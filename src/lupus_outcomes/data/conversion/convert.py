"""From an export and a mapping to a dataset folder; from an export alone to a draft mapping."""

from dataclasses import dataclass
from pathlib import Path

from lupus_outcomes.data.about import read_about
from lupus_outcomes.data.conversion.draft import draft_mapping
from lupus_outcomes.data.conversion.export import open_export
from lupus_outcomes.data.conversion.mapping import read_mapping
from lupus_outcomes.data.conversion.redcap import convert_export
from lupus_outcomes.data.findings import Finding
from lupus_outcomes.data.write import MAPPING, check_replaceable, write_dataset, writing
from lupus_outcomes.errors import MappingError, UsageError

DRAFT_WAY_OUT = "nothing is converted yet: complete the draft, then give it with --mapping"


@dataclass(frozen=True, slots=True)
class ConversionReport:
    """What was written and what there is to say about it.

    ``written`` is the dataset folder, or the draft of a mapping where ``is_draft``. The rows of
    ``findings`` are rows of the export.
    """

    written: Path
    is_draft: bool
    dialect: str
    notes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def convert(source: Path, dataset: Path, mapping: Path | None = None) -> ConversionReport:
    """Convert an export into the folder ``dataset``, or draft the mapping it needs.

    Parameters
    ----------
    source : Path
        A REDCap raw export, or any flat table: CSV, Stata, one sheet of a workbook.
    dataset : Path
        The folder to write; an earlier dataset in its place is replaced whole.
    mapping : Path, optional
        Without it ``dataset/mapping.toml`` is drafted, and nothing is converted.

    Raises
    ------
    LupusOutcomesError
        One line that names the place and the way out.
    """
    if mapping is None:
        return _draft(source, dataset)
    plan = read_mapping(mapping)
    for problem in read_about(plan.about)[1]:
        # What would refuse the dataset when it is read is better said before it is written.
        raise MappingError(f"{plan.name}, {problem.column}: {problem.message}. {problem.way_out}")
    export = open_export(source, plan.sheet)
    converted = convert_export(export, plan)
    write_dataset(dataset, plan.about, converted.tables, source=source, mapping=plan.text)
    counts = tuple(f"{name}: {len(table):,} rows" for name, table in converted.tables.items())
    return ConversionReport(
        written=dataset,
        is_draft=False,
        dialect=_dialect_in_words(export.table.dialect),
        notes=(f"dataset written to {dataset}", *counts, *converted.notes),
        findings=converted.findings,
    )


def _draft(source: Path, dataset: Path) -> ConversionReport:
    target = dataset / MAPPING
    if target.exists():
        raise UsageError(f"{target} is there already. Give it with --mapping, or move it away.")
    draft = draft_mapping(source)
    with writing(dataset):
        check_replaceable(dataset, {})
        dataset.mkdir(parents=True, exist_ok=True)
        target.write_text(draft.text, encoding="utf-8")
    return ConversionReport(
        written=target,
        is_draft=True,
        dialect=draft.dialect,
        notes=(f"draft of a mapping written to {target}", *draft.notes, DRAFT_WAY_OUT),
    )


def _dialect_in_words(dialect) -> str:
    return dialect.in_words() if dialect else "not delimited text"
