"""Patient-reported outcomes: scoring where it is free, and what change matters to patients.

Wording of FACIT, SF-36, EQ-5D and LupusQoL is licensed: only their arithmetic is here. SF-36 and
the EQ-5D index come scored by their own algorithms.

The smallest change that matters is not the same for better and for worse, and directions differ:
each ``Instrument`` says which way is better. A missing score makes a change unknown, as does an
instrument for which no threshold is established; too few answered items make a score missing.
"""

from dataclasses import dataclass

import numpy as np

from lupus_outcomes.indices.three_valued import (
    UNKNOWN,
    Numbers,
    ThreeValued,
    at_least,
    fallen_by,
    some,
)

LAI_2011 = "Lai 2011, J Rheumatol 38:672"
COLANGELO_2009 = "Colangelo 2009, J Rheumatol 36:2231"
MCELHONE_2016 = "McElhone 2016, Arthritis Care Res 68:1505"
NOT_ESTABLISHED = np.nan


@dataclass(frozen=True, slots=True)
class Instrument:
    """One measure. ``better`` and ``worse`` are sizes of change, in points, never negative.

    ``better_fraction``: a relative change that matters too. ``column``: the name in the dataset.
    Thresholds that rest on expert knowledge say so in ``source``.
    """

    column: str
    label: str
    low: float
    high: float
    higher_is_better: bool
    better: float
    worse: float
    unit: str
    source: str
    better_fraction: float | None = None


INSTRUMENTS = (
    Instrument(
        "facit_fatigue", "FACIT-Fatigue", 0, 52, True, 4, 4, "0-52, 7 days", f"{LAI_2011}: 3-6"
    ),
    Instrument(
        "sf36_pcs", "SF-36 physical", -20, 100, True, 2.1, 2.2, "norm 50, SD 10", COLANGELO_2009
    ),
    Instrument(
        "sf36_mcs", "SF-36 mental", -20, 100, True, 2.4, 1.2, "norm 50, SD 10", COLANGELO_2009
    ),
    Instrument(
        "eq5d_index",
        "EQ-5D index",
        -1,
        1,
        True,
        0.04,
        0.04,
        "1 is full health, by country",
        "McClure 2017, Value Health 20:644: about 0.04-0.07",
    ),
    Instrument(
        "eq5d_vas", "EQ-5D scale", 0, 100, True, 7, 7, "0-100, today", "expert knowledge: 7-10"
    ),
    Instrument(
        "lupusqol_physical",
        "LupusQoL physical health",
        0,
        100,
        True,
        3.5,
        2.4,
        "0-100, 4 weeks",
        f"{MCELHONE_2016}: 3.5-7.3 better, 2.4-8.7 worse, by domain",
    ),
    Instrument(
        "lupuspro",
        "LupusPRO",
        0,
        100,
        True,
        NOT_ESTABLISHED,
        NOT_ESTABLISHED,
        "0-100, 4 weeks",
        "no firm threshold in lupus",
    ),
    Instrument(
        "lupus_impact_tracker",
        "Lupus Impact Tracker",
        0,
        100,
        False,
        NOT_ESTABLISHED,
        NOT_ESTABLISHED,
        "0-100, 4 weeks",
        "no firm threshold in lupus",
    ),
    Instrument("pain_vas", "Pain", 0, 100, False, 15.8, 8.5, "0-100", COLANGELO_2009),
    Instrument("fatigue_vas", "Fatigue", 0, 100, False, 13.9, 9.1, "0-100", COLANGELO_2009),
    Instrument("sleep_vas", "Sleep", 0, 100, False, 8.6, 7.6, "0-100", COLANGELO_2009),
    Instrument(
        "pain_nrs", "Pain, numeric", 0, 10, False, 2, 2, "0-10", "Farrar 2001, Pain 94:149", 0.3
    ),
    Instrument("haq_di", "HAQ disability", 0, 3, False, 0.08, 0.14, "0-3, 7 days", COLANGELO_2009),
    Instrument(
        "patient_ga",
        "Patient global assessment",
        0,
        100,
        False,
        10,
        10,
        "0-100",
        "expert knowledge: 10-15",
    ),
)
BY_COLUMN = {instrument.column: instrument for instrument in INSTRUMENTS}


