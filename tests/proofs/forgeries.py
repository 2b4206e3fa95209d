"""What may be changed in a stamp by somebody who wishes that it said otherwise.

When it was made cannot be told from the data, so a changed time shows by the seal alone.
"""

from collections.abc import Callable
from typing import Any

from lupus_outcomes.paths import RELEASE
from lupus_outcomes.release.disclosure import CLOSED

Content = dict[str, Any]
Forgery = Callable[[Content], Content]


def _recipe(**changed) -> Forgery:
    return lambda content: content | {"recipe": content["recipe"] | changed}


def _set(name: str, value) -> Forgery:
    return lambda content: content | {name: value}


def _without(name: str) -> Forgery:
    return lambda content: {key: value for key, value in content.items() if key != name}


FORGERIES: dict[str, Forgery] = {
    "another finding": lambda c: c | {"finding": c["finding"] + " It is significant."},
    "more patients": lambda c: c | {"n_patients": c["n_patients"] + 1},
    "other numbers": lambda c: c | {"table_sha256": c["table_sha256"][::-1]},
    "other data": lambda c: c | {"dataset_sha256": c["dataset_sha256"][::-1]},
    "another title": _set("dataset_title", "A registry"),
    "no longer synthetic": lambda c: c | {"is_synthetic": not c["is_synthetic"]},
    "another study": _set("study", "nct05835310"),
    "another data cut": _set("data_cut", "2024-06-30"),
    "another population": _set("population", "everybody"),
    "another filter": _set("filters", '{"sex": ["male"]}'),
    "other words of the filter": _set("filters_in_words", "Sex: male"),
    "a version to come": _set("product_version", "9.9"),
    "other libraries": lambda c: c | {"packages": c["packages"] | {"pandas": "9.9"}},
    "another choice in words": lambda c: c | {"view": c["view"] | {"handling": "as we like it"}},
    "another analysis": _recipe(analysis="baseline"),
    "another grouping": lambda c: _recipe(
        group=None if c["recipe"]["group"] == "smoking" else "smoking"
    )(c),
    "another definition": _recipe(definitions={"doris": {"glucocorticoid": "<5"}}),
    "other centres": _recipe(centres=["Nowhere"]),
    "another mode": lambda c: c | {"disclosure": RELEASE if c["disclosure"] == CLOSED else CLOSED},
    "another id": lambda c: c | {"id": c["id"][::-1]},
    "no finding": _without("finding"),
    "no recipe": _without("recipe"),
    "no data": _without("dataset_sha256"),
    "a mode of their own": _set("disclosure", "open"),
    "numbers for words": _set("filters", 7),
}
