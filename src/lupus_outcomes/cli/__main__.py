"""``python -m lupus_outcomes.cli``, where the command is not on the path."""

import sys

from lupus_outcomes.cli import main

if __name__ == "__main__":
    sys.exit(main())
