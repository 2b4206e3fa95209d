"""The state of each patient at each visit: activity, DORIS, LLDAS, SLE-DAS and flares.

One row in, one row out, sorted by patient and day. States are three-valued int8 columns, categories
positions in a tuple of words with -1 for unknown.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import is_code
from lupus_outcomes.derive.courses import derive_maintenance_in_limits
from lupus_outcomes.derive.flares import derive_flare
from lupus_outcomes.derive.record import Record
from lupus_outcomes.derive.responses import derive_responses
from lupus_outcomes.derive.timepoints import NONE
from lupus_outcomes.indices import damage, doris, lldas, sle_das
from lupus_outcomes.indices.doris import DorisOptions
from lupus_outcomes.indices.flare import FlareOptions
from lupus_outcomes.indices.lldas import LldasOptions
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS, DESCRIPTORS
from lupus_outcomes.indices.three_valued import (
    FALSE,
    TRUE,
    UNKNOWN,
    ThreeValued,
)

# Items of SLE-DAS that a SLEDAI-2K descriptor proves where they are not recorded; its absence
# proves nothing.
IMPLIED_BY = {
    "neuropsychiatric": tuple(d.id for d in DESCRIPTORS if d.domain == "central nervous system"),
    "serositis": ("pleurisy", "pericarditis"),
}
BEYOND_SLEDAI = ("haemolytic_anaemia", "gastrointestinal_activity")

Columns: TypeAlias = dict[str, NDArray]


@dataclass(frozen=True, slots=True)
class Definitions:
    """The readings of the definitions in force, each a named option with its default."""

    doris: DorisOptions = DorisOptions()
    lldas: LldasOptions = LldasOptions()
    flare: FlareOptions = FlareOptions(variant="bliss_modified")


def derive_visit_states(record: Record, definitions: Definitions = Definitions()) -> Columns:
    """States at every visit of a record, by name.

    Each array is as long as the record has visits: ``patient``, ``visit_day``, ``baseline`` (row
    in the record, -1 for none), scores with their bounds, three-valued states, categories.
    """
    columns = derive_measurements(record)
    columns |= derive_doris(record, definitions.doris)
    columns |= derive_lldas(record, definitions)
    columns |= _derive_sle_das(record)
    columns["flare"] = derive_flare(record, record.previous, definitions.flare)
    columns |= derive_responses(record)
    return columns


def derive_measurements(record: Record) -> Columns:
    """Scores, dose and damage at every visit, as far as no definition leaves a choice."""
    recorded_damage = record.measurement("slicc_damage_index")
    return {
        "patient": record.patient,
        "visit_day": record.day,
        "baseline": record.baseline,
        "sledai_2k": record.sledai_2k.value,
        "sledai_2k_low": record.sledai_2k.low,
        "sledai_2k_high": record.sledai_2k.high,
        "clinical_sledai": record.clinical_sledai.value,
        "prednisone_mg_day": record.prednisone_mg_day,
        "slicc_damage_index": damage.compute_running_damage(recorded_damage, record.starts),
    }


def derive_doris(record: Record, options: DorisOptions) -> Columns:
    """DORIS at every visit, with its items."""
    items = doris.compute_doris_items(
        record.clinical_sledai,
        record.measurement("physician_ga"),
        record.prednisone_mg_day,
        record.condition("treatment_stable"),
        options,
    )
    return {
        "doris": doris.compute_doris_2021(items),
        "doris_clinical_sledai": items.clinical_sledai,
        "doris_physician_ga": items.physician_ga,
        "doris_glucocorticoid": items.glucocorticoid,
        "doris_stable": items.stable,
    }


def derive_lldas(record: Record, definitions: Definitions) -> Columns:
    """LLDAS at every visit, with its items, and LLDAS5."""
    options = definitions.lldas
    haemolysis, gut = (record.condition(name) for name in BEYOND_SLEDAI)
    in_limits = record.condition("maintenance_in_limits")
    if record.assumed.get("treatments_complete"):
        by_doses = derive_maintenance_in_limits(record.courses, record.patient, record.day)
        in_limits = np.where(in_limits == UNKNOWN, by_doses, in_limits)
    items = lldas.LldasItems(
        activity=lldas.compute_activity_item(
            record.items, record.sledai_2k, haemolysis, gut, options
        ),
        no_new=_derive_no_new(record, haemolysis, gut, definitions),
        physician_ga=lldas.compute_physician_ga_item(record.measurement("physician_ga")),
        glucocorticoid=lldas.compute_glucocorticoid_item(record.prednisone_mg_day),
        maintenance=lldas.compute_maintenance_item(
            in_limits, record.condition("investigational_drug")
        ),
    )
    state = lldas.compute_lldas(items)
    return {
        "lldas": state,
        "lldas_activity": items.activity,
        "lldas_no_new": items.no_new,
        "lldas_physician_ga": items.physician_ga,
        "lldas_glucocorticoid": items.glucocorticoid,
        "lldas_maintenance": items.maintenance,
        "lldas5": lldas.compute_lldas5(state, record.prednisone_mg_day),
    }


def _derive_no_new(
    record: Record, haemolysis: ThreeValued, gut: ThreeValued, definitions: Definitions
) -> ThreeValued:
    reading = definitions.lldas.new_activity
    if reading == "sfi_flare_previous":
        return _no_flare(derive_flare(record, record.previous, definitions.flare))
    if reading == "sfi_modsev_baseline":
        # A visit up to baseline has nothing to be compared with.
        is_later = np.arange(len(record.day)) > record.baseline
        since = np.where(is_later, record.baseline, NONE)
        return _no_flare(derive_flare(record, since, definitions.flare))
    now = np.vstack([record.items, haemolysis, gut])
    before = record.conditions_at(record.previous, now)
    item = lldas.compute_no_new_item(now, before, record.previous != NONE, definitions.lldas)
    # Where only totals were recorded, a rise proves that something is new.
    score = record.sledai_2k if reading == "any_descriptor" else record.clinical_sledai
    risen = score.low > record.at(record.previous, score.high)
    return np.where(risen, FALSE, item)


def _no_flare(category: NDArray[np.int8]) -> ThreeValued:
    return np.where(category < 0, UNKNOWN, np.where(category == 0, TRUE, FALSE)).astype(np.int8)


def _derive_sle_das(record: Record) -> Columns:
    inputs = sle_das_inputs(record)
    score = sle_das.compute_sle_das(inputs)
    dose = record.prednisone_mg_day
    return {
        "sle_das": score.value,
        "sle_das_category": sle_das.compute_category(score),
        "sle_das_remission": sle_das.compute_remission(score, dose),
        "sle_das_lda": sle_das.compute_low_disease_activity(score, dose),
    }


def sle_das_inputs(record: Record) -> sle_das.SleDasInputs:
    """The inputs of SLE-DAS; a rash of unknown extent is at least localised."""
    extent, rash = record.frame["rash_extent"], record.item("rash")
    recorded = extent.notna().to_numpy()
    flags = {
        name: record.item(name) if name in DESCRIPTOR_IDS else record.condition(name)
        for name in sle_das.POINTS
    }
    for name, items in IMPLIED_BY.items():
        is_implied = np.max([record.item(item) for item in items], axis=0) == TRUE
        flags[name] = np.where((flags[name] == UNKNOWN) & is_implied, TRUE, flags[name])
    return sle_das.SleDasInputs(
        flags=flags,
        localised_rash=np.where(recorded, is_code(extent, "localised"), rash),
        generalised_rash=np.where(
            recorded, is_code(extent, "generalised"), np.where(rash == FALSE, FALSE, UNKNOWN)
        ),
        swollen_joints_28=record.measurement("swollen_joints_28"),
        proteinuria_mg_24h=record.measurement("proteinuria_mg_24h"),
        platelets_10e9_l=record.measurement("platelets_10e9_l"),
        leukocytes_10e9_l=record.measurement("leukocytes_10e9_l"),
        proteinuria=record.item("proteinuria"),
        thrombocytopenia=record.item("thrombocytopenia"),
        leukopenia=record.item("leukopenia"),
    )
