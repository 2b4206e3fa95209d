"""The course of the disease, month by month: what clears, flares, is tapered, and leaves damage.

Rules: sample-cohort.md D4 and D5. One step looks at the month before and returns a new month, for
all patients at once; the loop runs over months, never over patients.
"""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample import stopping
from lupus_outcomes.data.sample.activity import (
    COLUMN,
    ITEM_IDS,
    Flags,
    Values,
    clear_items,
    compute_clinical_sledai,
    compute_sledai,
    return_serology,
    switch_on_items,
)
from lupus_outcomes.data.sample.assessment import draw_physician_ga
from lupus_outcomes.data.sample.glucocorticoids import raise_at_flare, taper
from lupus_outcomes.data.sample.response import Latent

MONTHS = 60  # of observation a patient; the study's length

# The ramp of D4, full by 1.5 months, is below the resolution of monthly steps: full from the first.
PERSISTENCE_MONTHS, PERSISTENCE_DECAY, PERSISTENCE_FLOOR = 4.0, 4.0, 0.035
# No source: without the drug items clear about as seldom as on placebo in the trials.
OFF_DRUG_CLEARANCE, OFF_DRUG_FLARES = 0.35, 1.9
FLARE_HAZARD, FLARE_RESPONSE, SEVERE_SHARE = 0.0136, -0.60, 0.17
CLASI_DECAY, CLASI_RESPONSE, SWOLLEN_DECAY, TENDER_DECAY = 0.26, 0.35, 0.22, 0.10  # a month
# No source: a rash or an arthritis that returns is milder than the first one.
RETURN_SHARE = 0.6
# Share of flares answered with a new or higher immunosuppressant, by severity (no source).
CHANGE_AT_FLARE = np.array([0.0, 0.05, 0.35])
SKIN_DAMAGE_WITH_RASH, SKIN_DAMAGE_WITHOUT = 0.008, 0.001  # CLASI-D points a month (no source)


@dataclass(frozen=True, slots=True)
class Month:
    """All patients at the end of one month. Arrays by patient; ``items`` has a column an item.

    ``tapered``: prednisone after this month's taper, ``prednisone``: the same raised by a flare,
    mg/day; ``tapered_low``: the taper went below 2.5. ``flare``: 0 none, 1 mild or moderate,
    2 severe, in this month. ``since_restart``: months since start or last flare. ``has_changed``:
    the immunosuppressant was started or raised, now or before. ``stop``: cause in this month or
    -1; ``on_drug`` at the end of the month.
    """

    items: Flags
    clasi: Values
    clasi_damage: Values
    swollen: Values
    tender: Values
    physician_ga: Values
    tapered: Values
    prednisone: Values
    tapered_low: Flags
    sdi: Values
    since_restart: Values
    flare: NDArray[np.int64]
    last_flare: Values
    has_changed: Flags
    stop: NDArray[np.int64]
    on_drug: Flags


@dataclass(frozen=True, slots=True)
class Course(Month):
    """Months stacked: every array of Month with the month as second axis, (patients, months)."""


def simulate_course(baseline: pd.DataFrame, latent: Latent, rng: np.random.Generator) -> Course:
    """The months 0 to 60 of all patients, whether observed or not."""
    history = [_start(baseline, latent, rng)]
    for month in range(1, MONTHS + 1):
        history.append(_advance(month, baseline, latent, history[-1], rng))
    return Course(
        **{f.name: np.stack([getattr(m, f.name) for m in history], axis=1) for f in fields(Month)}
    )


def _start(baseline: pd.DataFrame, latent: Latent, rng: np.random.Generator) -> Month:
    none = np.zeros(len(baseline), dtype=np.int64)
    items = baseline[list(ITEM_IDS)].to_numpy(bool)
    clasi, swollen, tender = (baseline[c].to_numpy(float) for c in ("clasi", "swollen", "tender"))
    dose = baseline["prednisone"].to_numpy(float)
    never = np.full(len(baseline), 99.0)
    return Month(
        items=items,
        clasi=clasi,
        clasi_damage=baseline["clasi_damage"].to_numpy(float),
        swollen=swollen,
        tender=tender,
        physician_ga=draw_physician_ga(items, clasi, swollen, baseline, latent, rng),
        tapered=dose,
        prednisone=dose,
        tapered_low=none > 0,
        sdi=baseline["sdi"].to_numpy(float),
        since_restart=none.astype(float),
        flare=none,
        last_flare=never,
        has_changed=none > 0,
        stop=none - 1,
        on_drug=np.ones(len(baseline), dtype=bool),
    )


