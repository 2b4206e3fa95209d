"""A study as derived from a dataset: who is in it, states at visits, outcomes in time."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.read import Dataset
from lupus_outcomes.derive.adverse_events import AdverseEvents, derive_adverse_events
from lupus_outcomes.derive.blocks import derive_in_blocks
from lupus_outcomes.derive.characteristics import (
    Characteristic,
    derive_baseline,
    derive_characteristics,
)
from lupus_outcomes.derive.follow_up import FollowUp, derive_follow_up
from lupus_outcomes.derive.outcomes import Outcome
from lupus_outcomes.derive.timepoints import Timepoints
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.errors import UsageError
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import Endpoint, Protocol


@dataclass(frozen=True)
class Cohort:
    """Everything about a study's patients that does not depend on a filter.

    ``tables``: the dataset's tables with nothing after the data cut or a withdrawal. ``patients``:
    one row a patient with what was found at baseline. ``states``: one row a visit. ``outcomes``:
    by endpoint id, those the dataset can answer; ``missing_columns`` names what the others lack.
    """

    dataset: Dataset
    protocol: Protocol
    data_cut: dt.date
    definitions: Definitions
    tables: Mapping[str, pd.DataFrame]
    patients: pd.DataFrame
    characteristics: Mapping[str, Characteristic]
    states: pd.DataFrame
    baseline: NDArray[np.int64]
    follow_up: FollowUp
    timepoints: Timepoints
    outcomes: Mapping[str, Outcome]
    missing_columns: Mapping[str, tuple[str, ...]]

    @property
    def n_patients(self) -> int:
        """Patients enrolled by the data cut."""
        return len(self.patients)

    @cached_property
    def adverse_events(self) -> AdverseEvents:
        """Treatment-emergent adverse events, derived when first asked for."""
        return derive_adverse_events(self.tables["adverse_events"], self.follow_up)


def derive_cohort(
    dataset: Dataset,
    protocol: Protocol,
    data_cut: dt.date | None = None,
    definitions: Definitions = Definitions(),
) -> Cohort:
    """Derive a study at a data cut (by default the dataset's own) under the given definitions.

    Raises
    ------
    UsageError
        A data cut later than the dataset's own: until then nobody was observed.
    """
    cut = pd.Timestamp(data_cut or dataset.data_cut)
    if cut.date() > dataset.data_cut:
        raise UsageError(
            f"The dataset ends with its data cut, {dataset.data_cut}. Choose no later day."
        )
    tables, follow_up = cut_tables(dataset.tables, cut)
    missing = find_missing_columns(dataset, protocol, definitions)
    endpoints = [ENDPOINTS[name] for name in protocol.endpoints if name not in missing]
    derived = derive_in_blocks(
        tables, dataset.assumptions, definitions, follow_up, protocol.timepoints, endpoints
    )
    patients = derive_baseline(tables["patients"], derived.at_baseline)
    return Cohort(
        dataset=dataset,
        protocol=protocol,
        data_cut=cut.date(),
        definitions=definitions,
        tables=tables,
        patients=patients,
        characteristics=derive_characteristics(patients, tables["visits"], derived.baseline),
        states=pd.DataFrame(derived.states, copy=False),
        baseline=derived.baseline,
        follow_up=follow_up,
        timepoints=derived.timepoints,
        outcomes=derived.outcomes,
        missing_columns=missing,
    )


def cut_tables(
    tables: Mapping[str, pd.DataFrame], data_cut: pd.Timestamp
) -> tuple[dict[str, pd.DataFrame], FollowUp]:
    """The tables with nothing after the data cut or a withdrawal of consent, and the follow-up."""
    patients = tables["patients"]
    is_enrolled = (patients["index_date"] <= data_cut).to_numpy()
    if not is_enrolled.all():
        tables = keep_patients(tables, is_enrolled)
    follow_up = derive_follow_up(tables["patients"], tables["treatments"], data_cut)
    cut = {name: _cut(frame, follow_up.observed_until_day) for name, frame in tables.items()}
    return cut, follow_up


def keep_patients(
    tables: Mapping[str, pd.DataFrame], is_kept: NDArray[np.bool_]
) -> dict[str, pd.DataFrame]:
    """All tables with those patients only, numbered anew; ``is_kept`` of shape (patients,)."""
    new_number = np.cumsum(is_kept) - 1
    kept = {"patients": tables["patients"][is_kept].reset_index(drop=True)}
    for name, frame in tables.items():
        if name != "patients":
            rows = frame[is_kept[frame["patient"].to_numpy()]].reset_index(drop=True)
            kept[name] = rows.assign(patient=new_number[rows["patient"]].astype(np.int32))
    return kept


# The day that decides whether a row lies before the cut, in each table that has one.
_CUT_BY = {
    "visits": "visit_day",
    "infusions": "infusion_day",
    "treatments": "start_day",
    "flares": "flare_day",
    "adverse_events": "onset_day",
    "samples": "sample_day",
}


def _cut(frame: pd.DataFrame, until: Numbers) -> pd.DataFrame:
    column = next((c for c in _CUT_BY.values() if c in frame), None)
    if column is None:
        return frame
    late = frame[column].to_numpy() > until[frame["patient"].to_numpy()]
    if not late.any():
        return frame
    kept = frame.take(np.flatnonzero(~late))
    kept.index = pd.RangeIndex(len(kept))
    return kept


def find_missing_columns(
    dataset: Dataset, protocol: Protocol, definitions: Definitions = Definitions()
) -> dict[str, tuple[str, ...]]:
    """For each endpoint the dataset cannot answer, the columns it lacks and does not declare."""
    declared = {f"visits.{name}" for name in dataset.assumptions}
    if dataset.assumptions.get("treatments_complete"):
        declared.add("visits.maintenance_in_limits")
    if definitions.doris.assume_stable:
        declared.add("visits.treatment_stable")

    def is_there(column: str) -> bool:
        return column not in dataset.not_collected or column in declared

    def lacking(endpoint: Endpoint) -> tuple[str, ...]:
        return tuple(
            need.replace("|", " or ")
            for need in endpoint.needs
            if not any(is_there(column) for column in need.split("|"))
        )

    by_endpoint = {name: lacking(ENDPOINTS[name]) for name in protocol.endpoints}
    return {name: columns for name, columns in by_endpoint.items() if columns}
