"""jRCTs031230358: anifrolumab early, in the first remission induction."""

from lupus_outcomes.protocol import (
    Above,
    AtLeast,
    Below,
    Criterion,
    Every,
    Known,
    OneOf,
    Protocol,
    Recorded,
    Some,
    month,
    week,
)

WEEK_12 = week(12, half_width_days=28)


def _excluded(id: str, label: str) -> Criterion:
    return Criterion(id, label, Recorded(id), is_exclusion=True)


PROTOCOL = Protocol(
    id="jrcts031230358",
    title="Anifrolumab early, in the first remission induction of lupus",
    registration="jRCT jRCTs031230358",
    question="Who is in low disease activity after 12 weeks of early anifrolumab?",
    population="All ten patients who received anifrolumab.",
    criteria=(
        Criterion(
            "classified",
            "EULAR/ACR 2019 or ACR 1997 criteria",
            OneOf("classification", ("EULAR-ACR-2019", "ACR-1997")),
        ),
        Criterion(
            "treatment_naive",
            "No systemic immunosuppressive or immunomodulatory drug before and within 6 months of "
            "diagnosis",
            Recorded("treatment_naive"),
        ),
        Criterion("active", "SLEDAI-2K at least 4", AtLeast("baseline_sledai_2k", 4)),
        Criterion(
            "age",
            "Age 18 to below 80 years",
            Every((AtLeast("age_years", 18), Below("age_years", 80))),
        ),
        Criterion(
            "consent", "Informed consent", Some((Known("consent_date"), Recorded("consent")))
        ),
        Criterion(
            "initial_steroid",
            "Initial steroid above 0.6 mg/kg/day of prednisolone equivalent",
            Above("baseline_prednisone_mg_kg_day", 0.6),
            is_exclusion=True,
        ),
        _excluded("hepatitis", "Hepatitis: carrier, active or past"),
        _excluded("liver_enzymes", "AST or ALT at least 100 U/L"),
        _excluded("creatinine", "Creatinine at least 2 mg/dL"),
        _excluded("active_tuberculosis", "Active tuberculosis"),
        _excluded(
            "malignancy",
            "Malignancy (except over 5 years ago, or in-situ cervical over 3 years ago)",
        ),
        _excluded("suspected_infection", "Suspected infection"),
        _excluded("pregnancy", "Pregnancy"),
        _excluded("lactation", "Lactation"),
        _excluded(
            "other_collagen_disease",
            "Another collagen disease (Sjögren and antiphospholipid syndrome excepted)",
        ),
        _excluded("live_vaccine", "Live vaccine within 30 days"),
    ),
    timepoints=(WEEK_12, month(6), month(12)),
    primary=("lldas",),
    secondary=("doris", "lldas5", "glucocorticoid_le5", "sri4", "bicla"),
    planned_patients=10,
    interval="clopper_pearson",
    headline_months=WEEK_12.months,
)
