"""NCT07215754: anifrolumab in active lupus, observational, multicentre, 60 months."""

from lupus_outcomes.protocol import (
    AtLeast,
    Criterion,
    Every,
    Interim,
    Known,
    OneOf,
    Protocol,
    Recorded,
    Some,
    month,
)

PROTOCOL = Protocol(
    id="nct07215754",
    title="Anifrolumab in active systemic lupus erythematosus: effectiveness and safety in "
    "practice",
    registration="ClinicalTrials.gov NCT07215754",
    question="Who reaches remission or low disease activity on anifrolumab, and stays there?",
    population="All enrolled patients, by intention to treat.",
    criteria=(
        Criterion("adult", "Age at least 18 years", AtLeast("age_years", 18)),
        Criterion(
            "classified",
            "Lupus by the criteria valid at diagnosis (ACR 1997, SLICC 2012, EULAR/ACR 2019)",
            OneOf("classification", ("ACR-1997", "SLICC-2012", "EULAR-ACR-2019")),
        ),
        Criterion(
            "consent", "Informed consent", Some((Known("consent_date"), Recorded("consent")))
        ),
        Criterion(
            "active",
            "Active disease",
            Some((AtLeast("baseline_sledai_2k", 1), Recorded("active_disease"))),
        ),
        Criterion(
            "anifrolumab",
            "Candidate for or started on anifrolumab, compassionate use included",
            Every((OneOf("treatment_group", ("anifrolumab",)), Known("index_date"))),
        ),
    ),
    timepoints=(month(3, 1.5), *(month(m) for m in (6, 12, 24, 36, 48, 60))),
    primary=("doris", "lldas"),
    secondary=(
        "lldas5",
        "sle_das_remission",
        "sle_das_lda",
        "glucocorticoid_le5",
        "glucocorticoid_le5_from_above",
        "glucocorticoid_off",
        "sri4",
        "bicla",
        "clasi50",
        "joint50",
        "damage_accrual",
    ),
    planned_patients=150,
    interim=Interim("First 50 patients to complete 24 weeks", n_patients=50, weeks=24),
)
