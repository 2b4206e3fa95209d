"""One random stream a stage, so that a change in one stage does not reshuffle the others."""

import numpy as np

# The order is part of the sample's bytes: add new stages at the end.
STAGES = (
    "frame",
    "baseline",
    "response",
    "course",
    "flare_days",
    "follow_up",
    "schedule",
    "immunosuppressant",
    "findings",
    "laboratory",
    "bilag",
    "patient_reported",
    "calls",
    "flares",
    "doses",
    "courses",
    "adverse_events",
    "samples",
    "patients",
    "missing_visit_values",
    "missing_patient_values",
    "mistakes",
)

Streams = dict[str, np.random.Generator]


def open_streams(seed: int) -> Streams:
    """A generator for each stage, all spawned from ``seed``."""
    children = np.random.SeedSequence(seed).spawn(len(STAGES))
    return {
        stage: np.random.Generator(np.random.PCG64(child))
        for stage, child in zip(STAGES, children, strict=True)
    }