def compute_improved(
    instrument: Instrument,
    baseline: Numbers,
    now: Numbers,
    *,
    threshold: float | None = None,
    leave_out_no_room: bool = False,
) -> ThreeValued:
    """Better by at least the change that matters (inclusive).

    Parameters
    ----------
    instrument
        Gives the direction and, unless ``threshold`` is given, the change that matters.
    baseline, now
        Scores, shape (n,), NaN where missing.
    threshold
        Another change in points, for example of a trial.
    leave_out_no_room
        Unknown for patients who at baseline are within that change of the best score.
    """
    needed = instrument.better if threshold is None else threshold
    held = at_least(_gain(instrument, baseline, now), needed)
    if threshold is None and instrument.better_fraction is not None:
        held = some(held, fallen_by(baseline, now, instrument.better_fraction))
    if not leave_out_no_room:
        return held
    room = instrument.high - baseline if instrument.higher_is_better else baseline - instrument.low
    return np.where(room < needed, UNKNOWN, held)


def compute_worsened(
    instrument: Instrument, baseline: Numbers, now: Numbers, *, threshold: float | None = None
) -> ThreeValued:
    """Worse by at least the change that matters (inclusive); missing is unknown."""
    needed = instrument.worse if threshold is None else threshold
    return at_least(-_gain(instrument, baseline, now), needed)


def _gain(instrument: Instrument, baseline: Numbers, now: Numbers) -> Numbers:
    change = now - baseline if instrument.higher_is_better else baseline - now
    # 0.58 - 0.44 is 0.13999999999999996 in binary: changes are compared at six decimals.
    return np.round(change, 6)


# FACIT-Fatigue in the order it is printed; energy and usual activities are not reversed.
FACIT_FATIGUE_ITEMS = (
    "HI7",
    "HI12",
    "An1",
    "An2",
    "An3",
    "An4",
    "An5",
    "An7",
    "An8",
    "An12",
    "An14",
    "An15",
    "An16",
)
FACIT_NOT_REVERSED = ("An5", "An7")
FACIT_LARGEST_ANSWER, FACIT_LEAST_ANSWERED = 4, 7
LUPUSQOL_LARGEST_ANSWER = 4
IMPACT_TRACKER_ITEMS, IMPACT_TRACKER_LARGEST_ANSWER, IMPACT_TRACKER_LEAST_ANSWERED = 10, 4, 7


def compute_facit_fatigue(answers: Numbers) -> Numbers:
    """FACIT-Fatigue, 0-52, higher is better. Cella; Lai 2011.

    ``answers``: 0-4, shape (13, n) in the order of FACIT_FATIGUE_ITEMS, NaN where not answered.
    Prorated from 7 answers on; with fewer the score is missing.
    """
    is_reversed = np.array([item not in FACIT_NOT_REVERSED for item in FACIT_FATIGUE_ITEMS])
    scored = np.where(is_reversed[:, None], FACIT_LARGEST_ANSWER - answers, answers)
    n_answered = (~np.isnan(answers)).sum(axis=0)
    return prorate(
        np.nansum(scored, axis=0), n_answered, len(FACIT_FATIGUE_ITEMS), FACIT_LEAST_ANSWERED
    )


def prorate(sum_scored: Numbers, n_answered: Numbers, n_items: int, least_answered: int) -> Numbers:
    """Sum over answered items scaled to all; NaN with fewer answers than ``least_answered``."""
    enough = n_answered >= least_answered
    return np.where(enough, sum_scored * n_items / np.where(enough, n_answered, 1), np.nan)


def compute_lupusqol_domain(answers: Numbers) -> Numbers:
    """One LupusQoL domain, 0-100, higher is better: mean answer / 4 * 100. McElhone 2007.

    ``answers``: 0-4, shape (items of the domain, n), NaN where not answered; missing with fewer
    than half of the items.
    """
    n_items = len(answers)
    n_answered = (~np.isnan(answers)).sum(axis=0)
    total = prorate(np.nansum(answers, axis=0), n_answered, n_items, -(-n_items // 2))
    return 100 * total / (n_items * LUPUSQOL_LARGEST_ANSWER)


def compute_lupus_impact_tracker(answers: Numbers) -> Numbers:
    """Lupus Impact Tracker, 0-100, higher is worse; no threshold is established. Jolly 2014.

    ``answers``: 0-4, shape (10, n), NaN where not answered. Prorated from 7 answers on.
    """
    n_answered = (~np.isnan(answers)).sum(axis=0)
    total = prorate(
        np.nansum(answers, axis=0),
        n_answered,
        IMPACT_TRACKER_ITEMS,
        IMPACT_TRACKER_LEAST_ANSWERED,
    )
    return 100 * total / (IMPACT_TRACKER_ITEMS * IMPACT_TRACKER_LARGEST_ANSWER)
