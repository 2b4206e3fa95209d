"""What a column of a result gives away, and so how it is released: the vocabulary of ``kinds``."""

from dataclasses import dataclass
from itertools import chain

GROUP = ("group", "level")


@dataclass(frozen=True, slots=True)
class Share:
    """Some people of others: computed anew from both rounded; Wilson limits.

    Without ``value`` it says only that one is part of the other.
    """

    part: str
    of: str
    value: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """Who has had an event by then, read from a curve. ``also``: the same by another name.

    ``part`` counts them. With fewer than 8, or none, nothing is said.
    """

    part: str
    value: str
    low: str
    high: str
    is_falling: bool = False
    also: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """Events by person-time, both rounded; Garwood limits. Per 100 patient-years."""

    events: str
    time: str
    value: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Described:
    """Means, medians and their limits of enough people, to so many decimals."""

    of: str
    columns: tuple[str, ...]
    digits: int


@dataclass(frozen=True, slots=True)
class Partition:
    """A count that adds up over a column. ``total``: the column of the whole, else it is elsewhere.

    Where it adds up is seen in the counts: levels that overlap do not.
    """

    over: str
    part: str
    total: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """One row that is made of others, by the values of a column.

    ``people`` can be in several of them, ``events`` are in one.
    """

    column: str
    whole: str
    parts: tuple[str, ...]
    people: str
    events: str


@dataclass(frozen=True, slots=True)
class Says:
    """Which row of a released table is told in a sentence, and how."""

    label: str
    part: str
    of: str
    value: str
    low: str = ""
    high: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """The columns of a result by what they give away.

    ``counts``: of people or events. ``required``: those without which a row is left out.
    ``at_risk``: a count that must reach 10. ``times``: person-years. ``ranked_by``: the count that
    orders the rows. ``day``: the column of a curve's days, ``median``: of the month in which it
    reaches one half, read from the released curve. ``has_rows``: without, nothing of it is
    released, and what it is a part of is shown without it.
    """

    labels: tuple[str, ...]
    counts: tuple[str, ...]
    required: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    risks: tuple[Risk, ...] = ()
    rates: tuple[Rate, ...] = ()
    described: tuple[Described, ...] = ()
    partitions: tuple[Partition, ...] = ()
    covers: tuple[Cover, ...] = ()
    at_risk: str = ""
    times: tuple[str, ...] = ()
    ranked_by: str = ""
    day: str = ""
    median: str = ""
    has_rows: bool = True
    says: Says | None = None

    @property
    def released(self) -> frozenset[str]:
        """Every column that is not withheld."""
        estimates = (
            *((s.value, s.low, s.high) for s in self.shares),
            *((r.value, r.low, r.high, r.also) for r in self.risks),
            *((r.value, r.low, r.high) for r in self.rates),
            *(d.columns for d in self.described),
        )
        named = (*self.labels, *self.counts, *self.times, self.day, self.median, "summary")
        return frozenset(chain(named, *estimates))
