"""Whether a zipped workbook or presentation is safe to read, without unpacking more than need be.

What the archive says of its sizes is not believed: every entry is inflated up to the limits,
counted and thrown away. A few bytes can also ask for a sheet of seventeen thousand million cells,
or for one long text in every cell; both are counted before anybody builds them.
"""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lupus_outcomes.errors import UnreadableError

# An honest workbook compresses tenfold; a bomb thousandfold.
LARGEST_RATIO = 100
# Up to here nothing can go wrong, and a small honest workbook may compress well.
HARMLESS_BYTES = 1_000_000
LARGEST_UNPACKED_BYTES = 200_000_000
LARGEST_ENTRY_BYTES = 100_000_000
MOST_ENTRIES = 2_000
# A sheet is built as a full rectangle, 32 bytes a cell: this is 640 MB.
MOST_CELLS = 20_000_000
# No spreadsheet program has more; the reader counts in 32 bits, and ends the process beyond.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
DIGITS_READ, LETTERS_READ = 12, 8
# The same shared text may stand in many cells, and is copied into each.
LARGEST_TEXTS_BYTES = 500_000_000

WORKBOOK_ENTRY, PRESENTATION_ENTRY = "xl/workbook.xml", "ppt/presentation.xml"
# Pictures and printer settings hold any bytes.
XML = (".xml", ".rels")
OTHER_FORMATS = ("xl/workbook.bin", "content.xml")
TEXTS_ENTRY = "xl/sharedstrings.xml"
CHUNK_BYTES = 1 << 20
OVERLAP_BYTES = 256
LOCAL_MAGIC = b"PK\x03\x04"
LOCAL_HEADER = struct.Struct("<4s22xHH")
DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\0!\0[DE]\0|\0<\0!\0[DE]", re.IGNORECASE)
# Of a cell, or of a row, whose cells need not say where they are.
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
SHARED_TEXT = re.compile(rb"""\st\s*=\s*["']s["'][^>]*>\s*<v[^>]*>\s*([0-9]{1,9})""")
TEXT_ITEM = re.compile(rb"<(?:\w+:)?si[\s>/]")
FAILED = re.compile(rb"""<c\s[^>]*\br=["'][A-Z]+([0-9]+)["'][^>]*\bt=["']e["']""")
UNCALCULATED = re.compile(
    rb"""<c\s[^>]*\br=["'][A-Z]+([0-9]+)["'][^>]*>\s*<f(?:[^>]*/>|[^<]*</f>)\s*</c>"""
)


@dataclass(slots=True)
class Part:
    """What one entry asks for. Rows of cells whose formula failed, or was never calculated."""

    last_row: int = 0
    last_column: int = 0
    texts: Counter[int] = field(default_factory=Counter)
    failed: set[int] = field(default_factory=set)
    uncalculated: set[int] = field(default_factory=set)


class _TooLargeError(Exception):
    """More than the limits allow; the message says what."""


def check_archive(content: bytes, name: str) -> dict[str, Part]:
    """Refuse a bomb, a damaged file or another format; tells what each entry holds.

    Raises
    ------
    UnreadableError
        One line with the way out.
    """
    try:
        entries = _list_entries(content, name)
        if not _is_workbook(entries):
            raise UnreadableError(f"{name} is no .xlsx workbook. Save it as one.")
        _check_sizes(content, entries)
        parts = {entry.filename: _scan(content, entry, name) for entry in entries}
        _check_texts(content, entries, parts)
    except _TooLargeError as reason:
        raise UnreadableError(
            f"{name} {reason}: more than a workbook of tables needs. Give the tables as CSV."
        ) from None
    except _DAMAGED:
        raise UnreadableError(f"{name} is damaged. Save it again as .xlsx.") from None
    return parts


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, OSError, EOFError,
)  # fmt: skip


def check_presentation(content: bytes, name: str) -> None:
    """Refuse a presentation that is a bomb, damaged or another format.

    Raises
    ------
    UnreadableError
        One line with the way out.
    """
    try:
        entries = _list_entries(content, name)
        if PRESENTATION_ENTRY not in {entry.filename for entry in entries}:
            raise UnreadableError(f"{name} is no .pptx presentation. Save it as one.")
        _check_sizes(content, entries)
        for entry in entries:
            if entry.filename.lower().endswith(XML):
                _scan(content, entry, name)
    except _TooLargeError as reason:
        raise UnreadableError(f"{name} {reason}: more than a template needs.") from None
    except _DAMAGED:
        raise UnreadableError(f"{name} is damaged. Save it again as .pptx.") from None


