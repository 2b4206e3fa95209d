"""A file where the user wants it."""

from pathlib import Path

from lupus_outcomes.errors import UnreadableError


def write_file(path: Path, content: bytes) -> None:
    """Write it.

    Raises
    ------
    UnreadableError
        It cannot be written there.
    """
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise UnreadableError(f"{path}: {problem.strerror}. Choose another --out.") from None
