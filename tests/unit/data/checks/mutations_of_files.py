"""Mutations of files, rows and columns: dropped, doubled, renamed, cut short, swapped."""

from collections.abc import Callable, Iterator

from tests.unit.data.checks.mutation import (
    REFUSED,
    REPORTED,
    UNREADABLE,
    Files,
    Mutation,
    column,
    source,
    with_cells,
)

TABLES = ("patients", "visits", "infusions", "treatments", "flares", "adverse_events")
MANDATORY = {
    "patients": ("patient_id", "centre", "index_date", "last_contact_date"),
    "visits": ("patient_id", "visit_date"),
    "infusions": ("patient_id", "infusion_date", "dose_mg"),
    "treatments": ("patient_id", "drug", "start_date"),
    "flares": ("patient_id", "flare_date", "severity"),
    "adverse_events": ("patient_id", "term", "onset_date", "serious"),
}
OPTIONAL = {
    "patients": ("treatment_group", "sex", "age_years", "smoking", "diagnosis_date"),
    "visits": (
        "rash", "arthritis", "low_complement", "physician_ga", "prednisone_mg_day",
        "maintenance_in_limits", "treatment_stable", "haemolytic_anaemia", "platelets_10e9_l",
        "swollen_joints_28", "slicc_damage_index", "pain_vas",
    ),
    "infusions": ("route",),
    "treatments": ("stop_date", "stop_reason"),
    "adverse_events": ("grade", "seriousness", "infection"),
}  # fmt: skip
Change = Callable[[Files], None]


def _without(table: str, name: str) -> Change:
    def how(files: Files) -> None:
        cells = files.cells(table)
        at = cells[0].index(name)
        files.put(table, [row[:at] + row[at + 1 :] for row in cells])

    return how


def _renamed(table: str, old: str, new: str) -> Change:
    def how(files: Files) -> None:
        header, *rows = files.cells(table)
        files.put(table, [[new if name == old else name for name in header], *rows])

    return how


def columns() -> Iterator[Mutation]:
    """Dropped, renamed and doubled columns."""
    for table, names in MANDATORY.items():
        for name in names:
            yield Mutation(
                f"{table} without {name}",
                _without(table, name),
                REFUSED,
                "missing_column",
                table,
                name,
            )
    for table, names in OPTIONAL.items():
        for name in names:
            yield Mutation(
                f"{table} without {name}",
                _without(table, name),
                REPORTED,
                "not_collected",
                table,
                name,
            )
    for table, old, new in (
        ("patients", "sex", "gender"),
        ("visits", "physician_ga", "pga"),
        ("visits", "rash", "Rash"),
        ("infusions", "route", "way"),
        ("adverse_events", "grade", "ctcae"),
    ):
        title = f"{table}.{old} called {new}"
        yield Mutation(title, _renamed(table, old, new), REPORTED, "unknown_column", table, new)
    title = "visits.visit_date called date"
    change = _renamed("visits", "visit_date", "date")
    yield Mutation(title, change, REFUSED, "missing_column", "visits", "visit_date")
    for table, old, new in (
        ("visits", "rash", "fever"),
        ("patients", "sex", "centre"),
        ("flares", "severity", "flare_date"),
    ):
        title = f"{table}.{new} twice"
        yield Mutation(title, _renamed(table, old, new), UNREADABLE, "more than once", table)


def _doubled(table: str, row: int, to: int | None = None) -> Change:
    def how(files: Files) -> None:
        cells = files.cells(table)
        cells.insert(len(cells) if to is None else to - 1, list(cells[row - 1]))
        files.put(table, cells)

    return how


def keys() -> Iterator[Mutation]:
    """Doubled rows, and rows of nobody."""
    for table, key, expect in (
        ("patients", "patient_id", REFUSED),
        ("visits", "patient_id, visit_date", REFUSED),
        ("infusions", "patient_id, infusion_date", REPORTED),
        ("treatments", "patient_id, drug, start_date", REPORTED),
        ("flares", "patient_id, flare_date", REPORTED),
        ("adverse_events", "patient_id, term, onset_date", REPORTED),
    ):
        rule = "duplicate_key" if expect == REFUSED else "repeated_row"
        last = len(column(table, "patient_id")) + 2
        title = f"{table} row 9 again at its end"
        yield Mutation(title, _doubled(table, 9), expect, rule, table, key, (9, last))
    known = column("visits", "patient_id")[30]
    for table in TABLES[1:]:
        for word in ("H99-9999", column(table, "patient_id")[8].lower()):
            change = with_cells(table, "patient_id", {10: word})
            title = f"{table}.patient_id row 10 = {word}"
            yield Mutation(title, change, REFUSED, "orphan_patient", table, "patient_id", (10,))
    change = with_cells("visits", "patient_id", {32: known.replace("-", "- ")})
    title = "visits.patient_id with a blank inside"
    yield Mutation(title, change, REFUSED, "orphan_patient", "visits", "patient_id", (32,))
    change = with_cells("visits", "patient_id", {32: ""})
    yield Mutation(
        "visits.patient_id empty", change, REFUSED, "empty_key", "visits", "patient_id", (32,)
    )
    yield Mutation(
        "a patient gone",
        _without_row("patients", 12),
        REFUSED,
        "orphan_patient",
        "visits",
        "patient_id",
    )


