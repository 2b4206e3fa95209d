"""One column of a mapping: what it is made of, parsed and checked against the dictionary."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lupus_outcomes.data.conversion.cell_kinds import normalise
from lupus_outcomes.dictionary import TABLES, spec_of
from lupus_outcomes.errors import MappingError

TICKED = ("1", "yes", "true")
# Each way to make a column, and the kinds of column it can make.
KINDS_OF_SOURCE = {
    "field": ("text", "date", "number", "boolean", "code"),
    "constant": ("text", "date", "number", "boolean", "code"),
    "any": ("boolean",),
    "count": ("number",),
    "first_ticked": ("text", "code"),
    "latest": ("date",),
}
# Each modifier, and the one source it goes with where it does not go with all.
MODIFIERS = {
    "values": "field",
    "other": "field",
    "scale": "field",
    "scale_when": "field",
    "decimal": "field",
    "none_ticked": "first_ticked",
    "form": None,
    "unknown_when": None,
    "when": None,
}
DECIMAL_MARKS = (".", ",")
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a mapping file something stands; makes the one line that says what is wrong."""

    name: str
    section: str = ""
    key: str = ""

    def at(self, key: str) -> "Place":
        """The same section, at a key."""
        return Place(self.name, self.section, key)

    def error(self, problem: str, way_out: str) -> MappingError:
        """Make ``mapping.toml, [visits], rash: problem. Way out.`` of it."""
        section = f"[{self.section}]" if self.section else ""
        where = ", ".join(part for part in (self.name, section, self.key) if part)
        return MappingError(f"{where}: {problem}. {way_out}")

    def check_among(
        self, word: object, known: Iterable[str], problem: str = "is not a word of the mapping"
    ) -> None:
        """Refuse a word that is not known, naming the nearest that is."""
        known = tuple(known)
        if word in known:
            return
        nearest = difflib.get_close_matches(str(word), known, n=1)
        way_out = f"Known are {', '.join(known[:MOST_SHOWN])}."
        if nearest:
            way_out = f"Did you mean {nearest[0]}?"
        shown = "" if word == self.key else f"{word!r} "
        raise self.error(f"{shown}{problem}", way_out)


@dataclass(frozen=True, slots=True)
class Condition:
    """True of a row by one of its fields. An empty field satisfies only ``is_not``."""

    field: str
    codes: tuple[str, ...] = TICKED
    is_negated: bool = False
    at_least: float | None = None

    @classmethod
    def parse(cls, value: object, place: Place) -> "Condition":
        """From ``"box___1"`` or ``{ field = ..., is = ... }``."""
        if isinstance(value, str):
            return cls(value)
        way_out = 'Write "box___1", or { field = "visit_type", is = ["1", "2"] }.'
        if not isinstance(value, dict) or not isinstance(value.get("field"), str):
            raise place.error("is not a condition", way_out)
        tests = [key for key in value if key != "field"]
        if len(tests) != 1 or tests[0] not in ("is", "is_not", "at_least"):
            raise place.error("needs one of is, is_not, at_least beside field", way_out)
        test = value[tests[0]]
        if tests[0] == "at_least":
            return cls(value["field"], (), at_least=_number(test, place))
        codes = test if isinstance(test, list) else [test]
        return cls(value["field"], tuple(map(as_code, codes)), is_negated=tests[0] == "is_not")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How one column of the dataset is made from the fields of a row."""

    column: str
    source: str
    fields: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    constant: str = ""
    values: Mapping[str, str] | None = None
    other: str | None = None
    none_ticked: str = ""
    form: str = ""
    unknown_when: Condition | None = None
    when: Condition | None = None
    scale: float = 1.0
    scale_field: str = ""
    scales: Mapping[str, float] | None = None
    decimal: str | None = None

    @property
    def field(self) -> str:
        """The single field of a ``field`` column."""
        return self.fields[0]

    @property
    def is_plain(self) -> bool:
        """One field taken as it is."""
        return self == ColumnMapping(self.column, "field", self.fields)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """When the column is known, and when it is not."""
        return tuple(found for found in (self.unknown_when, self.when) if found)

    @property
    def named_fields(self) -> tuple[str, ...]:
        """Every field the export must have for this column."""
        others = [condition.field for condition in self.conditions]
        return (*self.fields, *others, *([self.scale_field] if self.scale_field else []))


def as_code(value: object) -> str:
    """A TOML value as the export writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def parse_column(table: str, column: str, value: object, place: Place) -> ColumnMapping:
    """Check one line of a section and give it meaning."""
    if isinstance(value, str):
        return ColumnMapping(column, "field", (value,))
    if not isinstance(value, dict):
        raise place.error("is neither a field nor a table", 'Write "field" or { field = "field" }.')
    for key in value:
        place.check_among(key, (*KINDS_OF_SOURCE, *MODIFIERS))
    sources = [key for key in value if key in KINDS_OF_SOURCE]
    if len(sources) != 1:
        raise place.error(
            f"needs exactly one of {', '.join(KINDS_OF_SOURCE)}", "Keep one of them on this line."
        )
    source = sources[0]
    kind = spec_of(TABLES[table].columns[column]).kind
    if kind not in KINDS_OF_SOURCE[source]:
        raise place.error(f"is a {kind} column, which {source} cannot make", "Use field.")
    for key in value:
        if MODIFIERS.get(key) not in (None, source):
            raise place.error(f"{key} does not go with {source}", f"It goes with {MODIFIERS[key]}.")
    mapping = ColumnMapping(
        column=column,
        source=source,
        **_parse_source(source, value[source], place),
        **_parse_modifiers(value, place),
    )
    _check_results(table, mapping, place)
    return mapping