def read_entry(content: bytes, filename: str) -> bytes:
    """One entry of an archive that was checked; nothing for one it does not have."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
    return b"".join(_inflate(content, entries[filename])) if filename in entries else b""


def _list_entries(content: bytes, name: str) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _TooLargeError(f"has {len(entries):,} parts")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableError(f"{name} is protected by a password. Save it without.")
    return entries


def _is_workbook(entries: list[zipfile.ZipInfo]) -> bool:
    names = {entry.filename.lower() for entry in entries}
    return WORKBOOK_ENTRY in names and names.isdisjoint(OTHER_FORMATS)


def _check_sizes(content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """Inflate everything once, up to the limits, and compare the checksums."""
    most = min(max(LARGEST_RATIO * len(content), HARMLESS_BYTES), LARGEST_UNPACKED_BYTES)
    unpacked = 0
    for entry in entries:
        size = checksum = 0
        for chunk in _inflate(content, entry):
            size += len(chunk)
            unpacked += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            if unpacked > most or size > LARGEST_ENTRY_BYTES:
                raise _TooLargeError(f"unpacks to over {min(most, LARGEST_ENTRY_BYTES):,} bytes")
        if checksum != entry.CRC or size != entry.file_size:
            raise zipfile.BadZipFile


def _inflate(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of an entry in chunks, however many the archive says there are."""
    magic, name_length, extra_length = LOCAL_HEADER.unpack_from(content, entry.header_offset)
    if magic != LOCAL_MAGIC:
        raise zipfile.BadZipFile
    start = entry.header_offset + LOCAL_HEADER.size + name_length + extra_length
    packed = content[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        while packed and not inflater.eof:
            yield inflater.decompress(packed, CHUNK_BYTES)
            packed = inflater.unconsumed_tail
    else:
        raise NotImplementedError


def _scan(content: bytes, entry: zipfile.ZipInfo, name: str) -> Part:
    part, tail = Part(), b""
    for chunk in _inflate(content, entry):
        text = tail + chunk
        if b"!" in text and DTD.search(text):
            raise UnreadableError(f"{name} holds a document type. Save it anew.")
        _find_extent(text, part)
        part.texts.update(
            int(found.group(1))
            for found in SHARED_TEXT.finditer(text)
            if found.end() > len(tail)  # those before were counted with the chunk before
        )
        part.failed.update(map(int, FAILED.findall(text)))
        part.uncalculated.update(map(int, UNCALCULATED.findall(text)))
        tail = text[-OVERLAP_BYTES:]
    is_beyond = part.last_row > MOST_ROWS or part.last_column > MOST_COLUMNS
    if is_beyond or part.last_row * part.last_column > MOST_CELLS:
        raise _TooLargeError(
            f"has a sheet of {part.last_row:,} rows and {part.last_column:,} columns"
        )
    return part


def _find_extent(text: bytes, part: Part) -> None:
    """Note the furthest row and column that any cell refers to."""
    found = set(REFERENCE.findall(text))
    part.last_row = max(part.last_row, *(int(row[:DIGITS_READ]) for _, row in found), 0)
    letters = {column for column, _ in found}
    part.last_column = max(part.last_column, *(_column_number(column) for column in letters), 0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:LETTERS_READ].upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _check_texts(content: bytes, entries: list[zipfile.ZipInfo], parts: dict[str, Part]) -> None:
    """Weigh the shared texts by the number of cells that repeat them."""
    for entry in entries:
        if entry.filename.lower() == TEXTS_ENTRY:
            texts = b"".join(_inflate(content, entry))
            starts = [found.start() for found in TEXT_ITEM.finditer(texts)]
            ends = [*starts[1:], len(texts)]
            sizes = dict(enumerate(end - start for start, end in zip(starts, ends, strict=False)))
            for part in parts.values():
                repeated = sum(n * sizes.get(at, 0) for at, n in part.texts.items())
                if repeated > LARGEST_TEXTS_BYTES:
                    raise _TooLargeError("repeats its texts too often")