def _without_row(table: str, row: int) -> Change:
    return lambda files: files.put(
        table, (c for i, c in enumerate(files.cells(table), 1) if i != row)
    )


def in_bytes(name: str, change: Callable[[bytes], bytes]) -> Change:
    """A change of a file's bytes."""
    return lambda files: files.write(name, change(files.content[name]))


def files() -> Iterator[Mutation]:
    """Files that are cut short, empty, damaged, swapped or gone."""
    for table in TABLES:
        name = f"{table}.csv"
        title = f"{name} cut in the middle of a row"
        whole = source()[name]
        middle = whole.rindex(b"\n", 0, len(whole) // 2) + 12
        change = in_bytes(name, lambda content, middle=middle: content[:middle])
        yield Mutation(title, change, UNREADABLE, "may be truncated", table)
        # The last cell of the treatments is empty.
        left = -1 if table == "treatments" else -2
        change = in_bytes(name, lambda content, left=left: content[:left])
        last = len(column(table, "patient_id")) + 1
        title = f"{name} cut in its last cell"
        yield Mutation(title, change, REPORTED, "no_line_end", table, "", (last,))
    yield from _cut_between_rows()
    for table in ("patients", "visits"):
        yield Mutation(f"{table} gone", _gone(table), REFUSED, "missing_table", table)
        change = in_bytes(f"{table}.csv", _header_only)
        yield Mutation(f"{table} of a header only", change, REFUSED, "empty_table", table)
    for table in ("infusions", "flares"):
        yield Mutation(f"{table} gone", _gone(table), REPORTED, "not_collected", table)
        change = in_bytes(f"{table}.csv", _header_only)
        yield Mutation(f"{table} of a header only", change, REPORTED, "empty_table", table)
        change = in_bytes(f"{table}.csv", lambda content: content[content.index(b"\n") + 1 :])
        yield Mutation(f"{table} without its header", change, REFUSED, "no_header", table)
    for first, second in (("visits", "infusions"), ("flares", "treatments")):
        change = _swapped(first, second)
        rule = "missing_column"
        yield Mutation(f"{first} and {second} swapped", change, REFUSED, rule, first)
    title = "a table under another name"
    yield Mutation(
        title, _moved("flares", "flare_list"), REPORTED, "unknown_table", "flare_list.csv"
    )


def _cut_between_rows() -> Iterator[Mutation]:
    for table, share in (
        ("visits", 0.5),
        ("visits", 0.95),
        ("infusions", 0.9),
        ("treatments", 0.9),
    ):
        name = f"{table}.csv"
        at = source()[name].rindex(b"\n", 0, int(share * len(source()[name]))) + 1
        change = in_bytes(name, lambda content, at=at: content[:at])
        title = f"{name} cut between rows at {share:.0%}"
        yield Mutation(title, change, REPORTED, "no_rows", "patients", "patient_id")
    for table in ("adverse_events", "flares"):
        name = f"{table}.csv"
        at = source()[name].rindex(b"\n", 0, len(source()[name]) * 6 // 10) + 1
        change = in_bytes(name, lambda content, at=at: content[:at])
        title = f"{name} cut between rows at 60%"
        yield Mutation(title, change, REPORTED, "ends_early", table, "patient_id")
    name = "patients.csv"
    at = source()[name].rindex(b"\n", 0, len(source()[name]) // 2) + 1
    change = in_bytes(name, lambda content: content[:at])
    title = "patients.csv cut between rows at 50%"
    yield Mutation(title, change, REFUSED, "orphan_patient", "visits", "patient_id")


def _header_only(content: bytes) -> bytes:
    return content[: content.index(b"\n") + 1]


def _gone(table: str) -> Change:
    return lambda files: files.remove(f"{table}.csv")


def _swapped(first: str, second: str) -> Change:
    def how(files: Files) -> None:
        files.write(f"{first}.csv", files.content[f"{second}.csv"])
        files.write(f"{second}.csv", files.content[f"{first}.csv"])

    return how


def _moved(table: str, name: str) -> Change:
    def how(files: Files) -> None:
        files.write(f"{name}.csv", files.content[f"{table}.csv"])
        files.remove(f"{table}.csv")

    return how


def of_files() -> Iterator[Mutation]:
    """All of them."""
    for made in (columns, keys, files):
        yield from made()
