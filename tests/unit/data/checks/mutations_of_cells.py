"""Mutations of cells: codes, types, ranges, units, contradictions."""

from collections.abc import Iterator

from tests.unit.data.checks.mutation import (
    REFUSED,
    REPORTED,
    Mutation,
    column,
    of_centre,
    rows_where,
    scaled,
    with_cells,
)

CENTRE = "Centre 05"


def single(
    table: str,
    name: str,
    row: int,
    value: str,
    rule: str,
    expect: str = REPORTED,
    said_at: str = "",
) -> Mutation:
    """One cell with another value."""
    title = f"{table}.{name} row {row} = {value!r}"
    how = with_cells(table, name, {row: value})
    return Mutation(title, how, expect, rule, table, said_at or name, (row,))


def codes() -> Iterator[Mutation]:
    """A word that is no code of its column."""
    for table, name, row, word in (
        ("patients", "sex", 7, "1"),
        ("patients", "sex", 8, "F"),
        ("patients", "smoking", 9, "sometimes"),
        ("patients", "classification", 10, "ACR-1987"),
        ("patients", "treatment_group", 11, "standard of care"),
        ("visits", "rash_extent", 20, "generalized"),
        ("visits", "rash_extent", 21, "2"),
        ("infusions", "route", 30, "oral"),
        ("treatments", "stop_reason", rows_where("treatments", "stop_reason", bool)[0], "8"),
        ("flares", "severity", 5, "moderate"),
        ("adverse_events", "action", 6, "reduced"),
        ("adverse_events", "outcome", 7, "resolved"),
        ("adverse_events", "seriousness", 8, "other"),
    ):
        yield single(table, name, row, word, "unknown_code")


def types() -> Iterator[Mutation]:
    """Text, words and symbols where numbers and booleans belong."""
    for name, word in (
        ("physician_ga", "mild"),
        ("prednisone_mg_day", "5 mg"),
        ("platelets_10e9_l", "inf"),
        ("leukocytes_10e9_l", "nan"),
        ("proteinuria_mg_24h", "<150"),
        ("facit_fatigue", "N/A"),
        ("eq5d_vas", "1e999"),
        ("swollen_joints_28", "two"),
        ("rash", "2"),
        ("arthritis", "ja"),
        ("fever", "38.5"),
        ("treatment_stable", "unchanged"),
    ):
        yield single("visits", name, 33, word, "wrong_type")
    yield single("patients", "age_years", 12, "forty", "wrong_type")
    yield single("patients", "weight_kg", 12, "65kg", "wrong_type")
    yield single("visits", "platelets_10e9_l", 44, "1,250", "ambiguous_number")
    yield single("visits", "proteinuria_mg_24h", 44, "1,250", "odd_separator")
    yield single("visits", "proteinuria_mg_24h", 45, "1,250.5", "odd_separator")
    yield single("visits", "physician_ga", 46, "0,5", "odd_separator")
    for table, name, word in (
        ("infusions", "dose_mg", "full"),
        ("adverse_events", "serious", "maybe"),
        ("infusions", "infusion_date", "monthly"),
    ):
        yield single(table, name, 9, word, "wrong_type", REFUSED)
    yield single("patients", "centre", 13, "Z\u00c3\u00bcrich", "garbled", "unreadable")


