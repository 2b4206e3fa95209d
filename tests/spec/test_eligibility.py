"""One patient a criterion of each study: just in, just out, and unknown.

What is told of a patient stands in three parts: columns of ``patients``, the baseline visit, rows
of the eligibility table. It is added to a patient who meets every criterion.
"""

from dataclasses import dataclass

import pytest

from lupus_outcomes.derive.eligibility import derive_eligibility
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.protocols import PROTOCOLS
from tests.drawn import draw_cohort


@dataclass(frozen=True)
class Told:
    """Parts divided by ``|``: patient, baseline visit, eligibility table."""

    met: tuple[str, ...] = ()
    not_met: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def recorded(criterion, met="yes", not_met="no"):
    """A criterion that only the eligibility table answers."""
    return Told(
        met=(f"||{criterion}={met}",),
        not_met=(f"||{criterion}={not_met}",),
        unknown=(f"||{criterion}=?",),
    )


def excluded_if(criterion):
    return recorded(criterion, met="no", not_met="yes")


def history(column, met, not_met):
    """A yes-or-no column of ``patients``."""
    return Told((f"{column}={met}",), (f"{column}={not_met}",), (f"{column}=?",))


CONSENT = Told(
    met=("consent_date=-1", "consent_date=0", "consent_date=?||consent=yes"),
    not_met=("consent_date=?||consent=no",),
    unknown=("consent_date=?",),
)
ADULT = Told(met=("age_years=18",), not_met=("age_years=17.9",), unknown=("age_years=?",))

# Who meets every criterion.
ELIGIBLE = {
    "nct07215754": "age_years=40 classification=SLICC-2012 consent_date=-9 | rash |",
    "nct07000110": "age_years=40 months_of_history=24 flare_prior_6_months=yes prior_malignancy=no "
    "hiv_or_immunodeficiency=no transplant=no serious_infection_prior_6_months=no | "
    "arthritis rash |",
    "nct05835310": "age_years=12 classification=EULAR-ACR-2019 diagnosis_date=-400 | | "
    "tuberculosis_criteria negative_pregnancy_test contraception sars_cov_2_negative "
    "interferonopathy=no other_vasculitis=no suicidal_ideation=no other_steroid_disease=no hiv=no "
    "hepatitis=no severe_zoster=no unresolved_cmv_ebv=no severe_covid_19=no prior_anifrolumab=no "
    "b_cell_depletion=no blood_products=no",
    "jrcts031230358": "age_years=40 classification=ACR-1997 consent_date=-9 weight_kg=50 | "
    "arthritis dose=10 | treatment_naive hepatitis=no liver_enzymes=no creatinine=no "
    "active_tuberculosis=no malignancy=no suspected_infection=no pregnancy=no lactation=no "
    "other_collagen_disease=no live_vaccine=no",
}
CRITERIA = {
    "nct07215754": {
        "adult": ADULT,
        "classified": Told(
            met=tuple(f"classification={c}" for c in ("ACR-1997", "SLICC-2012", "EULAR-ACR-2019")),
            unknown=("classification=?",),
        ),
        "consent": CONSENT,
        "active": Told(
            met=("| rash=no fever", "| rash=no | active_disease=yes", "| rash seizure=?"),
            not_met=("| rash=no | active_disease=no",),
            unknown=("| rash=no", "| rash=?"),
        ),
        "anifrolumab": Told(
            met=("compassionate_use=yes",), not_met=("treatment_group=standard_of_care",)
        ),
    },
    "nct07000110": {
        "index": Told(met=("", "treatment_group=standard_of_care")),
        "history": Told(
            ("months_of_history=12",), ("months_of_history=11.9",), ("months_of_history=?",)
        ),
        "adult": ADULT,
        "moderate_to_severe": Told(
            met=("| arthritis rash", "| rash=no | moderate_to_severe=yes"),
            not_met=("| rash=no fever | moderate_to_severe=no",),
            unknown=("| rash=no fever", "| rash=?"),
        ),
        "flare": history("flare_prior_6_months", "yes", "no"),
        "no_malignancy": history("prior_malignancy", "no", "yes"),
        "no_immunodeficiency": history("hiv_or_immunodeficiency", "no", "yes"),
        "no_transplant": history("transplant", "no", "yes"),
        "no_serious_infection": history("serious_infection_prior_6_months", "no", "yes"),
    },
    "nct05835310": {
        "age": Told(
            met=("age_years=5", "age_years=17.99"),
            not_met=("age_years=4.99", "age_years=18"),
        ),
        "classified": Told(
            # Six months are 182.6 days.
            met=("diagnosis_date=-183",),
            not_met=("diagnosis_date=-182", "classification=ACR-1997", "classification=SLICC-2012"),
            unknown=("diagnosis_date=?", "classification=?"),
        ),
        "tuberculosis": recorded("tuberculosis_criteria"),
        "pregnancy_test": recorded("negative_pregnancy_test"),
        "contraception": recorded("contraception"),
        "sars_cov_2": recorded("sars_cov_2_negative"),
        "interferonopathy": excluded_if("interferonopathy"),
        "other_vasculitis": excluded_if("other_vasculitis"),
        "suicidal_ideation": Told(
            met=(
                "age_years=11||suicidal_ideation=no",
                "age_years=10.9||suicidal_ideation=yes",
                "age_years=10.9||suicidal_ideation=?",
            ),
            not_met=("age_years=11||suicidal_ideation=yes",),
            unknown=("age_years=11||suicidal_ideation=?",),
        ),
        "other_steroid_disease": excluded_if("other_steroid_disease"),
        "hiv": excluded_if("hiv"),
        "hepatitis": excluded_if("hepatitis"),
        "severe_zoster": excluded_if("severe_zoster"),
        "unresolved_cmv_ebv": excluded_if("unresolved_cmv_ebv"),
        "severe_covid_19": excluded_if("severe_covid_19"),
        "prior_anifrolumab": excluded_if("prior_anifrolumab"),
        "b_cell_depletion": excluded_if("b_cell_depletion"),
        "blood_products": excluded_if("blood_products"),
    },
    "jrcts031230358": {
        "classified": Told(
            met=("classification=EULAR-ACR-2019", "classification=ACR-1997"),
            not_met=("classification=SLICC-2012",),
            unknown=("classification=?",),
        ),
        "treatment_naive": recorded("treatment_naive"),
        "active": Told(
            met=("| arthritis", "| arthritis seizure=?", "| phone arthritis=? sledai_2k=4"),
            not_met=("| arthritis=no rash fever",),
            unknown=("| arthritis=? rash",),
        ),
        "age": Told(
            met=("age_years=18", "age_years=79.9"),
            not_met=("age_years=17.9", "age_years=80"),
            unknown=("age_years=?",),
        ),
        "consent": CONSENT,
        "initial_steroid": Told(
            # 40.2 / 67 is 0.6000000000000001 in binary.
            met=("| dose=30", "weight_kg=67 | dose=40.2", "| dose=0"),
            not_met=("| dose=30.1",),
            unknown=("| dose=?", "weight_kg=?"),
        ),
        **{
            criterion: excluded_if(criterion)
            for criterion in (
                "hepatitis",
                "liver_enzymes",
                "creatinine",
                "active_tuberculosis",
                "malignancy",
                "suspected_infection",
                "pregnancy",
                "lactation",
                "other_collagen_disease",
                "live_vaccine",
            )
        },
    },
}


