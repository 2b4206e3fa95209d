"""Workbooks made to exhaust who reads them, and an honest one to hide them in."""

import io
import struct
import zipfile
import zlib

import xlsxwriter

SHEET_ENTRY, TEXTS_ENTRY = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'
MEGABYTE = 1 << 20


def make_honest() -> dict[str, bytes]:
    """The parts of a workbook with a sheet ``visits`` and a 1 in its first cell."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("visits").write(0, 0, 1)
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


HONEST = make_honest()


def pack(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def with_parts(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The honest workbook with these parts in it."""
    return pack(HONEST | parts, method)


def with_rows(rows: str) -> dict[str, bytes]:
    before, _, rest = HONEST[SHEET_ENTRY].partition(b"<sheetData>")
    after = rest.partition(b"</sheetData>")[2]
    return {SHEET_ENTRY: before + b"<sheetData>" + rows.encode() + b"</sheetData>" + after}


def blanks(megabytes: int) -> bytes:
    return b" " * (megabytes * MEGABYTE)


def with_sizes(archive: bytes, name: str, size: int) -> bytes:
    """The archive with a false unpacked size, in both of its headers."""
    made = bytearray(archive)
    central = archive.index(b"PK\x01\x02" + b"", archive.index(name.encode()))
    while archive[central + 46 : central + 46 + len(name)] != name.encode():
        central = archive.index(b"PK\x01\x02", central + 4)
    struct.pack_into("<I", made, central + 24, size)
    (offset,) = struct.unpack_from("<I", archive, central + 42)
    struct.pack_into("<I", made, offset + 22, size)
    return bytes(made)


def overlapping(n_entries: int) -> bytes:
    """Many entries of the central directory that share the same packed bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = blanks(4)
    packed = packer.compress(content) + packer.flush()
    crc = zlib.crc32(content)
    fields = (20, 0, 8, 0, 0, crc, len(packed), len(content))
    made = bytearray(pack(HONEST))
    end = made.rindex(b"PK\x05\x06")
    (directory_size, directory_at) = struct.unpack_from("<II", made, end + 12)
    directory = bytes(made[directory_at : directory_at + directory_size])
    (n_before,) = struct.unpack_from("<H", made, end + 10)
    offset = directory_at
    body = bytes(made[:directory_at])
    body += struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields, 1, 0) + b"x" + packed
    for number in range(n_entries):
        name = f"x{number}".encode()
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, *fields, len(name), 0, 0, 0, 0, 0, offset
        )
        directory += name
    total = n_before + n_entries
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, total, total, len(directory), len(body), 0)
    return body + directory + tail


def with_texts(size: int, n_cells: int) -> bytes:
    text = b"".join(struct.pack("<I", i).hex().encode() for i in range(size // 8))
    cells = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, n_cells))
    shared = b"<sst><si><t>" + text + b"</t></si></sst>"
    return with_parts(with_rows(cells) | {TEXTS_ENTRY: shared}, zipfile.ZIP_STORED)


DECLARED = b'<?xml version="1.0"?>'
LAUGHS = DECLARED + b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst/>'
HIDDEN = DECLARED + b"<!--" + b"x" * 70_000 + b'--><!DOCTYPE a [<!ENTITY b "c">]><sst/>'
OUTSIDE = DECLARED + b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet/>'
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
FAR_IN_OTHER_WORDS = "<row r = '1048576'><c s='1' r = 'xfd1048576'><v>1</v></c></row>"

# What is made, and the reason it has to be refused for.
BOMBS = {
    "one entry of blanks": (lambda: with_parts({"xl/media/a": blanks(60)}), "unpacks to over"),
    "one entry over 100 MB": (lambda: with_parts({"xl/media/a": blanks(101)}), "unpacks to over"),
    "many entries": (
        lambda: with_parts({f"xl/media/{i}": blanks(2) for i in range(30)}),
        "unpacks to over",
    ),
    "a size said too small": (
        lambda: with_sizes(with_parts({"xl/media/a": blanks(60)}), "xl/media/a", 100),
        "unpacks to over",
    ),
    "a small lie about a size": (
        lambda: with_sizes(with_parts({"xl/media/a": b"abcd" * 50}), "xl/media/a", 100),
        "is damaged",
    ),
    "entries that overlap": (lambda: overlapping(400), "unpacks to over"),
    "thousands of entries": (
        lambda: with_parts({f"x{i}": b"" for i in range(3_000)}),
        "has 3,0",
    ),
    "entities that multiply": (lambda: with_parts({TEXTS_ENTRY: LAUGHS}), "a document type"),
    "entities from outside": (lambda: with_parts({SHEET_ENTRY: OUTSIDE}), "a document type"),
    "a document type far down": (lambda: with_parts({TEXTS_ENTRY: HIDDEN}), "a document type"),
    "a document type in UTF-16": (
        lambda: with_parts({TEXTS_ENTRY: LAUGHS.decode().encode("utf-16")}),
        "a document type",
    ),
    "one cell in the last corner": (lambda: with_parts(with_rows(CELL + FAR)), "16,384 columns"),
    "that corner in other words": (
        lambda: with_parts(with_rows(FAR_IN_OTHER_WORDS)),
        "16,384 columns",
    ),
    "a row of eleven digits": (
        lambda: with_parts(with_rows('<row r="1"><c r="A99999999999"><v>1</v></c></row>')),
        "999,999,999 rows",
    ),
    "a row that its cell does not name": (
        lambda: with_parts(with_rows('<row r="999999999"><c><v>1</v></c></row>')),
        "999,999,999 rows",
    ),
    "a long text in every cell": (lambda: with_texts(200_000, 10_000), "repeats its texts"),
    "packed in another way": (lambda: with_parts({}, zipfile.ZIP_LZMA), "is damaged"),
    "another format inside": (lambda: with_parts({"content.xml": b"<a/>"}), "no .xlsx workbook"),
    "an archive in an archive": (
        lambda: with_parts({"xl/a.zip": pack({"b.zip": pack({"c": blanks(90)})}) + blanks(60)}),
        "unpacks to over",
    ),
}
