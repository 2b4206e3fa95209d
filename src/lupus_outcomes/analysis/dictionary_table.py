"""The data dictionary as a table, and how much of it a dataset fills."""

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.result import Result, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.dictionary import Spec, every_column, spec_of

KIND_WORDS = {
    "text": "text",
    "date": "date",
    "number": "number",
    "boolean": "yes or no",
    "code": "one of a list",
}
SHOWN = (
    "table", "column", "meaning", "type", "unit", "collected", "proportion_filled",
    "missing", "range", "plausible", "codes", "mandatory", "role", "source",
)  # fmt: skip


def declared_columns() -> pd.DataFrame:
    """Every column of every table as the dictionary declares it, one row a column, in words."""
    return pd.DataFrame(
        [
            _in_words(spec_of(column))
            | {"table": table, "column": name, "meaning": column.title or name}
            for table, name, column in every_column()
        ]
    )[list(DECLARED)]


DECLARED = (
    "table",
    "column",
    "meaning",
    "type",
    "unit",
    "range",
    "plausible",
    "codes",
    "mandatory",
    "role",
    "source",
)


def _in_words(spec: Spec) -> dict[str, str]:
    whole = "whole number" if spec.is_whole else KIND_WORDS[spec.kind]
    default = f"; empty means {spec.default}" if spec.default else ""
    return {
        "type": whole,
        "unit": spec.unit,
        "range": _range_in_words(spec.low, spec.high),
        "plausible": _range_in_words(spec.plausible_low, spec.plausible_high),
        "codes": ", ".join(spec.codes) + default,
        "mandatory": "yes" if spec.mandatory else "",
        "role": spec.role.replace("_", " "),
        "source": spec.source,
    }


def _range_in_words(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"from {low:,g}"
    if low is None:
        return f"up to {high:,g}"
    return f"{low:,g} to {high:,g}".replace("-", "−")


def describe_coverage(
    cohort: Cohort, selection: Selection, table: str | None = None, words: str = ""
) -> Result:
    """The dictionary with what the dataset fills of it.

    ``table``: only its columns. ``words``: only rows that hold this text, in any case.
    """
    declared = declared_columns()
    filled = [_count_filled(cohort, name, column) for name, column in _places(declared)]
    n_rows = declared["table"].map({name: len(f) for name, f in cohort.dataset.tables.items()})
    with_data = declared.assign(
        collected=[_collected(cohort, name, column) for name, column in _places(declared)],
        n_filled=filled,
        n_rows=n_rows,
        missing=n_rows - np.array(filled),
        proportion_filled=np.where(n_rows > 0, np.array(filled) / n_rows.where(n_rows > 0), np.nan),
    )
    shown = with_data[_is_asked(declared, table, words)].reset_index(drop=True)
    return Result(
        id="dictionary",
        title="Data dictionary",
        finding=_finding(shown, with_data),
        table=shown,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator="all rows of the dataset; filters do not apply",
        method=(
            "Made from the declarations that check every dataset at the door. Outside the range a "
            "value is set aside as unknown; outside the plausible range it is kept and queried. "
            "Share filled: rows with a value after that."
        ),
    )


def _places(declared: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(declared["table"], declared["column"], strict=True))


def _count_filled(cohort: Cohort, table: str, column: str) -> int:
    frame = cohort.dataset.tables[table]
    if column == "patient_id":
        return len(frame)
    # Inside the product a date is a study day, except in the table that holds the index date.
    name = column if column in frame else column.removesuffix("_date") + "_day"
    return int(frame[name].notna().sum())


def _collected(cohort: Cohort, table: str, column: str) -> str:
    if f"{table}.{column}" not in cohort.dataset.not_collected:
        return "yes"
    if table == "visits" and column in cohort.dataset.assumptions:
        return f"assumed {'yes' if cohort.dataset.assumptions[column] else 'no'}"
    return "no"


def _is_asked(declared: pd.DataFrame, table: str | None, words: str) -> pd.Series:
    in_table = declared["table"].eq(table) if table else pd.Series(True, index=declared.index)
    text = declared.astype(str).agg(" ".join, axis=1).str.casefold()
    return in_table & text.str.contains(words.strip().casefold(), regex=False)


def _finding(shown: pd.DataFrame, declared: pd.DataFrame) -> str:
    if shown.empty:
        return "No column matches."
    n_collected = int((shown["collected"] == "yes").sum())
    which = "" if len(shown) == len(declared) else " shown"
    return (
        f"This dataset has values in {n_collected:,} of the {len(shown):,} columns{which} "
        f"({percent(n_collected / len(shown))})."
    )
