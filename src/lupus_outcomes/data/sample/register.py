"""What a register would hold of the simulated patients at a data cut: the dataset's tables."""

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample import calls, missing, mistakes
from lupus_outcomes.data.sample.activity import Flags
from lupus_outcomes.data.sample.bilag import grade_bilag
from lupus_outcomes.data.sample.findings import record_findings
from lupus_outcomes.data.sample.follow_up import FollowUp, follow_patients, list_flares
from lupus_outcomes.data.sample.laboratory import draw_laboratory, draw_samples
from lupus_outcomes.data.sample.patient_reported import draw_patient_reported
from lupus_outcomes.data.sample.patients import describe_patients
from lupus_outcomes.data.sample.safety import draw_adverse_events
from lupus_outcomes.data.sample.schedule import draw_visits
from lupus_outcomes.data.sample.simulation import Simulation
from lupus_outcomes.data.sample.streams import Streams
from lupus_outcomes.data.sample.tables import name_patients, shape_table, to_dates
from lupus_outcomes.data.sample.treatment import draw_doses, list_courses


def keep_register(
    simulation: Simulation, data_cut: np.datetime64, streams: Streams
) -> dict[str, pd.DataFrame]:
    """All tables up to ``data_cut``, with what was missed and mistaken."""
    frame, course = simulation.frame, simulation.course
    followed = follow_patients(
        frame["entry_month"].to_numpy(), course, data_cut, streams["follow_up"]
    )
    visits = draw_visits(
        frame["centre"].to_numpy(), course, simulation.flare_days, followed, streams["schedule"]
    )
    complete = _see(simulation, visits, streams)
    centre = frame["centre"].to_numpy()[visits["patient"]]
    recorded = missing.hide_visit_values(complete, visits, centre, streams["missing_visit_values"])
    tables = {
        "patients": _list_patients(simulation, followed, visits, recorded, streams),
        "visits": _date_visits(visits, recorded, followed, streams),
        **_list_treatment(simulation, followed, _has_responded(visits, complete), streams),
        **_list_events(simulation, followed, streams),
        "samples": _date(
            draw_samples(visits, recorded["anti_dsdna"], centre, streams["samples"]),
            followed,
            {"day": "sample_date"},
        ),
    }
    return {name: shape_table(name, table) for name, table in tables.items()}


def _see(simulation: Simulation, visits: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """Everything that can be found, graded, reported and called at each visit, complete."""
    baseline, course = simulation.baseline, simulation.course
    found = record_findings(visits, baseline, course, streams["findings"])
    laboratory = draw_laboratory(visits, found, len(baseline), streams["laboratory"])
    found = pd.concat([found, laboratory], axis=1)
    return pd.concat(
        [
            found,
            grade_bilag(visits, found, len(baseline), streams["bilag"]),
            draw_patient_reported(visits, found, baseline, streams["patient_reported"]),
            calls.draw_calls(visits, found, course, streams["calls"]),
        ],
        axis=1,
    )


def _has_responded(visits: pd.DataFrame, complete: pd.DataFrame) -> Flags:
    """Patients in LLDAS at any visit after the first."""
    later = visits.duplicated("patient").to_numpy()
    lldas = pd.Series(calls.find_lldas(complete) & later)
    return lldas.groupby(visits["patient"]).any().to_numpy(bool)


def _list_patients(
    simulation: Simulation,
    followed: FollowUp,
    visits: pd.DataFrame,
    recorded: pd.DataFrame,
    streams: Streams,
) -> pd.DataFrame:
    described = describe_patients(
        simulation.frame, simulation.baseline, followed, streams["patients"]
    )
    centre = simulation.frame["centre"].to_numpy()
    patients = missing.hide_patient_values(described, centre, streams["missing_patient_values"])
    # The damage index is on the first visit; where it was not recorded there, the chart has it.
    is_first = ~visits.duplicated("patient").to_numpy()
    on_visit = recorded["slicc_damage_index"][is_first].notna().to_numpy()
    patients["slicc_damage_index"] = simulation.baseline["sdi"].mask(on_visit)
    return mistakes.misdate_diagnoses(patients, streams["mistakes"])


def _date_visits(
    visits: pd.DataFrame, recorded: pd.DataFrame, followed: FollowUp, streams: Streams
) -> pd.DataFrame:
    spoiled = mistakes.spoil_visits(pd.concat([visits, recorded], axis=1), streams["mistakes"])
    return _date(spoiled, followed, {"day": "visit_date"})


def _list_treatment(
    simulation: Simulation, followed: FollowUp, has_responded: Flags, streams: Streams
) -> dict[str, pd.DataFrame]:
    doses = draw_doses(followed, streams["doses"])
    courses = list_courses(
        followed,
        simulation.course,
        simulation.flare_days,
        simulation.baseline,
        has_responded,
        streams["courses"],
    )
    courses = mistakes.swap_course_dates(courses, streams["mistakes"])
    events = draw_adverse_events(
        simulation.baseline, simulation.course, followed, doses, streams["adverse_events"]
    )
    events = mistakes.swap_event_dates(events, streams["mistakes"])
    return {
        "infusions": _date(doses, followed, {"day": "infusion_date"}),
        "treatments": _date(
            courses, followed, {"start_day": "start_date", "stop_day": "stop_date"}
        ),
        "adverse_events": _date(events, followed, {"day": "onset_date", "end_day": "end_date"}),
    }


def _list_events(
    simulation: Simulation, followed: FollowUp, streams: Streams
) -> dict[str, pd.DataFrame]:
    flares = list_flares(simulation.course, simulation.flare_days, followed)
    recorded = calls.record_flares(flares, followed.last_contact_day, streams["flares"])
    return {"flares": _date(recorded, followed, {"day": "flare_date"})}


def _date(table: pd.DataFrame, followed: FollowUp, dates: dict[str, str]) -> pd.DataFrame:
    """``table`` with pseudonyms for positions, and dates for the days named in ``dates``."""
    patient = table["patient"].to_numpy()
    names = name_patients(followed.index_date.size)
    return table.assign(
        patient_id=names[patient],
        **{
            date: to_dates(followed, patient, table[day].to_numpy(float)).to_numpy()
            for day, date in dates.items()
        },
    )
