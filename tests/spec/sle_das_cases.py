"""Vignettes about SLE-DAS, alone or at a visit."""

import numpy as np

from lupus_outcomes.indices import sle_das, sledai
from lupus_outcomes.indices.three_valued import some
from tests.spec.plain import condition, number, numbers, numbers_list, prednisone, truth, words

CENTRAL_NERVOUS = tuple(d.id for d in sledai.DESCRIPTORS if d.domain == "central nervous system")
# The measurement behind a descriptor, and a normal value of it.
MEASURED = {
    "proteinuria": ("proteinuria_mg_24h", 0),
    "thrombocytopenia": ("platelets_g_l", 250),
    "leukopenia": ("leukocytes_g_l", 6),
}


def sle_das_alone(inputs, options):
    """The score from its own items, each given by its name, or from descriptors."""
    parts = _sle_das_inputs(inputs)
    total = sle_das.compute_sle_das(parts)
    dose = prednisone(inputs)
    return {
        "sle_das": number(total.value),
        "sle_das_bounds": numbers_list(np.concatenate([total.low, total.high])),
        "sle_das_category": words(sle_das.compute_category(total), sle_das.CATEGORIES),
        "sle_das_remission_index": truth(sle_das.compute_remission(total, dose)),
        "sle_das_remission_boolean": truth(sle_das.compute_remission_boolean(parts, dose)),
        "sle_das_lda": truth(sle_das.compute_low_disease_activity(total, dose)),
    }


def _sle_das_inputs(inputs):
    item = _sle_das_item(inputs)
    return sle_das.SleDasInputs(
        flags={name: item(name) for name in sle_das.POINTS},
        localised_rash=some(item("localised_rash"), item("rash")),
        generalised_rash=item("generalised_rash"),
        swollen_joints_28=numbers(
            inputs.get("sjc28", None if truth(item("arthritis")) is not False else 0)
        ),
        proteinuria_mg_24h=_measured(inputs, "proteinuria", item),
        platelets_10e9_l=_measured(inputs, "thrombocytopenia", item),
        leukocytes_10e9_l=_measured(inputs, "leukopenia", item),
        proteinuria=item("proteinuria"),
        thrombocytopenia=item("thrombocytopenia"),
        leukopenia=item("leukopenia"),
    )


def _sle_das_item(inputs):
    """Items named in ``sle_das_features``, by a key of their own, or implied by descriptors."""
    present = {*inputs.get("sle_das_features", ()), *inputs.get("descriptors", ())}
    present |= {name for name, value in inputs.items() if value is True}
    missing = {*inputs.get("descriptors_missing", ())}
    missing |= {name for name, value in inputs.items() if value is None}
    missing |= {descriptor for descriptor, (name, _) in MEASURED.items() if name in missing}
    if present.intersection(CENTRAL_NERVOUS):
        present.add("neuropsychiatric")
    if present & {"pleurisy", "pericarditis"}:
        present.add("serositis")
    if "rash" in present and "localised_rash" not in present:
        # Only the descriptor is known: at least localised, perhaps generalised.
        missing.add("generalised_rash")

    def item(name):
        return condition(True if name in present else None if name in missing else False)

    return item


def _measured(inputs, descriptor, item):
    """A measurement; without one it is normal, unless the descriptor says or leaves it open."""
    name, normal = MEASURED[descriptor]
    if name in inputs or truth(item(descriptor)) is not False:
        return numbers(inputs.get(name))
    return numbers(normal)
