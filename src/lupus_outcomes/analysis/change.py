"""How a measure changes over time: level, change from baseline, and the mixed model of both."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.inference import p_in_words, p_remarks
from lupus_outcomes.analysis.moments import (
    compute_moments,
    compute_quartiles,
    compute_t_limits,
    compute_t_p,
)
from lupus_outcomes.analysis.repeated_means import estimate_mean_changes, sum_measurements
from lupus_outcomes.analysis.result import Result, headline, of_whom, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.measured import (
    BASELINE_MONTHS,
    Schedule,
    derive_measured,
    derive_schedule,
    is_meant_for,
    is_measured,
)
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.measures import MEASURES, Measure

COLUMNS = (
    "measure", "timepoint_months", "group", "level", "n", "mean", "sd", "median", "q1", "q3",
    "n_paired", "mean_change", "ci_low", "ci_high", "p_value", "model_change", "model_ci_low",
    "model_ci_high", "mean_ci_low", "mean_ci_high", "timepoint", "n_due", "n_seen", "n_not_due",
)  # fmt: skip
SHOWN = (
    "measure", "level", "timepoint", "n", "mean", "mean_ci_low", "mean_ci_high", "sd", "median",
    "q1", "q3", "n_paired", "mean_change", "ci_low", "ci_high", "p_value", "model_change",
    "model_ci_low", "model_ci_high", "n_due", "n_seen", "n_not_due",
)  # fmt: skip
COUNTS = ("n", "n_paired", "n_due", "n_seen", "n_not_due")
METHOD = (
    "The visit nearest to the target within its window counts, if on the drug. Changes are paired "
    "with the baseline visit: 95 % limits and two-sided p by Student's t, one time point at a "
    "time, not adjusted for their number. The mixed model takes every known value of a patient, "
    "baseline included, with time points as categories and an intercept of the patient's own "
    "(REML); it holds if what is missing depends only on the values that are known. A visit that "
    "stands for two time points counts at both."
)


def estimate_change(
    cohort: Cohort, selection: Selection, measures: Sequence[str] | None = None
) -> Result:
    """Level and change of measures over time, in the columns of ``change.csv``.

    Month 0 is the baseline visit. ``n_due`` were due, ``n_seen`` of them seen on the drug, of whom
    ``n`` have a known value and ``n_paired`` one at baseline, too. Beyond the contract's columns:
    ``mean_ci_low`` and ``mean_ci_high``, limits of the mean itself.
    """
    asked = [MEASURES[name] for name in (MEASURES if measures is None else measures)]
    found = [measure for measure in asked if is_measured(cohort, measure)]
    table = _with_model(list(_blocks(cohort, selection, found)))
    uses = tuple(dict.fromkeys(column for measure in found for column in measure.columns))
    return Result(
        id="change",
        title="Change from baseline",
        finding=_finding(table, cohort, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator="due, seen on the drug, value known; " + _meant_for(found),
        method=METHOD,
        sources=tuple(dict.fromkeys(measure.source for measure in found)),
        uses=uses,
        notes=(*not_collected(asked, found), *p_remarks(selection), *remarks(cohort, uses)),
    )


def not_collected(asked: Sequence[Measure], found: Sequence[Measure]) -> tuple[str, ...]:
    """What was asked for and this dataset does not have, in a sentence."""
    absent = [measure.label for measure in asked if measure not in found]
    return (f"Not collected in this dataset: {', '.join(absent)}.",) if absent else ()


def _meant_for(measures: Sequence[Measure]) -> str:
    by_who: dict[str, list[str]] = {}
    for measure in measures:
        by_who.setdefault(measure.who, []).append(measure.label)
    if len(by_who) == 1:
        return next(iter(by_who))
    return "; ".join(f"{who}: {', '.join(labels)}" for who, labels in by_who.items())


def _blocks(
    cohort: Cohort, selection: Selection, measures: Sequence[Measure]
) -> Iterator[dict[str, NDArray | str]]:
    """The rows of one measure and group after another, columns as long as the schedule."""
    schedule = derive_schedule(cohort)
    for measure in measures:
        values = derive_measured(cohort, measure, schedule)
        meant = is_meant_for(cohort, measure)
        for group in selection.groups:
            members = np.flatnonzero(group.members & meant)
            yield (
                {"measure": measure.id, "sums": sum_measurements(values[:, members])}
                | _counts(schedule, group, members)
                | _describe(values[:, members], has_p=not selection.filters)
            )


def _counts(schedule: Schedule, group: Group, members: NDArray[np.intp]) -> dict:
    due = schedule.is_due[:, members].sum(axis=1)
    return {
        "timepoint_months": np.array(schedule.months),
        "timepoint": np.array(schedule.labels, dtype=object),
        "group": group.group,
        "level": group.level,
        "n_due": due,
        "n_seen": schedule.is_seen[:, members].sum(axis=1),
        "n_not_due": len(members) - due,
    }


def _describe(values: Numbers, has_p: bool) -> dict[str, Numbers]:
    """Statistics of each row. ``values``: shape (1 + time points, patients), baseline first."""
    level, change = compute_moments(values), compute_moments(values - values[:1])
    quartiles = compute_quartiles(values)
    of_level, of_change = compute_t_limits(level), compute_t_limits(change)
    p_value = compute_t_p(change)
    return {
        "n": level.n,
        "mean": level.mean,
        "sd": level.sd,
        "mean_ci_low": of_level.low,
        "mean_ci_high": of_level.high,
        **quartiles._asdict(),
        "n_paired": change.n,
        "mean_change": change.mean,
        "ci_low": of_change.low,
        "ci_high": of_change.high,
        "p_value": p_value if has_p else np.full_like(p_value, np.nan),
    }


def _with_model(blocks: Sequence[dict]) -> pd.DataFrame:
    """The table, the mixed models of all its measures and groups fitted together."""
    if not blocks:
        return pd.DataFrame(columns=list(COLUMNS))
    model = estimate_mean_changes([block["sums"] for block in blocks])
    fitted = {
        "model_change": model.change.ravel(),
        "model_ci_low": model.ci_low.ravel(),
        "model_ci_high": model.ci_high.ravel(),
    }
    length = len(blocks[0]["n"])
    columns = {
        name: np.concatenate([np.broadcast_to(block[name], length) for block in blocks])
        for name in COLUMNS
        if name not in fitted
    }
    counts = {name: columns[name].astype(np.int64) for name in COUNTS}
    columns |= fitted | counts
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    if table.empty:
        return "No measure is chosen that this dataset has."
    measure = MEASURES[table["measure"].iloc[0]]
    is_first = (table["measure"] == measure.id) & (table["group"] == "all")
    of_all = {row["timepoint_months"]: row for row in table[is_first].to_dict("records")}
    known = [months for months, row in of_all.items() if months > 0 and row["n"] > 0]
    if not known:
        return f"{measure.label} is not known at any time point yet{of_whom(selection)}."
    start, at = of_all[BASELINE_MONTHS], of_all[headline(known, cohort)]
    begin = f"; at baseline {start['mean']:.{measure.digits}f} (N = {start['n']})"
    return (
        f"At {at['timepoint']}, {measure.label} ({measure.unit}) averaged "
        f"{at['mean']:.{measure.digits}f} in the {at['n']} seen on the drug with a known value"
        f"{of_whom(selection)}{begin if start['n'] else ''}.{change_in_words(at, measure)}"
    )


def change_in_words(at: Mapping[Hashable, Any], measure: Measure) -> str:
    """The change of one row with its limits, p and what the mixed model says; empty without."""
    if at["n_paired"] < 2:
        return ""
    p_value = p_in_words(at["p_value"])
    test = f"; paired t, {p_value}" if p_value else ""
    return (
        f" The {at['n_paired']} with both values changed by {_signed(at['mean_change'], measure)} "
        f"(95 % CI {_signed(at['ci_low'], measure)} to {_signed(at['ci_high'], measure)}{test})."
        f"{_model_in_words(at, measure)}"
    )


def _model_in_words(at: Mapping[Hashable, Any], measure: Measure) -> str:
    if pd.isna(at["model_change"]):
        return ""
    return (
        f" The mixed model gives {_signed(at['model_change'], measure)} "
        f"({_signed(at['model_ci_low'], measure)} to {_signed(at['model_ci_high'], measure)})."
    )


def _signed(value: float, measure: Measure) -> str:
    """A change with its sign, in the decimals of the measure."""
    return f"{value:+.{measure.digits}f}".replace("-", "−")
