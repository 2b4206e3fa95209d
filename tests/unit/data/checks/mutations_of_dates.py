"""Mutations of dates: other formats, the future, another year, another order, filled down."""

from collections.abc import Iterator

from tests.unit.data.checks.mutation import (
    REFUSED,
    REPORTED,
    Mutation,
    column,
    rows_where,
    with_cells,
)
from tests.unit.data.checks.mutations_of_cells import single


def dates() -> Iterator[Mutation]:
    """Dates in other formats, in the future, in another year, in the wrong order."""
    for word in ("31/12/2024", "12/31/2024", "2024-13-01", "20241231", "45657", "today", "12.2024"):
        yield single("visits", "visit_date", 40, word, "wrong_type", REFUSED)
        yield single("patients", "diagnosis_date", 14, word, "wrong_type")
    for table, name, expect, rule in (
        ("patients", "index_date", REFUSED, "index_after_data_cut"),
        ("patients", "diagnosis_date", REPORTED, "diagnosis_after_index"),
        ("patients", "consent_date", REPORTED, "after_data_cut"),
        ("patients", "last_contact_date", REPORTED, "after_data_cut"),
        ("patients", "death_date", REPORTED, "after_data_cut"),
        ("visits", "visit_date", REFUSED, "after_data_cut"),
        ("infusions", "infusion_date", REPORTED, "after_data_cut"),
        ("treatments", "start_date", REPORTED, "after_data_cut"),
        ("treatments", "stop_date", REPORTED, "after_data_cut"),
        ("flares", "flare_date", REPORTED, "after_data_cut"),
        ("adverse_events", "onset_date", REPORTED, "after_data_cut"),
    ):
        yield single(table, name, 16, "2031-05-01", rule, expect)
    for table, name, rule in (
        ("patients", "death_date", "death_before_index"),
        ("visits", "visit_date", "visit_long_before_index"),
        ("infusions", "infusion_date", "long_before_index"),
        ("treatments", "stop_date", "end_before_start"),
        ("flares", "flare_date", "long_before_index"),
        ("adverse_events", "onset_date", "long_before_index"),
        ("patients", "consent_date", "consent_long_before_index"),
        ("patients", "diagnosis_date", "diagnosis_before_birth"),
        ("patients", "index_date", "before_the_drug"),
    ):
        value = "1905-06-01" if rule == "diagnosis_before_birth" else "2005-06-01"
        yield single(table, name, 18, value, rule)
    yield single("patients", "last_contact_date", 22, "2012-01-01", "contact_before_index", REFUSED)
    yield single("patients", "index_date", 23, "", "empty_key", REFUSED)
    yield single("visits", "visit_date", 23, "", "empty_key", REFUSED)
    yield single("adverse_events", "onset_date", 23, "", "empty_mandatory")
    yield from _orders()


def _orders() -> Iterator[Mutation]:
    first = next(at for at in range(3, 60) if _is_inside("visits", at))
    day = column("visits", "visit_date")[first - 2]
    later = f"{int(day[:4]) + 1}{day[4:]}" if day[5:] != "02-29" else day.replace("02-29", "12-29")
    yield single("visits", "visit_date", first, later, "out_of_order")
    infusion = [at for at in range(3, 90) if _is_inside("infusions", at)][5]
    given = column("infusions", "infusion_date")[infusion - 2]
    yield single(
        "infusions", "infusion_date", infusion, f"{int(given[:4]) + 1}{given[4:]}", "out_of_order"
    )
    for row in (25, 26):
        index = column("patients", "index_date")[row - 2]
        value = f"{int(index[:4]) - 1}{index[4:]}"
        yield single("patients", "index_date", row, value, "index_not_first_dose")
    new = dict.fromkeys(range(31, 37), min(column("patients", "index_date")[29:35]))
    yield Mutation(
        "patients.index_date filled down", with_cells("patients", "index_date", new), REPORTED,
        "filled_down", "patients", "index_date", tuple(new),
    )  # fmt: skip
    days = column("visits", "visit_date")
    seen = rows_where("visits", "visit_date", lambda day: day < "2025-06-01")
    ids = column("visits", "patient_id")
    crowded = list({ids[row - 2]: row for row in seen}.values())[:30]
    day = next(d for d in ("2025-06-01", "2025-06-08", "2025-06-15") if d not in days)
    yield Mutation(
        "visits.visit_date the same in thirty patients",
        with_cells("visits", "visit_date", dict.fromkeys(crowded, day)),
        REPORTED, "same_date", "visits", "visit_date", tuple(crowded),
    )  # fmt: skip


def _is_inside(table: str, row: int) -> bool:
    ids = column(table, "patient_id")
    return len(set(ids[row - 4 : row + 4])) == 1
