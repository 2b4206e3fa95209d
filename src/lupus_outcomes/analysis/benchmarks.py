"""Published results to set beside ours; other patients, other handling, so never a comparison."""

from functools import cache
from importlib.resources import files

import pandas as pd

from lupus_outcomes.endpoints import ENDPOINTS


@cache
def read_benchmarks() -> pd.DataFrame:
    """Every published result, as it was printed; ``percent`` 0-100."""
    with (files("lupus_outcomes") / "benchmarks.csv").open(encoding="utf-8") as lines:
        return pd.read_csv(lines)


@cache
def find_benchmarks(endpoints: tuple[str, ...]) -> pd.DataFrame:
    """Published attainment of some endpoints: share (0-1), and in words what a reader must know."""
    found = read_benchmarks()
    found = found[found["endpoint"].isin(endpoints)].reset_index(drop=True)
    n = found["n"].map(lambda of: "" if pd.isna(of) else f", n = {of:.0f}")
    words = (
        found["study"] + ", " + found["treatment"] + ", " + found["population"] + n
        + "; " + found["handling"] + "; " + found["citation"]
    )  # fmt: skip
    return found.assign(
        proportion=found["percent"] / 100,
        words=words,
        endpoint_label=found["endpoint"].map(
            {name: endpoint.label for name, endpoint in ENDPOINTS.items()}
        ),
    )
