"""The methods of a study as text, made from the declarations the computations themselves use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from lupus_outcomes import __version__
from lupus_outcomes.analysis.attainment import INTERVAL_WORDS
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.outcomes import HANDLING_WORDS
from lupus_outcomes.derive.timepoints import STATUS_WORDS
from lupus_outcomes.dictionary import TABLES, label_of, spec_of
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.export import reference_tables
from lupus_outcomes.export.markdown import markdown_table
from lupus_outcomes.protocol import (
    DAYS_PER_MONTH,
    Criterion,
    Endpoint,
    Every,
    Not,
    Protocol,
    Recorded,
    Rule,
    Some,
    TimePoint,
)
from lupus_outcomes.release.disclosure import SMALLEST_COUNT
from lupus_outcomes.release.provenance import method_packages
from lupus_outcomes.release.rounding import LARGEST_HIDDEN, ROUNDED_TO

# An endpoint names one column of an instrument, which is collected whole or not at all.
INSTRUMENTS = {"sledai_descriptor": "SLEDAI-2K descriptors", "bilag": "BILAG-2004 grades"}
STATUS_MEANING = {
    "assessed": "a visit in the window, on or before the day the drug was stopped",
    "missed": "the window has closed, the patient is on the drug, there is no visit",
    "stopped": "the drug was stopped before the visit or, without one, before the target day",
    "died": "died on the drug before that",
    "lost": "no more contact before the window",
    "pending": "the window contains the data cut, whether or not a visit is there already",
    "not_due": "the window begins after the data cut",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the methods, Markdown under a title; ``is_reference``: to look up, not read."""

    title: str
    text: str
    is_reference: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """An option of a definition: the reading in force, the default, all others, and why."""

    label: str
    chosen: str
    default: str
    others: tuple[str, ...]
    why: str


def methods_sections(cohort: Cohort, readings: Sequence[Reading]) -> tuple[Section, ...]:
    """Everything a reader of the results may ask about how they were made."""
    protocol = cohort.protocol
    return (
        Section("The study", _study(protocol)),
        Section("Endpoints", _endpoints(cohort)),
        Section("Time points", _timepoints(protocol)),
        Section("Who is counted", _handlings(protocol)),
        Section("Intervals and small counts", _intervals(protocol)),
        Section("Missing items", MISSING_ITEMS),
        Section("Readings of the definitions", _readings(readings)),
        Section("Eligibility", _criteria(protocol)),
        Section(
            "SLEDAI-2K: descriptors and weights",
            reference_tables.sledai_weights(),
            is_reference=True,
        ),
        Section(
            "SLE-DAS: coefficients", reference_tables.sle_das_coefficients(), is_reference=True
        ),
        Section(
            "LLDAS: ceilings of maintenance treatment",
            reference_tables.maintenance_ceilings(),
            is_reference=True,
        ),
        Section(
            "Prednisone equivalents", reference_tables.prednisone_equivalents(), is_reference=True
        ),
        Section("Versions", _versions(cohort)),
    )


def methods_markdown(cohort: Cohort, readings: Sequence[Reading]) -> str:
    """The same as one Markdown file."""
    parts = [f"## {s.title}\n\n{s.text}" for s in methods_sections(cohort, readings)]
    return "\n\n".join([f"# Methods: {cohort.protocol.registration}", *parts]) + "\n"


def _study(protocol: Protocol) -> str:
    analysed = {
        "enrolled": "everyone enrolled, whatever the eligibility table says",
        "eligible": "those not known to break an eligibility criterion",
    }
    lines = [
        f"**{protocol.title}** ({protocol.registration})",
        f"- Question: {protocol.question}",
        f"- Population: {protocol.population}",
        f"- Analysed: {analysed[protocol.analysis_set]}",
        f"- Planned: {protocol.planned_patients:,} patients",
    ]
    if protocol.interim:
        lines.append(f"- Interim analysis: {protocol.interim.label.lower()}")
    return "\n".join([lines[0], "", *lines[1:]])


def _endpoints(cohort: Cohort) -> str:
    blocks = []
    for name in cohort.protocol.endpoints:
        role = "primary" if name in cohort.protocol.primary else "secondary"
        blocks.append(_endpoint(ENDPOINTS[name], role, cohort.missing_columns.get(name, ())))
    return "\n\n".join(blocks)


def _endpoint(endpoint: Endpoint, role: str, lacking: Iterable[str]) -> str:
    needs = "; ".join(_need(need) for need in endpoint.needs)
    lines = [
        f"**{endpoint.label}** · {role}",
        endpoint.definition,
        f"*Counted:* {endpoint.denominator_words}. *Needs:* {needs}. *Source:* {endpoint.source}.",
    ]
    absent = "; ".join(_need(need.replace(" or ", "|")) for need in lacking)
    if absent:
        lines.append(f"**Cannot be told in this dataset, which lacks:** {absent}.")
    return "  \n".join(lines)


