"""The numbers that another program must find again in the rows, as do-file and R script check."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.change import estimate_change
from lupus_outcomes.analysis.retention import estimate_retention_milestones
from lupus_outcomes.analysis.retention_ratios import estimate_retention_ratios
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.export.analysis_data import AnalysisData
from lupus_outcomes.export.timepoint_variables import SUFFIXES
from lupus_outcomes.export.variables import Variable, short_name
from lupus_outcomes.protocol import DAYS_PER_MONTH

CHANGED = "sledai_2k"
# Which rows: of all patients, or of one level of a variable. ``code`` is how that level is stored.
WHO = ("variable", "level", "code")
ATTAINMENT = (*WHO, "outcome", "timepoint", "n", "responders", "proportion", "ci_low", "ci_high")
RETENTION = (*WHO, "day", "n_at_risk", "survival", "ci_low", "ci_high")
RATIOS = (*WHO, "reference", "reference_code", "hazard_ratio", "ci_low", "ci_high")
CHANGE = (
    *WHO, "outcome", "timepoint", "n", "mean", "n_paired", "mean_change", "ci_low", "ci_high",
    "model_change",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headline:
    """Tables of numbers to be found again; those that cannot be told by row are left out."""

    interval: str
    attainment: pd.DataFrame
    retention: pd.DataFrame
    hazard_ratios: pd.DataFrame
    change: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """By name."""
        return {
            "attainment": self.attainment,
            "retention": self.retention,
            "hazard_ratios": self.hazard_ratios,
            "change": self.change,
        }


def compute_headline(cohort: Cohort, selection: Selection, data: AnalysisData) -> Headline:
    """Attainment, retention, hazard ratios and change of SLEDAI-2K, by group where rows tell it."""
    by = next((v for v in data.patients if v.name == data.group), None)
    return Headline(
        interval=cohort.protocol.interval,
        attainment=_attainment(cohort, selection, by),
        retention=_retention(cohort, selection, by),
        hazard_ratios=_hazard_ratios(cohort, selection, by),
        change=_change(cohort, selection, by),
    )


def _attainment(cohort: Cohort, selection: Selection, by: Variable | None) -> pd.DataFrame:
    table = _told(estimate_attainment(cohort, selection).table, by)
    names = [
        f"{short_name(endpoint)}_{SUFFIXES[handling]}"
        for endpoint, handling in zip(table["endpoint"], table["handling"], strict=True)
    ]
    table = table.assign(outcome=names, timepoint=_timepoints(cohort, table))
    return table.loc[table["n"] > 0, list(ATTAINMENT)].reset_index(drop=True)


def _retention(cohort: Cohort, selection: Selection, by: Variable | None) -> pd.DataFrame:
    table = _told(estimate_retention_milestones(cohort, selection).table, by)
    table = table.assign(day=table["milestone_months"] * DAYS_PER_MONTH)
    return table.loc[table["survival"].notna(), list(RETENTION)].reset_index(drop=True)


def _hazard_ratios(cohort: Cohort, selection: Selection, by: Variable | None) -> pd.DataFrame:
    if by is None:
        return pd.DataFrame(columns=list(RATIOS))
    table = estimate_retention_ratios(cohort, selection).table
    of_group = table[table["characteristic_id"] == by.name]
    reference = of_group.loc[of_group["is_reference"].astype(bool), "level"]
    estimated = of_group[of_group["hazard_ratio"].notna()].assign(group=by.name)
    if reference.empty or estimated.empty:
        return pd.DataFrame(columns=list(RATIOS))
    told = _told(estimated, by)
    level = reference.iloc[0]
    code = _codes(by)[level]
    return told.assign(reference=_stored(by, level, code), reference_code=code)[list(RATIOS)]


def _change(cohort: Cohort, selection: Selection, by: Variable | None) -> pd.DataFrame:
    table = estimate_change(cohort, selection, (CHANGED,)).table
    if table.empty:
        return pd.DataFrame(columns=list(CHANGE))
    table = _told(table, by)
    timepoints = _timepoints(cohort, table)
    table = table.assign(outcome=CHANGED, timepoint=timepoints)
    is_later = (timepoints > 0) & (table["n_paired"] > 1)
    return table.loc[is_later, list(CHANGE)].reset_index(drop=True)


def _timepoints(cohort: Cohort, table: pd.DataFrame) -> pd.Series:
    """The code of each time point; baseline is 0."""
    labels = {t.label: code for code, t in enumerate(cohort.protocol.timepoints, start=1)}
    return table["timepoint"].map(labels).fillna(0).astype(np.int64)


def _told(table: pd.DataFrame, by: Variable | None) -> pd.DataFrame:
    """Rows of all patients and of the levels that the data have, with those levels as stored."""
    codes = _codes(by) if by else {}
    kept = table[(table["group"] == "all") | table["level"].isin(list(codes))]
    named = (kept["group"] != "all").to_numpy()
    levels = [str(level) for level in kept["level"]]
    code = [codes[level] if n else 0 for level, n in zip(levels, named, strict=True)]
    stored = [
        _stored(by, level, codes[level]) if n and by else ""
        for level, n in zip(levels, named, strict=True)
    ]
    return kept.assign(
        variable=np.where(named, by.name if by else "", ""), level=stored, code=code
    ).reset_index(drop=True)


def _codes(by: Variable) -> dict[str, int]:
    return {words: code for code, words in by.codes.items()}


def _stored(by: Variable, level: str, code: int) -> str:
    """A level as it stands in the CSV."""
    return level if by.is_named else str(code)
