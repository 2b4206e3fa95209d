"""Which terms are reported: organ classes and preferred terms, by group, and as a listing."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.adverse_events import (
    EMERGENT,
    EXPOSED,
    NO_TABLE,
    SOURCES,
    in_sentence,
    is_collected,
    notes,
    rows_of_all,
    uses,
)
from lupus_outcomes.analysis.event_counts import exposed, incidence_table, pair_names
from lupus_outcomes.analysis.intervals import compute_newcombe_difference
from lupus_outcomes.analysis.result import Result, of_whom, percent
from lupus_outcomes.derive.adverse_events import NOT_NAMED, AdverseEvents
from lupus_outcomes.derive.characteristics import UNKNOWN_LEVEL
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN, at_least

NAMED_BY = {"soc": "organ class", "pt": "preferred term"}
MANY = {"soc": "organ classes", "pt": "preferred terms"}
OTHERS = "all others"
SEVERE_GRADE = 3
NO_CLASS, NO_TERM = "no organ class", "whole class"
SHOWN = (
    "event", "level", "n_patients", "n_exposed", "proportion", "ci_low", "ci_high",
    "risk_difference", "rd_ci_low", "rd_ci_high", "n_events", "eair_per_100py", "eair_ci_low",
    "eair_ci_high",
)  # fmt: skip
COMPARED = ("risk_difference", "rd_ci_low", "rd_ci_high")
DIFFERENCE = (
    "Difference of shares with Newcombe's limits. Groups are as they are, not made alike, and may "
    "have been exposed for different times: the EAIR takes account of the time."
)


def estimate_terms(
    cohort: Cohort, selection: Selection, by: str = "soc", contrast: str | None = None
) -> Result:
    """Patients with each organ class (``soc``) or preferred term (``pt``), most frequent first.

    With a grouping ``contrast``, one of its levels (by default the first), is set beside the other
    one, or beside all others together; patients of an unknown level are in neither. On the rows of
    the contrast ``risk_difference`` is its share less that of the others.
    """
    events = cohort.adverse_events
    pairs = pair_names(events, by)
    groups = (selection.groups[0], *contrast_groups(selection, contrast))
    table = incidence_table(pairs, groups)
    table = _with_difference(table, len(pairs.categories), len(groups) > 1)
    of_all = table[table["group"] == "all"].set_index("category")["n_patients"]
    table = table.assign(n_of_all=table["category"].map(of_all))
    is_there = table["n_of_all"] > 0
    table = table[is_there].sort_values(["n_of_all", "category"], ascending=[False, True])
    table = table.drop(columns="n_of_all").reset_index(drop=True)
    return Result(
        id=f"adverse_events_{by}",
        title=f"Adverse events by {NAMED_BY[by]}",
        finding=_finding(table, cohort, selection, by),
        table=table,
        shown=SHOWN if len(groups) > 1 else tuple(c for c in SHOWN if c not in COMPARED),
        n_patients=selection.n_patients,
        denominator=EXPOSED,
        method=(
            f"{EMERGENT} A patient counts once for each {NAMED_BY[by]}. 95 % Wilson score "
            f"intervals. {DIFFERENCE if len(groups) > 1 else ''}"
        ).rstrip(),
        sources=(*SOURCES, "Newcombe 1998, Stat Med 17:873"),
        uses=uses(()),
        notes=notes(cohort, selection, events),
    )


def contrast_levels(selection: Selection) -> tuple[str, ...]:
    """The levels of a grouping that can be set beside the others."""
    return tuple(g.level for g in selection.groups[1:] if g.level != UNKNOWN_LEVEL)


def contrast_groups(selection: Selection, contrast: str | None) -> tuple[Group, ...]:
    """One level and the other, or all others together; none without a second level."""
    known = [group for group in selection.groups[1:] if group.level != UNKNOWN_LEVEL]
    if len(known) < 2:
        return ()
    chosen = next((group for group in known if group.level == contrast), known[0])
    others = [group for group in known if group.level != chosen.level]
    rest = np.any([group.members for group in others], axis=0) & ~chosen.members
    name = others[0].level if len(others) == 1 else OTHERS
    return chosen, Group(chosen.group, name, rest)


def _with_difference(table: pd.DataFrame, n_terms: int, is_contrast: bool) -> pd.DataFrame:
    """Blocks of ``n_terms`` rows: all patients, then the contrast, then the others."""
    empty = np.full((3, len(table)), np.nan)
    if is_contrast:
        one, other = table.iloc[n_terms : 2 * n_terms], table.iloc[2 * n_terms :]
        limits = compute_newcombe_difference(
            one["n_patients"], one["n_exposed"], other["n_patients"], other["n_exposed"]
        )
        share = one["proportion"].to_numpy() - other["proportion"].to_numpy()
        empty[:, n_terms : 2 * n_terms] = share, limits.low, limits.high
    return table.assign(risk_difference=empty[0], rd_ci_low=empty[1], rd_ci_high=empty[2])


def _finding(table: pd.DataFrame, cohort: Cohort, selection: Selection, by: str) -> str:
    if not is_collected(cohort):
        return NO_TABLE
    of_all = rows_of_all(table)
    if not of_all:
        return f"No adverse event with a {NAMED_BY[by]} on anifrolumab{of_whom(selection)}."
    most = ", ".join(
        f"{in_sentence(row['event'])} ({percent(row['proportion'])})" for row in of_all[:3]
    )
    words = MANY[by] if len(of_all) > 1 else NAMED_BY[by]
    return (
        f"{len(of_all)} {words} were reported in {of_all[0]['n_exposed']:,} patients"
        f"{of_whom(selection)}, most often {most}.{_largest_difference(table)}"
    )


def _largest_difference(table: pd.DataFrame) -> str:
    """The term in which groups differ most; no word on whether by chance."""
    known = table[table["risk_difference"].notna()]
    if known.empty:
        return ""
    row = known.to_dict("records")[int(known["risk_difference"].abs().to_numpy().argmax())]
    others = next(n for n in table["level"].unique() if n not in ("all", row["level"]))
    points = [f"{100 * row[c]:+.0f}" for c in ("risk_difference", "rd_ci_low", "rd_ci_high")]
    estimate, low, high = (value.replace("-", "−") for value in points)
    one = row["level"][0].upper() + row["level"][1:]
    return (
        f" {one} and {others} differ most in "
        f"{in_sentence(row['event'])}: "
        f"{estimate} percentage points (95 % CI {low} to {high})."
    )


def describe_listing(cohort: Cohort, selection: Selection) -> Result:
    """Organ classes and within them preferred terms, with patients, events and their gravity."""
    events = cohort.adverse_events
    mine = exposed(events.exposure_end, selection.members)[events.patient]
    table = pd.DataFrame(list(_rows(events, mine)), columns=list(LISTED))
    n_unknown = int((mine & (events.holds["serious"] == UNKNOWN)).sum())
    unknown = (f"Whether serious is not known for {n_unknown} events.",) if n_unknown else ()
    return Result(
        id="adverse_event_listing",
        title="Adverse events by organ class and preferred term",
        finding=_listed(cohort, selection, mine),
        table=table,
        n_patients=selection.n_patients,
        denominator=f"{EXPOSED}; a patient counts once in each row",
        method=(
            f"{EMERGENT} Terms as coded, else as reported. Serious, severe (grade 3 and above), "
            "related and stopped: events of which that is known. No row of a single patient is "
            "shown."
        ),
        sources=SOURCES,
        uses=uses(("serious", "related", "led_to_stop")),
        notes=(*unknown, *notes(cohort, selection, events)),
    )


def _listed(cohort: Cohort, selection: Selection, mine: NDArray[np.bool_]) -> str:
    """How much the listing holds; ``mine``: the events in it."""
    if not is_collected(cohort):
        return NO_TABLE
    events, whom = cohort.adverse_events, of_whom(selection)
    if not mine.any():
        return f"No adverse event on anifrolumab{whom}."
    n_classes, n_terms = (
        len(np.unique(code[mine & (code != NOT_NAMED)]))
        for code in (events.system_organ_class.code, events.preferred_term.code)
    )
    return (
        f"{mine.sum():,} events of {len(np.unique(events.patient[mine])):,} patients on "
        f"anifrolumab{whom}: organ classes {n_classes}, preferred terms {n_terms}."
    )


LISTED = (
    "system_organ_class", "preferred_term", "n_patients", "n_events", "n_serious", "n_severe",
    "n_related", "n_led_to_stop", "n_fatal",
)  # fmt: skip


def _rows(events: AdverseEvents, mine: NDArray[np.bool_]) -> Iterator[tuple]:
    """Classes with most patients first, within them terms likewise."""
    organ, term = events.system_organ_class, events.preferred_term
    classes = _count(events, mine, organ.code)
    n_terms = len(term.names)
    within = _count(events, mine & (term.code >= 0), (organ.code + 1) * n_terms + term.code)
    for code, counts in classes:
        name = NO_CLASS if code == NOT_NAMED else organ.names[code]
        yield name, NO_TERM, *counts
        for cell, of_term in within:
            if cell // n_terms == code + 1:
                yield name, term.names[cell % n_terms], *of_term


def _count(
    events: AdverseEvents, mine: NDArray[np.bool_], code: NDArray[np.int64]
) -> list[tuple[int, list[int]]]:
    """Each code with its counts, in the order of ``LISTED``; most patients first."""
    found, place = np.unique(code[mine], return_inverse=True)
    n_patients_all = len(events.exposure_end)
    people = np.unique(place * n_patients_all + events.patient[mine]) // max(n_patients_all, 1)
    severe = at_least(numbers(events.table["grade"]), SEVERE_GRADE)
    answers = [events.holds[name] for name in ("serious", "related", "led_to_stop", "fatal")]
    serious, related, stopped, fatal = answers
    counts = [np.bincount(people, minlength=len(found)), np.bincount(place, minlength=len(found))]
    counts += [
        np.bincount(place[holds[mine] == TRUE], minlength=len(found))
        for holds in (serious, severe, related, stopped, fatal)
    ]
    order = np.lexsort((found, -counts[1], -counts[0]))
    return [(int(found[at]), [int(count[at]) for count in counts]) for at in order]
