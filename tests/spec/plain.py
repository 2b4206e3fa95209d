"""Plain JSON values as the arrays of one patient that the indices work on, and back."""

import math

import numpy as np

from lupus_outcomes.indices.glucocorticoid import compute_prednisone_equivalent
from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN


def numbers(*values):
    """One array a patient; null is missing."""
    return np.array([np.nan if value is None else float(value) for value in values])


def condition(value):
    """True, false or null as a three-valued array of one."""
    code = UNKNOWN if value is None else TRUE if value else FALSE
    return np.array([code], dtype=np.int8)


def conditions(values):
    """Several conditions of one patient, shape (conditions, 1)."""
    return np.concatenate([condition(value) for value in values])[:, np.newaxis]


def score(total, largest):
    """A recorded total, or, where it is null, its whole range."""
    return Score(
        numbers(0 if total is None else total), numbers(largest if total is None else total)
    )


def truth(code):
    """A three-valued code, alone or in an array of one, as true, false or null."""
    return {1: True, 0: None, -1: False}[int(np.squeeze(code))]


def number(value):
    """A number, alone or in an array of one; missing is null."""
    value = float(np.squeeze(value))
    return None if math.isnan(value) else value


def numbers_list(values):
    """Several numbers, null where missing."""
    return [number(value) for value in np.atleast_1d(values)]


def words(position, vocabulary):
    """The word at a position; -1 is null."""
    position = int(np.squeeze(position))
    return None if position < 0 else vocabulary[position]


def simplified(name: str) -> str:
    """A name in lower case with underscores, so that spellings meet."""
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def find(name: str, aliases: dict[str, str]) -> str:
    """The value of the first alias that the name contains; an error when there is none."""
    wanted = simplified(name)
    for fragment, meaning in aliases.items():
        if fragment in wanted:
            return meaning
    raise LookupError(f"{name} is none of {', '.join(aliases)}")


def prednisone(inputs):
    """Prednisone equivalent, mg/day; no dose given is none taken."""
    gc = inputs.get("gc")
    if gc is not None:
        return compute_prednisone_equivalent(gc["drug"], numbers(gc["mg_day"]))
    return numbers(inputs.get("prednisone_mg_day", 0))
