"""Treatment-emergent adverse events, and for each of them every category it may belong to.

Treatment-emergent: onset from the first dose to the end of exposure, both days included; exposure
ends 28 days after the stop, at the last contact or at the data cut, whichever first (Tummala 2021,
Lupus Sci Med 8:e000464). Whether an event without an onset is one cannot be told: it is counted
apart. Every category is three-valued: what is not recorded is unknown, never no.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import is_code, numbers, three_valued
from lupus_outcomes.derive.exposure import derive_exposure_end
from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.derive.rules import decided
from lupus_outcomes.indices.safety import compute_early, compute_serious_infection
from lupus_outcomes.indices.three_valued import (
    FALSE,
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    above,
    at_least,
    at_most,
    below,
    every,
    is_known,
    negate,
    some,
)

GRADES = (1, 2, 3, 4, 5)
FATAL_GRADE = 5
NOT_NAMED = -1


@dataclass(frozen=True, slots=True)
class Names:
    """Words as positions in ``names``, in alphabetical order; ``NOT_NAMED`` where none is given.

    ``code``: shape (events,).
    """

    code: NDArray[np.int64]
    names: tuple[str, ...]


@dataclass(frozen=True)
class AdverseEvents:
    """Treatment-emergent events; arrays of shape (events,), onset in days from the first dose.

    ``holds``: by category, whether each event belongs to it. ``preferred_term``: the term as
    reported where none is coded. ``exposure_end``: last day at risk, shape (patients,).
    ``patients_undated``, ``patients_before`` and ``patients_after``: the patient of each event
    that is not counted, for want of an onset, before the first dose, after the end of exposure.
    """

    table: pd.DataFrame
    patient: NDArray[np.int64]
    onset_day: Numbers
    holds: Mapping[str, ThreeValued]
    system_organ_class: Names
    preferred_term: Names
    exposure_end: Numbers
    patients_undated: NDArray[np.int64]
    patients_before: NDArray[np.int64]
    patients_after: NDArray[np.int64]

    def tells(self, category: str) -> bool:
        """Whether the dataset can tell the category of a single event, or has none to tell."""
        holds = self.holds[category]
        return not len(holds) or bool(is_known(holds).any())


def derive_adverse_events(recorded: pd.DataFrame, follow_up: FollowUp) -> AdverseEvents:
    """The treatment-emergent ones of all events recorded."""
    patient = recorded["patient"].to_numpy(dtype=np.int64)
    onset = numbers(recorded["onset_day"])
    exposure_end = derive_exposure_end(follow_up)
    has_begun, is_exposed = at_least(onset, 0), at_most(onset - exposure_end[patient], 0)
    is_emergent = every(has_begun, is_exposed) == TRUE
    table = recorded.take(np.flatnonzero(is_emergent)).reset_index(drop=True)
    coded = table["preferred_term"]
    return AdverseEvents(
        table=table,
        patient=patient[is_emergent],
        onset_day=onset[is_emergent],
        holds=_categorise(table, onset[is_emergent]),
        system_organ_class=name_codes(table["system_organ_class"]),
        preferred_term=name_codes(coded.where(coded.notna(), table["term"])),
        exposure_end=exposure_end,
        patients_undated=patient[has_begun == UNKNOWN],
        patients_before=patient[has_begun == FALSE],
        patients_after=patient[(has_begun == TRUE) & (is_exposed == FALSE)],
    )


def name_codes(words: pd.Series) -> Names:
    """Words as codes; spellings that differ only in capitals are one, the most frequent stands."""
    raw, spellings = pd.factorize(words)
    counts = np.bincount(raw[raw >= 0], minlength=len(spellings))
    tidy = [" ".join(str(spelling).split()) for spelling in spellings]
    usual: dict[str, str] = {}
    for at in sorted(range(len(tidy)), key=lambda at: (-counts[at], tidy[at])):
        usual.setdefault(tidy[at].casefold(), tidy[at])
    names = sorted(usual.values(), key=str.casefold)
    place = {name.casefold(): at for at, name in enumerate(names)}
    # Position -1, no word at all, takes the last.
    codes = np.array([*(place[name.casefold()] for name in tidy), NOT_NAMED], dtype=np.int64)
    return Names(codes[raw], tuple(names))


def _categorise(events: pd.DataFrame, onset_day: Numbers) -> dict[str, ThreeValued]:
    serious, infection = three_valued(events["serious"]), three_valued(events["infection"])
    # An event that is not serious has no reason for being so.
    admitted = _unless(serious == FALSE, is_code(events["seriousness"], "hospitalisation"))
    fatal = _is_fatal(events, serious)
    early = compute_early(onset_day, np.zeros(len(events)))
    treated = three_valued(events["iv_antimicrobial"])
    return {
        "any": decided(np.ones(len(events), dtype=np.bool_)),
        "serious": serious,
        "non_serious": negate(serious),
        "hospitalisation": admitted,
        "fatal": fatal,
        "related": three_valued(events["related"]),
        "led_to_stop": is_code(events["action"], "discontinued"),
        "early": early,
        "late": negate(early),
        **_grades(numbers(events["grade"])),
        "infection": infection,
        "serious_infection": compute_serious_infection(infection, admitted, treated, fatal),
        "herpes_zoster": three_valued(events["herpes_zoster"]),
        "cardiovascular": three_valued(events["cardiovascular"]),
        "neoplasm": three_valued(events["neoplasm"]),
    }


def _is_fatal(events: pd.DataFrame, serious: ThreeValued) -> ThreeValued:
    """Fatal by outcome, seriousness or grade; excluded by an outcome, a grade, or not serious.

    An outcome written down as unknown excludes nothing.
    """
    grade = numbers(events["grade"])
    outcome, unknown = is_code(events["outcome"], "fatal"), is_code(events["outcome"], "unknown")
    stated = some(outcome, is_code(events["seriousness"], "death"), at_least(grade, FATAL_GRADE))
    excluded = some(
        every(negate(outcome), negate(unknown)), below(grade, FATAL_GRADE), negate(serious)
    )
    return np.where(stated == TRUE, TRUE, np.where(excluded == TRUE, FALSE, UNKNOWN))


def _unless(is_excluded: NDArray[np.bool_], holds: ThreeValued) -> ThreeValued:
    """Unknown becomes no where something else excludes it."""
    return np.where((holds == UNKNOWN) & is_excluded, FALSE, holds)


def _grades(grade: Numbers) -> dict[str, ThreeValued]:
    return {f"grade_{n}": every(above(grade, n - 0.5), below(grade, n + 0.5)) for n in GRADES}
