"""Damage that stays: who has any, who has gained some since baseline, and how much on average."""

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.moments import compute_moments, compute_t_limits
from lupus_outcomes.analysis.result import Result, headline, of_whom, remarks
from lupus_outcomes.analysis.shares import share_in_words, with_share
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers, take_numbers
from lupus_outcomes.derive.measured import Schedule, derive_schedule
from lupus_outcomes.derive.outcomes import HANDLING_WORDS
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import Handling

SOURCE = "Gladman 1996, Arthritis Rheum 39:363"
USES = ("visits.slicc_damage_index", "patients.slicc_damage_index")
SHOWN = (
    "level", "timepoint", "n_due", "n_assessed", "n_damage_gt0", "proportion_damage_gt0",
    "ci_low_damage_gt0", "ci_high_damage_gt0", "n_paired", "n_accrual", "proportion_accrual",
    "ci_low_accrual", "ci_high_accrual", "mean", "mean_change", "ci_low", "ci_high",
)  # fmt: skip
COLUMNS = (
    "timepoint_months", "n_due", "n_assessed", "n_damage_gt0", "n_accrual", "mean", "mean_change",
    "group", "level", "timepoint", "n_with_visit", "n_not_due", "n_paired", "ci_low", "ci_high",
)  # fmt: skip
NO_DOMAINS = (
    "The index is collected as a total: which organ was damaged cannot be told in this dataset."
)


def estimate_damage(
    cohort: Cohort, selection: Selection, handling: Handling = "observed"
) -> Result:
    """SLICC/ACR damage index at baseline and each time point, in the columns of ``damage.csv``.

    Of ``n_with_visit`` the index is known in ``n_assessed``, above 0 in ``n_damage_gt0`` of them.
    Of ``n_paired`` with an index at baseline, too, ``n_accrual`` have gained a point or more since.
    """
    schedule = derive_schedule(cohort, handling)
    index = _index(cohort, schedule)
    table = pd.concat(
        [_describe(index, schedule, group) for group in selection.groups], ignore_index=True
    )[list(COLUMNS)]
    table = with_share(with_share(table, "damage_gt0", "n_assessed"), "accrual", "n_paired")
    return Result(
        id="damage",
        title="Damage over time",
        finding=_finding(table, cohort, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=(
            f"patients due, index known at the visit ({HANDLING_WORDS[handling]}); for what was "
            "gained and for the change also at baseline"
        ),
        method=(
            "SLICC/ACR damage index as its running maximum, because damage does not heal; a "
            "missing index is unknown, not 0. Gained: at least a point above baseline; it arose "
            "at some time between two assessments. Shares with 95 % Wilson score intervals, the "
            "mean change with 95 % t limits."
        ),
        sources=(SOURCE,),
        uses=USES,
        notes=(NO_DOMAINS, *remarks(cohort, USES)),
    )


def _index(cohort: Cohort, schedule: Schedule) -> Numbers:
    """The index of each patient, points; at baseline also the one given for the index date."""
    at_visits = cohort.states["slicc_damage_index"].to_numpy(dtype=np.float64)
    index = take_numbers(at_visits, schedule.visit)
    return np.vstack([numbers(cohort.patients["baseline_slicc_damage_index"]), index[1:]])


def _describe(index: Numbers, schedule: Schedule, group: Group) -> pd.DataFrame:
    """One group, a row a time point."""
    members = np.flatnonzero(group.members)
    points = index[:, members]
    gained = points - points[:1]
    level, change = compute_moments(points), compute_moments(gained)
    low, high = compute_t_limits(change)
    due = schedule.is_due[:, members].sum(axis=1)
    return pd.DataFrame(
        {
            "timepoint_months": schedule.months,
            "timepoint": schedule.labels,
            "group": group.group,
            "level": group.level,
            "n_due": due,
            "n_with_visit": schedule.is_seen[:, members].sum(axis=1),
            "n_not_due": len(members) - due,
            "n_assessed": level.n.astype(np.int64),
            "n_damage_gt0": (points > 0).sum(axis=1),
            "n_paired": change.n.astype(np.int64),
            "n_accrual": (gained >= 1).sum(axis=1),
            "mean": level.mean,
            "mean_change": change.mean,
            "ci_low": low,
            "ci_high": high,
        }
    )


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    of_all = table[table["group"] == "all"]
    start = of_all.iloc[0]
    later = of_all[(of_all["timepoint_months"] > 0) & (of_all["n_paired"] > 0)]
    if later.empty:
        if not of_all["n_assessed"].any():
            return f"The damage index is not known for anyone{of_whom(selection)}."
        return (
            f"At baseline {share_in_words(start, 'damage_gt0', 'n_assessed')} had damage"
            f"{of_whom(selection)}; later the index is not known yet."
        )
    months = headline(later["timepoint_months"], cohort)
    at = later[later["timepoint_months"] == months].iloc[0]
    change = f"{at['mean_change']:+.2f}".replace("-", "−")
    gained = share_in_words(at, "accrual", "n_paired")
    return (
        f"At baseline {share_in_words(start, 'damage_gt0', 'n_assessed')} had damage"
        f"{of_whom(selection)}. By {at['timepoint']}, {gained} of those assessed at both times had "
        f"gained at least a point; the mean change was {change}. The index is unknown then in "
        f"{at['n_due'] - at['n_assessed']} of the {at['n_due']} due."
    )
