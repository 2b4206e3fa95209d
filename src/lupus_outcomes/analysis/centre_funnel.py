"""Centres beside each other: attainment within the limits of chance.

A funnel plot (Spiegelhalter 2005, Stat Med 24:1185): for a centre of so many patients, the numbers
that chance alone would bring around the share of all, by the exact binomial distribution. The upper
limit is the lower one of not attaining, so that both sides are judged alike.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

from lupus_outcomes.analysis.intervals import Limits, compute_wilson
from lupus_outcomes.analysis.result import Result, of_whom, percent, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.outcomes import HANDLING_WORDS
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN, Numbers
from lupus_outcomes.protocol import Handling, TimePoint

LEVELS = {"95": 0.95, "998": 0.998}
# Below this even 0 or all of a centre's patients is within chance of most shares.
SMALL_CENTRE = 10
IN, OUTSIDE_95, OUTSIDE_998 = "within 95 %", "outside 95 %", "outside 99.8 %"
SOURCE = "Funnel plots: Spiegelhalter 2005, Stat Med 24:1185"
SHOWN = (
    "centre", "responders", "n", "proportion", "ci_low", "ci_high", "limit_low_95",
    "limit_high_95", "limit_low_998", "limit_high_998", "position", "size", "n_due",
)  # fmt: skip


def compute_control_limits(n: ArrayLike, share: float, level: float) -> Limits:
    """Exact binomial control limits of a proportion of ``n`` around ``share``, interpolated.

    A number r of n lies below the lower limit just when P(X ≤ r) ≤ (1 − level) / 2, above the upper
    one just when P(X ≥ r) ≤ (1 − level) / 2. The interpolation makes curves smooth; where no number
    of patients is as rare as that the limit is 0 or 1.
    """
    patients = np.asarray(n, dtype=np.int64)
    tail = (1 - level) / 2
    return Limits(_lower(patients, share, tail), 1 - _lower(patients, 1 - share, tail))


def _lower(n: NDArray[np.int64], share: float, tail: float) -> Numbers:
    """The lower limit as a proportion."""
    # Smallest r with P(X <= r) > tail, among all r up to the largest n.
    r = np.arange(int(n.max(initial=0)) + 1)
    of = n[:, np.newaxis]
    chance = np.where(r <= of, bdtr(np.minimum(r, of), of, share), 1.0)
    first = (chance > tail).argmax(axis=1)
    at = chance[np.arange(len(n)), first]
    before = np.where(first > 0, chance[np.arange(len(n)), np.maximum(first - 1, 0)], 0.0)
    step = np.where(at > before, (at - tail) / (at - before), 0.0)
    return np.maximum(first - np.where(first > 0, step, 0.0), 0.0) / n


def estimate_centre_funnel(
    cohort: Cohort,
    selection: Selection,
    endpoint: str,
    months: float,
    handling: Handling = "nri",
) -> Result:
    """Attainment of one endpoint at one time point by centre, with control limits.

    One row a centre, the largest first. ``overall`` is the share of all together, the centre
    itself included; ``position`` where the centre lies, ``size`` "few patients" below ten.
    """
    timepoint = find_timepoint(cohort, months)
    if endpoint not in cohort.outcomes:
        return tell_missing(cohort, selection, endpoint)
    table = _count_centres(cohort, selection, endpoint, timepoint, handling)
    return Result(
        id="centre_funnel",
        title=f"{ENDPOINTS[endpoint].label} at {timepoint.label} by centre",
        finding=_finding(table, endpoint, timepoint, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=HANDLING_WORDS[handling],
        method=(
            "Exact binomial control limits around the share of all patients together: what chance "
            "alone would bring to a centre of that size, 95 % and 99.8 %. Not adjusted for case "
            f"mix. A centre with fewer than {SMALL_CENTRE} patients is marked."
        ),
        sources=(SOURCE, ENDPOINTS[endpoint].source),
        uses=ENDPOINTS[endpoint].needs,
        notes=remarks(cohort, ENDPOINTS[endpoint].needs),
    )


def find_timepoint(cohort: Cohort, months: float) -> TimePoint:
    """The time point of the protocol nearest to so many months."""
    return min(cohort.protocol.timepoints, key=lambda t: abs(t.months - months))


def tell_missing(cohort: Cohort, selection: Selection, endpoint: str) -> Result:
    """The result where the dataset lacks what the endpoint needs."""
    label, lacking = ENDPOINTS[endpoint].label, ", ".join(cohort.missing_columns[endpoint])
    return Result(
        id="centre_funnel",
        title=f"{label} by centre",
        finding=f"{label} cannot be told for anybody in this dataset: it lacks {lacking}.",
        table=pd.DataFrame(columns=list(SHOWN)),
        n_patients=selection.n_patients,
        denominator="nobody",
        method="An endpoint needs every column its definition rests on.",
        sources=(ENDPOINTS[endpoint].source,),
    )


def _count_centres(
    cohort: Cohort,
    selection: Selection,
    endpoint: str,
    timepoint: TimePoint,
    handling: Handling,
) -> pd.DataFrame:
    row = cohort.protocol.timepoints.index(timepoint)
    outcome = cohort.outcomes[endpoint]
    answer = outcome.attained(cohort.timepoints, handling)[row]
    due = selection.members & outcome.in_denominator & cohort.timepoints.is_due[row]
    counts = {"n_due": due, "n": due & (answer != UNKNOWN), "responders": due & (answer == TRUE)}
    table = sum_by_centre(cohort, selection, counts)
    table = table.sort_values(["n", "centre"], ascending=[False, True], ignore_index=True)
    n, responders = table["n"].to_numpy(), table["responders"].to_numpy()
    overall = responders.sum() / n.sum() if n.sum() else np.nan
    limits: dict[str, Numbers] = {}
    for name, level in LEVELS.items():
        limits[f"limit_low_{name}"], limits[f"limit_high_{name}"] = _limits(n, overall, level)
    low, high = compute_wilson(responders, n)
    share = responders / np.where(n > 0, n, np.nan)
    return table.assign(
        proportion=share,
        ci_low=low,
        ci_high=high,
        overall=overall,
        **limits,
        position=_positions(share, limits),
        size=np.where(n < SMALL_CENTRE, "few patients", ""),
    )


def _limits(n: NDArray[np.integer], overall: float, level: float) -> Limits:
    if np.isnan(overall):
        return Limits(np.full(len(n), np.nan), np.full(len(n), np.nan))
    found = compute_control_limits(np.maximum(n, 1), overall, level)
    return Limits(*(np.where(n > 0, limit, np.nan) for limit in found))


def sum_by_centre(
    cohort: Cohort, selection: Selection, counts: Mapping[str, NDArray]
) -> pd.DataFrame:
    """Sums over the selected patients of each centre."""
    centre, names = pd.factorize(cohort.patients["centre"], sort=True)
    sums = {
        name: np.bincount(centre, weights=values * selection.members, minlength=len(names))
        for name, values in ({"n_selected": np.ones(len(centre))} | dict(counts)).items()
    }
    table = pd.DataFrame({"centre": names.astype(str)} | sums)
    return table[table["n_selected"] > 0].astype(dict.fromkeys(sums, np.int64))


def _positions(share: Numbers, limits: Mapping[str, Numbers]) -> NDArray[np.object_]:
    def outside(name: str) -> NDArray[np.bool_]:
        return (share < limits[f"limit_low_{name}"]) | (share > limits[f"limit_high_{name}"])

    position = np.select([outside("998"), outside("95")], [OUTSIDE_998, OUTSIDE_95], default=IN)
    return np.where(np.isnan(share), "", position).astype(object)


def _finding(table: pd.DataFrame, endpoint: str, timepoint: TimePoint, selection: Selection) -> str:
    seen = table[table["n"] > 0]
    where = f"At {timepoint.label}{of_whom(selection)}"
    if seen.empty:
        return f"{where}, nobody can be judged at any centre yet."
    n, responders = int(seen["n"].sum()), int(seen["responders"].sum())
    of_all = (
        f"{where}, {ENDPOINTS[endpoint].label} was attained by {percent(responders / n)} "
        f"({responders:,} of {n:,}) over {len(seen)} centres"
    )
    if len(seen) < 2:
        return f"{of_all.removesuffix('s')}: nothing to compare."
    by_chance = "by chance alone up to one in twenty would"
    named = [_named(row) for row in seen[seen["position"] != IN].itertuples()]
    if not named:
        return f"{of_all}; no centre lies outside the 95 % limits ({by_chance})."
    return (
        f"{of_all}. Outside the 95 % limits {'lies' if len(named) == 1 else 'lie'} "
        f"{', '.join(named)}; {by_chance}. Not adjusted for case mix: centres see different "
        "patients."
    )


def _named(row) -> str:
    side = "below" if row.proportion < row.overall else "above"
    beyond = ", beyond 99.8 %" if row.position == OUTSIDE_998 else ""
    few = ", few patients" if row.size else ""
    share = f"{percent(row.proportion)}, {row.responders} of {row.n}"
    return f"{row.centre} ({side}: {share}{beyond}{few})"
