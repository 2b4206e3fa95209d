"""Which cells to hide so that no small count can be had from the others by subtraction.

Everything a reader can know is written down as intervals and sums: a released count lies within
its rounding, a hidden one is at least 1, a count that no table has is at least 0. A hidden cell is
safe when it can still be anything from 1 to 7; a count that no table has, when it need not lie
there. Until all are safe, the smallest released neighbour is hidden, too.

The sums form trees, two cells being tied in one way only: there, narrowing one sum after another
until nothing changes gives exactly what can be known.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.release.rounding import (
    LARGEST_HIDDEN,
    highest_behind,
    is_small,
    lowest_behind,
    round_to_five,
)

Mask = NDArray[np.bool_]
MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Sum:
    """A cell and those it is made of, by position.

    ``overlaps``: one person can be in several parts. The whole is then at least each of them and
    at most all together.
    """

    whole: int
    parts: tuple[int, ...]
    overlaps: bool = False

    @property
    def cells(self) -> tuple[int, ...]:
        """The whole, then its parts."""
        return (self.whole, *self.parts)


@dataclass(frozen=True)
class Cells:
    """Counts and what ties them.

    ``is_told``: in the table, or known from another. ``is_fixed``: from another, not to be hidden.
    ``hides_none``: 0 is hidden like a small count, and cannot be told from one.
    """

    counts: Numbers
    sums: tuple[Sum, ...]
    is_told: Mask
    is_fixed: Mask
    hides_none: Mask

    @property
    def is_small(self) -> Mask:
        """Hidden each by itself."""
        return is_small(self.counts) | (self.hides_none & (self.counts == 0))


@dataclass
class Ranges:
    """What each cell may be."""

    low: Numbers
    high: Numbers


def hide_cells(cells: Cells, hidden: Mask) -> Mask:
    """``hidden`` with what is small and with what must be hidden besides."""
    hidden = hidden | (cells.is_small & cells.is_told & ~cells.is_fixed)
    for sums in _connected(cells):
        _hide_connected(cells, sums, hidden)
    return hidden


def _hide_connected(cells: Cells, sums: Sequence[Sum], hidden: Mask) -> None:
    """Hide in place until all cells of these sums are safe."""
    members = np.unique([cell for one in sums for cell in one.cells])
    # A count that no table has and that is not small may be told: it lies in its own range.
    is_untold = ~cells.is_told[members] & is_small(cells.counts[members])
    while (is_delicate := hidden[members] | is_untold).any():
        known = propagate(what_is_known(cells, hidden), sums)
        exposed = [c for c in members[is_delicate] if not is_safe(known, c, bool(hidden[c]))]
        chosen = _choose_next(cells, sums, hidden, exposed[0]) if exposed else None
        if chosen is None:
            return
        hidden[chosen] = True


def is_safe(known: Ranges, cell: int, is_hidden: bool) -> bool:
    """Whether a small count stays unknown; a count that is known to be none needs no care."""
    low, high = known.low[cell], known.high[cell]
    if is_hidden:
        return (low <= 1 and high >= LARGEST_HIDDEN) or high <= 0
    return low < 1 or high > LARGEST_HIDDEN


def what_is_known(cells: Cells, hidden: Mask) -> Ranges:
    """What the released cells say, each by itself."""
    shown = round_to_five(cells.counts)
    is_one = hidden & ~cells.hides_none
    low = np.where(is_one, 1.0, np.where(cells.is_told & ~hidden, lowest_behind(shown), 0.0))
    is_open = hidden | ~cells.is_told
    return Ranges(low, np.where(is_open, np.inf, highest_behind(shown)))


def propagate(known: Ranges, sums: Sequence[Sum]) -> Ranges:
    """Ranges narrowed by every sum until nothing changes."""
    low, high = known.low.copy(), known.high.copy()
    for _ in range(MOST_ROUNDS):
        before = low.sum(), np.minimum(high, 1e12).sum()
        for one in sums:
            _narrow(low, high, one)
        if before == (low.sum(), np.minimum(high, 1e12).sum()):
            break
    return Ranges(low, high)


def _narrow(low: Numbers, high: Numbers, one: Sum) -> None:
    whole, parts = one.whole, list(one.parts)
    lows, highs = low[parts], high[parts]
    least = lows.max() if one.overlaps else lows.sum()
    low[whole] = max(low[whole], least)
    high[whole] = min(high[whole], highs.sum())
    n_open, finite = np.isinf(highs).sum(), highs[~np.isinf(highs)].sum()
    for part, its_low, its_high in zip(parts, lows, highs, strict=True):
        others_open = n_open - np.isinf(its_high)
        if not others_open:
            others = finite - (0.0 if np.isinf(its_high) else its_high)
            low[part] = max(low[part], low[whole] - others)
        rest = 0.0 if one.overlaps else lows.sum() - its_low
        high[part] = min(high[part], high[whole] - rest)


def _choose_next(cells: Cells, sums: Sequence[Sum], hidden: Mask, exposed: int) -> int | None:
    """The smallest released cell beside an exposed one, a part sooner than a whole."""
    can_be = cells.is_told & ~cells.is_fixed & ~hidden & (cells.counts > 0)
    beside = [one for one in sums if exposed in one.cells]
    for among in (
        [part for one in beside for part in one.parts],
        [one.whole for one in beside],
        [cell for one in sums for cell in one.cells],
    ):
        candidates = [cell for cell in among if can_be[cell]]
        if candidates:
            return min(candidates, key=lambda cell: cells.counts[cell])
    return None


def _connected(cells: Cells) -> Iterator[list[Sum]]:
    """The sums in sets that share no cell."""
    root: dict[int, int] = {}

    def find(cell: int) -> int:
        while root.setdefault(cell, cell) != cell:
            root[cell] = root[root[cell]]
            cell = root[cell]
        return cell

    for one in cells.sums:
        for part in one.parts:
            root[find(part)] = find(one.whole)
    sets: dict[int, list[Sum]] = defaultdict(list)
    for one in cells.sums:
        sets[find(one.whole)].append(one)
    yield from sets.values()
