"""Result tables as a clinician reads them: words for columns, a share and its limits in a cell."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from lupus_outcomes.analysis.inference import p_in_words
from lupus_outcomes.analysis.obstacles import PARTS
from lupus_outcomes.derive.features import FEATURES
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.measures import MEASURES

COLUMN_WORDS = {
    "timepoint": "time point",
    "level": "group",
    "n_enrolled": "enrolled",
    "n_in_denominator": "in the denominator",
    "n_due": "due",
    "n_assessed": "assessed",
    "n_undecided": "undecided",
    "n_missed": "missed",
    "n_stopped": "stopped",
    "n_died": "died",
    "n_lost": "lost",
    "n_pending": "window open",
    "n_not_due": "not yet due",
    "n": "N",
    "responders": "attained",
    "n_not_attained": "not attained",
    "n_failed": "failed",
    "n_alone": "only reason",
    "n_unknown": "unknown",
    "n_seen": "seen on the drug",
    "n_remaining": "remain",
    "n_excluded": "leave",
    "n_missing": "missing",
    "n_visits": "visits",
    "n_paired": "paired",
    "n_le5": "≤ 5",
    "n_le7_5": "≤ 7.5",
    "n_off": "none",
    "n_in_band": "patients",
    "n_cumulative": "so far",
    "position": "against chance",
    "difference": "points from primary",
    "size": "few",
    "n_expected": "expected so far",
    "n_assessable": "assessable",
    "n_not_seen": "not seen",
    "role": "part",
    "label": "column",
    "summary": "all",
    "sledai_2k": "SLEDAI-2K",
    "physician_ga": "physician global",
    "prednisone_mg_day": "prednisone, mg/day",
    "doris": "DORIS",
    "lldas": "LLDAS",
    "lldas_failed": "LLDAS fails on",
    "first_month": "first patient",
    "last_month": "last patient",
    "dose_mg_day": "dose, mg/day",
    "baseline_mg_day": "baseline, mg/day",
    "n_from": "of those at baseline",
    "mean_g": "mean, g",
    "median_g": "median, g",
    "mean_g_at_baseline_dose": "at the baseline dose, g",
    "sd": "SD",
    "q1": "1st quartile",
    "q3": "3rd quartile",
    "smd": "SMD",
    "p_value": "p",
    "n_attained": "in the state",
    "n_rows": "rows",
    "n_patients": "patients",
    "n_recorded_no": "recorded: no",
    "n_recorded_yes": "recorded: yes",
    "n_recorded_none": "recorded: none",
    "n_recorded_mild_moderate": "recorded: mild or moderate",
    "n_recorded_severe": "recorded: severe",
    "n_not_recorded": "not recorded",
    "n_left_open": "left undecided by it",
    "n_with_visit": "seen",
    "n_exposed": "exposed",
    "n_events": "events",
    "n_of": "of events",
    "n_at_risk": "at risk",
    "n_a_year": "exposed 52 weeks",
    "n_ended": "exposure over",
    "n_censored": "censored",
    "person_years": "patient-years",
    "what": "aspect",
    "frequency": "class",
    "label_frequency": "class in the label",
    "published_as": "published as",
    "published_eair": "published, per 100 patient-years",
    "placebo_eair": "placebo, per 100 patient-years",
    "system_organ_class": "organ class",
    "n_serious": "serious",
    "n_severe": "grade 3 or more",
    "n_related": "related",
    "n_led_to_stop": "drug stopped",
    "n_fatal": "fatal",
    "n_present": "present",
    "n_answered": "answered",
    "n_improved": "better",
    "n_worsened": "worse",
    "n_no_room": "no room to improve",
    "n_damage_gt0": "any damage",
    "n_accrual": "gained",
    "n_flares": "flares",
    "disease_state": "state at the visit before",
    "n_periods": "periods",
    "n_both": "both",
    "n_only_derived": "only derived",
    "n_only_recorded": "only recorded",
    "n_no_flare": "neither",
    "n_responded": "responded",
    "n_gone": "gone",
    "n_stopped_first": "stopped first",
    "n_attained_before": "already so at baseline",
    "milestone": "by",
    "stopped_for": "stopped for",
    "person_years_on_drug": "patient-years on the drug",
    "person_years_at_risk": "patient-years at risk",
    "n_given": "doses given",
    "n_doses_due": "doses due",
    "n_missed_doses": "doses left out",
    "n_other_dose": "other doses",
    "n_below_80": "below 80 %",
    "n_switched": "changed to injections",
    "n_recorded": "with doses recorded",
    "n_intervals": "intervals",
    "is_flagged": "label",
    "median_follow_up_months": "median follow-up, months",
    "p_difference": "p of a difference",
    "why_not": "note",
    "n_features": "features",
    "net_benefit": "net benefit",
    "auc": "AUC",
    "shuffle": "shuffle, 0 as observed",
    "by_design": "at some centres only",
    "per": "compared",
    "other": "with",
    "partial_dependence": "model's average",
    "is_missing": "value not known",
} | {f"n_open_{part.column}": f"unknown: {part.item}" for parts in PARTS.values() for part in parts}
# A share or mean with the limits that belong to it: shown in one cell.
SHARES = {
    "proportion": ("ci_low", "ci_high", "share (95 % CI)"),
    "proportion_le5": ("ci_low_le5", "ci_high_le5", "≤ 5 mg/day (95 % CI)"),
    "proportion_le7_5": ("ci_low_le7_5", "ci_high_le7_5", "≤ 7.5 mg/day (95 % CI)"),
    "proportion_off": ("ci_low_off", "ci_high_off", "none (95 % CI)"),
    "proportion_present": ("ci_low_present", "ci_high_present", "share present (95 % CI)"),
    "proportion_answered": ("ci_low_answered", "ci_high_answered", "share answered (95 % CI)"),
    "proportion_improved": ("ci_low_improved", "ci_high_improved", "share better (95 % CI)"),
    "proportion_worsened": ("ci_low_worsened", "ci_high_worsened", "share worse (95 % CI)"),
    "proportion_damage_gt0": (
        "ci_low_damage_gt0",
        "ci_high_damage_gt0",
        "share with damage (95 % CI)",
    ),
    "proportion_accrual": ("ci_low_accrual", "ci_high_accrual", "share gained (95 % CI)"),
    "on_drug": ("ci_low", "ci_high", "still on it (95 % CI)"),
    "cumulative_incidence": ("ci_low", "ci_high", "stopped for it (95 % CI)"),
    "relative": ("", "", "given of due"),
    "median_relative": ("q1_relative", "q3_relative", "a patient's, median (quartiles)"),
    "estimate": ("ci_low", "ci_high", "estimate (95 % CI)"),
    "proportion_missing": ("", "", "cells missing"),
    "proportion_failed": ("", "", "share failed"),
    "proportion_filled": ("", "", "share filled"),
    "proportion_alone": ("", "", "share only reason"),
    "proportion_of_events": ("", "", "share of the events"),
    "label_proportion": ("", "", "share in the label"),
    "probability": ("ci_low", "ci_high", "share (95 % CI)"),
    "risk_difference": ("rd_ci_low", "rd_ci_high", "difference of shares (95 % CI)"),
    "kaplan_meier": ("kaplan_meier_low", "kaplan_meier_high", "Kaplan–Meier (95 % CI)"),
    "aalen_johansen": ("aalen_johansen_low", "aalen_johansen_high", "Aalen–Johansen (95 % CI)"),
    "turnbull": ("turnbull_low", "turnbull_high", "Turnbull (95 % CI)"),
    "largest_difference": ("", "", "largest difference"),
    "survival": ("ci_low", "ci_high", "free of it (95 % CI)"),
    "predicted": ("", "", "predicted share"),
    "observed": ("ci_low", "ci_high", "observed share (95 % CI)"),
    "stability": ("", "", "share of refits"),
}
MEANS = {
    "mean": ("mean_ci_low", "mean_ci_high", "mean (95 % CI)"),
    "model_change": ("model_ci_low", "model_ci_high", "mixed model (95 % CI)"),
    "mean_change": ("ci_low", "ci_high", "mean change (95 % CI)"),
    "mean_months": ("mean_low", "mean_high", "mean within the time, months (95 % CI)"),
    "mean_g": ("ci_low", "ci_high", "mean, g (95 % CI)"),
    "event_rate_per_100py": (
        "event_rate_ci_low",
        "event_rate_ci_high",
        "events per 100 patient-years (95 % CI)",
    ),
    "eair_per_100py": (
        "eair_ci_low",
        "eair_ci_high",
        "first events per 100 patient-years (95 % CI)",
    ),
    "rate_per_100py": ("ci_low", "ci_high", "per 100 patient-years (95 % CI)"),
    "median_months": ("median_low", "median_high", "half by, months (95 % CI)"),
}
# As means, with two decimals.
RATIOS = {
    "mean_flares": ("flares_low", "flares_high", "flares per patient (95 % CI)"),
    "hazard_ratio": ("ci_low", "ci_high", "hazard ratio (95 % CI)"),
    "rate_ratio": ("ratio_low", "ratio_high", "rate ratio (95 % CI)"),
    "odds_ratio": ("ci_low", "ci_high", "odds ratio (95 % CI)"),
    "corrected": ("ci_low", "ci_high", "corrected (95 % CI)"),
    "auc": ("ci_low", "ci_high", "AUC (95 % CI)"),
    "mean_abs_shap": (
        "mean_abs_low",
        "mean_abs_high",
        "mean contribution, log-odds (95 % of refits)",
    ),
    "mean_abs": ("mean_low", "mean_high", "mean contribution, log-odds (95 % of refits)"),
    "shap_mean": ("shap_low", "shap_high", "mean contribution (middle 80 %)"),
}
# As means, without decimals.
WHOLE_NUMBERS = {"rank": ("rank_low", "rank_high", "rank (95 % of refits)")}
# Ids in cells, as a reader says them.
VALUE_WORDS = {
    "severity": {"mild_moderate": "mild or moderate"},
    "method": {
        "kaplan_meier": "Kaplan–Meier",
        "aalen_johansen": "Aalen–Johansen",
        "turnbull": "Turnbull",
    },
    "model": {
        "gradient_boosting": "gradient boosting",
        "logistic": "logistic regression",
        "prevalence": "share of all",
    },
    "metric": {
        "auc": "AUC",
        "brier": "Brier score",
        "scaled_brier": "scaled Brier score",
        "calibration_intercept": "calibration intercept",
        "calibration_slope": "calibration slope",
        "log_loss": "log loss",
    },
    "kind": {"group": "a fifth of the patients", "curve": "smoothed"},
    "strategy": {
        "gradient_boosting": "gradient boosting",
        "logistic": "logistic regression",
        "treat_all": "treat all",
        "treat_none": "treat none",
    },
}
# What goes with response: higher values, lower ones, or neither.
SIGN_WORDS = {1: "↑ more often", -1: "↓ less often", 0: "–"}
# Two ends of a share in one cell.
RANGES = {
    "limit_low_95": ("limit_high_95", "95 % limits"),
    "limit_low_998": ("limit_high_998", "99.8 % limits"),
}
WITH_LIMITS = " (95 % CI)"
# Measurements of a single visit, as they were written down.
MEASURED = ("physician_ga", "prednisone_mg_day")
NOT_ESTIMABLE = "–"
SPREAD = ("mean", "sd", "median", "q1", "q3")


def readable(table: pd.DataFrame, shown: Sequence[str] = ()) -> dict[str, Any]:
    """Columns in words, by name; shares in per cent, the group only where there is one.

    ``shown``: only these of the columns, where they are there. A column that is shown as it is
    stays one, every other is a list of words.
    """
    # Plain lists: a page draws tables of some ten rows, where pandas' own overhead would be most.
    names = [name for name in shown if name in table.columns] or table.columns
    cells = {str(name): table[name].tolist() for name in names}
    is_whole = "level" in cells and set(cells["level"]) <= {"all"}
    columns: dict[str, Any] = {}
    for name in cells:
        if name in _LIMITS or (is_whole and name in ("group", "level")):
            continue
        if name in _SAID_BY and _SAID_BY[name] in cells:
            continue
        words, values = _in_words(cells, name)
        columns[words] = table[name] if values is None else values
    return columns


Cells: TypeAlias = Mapping[str, list[Any]]
# Columns whose words another column has.
_SAID_BY = {"level": "characteristic", "label": "feature"}
_LIMITS = {
    *(
        limit
        for low, high, _ in (SHARES | MEANS | RATIOS | WHOLE_NUMBERS).values()
        for limit in (low, high)
    ),
    *(high for high, _ in RANGES.values()),
}


def _small_p(p: float) -> str:
    return p_in_words(p).removeprefix("p = ").removeprefix("p ")


# Columns that are written in words whatever table they stand in, a cell at a time.
CELLS: Mapping[str, Callable[[Any], str]] = {
    "measure": lambda name: MEASURES[name].label,
    "p_value": _small_p,
    "p_difference": _small_p,
    "endpoint": lambda name: ENDPOINTS[name].label,
    "difference": lambda value: _in_points(value),
    "smd": lambda value: "" if pd.isna(value) else f"{value:.2f}",
    "feature": lambda name: FEATURES[name].label,
    "other": lambda name: FEATURES[name].label,
    "direction": lambda sign: SIGN_WORDS[sign],
    "by_design": lambda is_so: "yes" if is_so else "",
    "is_missing": lambda is_so: "yes" if is_so else "",
    "apparent": lambda value: _rounded(value, 2),
    "partial_dependence": lambda value: _rounded(value, 2),
    "net_benefit": lambda value: _rounded(value, 3),
    "threshold": lambda value: f"{100 * value:g} %",
}
# The same where another column is there, or one is not.
CELLS_BESIDE: Mapping[str, tuple[str, bool, Callable[[Any], str]]] = {
    "expected": ("direction", True, lambda sign: SIGN_WORDS[sign]),
    "auc": ("ci_low", False, lambda value: _rounded(value, 2)),
}


def _cell_words(cells: Cells, name: str) -> Callable[[Any], str] | None:
    """What writes the cells of a column, where they are words in this table."""
    if name in CELLS_BESIDE:
        beside, is_there, say = CELLS_BESIDE[name]
        return say if (beside in cells) == is_there else None
    return CELLS.get(name)


def _in_words(cells: Cells, name: str) -> tuple[str, list[str] | None]:
    """The name of a column and its cells; no cells where they are shown as they are."""
    words, values = COLUMN_WORDS.get(name, name.replace("_", " ")), cells[name]
    if name in RANGES:
        high, words = RANGES[name]
        return words, list(map(_as_range, values, cells[high]))
    say = _cell_words(cells, name)
    if say is not None:
        return words, list(map(say, values))
    if name == "characteristic":
        return name, list(map(_with_level, values, cells["level"]))
    if name in VALUE_WORDS:
        said: list[Any] = [VALUE_WORDS[name].get(value, value) for value in values]
        return name, said
    if name in MEASURED:
        return words, list(map(_in_figures, values))
    if name in SHARES:
        low, high, words = SHARES[name]
        words = words if low in cells else words.removesuffix(WITH_LIMITS)
        percents = [[100 * v for v in cells[c]] for c in (name, low, high) if c in cells]
        return words, _with_limits(percents, [0] * len(values), " %")
    if name in MEANS and MEANS[name][0] in cells:
        low, high, words = MEANS[name]
        return words, _with_limits([values, cells[low], cells[high]], _decimals(cells, name))
    if name in SPREAD and ("measure" in cells or "n_accrual" in cells):
        return words if name in COLUMN_WORDS else name, _with_limits(
            [values], _decimals(cells, name)
        )
    if name in RATIOS or name in WHOLE_NUMBERS:
        low, high, words = RATIOS.get(name) or WHOLE_NUMBERS[name]
        digits = 2 if name in RATIOS else 0
        return words, _with_limits([values, cells[low], cells[high]], [digits] * len(values))
    return words, None


def _decimals(cells: Cells, name: str) -> list[int]:
    """Decimals that matter, a row each: by measure; damage moves by hundredths of a point."""
    if "measure" in cells:
        return [MEASURES[measure].digits for measure in cells["measure"]]
    return [2 if "n_accrual" in cells else 1] * len(cells[name])


def _with_level(characteristic: str, level: str) -> str:
    """The characteristic and, where it has several, the level."""
    return characteristic if level in ("", "yes") else f"{characteristic}: {level}"


def _in_points(value: float) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return NOT_ESTIMABLE if pd.isna(value) else _written(100 * value, 1, "+")


def _rounded(value: float, digits: int) -> str:
    return NOT_ESTIMABLE if pd.isna(value) else _written(value, digits)


def _written(value: float, digits: int, sign: str = "-") -> str:
    # Adding 0 takes the sign from a rounded 0.
    return f"{round(value, digits) + 0.0:{sign}.{digits}f}".replace("-", "−")


def _as_range(low: float, high: float) -> str:
    return NOT_ESTIMABLE if pd.isna(low) else f"{100 * low:.0f} to {100 * high:.0f} %"


def _in_figures(value: float) -> str:
    return "missing" if pd.isna(value) else f"{value:g}"


def _with_limits(columns: list[list[float]], decimals: list[int], unit: str = "") -> list[str]:
    """Value and, where known, low and high in one cell a row."""
    rows = zip(*columns, strict=True)
    return [_estimate(row, digits, unit) for row, digits in zip(rows, decimals, strict=True)]


def _estimate(row: tuple[float, ...], digits: int, unit: str) -> str:
    # Only NaN differs from itself.
    shown = [_written(value, digits) if value == value else "not reached" for value in row]
    if row[0] != row[0]:
        return NOT_ESTIMABLE
    has_limits = len(row) > 1 and row[1] == row[1]
    return f"{shown[0]}{unit}" + (f" ({shown[1]} to {shown[2]})" if has_limits else "")
