"""Whether the tables are there whole: rows cut off, patients without rows, absent columns."""

from collections.abc import Iterator, Mapping

import pandas as pd

from lupus_outcomes.data.about import ABOUT_FILE, About
from lupus_outcomes.data.checks.columns import Tables
from lupus_outcomes.data.checks.dates import EVENT_DATES, in_days
from lupus_outcomes.data.dialect import TextTable
from lupus_outcomes.data.findings import Finding, find_whole, query
from lupus_outcomes.dictionary import ASSUMABLE_COLUMNS, TABLES, Spec, spec_of
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.protocols import PROTOCOLS

# Who was enrolled so shortly before the data cut may not have been seen yet.
FEW_DAYS = 30
# A table in order of patients that ends this improbably early was most likely cut off. Only
# patients followed for half a year count: those enrolled last may have had no event yet.
LEAST_PROBABLE_END = 1e-4
FEWEST_PATIENTS_WITHOUT = 2
LONG_ENOUGH_DAYS = 183
# Tables in which every patient on anifrolumab has a row, and the words for one who has none.
OF_THE_TREATED = {"infusions": "no infusion", "treatments": "no course"}
# With fewer, all values may well be the same by chance.
ROLES_OF_FINDINGS = ("sledai_descriptor", "beyond_sledai", "sle_das")
FEWEST_VALUES, FEWEST_PATIENTS = 20, 10
LARGEST_SHARE_OF_ONE = 0.5
SIMILAR_COLUMNS = (("patients", "centre"), ("treatments", "drug"), ("samples", "analyte"))


def check_ends(tables: Mapping[str, TextTable]) -> Iterator[Finding]:
    """A text table whose last row has no line end may have been cut inside that row."""
    for name, table in tables.items():
        if table.dialect and not table.dialect.is_ended and len(table.frame):
            last = pd.Series(range(len(table.frame))) == len(table.frame) - 1
            message = "the last row has no line end, so the file may be cut short"
            way_out = "Compare the row with the source."
            yield from query("no_line_end", name, "", last, message, way_out)


def check_whole(tables: Tables, about: About) -> Iterator[Finding]:
    """Patients without rows, tables that end early, names written in two ways."""
    patients = tables["patients"]
    days = in_days(about.data_cut - patients["index_date"])
    is_treated = patients["treatment_group"] == "anifrolumab"
    without = ~patients["patient_id"].isin(tables["visits"]["patient_id"]) & (days > FEW_DAYS)
    way_out = "Check whether the table is whole."
    yield from query("no_rows", "patients", "patient_id", without, "no row in visits", way_out)
    for table, words in OF_THE_TREATED.items():
        frame = tables[table]
        rows = (
            frame if table == "infusions" else frame[frame["drug"].str.casefold() == "anifrolumab"]
        )
        if len(frame):
            without = is_treated & ~patients["patient_id"].isin(rows["patient_id"])
            message = f"{words} of anifrolumab in {table}"
            yield from query("no_rows", "patients", "patient_id", without, message, way_out)
    for table in EVENT_DATES:
        is_expected = days > LONG_ENOUGH_DAYS
        if table in OF_THE_TREATED:
            is_expected &= is_treated
        yield from _check_end(table, tables[table], patients["patient_id"][is_expected])
    yield from _check_spellings(tables)
    yield from _check_sameness(tables)


def _check_end(table: str, frame: pd.DataFrame, expected: pd.Series) -> Iterator[Finding]:
    places = pd.Series(range(len(expected)), index=expected.to_numpy())
    place = frame["patient_id"].map(places[~places.index.duplicated()]).dropna()
    if place.empty or not place.is_monotonic_increasing:
        return
    last = int(place.iloc[-1])
    n_without = len(expected) - 1 - last
    share = place.nunique() / (last + 1)
    if n_without < FEWEST_PATIENTS_WITHOUT or (1 - share) ** n_without > LEAST_PROBABLE_END:
        return
    is_last = frame.index == len(frame) - 1
    message = f"the table ends here, without any row of the last {n_without} patients"
    way_out = "Check whether it was cut short."
    yield from query("ends_early", table, "patient_id", is_last, message, way_out)


def _check_spellings(tables: Tables) -> Iterator[Finding]:
    """Names that differ only in case, blanks and punctuation; of patients, in case and blanks."""
    for table, column in SIMILAR_COLUMNS:
        names = tables[table][column]
        key = names.str.casefold().str.replace(r"[\W_]+", "", regex=True)
        counts = names.map(names.value_counts())
        rarer = counts < counts.groupby(key).transform("max")
        message = "spelt another way in other rows"
        yield from query("similar_spelling", table, column, rarer, message, "Write it alike.")
    ids = tables["patients"]["patient_id"]
    alike = ids.str.casefold().str.replace(r"\s+", "", regex=True)
    similar = alike.duplicated(keep=False) & ~ids.duplicated(keep=False) & ids.notna()
    message = "differs from another patient only in case or blanks: the same person?"
    yield from query("similar_spelling", "patients", "patient_id", similar, message)


