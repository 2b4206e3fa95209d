"""Files as hospitals send them: whatever the encoding and delimiter, the same text, or one line."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.dialect import parse_delimited, read_delimited, row_number
from lupus_outcomes.data.numbers_text import parse_numbers
from lupus_outcomes.errors import UnreadableError

HEADER = ["patient_id", "centre", "dose", "value", "note"]
ROWS = [
    ["P1", "Zürich", "12.5", "0.15", "plain"],
    ["P2", "West", "7.5", "-3.25", "with, comma; semicolon | bar"],
    ["P3", "Coimbra – São João", "", "1.5", 'a "quoted" word'],
    ["P4", "Malmä", "100", "", "two\nlines"],
    ["P5", "", "2.75", "0.5", "+ve swab"],
]
ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8 marked": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16-le marked": ("utf-16-le", b"\xff\xfe"),
    "utf-16-be marked": ("utf-16-be", b"\xfe\xff"),
    "utf-16-le bare": ("utf-16-le", b""),
    "utf-16-be bare": ("utf-16-be", b""),
    "utf-32-le marked": ("utf-32-le", b"\xff\xfe\x00\x00"),
    "utf-32-be marked": ("utf-32-be", b"\x00\x00\xfe\xff"),
    "windows-1252": ("cp1252", b""),
}
DELIMITERS = [",", ";", "\t", "|"]
COMBINATIONS = list(itertools.product(ENCODINGS, DELIMITERS, ".,", ["\n", "\r\n"]))


def _quoted(cell: str, delimiter: str) -> str:
    if any(special in cell for special in (delimiter, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _write(rows, delimiter, mark, end) -> str:
    lines = [delimiter.join(HEADER)]
    for patient, centre, dose, value, note in rows:
        cells = [patient, centre, dose.replace(".", mark), value.replace(".", mark), note]
        lines.append(delimiter.join(_quoted(cell, delimiter) for cell in cells))
    return end.join(lines) + end


@pytest.mark.parametrize(("encoding", "delimiter", "mark", "end"), COMBINATIONS)
def test_every_combination_gives_the_same_table(encoding, delimiter, mark, end):
    codec, byte_order_mark = ENCODINGS[encoding]
    octets = byte_order_mark + _write(ROWS, delimiter, mark, end).encode(codec)

    table = parse_delimited(octets, "export.csv")

    assert table.dialect.delimiter == delimiter
    assert table.dialect.has_byte_order_mark == bool(byte_order_mark)
    assert table.dialect.encoding == ("windows-1252" if codec == "cp1252" else codec)
    assert table.frame.columns.tolist() == HEADER
    texts = table.frame[["patient_id", "centre", "note"]].to_numpy().tolist()
    assert texts == [[row[0], row[1], row[4]] for row in ROWS]
    np.testing.assert_array_equal(
        parse_numbers(table.frame["dose"]).values, [12.5, 7.5, np.nan, 100, 2.75]
    )
    np.testing.assert_array_equal(
        parse_numbers(table.frame["value"]).values, [0.15, -3.25, 1.5, np.nan, 0.5]
    )


def test_there_are_at_least_sixty_combinations():
    assert len(COMBINATIONS) >= 60


def test_cells_are_stripped_and_stay_text():
    frame = parse_delimited(b"a, b \n 007 ,NA\n\xc2\xa0x\xc2\xa0,null\n", "x.csv").frame
    assert frame.to_numpy().tolist() == [["007", "NA"], ["x", "null"]]
    assert frame.columns.tolist() == ["a", "b"]
    assert frame.index.equals(pd.RangeIndex(2))


def test_trailing_blank_rows_go_and_blank_rows_inside_stay_so_that_row_numbers_hold():
    frame = parse_delimited(b"a,b\n1,2\n\n3,4\n,\n\n", "x.csv").frame
    assert frame.to_numpy().tolist() == [["1", "2"], ["", ""], ["3", "4"]]
    assert row_number(frame.index[frame["a"] == "3"][0]) == 4


def test_old_macintosh_line_ends():
    assert parse_delimited(b"a,b\r1,2\r3,4\r", "x.csv").frame.shape == (2, 2)


def test_a_stray_quotation_mark_inside_a_cell_is_text():
    frame = parse_delimited(b'a,b\n5" nail,1\nx,2\n', "x.csv").frame
    assert frame["a"].tolist() == ['5" nail', "x"]


def test_a_header_alone_is_an_empty_table():
    assert parse_delimited(b"a,b\n", "x.csv").frame.shape == (0, 2)


def test_an_unnamed_empty_column_is_dropped():
    assert parse_delimited(b"a,b,\n1,2,\n", "x.csv").frame.columns.tolist() == ["a", "b"]


REFUSED = {
    "empty": (b"", "is empty"),
    "blank": (b" \n \n", "is empty"),
    "short row": (b"a,b,c\n1,2,3\n1,2\n", "row 3: 2 fields where the header has 3"),
    "long row": (b"a,b\n1,2\n1,2,3\n", "row 3: 3 fields where the header has 2"),
    "short row after a quoted line end": (b'a,b\n"x\ny",2\n1\n', "row 3: 1 fields"),
    "open quote": (b'a,b\n1,2\n3,"4\n', "row 3: a quotation mark is not closed"),
    "open quote in the middle": (b'a,b\n1,"2\n3,4\n5,6\n', "row 2: a quotation mark"),
    "duplicate column": (b"a,b,a\n1,2,3\n", "columns 1, 3: a name occurs more than once"),
    "unnamed column": (b"a,,b\n1,2,3\n", "column 2 has no name"),
    "control characters": (b"a,b\n1,\x00\n", "row 2: contains control characters"),
    "image": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "contains control characters"),
    "workbook": (b"PK\x03\x04\x14\x00\x06\x00", "is a workbook"),
    "compressed": (b"\x1f\x8b\x08\x00", "is compressed"),
    "mojibake": ("a,b\n1,ZÃ¼rich\n".encode(), "row 2: garbled characters"),
    "mojibake of a dash": ("a,b\n1,2\n1,â€“\n".encode(), "row 3: garbled characters"),
    "lost characters": ("a,b\n1,Z\ufffdrich\n".encode(), "row 2: garbled characters"),
    "mixed encodings": ("a,b\n1,Zürich\n".encode() + b"2,Malm\xf6\n", "row 2: garbled characters"),
    "cut inside a character": ("a,b\n1,Zürich\n2,Malmä".encode()[:-1], "row 3: not valid utf-8"),
    "odd UTF-16": ("a,b\n1,2\n".encode("utf-16")[:-1], "not valid utf-16-le"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_broken_files_are_refused_in_one_line(case):
    octets, words = REFUSED[case]
    with pytest.raises(UnreadableError) as refusal:
        parse_delimited(octets, "x.csv")
    message = str(refusal.value)
    assert words in message
    assert message.startswith("x.csv")
    assert "\n" not in message


def test_a_refusal_shows_no_value():
    with pytest.raises(UnreadableError) as refusal:
        parse_delimited(b"patient_id,b\nPT-CANARY-0001,2,3\n", "x.csv")
    assert "CANARY" not in str(refusal.value)


def test_every_truncation_is_refused_or_loses_whole_rows_only(tmp_path: Path):
    whole = _write(ROWS, ",", ".", "\n").encode()
    full = parse_delimited(whole, "x.csv").frame
    for length in range(len(whole)):
        try:
            frame = parse_delimited(whole[:length], "x.csv").frame
        except UnreadableError:
            continue
        complete = frame.iloc[:-1]
        assert frame.shape[1] <= full.shape[1]
        if frame.shape[1] == full.shape[1] and frame.columns.equals(full.columns):
            pd.testing.assert_frame_equal(complete, full.iloc[: len(complete)])


def test_a_missing_file_is_one_line(tmp_path: Path):
    with pytest.raises(UnreadableError, match=r"^absent.csv: No such file"):
        read_delimited(tmp_path / "absent.csv")
