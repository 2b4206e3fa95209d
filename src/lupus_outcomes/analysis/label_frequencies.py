"""Our frequencies beside what is published: the label's classes and the trials' rates."""

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.adverse_events import (
    EMERGENT,
    EXPOSED,
    NO_TABLE,
    RATES,
    SOURCES,
    in_sentence,
    is_collected,
    notes,
    uses,
)
from lupus_outcomes.analysis.event_counts import (
    Category,
    exposed,
    incidence_table,
    pair_conditions,
    pair_flags,
    told,
)
from lupus_outcomes.analysis.result import Result, of_whom, percent
from lupus_outcomes.analysis.safety_references import (
    EXTENSION,
    LABEL,
    LABEL_DAYS,
    PUBLISHED_RATES,
    REACTIONS,
    TRIALS,
    Reaction,
    frequency_class,
)
from lupus_outcomes.derive.adverse_events import AdverseEvents
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.rules import decided
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import FALSE, ThreeValued, at_most, every, some

REACTIONS_SHOWN = (
    "event", "n_patients", "n_exposed", "proportion", "ci_low", "ci_high", "frequency",
    "label_frequency", "label_proportion", "n_a_year",
)  # fmt: skip
RATES_SHOWN = (
    "event", "published_as", "n_patients", "eair_per_100py", "eair_ci_low", "eair_ci_high",
    "published_eair", "placebo_eair", "source",
)  # fmt: skip
NO_COMPARISON = "Other patients, follow-up and coding: a landmark, not a comparison."


def estimate_label_frequencies(cohort: Cohort, selection: Selection) -> Result:
    """Patients with each reaction of the label in their first 52 weeks, and its class.

    ``n_a_year``: of those exposed, patients exposed for all 52 weeks.
    """
    events = cohort.adverse_events
    first_year = at_most(events.onset_day, LABEL_DAYS)
    holds = [every(_is_reaction(events, reaction), first_year) for reaction in REACTIONS]
    named = [Category(reaction.label, reaction.label) for reaction in REACTIONS]
    found = incidence_table(pair_conditions(events, named, holds), selection.groups[:1])
    at_risk = exposed(events.exposure_end, selection.members)
    share = found["proportion"]
    table = found.assign(
        frequency=[_class(n, p) for n, p in zip(found["n_patients"], share, strict=True)],
        label_frequency=[reaction.frequency for reaction in REACTIONS],
        label_proportion=np.array([r.proportion for r in REACTIONS], dtype=np.float64),
        n_a_year=int((at_risk & (events.exposure_end >= LABEL_DAYS)).sum()),
    )
    columns = ["category", "group", "level", *REACTIONS_SHOWN]
    table = table.loc[table["n_exposed"] > 0, columns].reset_index(drop=True)
    table = table if is_collected(cohort) else table.iloc[:0]
    return Result(
        id="label_frequencies",
        title="Adverse reactions of the label",
        finding=_label_finding(table, cohort, selection),
        table=table,
        shown=REACTIONS_SHOWN,
        n_patients=selection.n_patients,
        denominator=f"{EXPOSED}, onset within the first 52 weeks, those exposed for less included",
        method=(
            f"{EMERGENT} Classes: very common from 1 in 10, common from 1 in 100, uncommon from 1 "
            "in 1,000. The label groups preferred terms, so do we; it counts reactions in trials "
            f"of 52 weeks. 95 % Wilson score intervals. {NO_COMPARISON}"
        ),
        sources=(LABEL,),
        uses=uses(("herpes_zoster",)),
        notes=notes(cohort, selection, events),
    )


def _is_reaction(events: AdverseEvents, reaction: Reaction) -> ThreeValued:
    """By the preferred term; the dataset's own column adds events, and leaves none open."""
    term = events.preferred_term
    is_named = np.array([name.casefold() in reaction.terms for name in term.names] + [False])
    by_term = decided(is_named[term.code])
    if not reaction.flag:
        return by_term
    flagged = events.holds[reaction.flag]
    return some(by_term, np.where(flagged == 0, FALSE, flagged))


def _class(n_patients: int, proportion: float) -> str:
    return frequency_class(proportion) if n_patients else "none seen"


def _label_finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    if not is_collected(cohort):
        return NO_TABLE
    if table.empty:
        return f"Nobody was exposed to anifrolumab yet{of_whom(selection)}."
    known = table[table["label_proportion"].notna()]
    said = ", ".join(
        f"{in_sentence(row['event'])} {percent(row['proportion'])} "
        f"(label {100 * row['label_proportion']:g} %)"
        for row in known.to_dict("records")
    )
    first = table.iloc[0]
    return (
        f"In the first 52 weeks{of_whom(selection)}: {said}; of {first['n_exposed']} patients "
        f"{first['n_a_year']} were exposed so long."
    )


def estimate_published_rates(cohort: Cohort, selection: Selection) -> Result:
    """Exposure-adjusted incidence rates beside those of the trials, a row a published rate."""
    events = cohort.adverse_events
    categories = told(events, dict.fromkeys(rate.category for rate in PUBLISHED_RATES))
    ours = incidence_table(pair_flags(events, categories), selection.groups[:1])
    published = pd.DataFrame(
        {
            "category": [rate.category for rate in PUBLISHED_RATES],
            "published_as": [rate.published_as for rate in PUBLISHED_RATES],
            "published_eair": [rate.eair for rate in PUBLISHED_RATES],
            "placebo_eair": [rate.placebo for rate in PUBLISHED_RATES],
            "source": [rate.source for rate in PUBLISHED_RATES],
        }
    )
    table = published.merge(ours, on="category")
    table = table[(table["n_exposed"] > 0) & is_collected(cohort)].reset_index(drop=True)
    return Result(
        id="published_rates",
        title="Incidence beside that of the trials",
        finding=_rates_finding(table, cohort, selection),
        table=table[["category", "group", "level", "n_exposed", *RATES_SHOWN]],
        shown=RATES_SHOWN,
        n_patients=selection.n_patients,
        denominator=EXPOSED,
        method=f"{EMERGENT} {RATES} {NO_COMPARISON}",
        sources=(TRIALS, EXTENSION, *SOURCES[1:]),
        uses=uses(categories),
        notes=notes(cohort, selection, events, tuple(dict.fromkeys(published["category"]))),
    )


def _rates_finding(table: pd.DataFrame, cohort: Cohort, selection: Selection) -> str:
    """Each category once, beside every rate published of it."""
    if not is_collected(cohort):
        return NO_TABLE
    if table.empty:
        return f"Nobody was exposed to anifrolumab yet{of_whom(selection)}."
    said = ", ".join(
        f"{in_sentence(str(event))} {rows['eair_per_100py'].iloc[0]:.1f} "
        f"(trials {' and '.join(f'{rate:g}' for rate in rows['published_eair'])})"
        for event, rows in table.groupby("event", sort=False)
    )
    return f"Patients with a first event per 100 patient-years{of_whom(selection)}: {said}."
