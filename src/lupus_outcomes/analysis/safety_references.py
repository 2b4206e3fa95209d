"""What is published of the safety of anifrolumab, as literals: the label and the trials.

Other patients, other follow-up, other coding: landmarks beside ours, never a comparison.
"""

from dataclasses import dataclass

LABEL = "Saphnelo (anifrolumab), EU summary of product characteristics, section 4.8"
TRIALS = "TULIP-1, TULIP-2 and MUSE pooled, 52 weeks: Tummala 2021, Lupus Sci Med 8:e000464"
EXTENSION = "TULIP long-term extension, years 2-4: Kalunian 2023, Arthritis Rheumatol 75:253"
# Weeks of treatment that the frequencies of the label are about.
LABEL_DAYS = 364
FREQUENCIES = (
    ("very common", 1 / 10),
    ("common", 1 / 100),
    ("uncommon", 1 / 1_000),
    ("rare", 1 / 10_000),
    ("very rare", 0.0),
)


@dataclass(frozen=True, slots=True)
class Reaction:
    """One adverse reaction of the label.

    ``terms``: the preferred terms that it groups. ``flag``: the dataset's own column for it.
    ``proportion`` on anifrolumab 300 mg, none where the label gives a class only.
    """

    label: str
    terms: tuple[str, ...]
    frequency: str
    proportion: float | None = None
    flag: str = ""


REACTIONS = (
    Reaction(
        "Upper respiratory tract infection",
        ("upper respiratory tract infection", "nasopharyngitis", "pharyngitis"),
        "very common",
        0.34,
    ),
    Reaction(
        "Bronchitis", ("bronchitis", "bronchitis viral", "tracheobronchitis"), "very common", 0.11
    ),
    Reaction("Herpes zoster", ("herpes zoster",), "common", 0.061, "herpes_zoster"),
    Reaction(
        "Respiratory tract infection",
        (
            "respiratory tract infection",
            "respiratory tract infection viral",
            "respiratory tract infection bacterial",
        ),
        "common",
    ),
    Reaction("Hypersensitivity", ("hypersensitivity",), "common", 0.028),
    Reaction(
        "Infusion-related reaction",
        ("infusion related reaction", "infusion-related reaction"),
        "common",
        0.094,
    ),
    Reaction("Anaphylactic reaction", ("anaphylactic reaction", "anaphylaxis"), "uncommon"),
)


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """An exposure-adjusted incidence rate per 100 patient-years on anifrolumab 300 mg.

    ``published_as``: what the trial counted, where that is not quite our category.
    """

    category: str
    published_as: str
    eair: float
    placebo: float
    source: str


PUBLISHED_RATES = (
    PublishedRate("serious", "serious adverse event", 13.6, 20.7, TRIALS),
    PublishedRate("serious", "serious adverse event", 8.5, 11.2, EXTENSION),
    PublishedRate("led_to_stop", "adverse event leading to stop", 4.5, 6.0, TRIALS),
    PublishedRate("led_to_stop", "adverse event leading to stop", 2.5, 3.2, EXTENSION),
    PublishedRate("serious_infection", "non-opportunistic serious infection", 5.4, 6.6, TRIALS),
    PublishedRate("serious_infection", "serious infection", 3.7, 3.6, EXTENSION),
    PublishedRate("herpes_zoster", "herpes zoster", 6.9, 1.5, TRIALS),
    PublishedRate("cardiovascular", "major cardiovascular event only", 0.2, 0.7, TRIALS),
    PublishedRate("neoplasm", "malignancy only", 0.7, 0.7, TRIALS),
)


def frequency_class(proportion: float) -> str:
    """The frequency class of a label (CIOMS), its lower limit included."""
    return next(name for name, least in FREQUENCIES if proportion >= least)
