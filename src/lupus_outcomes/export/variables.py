"""Variables as statistics programs know them: label, words of the values, why one is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, Numbers, ThreeValued

NOT_COLLECTED, UNKNOWN_VALUE, NOT_DUE, NO_VISIT = "a", "b", "c", "d"
NOT_APPLICABLE, OFF_DRUG, WITHHELD = "e", "f", "w"
# Stata's extended missing values: the letter after the dot says why.
MISSING_WORDS = MappingProxyType(
    {
        NOT_COLLECTED: "not collected by this registry",
        UNKNOWN_VALUE: "unknown: not recorded, or left open by what was",
        NOT_DUE: "not due by the data cut",
        NO_VISIT: "no visit in the window",
        NOT_APPLICABLE: "does not apply",
        OFF_DRUG: "off the drug by then",
        WITHHELD: "withheld: too few patients alike",
    }
)
NO_YES = MappingProxyType({0: "no", 1: "yes"})
LONGEST_NAME, LONGEST_LABEL = 32, 80


def short_name(endpoint: str) -> str:
    """An endpoint's id, short enough to take a suffix within the longest name."""
    return endpoint.replace("glucocorticoid", "gc")


@dataclass(frozen=True, slots=True)
class Variable:
    """One column. ``values``: NaN where missing; ``missing``: why, a letter, empty where known."""

    name: str
    label: str
    values: Numbers
    missing: NDArray[np.str_]
    codes: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_named(self) -> bool:
        """Whether its numbers stand for words other than no and yes."""
        return bool(self.codes) and dict(self.codes) != dict(NO_YES)

    def take(self, rows: NDArray[np.integer]) -> "Variable":
        """The same for some rows, in that order; codes that nobody has are left out."""
        values = self.values[rows]
        present = set(values[~np.isnan(values)].astype(int).tolist()) if self.is_named else set()
        codes = {c: w for c, w in self.codes.items() if c in present} if present else self.codes
        return replace(self, values=values, missing=self.missing[rows], codes=codes)

    def without(self, withheld: NDArray[np.bool_]) -> "Variable":
        """The same with the values of some rows withheld."""
        return replace(
            self,
            values=np.where(withheld, np.nan, self.values),
            missing=np.where(withheld, WITHHELD, self.missing),
        )


def number(
    name: str,
    label: str,
    values: NDArray,
    why: str | NDArray[np.str_] = UNKNOWN_VALUE,
    codes: Mapping[int, str] = MappingProxyType({}),
) -> Variable:
    """A measurement, or codes with their words; ``why`` it is missing where it is NaN."""
    known = np.asarray(values, dtype=np.float64)
    missing = np.where(np.isnan(known), why, "").astype("<U1")
    return Variable(name, label[:LONGEST_LABEL], known, missing, codes)


def yes_no(
    name: str, label: str, answers: ThreeValued, why: str | NDArray[np.str_] = UNKNOWN_VALUE
) -> Variable:
    """A three-valued answer: 1, 0, and why it is missing."""
    values = np.select([answers == TRUE, answers == FALSE], [1.0, 0.0], np.nan)
    return number(name, label, values, why, NO_YES)


def condition(name: str, label: str, holds: NDArray[np.bool_]) -> Variable:
    """What is never unknown."""
    return yes_no(name, label, np.where(holds, TRUE, FALSE))


def uncollected(name: str, label: str, shape: tuple[int, ...]) -> Variable:
    """A variable that the registry does not have."""
    return yes_no(name, label, np.full(shape, UNKNOWN), NOT_COLLECTED)


def as_text_frame(variables: Sequence[Variable]) -> pd.DataFrame:
    """For CSV: words where numbers stand for words, numbers elsewhere, empty where missing."""
    return pd.DataFrame({v.name: _in_words(v) for v in variables})


def _in_words(variable: Variable) -> pd.Series:
    values = pd.Series(variable.values)
    if variable.is_named:
        return values.map(dict(variable.codes)).astype(object)
    is_whole = (values.dropna() % 1 == 0).all()
    return values.astype("Int64") if is_whole else values


def codebook(tables: Mapping[str, Sequence[Variable]]) -> pd.DataFrame:
    """Every variable: its table, label, kind, the words of its codes, and why it is missing."""
    return pd.DataFrame(
        [
            {
                "table": table,
                "name": variable.name,
                "label": variable.label,
                "kind": "words" if variable.is_named else "number",
                "codes": "; ".join(f"{code} = {words}" for code, words in variable.codes.items()),
                "n": int((~np.isnan(variable.values)).sum()),
                "missing": "; ".join(_why_missing(variable)),
            }
            for table, variables in tables.items()
            for variable in variables
        ]
    )


def _why_missing(variable: Variable) -> list[str]:
    return [
        f"{words}: {count:,}"
        for letter, words in MISSING_WORDS.items()
        if (count := int((variable.missing == letter).sum()))
    ]
