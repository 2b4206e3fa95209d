"""Flares derived from visits by the SELENA-SLEDAI flare index; recorded flares are kept apart."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.courses import happened_between
from lupus_outcomes.derive.record import Record
from lupus_outcomes.derive.timepoints import NONE
from lupus_outcomes.indices import flare
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS, DESCRIPTORS
from lupus_outcomes.indices.three_valued import FALSE, TRUE, ThreeValued, every, negate, some

MILD_ITEMS = ("rash", "mucosal_ulcers", "pleurisy", "pericarditis", "arthritis", "fever")
SEVERE_ITEMS = (
    *(d.id for d in DESCRIPTORS if d.domain in ("central nervous system", "vascular", "renal")),
    "myositis",
)
Rows = NDArray[np.int64]


def derive_flare(record: Record, reference: Rows, options: flare.FlareOptions) -> NDArray[np.int8]:
    """Category of each visit against its reference visit, positions in ``flare.SEVERITIES``.

    ``reference``: a row a visit (the previous assessed visit, or baseline), -1 for none: then
    unknown, -1.
    """
    category = flare.compute_flare(flare_inputs(record, reference), options)
    return np.where(reference == NONE, np.int8(-1), category)


def flare_inputs(record: Record, reference: Rows) -> flare.FlareInputs:
    """What the index compares.

    The dose is the one decided at a visit or else the one taken there; before, it is the one
    decided at the reference visit or, where it was tapered since, the one taken until now. Drugs
    and admissions count when recorded; not recorded counts as not happened, and the method note of
    every derived flare says so.
    """
    taken, decided = record.prednisone_mg_day, record.measurement("prednisone_after_mg_day")
    dose = np.where(np.isnan(decided), taken, decided)
    at_reference = record.at(reference, dose)
    # More than was decided then is a rise, whatever was taken in between.
    is_risen_anyway = np.isnan(taken) & (dose > at_reference)
    dose_before = np.where(is_risen_anyway, at_reference, np.minimum(at_reference, taken))
    physician_ga = record.measurement("physician_ga")
    since = np.where(reference == NONE, record.day, record.day[reference])
    happened = partial(
        happened_between, patient=record.patient, since_day=since, until_day=record.day
    )
    courses = record.courses
    is_new = every(record.items, negate(record.conditions_at(reference, record.items)))
    return flare.FlareInputs(
        sledai_before=record.at(reference, record.sledai_2k.value),
        sledai_now=record.sledai_2k.value,
        physician_ga_before=record.at(reference, physician_ga),
        physician_ga_now=physician_ga,
        prednisone_before=dose_before,
        prednisone_after=dose,
        weight_kg=record.weight_kg,
        severe_features=_severe_features(record, reference, is_new),
        mild_features=_any(is_new, MILD_ITEMS),
        new_severe_drug=_recorded(happened(courses.severe_drug_starts)),
        new_mild_drug=_recorded(happened(courses.mild_drug_starts)),
        admitted=_recorded(happened(courses.admissions)),
    )


def _severe_features(record: Record, reference: Rows, is_new: ThreeValued) -> ThreeValued:
    platelets = record.measurement("platelets_10e9_l")
    few_platelets = flare.compute_new_or_worse_platelets(record.at(reference, platelets), platelets)
    # Without the descriptor (below 100) there cannot be fewer than 60, counted or not.
    few_platelets = np.where(record.item("thrombocytopenia") == FALSE, FALSE, few_platelets)
    haemoglobin = record.measurement("haemoglobin_g_dl")
    haemolysis = flare.compute_haemolysis(
        record.condition("haemolytic_anaemia"), record.at(reference, haemoglobin), haemoglobin
    )
    return some(few_platelets, haemolysis, _any(is_new, SEVERE_ITEMS))


def _any(items: ThreeValued, names: tuple[str, ...]) -> ThreeValued:
    return some(*(items[DESCRIPTOR_IDS.index(name)] for name in names))


def _recorded(happened: NDArray[np.bool_]) -> ThreeValued:
    return np.where(happened, TRUE, FALSE).astype(np.int8)
