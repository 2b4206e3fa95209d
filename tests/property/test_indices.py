"""What must hold for every patient: missing data widen, never contradict; rows do not interact."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lupus_outcomes.indices import bicla, bilag, doris, lldas, sle_das, sledai, sri
from lupus_outcomes.indices.three_valued import UNKNOWN

pytestmark = pytest.mark.slow

N_ITEMS = len(sledai.DESCRIPTOR_IDS)
MEASURED_ITEMS = tuple(
    sledai.DESCRIPTOR_IDS.index(name) for name in ("proteinuria", "thrombocytopenia", "leukopenia")
)
GATES = (sle_das.PROTEINURIA, sle_das.PLATELETS, sle_das.LEUKOCYTES)
OTHER_FLAGS = tuple(name for name in sle_das.POINTS if name not in sledai.DESCRIPTOR_IDS)
# Conditions: descriptors now, two more features, all of them before, and single conditions.
N_FEATURES = N_ITEMS + 2
SINGLE = ("stable", "in_limits", "investigational", "localised", "generalised", *OTHER_FLAGS)
N_CONDITIONS = 2 * N_FEATURES + len(SINGLE)
N_NUMBERS = 6


@dataclass(frozen=True)
class Visits:
    """Conditions of shape (conditions, visits), numbers of shape (6, visits)."""

    conditions: np.ndarray
    numbers: np.ndarray

    @property
    def items(self):
        return self.conditions[:N_ITEMS]

    def single(self, name):
        return self.conditions[2 * N_FEATURES + SINGLE.index(name)]

    def reordered(self, order):
        return Visits(self.conditions[:, order], self.numbers[:, order])


@st.composite
def visits(draw):
    """Up to three visits on which little is known to be active, so that states are often met."""
    n = draw(st.integers(1, 3))
    mostly_absent = st.sampled_from([-1] * 12 + [0, 1])
    conditions = draw(arrays(np.int8, (N_CONDITIONS, n), elements=mostly_absent))
    numbers = np.stack(
        [
            draw(arrays(np.float64, n, elements=st.sampled_from(values)))
            for values in (
                [0.0, 0.4, 0.5, 1.0, 1.1, np.nan],
                [0.0, 5.0, 5.01, 7.5, 8.0, np.nan],
                [0.0, 0.0, 1.0, 28.0, np.nan],
                [0.0, 500.0, 501.0, 50_000.0, np.nan],
                [1.0, 99.0, 100.0, 300.0, np.nan],
                [0.1, 2.9, 3.0, 8.0, np.nan],
            )
        ]
    )
    return _with_matching_descriptors(Visits(conditions, numbers))


def _with_matching_descriptors(drawn):
    """A measurement that is known decides its descriptor."""
    conditions = drawn.conditions.copy()
    for row, gate, value in zip(MEASURED_ITEMS, GATES, drawn.numbers[3:], strict=True):
        beyond = value > gate.limit if gate.counts_above else value < gate.limit
        known = ~np.isnan(value)
        conditions[row, known] = np.where(beyond[known], 1, -1)
    return Visits(conditions, drawn.numbers)


@st.composite
def completions(draw, drawn):
    """The same visits with every unknown filled in, one way or the other."""
    shape = drawn.conditions.shape
    filled = draw(arrays(np.int8, shape, elements=st.sampled_from([-1, 1])))
    conditions = np.where(drawn.conditions == UNKNOWN, filled, drawn.conditions)
    share = draw(arrays(np.float64, drawn.numbers.shape, elements=st.floats(0.001, 1)))
    values = share * np.array([[3.0], [60.0], [28.0], [0], [0], [0]])
    values[2] = np.round(values[2])
    for row, gate, position in zip(MEASURED_ITEMS, GATES, (3, 4, 5), strict=True):
        # ``share`` of the way from the limit to the extreme, or to a normal value.
        normal = 0 if gate.counts_above else 3 * gate.limit
        target = np.where(conditions[row] == 1, gate.extreme, normal)
        values[position] = gate.limit + share[position] * (target - gate.limit)
    numbers = np.where(np.isnan(drawn.numbers), values, drawn.numbers)
    return Visits(conditions, numbers)


@st.composite
def blankings(draw, drawn):
    """The same visits with more missing."""
    lost = draw(arrays(np.bool_, drawn.conditions.shape))
    lost_numbers = draw(arrays(np.bool_, drawn.numbers.shape))
    return Visits(
        np.where(lost, UNKNOWN, drawn.conditions).astype(np.int8),
        np.where(lost_numbers, np.nan, drawn.numbers),
    )


def _sle_das_inputs(drawn):
    of = dict(zip(sledai.DESCRIPTOR_IDS, drawn.items, strict=True))
    flags = {name: of[name] if name in of else drawn.single(name) for name in sle_das.POINTS}
    return sle_das.SleDasInputs(
        flags,
        drawn.single("localised"),
        drawn.single("generalised"),
        *drawn.numbers[2:],
        *(drawn.items[row] for row in MEASURED_ITEMS),
    )


def states(drawn):
    """All states and categories by name, with 0 for unknown."""
    ga, dose = drawn.numbers[:2]
    total = sledai.compute_sledai_2k(drawn.items)
    clinical = sledai.compute_clinical_sledai(drawn.items)
    now = drawn.conditions[:N_FEATURES]
    before = drawn.conditions[N_FEATURES : 2 * N_FEATURES]
    items = lldas.LldasItems(
        activity=lldas.compute_activity_item(drawn.items, total, *now[N_ITEMS:]),
        no_new=lldas.compute_no_new_item(now, before, np.ones(now.shape[1], dtype=bool)),
        physician_ga=lldas.compute_physician_ga_item(ga),
        glucocorticoid=lldas.compute_glucocorticoid_item(dose),
        maintenance=lldas.compute_maintenance_item(
            drawn.single("in_limits"), drawn.single("investigational")
        ),
    )
    inputs = _sle_das_inputs(drawn)
    score = sle_das.compute_sle_das(inputs)
    parts = doris.compute_doris_items(clinical, ga, dose, drawn.single("stable"))
    return {
        "doris": doris.compute_doris_2021(parts),
        "doris_off_treatment": doris.compute_doris_off_treatment(
            parts, dose, drawn.single("in_limits")
        ),
        "lldas": lldas.compute_lldas(items),
        "sle_das_remission": sle_das.compute_remission(score, dose),
        "sle_das_remission_boolean": sle_das.compute_remission_boolean(inputs, dose),
        "sle_das_lda": sle_das.compute_low_disease_activity(score, dose),
        "sle_das_category": sle_das.compute_category(score) + 1,
    }


def scores(drawn):
    return (
        sledai.compute_sledai_2k(drawn.items),
        sledai.compute_clinical_sledai(drawn.items),
        sle_das.compute_sle_das(_sle_das_inputs(drawn)),
    )


@settings(deadline=None)
@given(st.data())
def test_filling_the_gaps_never_contradicts_a_decided_state(data):
    drawn = data.draw(visits())
    complete = data.draw(completions(drawn))

    later = states(complete)
    for name, state in states(drawn).items():
        decided = state != UNKNOWN
        np.testing.assert_array_equal(state[decided], later[name][decided], err_msg=name)
        assert (later[name] != UNKNOWN).all(), name


@settings(deadline=None)
@given(st.data())
def test_bounds_hold_every_completion(data):
    drawn = data.draw(visits())
    complete = data.draw(completions(drawn))

    for bounds, score in zip(scores(drawn), scores(complete), strict=True):
        assert (score.low == score.high).all()
        assert ((bounds.low <= score.low) & (score.low <= bounds.high)).all()


@settings(deadline=None)
@given(st.data())
def test_more_missing_never_decides_what_was_open(data):
    drawn = data.draw(visits())
    blanked = data.draw(blankings(drawn))

    earlier = states(drawn)
    for name, state in states(blanked).items():
        assert ((state == earlier[name]) | (state == UNKNOWN)).all(), name


@settings(deadline=None)
@given(st.data())
def test_the_order_of_rows_does_not_matter(data):
    drawn = data.draw(visits())
    order = data.draw(st.permutations(range(drawn.numbers.shape[1])))

    before, after = states(drawn), states(drawn.reordered(order))
    for name, state in after.items():
        np.testing.assert_array_equal(state, before[name][order], err_msg=name)


@settings(deadline=None)
@given(arrays(np.int8, (N_ITEMS, 3), elements=st.sampled_from([-1, -1, -1, 1])), st.data())
def test_what_totals_prove_about_descriptors_is_true(items, data):
    def some_recorded(totals):
        return np.where(data.draw(arrays(np.bool_, 3)), totals, np.nan)

    total = some_recorded(sledai.compute_sledai_2k(items).value)
    clinical = some_recorded(sledai.compute_clinical_sledai(items).value)
    nothing = np.zeros_like(items)

    deduced = sledai.deduce_items_from_totals(nothing, total, clinical)

    assert ((deduced == items) | (deduced == UNKNOWN)).all()
    bounds = sledai.bound_by_other_total(
        sledai.compute_clinical_sledai(deduced), total - 4, total, nothing
    )
    truth = sledai.compute_clinical_sledai(items).value
    assert ((bounds.low <= truth) & (truth <= bounds.high)).all()


grades = arrays(np.int8, (9, 2), elements=st.sampled_from([-1, 0, 1, 1, 1, 2, 3, 4]))
totals = arrays(np.float64, 2, elements=st.integers(0, 20))
widths = arrays(np.float64, 2, elements=st.sampled_from([0, 0, 4]))
global_assessments = arrays(np.float64, 2, elements=st.sampled_from([1.0, 1.2, 1.3, np.nan]))


@settings(deadline=None)
@given(st.data())
def test_composite_responses_and_flares_agree_with_every_completion(data):
    low, high_by = [data.draw(totals) for _ in range(2)], [data.draw(widths) for _ in range(2)]
    drawn_grades = [data.draw(grades) for _ in range(2)]
    drawn_ga = [data.draw(global_assessments) for _ in range(2)]
    share = data.draw(st.floats(0, 1))
    filled = data.draw(arrays(np.int8, (9, 2), elements=st.integers(0, 4)))

    drawn = sri.ResponderInputs(
        *(sledai.Score(a, a + b) for a, b in zip(low, high_by, strict=True)),
        *drawn_grades,
        *drawn_ga,
    )
    exact = [a + np.round(share * b) for a, b in zip(low, high_by, strict=True)]
    complete = sri.ResponderInputs(
        *(sledai.Score(a, a) for a in exact),
        *(np.where(codes == bilag.MISSING, filled, codes) for codes in drawn_grades),
        *(np.where(np.isnan(ga), 1 + share, ga) for ga in drawn_ga),
    )

    for respond in (sri.compute_sri_4, sri.compute_modified_sri_4, bicla.compute_bicla, _flare):
        before, after = respond(drawn), respond(complete)
        assert ((before == after) | (before == UNKNOWN)).all()


def _flare(inputs):
    return bilag.compute_graded_flare(inputs.bilag_now, inputs.bilag_baseline) + 1
