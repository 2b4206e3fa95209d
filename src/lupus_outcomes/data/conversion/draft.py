"""A first mapping for an export: every guess with its reason, everything that is missing listed.

The text parses as a mapping once its TODO lines are completed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lupus_outcomes import __version__
from lupus_outcomes.data.conversion.export import BOX, EVENT, GROUP, STATUS, Export, open_export
from lupus_outcomes.data.conversion.guess import (
    MOST_CODES,
    Candidate,
    Guess,
    find_candidates,
    guess_record_field,
    guess_sledai_boxes,
    guess_table,
    is_identity,
    meaning_of,
    table_of_instrument,
)
from lupus_outcomes.data.conversion.synonyms import UNIT_FACTORS
from lupus_outcomes.data.dialect import read_delimited
from lupus_outcomes.dictionary import TABLES, Spec, mandatory_columns, spec_of

MISSING_CODES_FILE = "missing_data_codes.csv"
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a mapping to be completed, how the export was written, and what to say of it."""

    text: str
    dialect: str
    notes: tuple[str, ...]


def draft_mapping(source: Path) -> Draft:
    """Guess a mapping from the names, labels and values of an export."""
    export = open_export(source)
    record_field = guess_record_field(export)
    missing_codes = _missing_codes(source.parent)
    candidates = find_candidates(export, record_field, missing_codes)
    identities = [column for column in export.columns if is_identity(export, column)]
    key = _quoted(record_field)
    is_identifying = record_field in identities
    sections = [
        "",
        "[patients]",
        f"patient_id = {key}  # the record"
        if not is_identifying
        else f"# TODO patient_id = ...  # {key} identifies a person: export a pseudonym",
        *_patients(candidates, _visit_date(candidates)),
        *_visits(candidates),
        *_treatments(candidates),
        *_instruments(candidates),
    ]
    lines = [*_head(export, missing_codes, identities), *sections]
    guessed = sum(bool(re.match(r"\w+ = ", line)) for line in sections)
    todo = sum(line.startswith("# TODO") for line in lines)
    return Draft(
        text="\n".join(lines) + "\n",
        dialect=export.table.dialect.in_words() if export.table.dialect else "not delimited text",
        notes=(f"{guessed} columns guessed, {todo} lines marked TODO",),
    )


def _missing_codes(folder: Path) -> tuple[str, ...]:
    file = folder / MISSING_CODES_FILE
    return tuple(read_delimited(file).frame.iloc[:, 0]) if file.is_file() else ()


def _head(export: Export, missing_codes: tuple[str, ...], identities: list[str]) -> Iterator[str]:
    is_redcap = EVENT in export.columns or any(name.endswith(STATUS) for name in export.columns)
    yield f"# Draft of a mapping for {export.path.name}, by lupus-outcomes {__version__}."
    yield "# Each line is a guess, its reason behind it. Check all, and complete the TODO lines."
    yield f"format = {_quoted('redcap' if is_redcap else 'table')}"
    yield f"title = {_quoted(export.path.stem)}"
    yield '# TODO study = "nct07215754"  # mandatory: the id of the protocol'
    yield "# TODO data_cut = 2026-06-30  # mandatory: nothing after this day counts"
    if missing_codes:
        yield f"missing_codes = [{', '.join(map(_quoted, missing_codes))}]  # {MISSING_CODES_FILE}"
    if identities:
        yield f"# Never mapped, they identify a person: {', '.join(identities)}"


def _visit_date(candidates: tuple[Candidate, ...]) -> str:
    found = guess_table("visits", tuple(c for c in candidates if c.is_repeated)).get("visit_date")
    return found.candidate.column if found else ""


def _patients(candidates: tuple[Candidate, ...], visit_date: str) -> Iterator[str]:
    # The group of a record stands on all its rows.
    own = tuple(c for c in candidates if not c.is_repeated or c.column == GROUP)
    own = tuple(c for c in own if not c.instrument)
    guesses = guess_table("patients", own)
    latest = guesses.pop("last_contact_date", None)
    extra = []
    if visit_date:
        fields = ([latest.candidate.column] if latest else []) + [visit_date]
        reason = f"{latest.reason}; " if latest else ""
        listed = ", ".join(map(_quoted, fields))
        extra = [f"last_contact_date = {{ latest = [{listed}] }}  # {reason}or the last visit"]
    elif latest:
        extra = list(_lines("patients", latest))
    yield from _section("patients", guesses, extra)


def _visits(candidates: tuple[Candidate, ...]) -> Iterator[str]:
    own = tuple(c for c in candidates if c.is_repeated and not c.instrument and c.column != GROUP)
    guesses = guess_table("visits", own)
    boxes = guess_sledai_boxes(own)
    if any(name in guesses for name in boxes):
        boxes = {}
    columns = {candidate.column for candidate in own}
    extra = [_sledai_line(guess, columns) for guess in boxes.values()]
    yield from ("", "[visits]")
    yield from _section("visits", guesses, extra)


