"""The clinician's own call beside the derived state: compared visit by visit, never mixed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result, percent
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import three_valued
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.flare import SEVERITIES
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN, ThreeValued

UNCERTAIN = -1
NO_OR_YES = ("no", "yes")


@dataclass(frozen=True, slots=True)
class Call:
    """A state that clinicians may record: its column of visits and the levels of the answer."""

    column: str
    label: str
    levels: tuple[str, ...]
    source: str


CALLS = {
    "doris": Call("doris_recorded", ENDPOINTS["doris"].label, NO_OR_YES, ENDPOINTS["doris"].source),
    "lldas": Call("lldas_recorded", ENDPOINTS["lldas"].label, NO_OR_YES, ENDPOINTS["lldas"].source),
    "flare": Call(
        "flare_recorded", "Flare", SEVERITIES, "SELENA-SLEDAI flare index: Petri 1999, Lupus 8:685"
    ),
}


def is_recorded(cohort: Cohort, state: str) -> bool:
    """Whether clinicians recorded their own call at any visit."""
    return f"visits.{CALLS[state].column}" not in cohort.dataset.not_collected


def estimate_agreement(cohort: Cohort, selection: Selection, state: str) -> Result:
    """Cross-tabulate the recorded call and the derived state at all visits.

    One row a derived level and one for what cannot be derived; columns ``n_recorded_*`` a level of
    the call, ``n_not_recorded``. Agreement and Cohen's kappa rest on visits where both are known.
    """
    call = CALLS[state]
    chosen = selection.members[cohort.states["patient"].to_numpy()]
    recorded = _recorded(cohort, state)[chosen]
    derived = _derived(cohort, state)[chosen]
    counts = _cross(derived, recorded, len(call.levels))
    words = [level.replace("_", " or ") for level in call.levels]
    table = pd.DataFrame({"derived": [*words, "cannot be told"]})
    for position, level in enumerate(call.levels):
        table[f"n_recorded_{level}"] = counts[:, position]
    table["n_not_recorded"] = counts[:, -1]
    return Result(
        id=f"agreement_{state}",
        title=f"Recorded and derived: {call.label}",
        finding=_finding(counts[:-1, :-1], counts, call),
        table=table,
        n_patients=selection.n_patients,
        denominator="visits up to the data cut; agreement where both are known",
        method=(
            "Cohen's kappa, unweighted; no interval is given, because visits of one patient are "
            "not independent. Results use the derived state only."
        ),
        sources=(call.source, "Cohen 1960, Educ Psychol Meas 20:37"),
        uses=(f"visits.{call.column}",),
    )


def compute_kappa(counts: NDArray[np.integer]) -> float:
    """Cohen's kappa of a square table of two raters; NaN when chance alone would agree always."""
    total = counts.sum()
    if not total:
        return float("nan")
    share = counts / total
    by_chance = float(share.sum(axis=1) @ share.sum(axis=0))
    return float((np.trace(share) - by_chance) / (1 - by_chance)) if by_chance < 1 else float("nan")


def _recorded(cohort: Cohort, state: str) -> NDArray[np.int8]:
    """Level of the clinician's call at each visit, -1 where none is recorded."""
    column = cohort.tables["visits"][CALLS[state].column]
    if state == "flare":
        return column.cat.codes.to_numpy().astype(np.int8)
    return _level(three_valued(column))


def _derived(cohort: Cohort, state: str) -> NDArray[np.int8]:
    codes = cohort.states[state].to_numpy()
    return codes if state == "flare" else _level(codes)


def _level(codes: ThreeValued) -> NDArray[np.int8]:
    return np.where(codes == UNKNOWN, UNCERTAIN, codes == TRUE).astype(np.int8)


def _cross(
    derived: NDArray[np.int8], recorded: NDArray[np.int8], n_levels: int
) -> NDArray[np.int64]:
    """Visits by derived (rows) and recorded level (columns); the last of each is not known."""
    counts = np.zeros((n_levels + 1, n_levels + 1), dtype=np.int64)
    np.add.at(counts, (derived, recorded), 1)
    return counts


def _finding(both: NDArray[np.int64], counts: NDArray[np.int64], call: Call) -> str:
    total, agree = int(both.sum()), int(np.trace(both))
    if not total:
        return f"No visit has both a recorded and a derived answer for {call.label}."
    kappa = compute_kappa(both)
    in_words = "" if np.isnan(kappa) else f"; Cohen's kappa {kappa:.2f}".replace("-", "−")
    undecided = int(counts[-1, :-1].sum())
    return (
        f"{call.label}: at {total:,} visits with both, the clinician's own call and the derived "
        f"state agree in {percent(agree / total)} ({agree:,} of {total:,}{in_words}). At "
        f"{undecided:,} visits with a call the derived state cannot be told."
    )
