"""Flares on the drug: how many per patient-year, in which year, in which state of the disease."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.rates import DAYS_PER_YEAR, Rate, compute_rate
from lupus_outcomes.analysis.result import Result, of_whom, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.flare_events import (
    DISEASE_STATES,
    FLARE_SEVERITIES,
    IN_UNKNOWN,
    SOURCES,
    UNKNOWN_FLARE,
    FlareEvents,
    Severity,
    Source,
    derive_flare_events,
    derive_state_before,
    derive_state_days,
    is_flare_recorded,
)
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import Numbers

FLARE_SOURCES = (
    "SELENA-SLEDAI flare index: Petri 1999, Lupus 8:685; Buyon 2005, Ann Intern Med 142:953",
    "Garwood 1936, Biometrika 28:437",
)
USES = ("flares.flare_date", "flares.severity", "visits.arthritis|visits.sledai_2k")
SOURCE_WORDS = {
    "recorded": "recorded by clinicians",
    "derived": "derived from visits",
}
SEVERITY_WORDS = {"any": "any", "mild_moderate": "mild or moderate", "severe": "severe"}
DENOMINATOR = (
    "all patients, from the index date to 28 days after the stop or the end of observation, both "
    "days included"
)
INDEPENDENT = "95 % exact Poisson limits (Garwood), which take flares as independent."
LAST_YEAR = 5
COLUMNS = (
    "source", "severity", "n_flares", "n_patients", "person_years", "rate_per_100py", "ci_low",
    "ci_high", "group", "level", "n",
)  # fmt: skip
SHOWN = (
    "source", "severity", "level", "n_flares", "n_patients", "n", "person_years", "rate_per_100py",
    "ci_low", "ci_high",
)  # fmt: skip
BY_YEAR_SHOWN = (
    "level", "year", "n_flares", "n_patients", "n", "person_years", "rate_per_100py", "ci_low",
    "ci_high",
)  # fmt: skip
BY_STATE_SHOWN = (
    "level", "disease_state", "n_flares", "n_patients", "n", "person_years", "rate_per_100py",
    "ci_low", "ci_high",
)  # fmt: skip


def estimate_flares(
    cohort: Cohort, selection: Selection, sources: Sequence[Source] = SOURCES
) -> Result:
    """Rates of flares, in the columns of ``flares.csv``; ``n`` are the patients at risk."""
    rows = []
    for source in available(cohort, sources):
        flares = derive_flare_events(cohort, source)
        rows += [
            {"source": source, "severity": severity, "group": group.group, "level": group.level}
            | _rate_row(flares, flares.of(severity, group.members), flares.end_day * group.members)
            | {"n": int(group.members.sum())}
            for severity in FLARE_SEVERITIES
            for group in selection.groups
        ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return Result(
        id="flares",
        title="Flares on the drug",
        finding=_finding(table, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=DENOMINATOR,
        method=f"{derivation_words(cohort)} {INDEPENDENT}",
        sources=FLARE_SOURCES,
        uses=USES,
        notes=(*notes_on_sources(cohort, selection, sources), *remarks(cohort, USES)),
    )


def estimate_flares_by_year(
    cohort: Cohort, selection: Selection, source: Source | None = None, severity: Severity = "any"
) -> Result:
    """Rates in each year on the drug; ``n`` are the patients at risk in it.

    ``source``: the first this dataset has by default, here as in the functions beside it.
    """
    source = source or available(cohort)[0]
    flares = derive_flare_events(cohort, source)
    year_of = np.floor(flares.day / DAYS_PER_YEAR)
    rows = []
    for group in selection.groups:
        of_group = flares.of(severity, group.members)
        for year in range(LAST_YEAR):
            days = np.clip(flares.end_day - year * DAYS_PER_YEAR, 0.0, DAYS_PER_YEAR)
            days = days * group.members
            rows.append(
                {"source": source, "severity": severity, "year": year + 1}
                | {"group": group.group, "level": group.level}
                | _rate_row(flares, of_group & (year_of == year), days)
                | {"n": int((days > 0).sum())}
            )
    table = pd.DataFrame(rows)
    return Result(
        id="flares_by_year",
        title="Flares year by year",
        finding=_year_finding(table, selection),
        table=table,
        shown=BY_YEAR_SHOWN,
        n_patients=selection.n_patients,
        denominator=f"{DENOMINATOR}; a year counts as far as it was observed",
        method=f"{derivation_words(cohort)} {INDEPENDENT} Whoever stopped or has not come so far "
        "is in no later year.",
        sources=FLARE_SOURCES,
        uses=USES,
    )


def estimate_flares_by_state(
    cohort: Cohort, selection: Selection, source: Source | None = None, severity: Severity = "any"
) -> Result:
    """Rates in the time spent in each disease state; ``n`` are the patients with such time."""
    source = source or available(cohort)[0]
    flares = derive_flare_events(cohort, source)
    days, before = derive_state_days(cohort), derive_state_before(cohort, flares)
    rows = []
    for group in selection.groups:
        of_group = flares.of(severity, group.members)
        for state, name in enumerate(DISEASE_STATES):
            in_state = days[state] * group.members
            rows.append(
                {"source": source, "severity": severity, "disease_state": name}
                | {"group": group.group, "level": group.level}
                | _rate_row(flares, of_group & (before == state), in_state)
                | {"n": int((in_state > 0).sum())}
            )
    table = pd.DataFrame(rows)
    return Result(
        id="flares_by_state",
        title="Flares by the state of the disease",
        finding=_state_finding(table, selection),
        table=table,
        shown=BY_STATE_SHOWN,
        n_patients=selection.n_patients,
        denominator=f"{DENOMINATOR}, divided by the state at the last visit before",
        method="The state of a visit holds until the next visit; a flare belongs to the state of "
        f"the last visit before its day. {derivation_words(cohort)} {INDEPENDENT} Patients pass "
        "from one state to another: an association over time, not the effect of a state.",
        sources=FLARE_SOURCES,
        uses=USES,
    )


def available(cohort: Cohort, sources: Sequence[Source] = SOURCES) -> tuple[Source, ...]:
    """The sources this dataset has."""
    return tuple(s for s in sources if s == "derived" or is_flare_recorded(cohort))


def derivation_words(cohort: Cohort) -> str:
    """How flares are derived, the variant named."""
    return (
        f"Derived flares: SELENA-SLEDAI flare index on SLEDAI-2K, variant "
        f"{cohort.definitions.flare.variant}, at each visit against the one before; a drug or "
        "admission not recorded counts as not happened."
    )


def notes_on_sources(
    cohort: Cohort, selection: Selection, sources: Sequence[Source]
) -> tuple[str, ...]:
    """What a source lacks: recorded flares altogether, or visits that can be judged."""
    notes = []
    if "recorded" in sources and not is_flare_recorded(cohort):
        notes.append("Clinicians' own flares are not recorded in this dataset.")
    if "derived" in sources:
        states = cohort.states
        after = selection.members[states["patient"].to_numpy()] & (states["visit_day"] > 0)
        n_visits = int(after.sum())
        n_open = int((states["flare"][after] == UNKNOWN_FLARE).sum())
        if n_open:
            notes.append(
                f"At {n_open:,} of {n_visits:,} visits after the first dose a flare cannot be "
                "derived, because items are missing: flares there are not counted."
            )
    return tuple(notes)


def _rate_row(
    flares: FlareEvents, chosen: NDArray[np.bool_], days_at_risk: Numbers
) -> dict[str, Any]:
    rate = compute_rate(int(chosen.sum()), float(days_at_risk.sum()) / DAYS_PER_YEAR)
    return {
        "n_flares": rate.n_events,
        "n_patients": len(np.unique(flares.patient[chosen])),
        "person_years": rate.person_years,
        **_limits(rate),
    }


def _limits(rate: Rate) -> dict[str, float]:
    return {
        "rate_per_100py": rate.estimate,
        "ci_low": rate.ci_low,
        "ci_high": rate.ci_high,
    }


def _finding(table: pd.DataFrame, selection: Selection) -> str:
    of_all = table[table["group"] == "all"]
    if of_all.empty:
        return "Flares can neither be read nor derived in this dataset."
    if not of_all["person_years"].any():
        return f"No time on the drug has been observed yet{of_whom(selection)}."
    of_any: list[Any] = list(of_all[of_all["severity"] == "any"].itertuples())
    severe: list[Any] = list(of_all[of_all["severity"] == "severe"].itertuples())
    parts = [
        f"{SOURCE_WORDS[row.source]} {rate_in_words(row)}, severe {grave.rate_per_100py:.1f}"
        for row, grave in zip(of_any, severe, strict=True)
    ]
    return f"Flares on the drug{of_whom(selection)}: {'; '.join(parts)}."


def rate_in_words(row: Any) -> str:
    """``32.0 per 100 patient-years (177 flares in 106 patients; 95 % CI 27.5–37.1)``."""
    flares = "flare" if row.n_flares == 1 else "flares"
    patients = "patient" if row.n_patients == 1 else "patients"
    return (
        f"{row.rate_per_100py:.1f} per 100 patient-years ({row.n_flares:,} {flares} in "
        f"{row.n_patients:,} {patients}; 95 % CI {row.ci_low:.1f}–{row.ci_high:.1f})"
    )


def _year_finding(table: pd.DataFrame, selection: Selection) -> str:
    seen: list[Any] = list(
        table[(table["group"] == "all") & (table["person_years"] > 0)].itertuples()
    )
    if not seen:
        return f"No time on the drug has been observed yet{of_whom(selection)}."
    start = f"In the first year{of_whom(selection)} {rate_in_words(seen[0])}"
    if len(seen) == 1:
        return f"{start}."
    return f"{start}; in year {seen[-1].year} {rate_in_words(seen[-1])}."


def _state_finding(table: pd.DataFrame, selection: Selection) -> str:
    is_known = table["disease_state"] != DISEASE_STATES[IN_UNKNOWN]
    seen: list[Any] = list(
        table[(table["group"] == "all") & (table["person_years"] > 0) & is_known].itertuples()
    )
    if not seen:
        return f"No time in a known state of the disease has been observed{of_whom(selection)}."
    parts = "; ".join(f"{row.disease_state} {rate_in_words(row)}" for row in seen)
    return f"Flares by the state at the visit before{of_whom(selection)}: {parts}."
