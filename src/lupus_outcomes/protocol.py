"""The vocabulary in which studies and endpoints are written: frozen, without behaviour.

A study is a ``Protocol`` literal, an outcome an ``Endpoint`` literal. What is attained at a visit,
who is in a denominator and who is eligible are all written as a ``Rule``; ``derive.rules`` knows
how to answer one for whole columns.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

DAYS_PER_MONTH = 30.4375

Handling = Literal["nri", "observed", "treatment_policy", "locf"]
IntervalMethod = Literal["wilson", "clopper_pearson"]


@dataclass(frozen=True, slots=True)
class State:
    """A three-valued column holds, for example a state derived at each visit."""

    column: str


@dataclass(frozen=True, slots=True)
class Known:
    """The column is filled; never unknown."""

    column: str


@dataclass(frozen=True, slots=True)
class AtMost:
    """``column <= limit``; a missing value is unknown."""

    column: str
    limit: float


@dataclass(frozen=True, slots=True)
class Below:
    """``column < limit``."""

    column: str
    limit: float


@dataclass(frozen=True, slots=True)
class AtLeast:
    """``column >= limit``."""

    column: str
    limit: float


@dataclass(frozen=True, slots=True)
class Above:
    """``column > limit``."""

    column: str
    limit: float


@dataclass(frozen=True, slots=True)
class OneOf:
    """A code is among those named."""

    column: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fallen:
    """Relative fall since baseline of at least ``fraction`` (inclusive); baseline 0 is unknown."""

    column: str
    fraction: float


@dataclass(frozen=True, slots=True)
class Risen:
    """Rise since baseline of at least ``by`` (inclusive)."""

    column: str
    by: float


@dataclass(frozen=True, slots=True)
class Recorded:
    """A criterion of the eligibility table, because no other column can answer it."""

    criterion: str


@dataclass(frozen=True, slots=True)
class Every:
    """All rules hold."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one rule holds."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The rule does not hold; unknown stays unknown."""

    rule: "Rule"


Rule = (
    State
    | Known
    | AtMost
    | Below
    | AtLeast
    | Above
    | OneOf
    | Fallen
    | Risen
    | Recorded
    | Every
    | Some
    | Not
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One outcome, judged at a visit.

    ``attained`` is answered for every visit, ``denominator`` for every patient at baseline (None:
    all). ``needs`` names the columns of ``visits`` without which nobody can attain the endpoint;
    columns that can stand in for each other are joined with ``|``. ``glucocorticoid_limit_mg_day``
    is the dose inside the definition, so that nothing is carried forward across a known change of
    it.
    """

    id: str
    label: str
    attained: Rule
    definition: str
    source: str
    needs: tuple[str, ...]
    denominator: Rule | None = None
    denominator_words: str = "all patients due"
    glucocorticoid_limit_mg_day: float | None = None


@dataclass(frozen=True, slots=True)
class TimePoint:
    """A scheduled assessment with its half-open window, in days from the index date."""

    id: str
    label: str
    months: float
    target_day: float
    window_start_day: float
    window_end_day: float


def month(months: float, half_width: float = 3.0) -> TimePoint:
    """The time point ``months`` after index, with a window of ``half_width`` months each side."""
    return TimePoint(
        id=f"month_{months:g}",
        label=f"{months:g} months",
        months=months,
        target_day=months * DAYS_PER_MONTH,
        window_start_day=(months - half_width) * DAYS_PER_MONTH,
        window_end_day=(months + half_width) * DAYS_PER_MONTH,
    )


def week(weeks: float, half_width_days: float) -> TimePoint:
    """The time point ``weeks`` after index, with a window in days each side."""
    day = weeks * 7
    return TimePoint(
        id=f"week_{weeks:g}",
        label=f"{weeks:g} weeks",
        months=day / DAYS_PER_MONTH,
        target_day=day,
        window_start_day=day - half_width_days,
        window_end_day=day + half_width_days,
    )


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of eligibility; who is known not to meet it leaves, unknown is counted apart."""

    id: str
    label: str
    rule: Rule
    is_exclusion: bool = False


@dataclass(frozen=True, slots=True)
class Interim:
    """An analysis of the first ``n_patients`` who complete ``weeks`` weeks."""

    label: str
    n_patients: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Protocol:
    """One study, as data. ``headline_months``: the time point of one-sentence findings."""

    id: str
    title: str
    registration: str
    question: str
    population: str
    criteria: tuple[Criterion, ...]
    timepoints: tuple[TimePoint, ...]
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    planned_patients: int
    analysis_set: Literal["enrolled", "eligible"] = "enrolled"
    handling: Handling = "nri"
    interval: IntervalMethod = "wilson"
    headline_months: float = 12.0
    flare_index: str = "bliss_modified"
    interim: Interim | None = None

    def __post_init__(self) -> None:
        days = [t.target_day for t in self.timepoints]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError(f"{self.id}: time points must be in order")

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Ids of all endpoints, primary first."""
        return self.primary + self.secondary