def _check_sameness(tables: Tables) -> Iterator[Finding]:
    """Measurements that are the same throughout, tables that are nearly all of one patient."""
    for table, schema in TABLES.items():
        frame = tables[table]
        if frame["patient_id"].nunique() < FEWEST_PATIENTS or table == "infusions":
            continue
        for name in (n for n, c in schema.columns.items() if _varies(spec_of(c))):
            values = frame[name].dropna()
            if len(values) >= FEWEST_VALUES and values.iloc[0] and values.nunique() == 1:
                message = "the same value throughout: filled down, or a default?"
                yield from query("same_value", table, name, frame[name].notna(), message)
    n_patients = tables["patients"]["patient_id"].nunique()
    for table in (t for t in EVENT_DATES if len(tables[t]) >= FEWEST_VALUES):
        ids = tables[table]["patient_id"]
        is_often = ids.map(ids.value_counts(normalize=True)) > LARGEST_SHARE_OF_ONE
        if n_patients >= FEWEST_PATIENTS:
            message = "most rows of the table belong to this one patient"
            yield from query("one_patient", table, "patient_id", is_often, message)


def _varies(spec: Spec) -> bool:
    # What is measured varies; of findings, none may be present throughout. Treatment may be alike.
    return spec.kind == "number" or (spec.kind == "boolean" and spec.role in ROLES_OF_FINDINGS)


def check_collected(
    tables: Tables, texts: Mapping[str, pd.DataFrame], about: About
) -> Iterator[Finding]:
    """Columns and tables without any value, what is lost with them, assumptions not needed.

    ``tables``: complete. ``texts``: as they lie there.
    """
    absent = find_absent(tables)
    lost = _lost_endpoints(absent, about)
    for table, schema in TABLES.items():
        if table not in texts:
            message, way_out = (
                "the table is absent" + _so(lost.get(table)),
                "Add it if there is one.",
            )
            yield find_whole("query", "not_collected", table, "", message, way_out)
            continue
        names = [c for c in schema.columns if c not in texts[table] or (table, c) in absent]
        if names:
            message = f"{len(names)} column(s) absent or empty" + _so(lost.get(table))
            way_out = "Add them if they were collected."
            yield find_whole("query", "not_collected", table, ", ".join(names), message, way_out)
    yield from _check_assumptions(absent, tables, about)


def find_absent(tables: Tables) -> tuple[tuple[str, str], ...]:
    """``(table, column)`` of every column of the dictionary without a single value, in order."""
    return tuple(
        (name, column)
        for name, frame in tables.items()
        for column in frame.columns
        if frame[column].isna().all()
    )


def _so(lost: list[str] | None) -> str:
    return f", so there is no {', '.join(lost)}" if lost else ""


def _lost_endpoints(absent: tuple[tuple[str, str], ...], about: About) -> dict[str, list[str]]:
    """Labels of the study's endpoints that nobody can attain, by the table that lacks a column."""
    gone = {f"{table}.{column}" for table, column in absent}
    gone -= {f"visits.{column}" for column in about.assumed if column in ASSUMABLE_COLUMNS}
    if about.assumed.get("treatments_complete"):
        gone.discard("visits.maintenance_in_limits")
    lost: dict[str, list[str]] = {}
    protocol = PROTOCOLS.get(about.study)
    for endpoint in protocol.endpoints if protocol else ():
        for need in ENDPOINTS[endpoint].needs:
            if gone.issuperset(need.split("|")):
                labels = lost.setdefault(need.partition(".")[0], [])
                labels += [ENDPOINTS[endpoint].label] * (ENDPOINTS[endpoint].label not in labels)
    return lost


def _check_assumptions(
    absent: tuple[tuple[str, str], ...], tables: Tables, about: About
) -> Iterator[Finding]:
    for name in about.assumed:
        if name in ASSUMABLE_COLUMNS and ("visits", name) not in absent:
            message = f"visits.{name} was collected, so the assumption is not used"
            yield _ignored(name, message)
        elif name not in ASSUMABLE_COLUMNS and tables["treatments"].empty:
            yield _ignored(name, "there are no treatments, so the assumption is not used")


def _ignored(name: str, message: str) -> Finding:
    way_out = "Remove the line."
    return find_whole("query", "assumption_ignored", ABOUT_FILE, f"assume.{name}", message, way_out)
