"""Adverse events, samples, eligibility: contradictions within a row, rows entered twice."""

from collections.abc import Iterator

from lupus_outcomes.data.about import About
from lupus_outcomes.data.checks.columns import Tables
from lupus_outcomes.data.findings import Finding, as_mask, query
from lupus_outcomes.protocol import Not, Recorded, Rule
from lupus_outcomes.protocols import PROTOCOLS

# Two rows that agree in these are one event entered twice.
EVENT_KEYS = {
    "infusions": ("patient_id", "infusion_date"),
    "treatments": ("patient_id", "drug", "start_date"),
    "flares": ("patient_id", "flare_date"),
    "adverse_events": ("patient_id", "term", "onset_date"),
    "samples": ("patient_id", "sample_date", "analyte"),
}
# An analyte of which so few values are negative is one that cannot be.
MOST_NEGATIVE = 0.02


def check_contradictions(tables: Tables, about: About) -> Iterator[Finding]:
    """Rules within single rows of the event tables, and repeated rows."""
    yield from _check_repeated(tables)
    for table, check in (("adverse_events", _check_adverse_events), ("samples", _check_samples)):
        if not tables[table].empty:
            yield from check(tables)
    yield from _check_criteria(tables, about)


def _check_repeated(tables: Tables) -> Iterator[Finding]:
    for table, key in EVENT_KEYS.items():
        frame = tables[table]
        if frame.empty:
            continue
        is_known = frame[list(key)].notna().all(axis=1)
        repeated = frame.duplicated(list(key), keep=False) & is_known
        message = f"the same {', '.join(key)} more than once"
        way_out = "Remove the row if it was entered twice."
        yield from query("repeated_row", table, ", ".join(key), repeated, message, way_out)


def _check_adverse_events(tables: Tables) -> Iterator[Finding]:
    events, patients = tables["adverse_events"], tables["patients"]
    person = patients.drop_duplicates("patient_id").set_index("patient_id")
    has_died = events["patient_id"].map(person["death_date"]).notna()
    is_serious, is_infection = as_mask(events["serious"]), as_mask(events["infection"])
    fatal = (events["outcome"] == "fatal") | (events["seriousness"] == "death")
    for column, is_bad, message in (
        ("seriousness", events["seriousness"].notna() & events["serious"].notna() & ~is_serious,
         "a reason for being serious, at an event that is not serious"),
        ("outcome", (fatal | (events["grade"] == 5)) & ~has_died,
         "fatal, and no date of death in patients"),
        ("infection", as_mask(events["herpes_zoster"]) & events["infection"].notna()
         & ~is_infection, "herpes zoster that is no infection"),
    ):  # fmt: skip
        yield from query("event_contradicted", "adverse_events", column, is_bad, message)


def _check_samples(tables: Tables) -> Iterator[Finding]:
    samples = tables["samples"]
    units = samples.groupby("analyte")["unit"].agg(lambda unit: unit.mode().get(0))
    usual = samples["analyte"].map(units)
    differs = as_mask(samples["unit"].notna() & (samples["unit"] != usual))
    message = "another unit than most samples of the analyte have"
    way_out = "Values in different units are not compared; convert them."
    yield from query("units_differ", "samples", "unit", differs, message, way_out)
    negative = samples["value"] < 0
    share = negative.astype("float64").groupby(samples["analyte"]).transform("mean")
    rare = negative & (share <= MOST_NEGATIVE)
    yield from query("negative_value", "samples", "value", rare, "below zero")


def _check_criteria(tables: Tables, about: About) -> Iterator[Finding]:
    given = tables["eligibility"]["criterion"]
    unknown = given.notna() & ~given.isin(set().union(*map(_criteria_of, PROTOCOLS)))
    own = _criteria_of(about.study) if about.study in PROTOCOLS else ()
    message = "no criterion that a study asks for, so it is not used"
    way_out = f"Asked for: {', '.join(sorted(own)) or 'none'}."
    yield from query("unknown_criterion", "eligibility", "criterion", unknown, message, way_out)


def _criteria_of(study: str) -> set[str]:
    return set().union(*(_recorded(criterion.rule) for criterion in PROTOCOLS[study].criteria))


def _recorded(rule: Rule) -> set[str]:
    """The criteria that a rule looks up in the eligibility table."""
    if isinstance(rule, Recorded):
        return {rule.criterion}
    parts = (rule.rule,) if isinstance(rule, Not) else getattr(rule, "rules", ())
    return set().union(*(_recorded(part) for part in parts))
