"""The interim analysis: how many completed, when it is or was due, and its frozen results."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.adverse_events import estimate_adverse_events
from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.describe import describe_baseline
from lupus_outcomes.analysis.glucocorticoids import estimate_glucocorticoids
from lupus_outcomes.analysis.result import Result, percent
from lupus_outcomes.analysis.retention import estimate_retention, estimate_retention_milestones
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.interim import InterimSet, derive_interim, find_interim_set
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import Numbers

SHOWN = ("month", "n", "n_cumulative", "n_expected")
COLUMNS = (*SHOWN, "planned")
NO_INTERIM = "This study plans no interim analysis."
SHIFTED = (
    "Dates in this dataset are shifted, so who completed first, and when, cannot be told: "
    "nothing is frozen and nothing projected."
)
WHOLE_STUDY = "The set is frozen: filters and groups chosen in the sidebar do not change it."


@dataclass(frozen=True, slots=True)
class Projection:
    """When the number is expected. ``dates``: of those who can still complete, ascending days.

    ``share``: of those whose window has closed, how many completed; 1 where none has. ``expected``
    and ``earliest`` (if all of them complete): none where they are not enough. ``n_more``: further
    patients needed at that share.
    """

    dates: NDArray[np.datetime64]
    usual_day: float
    share: float
    expected: dt.date | None
    earliest: dt.date | None
    n_more: int


def describe_interim(cohort: Cohort, selection: Selection) -> Result:
    """Count who completed month by month, up to the frozen data cut or, before it, as projected.

    Always of the whole study. ``n`` completed in the month, ``n_cumulative`` until its end;
    ``n_expected`` completions until its end, of those enrolled, at the share seen so far.
    """
    found = find_interim_set(cohort)
    if found is None:
        return _result(cohort, None, NO_INTERIM, pd.DataFrame(columns=list(COLUMNS)))
    if cohort.dataset.dates_are_shifted:
        return _result(cohort, found, _counts(found), pd.DataFrame(columns=list(COLUMNS)), SHIFTED)
    if found.data_cut is not None:
        finding = _reached(cohort, found, found.data_cut)
        return _result(cohort, found, finding, _months(cohort, found, None))
    projection = project(cohort, found)
    return _result(cohort, found, _awaited(found, projection), _months(cohort, found, projection))


def _result(
    cohort: Cohort, found: InterimSet | None, finding: str, table: pd.DataFrame, *notes: str
) -> Result:
    return Result(
        id="interim",
        title=found.interim.label if found else "Interim analysis",
        finding=finding,
        table=table.astype({"n_expected": np.float64, "planned": "Int64"}),
        shown=tuple(name for name in SHOWN if table[name].notna().any()),
        n_patients=int(found.members.sum()) if found else cohort.n_patients,
        denominator="patients who completed" if found else "nobody",
        method=_method(found) if found else NO_INTERIM,
        sources=(cohort.protocol.registration,),
        notes=notes if found is None else (*notes, WHOLE_STUDY),
    )


def _method(found: InterimSet) -> str:
    weeks, window = found.interim.weeks, found.timepoint
    return (
        f"A patient completes {weeks} weeks on the first day on which {weeks} weeks have passed "
        "since the first dose, alive and in observation, and an evaluation lies from day "
        f"{window.window_start_day:.0f} to day {window.window_end_day - 1:.0f}, on the drug or "
        "not. The first by that day are in the set, ties by the index date; who ties in both is "
        "in, too. The data cut is the day the last of them completed; nothing after it is seen, "
        "but what was corrected since is seen corrected. All of them count as due at that "
        "assessment."
    )


def project(cohort: Cohort, found: InterimSet) -> Projection:
    """When the planned number completes, from those already enrolled.

    Each of them is expected on the day that completing took so far (the median, or the weeks
    themselves), at the earliest at the data cut.
    """
    done = found.completed_day[found.has_completed]
    usual = float(np.median(done)) if len(done) else found.timepoint.target_day
    n_closed = int(found.is_closed.sum())
    n_of_closed = int((found.is_closed & found.has_completed).sum())
    share = n_of_closed / n_closed if n_closed else 1.0
    dates = np.sort(_dates(cohort, np.maximum(usual, cohort.follow_up.cut_day), found.can_complete))
    n_open = found.interim.n_patients - len(done)
    days: list[dt.date] = dates.tolist()
    ranks = np.arange(1, len(days) + 1)
    # A sum of shares that should be whole misses it by the last bit.
    at_share = np.flatnonzero(np.round(share * ranks, 9) >= n_open)
    lacking = n_open - share * len(dates)
    return Projection(
        dates=dates,
        usual_day=usual,
        share=share,
        expected=days[int(at_share[0])] if len(at_share) else None,
        earliest=days[n_open - 1] if len(dates) >= n_open else None,
        n_more=max(math.ceil(round(lacking / share, 9)), 0) if share else 0,
    )


def _dates(cohort: Cohort, day: Numbers, who: NDArray[np.bool_]) -> NDArray[np.datetime64]:
    index = cohort.patients["index_date"].to_numpy()[who].astype("datetime64[D]")
    return index + np.ceil(day[who]).astype("timedelta64[D]")


def _months(cohort: Cohort, found: InterimSet, projection: Projection | None) -> pd.DataFrame:
    done = _per_month(_dates(cohort, found.completed_day, found.members & found.has_completed))
    expected = _per_month(projection.dates) if projection else done.iloc[:0]
    ends = [*done.index, *expected.index, pd.Period(found.data_cut or cohort.data_cut, "M")]
    months = pd.period_range(min(ends), max(ends), freq="M")
    n = done.reindex(months, fill_value=0).to_numpy()
    total = n.cumsum()
    coming = expected.reindex(months, fill_value=0).to_numpy().cumsum()
    now = months >= pd.Period(cohort.data_cut, "M")
    share = projection.share if projection else np.nan
    return pd.DataFrame(
        {
            "month": months.astype(str),
            "n": n,
            "n_cumulative": total,
            "n_expected": np.where(now & (projection is not None), total + share * coming, np.nan),
            "planned": found.interim.n_patients,
        }
    )


def _per_month(dates: NDArray[np.datetime64]) -> pd.Series:
    return pd.Series(pd.PeriodIndex(pd.DatetimeIndex(dates), freq="M")).value_counts()


def _counts(found: InterimSet) -> str:
    n, n_closed = int(found.has_completed.sum()), int(found.is_closed.sum())
    n_without = int((found.is_closed & ~found.has_completed).sum())
    return (
        f"{n:,} patients have completed {found.interim.weeks} weeks; of {n_closed:,} whose window "
        f"has closed, {n_without:,} were not evaluated in it, had died or had left."
    )


def _reached(cohort: Cohort, found: InterimSet, data_cut: dt.date) -> str:
    n, weeks = int(found.members.sum()), found.interim.weeks
    cut = pd.Timestamp(data_cut)
    was_enrolled = (cohort.patients["index_date"] <= cut).to_numpy()
    since_cut = (pd.Timestamp(cohort.data_cut) - cut).days
    was_closed = found.timepoint.window_end_day <= cohort.follow_up.cut_day - since_cut
    n_without = int((was_closed & was_enrolled & ~found.members).sum())
    return (
        f"The interim analysis can be made: {n:,} patients had completed {weeks} weeks on "
        f"{data_cut}, its frozen data cut. {int(was_enrolled.sum()):,} were enrolled by "
        f"then; the window of {n_without:,} others had closed without an evaluation in it, or "
        "after a death or withdrawal."
    )


def _awaited(found: InterimSet, projection: Projection) -> str:
    n, of = int(found.has_completed.sum()), found.interim.n_patients
    so_far = (
        f"{n:,} of the {of:,} patients needed have completed {found.interim.weeks} weeks; "
        f"{len(projection.dates):,} more of those enrolled still can"
    )
    usual = "the usual day so far" if n else "the first possible day"
    assumption = (
        f"assuming that each completes on day {projection.usual_day:.0f} after the first dose, "
        f"{usual}, and that {percent(projection.share)} do{', as so far' if n else ''}"
    )
    if projection.expected is not None:
        return (
            f"{so_far}. The {_ordinal(of)} is expected on {projection.expected}, {assumption}; at "
            f"the earliest on {projection.earliest}."
        )
    if projection.earliest is not None:
        return (
            f"{so_far}. They are not enough: about {projection.n_more:,} more must be enrolled, "
            f"{assumption}. If all of them complete, the {_ordinal(of)} does so on "
            f"{projection.earliest}."
        )
    if not projection.share:
        return f"{so_far}. None whose window has closed completed, so nothing can be projected."
    return (
        f"{so_far}. They are not enough: about {projection.n_more:,} more must be enrolled, "
        f"{assumption}."
    )


def _ordinal(n: int) -> str:
    tail = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{tail}"


def name_interim(result: Result, cohort: Cohort) -> Result:
    """A result of the frozen set under a name of its own, with its data cut in the title."""
    return replace(
        result,
        id=f"interim_{result.id}",
        title=f"Interim analysis, data cut {cohort.data_cut}: {result.title.lower()}",
        notes=(f"As known at the data cut {cohort.data_cut}. {WHOLE_STUDY}", *result.notes),
    )


def estimate_interim(cohort: Cohort) -> Iterator[Result]:
    """Every frozen result, for the command line; none before the interim is reached."""
    frozen = derive_interim(cohort)
    if frozen is None:
        return
    for estimate in (
        describe_baseline,
        estimate_attainment,
        estimate_glucocorticoids,
        estimate_adverse_events,
        estimate_retention,
        estimate_retention_milestones,
    ):
        yield name_interim(estimate(frozen.cohort, frozen.selection), frozen.cohort)