def ranges() -> Iterator[Mutation]:
    """Negative and impossible numbers."""
    for table, name, value in (
        ("patients", "age_years", "-44"),
        ("patients", "age_years", "440"),
        ("patients", "weight_kg", "-65"),
        ("patients", "weight_kg", "652.5"),
        ("patients", "prior_biologics", "-1"),
        ("patients", "prior_biologics", "99"),
        ("visits", "physician_ga", "-0.5"),
        ("visits", "physician_ga", "12"),
        ("visits", "patient_ga", "999"),
        ("visits", "prednisone_mg_day", "-5"),
        ("visits", "prednisone_mg_day", "5000"),
        ("visits", "swollen_joints_28", "29"),
        ("visits", "tender_joints_28", "-1"),
        ("visits", "clasi_activity", "71"),
        ("visits", "clasi_damage", "57"),
        ("visits", "proteinuria_mg_24h", "-150"),
        ("visits", "platelets_10e9_l", "-1"),
        ("visits", "leukocytes_10e9_l", "-99"),
        ("visits", "slicc_damage_index", "48"),
        ("visits", "facit_fatigue", "99"),
        ("visits", "eq5d_vas", "-99"),
        ("visits", "pain_vas", "101"),
        ("infusions", "dose_mg", "-300"),
        ("adverse_events", "grade", "6"),
    ):
        yield single(table, name, 17, value, "out_of_range")
    for name in ("swollen_joints_28", "slicc_damage_index", "clasi_activity"):
        yield single("visits", name, 18, "1.5", "not_whole")


def units() -> Iterator[Mutation]:
    """One value, one centre or a whole column in another unit or on another scale."""
    for table, name, factor, rule in (
        ("patients", "weight_kg", 2.2046, "unit_differs"),
        ("visits", "proteinuria_mg_24h", 0.001, "unit_differs"),
        ("visits", "proteinuria_mg_24h", 1 / 8.84, "unit_differs"),
        ("visits", "proteinuria_mg_24h", 1_000, "unit_differs"),
        ("visits", "platelets_10e9_l", 1_000, "unit_differs"),
        ("visits", "platelets_10e9_l", 10, "unit_differs"),
        ("visits", "leukocytes_10e9_l", 1_000, "unit_differs"),
        ("visits", "leukocytes_10e9_l", 10, "unit_differs"),
        ("visits", "leukocytes_10e9_l", 0.1, "unit_differs"),
        ("visits", "prednisone_mg_day", 10, "unit_differs"),
        ("visits", "prednisone_mg_day", 0.001, "unit_differs"),
        ("visits", "patient_ga", 0.1, "scale_differs"),
        ("visits", "eq5d_vas", 0.1, "scale_differs"),
        ("visits", "pain_vas", 0.1, "scale_differs"),
        ("visits", "physician_ga", 10, "scale_differs"),
    ):
        filled = rows_where(table, name, lambda cell: float(cell) > 0)
        there = tuple(row for row in of_centre(table, CENTRE) if row in filled)
        cells = column(table, name)
        new = {row: scaled(factor)(cells[row - 2]) for row in there}
        rows = there if rule == "unit_differs" else ()
        title = f"{table}.{name} × {factor:.4g}"
        yield Mutation(
            f"{title} at one centre",
            with_cells(table, name, new),
            REPORTED,
            rule,
            table,
            name,
            rows,
        )
        yield Mutation(
            f"{title} throughout", with_cells(table, name, scaled(factor)), REPORTED, rule, table,
            name, filled if rule == "unit_differs" else (),
        )  # fmt: skip


def single_units() -> Iterator[Mutation]:
    """A single value in another unit: the patient's own course or the plausible range tells."""
    for table, name, factor, rule, usual in (
        ("patients", "weight_kg", 2.2046, "implausible", 65),
        ("patients", "weight_kg", 0.1, "implausible", 65),
        ("visits", "proteinuria_mg_24h", 0.001, "implausible", 230),
        ("visits", "proteinuria_mg_24h", 1_000, "implausible", 230),
        ("visits", "proteinuria_mg_24h", 10, "contradicts_descriptor", 230),
        ("visits", "platelets_10e9_l", 1_000, "implausible", 230),
        ("visits", "platelets_10e9_l", 10, "implausible", 230),
        ("visits", "platelets_10e9_l", 0.1, "contradicts_descriptor", 230),
        ("visits", "leukocytes_10e9_l", 1_000, "implausible", 5.3),
        ("visits", "leukocytes_10e9_l", 10, "jump", 5.3),
        ("visits", "leukocytes_10e9_l", 0.1, "contradicts_descriptor", 5.3),
        ("visits", "prednisone_mg_day", 10, "jump", 5),
        ("visits", "prednisone_mg_day", 1_000, "out_of_range", 5),
        ("visits", "prednisone_mg_day", 0.001, "implausible", 5),
        ("visits", "facit_fatigue", 0.1, "jump", 37),
        ("visits", "eq5d_vas", 0.1, "jump", 70),
    ):
        row = _typical(table, name, usual)
        value = scaled(factor)(column(table, name)[row - 2])
        yield single(table, name, row, value, rule)


