"""Why a patient is, is not or may be in DORIS or LLDAS at one visit, in words.

A state that is not attained is explained by the criteria known to fail, one that cannot be told by
what is missing; both by the same derived criteria that decided it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lupus_outcomes.derive.visits import BEYOND_SLEDAI, Definitions
from lupus_outcomes.dictionary import label_of
from lupus_outcomes.indices import doris, lldas
from lupus_outcomes.indices.sledai import DESCRIPTORS
from lupus_outcomes.indices.three_valued import FALSE, TRUE

MOST_NAMED = 4
ATTAINED = "every criterion met"
NO_ITEMS = "SLEDAI-2K items not recorded"


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One visit: the derived ``state``, what was ``recorded``, and the assessment ``before``.

    ``state``: a row of visit states. ``recorded`` and ``before``: rows of ``visits``; ``before`` is
    None at the first assessment. ``assumed``: declared values of columns never collected.
    """

    state: Mapping[str, Any]
    recorded: Mapping[str, Any]
    before: Mapping[str, Any] | None
    assumed: Mapping[str, bool]

    def holds(self, name: str) -> bool | None:
        """A recorded condition, or its declared value; None where unknown."""
        value = self.recorded[name]
        return self.assumed.get(name) if pd.isna(value) else bool(value)

    def held_before(self, name: str) -> bool | None:
        """The same condition at the assessment before."""
        value = pd.NA if self.before is None else self.before[name]
        return self.assumed.get(name) if pd.isna(value) else bool(value)

    def number(self, name: str) -> float | None:
        """A derived or recorded measurement; None where missing."""
        value = self.state[name] if name in self.state else self.recorded[name]
        return None if pd.isna(value) else float(value)


def explain_doris(visit: VisitFacts, definitions: Definitions) -> str:
    """What decided DORIS at the visit."""
    options = definitions.doris
    return _explain(
        visit,
        "doris",
        {
            "doris_clinical_sledai": _clinical_activity,
            "doris_physician_ga": lambda v: _over(
                v,
                "physician_ga",
                "physician global",
                f"{options.physician_ga[:-3]} {doris.PHYSICIAN_GA_LIMIT:g}",
            ),
            "doris_glucocorticoid": lambda v: _dose(
                v, f"{options.glucocorticoid[:-1]} {doris.GLUCOCORTICOID_LIMIT_MG_DAY:g}"
            ),
            "doris_stable": _stability,
        },
    )


def explain_lldas(visit: VisitFacts, definitions: Definitions) -> str:
    """What decided LLDAS at the visit."""
    limit = f"<= {lldas.PHYSICIAN_GA_LIMIT:g}"
    return _explain(
        visit,
        "lldas",
        {
            "lldas_activity": _activity,
            "lldas_no_new": lambda v: _new_activity(v, definitions.lldas.new_activity),
            "lldas_physician_ga": lambda v: _over(v, "physician_ga", "physician global", limit),
            "lldas_glucocorticoid": lambda v: _dose(v, f"<= {lldas.GLUCOCORTICOID_LIMIT_MG_DAY:g}"),
            "lldas_maintenance": _maintenance,
        },
    )


def _explain(visit: VisitFacts, state: str, parts: Mapping[str, Any]) -> str:
    decided = visit.state[state]
    if decided == TRUE:
        return ATTAINED
    return "; ".join(words(visit) for part, words in parts.items() if visit.state[part] == decided)


def _over(visit: VisitFacts, name: str, label: str, limit: str, unit: str = "") -> str:
    value = visit.number(name)
    return f"{label} missing" if value is None else f"{label} {value:g}{unit} ({_limit(limit)})"


def _limit(limit: str) -> str:
    return f"limit {limit.replace('<=', '≤')}"


def _dose(visit: VisitFacts, limit: str) -> str:
    return _over(visit, "prednisone_mg_day", "prednisone", limit, " mg/day")


