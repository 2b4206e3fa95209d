"""Every measure that is followed over time, one literal each: its unit, range and direction.

The change that matters is not the same for better and for worse; where none is established it is
NaN and nothing is counted as improved. What patients report is declared in
``indices.patient_reported`` and taken from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lupus_outcomes.indices.patient_reported import BY_COLUMN, NOT_ESTABLISHED
from lupus_outcomes.indices.sledai import DESCRIPTORS

GLADMAN_2002 = "Gladman 2002, J Rheumatol 29:288"
FURIE_2009 = "Furie 2009, Arthritis Rheum 61:1143"
JESUS_2019 = "Jesus 2019, Ann Rheum Dis 78:365"
ALBRECHT_2005 = "Albrecht 2005, J Invest Dermatol 125:889"
KLEIN_2011 = "Klein 2011, Arch Dermatol 147:203"
JOINT_COUNT = "28-joint count"
NO_THRESHOLD = "none established"
_INVOLVED = {
    "skin": "patients with skin involvement at baseline",
    "joints": "patients with joint involvement at baseline",
}
_DESCRIPTORS = tuple(f"visits.{d.id}" for d in DESCRIPTORS)
_CLINICAL_DESCRIPTORS = tuple(f"visits.{d.id}" for d in DESCRIPTORS if d.is_clinical)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure at a visit.

    ``id``: its column in visit states, else in ``visits``. ``columns``: what it rests on.
    ``better`` and ``worse``: changes that matter, in points, never negative. ``manifestation``:
    only patients with it at baseline, in the words of the filter; all if empty. ``digits``:
    decimals that matter. ``short``: its name where there is little room.
    """

    id: str
    label: str
    unit: str
    low: float
    high: float
    higher_is_better: bool
    source: str
    columns: tuple[str, ...]
    better: float = NOT_ESTABLISHED
    worse: float = NOT_ESTABLISHED
    threshold_source: str = NO_THRESHOLD
    manifestation: str = ""
    digits: int = 1
    is_patient_reported: bool = False
    short: str = ""

    @property
    def who(self) -> str:
        """Whom it is meant for, in words."""
        return _INVOLVED.get(self.manifestation, "all patients")


def _reported(id: str, unit: str, digits: int = 1) -> Measure:
    """What patients report, with the thresholds declared beside its scoring."""
    known = BY_COLUMN[id]
    return Measure(
        id=id,
        label=known.label,
        short=known.label,
        unit=unit,
        low=known.low,
        high=known.high,
        higher_is_better=known.higher_is_better,
        source=known.source,
        columns=(f"visits.{id}",),
        better=known.better,
        worse=known.worse,
        threshold_source=known.source,
        digits=digits,
        is_patient_reported=True,
    )


_ALL = (
    Measure(
        "sledai_2k",
        "SLEDAI-2K",
        "points",
        0,
        105,
        higher_is_better=False,
        source=GLADMAN_2002,
        columns=_DESCRIPTORS,
        better=4,
        worse=4,
        threshold_source=f"{FURIE_2009}: a fall of 4 or more; EULAR: a rise above 3",
        short="SLEDAI-2K",
    ),
    Measure(
        "clinical_sledai",
        "Clinical SLEDAI-2K",
        "points",
        0,
        101,
        higher_is_better=False,
        source=f"{GLADMAN_2002}, without complement and anti-dsDNA",
        columns=_CLINICAL_DESCRIPTORS,
        short="cSLEDAI-2K",
    ),
    Measure(
        "sle_das",
        "SLE-DAS",
        "points",
        0.366,
        130,
        higher_is_better=False,
        source=f"{JESUS_2019}, coefficients as published by a secondary source",
        columns=(
            "visits.proteinuria_mg_24h",
            "visits.platelets_10e9_l",
            "visits.leukocytes_10e9_l",
            "visits.swollen_joints_28",
        ),
        short="SLE-DAS",
    ),
    Measure(
        "physician_ga",
        "Physician global assessment",
        "0–3",
        0,
        3,
        higher_is_better=False,
        source=FURIE_2009,
        columns=("visits.physician_ga",),
        worse=0.3,
        threshold_source=f"{FURIE_2009}: a rise of 0.3 or more",
        digits=2,
        short="PhGA",
    ),
    _reported("patient_ga", "0–100"),
    Measure(
        "clasi_activity",
        "CLASI activity",
        "points",
        0,
        70,
        higher_is_better=False,
        source=ALBRECHT_2005,
        columns=("visits.clasi_activity",),
        better=4,
        threshold_source=f"{KLEIN_2011}: a fall of 4 or more",
        manifestation="skin",
        short="CLASI-A",
    ),
    Measure(
        "clasi_damage",
        "CLASI damage",
        "points",
        0,
        56,
        higher_is_better=False,
        source=ALBRECHT_2005,
        columns=("visits.clasi_damage",),
        manifestation="skin",
        short="CLASI-D",
    ),
    Measure(
        "swollen_joints_28",
        "Swollen joints",
        "of 28",
        0,
        28,
        higher_is_better=False,
        source=JOINT_COUNT,
        columns=("visits.swollen_joints_28",),
        manifestation="joints",
        short="swollen",
    ),
    Measure(
        "tender_joints_28",
        "Tender joints",
        "of 28",
        0,
        28,
        higher_is_better=False,
        source=JOINT_COUNT,
        columns=("visits.tender_joints_28",),
        manifestation="joints",
        short="tender",
    ),
    _reported("facit_fatigue", "0–52"),
    _reported("sf36_pcs", "norm 50"),
    _reported("sf36_mcs", "norm 50"),
    _reported("eq5d_index", "1 is full health", digits=3),
    _reported("eq5d_vas", "0–100"),
    _reported("pain_vas", "0–100"),
    _reported("lupusqol_physical", "0–100"),
)
MEASURES: Mapping[str, Measure] = MappingProxyType({measure.id: measure for measure in _ALL})
PATIENT_REPORTED = tuple(m.id for m in _ALL if m.is_patient_reported)
# What the physician finds; what patients report has a page of its own.
ACTIVITY = tuple(m.id for m in _ALL if not m.is_patient_reported)
