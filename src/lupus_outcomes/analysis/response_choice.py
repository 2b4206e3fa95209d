"""Which curves of time to response are asked for, and the words that all their tables share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lupus_outcomes.analysis.response_curves import (
    METHOD_WORDS,
    METHODS,
    Method,
    Rise,
    estimate_rise,
)
from lupus_outcomes.analysis.result import Result, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.response_times import (
    DEFINITIONS,
    Definition,
    ResponseTimes,
    derive_endpoint_times,
)
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.endpoints import ENDPOINTS

DEFINITION_WORDS = {
    "first": "the first visit at which it is attained",
    "sustained_2": "the first of two assessed visits in a row at which it is attained",
}
DENOMINATOR = (
    "patients in the endpoint's denominator who have not attained it at baseline already; an "
    "unknown baseline is not attained"
)
SOURCES = (
    "Kaplan & Meier 1958, J Am Stat Assoc 53:457",
    "Aalen & Johansen 1978, Scand J Stat 5:141",
    "Turnbull 1976, J R Stat Soc B 38:290",
)


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve of a table: of which endpoint, counted how, in whom."""

    endpoint: str
    definition: Definition
    method: Method
    group: Group
    times: ResponseTimes
    rise: Rise

    @property
    def key(self) -> dict[str, Any]:
        """The columns that name it."""
        return {
            "endpoint": self.endpoint,
            "definition": self.definition,
            "method": self.method,
            "group": self.group.group,
            "level": self.group.level,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; no endpoints are all of the protocol."""

    cohort: Cohort
    selection: Selection
    endpoints: Sequence[str] | None = None
    definitions: Sequence[Definition] = DEFINITIONS
    methods: Sequence[Method] = METHODS

    @property
    def asked(self) -> Sequence[str]:
        """The endpoints, also those this dataset cannot answer."""
        return self.cohort.protocol.endpoints if self.endpoints is None else self.endpoints

    @property
    def answered(self) -> tuple[str, ...]:
        """The endpoints it can."""
        return tuple(name for name in self.asked if name in self.cohort.outcomes)

    def curves(self) -> Iterator[Curve]:
        """Every curve, groups within methods within definitions within endpoints."""
        for endpoint in self.answered:
            for definition in self.definitions:
                times = derive_endpoint_times(self.cohort, endpoint, definition)
                for method in self.methods:
                    for group in self.selection.groups:
                        rise = estimate_rise(times, group.members, method)
                        yield Curve(endpoint, definition, method, group, times, rise)

    def result(
        self,
        *,
        id: str,
        title: str,
        finding: str,
        table: pd.DataFrame,
        shown: tuple[str, ...] = (),
        notes: tuple[str, ...] | None = None,
    ) -> Result:
        """A result with the words that all tables of this choice share, or ``notes`` of its own."""
        uses = tuple(dict.fromkeys(n for name in self.answered for n in ENDPOINTS[name].needs))
        missing = [
            f"{ENDPOINTS[name].label} cannot be told in this dataset: it lacks "
            f"{', '.join(columns)}."
            for name, columns in self.cohort.missing_columns.items()
            if name in self.asked
        ]
        began = " or ".join(DEFINITION_WORDS[definition] for definition in self.definitions)
        return Result(
            id=id,
            title=title,
            finding=finding,
            table=table,
            n_patients=self.selection.n_patients,
            denominator=DENOMINATOR,
            method=(
                f"From the index date to {began}, any visit after day 0 counting; without it, to "
                "the last visit that decides the endpoint. "
                f"{'; '.join(METHOD_WORDS[m] for m in self.methods)}. 95 % limits on the "
                "log(−log) scale."
            ),
            sources=(*dict.fromkeys(ENDPOINTS[name].source for name in self.answered), *SOURCES),
            uses=uses,
            shown=shown,
            notes=(*missing, *remarks(self.cohort, uses)) if notes is None else notes,
        )
