"""Which adverse events occur, and how often: the primary safety endpoint and its divisions."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from lupus_outcomes.analysis.event_counts import (
    BY_NAME,
    FAMILIES,
    LABELS,
    EventPairs,
    exposed,
    incidence_table,
    pair_flags,
    pair_names,
    told,
)
from lupus_outcomes.analysis.result import Result, of_whom, percent, remarks
from lupus_outcomes.derive.adverse_events import NOT_NAMED, AdverseEvents
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import UNKNOWN

EXPOSED = "patients who received anifrolumab, from the first dose to the end of exposure"
EMERGENT = (
    "Treatment-emergent: onset from the first dose to the end of exposure, both days included; "
    "exposure ends 28 days after the stop, at the last contact or at the data cut, whichever first."
)
RATES = (
    "Event rate: all events over all exposure. Exposure-adjusted incidence rate (EAIR): patients "
    "with an event over the time to their first. Per 100 patient-years of 365.25 days, exact "
    "Poisson limits (Garwood), which take repeated events of a patient as independent. Shares: "
    "95 % Wilson score intervals."
)
SOURCES = (
    "Tummala 2021, Lupus Sci Med 8:e000464",
    "Garwood 1936, Biometrika 28:437",
    "ICH E2A",
)
SHOWN = (
    "event", "level", "n_patients", "n_exposed", "proportion", "ci_low", "ci_high", "n_events",
    "event_rate_per_100py", "event_rate_ci_low", "event_rate_ci_high", "eair_per_100py",
    "eair_ci_low", "eair_ci_high", "person_years", "n_unknown",
)  # fmt: skip
COLUMNS_OF = {
    "serious": "serious",
    "non_serious": "serious",
    "hospitalisation": "seriousness",
    "related": "related",
    "led_to_stop": "action",
    "infection": "infection",
    "herpes_zoster": "herpes_zoster",
    "cardiovascular": "cardiovascular",
    "neoplasm": "neoplasm",
}
NO_TABLE = "This dataset has no adverse events: whether there were any cannot be told."


def estimate_adverse_events(
    cohort: Cohort, selection: Selection, families: Sequence[str] | None = None
) -> Result:
    """Incidence by category, in the columns of ``adverse_events.csv``.

    ``families``: of FAMILIES and ``soc``, ``pt``; all of them by default. A category that the
    dataset cannot tell for any event has no row; the notes name it.
    """
    events = cohort.adverse_events
    asked = tuple(families or (*FAMILIES, *BY_NAME))
    flags = [name for family in asked for name in FAMILIES.get(family, ())]
    parts = [pair_flags(events, told(events, flags))] if flags else []
    parts += [pair_names(events, family) for family in asked if family in BY_NAME]
    table = _assemble(parts, selection) if is_collected(cohort) else _empty()
    return Result(
        id="adverse_events",
        title="Adverse events on anifrolumab",
        finding=_finding(table, selection),
        table=table,
        shown=SHOWN,
        n_patients=selection.n_patients,
        denominator=EXPOSED,
        method=f"{EMERGENT} {RATES} {_reading(flags)}".rstrip(),
        sources=SOURCES,
        uses=uses(flags),
        notes=notes(cohort, selection, events, flags),
    )


def is_collected(cohort: Cohort) -> bool:
    """Whether the dataset has a table of adverse events at all."""
    return "adverse_events.term" not in cohort.dataset.not_collected


def uses(categories: Iterable[str]) -> tuple[str, ...]:
    """The columns that categories rest on, with those that all events need."""
    columns = ("onset_date", *(COLUMNS_OF[name] for name in categories if name in COLUMNS_OF))
    return tuple(dict.fromkeys(f"adverse_events.{column}" for column in columns))


def _assemble(parts: Sequence[EventPairs], selection: Selection) -> pd.DataFrame:
    tables = [incidence_table(part, selection.groups) for part in parts if part.categories]
    table = pd.concat(tables, ignore_index=True) if tables else _empty()
    # All patients first, then level by level, whatever the family.
    place = {(g.group, g.level): at for at, g in enumerate(selection.groups)}
    order = [place[key] for key in zip(table["group"], table["level"], strict=True)]
    return table.iloc[pd.Series(order, dtype=int).argsort(kind="stable")].reset_index(drop=True)


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=["category", *SHOWN[2:], "group", "level", "event"])


def _reading(flags: Sequence[str]) -> str:
    parts = {
        "hospitalisation": "With admission: the reason recorded for being serious.",
        "serious_infection": (
            "Serious infection: infection with admission, intravenous antimicrobial or death."
        ),
        "early": "Early: onset up to 180 days after the first dose; no standard exists.",
        "grade_1": "Grades: CTCAE; serious is not the same as severe.",
    }
    return " ".join(words for name, words in parts.items() if name in flags)


def notes(
    cohort: Cohort, selection: Selection, events: AdverseEvents, categories: Sequence[str] = ()
) -> tuple[str, ...]:
    """What is missing from the counts, and what is in none of them."""
    if not is_collected(cohort):
        return ()
    at_risk = exposed(events.exposure_end, selection.members)
    untold = [LABELS[name].lower() for name in categories if not events.tells(name)]
    n_undated, n_before, n_after = (
        int(selection.members[patients].sum())
        for patients in (events.patients_undated, events.patients_before, events.patients_after)
    )
    n_never = int(selection.members.sum() - at_risk.sum())
    unnamed = events.system_organ_class.code == NOT_NAMED
    n_uncoded = int((at_risk[events.patient] & unnamed).sum())
    n_open = int((at_risk[events.patient] & (events.holds["serious_infection"] == UNKNOWN)).sum())
    n_open *= "serious_infection" in categories
    said = [
        (n_undated, f"{_events(n_undated)} without a date of onset: in no count below."),
        (n_before, f"{_events(n_before)} before the first dose: not counted."),
        (n_after, f"{_events(n_after)} after the end of exposure: not counted."),
        (n_never, f"{n_never} patients were not seen on or after the first dose: not exposed."),
        (n_uncoded, f"{_events(n_uncoded)} without a system organ class: in no class."),
        (n_open, f"Whether the infection was serious is open for {_events(n_open)}: intravenous "
         "antimicrobials are not recorded. Serious infections are those known to be."),
        (len(untold), f"Not recorded for any event, so not told: {', '.join(untold)}."),
    ]  # fmt: skip
    return (*(words for n, words in said if n), *remarks(cohort, uses(categories)))


def _events(n: int) -> str:
    return "1 event" if n == 1 else f"{n:,} events"


def _finding(table: pd.DataFrame, selection: Selection) -> str:
    """Any and serious events, the primary endpoint; else those of special interest."""
    if table.empty:
        return NO_TABLE
    whom = of_whom(selection)
    of_all = {row["category"]: row for row in rows_of_all(table)}
    n_exposed = next(iter(of_all.values()))["n_exposed"]
    if not n_exposed:
        return f"Nobody was exposed to anifrolumab yet{whom}."
    if "any" in of_all:
        return _primary(of_all, whom)
    parts = [
        f"{in_sentence(row['event'])} in {row['n_patients']} ({share_in_words(row)})"
        for name, row in of_all.items()
        if name in FAMILIES["special"]
    ]
    said = ", ".join(parts) or f"{len(of_all)} terms were reported"
    return f"Of {n_exposed:,} patients on anifrolumab{whom}: {said}."


def rows_of_all(table: pd.DataFrame) -> list[dict]:
    """The rows of all patients together."""
    return table[table["group"] == "all"].to_dict("records")


def _primary(of_all: Mapping[str, dict], whom: str) -> str:
    row = of_all["any"]
    said = (
        f"{row['n_patients']:,} of {row['n_exposed']:,} patients ({share_in_words(row)}) had "
        f"{_events(row['n_events'])} in {row['person_years']:,.0f} patient-years on anifrolumab"
        f"{whom}: {rate_in_words(row, 'event_rate')} per 100 patient-years."
    )
    if "serious" not in of_all:
        return said
    serious = of_all["serious"]
    return (
        f"{said} {_events(serious['n_events']).replace(' event', ' serious event')} in "
        f"{serious['n_patients']:,} patients ({share_in_words(serious)}): "
        f"{rate_in_words(serious, 'event_rate')} per 100 patient-years; "
        f"{of_all['non_serious']['n_events']:,} events were not serious."
    )


def share_in_words(row: Mapping) -> str:
    """``22 %; 95 % CI 16–28``."""
    limits = f"95 % CI {100 * row['ci_low']:.0f}–{100 * row['ci_high']:.0f}"
    return f"{percent(row['proportion'])}; {limits}"


def in_sentence(label: str) -> str:
    """A label as it stands inside a sentence; abbreviations keep their capitals."""
    return label if label[1:2].isupper() else label[0].lower() + label[1:]


def rate_in_words(row: Mapping, name: str) -> str:
    """``9.8 (95 % CI 7.3–12.7)``; ``name``: ``event_rate`` or ``eair``."""
    estimate, low, high = row[f"{name}_per_100py"], row[f"{name}_ci_low"], row[f"{name}_ci_high"]
    return f"{estimate:.1f} (95 % CI {low:.1f}–{high:.1f})"
