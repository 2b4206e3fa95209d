"""What a mutation of a dataset is: how it is made, and what has to be said of it."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

COHORT = Path(__file__).parents[3] / "data" / "inputs" / "cohort"
# Half of the worked example: as varied, and read in half the time.
LAST_PATIENT = 120
REFUSED, REPORTED, UNREADABLE = "refused", "reported", "unreadable"
Rows = tuple[int, ...]
Cells = list[list[str]]


@dataclass(frozen=True)
class Mutation:
    """``rule``: of the finding, or words of the refusal; ``rows`` are to be among those named."""

    name: str
    how: Callable[["Files"], None]
    expect: str
    rule: str
    table: str
    column: str = ""
    rows: Rows = ()


@dataclass
class Files:
    """The files of a dataset, by name as bytes and by table as cells; row 0 is the header."""

    content: dict[str, bytes]
    written: dict[str, bytes] = field(default_factory=dict)

    def cells(self, table: str) -> Cells:
        """A table to change and to give back with ``put``."""
        text = self.written.get(f"{table}.csv", self.content[f"{table}.csv"]).decode()
        return list(csv.reader(io.StringIO(text)))

    def put(self, table: str, cells: Iterable[list[str]]) -> None:
        """Write a table."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(cells)
        self.write(f"{table}.csv", text.getvalue().encode())

    def write(self, name: str, content: bytes) -> None:
        """Write a file as it is."""
        self.written[name] = content

    def remove(self, name: str) -> None:
        """Take a file away."""
        del self.content[name]
        self.written.pop(name, None)

    def save(self, folder: Path) -> Path:
        """The dataset as a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (self.content | self.written).items():
            (folder / name).write_bytes(content)
        return folder


@cache
def source() -> Mapping[str, bytes]:
    """The unchanged files."""
    files = {"dataset.toml": (COHORT / "dataset" / "dataset.toml").read_bytes()}
    for file in sorted((COHORT / "dataset").glob("*.csv")):
        header, *rows = file.read_text().splitlines(keepends=True)
        kept = [row for row in rows if int(row.partition(",")[0][-4:]) <= LAST_PATIENT]
        files[file.name] = "".join([header, *kept]).encode()
    return files


def fresh() -> Files:
    """Unchanged files, to change."""
    return Files(dict(source()))


@cache
def column(table: str, name: str) -> list[str]:
    """The cells of an unchanged column; those of row 2 of the spreadsheet at 0."""
    header, *rows = fresh().cells(table)
    return [row[header.index(name)] for row in rows]


def rows_where(table: str, name: str, holds: Callable[[str], bool]) -> Rows:
    """Spreadsheet rows of the filled cells for which something holds."""
    return tuple(at for at, cell in enumerate(column(table, name), 2) if cell and holds(cell))


def with_cells(table: str, name: str, new: Mapping[int, str] | Callable[[str], str]):
    """A change of single cells, given by row, or of all filled cells of a column."""

    def how(files: Files) -> None:
        header, *rows = files.cells(table)
        at = header.index(name)
        for row, cells in enumerate(rows, 2):
            if callable(new):
                cells[at] = new(cells[at]) if cells[at] else ""
            elif row in new:
                cells[at] = new[row]
        files.put(table, [header, *rows])

    return how


def of_centre(table: str, centre: str) -> Rows:
    """Spreadsheet rows of a centre's patients."""
    patients = dict(
        zip(column("patients", "patient_id"), column("patients", "centre"), strict=True)
    )
    ids = column(table, "patient_id")
    return tuple(at for at, name in enumerate(ids, 2) if patients[name] == centre)


def scaled(factor: float) -> Callable[[str], str]:
    """A cell in another unit."""
    return lambda cell: f"{float(cell) * factor:.6g}"