def _advance(
    month: int,
    baseline: pd.DataFrame,
    latent: Latent,
    before: Month,
    rng: np.random.Generator,
) -> Month:
    cleared = _clear(baseline, latent, before, rng)
    flare = _draw_flares(month, latent, before, rng)
    number = np.choose(flare, [0 * flare, rng.integers(1, 3, flare.size), 4 + 0 * flare])
    items = switch_on_items(cleared, number, rng)
    new = items & ~cleared
    clasi = _follow_skin(baseline, latent, before, new)
    swollen, tender = _follow_joints(baseline, latent, before, new)
    last_flare = np.where(flare > 0, 0.0, before.last_flare + 1)
    tapered = taper(before.prednisone, compute_clinical_sledai(items), last_flare, rng)
    stop = _draw_stops(month, baseline, before, rng)
    return Month(
        items=items,
        clasi=clasi,
        clasi_damage=before.clasi_damage + _skin_damage(before, rng),
        swollen=swollen,
        tender=tender,
        physician_ga=draw_physician_ga(items, clasi, swollen, baseline, latent, rng),
        tapered=tapered,
        prednisone=raise_at_flare(tapered, flare, rng),
        tapered_low=(tapered < before.prednisone) & (tapered < 2.5),
        sdi=before.sdi + _damage(month, baseline, before, rng),
        since_restart=np.where(flare > 0, 0.0, before.since_restart + 1),
        flare=flare,
        last_flare=last_flare,
        has_changed=before.has_changed | (rng.random(flare.size) < CHANGE_AT_FLARE[flare]),
        stop=stop,
        on_drug=before.on_drug & (stop < 0),
    )


def _clear(
    baseline: pd.DataFrame, latent: Latent, before: Month, rng: np.random.Generator
) -> Flags:
    waited = np.maximum(before.since_restart - PERSISTENCE_MONTHS, 0.0)
    persistence = np.maximum(np.exp(-waited / PERSISTENCE_DECAY), PERSISTENCE_FLOOR)
    pace = persistence * np.where(before.on_drug, 1.0, OFF_DRUG_CLEARANCE)
    items = clear_items(before.items, latent.eta, pace, rng)
    return return_serology(items, baseline[list(ITEM_IDS)].to_numpy(bool), rng)


def _draw_flares(
    month: int, latent: Latent, before: Month, rng: np.random.Generator
) -> NDArray[np.int64]:
    hazard = (
        FLARE_HAZARD
        * np.exp(FLARE_RESPONSE * latent.eta)
        * np.where(compute_clinical_sledai(before.items) == 0, 0.75, 1.25)
        * np.where(before.tapered_low, 1.2, 1.0)
        * (0.6 if month <= 2 else 1.0)
        * np.where(before.on_drug, 1.0, OFF_DRUG_FLARES)
    )
    flares = rng.random(hazard.size) < -np.expm1(-hazard)
    return flares * (1 + (rng.random(hazard.size) < SEVERE_SHARE))


def _follow_skin(baseline: pd.DataFrame, latent: Latent, before: Month, new: Flags) -> Values:
    first = baseline["clasi_of_first_rash"].to_numpy()
    floor = np.minimum(latent.clasi_floor * first, before.clasi)
    kept = np.exp(-CLASI_DECAY * np.exp(CLASI_RESPONSE * latent.eta))
    clasi = floor + (before.clasi - floor) * kept
    return np.where(new[:, COLUMN["rash"]], np.maximum(clasi, RETURN_SHARE * first), clasi)


def _follow_joints(
    baseline: pd.DataFrame, latent: Latent, before: Month, new: Flags
) -> tuple[Values, Values]:
    returned = new[:, COLUMN["arthritis"]]
    counts = []
    for name, decay in (("swollen", SWOLLEN_DECAY), ("tender", TENDER_DECAY)):
        first, count = baseline[f"{name}_of_first_arthritis"].to_numpy(), getattr(before, name)
        floor = np.minimum(latent.joint_floor * first, count)
        count = floor + (count - floor) * np.exp(-decay)
        counts.append(np.where(returned, np.maximum(count, RETURN_SHARE * first), count))
    return counts[0], counts[1]


def _damage(month: int, baseline: pd.DataFrame, before: Month, rng: np.random.Generator) -> Flags:
    hazard = (
        0.0028
        + 0.0010 * (before.prednisone > 7.5)
        + 0.0016 * (compute_clinical_sledai(before.items) > 4)
        + 0.0007 * (baseline["age"].to_numpy() + month / 12 > 50)
        + 0.0006 * (before.sdi > 0)
    )
    return rng.random(hazard.size) < hazard


def _skin_damage(before: Month, rng: np.random.Generator) -> Flags:
    rash = before.items[:, COLUMN["rash"]]
    return rng.random(rash.size) < np.where(rash, SKIN_DAMAGE_WITH_RASH, SKIN_DAMAGE_WITHOUT)


def _draw_stops(
    month: int, baseline: pd.DataFrame, before: Month, rng: np.random.Generator
) -> NDArray[np.int64]:
    hazards = stopping.compute_hazards(
        stopping.AtRisk(
            month=month,
            sledai=compute_sledai(before.items),
            physician_ga=before.physician_ga,
            in_doris=(compute_clinical_sledai(before.items) == 0)
            & (before.physician_ga < 0.5)
            & (before.prednisone <= 5),
            female=baseline["female"].to_numpy(),
            age=baseline["age"].to_numpy() + month / 12,
        )
    )
    return np.where(before.on_drug, stopping.draw_stops(hazards, rng), -1)
