"""Whether groups of patients stay on anifrolumab for different lengths of time, and why they stop.

Described, never explained: in one arm a difference between groups says nothing of what the drug
does in them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.chi_square import ChiSquare
from lupus_outcomes.analysis.competing_risks import compute_gray_test
from lupus_outcomes.analysis.inference import p_in_words, p_remarks, shown_p
from lupus_outcomes.analysis.log_rank import compute_log_rank
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.analysis.retention import CLOCK, USES
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.retention import (
    REASON_WORDS,
    REASONS,
    Retention,
    derive_retention,
    select_treated,
)
from lupus_outcomes.derive.selection import Group, Selection

LOG_RANK = "Mantel 1966, Cancer Chemother Rep 50:163"
GRAY = "Gray 1988, Ann Stat 16:1141"
COLUMNS = ("group", "test", "reason", "statistic", "df", "p_value", "n", "n_stopped")
SHOWN = ("test", "reason", "n", "n_stopped", "statistic", "df", "p_value")


def compare_retention(cohort: Cohort, selection: Selection) -> Result:
    """Tests between the levels of the selection's group: ``retention_compared.csv``.

    The log-rank test of staying on, whatever the reason, and Gray's test of each reason that
    somebody stopped for. No row without a group, with overlapping ones or with fewer than two that
    hold patients.
    """
    selection = select_treated(cohort, selection)
    levels = [group for group in selection.groups[1:] if group.members.any()]
    finding = _why_no_test(selection, len(levels))
    rows = [] if finding else list(_test(derive_retention(cohort.follow_up), levels, selection))
    return Result(
        id="retention_compared",
        title="Staying on anifrolumab, groups compared",
        finding=finding or _finding(rows[0], len(levels), selection),
        table=pd.DataFrame(rows, columns=list(COLUMNS)),
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator="patients of the groups compared, from the first dose",
        method=(
            "Log-rank test of equal curves; for each reason Gray's test of equal cumulative "
            f"incidence, the other reasons competing. Two-sided, not adjusted for their number. "
            f"{CLOCK}"
        ),
        sources=(LOG_RANK, GRAY),
        uses=USES,
        notes=p_remarks(selection) if rows else (),
    )


def _test(
    retention: Retention, levels: list[Group], selection: Selection
) -> Iterator[dict[str, Any]]:
    code = np.zeros(len(retention.cause), dtype=np.int64)
    for position, group in enumerate(levels):
        code[group.members] = position
    who = np.logical_or.reduce([group.members for group in levels])
    days, cause, code = retention.follow_up_days[who], retention.cause[who], code[who]

    def row(test: str, reason: str, found: ChiSquare, is_stop: NDArray[np.bool_]) -> dict[str, Any]:
        return {
            "group": levels[0].group,
            "test": test,
            "reason": reason,
            "statistic": found.statistic,
            "df": found.df,
            "p_value": shown_p(found.p_value, selection),
            "n": len(days),
            "n_stopped": int(is_stop.sum()),
        }

    whole = compute_log_rank(days, cause > 0, code)
    every = ChiSquare(whole.statistic, whole.df, whole.p_value)
    yield row("logrank", "any", every, cause > 0)
    for number, reason in enumerate(REASONS, start=1):
        if (cause == number).any():
            gray = compute_gray_test(days, cause, code, number)
            yield row("gray", REASON_WORDS[reason], gray, cause == number)


def _finding(row: dict[str, Any], n_levels: int, selection: Selection) -> str:
    p_words = p_in_words(row["p_value"])
    return (
        f"Between the {n_levels} groups by {selection.group_label.lower()}: log-rank "
        f"{row['statistic']:.2f} on {row['df']} degree{'s' if row['df'] > 1 else ''} of freedom"
        f"{f', {p_words}' if p_words else ''} ({row['n']} patients, {row['n_stopped']} stops)."
    )


def _why_no_test(selection: Selection, n_levels: int) -> str:
    if not selection.group_label:
        return "Choose a grouping in the sidebar to compare groups."
    if selection.groups_overlap:
        return "These groups share patients, so their curves are shown but not tested."
    if n_levels < 2:
        return "There is only one group with patients: nothing to compare."
    return ""
