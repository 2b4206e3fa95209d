"""Whether release mode gives a small count away: random tables attacked by an integer solver.

The attacker knows the rule, everything released, that levels and parts add up, and that nobody is
counted twice. Nothing of the product's own reasoning is used: its tables are taken as they come,
and ``scipy.optimize.milp`` finds the least and the most that each small count can be.

    python -m tests.proofs.disclosure [tables|pairs [TIMES]]    20,000 of each without a number
"""

import sys
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from lupus_outcomes.release.hiding import find_hidden
from lupus_outcomes.release.roles import Cover, Kind, Partition, Share

SMALL = range(1, 8)
GROUP = ("group", "level")
SHARES = Kind(
    labels=("endpoint", *GROUP), counts=("n", "r"), shares=(Share("r", "n", "proportion"),)
)
PARTS = Kind(
    labels=("part",),
    counts=("whole", "n"),
    shares=(Share("n", "whole", "proportion"),),
    partitions=(Partition("part", "n", "whole"),),
)
CROSSED = Kind(labels=("part", *GROUP), counts=("n",), partitions=(Partition("part", "n"),))
COVERED = Kind(
    labels=("part", *GROUP),
    counts=("people", "events"),
    covers=(Cover("part", "any", ("a", "b"), "people", "events"),),
)


