"""Where the product finds what it ships with: beside ``src``, or inside an installation."""

from pathlib import Path
from typing import Final

_CHECKOUT = Path(__file__).parents[2]
_INSTALLED = Path(__file__).parent / "shipped"
ROOT = _CHECKOUT if (_CHECKOUT / "app.py").is_file() else _INSTALLED

APP = ROOT / "app.py"
PAGES = ROOT / "pages"
# The page of the bare address.
FIRST_PAGE = PAGES / "response" / "remission.py"
SAMPLE = ROOT / "data" / "sample"
# The dashboard is told its dataset by the environment; no page takes a path from the address.
DATASET_VARIABLE = "LUPUS_OUTCOMES_DATASET"
# Rows of single patients can be downloaded only where whoever starts the dashboard says so.
ROWS_VARIABLE, OFFERED = "LUPUS_OUTCOMES_ROWS", "offered"
# A reader can open files of their own only where the dashboard is started for that reader alone.
UPLOAD_VARIABLE = "LUPUS_OUTCOMES_UPLOAD"
# Likewise what may leave the room: closed or release. No widget and no address changes it.
DISCLOSURE_VARIABLE = "LUPUS_OUTCOMES_DISCLOSURE"
RELEASE: Final = "release"
