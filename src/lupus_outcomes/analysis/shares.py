"""A share with its limits, as columns of a table and in words."""

import pandas as pd

from lupus_outcomes.analysis.intervals import compute_wilson
from lupus_outcomes.analysis.result import percent


def with_share(table: pd.DataFrame, name: str, of: str) -> pd.DataFrame:
    """With ``proportion_name``, ``ci_low_name`` and ``ci_high_name``: ``n_name`` among ``of``.

    Wilson's limits; NaN where the denominator is empty.
    """
    low, high = compute_wilson(table[f"n_{name}"].to_numpy(), table[of].to_numpy())
    share = table[f"n_{name}"] / table[of].where(table[of] > 0)
    return table.assign(
        **{f"proportion_{name}": share, f"ci_low_{name}": low, f"ci_high_{name}": high}
    )


def share_in_words(at: pd.Series, name: str, of: str) -> str:
    """``54 % (112 of 206; 95 % CI 48–61)``, of one row that ``with_share`` completed."""
    low, high = 100 * at[f"ci_low_{name}"], 100 * at[f"ci_high_{name}"]
    return (
        f"{percent(at[f'proportion_{name}'])} ({at[f'n_{name}']} of {at[of]}; 95 % CI "
        f"{low:.0f}–{high:.0f})"
    )