def _need(need: str) -> str:
    """A need in the words of the dictionary; alternatives joined."""
    return " or ".join(_column_in_words(*place.split(".", 1)) for place in need.split("|"))


def _column_in_words(table: str, column: str) -> str:
    """The label; a column that stands for a whole instrument is called by the instrument."""
    role = spec_of(TABLES[table].columns[column]).role
    return INSTRUMENTS.get(role) or label_of(table, column)


def _timepoints(protocol: Protocol) -> str:
    table = markdown_table(
        ("time point", "target, day", "visits of days"), map(_window, protocol.timepoints)
    )
    return (
        f"{table}\n\nDay 0 is the index date, a month is {DAYS_PER_MONTH} days, windows are "
        "half-open. The visit nearest to the target within the window counts, a tie goes to the "
        "later, and each time point chooses by itself. Baseline is the last visit on or before day "
        "0, no older than 3 months. A patient is *due* once the window has closed by the data cut, "
        "whatever data exist: a death, a stop or a loss makes nobody less due, and who is not due "
        "is in no denominator."
    )


def _window(timepoint: TimePoint) -> tuple[str, str, str]:
    first, last = ceil(timepoint.window_start_day), ceil(timepoint.window_end_day) - 1
    return timepoint.label, f"{timepoint.target_day:g}", f"{first} to {last}"


def _handlings(protocol: Protocol) -> str:
    chosen = " (this study)"
    handlings = [
        f"- **{name.replace('_', ' ')}**{chosen if name == protocol.handling else ''}: {words}"
        for name, words in HANDLING_WORDS.items()
    ]
    statuses = [f"- **{words}**: {STATUS_MEANING[name]}" for name, words in STATUS_WORDS.items()]
    return "\n".join(
        [
            *handlings,
            "\nAt each time point every patient has one status; the last two are outside every "
            "denominator:\n",
            *statuses,
        ]
    )


def _intervals(protocol: Protocol) -> str:
    return (
        f"Proportions have {INTERVAL_WORDS[protocol.interval]}; means and mean changes have t "
        "limits; changes are paired with baseline. Nothing is imputed beyond the handling named "
        "beside a result, and results are descriptive: no comparison with untreated patients is "
        f"implied. In closed mode counts from 1 to {SMALLEST_COUNT - 1} are flagged, because they "
        f"can identify someone; in release mode those from 1 to {LARGEST_HIDDEN} are hidden, the "
        f"others rounded to {ROUNDED_TO}, and all else is computed from rounded counts."
    )


MISSING_ITEMS = (
    "Every state is true, false or unknown. It is false as soon as one criterion is known to fail, "
    "true when all are known to hold, and unknown otherwise. A missing item is never taken as "
    "absent. Where descriptors are missing, SLEDAI-2K has bounds, from the known sum to the known "
    "sum plus the weights of the unknown, and a threshold is decided when both bounds lie on the "
    "same side. Visits left undecided are counted apart on every page."
)


def _readings(readings: Sequence[Reading]) -> str:
    return "\n".join(_reading(reading) for reading in readings)


def _reading(reading: Reading) -> str:
    is_default = "the default" if reading.chosen == reading.default else "**changed**"
    others = ", ".join(f"`{other}`" for other in reading.others)
    return f"- {reading.label}: `{reading.chosen}` ({is_default}); else {others}. {reading.why}"


def _criteria(protocol: Protocol) -> str:
    lines = [
        f"{number}. {'Excluded if: ' if criterion.is_exclusion else ''}{criterion.label} "
        f"*({_answered_by(criterion)})*"
        for number, criterion in enumerate(protocol.criteria, start=1)
    ]
    return "\n".join(
        [
            *lines,
            "\nCriteria are applied in this order. Who is known not to meet one leaves there; who "
            "cannot be judged stays and is counted as unknown.",
        ]
    )


def _answered_by(criterion: Criterion) -> str:
    kinds = {type(part) is Recorded for part in _parts(criterion.rule)}
    if kinds == {True}:
        return "recorded in the eligibility table"
    return "computed, or recorded in the eligibility table" if True in kinds else "computed"


def _parts(rule: Rule) -> list[Rule]:
    match rule:
        case Every(rules) | Some(rules):
            return [part for one in rules for part in _parts(one)]
        case Not(inner):
            return _parts(inner)
        case _:
            return [rule]


def _versions(cohort: Cohort) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in method_packages().items())
    return "\n".join(
        [
            f"- lupus-outcomes {__version__}, with {packages}",
            f"- Study `{cohort.protocol.id}`, data cut {cohort.data_cut.isoformat()}",
            f"- Dataset SHA-256 `{cohort.dataset.fingerprint}`",
        ]
    )
