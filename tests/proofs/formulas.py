"""Payloads in every text of our files, opened by LibreOffice: how many are evaluated?

``python -m tests.proofs.formulas`` by hand; needs ``soffice``. Ends with status 1 if any is.
"""

import csv
import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from lupus_outcomes.analysis.result import Result
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.export.tables import as_spreadsheet_csv
from lupus_outcomes.export.workbook import as_whole_workbook
from lupus_outcomes.release.disclosure import release
from tests.formula_payloads import PAYLOADS
from tests.reference_cohort import reference_cohort

# Comma, quotation mark, UTF-8; cells as shown; every sheet to a file of its own.
TO_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
AS_UTF_8 = "--infilter=CSV:44,34,76,1"
# A control of what this proof can see: the same payloads without protection.
UNPROTECTED = "=1+1", "=2*3"


def main() -> int:
    if not shutil.which("soffice"):
        print("This proof needs LibreOffice (soffice).")
        return 2
    table = pd.DataFrame({"level": PAYLOADS, "event": PAYLOADS})
    words = dict.fromkeys(("title", "finding", "denominator", "method"), PAYLOADS[0])
    cohort = reference_cohort()
    result = Result(id="payloads", table=table, n_patients=3, notes=PAYLOADS, **words)
    released = release(result, cohort, select_patients(cohort))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "book.xlsx").write_bytes(as_whole_workbook([released]))
        (place / "table.csv").write_bytes(as_spreadsheet_csv(table))
        (place / "control.csv").write_text("\n".join(UNPROTECTED))
        in_book = count_evaluated(convert(place, "book.xlsx"), "payloads", "")
        in_csv = count_evaluated(convert(place, "table.csv"), "table", "'")
        control = next(iter(convert(place, "control.csv").values()))
    print(f"LibreOffice evaluates formulas: {[row[0] for row in control]} from {UNPROTECTED}")
    print(f"workbook: {in_book} of {2 * len(PAYLOADS)} cells evaluated")
    print(f"csv:      {in_csv} of {2 * len(PAYLOADS)} cells evaluated")
    return int(bool(in_book or in_csv))


def convert(folder: Path, name: str) -> dict[str, list[list[str]]]:
    """The rows that LibreOffice shows, by the file of each sheet."""
    out = folder / Path(name).suffix.removeprefix(".") / Path(name).stem
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    read = [AS_UTF_8] if name.endswith(".csv") else []
    asked = ["soffice", profile, "--headless", *read, "--convert-to", TO_CSV, "--outdir", str(out)]
    subprocess.run([*asked, name], cwd=folder, check=True, capture_output=True, timeout=300)
    return {
        file.stem: list(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))
        for file in sorted(out.glob("*.csv"))
    }


def count_evaluated(sheets: dict[str, list[list[str]]], name: str, prefix: str) -> int:
    """Cells that show something other than their own text."""
    (rows,) = (rows[1:] for sheet, rows in sheets.items() if sheet.endswith(name))
    shown = [on_one_line(cell) for row in rows for cell in row[:2]]
    # What needs no protection has no apostrophe before it.
    meant = [on_one_line(payload) for payload in PAYLOADS for _ in range(2)]
    assert len(shown) == len(meant), (len(shown), len(meant))
    return sum(s not in (m, prefix + m) for s, m in zip(shown, meant, strict=True))


def on_one_line(text: str) -> str:
    return re.sub(r"[\r\n]+", " ", text)


if __name__ == "__main__":
    sys.exit(main())