@dataclass
class Attack:
    """What is known: whole numbers within bounds, and sums of them."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[dict[int, float]] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)

    def unknown(self) -> int:
        """A count of which nothing is known."""
        return self.released(None, np.nan)

    def released(self, count: float | None, hidden_from: float) -> int:
        """A count as a reader sees it; ``hidden_from``: the least a hidden one can be."""
        if count is None or np.isnan(count):
            known = (0 if np.isnan(hidden_from) else hidden_from, np.inf)
        else:
            shown = 5 * ((count + 2) // 5)
            known = (0, 0) if count == 0 else (max(8, shown - 2), shown + 2)
        self.low.append(known[0])
        self.high.append(known[1])
        return len(self.low) - 1

    def adds(self, whole: int, parts: list[int], least: float = 0, most: float = 0) -> None:
        """The whole less its parts lies between ``least`` and ``most``."""
        self.rows.append({whole: 1.0} | dict.fromkeys(parts, -1.0))
        self.row_low.append(least)
        self.row_high.append(most)

    def is_possible(self, cell: int, low: float, high: float) -> bool:
        """Whether a count can lie between two numbers with everything that is known."""
        n = len(self.low)
        matrix = np.zeros((len(self.rows), n))
        for at, row in enumerate(self.rows):
            matrix[at, list(row)] = list(row.values())
        lows, highs = np.array(self.low), np.array(self.high)
        lows[cell], highs[cell] = max(lows[cell], low), min(highs[cell], high)
        if lows[cell] > highs[cell]:
            return False
        sums = LinearConstraint(matrix, self.row_low, self.row_high)
        found = milp(
            np.zeros(n), bounds=Bounds(lows, highs), integrality=np.ones(n),
            constraints=[sums] if self.rows else (),
        )  # fmt: skip
        return found.status == 0

    def tells_small(self, cell: int) -> bool:
        """Whether a count is known to lie from 1 to 7."""
        above = self.is_possible(cell, 8, np.inf)
        return not above and not self.is_possible(cell, 0, 0)

    def narrows(self, cell: int) -> bool:
        """Whether a hidden cell cannot be each of 1 to 7 any more."""
        return not (self.is_possible(cell, 1, 1) and self.is_possible(cell, 7, 7))


def judge(attack: Attack, cells: pd.DataFrame) -> Counter:
    """Count what a table gives away; ``cells``: id, count, is_hidden and is_level a cell."""
    found: Counter = Counter()
    for cell in cells[cells["count"].isin(SMALL)].itertuples():
        found["small counts"] += 1
        if cell.is_told:
            found["small counts shown"] += 1
        elif cell.is_single:
            found["hidden one by one"] += 1
            found["narrowed"] += attack.narrows(cell.id)
        else:
            found["derivable"] += attack.tells_small(cell.id)
    return found


def attack_shares(random: np.random.Generator) -> Counter:
    """Some of others, in all and by level of one grouping."""
    level, responds = draw_people(random)
    table = shares_table(level, responds)
    hidden = find_hidden(table, SHARES)
    attack, cells = Attack(), []
    at: dict[tuple[int, str], int] = {}
    for row, column in ((r, c) for r in range(len(table)) for c in ("n", "r")):
        at[row, column] = add_cell(attack, cells, table, hidden, row, column)
    for row in range(len(table)):
        rest = attack.unknown()
        attack.adds(at[row, "n"], [at[row, "r"], rest])
        cells.append((rest, table["n"][row] - table["r"][row], False, False))
    for column in ("n", "r"):
        levels = [at[row, column] for row in range(1, len(table))]
        if levels:
            attack.adds(at[0, column], levels)
    return judge(attack, as_cells(cells))


def attack_parts(random: np.random.Generator) -> Counter:
    """Parts of a whole, such as centres or levels of a characteristic."""
    level, _ = draw_people(random)
    sizes = np.bincount(level)
    table = pd.DataFrame({"part": range(len(sizes)), "whole": len(level), "n": sizes})
    hidden = find_hidden(table, PARTS)
    attack, cells = Attack(), []
    whole = attack.released(len(level) if not hidden["whole"].any() else None, 1)
    parts = [add_cell(attack, cells, table, hidden, row, "n") for row in range(len(table))]
    attack.adds(whole, parts)
    return judge(attack, as_cells(cells))


def attack_crossed(random: np.random.Generator) -> Counter:
    """Parts by level of a grouping, with the totals of both."""
    level, _ = draw_people(random)
    part = random.choice(random.integers(2, 5), len(level), p=None)
    counts = pd.crosstab(part, level).reindex(columns=range(level.max() + 1), fill_value=0)
    rows = [("all", "all", counts.sum(axis=1)), *(("g", str(c), counts[c]) for c in counts)]
    table = pd.DataFrame(
        [(str(p), g, lev, n) for g, lev, ns in rows for p, n in ns.items()],
        columns=["part", *GROUP, "n"],
    )
    hidden = find_hidden(table, CROSSED)
    attack, cells = Attack(), []
    at = [add_cell(attack, cells, table, hidden, row, "n") for row in range(len(table))]
    for _, rows_of_level in table.groupby("level"):
        total = int(rows_of_level["n"].sum())
        # It stands in another table, where a small one is hidden.
        told = attack.released(None if total in SMALL else total, 0)
        attack.adds(told, [at[row] for row in rows_of_level.index])
    for _, of_part in table.groupby("part"):
        first, *others = of_part.index
        attack.adds(at[first], [at[row] for row in others])
    return judge(attack, as_cells(cells))


def attack_covered(random: np.random.Generator) -> Counter:
    """Any event, and the two kinds of it that a patient can both have."""
    size = random.integers(5, 60)
    a, b = random.poisson(random.uniform(0.05, 2), (2, size))
    counts = {"any": a + b, "a": a, "b": b}
    table = pd.DataFrame(
        [(k, "all", "all", int((v > 0).sum()), int(v.sum())) for k, v in counts.items()],
        columns=["part", *GROUP, "people", "events"],
    )
    hidden = find_hidden(table, COVERED)
    attack, cells = Attack(), []
    at = {
        (row, column): add_cell(attack, cells, table, hidden, row, column)
        for row in range(3)
        for column in ("people", "events")
    }
    attack.adds(at[0, "events"], [at[1, "events"], at[2, "events"]])
    attack.adds(at[0, "people"], [at[1, "people"]], 0, np.inf)
    attack.adds(at[0, "people"], [at[2, "people"]], 0, np.inf)
    attack.adds(at[0, "people"], [at[1, "people"], at[2, "people"]], -np.inf, 0)
    return judge(attack, as_cells(cells))


def attack_groupings(random: np.random.Generator) -> Counter:
    """Two tables of the same patients by different groupings, laid beside each other."""
    level, responds = draw_people(random)
    other = random.choice(random.integers(2, 4), len(level))
    attack, atoms = Attack(), {}
    for key in {(x, y, z) for x in set(level) for y in set(other) for z in (False, True)}:
        atoms[key] = attack.unknown()
    for place, grouping in enumerate((level, other)):
        table = shares_table(grouping, responds)
        hidden = find_hidden(table, SHARES)
        for row, column in ((r, c) for r in range(len(table)) for c in ("n", "r")):
            cell = add_cell(attack, [], table, hidden, row, column)
            wanted = table["level"][row]
            parts = [
                atom
                for key, atom in atoms.items()
                if (wanted == "all" or str(key[place]) == wanted) and (column == "n" or key[2])
            ]
            attack.adds(cell, parts)
    counts = Counter(zip(level.tolist(), other.tolist(), responds.tolist(), strict=True))
    small = [key for key in atoms if counts[key] in SMALL]
    chosen = [small[at] for at in random.permutation(len(small))[:3]]
    cells = [(atoms[key], counts[key], False, False) for key in chosen]
    return judge(attack, as_cells(cells))


def attack_filters(random: np.random.Generator) -> Counter:
    """Two nested filters as if they were possible: only the rule stands before the difference."""
    whole, fewer = random.integers(8, 400), random.integers(0, 15)
    attack = Attack()
    counts = [whole, max(whole - fewer, 0)]
    first, second = (attack.released(None if n in SMALL else n, 1) for n in counts)
    rest = attack.unknown()
    attack.adds(first, [second, rest])
    return judge(attack, as_cells([(rest, counts[0] - counts[1], False, False)]))


def draw_people(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Levels, often with a rare one, and who responds, of a cohort of any size."""
    size, n_levels = int(random.integers(8, 250)), int(random.integers(2, 6))
    weights = random.dirichlet(np.full(n_levels, random.uniform(0.3, 3)))
    level = np.unique(random.choice(n_levels, size, p=weights), return_inverse=True)[1]
    return level, random.random(size) < random.choice([0.05, 0.3, 0.5, 0.95])


