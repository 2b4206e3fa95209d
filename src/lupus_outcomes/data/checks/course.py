"""One visit against the visits of the same patient before and after it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.checks.columns import Tables
from lupus_outcomes.data.findings import Finding, as_mask, query
from lupus_outcomes.dictionary import TABLES, spec_of


@dataclass(frozen=True, slots=True)
class Spike:
    """When a measurement is most likely in another unit or has a digit too many or too few.

    It is over ``ratio`` times both its neighbours, or under one part in ``ratio`` of both; at an
    end of the course ``at_an_end`` times its only neighbour, because who is first seen in a flare
    gets better soon. The larger value is at least ``floor``: below, a leap means little.
    """

    ratio: float
    at_an_end: float
    floor: float = 0.0


# Each ratio lies above what disease and treatment do in the worked examples and in the sample; a
# slip of the decimal point is tenfold.
DOSE = Spike(ratio=5, at_an_end=5, floor=20)
SPIKES = {
    "prednisone_mg_day": DOSE,
    "prednisone_after_mg_day": DOSE,
    "proteinuria_mg_24h": Spike(ratio=25, at_an_end=40),
    "platelets_10e9_l": Spike(ratio=12, at_an_end=18),
    "leukocytes_10e9_l": Spike(ratio=6, at_an_end=8),
    "haemoglobin_g_dl": Spike(ratio=2, at_an_end=2.5),
    "facit_fatigue": Spike(ratio=7, at_an_end=9),
    "sf36_pcs": Spike(ratio=5, at_an_end=6),
    "sf36_mcs": Spike(ratio=5, at_an_end=6),
    "eq5d_vas": Spike(ratio=8, at_an_end=10),
}
ROUNDING = 1e-9
# Damage comes by one or two points between visits.
LARGEST_DAMAGE_STEP = 3


def check_course(tables: Tables) -> Iterator[Finding]:
    """Damage that falls or leaps, values that leave the patient's own course and come back."""
    visits = tables["visits"]
    ordered = visits.sort_values(["patient_id", "visit_date"], kind="stable")
    yield from _check_damage(ordered)
    for column, spike in SPIKES.items():
        known = ordered.loc[ordered[column] > 0, ["patient_id", column]]
        if known.empty:
            continue
        is_spike = pd.Series(False, index=visits.index)
        is_spike[known.index] = find_spikes(known["patient_id"], known[column], spike)
        unit = spec_of(TABLES["visits"].columns[column]).unit
        message = f"over {spike.ratio:g} times, or under 1/{spike.ratio:g} of, the values around it"
        way_out = f"Check the decimal point and the unit ({unit})."
        yield from query("jump", "visits", column, is_spike, message, way_out)


def _check_damage(ordered: pd.DataFrame) -> Iterator[Finding]:
    known = ordered[ordered["slicc_damage_index"].notna()]
    damage, patient = known["slicc_damage_index"], known["patient_id"]
    falls = damage < damage.groupby(patient).cummax()
    leaps = damage - damage.groupby(patient).shift() > LARGEST_DAMAGE_STEP
    for rule, is_bad, message, way_out in (
        ("damage_falls", falls, "below an earlier value",
         "Check it; the highest earlier value is carried."),
        ("damage_leaps", leaps, f"more than {LARGEST_DAMAGE_STEP} above the value before",
         "Check it; damage once reached is carried on."),
    ):  # fmt: skip
        in_table = is_bad.reindex(range(len(ordered)), fill_value=False)
        yield from query(rule, "visits", "slicc_damage_index", in_table, message, way_out)


def find_spikes(patient: pd.Series, values: pd.Series, spike: Spike) -> NDArray[np.bool_]:
    """Values that stand out from their neighbours. Both series in order of patient and date."""
    level = np.log(values.to_numpy(dtype=np.float64))
    is_same = as_mask(patient == patient.shift())
    step = np.where(is_same, np.diff(level, prepend=np.nan), np.nan)
    from_before, to_after = step, -np.append(step[1:], np.nan)
    lowest_rise, highest_rise = np.fmin(from_before, to_after), np.fmax(from_before, to_after)
    is_at_end = np.isnan(from_before) | np.isnan(to_after)
    limit = np.log(np.where(is_at_end, spike.at_an_end, spike.ratio)) - ROUNDING
    floor = (np.log(spike.floor) if spike.floor else -np.inf) - ROUNDING
    is_spike = (lowest_rise >= limit) & (level >= floor)
    is_spike |= (highest_rise <= -limit) & (level - highest_rise >= floor)
    # An end stands out from a neighbour that itself stands out from both of its own: no news.
    inside = is_spike & ~is_at_end
    beside = np.append(False, inside[:-1]) & is_same | np.append(inside[1:] & is_same[1:], False)
    return is_spike & ~(is_at_end & beside)
