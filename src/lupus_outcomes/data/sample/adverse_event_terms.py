"""The adverse events that can happen in the sample, how often and how grave.

Rates per 100 patient-years on drug: sample-cohort.md D4 gives infections 45 (upper respiratory 25,
urinary 8, bronchitis 6, influenza 3), COVID-19 8, serious infections 4, serious events 9,
malignancy 0.6, cardiovascular events 0.4. How these split into terms has no source. Terms are
MedDRA-like; the licensed dictionary is not in the repository.
"""

from dataclasses import dataclass

INFECTIONS = "Infections and infestations"
NERVOUS = "Nervous system disorders"
GUT = "Gastrointestinal disorders"
MUSCLE = "Musculoskeletal and connective tissue disorders"
INJURY = "Injury, poisoning and procedural complications"
NEOPLASMS = "Neoplasms benign, malignant and unspecified (incl cysts and polyps)"
VASCULAR = "Vascular disorders"
CARDIAC = "Cardiac disorders"
CHEST = "Respiratory, thoracic and mediastinal disorders"
GENERAL = "General disorders and administration site conditions"


@dataclass(frozen=True, slots=True)
class Term:
    """One event. ``rate`` per 100 patient-years; shares of serious and of related events.

    ``usual_grade`` when not serious; ``days``: median duration. ``infection`` and the other flags
    are the dataset's columns.
    """

    term: str
    preferred_term: str
    system_organ_class: str
    rate: float
    serious: float = 0.0
    related: float = 0.1
    usual_grade: int = 1
    days: float = 10.0
    infection: bool = False
    cardiovascular: bool = False
    neoplasm: bool = False


def _infection(
    term: str, preferred_term: str, rate: float, serious: float = 0.0, grade: int = 2
) -> Term:
    return Term(
        term, preferred_term, INFECTIONS, rate, serious, 0.35, grade, 9.0 + 8 * serious, True
    )


def _vascular(term: str, preferred_term: str, organ: str, rate: float) -> Term:
    return Term(term, preferred_term, organ, rate, 1.0, 0.1, 3, 60.0, cardiovascular=True)


def _neoplasm(term: str, preferred_term: str, rate: float, serious: float = 1.0) -> Term:
    return Term(term, preferred_term, NEOPLASMS, rate, serious, 0.15, 3, 240.0, neoplasm=True)


def _serious(term: str, preferred_term: str, organ: str, rate: float) -> Term:
    return Term(term, preferred_term, organ, rate, 1.0, 0.08, 3, 30.0)


