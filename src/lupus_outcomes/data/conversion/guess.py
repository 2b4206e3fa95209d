"""Guesses of a mapping: which field of an export is which column of the dictionary, and why."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.conversion.cell_kinds import normalise
from lupus_outcomes.data.conversion.export import (
    BOX,
    EVENT,
    GROUP,
    INSTRUMENT,
    OWN_COLUMNS,
    STATUS,
    Export,
    field_of,
    forms_by_column,
)
from lupus_outcomes.data.conversion.synonyms import (
    FALSE_WORDS,
    FILLER_WORDS,
    IDENTITY_WORDS,
    INSTRUMENTS,
    NAMES,
    NEGATIONS,
    PHRASES,
    RECORD_NAMES,
    TRUE_WORDS,
    UNKNOWN_WORDS,
)
from lupus_outcomes.dictionary import TABLES, Spec, columns_with_role, label_of, spec_of

READABLE_SHARE = 0.9  # a date column with a few slips is still a date column
MOST_CODES = 12  # a field with more different values than this is no coded field
LONGEST_REASON = 60  # characters of a label that a comment quotes
WORDS_KEPT = 50_000  # every name and label is compared with every column of the dictionary


@dataclass(frozen=True, slots=True)
class Candidate:
    """One column of an export and what is known of it."""

    column: str
    form: str
    instrument: str
    is_repeated: bool
    label: str
    choices: Mapping[str, str]
    cells: pd.Series

    @property
    def is_box(self) -> bool:
        """One box of a field of boxes."""
        return BOX in self.column


@dataclass(frozen=True, slots=True)
class Guess:
    """A column of the dictionary, the export's column that may be it, and the reason."""

    column: str
    candidate: Candidate
    reason: str


def guess_record_field(export: Export) -> str:
    """The column of the record: REDCap's is the first, other tables' one with a known name."""
    known = set(map(_squeezed, RECORD_NAMES.split()))
    named = [column for column in export.columns if _squeezed(column) in known]
    return named[0] if named and EVENT not in export.columns else export.columns[0]


def find_candidates(
    export: Export, record_field: str, missing_codes: tuple[str, ...]
) -> tuple[Candidate, ...]:
    """Every column that may be mapped; those that identify a person are not among them."""
    frame = export.frame.replace(list(missing_codes), "") if missing_codes else export.frame
    forms = forms_by_column(export.columns)
    instruments = set(frame[INSTRUMENT]) - {""} if INSTRUMENT in frame else set()
    repeated = _repeated_forms(frame, forms, record_field)
    records = pd.factorize(frame[record_field])[0]
    candidates = []
    for column in export.columns:
        if column == record_field or not _may_be_mapped(export, column):
            continue
        form = forms.get(column, "")
        described = export.fields.get(column)
        candidates.append(
            Candidate(
                column=column,
                form=form,
                instrument=form if form in instruments else "",
                is_repeated=repeated[form]
                if form in repeated
                else _changes_within_record(records, frame[column]),
                label=_label(export, column),
                choices=described.choices if described else {},
                cells=frame[column],
            )
        )
    return tuple(candidates)


def is_identity(export: Export, column: str) -> bool:
    """Whether a column tells who somebody is, by the data dictionary or by its name."""
    words = re.split(r"[^a-z]+", column.lower())
    return export.is_flagged(column) or not set(IDENTITY_WORDS.split()).isdisjoint(
        [*words, "".join(words)]
    )


def _may_be_mapped(export: Export, column: str) -> bool:
    if column == GROUP:
        return True
    is_own = column in OWN_COLUMNS or column.endswith((STATUS, "_timestamp"))
    return not is_own and not is_identity(export, column)


def _label(export: Export, column: str) -> str:
    described = export.fields.get(field_of(column))
    if described is None:
        return ""
    if BOX not in column:
        return described.label
    code = column.partition(BOX)[2]
    labels = {key.lower().replace("-", "_"): label for key, label in described.choices.items()}
    return labels.get(code, "")


def _repeated_forms(
    frame: pd.DataFrame, forms: Mapping[str, str], record_field: str
) -> dict[str, bool]:
    """For each named form, whether some record has it more than once."""
    named = {form for form in forms.values() if form}
    filled = {form: frame[form + STATUS] != "" for form in named}
    records = frame[record_field]
    return {form: bool(records[rows].duplicated().any()) for form, rows in filled.items()}


def _changes_within_record(records: NDArray[np.int64], cells: pd.Series) -> bool:
    is_filled = (cells != "").to_numpy()
    of = records[is_filled]
    values, distinct = pd.factorize(cells[is_filled])
    return len(np.unique(of * len(distinct) + values)) > len(np.unique(of))


