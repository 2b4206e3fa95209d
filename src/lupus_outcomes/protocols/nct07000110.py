"""NCT07000110: malignancy and serious infections, anifrolumab against standard of care."""

from lupus_outcomes.protocol import (
    AtLeast,
    Criterion,
    Known,
    Protocol,
    Recorded,
    Some,
    State,
    month,
)

PROTOCOL = Protocol(
    id="nct07000110",
    title="Malignancy and serious infection in new users of anifrolumab against standard of care",
    registration="ClinicalTrials.gov NCT07000110",
    question="Do new users of anifrolumab have more malignancies or serious infections?",
    population="New users with moderate to severe lupus and their comparators.",
    criteria=(
        Criterion(
            "index", "First prescription, or start of the comparator's regimen", Known("index_date")
        ),
        Criterion("history", "At least 12 months of history", AtLeast("months_of_history", 12)),
        Criterion("adult", "Age at least 18 years", AtLeast("age_years", 18)),
        Criterion(
            "moderate_to_severe",
            "Moderate to severe lupus at index (SLEDAI-2K at least 6, or as recorded)",
            Some((AtLeast("baseline_sledai_2k", 6), Recorded("moderate_to_severe"))),
        ),
        Criterion("flare", "A flare in the 6 months before", State("flare_prior_6_months")),
        Criterion(
            "no_malignancy",
            "Malignancy at any time before",
            State("prior_malignancy"),
            is_exclusion=True,
        ),
        Criterion(
            "no_immunodeficiency",
            "HIV or congenital immunodeficiency",
            State("hiv_or_immunodeficiency"),
            is_exclusion=True,
        ),
        Criterion(
            "no_transplant", "Organ or marrow transplant", State("transplant"), is_exclusion=True
        ),
        Criterion(
            "no_serious_infection",
            "Serious infection in the 6 months before",
            State("serious_infection_prior_6_months"),
            is_exclusion=True,
        ),
    ),
    timepoints=(month(3, 1.5), *(month(m) for m in (6, 12, 24, 36, 48, 60))),
    primary=(),
    secondary=("doris", "lldas", "glucocorticoid_le5", "glucocorticoid_off"),
    planned_patients=3506,
    analysis_set="eligible",
)