TERMS = (
    _infection("upper respiratory tract infection", "Upper respiratory tract infection", 14, 0, 1),
    _infection("common cold", "Nasopharyngitis", 8, 0, 1),
    _infection("sinusitis", "Sinusitis", 3, 0.01),
    _infection("urinary tract infection", "Urinary tract infection", 8, 0.04),
    _infection("bronchitis", "Bronchitis", 6, 0.03),
    _infection("influenza", "Influenza", 3, 0.04),
    _infection("COVID-19", "COVID-19", 8, 0.04),
    _infection("gastroenteritis", "Gastroenteritis", 1.0, 0.10),
    _infection("pneumonia", "Pneumonia", 1.6, 0.75),
    _infection("pyelonephritis", "Pyelonephritis", 0.7, 0.80),
    _infection("cellulitis of the leg", "Cellulitis", 0.9, 0.50),
    _infection("sepsis", "Sepsis", 0.3, 1.0, 4),
    Term(
        "hypersensitivity reaction",
        "Hypersensitivity",
        "Immune system disorders",
        0.8,
        0.1,
        0.7,
        2,
        3,
    ),
    Term("headache", "Headache", NERVOUS, 5.0, 0.0, 0.2),
    Term("nausea", "Nausea", GUT, 3.0, 0.0, 0.3, 1, 4),
    Term("diarrhoea", "Diarrhoea", GUT, 3.0, 0.0, 0.15, 1, 4),
    Term("back pain", "Back pain", MUSCLE, 3.0, 0.0, 0.05, 2, 20),
    Term("cough", "Cough", CHEST, 3.0, 0.0, 0.15, 1, 14),
    Term("tiredness", "Fatigue", GENERAL, 2.0, 0.0, 0.2, 1, 30),
    Term("raised transaminases", "Transaminases increased", "Investigations", 1.2, 0.0, 0.2, 2, 45),
    Term("arterial hypertension", "Hypertension", VASCULAR, 1.0, 0.0, 0.05, 2, 180),
    Term("low mood", "Depressed mood", "Psychiatric disorders", 0.8, 0.0, 0.1, 2, 120),
    Term("fall", "Fall", INJURY, 0.8, 0.05, 0.0, 1, 5),
    _vascular("heart attack", "Myocardial infarction", CARDIAC, 0.2),
    _vascular("stroke", "Ischaemic stroke", NERVOUS, 0.2),
    _vascular("deep vein thrombosis", "Deep vein thrombosis", VASCULAR, 0.3),
    _vascular("pulmonary embolism", "Pulmonary embolism", CHEST, 0.2),
    _neoplasm("breast cancer", "Breast cancer", 0.20),
    _neoplasm("basal cell carcinoma", "Basal cell carcinoma", 0.15, 0.3),
    _neoplasm("cervical dysplasia", "Cervical dysplasia", 0.10, 0.0),
    _neoplasm("thyroid cancer", "Papillary thyroid cancer", 0.08),
    _neoplasm("lymphoma", "Diffuse large B-cell lymphoma", 0.07),
    _serious("gallstone disease", "Cholelithiasis", "Hepatobiliary disorders", 0.5),
    _serious("hip fracture", "Femoral neck fracture", INJURY, 0.4),
    _serious("osteonecrosis of the hip", "Osteonecrosis", MUSCLE, 0.4),
    _serious("chest pain", "Chest pain", GENERAL, 0.4),
    _serious("abdominal pain", "Abdominal pain", GUT, 0.4),
    _serious("anaemia", "Anaemia", "Blood and lymphatic system disorders", 0.3),
    _serious("fainting", "Syncope", NERVOUS, 0.3),
    _serious("slipped disc", "Intervertebral disc protrusion", MUSCLE, 0.2),
    _serious("kidney injury", "Acute kidney injury", "Renal and urinary disorders", 0.2),
)

INFUSION_REACTION = Term(
    "infusion reaction", "Infusion related reaction", INJURY, 0.0, 0.04, 1.0, 2, 1.0
)
HERPES_ZOSTER = Term("shingles", "Herpes zoster", INFECTIONS, 0.0, 0.06, 0.6, 2, 16.0, True)

# Events that end treatment, and those that end a life, with their shares (no source).
STOPPING_TERMS = (
    (
        Term(
            "recurrent infections",
            "Infection susceptibility increased",
            INFECTIONS,
            0,
            0.2,
            0.8,
            3,
            40,
            True,
        ),
        0.25,
    ),
    (Term("pneumonia", "Pneumonia", INFECTIONS, 0, 0.9, 0.6, 3, 18, True), 0.20),
    (
        Term(
            "hypersensitivity reaction",
            "Hypersensitivity",
            "Immune system disorders",
            0,
            0.3,
            1.0,
            3,
            4,
        ),
        0.25,
    ),
    (Term("infusion reaction", "Infusion related reaction", INJURY, 0, 0.2, 1.0, 3, 1), 0.15),
    (Term("breast cancer", "Breast cancer", NEOPLASMS, 0, 1.0, 0.2, 3, 240, neoplasm=True), 0.05),
    (Term("headache", "Headache", NERVOUS, 0, 0.0, 0.5, 2, 30), 0.10),
)
FATAL_TERMS = (
    (Term("sepsis", "Sepsis", INFECTIONS, 0, 1.0, 0.3, 5, 8, True), 0.35),
    (Term("pneumonia", "Pneumonia", INFECTIONS, 0, 1.0, 0.3, 5, 10, True), 0.25),
    (_vascular("heart attack", "Myocardial infarction", CARDIAC, 0), 0.40),
)