def _sledai_line(guess: Guess, columns: set[str]) -> str:
    box = guess.candidate
    parts = [f"field = {_quoted(box.column)}"]
    absent = box.column.replace(BOX, f"_na{BOX}")
    if absent in columns:
        parts.append(f"unknown_when = {_quoted(absent)}")
    if box.form:
        parts.append(f"form = {_quoted(box.form)}")
    return f"{guess.column} = {{ {', '.join(parts)} }}  # {guess.reason}"


def _treatments(candidates: tuple[Candidate, ...]) -> Iterator[str]:
    """The course of anifrolumab, where a patient has one date of stopping."""
    own = tuple(c for c in candidates if not c.is_repeated and not c.instrument)
    guesses = guess_table("treatments", own)
    index = guess_table("patients", own).get("index_date")
    if "stop_date" not in guesses or index is None:
        return
    kept = {name: guesses[name] for name in ("stop_date", "stop_reason") if name in guesses}
    extra = [
        'drug = { constant = "anifrolumab" }  # assumed: the only course with a stop of its own',
        f"start_date = {_quoted(index.candidate.column)}  # the index date",
    ]
    yield from ("", "[treatments]")
    yield from _section("treatments", kept, extra)


def _instruments(candidates: tuple[Candidate, ...]) -> Iterator[str]:
    for instrument in dict.fromkeys(c.instrument for c in candidates if c.instrument):
        table = table_of_instrument(instrument)
        if not table:
            yield from ("", f"# The repeating instrument {instrument} is not recognised.")
            continue
        own = tuple(c for c in candidates if c.instrument == instrument)
        yield from ("", f"[{table}]", f"instrument = {_quoted(instrument)}  # a known name")
        yield from _section(table, guess_table(table, own), [])


def _section(table: str, guesses: Mapping[str, Guess], extra: list[str]) -> Iterator[str]:
    yield from extra
    for guess in guesses.values():
        yield from _lines(table, guess)
    given = {*guesses, *(line.partition(" ")[0] for line in extra), "patient_id"}
    for name in mandatory_columns(table):
        if name not in given:
            yield f'# TODO {name} = "..."  # mandatory: no field was recognised'
    missing = [name for name in TABLES[table].columns if name not in given]
    optional = [name for name in missing if name not in mandatory_columns(table)]
    yield from _wrapped(f"# Not found: {', '.join(optional)}" if optional else "")


def _wrapped(comment: str) -> Iterator[str]:
    while len(comment) > WIDTH:
        cut = comment.rfind(" ", 0, WIDTH)
        yield comment[:cut]
        comment = f"# {comment[cut + 1 :]}"
    if comment:
        yield comment


def _lines(table: str, guess: Guess) -> Iterator[str]:
    spec = spec_of(TABLES[table].columns[guess.column])
    field = _quoted(guess.candidate.column)
    if _needs_values(spec, guess.candidate):
        yield from _coded_lines(guess, spec)
    elif factor := _unit_factor(guess):
        yield f"{guess.column} = {{ field = {field}, scale = {factor} }}  # {guess.reason}"
    else:
        yield f"{guess.column} = {field}  # {guess.reason}"


def _unit_factor(guess: Guess) -> float | None:
    label = guess.candidate.label.lower()
    for (column, unit), factor in UNIT_FACTORS.items():
        if guess.column == column and unit in label:
            return factor
    return None


def _needs_values(spec: Spec, candidate: Candidate) -> bool:
    if candidate.is_box:
        return False
    if spec.kind == "code":
        found = set(candidate.cells.str.casefold()) - {""}
        return not found <= {code.casefold() for code in spec.codes}
    if spec.kind == "boolean":
        return not set(candidate.choices) <= {"0", "1"}
    return spec.kind == "text" and bool(candidate.choices)


def _coded_lines(guess: Guess, spec: Spec) -> Iterator[str]:
    choices = guess.candidate.choices
    meanings = {code: meaning_of(label, spec) for code, label in choices.items()}
    known = {code: meaning for code, meaning in meanings.items() if meaning is not None}
    shown = known or dict.fromkeys(sorted(set(guess.candidate.cells) - {""})[:MOST_CODES], "?")
    values = ", ".join(f"{_key(code)} = {_quoted(meaning)}" for code, meaning in shown.items())
    words = ", ".join(spec.codes or ("true", "false"))
    reason = guess.reason if known else f"{guess.reason}; one of {words}"
    field = _quoted(guess.candidate.column)
    marker = "" if known else "# TODO "
    yield f"{marker}{guess.column} = {{ field = {field}, values = {{ {values} }} }}  # {reason}"
    for code, meaning in meanings.items():
        if meaning is None:
            label = " ".join(choices[code].split())
            yield f"# TODO {guess.column}: {code} is {_quoted(label)}; one of {words}"


def _key(code: str) -> str:
    return code if re.fullmatch(r"[A-Za-z0-9_-]+", code) else _quoted(code)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