def shares_table(level: np.ndarray, responds: np.ndarray) -> pd.DataFrame:
    """All and each level: how many, how many of them respond."""
    rows = [("e", "all", "all", len(level), int(responds.sum()))]
    for one in np.unique(level):
        mine = level == one
        rows.append(("e", "g", str(one), int(mine.sum()), int(responds[mine].sum())))
    return pd.DataFrame(rows, columns=["endpoint", *GROUP, "n", "r"])


def add_cell(
    attack: Attack,
    cells: list[tuple],
    table: pd.DataFrame,
    hidden: pd.DataFrame,
    row: int,
    column: str,
) -> int:
    """One count of a table, as it is released."""
    count, is_hidden = int(table[column][row]), bool(hidden[column][row])
    is_level = "group" in table and table["group"][row] != "all"
    is_one = not is_level and column not in ("people", "events")
    cell = attack.released(None if is_hidden else count, 1 if is_one else 0)
    cells.append((cell, count, not is_hidden, is_hidden and not is_level))
    return cell


def as_cells(cells: list[tuple]) -> pd.DataFrame:
    """Id, true count, whether it is told, whether it is hidden one by one."""
    return pd.DataFrame(cells, columns=["id", "count", "is_told", "is_single"])


KINDS_OF_ATTACK = {
    "tables": (attack_shares, attack_parts, attack_crossed, attack_covered),
    "pairs": (attack_groupings, attack_filters),
}
FIGURES = ("small counts", "small counts shown", "hidden one by one", "narrowed", "derivable")


def prove(what: str, times: int, seed: int = 1) -> Counter:
    """Attack random tables in turn; gives what was found in all."""
    random, attacks = np.random.default_rng(seed), KINDS_OF_ATTACK[what]
    return sum((attacks[at % len(attacks)](random) for at in range(times)), Counter())


if __name__ == "__main__":
    asked = sys.argv[1:2] or list(KINDS_OF_ATTACK)
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    for what in asked:
        found = prove(what, times)
        print(f"{times:,} {what}: " + ", ".join(f"{name} {found[name]:,}" for name in FIGURES))
