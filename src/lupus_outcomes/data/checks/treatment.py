"""Infusions and courses of drugs against the patients who had them."""

from collections.abc import Iterator
from difflib import SequenceMatcher

import pandas as pd

from lupus_outcomes.data.about import About
from lupus_outcomes.data.checks.columns import Tables
from lupus_outcomes.data.checks.dates import in_days
from lupus_outcomes.data.findings import Finding, as_mask, query

STUDY_DRUG = "anifrolumab"
OTHER_NAMES = ("saphnelo", "medi-546", "medi546")
# As alike as "anifrolimab": a slip of the pen, not another drug.
SMALLEST_LIKENESS = 0.8
# The label: 300 mg every four weeks into a vein, 120 mg a week under the skin; the trials also gave
# 150 mg by either route. In children the dose is what is studied.
LABEL_DOSES_MG = {"iv": (150.0, 300.0), "sc": (120.0, 150.0)}
SHORTEST_INTERVAL_DAYS = {"iv": 14, "sc": 4}
PAEDIATRIC = "nct05835310"
# The index date is the first dose; a register may take the day of prescription instead.
LONGEST_TO_FIRST_DOSE = 28
# A dose given so long after the recorded stop contradicts it.
LONGEST_AFTER_STOP = 7


def check_treatment(tables: Tables, about: About) -> Iterator[Finding]:
    """Doses, intervals and order of infusions; starts, stops and reasons of courses."""
    patients, infusions = tables["patients"], tables["infusions"]
    courses = _study_courses(tables["treatments"])
    if not infusions.empty:
        yield from _check_doses(infusions, about)
        yield from _check_after_stop(infusions, courses)
        yield from _check_first_dose(patients, "infusions", infusions, "infusion_date")
    if not tables["treatments"].empty:
        yield from _check_first_dose(patients, "treatments", courses, "start_date")
        yield from _check_drug_names(tables["treatments"])
        yield from _check_stops(tables["treatments"], patients)


def _study_courses(treatments: pd.DataFrame) -> pd.DataFrame:
    return treatments[as_mask(treatments["drug"].str.casefold() == STUDY_DRUG)]


def _check_doses(infusions: pd.DataFrame, about: About) -> Iterator[Finding]:
    route, dose = infusions["route"], infusions["dose_mg"]
    if about.study != PAEDIATRIC:
        for name, doses in LABEL_DOSES_MG.items():
            usual = " or ".join(f"{label:g}" for label in doses)
            message = f"not the usual dose by this route ({usual} mg)"
            unusual = (route == name) & dose.notna() & ~dose.isin(doses)
            yield from query("unusual_dose", "infusions", "dose_mg", unusual, message)
    ordered = infusions.sort_values(["patient_id", "infusion_date"], kind="stable")
    gap = in_days(ordered.groupby("patient_id")["infusion_date"].diff())
    for name, shortest in SHORTEST_INTERVAL_DAYS.items():
        soon = ((ordered["route"] == name) & (gap < shortest) & (gap > 0)).sort_index()
        message = f"less than {shortest} days after the dose before"
        yield from query("short_interval", "infusions", "infusion_date", soon, message)


def _check_after_stop(infusions: pd.DataFrame, courses: pd.DataFrame) -> Iterator[Finding]:
    is_over = courses["stop_date"].notna().groupby(courses["patient_id"]).all()
    stop = courses.groupby("patient_id")["stop_date"].max()[is_over]
    after = in_days(infusions["infusion_date"] - infusions["patient_id"].map(stop))
    message = f"over {LONGEST_AFTER_STOP} days after anifrolumab was stopped"
    way_out = "Check the stop date in treatments."
    is_late = after > LONGEST_AFTER_STOP
    yield from query("dose_after_stop", "infusions", "infusion_date", is_late, message, way_out)


def _check_first_dose(
    patients: pd.DataFrame, table: str, doses: pd.DataFrame, column: str
) -> Iterator[Finding]:
    first = patients["patient_id"].map(doses.groupby("patient_id")[column].min())
    apart = in_days(first - patients["index_date"]).abs() > LONGEST_TO_FIRST_DOSE
    is_treated = patients["treatment_group"] == STUDY_DRUG
    message = f"over {LONGEST_TO_FIRST_DOSE} days from the first dose in {table}"
    yield from query("index_not_first_dose", "patients", "index_date", apart & is_treated, message)


def _check_drug_names(treatments: pd.DataFrame) -> Iterator[Finding]:
    misspelt = treatments["drug"].isin(
        [drug for drug in treatments["drug"].dropna().unique() if _means_study_drug(str(drug))]
    )
    message, way_out = "looks like the study drug, and is not counted as it", "Write anifrolumab."
    yield from query("study_drug_misspelt", "treatments", "drug", misspelt, message, way_out)


def _means_study_drug(drug: str) -> bool:
    name = drug.casefold()
    if name == STUDY_DRUG:
        return False
    is_alike = SequenceMatcher(None, name, STUDY_DRUG).ratio() >= SMALLEST_LIKENESS
    return is_alike or STUDY_DRUG in name or any(other in name for other in OTHER_NAMES)


def _check_stops(treatments: pd.DataFrame, patients: pd.DataFrame) -> Iterator[Finding]:
    stop, reason = treatments["stop_date"], treatments["stop_reason"]
    is_study_drug = as_mask(treatments["drug"].str.casefold() == STUDY_DRUG)
    person = patients.drop_duplicates("patient_id").set_index("patient_id")
    has_died = treatments["patient_id"].map(person["death_date"]).notna()
    is_male = treatments["patient_id"].map(person["sex"].astype("string")) == "male"
    for column, is_bad, message in (
        ("stop_date", reason.notna() & stop.isna(),
         "a reason for stopping without a date: the drug counts as still taken"),
        ("stop_reason", is_study_drug & stop.notna() & reason.isna(),
         "stopped without a reason, which counts as another reason"),
        ("stop_reason", (reason == "death") & ~has_died,
         "stopped by death, and no date of death in patients"),
        ("stop_reason", (reason == "pregnancy") & is_male, "pregnancy in a man"),
    ):  # fmt: skip
        yield from query("stop_contradicted", "treatments", column, is_bad, message)
    same = treatments.sort_values(["patient_id", "drug", "start_date"], kind="stable")
    overlaps = same["start_date"] < same.groupby(["patient_id", "drug"])["stop_date"].shift()
    message = "begins before the earlier course of the drug has stopped"
    yield from query("courses_overlap", "treatments", "start_date", overlaps.sort_index(), message)
