"""Who stops anifrolumab sooner: hazard ratios between the levels of each characteristic.

Described, never explained: in one arm a difference between groups says nothing of what the drug
does in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.cox import CoxData, CoxFit, check_proportional_hazards, estimate_cox
from lupus_outcomes.analysis.inference import p_remarks, shown_p
from lupus_outcomes.analysis.result import Result, of_whom, remarks
from lupus_outcomes.analysis.retention import CLOCK, USES
from lupus_outcomes.derive.characteristics import UNKNOWN_LEVEL, Characteristic
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.retention import Retention, derive_retention, select_treated
from lupus_outcomes.derive.selection import Selection

# Fewer stops than this in a level or in its reference give a ratio that means nothing.
FEWEST_STOPS = 5
# Of the place and the time of treatment, not of the patient.
NOT_OF_PATIENTS = frozenset({"centre", "treatment_group", "start_year"})
CHANGES_BELOW = 0.05
# Levels that are natural to compare with, where enough patients in them have stopped.
NATURAL_REFERENCES = ("no", "none", "never")
COX = "Cox 1972, J R Stat Soc B 34:187; ties by Efron 1977, J Am Stat Assoc 72:557"
PROPORTIONALITY = "Grambsch & Therneau 1994, Biometrika 81:515"
RATIOS = (
    "characteristic", "characteristic_id", "level", "is_reference", "n", "n_stopped",
    "hazard_ratio", "ci_low", "ci_high", "p_difference", "p_proportional", "why_not",
)  # fmt: skip
RATIOS_SHOWN = (
    "characteristic", "level", "n", "n_stopped", "hazard_ratio", "ci_low", "ci_high", "why_not",
    "p_difference",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contrast:
    """The levels of a characteristic that can be compared; ``members``: bool (levels, patients).

    ``reference`` is the position of the level that the others are compared with.
    """

    characteristic: Characteristic
    levels: tuple[str, ...]
    members: NDArray[np.bool_]
    reference: int


def estimate_retention_ratios(cohort: Cohort, selection: Selection) -> Result:
    """Hazard ratio of stopping for each level of each characteristic, one characteristic at a time.

    ``p_difference``: of no difference between the levels of the characteristic;
    ``p_proportional``: of hazards in a constant ratio. ``why_not``: why a level has no ratio.
    Patients whose level is unknown are left out of that characteristic.
    """
    selection = select_treated(cohort, selection)
    retention = derive_retention(cohort.follow_up)
    rows = [
        row
        for contrast in _find_contrasts(cohort, selection, retention.is_stop)
        for row in _compare(contrast, retention, selection)
    ]
    table = pd.DataFrame(rows, columns=list(RATIOS))
    return Result(
        id="retention_hazard_ratios",
        title="Who stops sooner",
        finding=_ratios_finding(table, selection),
        table=table,
        shown=RATIOS_SHOWN,
        n_patients=selection.n_patients,
        denominator="patients selected whose level is known, from the first dose",
        method=(
            "Cox model with one characteristic at a time, unadjusted, 95 % Wald limits; the "
            "reference is no, none or never, else the largest group; for a manifestation, patients "
            "seen at baseline without it. Difference: likelihood-ratio test of all levels "
            "together. A level is estimated with at least "
            f"{FEWEST_STOPS} stops in it and in its reference. {CLOCK}"
        ),
        sources=(COX, PROPORTIONALITY),
        uses=USES,
        notes=(*_ratio_notes(table), *p_remarks(selection), *remarks(cohort, USES)),
    )


def _find_contrasts(
    cohort: Cohort, selection: Selection, is_stop: NDArray[np.bool_]
) -> Iterator[Contrast]:
    """What patients differ in; overlapping levels each against those seen without."""
    for name, characteristic in cohort.characteristics.items():
        if name in NOT_OF_PATIENTS:
            continue
        members = characteristic.members & selection.members
        if characteristic.overlaps:
            seen = selection.members & (cohort.baseline >= 0)
            for level, having in zip(characteristic.levels, members, strict=True):
                pair = np.stack([seen & ~having, having])
                if pair.any(axis=1).all():
                    yield Contrast(characteristic, ("", level), pair, 0)
            continue
        kept = [
            position
            for position, level in enumerate(characteristic.levels)
            if level != UNKNOWN_LEVEL and members[position].any()
        ]
        if len(kept) > 1:
            levels = tuple(characteristic.levels[position] for position in kept)
            reference = _choose_reference(levels, members[kept], is_stop)
            yield Contrast(characteristic, levels, members[kept], reference)


def _choose_reference(
    levels: tuple[str, ...], members: NDArray[np.bool_], is_stop: NDArray[np.bool_]
) -> int:
    """Position of the natural reference with enough stops, else of the largest level."""
    n_stopped = (members & is_stop).sum(axis=1)
    for position, level in enumerate(levels):
        if level in NATURAL_REFERENCES and n_stopped[position] >= FEWEST_STOPS:
            return position
    return int(np.argmax(members.sum(axis=1)))


def _compare(contrast: Contrast, retention: Retention, selection: Selection) -> Iterator[dict]:
    """A row a level; an overlapping level's reference, those without it, is left unsaid."""
    n_stopped = (contrast.members & retention.is_stop).sum(axis=1)
    has_enough = n_stopped >= FEWEST_STOPS
    is_reference = np.arange(len(n_stopped)) == contrast.reference
    fitted = np.flatnonzero(has_enough & ~is_reference)
    fit = proportional = None
    if has_enough[contrast.reference] and len(fitted):
        used = contrast.members[[contrast.reference, *fitted]]
        who = used.any(axis=0)
        data = CoxData(
            retention.follow_up_days[who],
            retention.is_stop[who],
            used[1:, who].T.astype(np.float64),
        )
        fit = estimate_cox(data)
        terms = [list(range(len(fitted)))]
        proportional = check_proportional_hazards(data, fit, terms).all_together.p_value
    for position, level in enumerate(contrast.levels):
        if not level:
            continue
        yield _ratio(fit, np.flatnonzero(fitted == position)) | {
            "characteristic": contrast.characteristic.label,
            "characteristic_id": contrast.characteristic.id,
            "level": level,
            "is_reference": bool(is_reference[position]),
            "n": int(contrast.members[position].sum()),
            "n_stopped": int(n_stopped[position]),
            "p_difference": np.nan
            if fit is None
            else shown_p(fit.likelihood_ratio.p_value, selection),
            "p_proportional": np.nan if proportional is None else shown_p(proportional, selection),
            "why_not": _why_no_ratio(
                fit, is_reference[position], has_enough[position], has_enough[contrast.reference]
            ),
        }


