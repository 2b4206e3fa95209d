"""Everything that is true of the simulated patients, whether a register sees it or not."""

from dataclasses import dataclass

import pandas as pd

from lupus_outcomes.data.sample.activity import Values
from lupus_outcomes.data.sample.baseline import draw_baseline, draw_frame
from lupus_outcomes.data.sample.course import Course, simulate_course
from lupus_outcomes.data.sample.follow_up import draw_flare_days
from lupus_outcomes.data.sample.response import draw_latent
from lupus_outcomes.data.sample.streams import Streams
from lupus_outcomes.data.sample.treatment import draw_immunosuppressant


@dataclass(frozen=True, slots=True)
class Simulation:
    """One row a patient in ``frame`` (centre, entry) and ``baseline``; the months of the course.

    ``flare_days``: day of the flare in each month, infinite without one, shape (patients, months).
    """

    frame: pd.DataFrame
    baseline: pd.DataFrame
    course: Course
    flare_days: Values


def simulate(patients: int, streams: Streams) -> Simulation:
    """Draw the patients and their whole course. It does not depend on any data cut."""
    frame = draw_frame(patients, streams["frame"])
    baseline = draw_baseline(patients, streams["baseline"])
    uses = baseline["immunosuppressant"].to_numpy()
    drug = draw_immunosuppressant(uses, streams["immunosuppressant"])
    latent = draw_latent(frame, baseline, streams["response"])
    course = simulate_course(baseline, latent, streams["course"])
    return Simulation(
        frame=frame,
        baseline=baseline.assign(immunosuppressant_drug=drug),
        course=course,
        flare_days=draw_flare_days(course, streams["flare_days"]),
    )
