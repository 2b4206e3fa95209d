"""The audit log: whole whoever writes, and any change of it is seen."""

import datetime as dt
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from lupus_outcomes.access.audit import (
    FIRST_HASH,
    KEYS,
    Event,
    append_event,
    check_writable,
    hash_line,
    verify_log,
)
from lupus_outcomes.cli import main
from lupus_outcomes.errors import AuditError, UnreadableError

VIEW = Event("0f1e", "viewer", "view", "Remission", ("sex", "centre"))
DAY = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)


@pytest.fixture
def log(tmp_path):
    """A log of six lines."""
    path = tmp_path / "audit.jsonl"
    for number in range(6):
        append_event(path, Event("0f1e", "viewer", "download", "Flares", (), f"{number}.csv"))
    return path


def test_a_line_says_who_did_what_when(tmp_path):
    path = tmp_path / "audit.jsonl"
    append_event(path, VIEW, DAY)
    (line,) = path.read_text().splitlines()
    assert json.loads(line) == {
        "time": "2026-06-30T12:00:00.000Z",
        "reader": "0f1e",
        "role": "viewer",
        "event": "view",
        "page": "Remission",
        "filters": ["sex", "centre"],
        "result": "",
        "previous": FIRST_HASH,
    }


def test_each_line_seals_the_one_before(log):
    lines = log.read_bytes().splitlines()
    previous = [json.loads(line)["previous"] for line in lines]
    assert previous == [FIRST_HASH, *map(hash_line, lines[:-1])]
    found = verify_log(log)
    assert (found.n_lines, found.broken_line) == (6, 0)
    assert found.last_hash == hash_line(lines[-1])


def test_it_is_its_owners_only(log):
    assert log.stat().st_mode & 0o077 == 0


def changed(lines: list[bytes]) -> dict[str, tuple[list[bytes], int]]:
    """What can be done to a log, and the first line that tells."""
    said = json.loads(lines[2])
    return {
        "a word": ([*lines[:2], lines[2].replace(b"viewer", b"nobody"), *lines[3:]], 4),
        "a line taken out": ([*lines[:2], *lines[3:]], 3),
        "a line put in": ([*lines[:2], lines[1], *lines[2:]], 3),
        "two lines in another order": ([lines[0], lines[2], lines[1], *lines[3:]], 2),
        "the first line taken out": (lines[1:], 1),
        "a line that is none": ([*lines[:4], b"7", *lines[4:]], 5),
        "an empty line": ([*lines[:4], b"", *lines[4:]], 5),
        "a key more": ([*lines[:2], json.dumps(said | {"x": 1}).encode(), *lines[3:]], 3),
        "a list": ([*lines[:2], json.dumps(list(KEYS)).encode(), *lines[3:]], 3),
        "no text": ([*lines[:2], b"\xff\xfe", *lines[3:]], 3),
    }


CHANGES = tuple(changed([b'{"viewer": 1}'] * 6))


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_at_its_line(log, case):
    lines, first = changed(log.read_bytes().splitlines())[case]
    log.write_bytes(b"\n".join(lines) + b"\n")
    assert verify_log(log).broken_line == first


def test_a_changed_last_line_has_another_hash(log):
    before = verify_log(log).last_hash
    log.write_bytes(log.read_bytes().replace(b"5.csv", b"6.csv"))
    assert verify_log(log).last_hash != before


def test_lines_cut_off_leave_another_hash(log):
    before = verify_log(log).last_hash
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    assert verify_log(log).last_hash != before


def test_a_torn_line_is_left_to_be_seen(log):
    with log.open("ab") as torn:
        torn.write(b'{"time":"2026')
    assert verify_log(log).broken_line == 7
    append_event(log, VIEW)
    assert verify_log(log).broken_line == 7
    assert json.loads(log.read_bytes().splitlines()[-1])["page"] == "Remission"


def test_many_threads_write_one_chain(tmp_path):
    path = tmp_path / "audit.jsonl"
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: append_event(path, Event(str(n), "viewer", "view")), range(200)))
    found = verify_log(path)
    assert (found.n_lines, found.broken_line) == (200, 0)
    readers = {json.loads(line)["reader"] for line in path.read_bytes().splitlines()}
    assert len(readers) == 200


def test_what_cannot_be_written_is_an_error(tmp_path):
    path = tmp_path / "nowhere" / "audit.jsonl"
    with pytest.raises(AuditError, match="cannot be written"):
        append_event(path, VIEW)
    with pytest.raises(AuditError, match="cannot be written"):
        check_writable(path)


def test_a_full_disk_leaves_no_half_line(log, monkeypatch):
    whole = log.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(AuditError, match="No space left"):
            append_event(log, VIEW)
    assert log.read_bytes() == whole
    append_event(log, VIEW)
    assert verify_log(log).broken_line == 0


def test_the_command_tells(log, capsys):
    assert main(["audit", str(log)]) == 0
    assert f"6 lines, none changed; the last has the hash {verify_log(log).last_hash}" in (
        capsys.readouterr().out
    )
    log.write_bytes(log.read_bytes().replace(b"2.csv", b"9.csv"))
    assert main(["audit", str(log)]) == 1
    assert capsys.readouterr().out == "line 4 of 6 does not follow the one before it\n"


def test_a_log_that_is_not_there(tmp_path):
    with pytest.raises(UnreadableError, match="Give an audit log"):
        verify_log(tmp_path / "audit.jsonl")