def guess_table(table: str, candidates: tuple[Candidate, ...]) -> dict[str, Guess]:
    """The best guess for each column of one table; no field is used twice.

    Better reasons go first: the same name, a known name, the same label, a phrase of the label.
    """
    ranked = sorted(_rank(table, candidates), key=lambda found: found[0])
    guesses: dict[str, Guess] = {}
    used: set[str] = set()
    for _, guess in ranked:
        if guess.column not in guesses and guess.candidate.column not in used:
            guesses[guess.column] = guess
            used.add(guess.candidate.column)
    return {column: guesses[column] for column in TABLES[table].columns if column in guesses}


def _rank(table: str, candidates: tuple[Candidate, ...]) -> Iterator[tuple[int, Guess]]:
    for column in TABLES[table].columns:
        if column == "patient_id":
            continue
        for candidate in candidates:
            rank, reason = _match(table, column, candidate)
            if reason and _is_of_kind(table, column, candidate):
                yield rank, Guess(column, candidate, reason)


def _match(table: str, column: str, candidate: Candidate) -> tuple[int, str]:
    name = _squeezed(candidate.column)
    label = " ".join(candidate.label.split())[:LONGEST_REASON]
    labelled = f', labelled "{label}"' if label else ""
    if name == _squeezed(column):
        return 0, f"the same name{labelled}"
    if not candidate.is_box and name in map(_squeezed, NAMES.get(column, "").split()):
        return 1, f"a known name{labelled}"
    words = _words(candidate.label)
    if words and words == _words(label_of(table, column)):
        return 2, f'the same label: "{label}"'
    if any(_contains(words, _words(phrase)) for phrase in PHRASES.get(column, ())):
        return 3, f'labelled "{label}"'
    return 9, ""


@lru_cache(WORDS_KEPT)
def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@lru_cache(WORDS_KEPT)
def _words(text: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return tuple(word for word in words if word not in FILLER_WORDS)


def _contains(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return bool(phrase) and set(phrase) <= set(words)


def _is_of_kind(table: str, column: str, candidate: Candidate) -> bool:
    spec = spec_of(TABLES[table].columns[column])
    if candidate.is_box:
        return spec.kind == "boolean"
    filled = candidate.cells[candidate.cells != ""]
    if spec.kind == "text" or filled.empty:
        return True
    if spec.kind in ("boolean", "code") and (candidate.choices or filled.nunique() <= MOST_CODES):
        return True
    return bool(np.mean(~normalise(filled, spec).is_refused) >= READABLE_SHARE)


def meaning_of(label: str, spec: Spec) -> str | None:
    """The dictionary's word for the label of a choice; "" for unknown, None where none fits."""
    text = " ".join(label.split())
    if text.lower() in UNKNOWN_WORDS and text.lower() not in spec.codes:
        return ""
    if spec.kind == "text":
        return text
    words = frozenset(_words(label))
    if spec.kind == "boolean":
        if words == {"no"}:
            return "false"
        is_clear = words.isdisjoint(NEGATIONS)
        if is_clear and words & TRUE_WORDS:
            return "true"
        return "false" if is_clear and words & FALSE_WORDS else None
    fitting = {code: frozenset(_words(code)) for code in spec.codes}
    fitting = {
        code: parts
        for code, parts in fitting.items()
        if parts <= words and parts & NEGATIONS == words & NEGATIONS
    }
    return max(fitting, key=lambda code: len(fitting[code]), default=None)


def guess_sledai_boxes(candidates: tuple[Candidate, ...]) -> dict[str, Guess]:
    """Boxes 1 to 24 of a field called SLEDAI, taken for the descriptors in their order."""
    boxes = {candidate.column: candidate for candidate in candidates if candidate.is_box}
    descriptors = columns_with_role("visits", "sledai_descriptor")
    numbers = range(1, len(descriptors) + 1)
    for field in sorted({field_of(column) for column in boxes}):
        columns = [f"{field}{BOX}{number}" for number in numbers]
        if "sledai" in field.lower() and not field.endswith("_na") and set(columns) <= set(boxes):
            return {
                descriptor: Guess(descriptor, boxes[column], "24 boxes, in the order of SLEDAI-2K")
                for descriptor, column in zip(descriptors, columns, strict=True)
            }
    return {}


def table_of_instrument(instrument: str) -> str:
    """The table a repeating instrument's rows belong to, or "" where its name does not tell."""
    name = _squeezed(instrument)
    for table, known in INSTRUMENTS.items():
        if name in {_squeezed(word) for word in known.split()}:
            return table
    return ""
