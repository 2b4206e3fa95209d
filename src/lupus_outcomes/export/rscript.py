"""Data for R, as plain CSV, and a script that finds our numbers again with base R and survival."""

from pathlib import Path

import pandas as pd

from lupus_outcomes.export.analysis_data import AnalysisData
from lupus_outcomes.export.headline import Headline
from lupus_outcomes.export.tables import as_csv
from lupus_outcomes.export.variables import as_text_frame

SCRIPT = Path(__file__).with_name("reproduce.R")


def r_files(data: AnalysisData, headline: Headline) -> dict[str, bytes]:
    """Rows, what we found in them, and the script, by name."""
    codes = next(v.codes for v in data.timepoints if v.name == "timepoint")
    labels = pd.DataFrame({"code": list(codes), "label": list(codes.values())})
    expected = {f"expected_{name}.csv": table for name, table in headline.tables.items()}
    tables = {
        # For R and other statistics programs: nothing is made harmless for a spreadsheet.
        "patients_for_statistics.csv": as_text_frame(data.patients),
        "timepoints_for_statistics.csv": as_text_frame(data.timepoints),
        "timepoint_codes.csv": labels,
        **expected,
    }
    return {name: as_csv(table) for name, table in tables.items()} | {
        "interval.txt": f"{headline.interval}\n".encode(),
        "reproduce.R": SCRIPT.read_bytes(),
    }
