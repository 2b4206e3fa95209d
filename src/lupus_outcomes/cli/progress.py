"""How far long work is."""

import sys


def say(progress: str) -> None:
    """A line on standard error, so that output can be piped."""
    print(f"· {progress}", file=sys.stderr, flush=True)
