"""What the R scripts of this folder found, and the data they found it on."""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def read_data(name):
    return pd.read_csv(HERE / f"{name}.csv")


class Expected:
    """Named vectors; ``expected("x")`` has the figures in R's order."""

    def __init__(self, name):
        table = pd.read_csv(HERE / f"{name}_expected.csv")
        self._values = table.groupby("quantity")["value"].apply(lambda v: v.to_numpy(float))

    def __call__(self, quantity):
        return self._values[quantity]


def agree(found, expected, tolerance):
    """Equal up to ``tolerance``, relative above 1 and absolute below; NaN for R's NA."""
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def printed(found, values):
    """Equal as far as the published digits go: half a unit of the last one."""
    for number, text in zip(np.ravel(found), values.split(), strict=True):
        digits = len(text.partition(".")[2])
        assert abs(float(number) - float(text)) <= 0.5000001 * 10**-digits, (number, text)
