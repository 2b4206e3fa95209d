import numpy as np
import pytest

from lupus_outcomes.indices import classification
from tests.unit.indices.drawn import signs


def criteria(vocabulary, drawn):
    """Present criteria by name, unknown ones with a question mark behind, the rest absent."""
    names = drawn.split()
    codes = [1 if name in names else 0 if f"{name}?" in names else -1 for name in vocabulary]
    return np.array(codes, dtype=np.int8)[:, np.newaxis]


EULAR_ACR = tuple(item.id for item in classification.EULAR_ACR_2019)


@pytest.mark.parametrize(
    ("ana", "drawn", "meets", "points"),
    [
        (1, "joint anti_dsdna", "+", 12),
        (1, "anti_dsdna low_c3_and_c4", "-", 10),
        (1, "acute_cutaneous oral_ulcers anti_sm anti_dsdna", "+", 12),
        (1, "leukopenia thrombocytopenia joint", "+", 10),
        (1, "fever joint", "-", 8),
        (-1, "joint class_iii_iv", "-", np.nan),
        (0, "joint class_iii_iv", "?", 16),
        (1, "joint proteinuria?", "?", np.nan),
        (1, "class_iii_iv proteinuria?", "+", 10),
    ],
)
def test_eular_acr_2019_counts_the_highest_item_of_a_domain(ana, drawn, meets, points):
    found = classification.classify_eular_acr_2019(
        np.array([ana], dtype=np.int8), criteria(EULAR_ACR, drawn)
    )

    assert signs(found.meets) == meets
    np.testing.assert_array_equal(found.score.value, [points])


@pytest.mark.parametrize(
    ("clinical", "immunological", "biopsy", "meets"),
    [
        ("acute_cutaneous synovitis renal", "ana", -1, "+"),
        ("acute_cutaneous synovitis renal serositis", "", -1, "-"),
        ("", "ana anti_dsdna anti_sm low_complement", -1, "-"),
        ("renal", "ana", 1, "+"),
        ("renal", "", 1, "-"),
        ("renal", "ana?", 1, "?"),
        ("renal", "anti_dsdna", 0, "?"),
    ],
)
def test_slicc_2012_needs_both_kinds_or_a_biopsy(clinical, immunological, biopsy, meets):
    found = classification.classify_slicc_2012(
        criteria(classification.SLICC_2012_CLINICAL, clinical),
        criteria(classification.SLICC_2012_IMMUNOLOGICAL, immunological),
        np.array([biopsy], dtype=np.int8),
    )
    assert signs(found.meets) == meets


@pytest.mark.parametrize(
    ("drawn", "meets"),
    [
        ("malar_rash photosensitivity arthritis ana", "+"),
        ("malar_rash photosensitivity ana", "-"),
        ("malar_rash photosensitivity ana renal?", "?"),
    ],
)
def test_acr_1997_needs_four_of_eleven(drawn, meets):
    found = classification.classify_acr_1997(criteria(classification.ACR_1997, drawn))
    assert signs(found.meets) == meets
