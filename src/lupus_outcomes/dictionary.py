"""Every table and column the product reads, declared once with pandera.

A column's literal gives its label, type, unit, range and codes, its role and, where a range or a
meaning comes from somewhere, the source. Checking, the data-dictionary page, the drafting of a
mapping, the filters and the documentation are all made from these literals.

Two ranges are told apart. Outside the *hard* range (``low`` to ``high``) a value is impossible and
is set aside as unknown. Outside the *plausible* range it is kept and queried: such a value is most
often right in another unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandera.pandas as pa

GLADMAN_2002 = "SLEDAI-2K: Gladman 2002, J Rheumatol 29:288"
JESUS_2019 = "SLE-DAS: Jesus 2019, Ann Rheum Dis 78:365"
ISENBERG_2005 = "BILAG-2004: Isenberg 2005, Rheumatology 44:902"
ALBRECHT_2005 = "CLASI: Albrecht 2005, J Invest Dermatol 125:889"
GLADMAN_1996 = "SLICC/ACR damage index: Gladman 1996, Arthritis Rheum 39:363"
FRANKLYN_2016 = "LLDAS: Franklyn 2016, Ann Rheum Dis 75:1615"
DORIS_2021 = "DORIS: van Vollenhoven 2021, Lupus Sci Med 8:e000538"
LABEL = "Anifrolumab product information"
ICH_E2A = "ICH E2A"

BILAG_GRADES = ("A", "B", "C", "D", "E")
STOP_REASONS = (
    "primary_inefficacy",
    "secondary_inefficacy",
    "adverse_event",
    "pregnancy",
    "remission",
    "patient_decision",
    "lost_to_follow_up",
    "death",
    "other",
)
FLARE_SEVERITIES = ("none", "mild_moderate", "severe")


@dataclass(frozen=True, slots=True)
class Spec:
    """What pandera has no word for. ``kind``: text, date, number, boolean or code."""

    kind: str
    unit: str = ""
    role: str = ""
    source: str = ""
    mandatory: bool = False
    low: float | None = None
    high: float | None = None
    plausible_low: float | None = None
    plausible_high: float | None = None
    is_whole: bool = False
    codes: tuple[str, ...] = ()
    default: str | None = None


def _column(dtype: str, label: str, checks: list[pa.Check], spec: Spec) -> pa.Column:
    return pa.Column(
        dtype,
        checks=checks,
        nullable=True,
        required=False,
        title=label,
        metadata={"spec": spec},
    )


def text(label: str, **about) -> pa.Column:
    """Free text or a name; kept as written."""
    return _column("string", label, [], Spec("text", **about))


def date(label: str, **about) -> pa.Column:
    """A calendar day, ISO 8601; a study day inside the product."""
    return _column("datetime64[ns]", label, [], Spec("date", **about))


def boolean(label: str, **about) -> pa.Column:
    """true/false, 1/0, yes/no in any case; empty is unknown."""
    return _column("boolean", label, [], Spec("boolean", **about))


def number(label: str, low: float | None, high: float | None, **about) -> pa.Column:
    """A measurement or count; the range is inclusive on both sides."""
    checks = []
    if low is not None and high is not None:
        checks = [pa.Check.in_range(min_value=low, max_value=high)]
    elif low is not None:
        checks = [pa.Check.ge(low)]
    return _column("float64", label, checks, Spec("number", low=low, high=high, **about))


def code(label: str, *codes: str, **about) -> pa.Column:
    """One of a closed list, as written here."""
    return _column("string", label, [pa.Check.isin(codes)], Spec("code", codes=codes, **about))


def _descriptor(label: str) -> pa.Column:
    return boolean(label, role="sledai_descriptor", source=GLADMAN_2002)


def _sle_das(label: str) -> pa.Column:
    return boolean(label, role="sle_das", source=JESUS_2019)


def _bilag(system: str) -> pa.Column:
    return code(f"BILAG-2004 {system}", *BILAG_GRADES, role="bilag", source=ISENBERG_2005)


def _history(label: str, **about) -> pa.Column:
    return boolean(label, role="history", **about)


def _patient_id() -> pa.Column:
    return text("Pseudonym of the patient", role="key", mandatory=True)


PATIENTS = pa.DataFrameSchema(
    name="patients",
    title="One row a patient",
    unique=["patient_id"],
    columns={
        "patient_id": _patient_id(),
        "centre": text("Centre", role="frame", mandatory=True),
        "index_date": date(
            "First anifrolumab dose, or start of the comparator's regimen",
            role="key",
            mandatory=True,
        ),
        "treatment_group": code(
            "Treatment group",
            "anifrolumab",
            "standard_of_care",
            role="frame",
            default="anifrolumab",
        ),
        "sex": code("Sex", "female", "male", "other", role="demography"),
        "age_years": number("Age at index", 0, 110, unit="years", role="demography"),
        "ethnicity": text("Ethnicity", role="demography"),
        "smoking": code("Smoking", "never", "former", "current", role="demography"),
        "weight_kg": number(
            "Weight", 2, 300, unit="kg", role="demography", plausible_low=25, plausible_high=125
        ),
        "bmi": number(
            "Body-mass index",
            8,
            90,
            unit="kg/m²",
            role="demography",
            plausible_low=13,
            plausible_high=60,
        ),
        "diagnosis_date": date("Diagnosis of SLE", role="disease"),
        "classification": code(
            "Classification criteria valid at diagnosis",
            "ACR-1997",
            "SLICC-2012",
            "EULAR-ACR-2019",
            role="disease",
        ),
        "consent_date": date("Informed consent", role="frame"),
        "withdrawal_date": date("Consent withdrawn", role="frame"),
        "compassionate_use": boolean("Compassionate use", role="frame"),
        "last_contact_date": date(
            "Last contact alive: end of observation", role="frame", mandatory=True
        ),
        "death_date": date("Death", role="frame"),
        "prior_biologics": number(
            "Different biologics before index", 0, 20, unit="agents", is_whole=True, role="history"
        ),
        "prior_belimumab": _history("Belimumab before index"),
        "prior_rituximab": _history("Rituximab before index"),
        "hydroxychloroquine": _history("Hydroxychloroquine at index"),
        "immunosuppressant": text("Immunosuppressant at index", role="history"),
        "ifn_signature_high": boolean(
            "Type I interferon gene signature high", role="serology", source="assay-specific"
        ),
        "anti_sm": boolean("Anti-Sm ever", role="serology"),
        "anti_ro": boolean("Anti-Ro/SSA ever", role="serology"),
        "anti_la": boolean("Anti-La/SSB ever", role="serology"),
        "anti_rnp": boolean("Anti-RNP ever", role="serology"),
        "antiphospholipid": boolean("Antiphospholipid antibodies ever", role="serology"),
        "zoster_vaccinated": _history("Vaccinated against zoster"),
        "prior_malignancy": _history("Malignancy before index"),
        "hiv_or_immunodeficiency": _history("HIV or congenital immunodeficiency"),
        "transplant": _history("Organ or marrow transplant"),
        "serious_infection_prior_6_months": _history(
            "Serious infection in the 6 months before index"
        ),
        "flare_prior_6_months": _history("Flare in the 6 months before index"),
        "months_of_history": number("Data before index", 0, None, unit="months", role="history"),
        "slicc_damage_index": number(
            "SLICC/ACR damage index at index, if not on a visit",
            0,
            47,
            unit="points",
            is_whole=True,
            role="damage",
            source=GLADMAN_1996,
        ),
    },
)

VISITS = pa.DataFrameSchema(
    name="visits",
    title="One row a patient and date",
    unique=["patient_id", "visit_date"],
    columns={
        "patient_id": _patient_id(),
        "visit_date": date("Visit", role="key", mandatory=True),
        "seizure": _descriptor("Seizure"),
        "psychosis": _descriptor("Psychosis"),
        "organic_brain_syndrome": _descriptor("Organic brain syndrome"),
        "visual_disturbance": _descriptor("Visual disturbance"),
        "cranial_nerve_disorder": _descriptor("Cranial nerve disorder"),
        "lupus_headache": _descriptor("Lupus headache"),
        "cerebrovascular_accident": _descriptor("Cerebrovascular accident"),
        "vasculitis": _descriptor("Vasculitis"),
        "arthritis": _descriptor("Arthritis"),
        "myositis": _descriptor("Myositis"),
        "urinary_casts": _descriptor("Urinary casts"),
        "haematuria": _descriptor("Haematuria"),
        "proteinuria": _descriptor("Proteinuria"),
        "pyuria": _descriptor("Pyuria"),
        "rash": _descriptor("Rash"),
        "alopecia": _descriptor("Alopecia"),
        "mucosal_ulcers": _descriptor("Mucosal ulcers"),
        "pleurisy": _descriptor("Pleurisy"),
        "pericarditis": _descriptor("Pericarditis"),
        "low_complement": _descriptor("Low complement"),
        "anti_dsdna": _descriptor("Anti-dsDNA raised"),
        "fever": _descriptor("Fever"),
        "thrombocytopenia": _descriptor("Thrombocytopenia"),
        "leukopenia": _descriptor("Leukopenia"),
        "sledai_2k": number(
            "SLEDAI-2K, recorded total",
            0,
            105,
            unit="points",
            is_whole=True,
            role="recorded",
            source=GLADMAN_2002,
        ),
        "clinical_sledai": number(
            "Clinical SLEDAI-2K, recorded total",
            0,
            101,
            unit="points",
            is_whole=True,
            role="recorded",
            source=GLADMAN_2002,
        ),
        "haemolytic_anaemia": boolean(
            "Haemolytic anaemia", role="beyond_sledai", source=FRANKLYN_2016
        ),
        "gastrointestinal_activity": boolean(
            "Gastrointestinal activity", role="beyond_sledai", source=FRANKLYN_2016
        ),
        "physician_ga": number("Physician global assessment", 0, 3, unit="0–3", role="global"),
        "patient_ga": number(
            "Patient global assessment", 0, 100, unit="0–100", role="patient_reported"
        ),
        "prednisone_mg_day": number(
            "Prednisone equivalent taken at the visit",
            0,
            2000,
            unit="mg/day",
            role="treatment",
            plausible_low=0.5,
            plausible_high=100,
        ),
        "prednisone_after_mg_day": number(
            "Prednisone equivalent decided at the visit",
            0,
            2000,
            unit="mg/day",
            role="treatment",
            plausible_low=0.5,
            plausible_high=100,
        ),
        "pulse_last_28_days": boolean("Glucocorticoid pulse in the last 28 days", role="treatment"),
        "glucocorticoid_drug": code(
            "Glucocorticoid taken",
            "prednisone",
            "prednisolone",
            "methylprednisolone",
            "triamcinolone",
            "hydrocortisone",
            "cortisone",
            "dexamethasone",
            "betamethasone",
            "deflazacort",
            role="treatment",
        ),
        "glucocorticoid_mg_day": number(
            "Dose of that glucocorticoid",
            0,
            2000,
            unit="mg/day",
            role="treatment",
            plausible_high=400,
        ),
        "maintenance_in_limits": boolean(
            "Immunosuppressants and biologics at tolerated maintenance dose",
            role="treatment",
            source=FRANKLYN_2016,
        ),
        "treatment_stable": boolean(
            "Background treatment stable", role="treatment", source=DORIS_2021
        ),
        "investigational_drug": boolean(
            "Investigational drug taken", role="treatment", source=FRANKLYN_2016
        ),
        "swollen_joints_28": number(
            "Swollen joints", 0, 28, unit="of 28", is_whole=True, role="joints"
        ),
        "tender_joints_28": number(
            "Tender joints", 0, 28, unit="of 28", is_whole=True, role="joints"
        ),
        "clasi_activity": number(
            "CLASI activity", 0, 70, unit="points", is_whole=True, role="skin", source=ALBRECHT_2005
        ),
        "clasi_damage": number(
            "CLASI damage", 0, 56, unit="points", is_whole=True, role="skin", source=ALBRECHT_2005
        ),
        "proteinuria_mg_24h": number(
            "Proteinuria",
            0,
            None,
            unit="mg/24 h",
            role="laboratory",
            plausible_low=10,
            plausible_high=25_000,
        ),
        "platelets_10e9_l": number(
            "Platelets",
            0,
            None,
            unit="10⁹/L",
            role="laboratory",
            plausible_low=1,
            plausible_high=1_000,
        ),
        "leukocytes_10e9_l": number(
            "Leukocytes",
            0,
            None,
            unit="10⁹/L",
            role="laboratory",
            plausible_low=0.5,
            plausible_high=40,
        ),
        "haemoglobin_g_dl": number(
            "Haemoglobin",
            0,
            None,
            unit="g/dL",
            role="laboratory",
            plausible_low=3,
            plausible_high=22,
        ),
        "mucocutaneous_vasculitis": _sle_das("Mucocutaneous vasculitis"),
        "systemic_vasculitis": _sle_das("Systemic vasculitis, lupus enteritis included"),
        "neuropsychiatric": _sle_das("Neuropsychiatric involvement"),
        "cardiac_pulmonary": _sle_das("Cardiac or pulmonary involvement"),
        "serositis": _sle_das("Serositis"),
        "rash_extent": code(
            "Extent of rash", "none", "localised", "generalised", role="sle_das", source=JESUS_2019
        ),
        "bilag_constitutional": _bilag("constitutional"),
        "bilag_mucocutaneous": _bilag("mucocutaneous"),
        "bilag_neuropsychiatric": _bilag("neuropsychiatric"),
        "bilag_musculoskeletal": _bilag("musculoskeletal"),
        "bilag_cardiorespiratory": _bilag("cardiorespiratory"),
        "bilag_gastrointestinal": _bilag("gastrointestinal"),
        "bilag_ophthalmic": _bilag("ophthalmic"),
        "bilag_renal": _bilag("renal"),
        "bilag_haematological": _bilag("haematological"),
        "slicc_damage_index": number(
            "SLICC/ACR damage index",
            0,
            47,
            unit="points",
            is_whole=True,
            role="damage",
            source=GLADMAN_1996,
        ),
        "facit_fatigue": number("FACIT-Fatigue", 0, 52, unit="0–52", role="patient_reported"),
        "sf36_pcs": number(
            "SF-36 physical component",
            -20,
            100,
            unit="norm 50",
            role="patient_reported",
            plausible_low=0,
            plausible_high=80,
        ),
        "sf36_mcs": number(
            "SF-36 mental component",
            -20,
            100,
            unit="norm 50",
            role="patient_reported",
            plausible_low=0,
            plausible_high=80,
        ),
        "eq5d_index": number("EQ-5D index", -1, 1, unit="−1 to 1", role="patient_reported"),
        "eq5d_vas": number(
            "EQ-5D visual analogue scale", 0, 100, unit="0–100", role="patient_reported"
        ),
        "pain_vas": number("Pain", 0, 100, unit="0–100", role="patient_reported"),
        "lupusqol_physical": number(
            "LupusQoL physical health", 0, 100, unit="0–100", role="patient_reported"
        ),
        "doris_recorded": boolean("DORIS remission, clinician's own call", role="recorded"),
        "lldas_recorded": boolean("LLDAS, clinician's own call", role="recorded"),
        "flare_recorded": code("Flare, clinician's own call", *FLARE_SEVERITIES, role="recorded"),
    },
)

INFUSIONS = pa.DataFrameSchema(
    name="infusions",
    title="One row a dose of anifrolumab",
    columns={
        "patient_id": _patient_id(),
        "infusion_date": date("Dose given", role="event", mandatory=True),
        "dose_mg": number(
            "Dose",
            0,
            None,
            unit="mg",
            role="event",
            mandatory=True,
            source=LABEL,
            plausible_low=50,
            plausible_high=1_000,
        ),
        "route": code("Route", "iv", "sc", role="event", default="iv"),
    },
)

TREATMENTS = pa.DataFrameSchema(
    name="treatments",
    title="One row a course of a drug; anifrolumab's row is drug = anifrolumab",
    columns={
        "patient_id": _patient_id(),
        "drug": text("Drug", role="treatment", mandatory=True),
        "start_date": date("Start", role="event", mandatory=True),
        "stop_date": date("Stop", role="event"),
        "stop_reason": code("Reason for stopping", *STOP_REASONS, role="event"),
        "dose": number("Dose", 0, None, unit="see unit", role="treatment"),
        "unit": text("Unit of the dose", role="treatment"),
        "interval_days": number("Days between doses", 0, 400, unit="days", role="treatment"),
    },
)

FLARES = pa.DataFrameSchema(
    name="flares",
    title="One row a flare as recorded by the clinician",
    columns={
        "patient_id": _patient_id(),
        "flare_date": date("Flare", role="event", mandatory=True),
        "severity": code("Severity", *FLARE_SEVERITIES[1:], role="event", mandatory=True),
        "admitted": boolean("Admitted for the flare", role="event"),
    },
)

ADVERSE_EVENTS = pa.DataFrameSchema(
    name="adverse_events",
    title="One row an adverse event",
    columns={
        "patient_id": _patient_id(),
        "term": text("Term as reported", role="event", mandatory=True),
        "onset_date": date("Onset", role="event", mandatory=True),
        "end_date": date("End", role="event"),
        "system_organ_class": text("System organ class", role="event"),
        "preferred_term": text("Preferred term", role="event"),
        "grade": number(
            "Severity grade", 1, 5, unit="1–5", is_whole=True, role="event", source="CTCAE"
        ),
        "serious": boolean("Serious", role="event", mandatory=True, source=ICH_E2A),
        "seriousness": code(
            "Why serious",
            "death",
            "life_threatening",
            "hospitalisation",
            "disability",
            "congenital",
            "important",
            role="event",
            source=ICH_E2A,
        ),
        "related": boolean("Related to the study drug", role="event"),
        "action": code("Action taken", "none", "interrupted", "discontinued", role="event"),
        "outcome": code(
            "Outcome",
            "recovered",
            "recovering",
            "not_recovered",
            "sequelae",
            "fatal",
            "unknown",
            role="event",
            source="ICH E2B",
        ),
        "infection": boolean("Infection", role="event"),
        "herpes_zoster": boolean("Herpes zoster", role="event"),
        "cardiovascular": boolean("Cardiovascular", role="event"),
        "neoplasm": boolean("Neoplasm", role="event"),
        "iv_antimicrobial": boolean("Intravenous antimicrobial given", role="event"),
    },
)

SAMPLES = pa.DataFrameSchema(
    name="samples",
    title="One row a laboratory sample",
    columns={
        "patient_id": _patient_id(),
        "sample_date": date("Sample taken", role="event", mandatory=True),
        "analyte": text("Analyte", role="event", mandatory=True),
        "value": number("Value", None, None, unit="see unit", role="event", mandatory=True),
        "unit": text("Unit", role="event", mandatory=True),
        "below_limit": boolean("Below the limit of quantification", role="event"),
    },
)

ELIGIBILITY = pa.DataFrameSchema(
    name="eligibility",
    title="One row a patient and criterion that no other column can answer",
    unique=["patient_id", "criterion"],
    columns={
        "patient_id": _patient_id(),
        "criterion": text("Criterion", role="key", mandatory=True),
        "met": boolean("Met", role="event", mandatory=True),
    },
)

TABLES = {
    str(schema.name): schema
    for schema in (
        PATIENTS,
        VISITS,
        INFUSIONS,
        TREATMENTS,
        FLARES,
        ADVERSE_EVENTS,
        SAMPLES,
        ELIGIBILITY,
    )
}
MANDATORY_TABLES = ("patients", "visits")

# Columns a registry may declare as never collected, with the value taken for all visits.
ASSUMABLE_COLUMNS = (
    "investigational_drug",
    "maintenance_in_limits",
    "treatment_stable",
    "haemolytic_anaemia",
    "gastrointestinal_activity",
)
ASSUMABLE_FACTS = ("treatments_complete",)


def spec_of(column: pa.Column) -> Spec:
    """The part of a column's declaration that pandera does not model."""
    return (column.metadata or {})["spec"]


def label_of(table: str, column: str) -> str:
    """The column's label, as pages and files print it."""
    return TABLES[table].columns[column].title


def columns_with_role(table: str, role: str) -> tuple[str, ...]:
    """Names of a table's columns that have a role, in the dictionary's order."""
    return tuple(
        name for name, column in TABLES[table].columns.items() if spec_of(column).role == role
    )


def mandatory_columns(table: str) -> tuple[str, ...]:
    """Names of the columns a table cannot do without."""
    return tuple(
        name for name, column in TABLES[table].columns.items() if spec_of(column).mandatory
    )


def every_column() -> Iterator[tuple[str, str, pa.Column]]:
    """``(table, name, column)`` for the whole dictionary, in order."""
    for table, schema in TABLES.items():
        for name, column in schema.columns.items():
            yield table, name, column
