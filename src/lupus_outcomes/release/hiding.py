"""The counts of a table as cells with what ties them, and which of them are hidden."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.release.roles import GROUP, Cover, Kind, Partition
from lupus_outcomes.release.rounding import (
    FEWEST_DESCRIBED,
    highest_behind,
    is_small,
    lowest_behind,
    round_to_five,
)
from lupus_outcomes.release.suppression import Cells, Mask, Sum, hide_cells

ALL = "all"


def find_hidden(table: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Which counts of a table are hidden, a column for each.

    All patients together are decided first, and no grouping changes it: the same numbers stand in
    other tables. A count of levels that are compared is shown of all of them or of none: of all,
    when it is small in none of them, nor what is left of the count that it is a part of, and when
    their sum does not tell the count of all patients more closely than that is released.
    """
    if "group" not in table.columns:
        return _hide_in_whole(table, kind)
    is_level = table["group"] != ALL
    of_all = _hide_in_whole(table[~is_level], kind)
    of_levels = _hide_in_levels(table, kind)[is_level]
    return pd.concat([of_all, of_levels]).loc[table.index]


def _hide_in_levels(table: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    is_level = (table["group"] != ALL).to_numpy()
    delicate = _is_delicate(table, kind)
    for share in kind.shares:
        delicate[share.part] |= is_small(table[share.of] - table[share.part])
    delicate[~is_level] = False
    over = {partition.over for partition in kind.partitions}
    keys = [name for name in (*kind.labels, kind.day) if name not in ("", *GROUP, *over)]
    block = _number(table, keys)
    for name in {share.of for share in kind.shares}:
        delicate[name] |= _narrows_whole(table[name], block, is_level)
    return _with_parts(delicate.groupby(block.to_numpy()).transform("any"), kind)


def _number(table: pd.DataFrame, keys: list[str]) -> pd.Series:
    """The rows that are compared have one number."""
    if not keys:
        return pd.Series(0, index=table.index)
    return table.groupby(keys, dropna=False, sort=False).ngroup()


def _narrows_whole(counts: pd.Series, block: pd.Series, is_level: Mask) -> NDArray[np.bool_]:
    """Where the levels of a block tell more of all patients' count than its own rounding does."""
    shown = round_to_five(counts)
    known = pd.DataFrame(
        {"count": counts, "low": lowest_behind(shown), "high": highest_behind(shown)}
    ).set_axis(block, axis=0)
    whole = known[~is_level].groupby(level=0).first()
    parts = known[is_level].groupby(level=0).sum().reindex(whole.index)
    is_narrower = parts["low"] > whole["low"]
    is_narrower |= (parts["count"] == whole["count"]) & (parts["high"] < whole["high"])
    # Levels that overlap add up to nothing.
    is_narrower &= parts["count"] <= whole["count"]
    return is_narrower.reindex(block, fill_value=False).to_numpy(dtype=np.bool_)


def _hide_in_whole(table: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    tied = _Tied(table.reset_index(drop=True), kind)
    return tied.hide().set_index(table.index)


def _is_delicate(table: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Counts that are hidden each by itself, a column for each."""
    counts = table[list(kind.counts)]
    delicate = pd.DataFrame(is_small(counts), columns=counts.columns, index=table.index)
    delicate |= _hides_none(table, kind) & (counts == 0)
    if kind.at_risk:
        delicate[kind.at_risk] |= counts[kind.at_risk] < FEWEST_DESCRIBED
    return delicate


def _hides_none(table: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Where none is hidden like few: in curves, and in rows that make up another.

    Two hidden rows that were known not to be none would make up at least two.
    """
    hides = pd.DataFrame(False, columns=list(kind.counts), index=table.index)
    hides[[risk.part for risk in kind.risks]] = True
    if kind.at_risk:
        hides[kind.at_risk] = True
    for cover in kind.covers:
        is_made = table[cover.column].isin([cover.whole, *cover.parts])
        hides.loc[is_made, [cover.people, cover.events]] = True
    return hides


def _with_parts(hidden: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """A part is hidden with what it is a part of; shares are declared from the part upwards."""
    hidden = hidden.copy()
    for _ in kind.shares:
        for share in kind.shares:
            hidden[share.part] |= hidden[share.of]
    return hidden


@dataclass
class _Tied:
    """The counts of a table in one line, column by column, then counts from elsewhere.

    ``elsewhere``: how many, and whether another table tells it.
    """

    table: pd.DataFrame
    kind: Kind
    sums: list[Sum] = field(default_factory=list)
    elsewhere: list[tuple[float, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        numbers = self.table[list(self.kind.counts)].to_numpy(dtype=np.float64)
        self.counts = np.nan_to_num(numbers).T.ravel()
        self.place = {name: i * len(self.table) for i, name in enumerate(self.kind.counts)}
        for partition in self.kind.partitions:
            self._tie_partition(partition)
        for cover in self.kind.covers:
            self._tie_cover(cover)
        for share in self.kind.shares:
            for row in range(len(self.table)):
                self._tie(self._cell(row, share.of), [self._cell(row, share.part)])

    def hide(self) -> pd.DataFrame:
        """Which counts are hidden."""
        delicate = _is_delicate(self.table, self.kind)
        hidden = _with_parts(delicate, self.kind)
        while True:
            found = hide_cells(self._cells, self._in_line(hidden))
            more = _with_parts(self._in_columns(found), self.kind)
            if more.equals(hidden):
                return hidden
            hidden = more

    @property
    def _cells(self) -> Cells:
        own, more = len(self.counts), len(self.elsewhere)
        hides_none = _hides_none(self.table, self.kind).to_numpy(dtype=np.bool_).T.ravel()
        return Cells(
            counts=np.append(self.counts, [count for count, _ in self.elsewhere]),
            sums=tuple(self.sums),
            is_told=np.append(np.full(own, True), [told for _, told in self.elsewhere]) > 0,
            is_fixed=np.append(np.full(own, False), np.full(more, True)),
            hides_none=np.append(hides_none, np.full(more, False)) > 0,
        )

    def _in_line(self, hidden: pd.DataFrame) -> Mask:
        own = hidden.to_numpy(dtype=np.bool_).T.ravel()
        return np.append(own, np.full(len(self.elsewhere), False))

    def _in_columns(self, hidden: Mask) -> pd.DataFrame:
        own = hidden[: len(self.counts)].reshape(len(self.kind.counts), -1).T
        return pd.DataFrame(own, columns=list(self.kind.counts), index=self.table.index)

    def _cell(self, row: int, column: str) -> int:
        return self.place[column] + row

    def _add(self, count: float, is_told: bool) -> int:
        self.elsewhere.append((count, is_told))
        return len(self.counts) + len(self.elsewhere) - 1

    def _tie(self, whole: int, parts: Sequence[int]) -> None:
        """A whole and parts that may leave a rest; parts that overlap tell nothing of a rest."""
        rest = self.counts[whole] - self.counts[list(parts)].sum()
        # One part alone always has another: those who are not in it, be they none.
        if rest > 0 or (rest == 0 and len(parts) == 1):
            parts = [*parts, self._add(rest, is_told=False)]
        if rest >= 0:
            self.sums.append(Sum(whole, tuple(parts)))

    def _tie_partition(self, partition: Partition) -> None:
        for rows in self._blocks((partition.over,)):
            parts = [self._cell(row, partition.part) for row in rows]
            if partition.total:
                self._tie(self._cell(rows[0], partition.total), parts)
            else:
                total = self.counts[parts].sum()
                self.sums.append(Sum(self._add(total, not is_small(total)), tuple(parts)))

    def _tie_cover(self, cover: Cover) -> None:
        for rows in self._blocks((cover.column, "event")):
            by_value = {self.table[cover.column].iat[row]: row for row in rows}
            if {cover.whole, *cover.parts} <= set(by_value):
                at = [by_value[name] for name in cover.parts]
                parts = [self._cell(row, cover.people) for row in at]
                whole = self._cell(by_value[cover.whole], cover.people)
                if self.counts[whole] <= self.counts[parts].sum():
                    self.sums.append(Sum(whole, tuple(parts), overlaps=True))
                self._tie(
                    self._cell(by_value[cover.whole], cover.events),
                    [self._cell(row, cover.events) for row in at],
                )

    def _blocks(self, without: Sequence[str]) -> Iterator[list[int]]:
        """Rows that differ in these labels only."""
        keys = [name for name in self.kind.labels if name not in without]
        if not keys:
            yield list(range(len(self.table)))
            return
        found = self.table.groupby(keys, sort=False, dropna=False).indices
        yield from (list(rows) for rows in found.values())