def _typical(table: str, name: str, usual: float) -> int:
    """A row near the typical value whose neighbours belong to the same patient and are near it."""
    cells, ids = column(table, name), column(table, "patient_id")

    def is_near(at: int) -> bool:
        return bool(cells[at]) and 0.75 * usual <= float(cells[at]) <= 1.35 * usual

    if table == "patients":
        return next(at for at in range(len(cells)) if is_near(at)) + 2
    return next(
        at + 2
        for at in range(200, len(cells) - 1)
        if len(set(ids[at - 1 : at + 2])) == 1 and all(map(is_near, (at - 1, at, at + 1)))
    )


def contradictions() -> Iterator[Mutation]:
    """What one cell says against another."""
    quiet = rows_where("visits", "tender_joints_28", lambda joints: joints == "0")[3]
    yield single("visits", "swollen_joints_28", quiet, "4", "more_swollen_than_tender")
    rash = rows_where("visits", "rash", lambda word: word == "True")[4]
    yield single("visits", "rash_extent", rash, "none", "contradicts_descriptor")
    low = rows_where("visits", "thrombocytopenia", lambda word: word == "True")[1]
    yield single(
        "visits", "thrombocytopenia", low, "False", "contradicts_descriptor",
        said_at="platelets_10e9_l",
    )  # fmt: skip
    known = rows_where("visits", "slicc_damage_index", lambda points: float(points) >= 2)
    ids = column("visits", "patient_id")
    fallen = next(row for row in known if row - 1 in known and ids[row - 2] == ids[row - 3])
    yield single("visits", "slicc_damage_index", fallen, "0", "damage_falls")
    yield single("visits", "slicc_damage_index", fallen, "9", "damage_leaps")
    stopped = rows_where("treatments", "stop_date", bool)[2]
    yield single("treatments", "stop_date", stopped, "", "stop_contradicted")
    yield single("treatments", "stop_reason", stopped, "", "stop_contradicted")
    yield single("treatments", "stop_reason", stopped, "death", "stop_contradicted")
    yield single("treatments", "drug", 12, "anifrolimab", "study_drug_misspelt")
    yield single("treatments", "drug", 13, "Saphnelo", "study_drug_misspelt")
    yield single("infusions", "dose_mg", 50, "3000", "implausible")
    yield single("infusions", "dose_mg", 51, "30", "unusual_dose")
    yield single("infusions", "dose_mg", 52, "200", "unusual_dose")
    serious = rows_where("adverse_events", "seriousness", bool)[0]
    yield single(
        "adverse_events", "serious", serious, "False", "event_contradicted", said_at="seriousness"
    )
    yield single("adverse_events", "outcome", 15, "fatal", "event_contradicted")
    yield single("patients", "centre", 15, "centre  05", "similar_spelling")
    yield Mutation(
        "patients.death_date before visits",
        with_cells("patients", "death_date", {2: "2025-06-01"}),
        REPORTED, "visit_after_death", "visits", "visit_date", (4,),
    )  # fmt: skip
    yield Mutation(
        "patients.last_contact_date before visits",
        with_cells("patients", "last_contact_date", {2: "2025-06-01"}),
        REPORTED, "after_last_contact", "visits", "visit_date", (4,),
    )  # fmt: skip


def of_cells() -> Iterator[Mutation]:
    """All of them."""
    for made in (codes, types, ranges, units, single_units, contradictions):
        yield from made()
