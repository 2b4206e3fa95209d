"""What is there to stay is left out of the search for garbage: libraries, datasets, cohorts.

Streamlit searches after every run of a page, and through all of that it would take longer than the
page itself. What is let go is freed all the same unless it is part of a cycle.
"""

import gc

_has_come = True


def note() -> None:
    """Something has come to stay."""
    global _has_come
    _has_come = True


def settle() -> None:
    """Leave out what has come since; at the beginning of a run, for Streamlit has just searched."""
    global _has_come
    if _has_come:
        gc.freeze()
        gc.enable()
        _has_come = False