def draw(study, *told):
    """A patient each: the eligible one with what is told."""
    return draw_cohort("\n".join(_patient(study, n, words) for n, words in enumerate(told)), study)


def _patient(study, number, told):
    parts = zip(ELIGIBLE[study].split("|"), [*told.split("|"), "", ""], strict=False)
    patient, visit, table = (f"{eligible} {said}" for eligible, said in parts)
    return f"p{number}: {patient}\n 0 {visit}\n recorded {table}"


def answers(study, *told):
    """What becomes of each patient at every criterion: id and a sign a patient."""
    steps = derive_eligibility(draw(study, *told))
    return {s.criterion.id: "".join("-?+"[code + 1] for code in s.is_met) for s in steps}


@pytest.mark.parametrize("study", PROTOCOLS)
def test_the_appendix_is_complete_and_in_its_order(study):
    assert [criterion.id for criterion in PROTOCOLS[study].criteria] == list(CRITERIA[study])


@pytest.mark.parametrize("study", PROTOCOLS)
def test_who_meets_everything(study):
    assert set(answers(study, "").values()) == {"+"}


@pytest.mark.parametrize(
    ("study", "criterion"), [(study, c) for study, cases in CRITERIA.items() for c in cases]
)
def test_just_in_just_out_and_unknown(study, criterion):
    told = CRITERIA[study][criterion]
    found = answers(study, *told.met, *told.not_met, *told.unknown)
    here = "+" * len(told.met) + "-" * len(told.not_met) + "?" * len(told.unknown)

    assert found.pop(criterion) == here


def test_only_that_criterion_is_touched():
    found = answers("nct07000110", "transplant=yes", "transplant=?")

    assert {c for c, signs in found.items() if signs != "++"} == {"no_transplant"}


@pytest.mark.parametrize(("study", "n_analysed"), [("nct07215754", 3), ("nct07000110", 2)])
def test_who_is_analysed(study, n_analysed):
    """By intention to treat all enrolled; in nct07000110 who is not known to break a criterion."""
    cohort = draw(study, "", "age_years=17", "age_years=?")

    assert select_patients(cohort).n_patients == n_analysed


def test_the_interim_analysis_and_the_planned_numbers_are_declared():
    registry = PROTOCOLS["nct07215754"]

    assert (registry.interim.n_patients, registry.interim.weeks) == (50, 24)
    assert [p.planned_patients for p in PROTOCOLS.values()] == [150, 3506, 100, 10]
    assert PROTOCOLS["jrcts031230358"].interval == "clopper_pearson"
    assert PROTOCOLS["jrcts031230358"].primary == ("lldas",)
