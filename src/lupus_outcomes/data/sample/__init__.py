"""The bundled synthetic cohort: a seeded simulation in the shape of the dataset.

No openly licensed longitudinal patient file of lupus exists that could be shipped, so the sample is
simulated and calibrated to published results. From patient to table: ``baseline`` draws who the
patients are, ``response`` how well they will respond, ``course`` their disease month by month
(together: ``simulation``); ``follow_up`` and ``schedule`` decide what is seen of it, the other
modules write down what a register would hold (together: ``register``), and ``missing`` and
``mistakes`` what it would lack and get wrong.
"""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.baseline import ENROLMENT_MONTHS
from lupus_outcomes.data.sample.follow_up import FIRST_ENTRY
from lupus_outcomes.data.sample.register import keep_register
from lupus_outcomes.data.sample.simulation import simulate
from lupus_outcomes.data.sample.streams import open_streams
from lupus_outcomes.errors import UsageError

STUDY = "nct07215754"
TITLE = "Synthetic anifrolumab cohort"
DEFAULT_PATIENTS = 180
# Chosen so that every target of sample-cohort.md D7 is met at once and the strongest planted
# predictors can be found in 180 patients; about one seed in ten thousand does.
DEFAULT_SEED = 16505
# Month 66 leaves the late time points thin on purpose; 84 is a mature cohort of the same patients.
DEFAULT_DATA_CUT_MONTH = 66
EARLIEST_DATA_CUT_MONTH = int(ENROLMENT_MONTHS) + 1


@dataclass(frozen=True, slots=True)
class SampleDataset:
    """What ``dataset.toml`` says, and the tables by name in the dictionary's types."""

    about: dict[str, object]
    tables: dict[str, pd.DataFrame]


def generate_sample(
    patients: int = DEFAULT_PATIENTS,
    seed: int = DEFAULT_SEED,
    data_cut_month: int = DEFAULT_DATA_CUT_MONTH,
) -> SampleDataset:
    """A synthetic dataset; the same arguments give the same bytes.

    Parameters
    ----------
    patients
        How many, at least 1.
    seed
        Of all random draws, 0 or more.
    data_cut_month
        Months after the first patient's index date, at least 37 because enrolment takes 36. A later
        cut shows more of the same patients.
    """
    if patients < 1 or seed < 0:
        raise UsageError("A sample needs at least one patient and a seed of 0 or more.")
    if data_cut_month < EARLIEST_DATA_CUT_MONTH:
        raise UsageError(
            f"Enrolment takes 36 months: cut the data at month {EARLIEST_DATA_CUT_MONTH} or later."
        )
    data_cut = find_data_cut(data_cut_month)
    streams = open_streams(seed)
    tables = keep_register(simulate(patients, streams), np.datetime64(data_cut), streams)
    about = {"title": TITLE, "study": STUDY, "data_cut": data_cut, "synthetic": True}
    return SampleDataset(about=about, tables=tables)


def find_data_cut(data_cut_month: int) -> datetime.date:
    """The calendar day of the data cut, a whole number of months after the first patient."""
    return (pd.Timestamp(FIRST_ENTRY) + pd.DateOffset(months=data_cut_month)).date()
