"""Mutations of a REDCap export and its mapping: what ``convert`` and ``check`` say of them."""

import csv
import io
from collections.abc import Callable, Iterator
from functools import cache

from tests.unit.data.checks.mutation import COHORT, REFUSED, REPORTED, UNREADABLE, Mutation

LAST_PATIENT = 30
EXPORT, MAPPING = "export_raw.csv", "mapping.toml"


@cache
def export() -> dict[str, bytes]:
    """The export of the first patients, and its mapping."""
    header, *rows = (COHORT / "redcap" / EXPORT).read_text().splitlines(keepends=True)
    kept = [row for row in rows if int(row.partition(",")[0][-4:]) <= LAST_PATIENT]
    return {
        EXPORT: "".join([header, *kept]).encode(),
        MAPPING: (COHORT / "redcap" / MAPPING).read_bytes(),
    }


def _cells() -> list[list[str]]:
    return list(csv.reader(io.StringIO(export()[EXPORT].decode())))


def _row(name: str, number: int) -> int:
    """The row, as a spreadsheet numbers it, of the so manyeth filled cell of a field."""
    header, *rows = _cells()
    at = header.index(name)
    return [row for row, cells in enumerate(rows, 2) if cells[at]][number]


def _bytes(name: str, change: Callable[[bytes], bytes]):
    return lambda files: files.write(name, change(files.content[name]))


