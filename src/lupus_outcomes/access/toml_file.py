"""Files that whoever runs the server writes by hand."""

import tomllib
from pathlib import Path
from typing import Any

from lupus_outcomes.errors import UnreadableError


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises
    ------
    UnreadableError
        It cannot be read, or is none; the message names the file and nothing in it.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        reason = problem.strerror or "cannot be opened"
        raise UnreadableError(f"{path.name}: {reason}. Check path and permissions.") from None
    except ValueError:
        raise UnreadableError(f"{path.name} is no TOML. See docs/deployment.md.") from None
