"""The command line: the same functions as the pages, for scripts and for checking."""

import os
import sys
from collections.abc import Sequence

from lupus_outcomes.cli.arguments import make_parser
from lupus_outcomes.errors import LupusOutcomesError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. A user's mistake is one line, no traceback."""
    try:
        chosen = make_parser().parse_args(arguments)
        status = chosen.run(chosen)
        if sys.stdout:
            sys.stdout.flush()  # here, where a full disk or a reader who has gone can be told
    except LupusOutcomesError as mistake:
        print(f"lupus-outcomes: {' '.join(str(mistake).split())}", file=sys.stderr)
        return mistake.exit_status
    except KeyboardInterrupt:
        return 130
    except OSError as problem:
        return _output_failed(problem)
    return status


def _output_failed(problem: OSError) -> int:
    """The output cannot be written: say so, but not to a reader who has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(problem, BrokenPipeError):
        print(f"lupus-outcomes: {problem.strerror}. Free some space.", file=sys.stderr)
    return 1
