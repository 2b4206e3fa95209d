"""TOML that somebody else wrote, parsed within bounds."""

import re
import tomllib
from typing import Any

from lupus_outcomes.errors import UnreadableError

# The parser's work grows with the square of the parts of a key; no key of ours has more than three.
VERY_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){50}""")


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The content of a file called ``name``.

    Raises
    ------
    UnreadableError
        It is no TOML, or more than a person would write.
    """
    if VERY_LONG_KEY.search(text):
        raise UnreadableError(f"{name} has a key of very many parts. Shorten it.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UnreadableError(f"{name}: {problem}. Correct that line.") from None
    except RecursionError:
        raise UnreadableError(f"{name} is nested too deep. Write it anew.") from None
    except ValueError:
        raise UnreadableError(f"{name} has a number of too many digits. Shorten it.") from None
