"""Datasets drawn as small text tables: cells between blanks, ``.`` empty, ``_`` a blank.

Every test draws only the table it is about; the rest is two patients without a blemish.
"""

from pathlib import Path

from lupus_outcomes.data.findings import Finding
from lupus_outcomes.data.read import Dataset, Examination, examine_dataset, read_dataset

ABOUT = {"title": '"Drawn"', "study": '"nct07215754"', "data_cut": "2026-06-30"}
PATIENTS = """
    patient_id  centre  index_date  last_contact_date
    P1          West    2024-01-10  2026-06-20
    P2          East    2024-03-05  2026-06-25
"""
VISITS = """
    patient_id  visit_date
    P1          2024-01-10
    P1          2026-06-20
    P2          2024-03-05
    P2          2026-06-25
"""


def draw_dataset(folder: Path, assume: str = "", about: dict | None = None, **tables: str) -> Path:
    """A dataset folder with the drawn tables; ``assume`` are lines of that section."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {value}" for key, value in (ABOUT | (about or {})).items() if value]
    section = ["[assume]", assume] if assume else []
    (folder / "dataset.toml").write_text("\n".join([*lines, *section]) + "\n", "utf-8")
    for name, text in ({"patients": PATIENTS, "visits": VISITS} | tables).items():
        (folder / f"{name}.csv").write_text(as_csv(text), "utf-8")
    return folder


def as_csv(text: str) -> str:
    """The drawn table as a CSV file."""
    rows = [line.split() for line in text.strip().splitlines()]
    return "".join(",".join(map(_cell, row)) + "\n" for row in rows)


def _cell(word: str) -> str:
    cell = "" if word == "." else word.replace("_", " ")
    # Names of columns and codes keep their underscores.
    kept = word if word.replace("_", "").isalnum() and word.islower() else cell
    return f'"{kept}"' if "," in kept else kept


def examine(folder: Path, **drawn: str) -> Examination:
    """What the check says of the drawn dataset."""
    return examine_dataset(draw_dataset(folder, **drawn))


def read(folder: Path, **drawn: str) -> Dataset:
    """The drawn dataset as the product uses it."""
    return read_dataset(draw_dataset(folder, **drawn))


def find(folder: Path, rule: str, **drawn: str) -> list[tuple]:
    """Severity, table, column and rows of each finding of a rule."""
    return [place(f) for f in examine(folder, **drawn).findings if f.rule == rule]


def place(finding: Finding) -> tuple:
    """A finding without its words."""
    return finding.severity, finding.table, finding.column, finding.rows


def blemishes(findings: tuple[Finding, ...]) -> list[tuple]:
    """Every finding but those on columns that nobody drew."""
    return [(f.rule, *place(f)) for f in findings if f.rule != "not_collected"]
