"""A folder that is there whole or not at all, whenever the process is killed.

The new folder is built beside its place under a hidden name, forced to disk and exchanged with the
old one in a single step of the file system. Where the system knows no exchange (Windows, some
network drives) two renames follow each other, and a kill just between them leaves both folders
whole under their hidden names. What a kill leaves half under a hidden name lacks its key file,
without which nobody can take it for one that is whole.
"""

import ctypes
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

WORKING_DIRECTORY = -100  # AT_FDCWD
EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS: both are 2
LEFTOVER_SECONDS = 86_400  # a conversion takes seconds; after a day nobody is still writing


@contextmanager
def whole_folder(target: Path, key: str) -> Iterator[Path]:
    """A new folder to fill, which takes the place of ``target`` on leaving unless that fails.

    ``key``: the file without which it is nothing, to be written last; what is removed loses it
    first.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target, key)
    partial = target.with_name(f".{target.name}.partial-{secrets.token_hex(4)}")
    partial.mkdir()
    try:
        yield partial
        for file in partial.iterdir():
            _force_to_disk(file)
        _force_to_disk(partial)
        _put_in_place(partial, target, key)
        _force_to_disk(target.parent)
    finally:
        _remove(partial, key)


def _remove(folder: Path, key: str) -> None:
    with suppress(OSError):
        (folder / key).unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _remove_leftovers(target: Path, key: str) -> None:
    # A killed conversion leaves a hidden copy of patients' data; it must not stay for ever.
    for leftover in target.parent.glob(f".{target.name}.partial-*"):
        with suppress(FileNotFoundError):
            if time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS:
                _remove(leftover, key)


def _force_to_disk(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put_in_place(new: Path, target: Path, key: str) -> None:
    """Move ``new`` to ``target``; what was there is then at ``new``, or gone if it was empty."""
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        old = new.with_name(f"{new.name}-old")
        target.rename(old)
        new.rename(target)
        _remove(old, key)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two folders in one step; False where the system or the file system cannot."""
    if os.name == "nt":
        return False
    system = ctypes.CDLL(None)
    names = os.fsencode(first), os.fsencode(second)
    if hasattr(system, "renameat2"):
        done = system.renameat2(WORKING_DIRECTORY, names[0], WORKING_DIRECTORY, names[1], EXCHANGE)
    elif hasattr(system, "renamex_np"):
        done = system.renamex_np(names[0], names[1], EXCHANGE)
    else:
        return False
    return done == 0