def _clinical_activity(visit: VisitFacts) -> str:
    clinical = [d.id for d in DESCRIPTORS if d.is_clinical]
    if visit.state["doris_clinical_sledai"] != FALSE:
        return _missing_items(visit, clinical)
    value = visit.number("clinical_sledai")
    total = "above 0" if value is None else f"{value:g}"
    present = _named(name for name in clinical if visit.holds(name))
    return f"clinical SLEDAI-2K {total}" + (f": {present}" if present else "")


def _activity(visit: VisitFacts) -> str:
    """The total, the organs and the features beyond SLEDAI-2K, as far as each decides."""
    if visit.state["lldas_activity"] == FALSE:
        return "; ".join(_failed_activity(visit))
    beyond = [name for name in BEYOND_SLEDAI if visit.holds(name) is None]
    return _missing_items(visit, [d.id for d in DESCRIPTORS], beyond)


def _failed_activity(visit: VisitFacts) -> Iterator[str]:
    low, high = visit.state["sledai_2k_low"], visit.state["sledai_2k_high"]
    if low > lldas.SLEDAI_LIMIT:
        total = f"{low:g}" if low == high else f"at least {low:g}"
        yield f"SLEDAI-2K {total} (limit ≤ {lldas.SLEDAI_LIMIT})"
    major = _named(d.id for d in DESCRIPTORS if d.is_major and visit.holds(d.id))
    if major:
        yield f"major organ active: {major}"
    yield from (_label(name) for name in BEYOND_SLEDAI if visit.holds(name))
    if low <= lldas.SLEDAI_LIMIT and not major and visit.holds("myositis"):
        yield "myositis"


def _new_activity(visit: VisitFacts, reading: str) -> str:
    failed = visit.state["lldas_no_new"] == FALSE
    if reading.startswith("sfi"):
        return "a flare" if failed else "a flare cannot be told"
    if visit.before is None:
        return "new activity cannot be told at the first assessment"
    compared = [d.id for d in DESCRIPTORS if d.is_clinical or reading == "any_descriptor"]
    pairs = {n: (visit.held_before(n), visit.holds(n)) for n in (*compared, *BEYOND_SLEDAI)}
    if failed:
        new = _named(name for name, pair in pairs.items() if pair == (False, True))
        return f"new activity: {new}" if new else "new activity: the total has risen"
    undecided = ((None, True), (False, None), (None, None))
    missing = [name for name, pair in pairs.items() if pair in undecided]
    if len(missing) >= len(compared):
        return f"new activity cannot be told: {NO_ITEMS} here or before"
    return f"new activity cannot be told: {_named(missing)} missing here or before"


def _stability(visit: VisitFacts) -> str:
    if visit.state["doris_stable"] == FALSE:
        return "background treatment not stable"
    return "stability of background treatment not recorded"


def _maintenance(visit: VisitFacts) -> str:
    if visit.state["lldas_maintenance"] == FALSE:
        if visit.holds("investigational_drug"):
            return "investigational drug taken"
        return "maintenance treatment beyond limits"
    lacking = [
        name
        for name in ("maintenance_in_limits", "investigational_drug")
        if visit.holds(name) is None
    ]
    words = {
        "maintenance_in_limits": "limits of maintenance treatment",
        "investigational_drug": "investigational drug",
    }
    return f"{' and '.join(words[name] for name in lacking)} not recorded"


def _missing_items(visit: VisitFacts, items: list[str], beyond: list[str] | None = None) -> str:
    missing = [name for name in items if visit.holds(name) is None]
    if len(missing) == len(items):
        return NO_ITEMS
    return f"{_named([*missing, *(beyond or [])])} missing"


def _named(names: Iterable[str]) -> str:
    labels = [_label(name) for name in names]
    more = len(labels) - MOST_NAMED
    shown = labels[:MOST_NAMED]
    return ", ".join([*shown, f"{more} more"] if more > 0 else shown)


def _label(name: str) -> str:
    label = label_of("visits", name)
    return label[0].lower() + label[1:]
