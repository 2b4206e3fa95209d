"""The encoding of a text file, told from its bytes."""

import re
from dataclasses import dataclass

from lupus_outcomes.errors import UnreadableError

# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
NUL_SAMPLE_BYTES = 4_096
NUL_SHARE = 0.3  # text of Western languages in UTF-16 has a NUL in nearly every second byte
NUL_STRAY_SHARE = 0.02

MAGIC_WORDS = (
    (b"PK\x03\x04", "a workbook or another zip file"),
    (b"\xd0\xcf\x11\xe0", "a workbook of the old format"),
    (b"\x1f\x8b", "compressed"),
    (b"%PDF", "a PDF"),
    (b"PAR1", "a Parquet file"),
)
CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
NO_CONTROL = bytes(code for code in range(128) if not CONTROL.match(chr(code)))
# What UTF-8 looks like once it was read as Windows-1252 and saved, or lost characters.
# Closing quotes and dashes are left out: they may well follow an upper-case word.
MOJIBAKE = re.compile("\ufffd|[\u00c2\u00c3][\u0080-\u00bf]|Ã[ƒ€‚„†‡ˆ‰Š‹ŒŽ‘“•˜™š›œžŸ]|â€.|ï»¿")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with LF line ends, and how it was encoded."""

    text: str
    encoding: str
    has_byte_order_mark: bool


def decode(octets: bytes, name: str) -> Decoded:
    """Text of the bytes of a file called ``name``, or ``UnreadableError`` in one line."""
    for magic, words in MAGIC_WORDS:
        if octets.startswith(magic):
            raise UnreadableError(f"{name} is {words}, not delimited text. Export it as CSV.")
    encoding, mark = _detect(octets)
    text = _decode_as(octets[len(mark) :], encoding, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _check(text, name)
    return Decoded(text, encoding, bool(mark))


def _detect(octets: bytes) -> tuple[str, bytes]:
    for mark, encoding in BYTE_ORDER_MARKS:
        if octets.startswith(mark):
            return encoding, mark
    sample = octets[:NUL_SAMPLE_BYTES]
    even, odd = sample[0::2], sample[1::2]
    shares = [half.count(0) / len(half) if half else 0.0 for half in (even, odd)]
    if shares[1] > NUL_SHARE and shares[0] < NUL_STRAY_SHARE:
        return "utf-16-le", b""
    if shares[0] > NUL_SHARE and shares[1] < NUL_STRAY_SHARE:
        return "utf-16-be", b""
    return ("utf-8" if _is_utf8(octets) else "windows-1252"), b""


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError as problem:
        # A character cut in two at the very end is a truncated UTF-8 file, not another encoding.
        is_cut = problem.reason == "unexpected end of data"
        return is_cut and not octets[: problem.start].isascii()
    return True


def _decode_as(octets: bytes, encoding: str, name: str) -> str:
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError as problem:
        row = octets[: problem.start].decode(encoding, errors="replace").count("\n") + 1
        raise UnreadableError(
            f"{name}, row {row}: not valid {encoding}; the file is truncated or mixes encodings. "
            "Export it again as UTF-8."
        ) from None


def _check(text: str, name: str) -> None:
    # Bytes are searched many times faster than text: plain text is told by them.
    has_control = not text.isascii() or text.encode("ascii").translate(None, NO_CONTROL)
    if has_control and (control := CONTROL.search(text)):
        row = text.count("\n", 0, control.start()) + 1
        raise UnreadableError(
            f"{name}, row {row}: contains control characters, so it is not delimited text. "
            "Export it as CSV."
        )
    if text.isascii():
        return
    if garbled := MOJIBAKE.search(text):
        row = text.count("\n", 0, garbled.start()) + 1
        raise UnreadableError(
            f"{name}, row {row}: garbled characters, saved once in the wrong encoding. "
            "Export it again as UTF-8."
        )