def _ratio(fit: CoxFit | None, place: NDArray[np.integer]) -> dict[str, float]:
    """Hazard ratio and limits of one covariate of a model; NaN without one."""
    if fit is None or not len(place):
        return {"hazard_ratio": np.nan, "ci_low": np.nan, "ci_high": np.nan}
    at = int(place[0])
    return {
        "hazard_ratio": float(fit.hazard_ratio[at]),
        "ci_low": float(fit.ci_low[at]),
        "ci_high": float(fit.ci_high[at]),
    }


def _why_no_ratio(
    fit: CoxFit | None, is_reference: bool, has_enough: bool, reference_has_enough: bool
) -> str:
    if is_reference:
        return "reference"
    if not has_enough:
        return "too few stops"
    if not reference_has_enough:
        return "too few stops in the reference"
    return "" if fit is not None and fit.status == "converged" else "not estimable"


def _ratio_notes(table: pd.DataFrame) -> Iterator[str]:
    tested = table[table["p_difference"].notna()].drop_duplicates(
        ["characteristic_id", "p_difference"]
    )
    if len(tested) > 1:
        yield (
            f"{len(tested)} comparisons were made, one by one: some differences arise by chance, "
            "and p-values are not adjusted for their number."
        )
    changing = tested.loc[tested["p_proportional"] < CHANGES_BELOW, "characteristic"]
    if len(changing):
        yield (
            "The ratio seems to change with time for "
            f"{', '.join(dict.fromkeys(changing.str.lower()))}: read it as an average."
        )


def _ratios_finding(table: pd.DataFrame, selection: Selection) -> str:
    found = table[table["hazard_ratio"].notna()]
    if found.empty:
        return (
            f"Too few patients have stopped anifrolumab to compare groups{of_whom(selection)}: a "
            f"ratio needs {FEWEST_STOPS} stops on either side."
        )
    clear = found[(found["ci_low"] > 1) | (found["ci_high"] < 1)]
    if clear.empty:
        return (
            f"None of the {len(found)} groups compared stopped clearly sooner or later than its "
            f"reference{of_whom(selection)}: every interval includes 1."
        )
    furthest = clear.iloc[np.argsort(-np.abs(np.log(clear["hazard_ratio"])))[:2]]
    parts = [
        f"{row.characteristic}, {row.level}: hazard ratio {row.hazard_ratio:.2f} (95 % CI "
        f"{row.ci_low:.2f}–{row.ci_high:.2f}; {row.n_stopped} of {row.n} stopped)"
        for row in furthest.itertuples()
    ]
    return (
        f"Of {len(found)} groups compared with their reference{of_whom(selection)}, {len(clear)} "
        f"had an interval that leaves out 1. Furthest from it: {'; '.join(parts)}."
    )
