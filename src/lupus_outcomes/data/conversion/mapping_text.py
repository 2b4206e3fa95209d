"""The text of a mapping, line by line: what it maps, what it leaves open, what answers make of it.

The text alone says what is open, in its lines marked TODO: whoever has edited it by hand is asked
about what is left.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lupus_outcomes.data.toml_text import parse_toml
from lupus_outcomes.data.write import MAPPING
from lupus_outcomes.dictionary import TABLES, label_of, spec_of
from lupus_outcomes.errors import UnreadableError

MARK = "# TODO "
UNKNOWN = "unknown"
TABLE_LINE = re.compile(r"\[+(\w+)\]+\s*(?:#.*)?$")
KEY_LINE = re.compile(r"(?P<toml>\w+ = .*?)(?P<comment>  # .*)?$")
CODE_LINE = re.compile(r"(?P<column>\w+): (?P<code>\S+) is (?P<label>\".*\"); one of ")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

# What is answered: table, column and code; the table is empty for the head of the mapping, the
# code empty where a whole column is asked for.
Asked = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class OpenColumn:
    """A column about which something is to be said.

    ``field``: the field it is made of, where only the meaning of ``codes`` is open; the codes with
    their labels in the export, empty where it has none. ``words``: what a code can mean.
    """

    table: str
    column: str
    field: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    @property
    def label(self) -> str:
        """The column in words."""
        return label_of(self.table, self.column) if self.table else self.column

    @property
    def words(self) -> tuple[str, ...]:
        """What a code can mean, besides unknown."""
        return spec_of(TABLES[self.table].columns[self.column]).codes or ("true", "false")


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column that is made of something: of what, in words, and why that was guessed."""

    table: str
    column: str
    made_of: str
    reason: str


def list_mapped(text: str) -> tuple[MappedColumn, ...]:
    """Every column that the text maps, in its order."""
    found = []
    for table, line in _with_tables(text):
        column, value, comment = _read_key(line)
        if column in _columns(table):
            found.append(MappedColumn(table, column, _in_words(value), _reason(comment)))
    return tuple(found)


def list_unmapped(text: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Those columns of an export that stand nowhere in the text, not even behind a TODO."""
    quoted = set(re.findall(r'"((?:[^"\\]|\\.)*)"', text))
    return tuple(c for c in columns if json.dumps(c, ensure_ascii=False)[1:-1] not in quoted)


def _in_words(value: Any) -> str:
    """``sex: 1 = female, 2 = male`` for a field with the meaning of its codes."""
    if not isinstance(value, dict):
        return str(value)
    rest = {key: one for key, one in value.items() if key not in ("field", "values")}
    codes = (f"{code} = {word or UNKNOWN}" for code, word in value.get("values", {}).items())
    parts = [f"{key} {_plainly(one)}" for key, one in rest.items()]
    first = str(value.get("field", ""))
    return "; ".join(part for part in (first, ", ".join(codes), *parts) if part)


def _plainly(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_plainly(one)}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def list_open(text: str) -> tuple[OpenColumn, ...]:
    """Every column with a line marked TODO, in the order of the text; the head's come first."""
    found: dict[tuple[str, str], OpenColumn] = {}
    for table, line in _with_tables(text):
        if not line.startswith(MARK):
            continue
        one = _read_code(table, line) or _read_column(table, line)
        if one is None:
            continue
        before = found.get((table, one.column), one)
        codes = dict(before.codes) | {c: label for c, label in one.codes if label}
        found[table, one.column] = replace(before, codes=tuple(codes.items()))
    return tuple(found.values())


def _with_tables(text: str) -> Iterator[tuple[str, str]]:
    """Each line with the section it stands in."""
    table = ""
    for line in text.splitlines():
        if section := TABLE_LINE.match(line):
            table = section[1]
        yield table, line


def _read_code(table: str, line: str) -> OpenColumn | None:
    """``# TODO sex: 3 is "Diverse"; one of female, male, other``."""
    found = CODE_LINE.match(line.removeprefix(MARK))
    if found is None or found["column"] not in _columns(table):
        return None
    try:
        label = json.loads(found["label"])
    except ValueError:
        label = found["label"]
    return OpenColumn(table, found["column"], codes=((found["code"], label),))


def _read_column(table: str, line: str) -> OpenColumn | None:
    """``# TODO sex = { field = "sex", values = { 1 = "?" } }  # a known name``."""
    column, value, comment = _read_key(line.removeprefix(MARK))
    if not column or (table and column not in _columns(table)):
        return None
    reason = _reason(comment)
    if not isinstance(value, dict):
        return OpenColumn(table, column, reason=reason)
    codes = tuple((code, "") for code, word in value.get("values", {}).items() if word == "?")
    return OpenColumn(table, column, str(value.get("field", "")), codes, reason)


def _reason(comment: str) -> str:
    return comment.removeprefix("  # ").partition("; one of")[0]


def _columns(table: str) -> Mapping[str, Any]:
    return TABLES[table].columns if table in TABLES else {}


def _read_key(line: str) -> tuple[str, Any, str]:
    """A line ``key = value  # comment`` in its parts; an empty key for another line."""
    found = KEY_LINE.match(line)
    if found is None:
        return "", None, ""
    key, _, value = found["toml"].partition(" = ")
    if value == "...":
        return key, value, found["comment"] or ""
    try:
        return key, parse_toml(found["toml"], MAPPING)[key], found["comment"] or ""
    except UnreadableError:
        # What is wrong with it is said when the mapping is read whole.
        return "", None, ""


def read_title(text: str) -> str:
    """The title the text gives the dataset; empty where it gives none."""
    titles = (_read_key(line) for table, line in _with_tables(text) if not table)
    return next((str(value) for key, value, _ in titles if key == "title"), "")


def complete(text: str, answers: Mapping[Asked, str]) -> str:
    """The text with what was answered written into its lines; the rest stays as it was.

    An answer is the name of a field, the meaning of a code, or for the head what ``study``,
    ``data_cut`` and ``title`` are. A code that means ``unknown`` becomes an empty cell.
    """
    lines = [_answer_line(table, line, answers) for table, line in _with_tables(text)]
    return "".join(f"{line}\n" for line in lines if line is not None)


def _answer_line(table: str, line: str, answers: Mapping[Asked, str]) -> str | None:
    code = _read_code(table, line) if line.startswith(MARK) else None
    if code is not None:
        # The meaning goes into the line of the column itself.
        return None if (table, code.column, code.codes[0][0]) in answers else line
    column, value, comment = _read_key(line.removeprefix(MARK))
    if not column:
        return line
    if whole := answers.get((table, column, "")):
        written = whole if column == "data_cut" else _to_inline(whole)
        return f"{column} = {written}"
    meanings = {code: word for (t, c, code), word in answers.items() if (t, c) == (table, column)}
    if not meanings or not isinstance(value, dict):
        return line
    known = {code: word for code, word in value.get("values", {}).items() if word != "?"}
    known |= {code: "" if word == UNKNOWN else word for code, word in meanings.items()}
    return f"{column} = {_to_inline({**value, 'values': known})}{comment}"


def _to_inline(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, dict):
        pairs = (f"{_to_key(key)} = {_to_inline(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_to_inline, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _to_key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