def _put(files, cells: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    files.write(EXPORT, text.getvalue().encode())


def _cell(name: str, row: int, value: str):
    def how(files) -> None:
        cells = _cells()
        cells[row - 1][cells[0].index(name)] = value
        _put(files, cells)

    return how


def _whole(name: str, change: Callable[[str], str]):
    def how(files) -> None:
        header, *rows = _cells()
        at = header.index(name)
        for cells in rows:
            cells[at] = change(cells[at]) if cells[at] else ""
        _put(files, [header, *rows])

    return how


def fields() -> Iterator[Mutation]:
    """Fields that are gone or called otherwise; mappings that do not fit."""
    for name, key in (
        ("pga", "physician_ga"),
        ("sledai___15", "rash"),
        ("sledai_complete", "visits"),
        ("index_date", "index_date"),
        ("ae_term", "term"),
        ("redcap_repeat_instrument", "instrument"),
        ("record_id", "patient_id"),
    ):
        change = _bytes(
            EXPORT, lambda c, name=name: c.replace(name.encode(), b"gone_" + name.encode())
        )
        yield Mutation(f"{EXPORT} without {name}", change, UNREADABLE, key, "")
    for title, old, new, words in (
        ("with a mistyped field", b'"pga"', b'"pgaa"', "pgaa"),
        ("with an unknown column", b"physician_ga =", b"physician_gaa =", "physician_gaa"),
        ("with an unknown table", b"[flares]", b"[flare]", "flare"),
        ("of another study", b"nct07215754", b"nct00000000", "study"),
        ("not TOML", b"[visits]", b"[visits", "mapping.toml"),
        ("without a study", b"study =", b"#", "study"),
        ("with a mistyped instrument", b'instrument = "ae"', b'instrument = "aes"', "aes"),
    ):
        change = _bytes(MAPPING, lambda c, old=old, new=new: c.replace(old, new, 1))
        yield Mutation(f"{MAPPING} {title}", change, UNREADABLE, words, "")


def cells() -> Iterator[Mutation]:
    """Codes, dates, numbers and boxes that the mapping does not foresee."""
    for name, value, rule, table, column in (
        ("sex", "3", "unlisted_code", "patients", "sex"),
        ("smoke", "9", "unlisted_code", "patients", "smoking"),
        ("classif", "EULAR", "unlisted_code", "patients", "classification"),
        ("rash_ext", "3", "unlisted_code", "visits", "rash_extent"),
        ("fl_sev", "4", "unlisted_code", "flares", "severity"),
        ("pga", "mild", "unreadable_value", "visits", "physician_ga"),
        ("prednisone", "5 mg", "unreadable_value", "visits", "prednisone_mg_day"),
        ("plt", "<10", "unreadable_value", "visits", "platelets_10e9_l"),
        ("plt", "1,250", "ambiguous_decimal", "visits", "platelets_10e9_l"),
        ("sledai___15", "2", "unreadable_value", "visits", "rash"),
        ("dx_date", "31/12/2010", "unreadable_value", "patients", "diagnosis_date"),
        ("consent", "yes", "unreadable_value", "patients", "consent_date"),
        ("ae_on", "2024-13-01", "unreadable_value", "adverse_events", "onset_date"),
        ("ae_ser", "perhaps", "unreadable_value", "adverse_events", "serious"),
    ):
        row = _row(name, 3)
        title = f"{EXPORT} {name} row {row} = {value!r}"
        yield Mutation(title, _cell(name, row, value), REPORTED, rule, table, column, (row,))
    for name, value, rule, table, column, expect in (
        ("pga", "12", "out_of_range", "visits", "physician_ga", REPORTED),
        ("age", "-4", "out_of_range", "patients", "age_years", REPORTED),
        ("weight", "143", "implausible", "patients", "weight_kg", REPORTED),
        ("inf_dose", "3000", "implausible", "infusions", "dose_mg", REPORTED),
        ("inf_date", "2031-01-01", "after_data_cut", "infusions", "infusion_date", REPORTED),
        ("visit_date", "2031-01-01", "after_data_cut", "visits", "visit_date", REFUSED),
        ("index_date", "2004-01-01", "before_the_drug", "patients", "index_date", REPORTED),
        ("last_contact", "2012-01-01", "contact_before_index", "patients", "last_contact", REFUSED),
        ("record_id", "h01-0004", "empty_key", "patients", "index_date", REFUSED),
        ("record_id", "H99-0001", "empty_key", "patients", "index_date", REFUSED),
    ):
        row = _row(name, 40 if name == "record_id" else 4)
        title = f"{EXPORT} {name} row {row} = {value!r}"
        yield Mutation(title, _cell(name, row, value), expect, rule, table, column)
    row = _row("inf_date", 5)
    change = _cell("redcap_repeat_instrument", row, "infusions")
    title = f"{EXPORT} row {row} of an unknown instrument"
    yield Mutation(title, change, REPORTED, "unknown_instrument", EXPORT, "", (row,))


def _divided(by: float) -> Callable[[str], str]:
    return lambda cell: f"{float(cell) / by:g}"


def _turned(date: str) -> str:
    return "/".join(reversed(date.split("-")))


def columns() -> Iterator[Mutation]:
    """Whole fields in another unit or format."""
    for name, change, rule, table, column, expect in (
        ("upr_mg", _divided(1000), "unit_differs", "visits", "proteinuria_mg_24h", REPORTED),
        ("plt", _divided(0.001), "unit_differs", "visits", "platelets_10e9_l", REPORTED),
        ("painvas", _divided(10), "scale_differs", "visits", "pain_vas", REPORTED),
        ("pga", _divided(0.1), "out_of_range", "visits", "physician_ga", REPORTED),
        ("visit_date", _turned, "unreadable_value", "visits", "visit_date", REFUSED),
        ("visit_date", lambda date: "2024-06-01", "duplicate_key", "visits", "date", REFUSED),
    ):
        title = f"{EXPORT} {name} throughout as {change('2024-05-06' if 'date' in name else '5')}"
        yield Mutation(title, _whole(name, change), expect, rule, table, column)


def files() -> Iterator[Mutation]:
    """Exports that are cut short, doubled or damaged."""
    whole = export()[EXPORT]
    middle = len(whole) // 2
    garbled = "Zürich".encode().decode("cp1252").encode()
    for title, change, words in (
        (
            "cut in the middle of a row",
            lambda c: c[: c.rindex(b"\n", 0, middle) + 30],
            "fields where",
        ),
        ("cut in its header", lambda c: c[:200], EXPORT),
        ("empty", lambda c: b"", "is empty"),
        ("binary", lambda c: bytes(range(256)) * 9, EXPORT),
        ("decoded twice", lambda c: c.replace(b"headache", garbled, 1), "garbled"),
        ("with a row twice", lambda c: c + c.splitlines(keepends=True)[-1], "twice"),
        ("joined to itself", lambda c: c + b"".join(c.splitlines(keepends=True)[1:]), "twice"),
        (
            "with a record without a name",
            lambda c: c.replace(b"\nH01-0004,", b"\n,", 1),
            "record_id",
        ),
        ("with labels", lambda c: c.replace(b"sledai___15", b"SLEDAI (choice=Rash)", 1), "labels"),
        ("in long form", lambda c: b"record,event_id,field_name,value\n1,1,a,2\n", "EAV"),
    ):
        yield Mutation(f"{EXPORT} {title}", _bytes(EXPORT, change), UNREADABLE, words, "")
    change = _bytes(EXPORT, lambda c: c[:-2])
    yield Mutation(f"{EXPORT} cut in its last cell", change, REPORTED, "no_line_end", EXPORT)


def of_exports() -> Iterator[Mutation]:
    """All of them."""
    for made in (fields, cells, columns, files):
        yield from made()
