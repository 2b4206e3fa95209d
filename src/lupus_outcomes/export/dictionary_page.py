"""The data dictionary as Markdown, made from the declarations: ``docs/data-dictionary.md``.

``python -m lupus_outcomes.export.dictionary_page FILE`` writes it; ``make docs`` calls that.
"""

import sys
from pathlib import Path

import pandas as pd

from lupus_outcomes.analysis.dictionary_table import declared_columns
from lupus_outcomes.dictionary import ASSUMABLE_COLUMNS, MANDATORY_TABLES, TABLES
from lupus_outcomes.export.markdown import markdown_table

HEADER = """# Data dictionary

Made from `src/lupus_outcomes/dictionary.py` by `make docs`; edit that, not this.

A dataset is a folder of tables (CSV or Parquet, one file a table) or one workbook with a sheet a
table. Column order is free; a column that is not listed here is reported and ignored; an optional
column that is absent disables what needs it. Empty is unknown, never no and never 0. Outside the
*range* a value is impossible and set aside as unknown; outside the *plausible* range it is kept and
queried, because such a value is most often right in another unit. Dates are ISO 8601; yes-or-no
columns take true/false, 1/0 or yes/no in any case.
"""
MARKDOWN_COLUMNS = ("column", "meaning", "type", "unit", "range", "plausible", "codes", "source")


def dictionary_markdown() -> str:
    """The whole dictionary as one Markdown page, a section a table."""
    declared = declared_columns()
    sections = [_section(name, declared[declared["table"] == name]) for name in TABLES]
    assumable = ", ".join(f"`{name}`" for name in ASSUMABLE_COLUMNS)
    ending = (
        "## Never collected\n\nA registry may declare under `[assume]` in `dataset.toml` what it "
        f"never collects: {assumable}. The assumption is printed on everything that rests on it.\n"
    )
    return "\n".join([HEADER, *sections, ending])


def _section(name: str, columns: pd.DataFrame) -> str:
    need = "Mandatory table." if name in MANDATORY_TABLES else "Optional table."
    mandatory = columns.loc[columns["mandatory"] == "yes", "column"]
    head = tuple(MARKDOWN_COLUMNS)
    rows = [
        (f"`{row['column']}`", *(row[column] for column in head[1:]))
        for row in columns.to_dict("records")
    ]
    return (
        f"## {name}\n\n{TABLES[name].title}. {need} Mandatory columns: "
        f"{', '.join(f'`{column}`' for column in mandatory)}.\n\n{markdown_table(head, rows)}\n"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(dictionary_markdown(), encoding="utf-8")
