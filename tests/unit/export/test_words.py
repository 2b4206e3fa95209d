"""Numbers as pages and files write them."""

import pandas as pd
import pytest

from lupus_outcomes.export.words import readable


@pytest.mark.parametrize(
    ("value", "said"), [(-0.00001, "+0.0"), (0.00001, "+0.0"), (-0.0123, "−1.2"), (0.5, "+50.0")]
)
def test_a_rounded_nothing_has_no_minus(value, said):
    shown = readable(pd.DataFrame({"difference": [value]}))
    assert list(next(iter(shown.values()))) == [said]


def test_nor_has_a_limit():
    table = pd.DataFrame(
        {"measure": ["sledai_2k"], "mean_change": [-0.04], "ci_low": [-1.26], "ci_high": [-0.01]}
    )
    cells = [cell for column in readable(table).values() for cell in column]
    assert "0.0 (−1.3 to 0.0)" in cells
