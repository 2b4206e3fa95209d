"""The audit log: who saw and took what, a JSON line each, every line sealing the one before.

No patient, no value of a filter and no e-mail stands in it. A line that is changed, taken out or
put in breaks the chain; of lines cut off at the end only the last hash, kept elsewhere, tells.
"""

import datetime as dt
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Literal

from lupus_outcomes.errors import AuditError, UnreadableError

FIRST_HASH = "0" * 64
KEYS = ("time", "reader", "role", "event", "page", "filters", "result", "previous")
# No line is longer: pages, filters and files have short names, and few.
LONGEST_LINE = 65_536
# The threads of one server; two servers keep two logs.
_WRITING = Lock()

Kind = Literal["sign-in", "refused", "view", "download"]


@dataclass(frozen=True, slots=True)
class Event:
    """What someone did. ``reader``: a hash. ``filters``: names only. ``result``: the file's."""

    reader: str
    role: str
    event: Kind
    page: str = ""
    filters: tuple[str, ...] = ()
    result: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a log looks like. ``broken_line``: the first that does not fit, 0 where all do."""

    n_lines: int
    broken_line: int
    last_hash: str


def append_event(path: Path, event: Event, now: dt.datetime | None = None) -> None:
    """Write an event at the end of the log, safely on disk before this returns.

    Raises
    ------
    AuditError
        It cannot be written; nothing of it stays.
    """
    moment = (now or dt.datetime.now(dt.UTC)).isoformat(timespec="milliseconds")
    said = {"time": moment.replace("+00:00", "Z"), **asdict(event)}
    try:
        with _WRITING, _open(path) as log:
            _append_line(log, said)
    except OSError as problem:
        reason = problem.strerror or "cannot be written"
        raise AuditError(f"The audit log {path.name} cannot be written: {reason}.") from None


def _open(path: Path) -> BinaryIO:
    """The log for reading and appending; a new one is its owner's only."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b")


def _append_line(log: BinaryIO, said: dict[str, object]) -> None:
    end = log.seek(0, os.SEEK_END)
    log.seek(max(end - LONGEST_LINE, 0))
    before = log.read()
    # A line torn by a fall of the machine is left to be seen; the next begins anew.
    torn = b"\n" if before and not before.endswith(b"\n") else b""
    last = before.removesuffix(b"\n").rpartition(b"\n")[2]
    said = said | {"previous": hash_line(last) if before else FIRST_HASH}
    line = json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()
    try:
        log.write(torn + line + b"\n")
        log.flush()
        os.fsync(log.fileno())
    except OSError:
        os.ftruncate(log.fileno(), end)
        raise


def hash_line(line: bytes) -> str:
    """SHA-256 of a line without its end."""
    return hashlib.sha256(line).hexdigest()


def check_writable(path: Path) -> None:
    """Whether an event could be written now.

    Raises
    ------
    AuditError
        It could not.
    """
    try:
        _open(path).close()
    except OSError as problem:
        reason = problem.strerror or "cannot be opened"
        raise AuditError(f"The audit log {path.name} cannot be written: {reason}.") from None


def verify_log(path: Path) -> Verdict:
    """Follow the chain to its end or to the first line that does not fit.

    Raises
    ------
    UnreadableError
        There is no such file, or it cannot be read.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as problem:
        reason = problem.strerror or "cannot be opened"
        raise UnreadableError(f"{path}: {reason}. Give an audit log.") from None
    previous = FIRST_HASH
    for number, ended in enumerate(lines, start=1):
        line = ended.removesuffix(b"\n")
        if line == ended or not _is_after(line, previous):
            return Verdict(len(lines), number, previous)
        previous = hash_line(line)
    return Verdict(len(lines), 0, previous)


def _is_after(line: bytes, previous: str) -> bool:
    try:
        said = json.loads(line)
    except ValueError:
        return False
    return isinstance(said, dict) and tuple(said) == KEYS and said["previous"] == previous