def _parse_source(source: str, value: Any, place: Place) -> dict[str, Any]:
    if source == "constant":
        return {"constant": as_code(value)}
    if source == "field":
        if not isinstance(value, str):
            raise place.error("field is not text", 'Write field = "name".')
        return {"fields": (value,)}
    if source == "first_ticked":
        if not isinstance(value, dict) or not value:
            way_out = 'Write first_ticked = { "box___1" = "code" }.'
            raise place.error("first_ticked is no table of boxes", way_out)
        return {"fields": tuple(value), "codes": tuple(map(as_code, value.values()))}
    if not isinstance(value, list) or not value:
        raise place.error(f"{source} is no list of fields", f'Write {source} = ["one", "two"].')
    return {"fields": tuple(map(str, value))}


def _parse_modifiers(value: Mapping[str, Any], place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("unknown_when", "when"):
        if key in value:
            found[key] = Condition.parse(value[key], place)
    for key in ("form", "other", "none_ticked"):
        if key in value:
            found[key] = as_code(value[key])
    if "values" in value:
        codes = _table(value["values"], "values", place)
        found["values"] = {code: as_code(meaning) for code, meaning in codes.items()}
    if "scale" in value:
        found["scale"] = _number(value["scale"], place)
    if "scale_when" in value:
        found |= _parse_scale_when(value["scale_when"], place)
    if "decimal" in value:
        place.check_among(value["decimal"], DECIMAL_MARKS, "is no decimal mark")
        found["decimal"] = value["decimal"]
    return found


def _parse_scale_when(value: object, place: Place) -> dict[str, Any]:
    way_out = 'Write scale_when = { field = "c3_unit", values = { 1 = 1, 2 = 0.01 } }.'
    if not isinstance(value, dict) or set(value) != {"field", "values"}:
        raise place.error("scale_when needs field and values", way_out)
    scales = _table(value["values"], "scale_when", place)
    return {
        "scale_field": str(value["field"]),
        "scales": {code: _number(scale, place) for code, scale in scales.items()},
    }


def _table(value: object, key: str, place: Place) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise place.error(f"{key} is no table", f"Write {key} = {{ 1 = ..., 2 = ... }}.")
    return value


def _number(value: object, place: Place) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.error(f"{value!r} is no number", "Write it unquoted, with a decimal point.")
    return float(value)


def _check_results(table: str, mapping: ColumnMapping, place: Place) -> None:
    """Every word the mapping itself brings in must be one the dictionary knows."""
    spec = spec_of(TABLES[table].columns[mapping.column])
    words = [mapping.constant, mapping.other or "", mapping.none_ticked, *mapping.codes]
    words += (mapping.values or {}).values()
    refused = normalise(pd.Series(words, dtype=object), spec).is_refused
    if refused.any():
        word = words[int(refused.argmax())]
        expected = f"a {spec.kind}"
        if spec.kind in ("code", "boolean"):
            expected = f"one of {', '.join(spec.codes or ('true', 'false'))}"
        raise place.error(f"{word!r} cannot stand in this column", f'Write {expected}, or "".')
