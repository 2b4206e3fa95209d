"""Drawing tiny patients: what is present, absent and unknown, in a line of text."""

import numpy as np

from lupus_outcomes.indices import bilag
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS

CODES = {"+": 1, "?": 0, "-": -1}


def three(signs):
    """``"+ - ?"`` is true, false, unknown."""
    return np.array([CODES[sign] for sign in signs.split()], dtype=np.int8)


def signs(codes):
    """Three-valued codes as they are drawn."""
    return " ".join("-?+"[code + 1] for code in np.atleast_1d(codes))


def numbers(text):
    """``"1.5 . 3"`` is 1.5, missing, 3."""
    return np.array([np.nan if word == "." else float(word) for word in text.split()])


def descriptors(*visits):
    """A visit each: present descriptors by name, unknown ones with a question mark behind."""
    columns = []
    for visit in visits:
        names = visit.split()
        columns.append([1 if i in names else 0 if f"{i}?" in names else -1 for i in DESCRIPTOR_IDS])
    return np.array(columns, dtype=np.int8).T


def grades(*visits):
    """A visit each: ``"A B . ."`` grades in the order of the systems, the rest never involved."""
    codes = np.full((len(bilag.SYSTEMS), len(visits)), bilag.E)
    for column, visit in enumerate(visits):
        for row, letter in enumerate(visit.split()):
            codes[row, column] = bilag.MISSING if letter == "." else bilag.GRADES.index(letter)
    return codes
