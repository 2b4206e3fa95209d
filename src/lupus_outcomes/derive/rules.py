"""Answering a declared rule for whole columns, three-valued: unknown is not false.

A total with missing descriptors is known within bounds; a limit is decided by these where it can
be.
"""

from collections.abc import Container
from typing import Protocol, assert_never

import numpy as np

from lupus_outcomes import protocol as rule_of
from lupus_outcomes.indices.three_valued import (
    UNKNOWN,
    Numbers,
    ThreeValued,
    at_least,
    at_least_within,
    at_most_within,
    every,
    fallen_by,
    negate,
    some,
)


class RuleColumns(Protocol):
    """Where a rule finds its columns: visits, or patients."""

    def state(self, name: str) -> ThreeValued: ...
    def number(self, name: str) -> Numbers: ...
    def bounds(self, name: str) -> tuple[Numbers, Numbers]: ...
    def baseline(self, name: str) -> Numbers: ...
    def is_known(self, name: str) -> ThreeValued: ...
    def is_one_of(self, name: str, codes: tuple[str, ...]) -> ThreeValued: ...
    def recorded(self, criterion: str) -> ThreeValued: ...


def answer(rule: rule_of.Rule, columns: RuleColumns) -> ThreeValued:  # noqa: C901
    """Whether the rule holds, row by row."""
    # One branch a word of protocol.py; a new word without a branch fails the type check.
    match rule:
        case rule_of.State(name):
            return columns.state(name)
        case rule_of.Known(name):
            return columns.is_known(name)
        case rule_of.AtMost(name, limit):
            return at_most_within(*columns.bounds(name), limit)
        case rule_of.Below(name, limit):
            return negate(at_least_within(*columns.bounds(name), limit))
        case rule_of.AtLeast(name, limit):
            return at_least_within(*columns.bounds(name), limit)
        case rule_of.Above(name, limit):
            return negate(at_most_within(*columns.bounds(name), limit))
        case rule_of.OneOf(name, codes):
            return columns.is_one_of(name, codes)
        case rule_of.Fallen(name, fraction):
            return fallen_by(columns.baseline(name), columns.number(name), fraction)
        case rule_of.Risen(name, by):
            return at_least(np.round(columns.number(name) - columns.baseline(name), 2), by)
        case rule_of.Recorded(criterion):
            return columns.recorded(criterion)
        case rule_of.Every(rules):
            return every(*(answer(part, columns) for part in rules))
        case rule_of.Some(rules):
            return some(*(answer(part, columns) for part in rules))
        case rule_of.Not(part):
            return negate(answer(part, columns))
        case _:
            assert_never(rule)


def decided(holds: np.ndarray) -> ThreeValued:
    """A plain condition, never unknown, as three-valued."""
    return holds.view(np.int8) * np.int8(2) - np.int8(1)


def bounds_among(columns: Container[str], name: str) -> tuple[str, str]:
    """The columns that hold the bounds of a total; the column itself where it has none."""
    low, high = f"{name}_low", f"{name}_high"
    return (low, high) if low in columns and high in columns else (name, name)


def unknown(n_rows: int) -> ThreeValued:
    """As many unknowns."""
    return np.full(n_rows, UNKNOWN, dtype=np.int8)
