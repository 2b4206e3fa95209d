"""Delimited text as hospitals send it: encoding, delimiter and line ends detected, all cells text.

Nothing is guessed in silence: what was detected travels with the table as its ``Dialect``, and a
file that cannot be read whole is refused in one line that names the row and the way out.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lupus_outcomes.data.encoding import decode
from lupus_outcomes.errors import UnreadableError

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SAMPLE_CHARACTERS = 65_536  # enough for a dozen rows of the widest export seen
SAMPLE_RECORDS = 50
# A large registry has some thousands; each costs as much as a thousand rows.
MOST_COLUMNS = 8_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file was written, as found. ``is_ended``: the last row has a line end, as it should."""

    encoding: str
    has_byte_order_mark: bool
    delimiter: str
    is_ended: bool = True

    def in_words(self) -> str:
        """As notes and pages say it: ``utf-8 with byte-order mark, semicolon-separated``."""
        mark = " with byte-order mark" if self.has_byte_order_mark else ""
        return f"{self.encoding}{mark}, {DELIMITER_WORDS[self.delimiter]}-separated"


@dataclass(frozen=True, slots=True)
class TextTable:
    """One table as text: cells stripped of surrounding blanks, empty for empty, rows from 0."""

    name: str
    frame: pd.DataFrame
    dialect: Dialect | None


def row_number(position: int) -> int:
    """Row in a spreadsheet of a 0-based position in the frame; the header is row 1."""
    return int(position) + 2


def read_delimited(path: Path) -> TextTable:
    """Read a delimited file, every cell as text.

    Parameters
    ----------
    path : Path
        A file in UTF-8, UTF-16, UTF-32 or Windows-1252, separated by comma, semicolon, tab or
        vertical bar.

    Raises
    ------
    UnreadableError
        The file is missing, empty, binary, cut short or not rectangular.
    """
    return parse_delimited(read_octets(path), path.name)


def read_octets(path: Path) -> bytes:
    """The bytes of a file, or one line on why they cannot be had."""
    try:
        return path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "cannot be opened"
        raise UnreadableError(f"{path.name}: {reason}. Check path and permissions.") from None


def parse_delimited(octets: bytes, name: str) -> TextTable:
    """As ``read_delimited``, from the bytes of a file called ``name``."""
    decoded = decode(octets, name)
    if not decoded.text.strip():
        raise UnreadableError(f"{name} is empty. Export it again.")
    delimiter = detect_delimiter(decoded.text)
    utf8 = decoded.text.encode("utf-8")
    _check_field_counts(utf8, delimiter, name)
    frame = name_columns(_parse(utf8, delimiter, name), name)
    dialect = Dialect(
        encoding=decoded.encoding,
        has_byte_order_mark=decoded.has_byte_order_mark,
        delimiter=delimiter,
        is_ended=decoded.text.endswith("\n"),
    )
    return TextTable(name, frame, dialect)


def read_header(octets: bytes, name: str) -> tuple[str, ...]:
    """The cells of the first row, whatever they are; a table with them may still be refused."""
    text = decode(octets, name).text
    first = csv.reader(io.StringIO(text, newline=""), delimiter=detect_delimiter(text))
    try:
        return tuple(cell.strip() for cell in next(first, []))
    except csv.Error:
        raise UnreadableError(
            f"{name}: the first row is no row of column names. Put them there."
        ) from None


def detect_delimiter(text: str) -> str:
    """The delimiter that cuts the first records most consistently; a comma for a single column."""
    sample = text[:SAMPLE_CHARACTERS]
    if len(text) > SAMPLE_CHARACTERS:
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(DELIMITERS, key=lambda delimiter: _consistency(sample, delimiter))


def _consistency(sample: str, delimiter: str) -> tuple[float, int]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    counts = []
    try:
        for record in reader:
            if record:
                counts.append(len(record))
            if len(counts) == SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0.0, 0
    if not counts or counts[0] == 1:
        return 0.0, 0
    return sum(count == counts[0] for count in counts) / len(counts), counts[0]


def _check_field_counts(utf8: bytes, delimiter: str, name: str) -> None:
    counts, is_blank = _count_fields(utf8, delimiter)
    check_width(int(counts[0]), name)
    if ((counts != counts[0]) & ~is_blank).any():
        # Counting by quote parity is right for well-formed files; a stray quotation mark inside an
        # unquoted cell is not. The slow reader decides, and knows the row.
        _find_uneven_row(utf8, delimiter, name)


