"""NCT05835310: intravenous anifrolumab in children and adolescents with lupus."""

from lupus_outcomes.protocol import (
    AtLeast,
    Below,
    Criterion,
    Every,
    OneOf,
    Protocol,
    Recorded,
    month,
    week,
)


def _excluded(id: str, label: str) -> Criterion:
    return Criterion(id, label, Recorded(id), is_exclusion=True)


PROTOCOL = Protocol(
    id="nct05835310",
    title="Intravenous anifrolumab in paediatric lupus: pharmacokinetics, efficacy and safety",
    registration="ClinicalTrials.gov NCT05835310",
    question="What does intravenous anifrolumab do in children and adolescents with lupus?",
    population="All who received at least one dose.",
    criteria=(
        Criterion(
            "age",
            "Age 5 to 17 years",
            Every((AtLeast("age_years", 5), Below("age_years", 18))),
        ),
        Criterion(
            "classified",
            "EULAR/ACR 2019 criteria for at least 6 months",
            Every(
                (
                    OneOf("classification", ("EULAR-ACR-2019",)),
                    AtLeast("disease_duration_years", 0.5),
                )
            ),
        ),
        Criterion("tuberculosis", "Tuberculosis criteria met", Recorded("tuberculosis_criteria")),
        Criterion("pregnancy_test", "Negative pregnancy test", Recorded("negative_pregnancy_test")),
        Criterion("contraception", "Contraception", Recorded("contraception")),
        Criterion("sars_cov_2", "SARS-CoV-2 negative", Recorded("sars_cov_2_negative")),
        _excluded("interferonopathy", "Interferonopathy"),
        _excluded("other_vasculitis", "Vasculitis other than of lupus"),
        Criterion(
            "suicidal_ideation",
            "Suicidal ideation (from 11 years)",
            Every((AtLeast("age_years", 11), Recorded("suicidal_ideation"))),
            is_exclusion=True,
        ),
        _excluded(
            "other_steroid_disease", "Another disease with over 2 weeks of steroids in 24 weeks"
        ),
        _excluded("hiv", "HIV"),
        _excluded("hepatitis", "Hepatitis B or C"),
        _excluded("severe_zoster", "Severe zoster"),
        _excluded("unresolved_cmv_ebv", "CMV or EBV infection unresolved within 12 weeks"),
        _excluded("severe_covid_19", "Severe COVID-19"),
        _excluded("prior_anifrolumab", "Anifrolumab before"),
        _excluded("b_cell_depletion", "B-cell depletion within 26 weeks"),
        _excluded("blood_products", "Blood products within 4 weeks"),
    ),
    timepoints=(week(4, 14), month(3, 1.5), month(6), month(12), month(24)),
    primary=(),
    secondary=("sri4", "bicla", "lldas", "doris", "clasi50", "glucocorticoid_le5"),
    planned_patients=100,
)