def check_width(n_columns: int, name: str) -> None:
    """Refuse what no table of patients is as wide as; a row of a million cells takes minutes."""
    if n_columns > MOST_COLUMNS:
        raise UnreadableError(
            f"{name} has {n_columns:,} columns: more than a table of patients needs. Export fewer."
        )


def _count_fields(utf8: bytes, delimiter: str) -> tuple[np.ndarray, np.ndarray]:
    octets = np.frombuffer(utf8, dtype=np.uint8)
    is_delimiter, is_end = octets == ord(delimiter), octets == ord("\n")
    if b'"' in utf8:
        # Parity survives the wrap-around of eight bits, and costs an eighth of the memory.
        is_outside = (np.cumsum(octets == ord('"'), dtype=np.uint8) & 1) == 0
        is_delimiter &= is_outside
        is_end &= is_outside
    ends = np.flatnonzero(is_end)
    starts = np.concatenate(([0], ends + 1))
    starts = starts[starts < len(octets)]
    bounds = np.append(starts, len(octets))
    counts = np.diff(np.searchsorted(np.flatnonzero(is_delimiter), bounds)) + 1
    return counts, (np.diff(bounds) == 1) & (octets[starts] == ord("\n"))


def _find_uneven_row(utf8: bytes, delimiter: str, name: str) -> None:
    reader = csv.reader(io.StringIO(utf8.decode("utf-8"), newline=""), delimiter=delimiter)
    row, expected = 0, 0
    try:
        for row, record in enumerate(reader, start=1):
            expected = expected or len(record)
            if record and len(record) != expected:
                _refuse_uneven_row(name, row, len(record), expected)
    except csv.Error:
        raise UnreadableError(
            f"{name}, row {row + 1}: a quotation mark is not closed. "
            "The file may be truncated: export it again."
        ) from None


def _refuse_uneven_row(name: str, row: int, found: int, expected: int) -> None:
    raise UnreadableError(
        f"{name}, row {row}: {found} fields where the header has {expected}. "
        "The file may be truncated, or a quotation mark is not closed: export it again."
    )


def _parse(utf8: bytes, delimiter: str, name: str) -> pd.DataFrame:
    try:
        return pd.read_csv(
            io.BytesIO(utf8),
            sep=delimiter,
            header=None,  # the header is a row like any other, so that no column becomes an index
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            low_memory=False,
            encoding="utf-8",
        )
    except pd.errors.ParserError as problem:
        found = re.search(r"EOF inside string starting at row (\d+)", str(problem))
        where = f", row {int(found.group(1)) + 1}" if found else ""
        raise UnreadableError(
            f"{name}{where}: a quotation mark is not closed. "
            "The file may be truncated: export it again."
        ) from None


def name_columns(cells: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows below the first, which names the columns; cells stripped, no blank rows at the end.

    Raises
    ------
    UnreadableError
        Two columns of one name, or a filled column without a name.
    """
    names = [str(cell).strip() for cell in cells.iloc[0]]
    if not any(names):
        raise UnreadableError(f"{name}: the first row is empty. Put the column names there.")
    frame = _strip(cells.iloc[1:].reset_index(drop=True))
    frame = _drop_trailing_blank_rows(frame.set_axis(range(len(names)), axis=1))
    unnamed = [position for position, column in enumerate(names) if not column]
    for position in unnamed:
        if (frame[position] != "").any():
            where = f"{name}: column {position + 1}"
            raise UnreadableError(f"{where} has no name. Name it, or remove it.")
    _check_names(names, name)
    return frame.drop(columns=unnamed).set_axis([column for column in names if column], axis=1)


def _check_names(names: list[str], file: str) -> None:
    counts = Counter(names)
    repeated = [at + 1 for at, column in enumerate(names) if column and counts[column] > 1]
    if repeated:
        # By position: without a header row these would be a patient's values.
        raise UnreadableError(
            f"{file}, columns {', '.join(map(str, repeated))}: a name occurs more than once. "
            "Rename or remove one."
        )


def _strip(cells: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({column: _strip_column(values) for column, values in cells.items()})


def _strip_column(values: pd.Series) -> pd.Series:
    distinct = pd.unique(values)
    blanks = {cell: cell.strip() for cell in distinct if cell != cell.strip()}
    return values.replace(blanks) if blanks else values


def _drop_trailing_blank_rows(frame: pd.DataFrame) -> pd.DataFrame:
    # Spreadsheets like to end a file with rows of nothing but delimiters.
    is_filled = np.zeros(len(frame), dtype=bool)
    for _, cells in frame.items():
        is_filled |= (cells != "").to_numpy()
    filled = np.flatnonzero(is_filled)
    return frame.iloc[: filled[-1] + 1 if len(filled) else 0]
