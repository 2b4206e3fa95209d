"""A hundred edits of one cell of 60,000 visits: the pages never compute what was there before.

Keys of the caches are fingerprints of the files. Edits keep the size of the file, follow each other
within moments, and some restore the time of the last change.
"""

import os
import time

import pytest
import streamlit.logger

from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.indices.three_valued import FALSE, TRUE
from lupus_outcomes.ui import compute
from lupus_outcomes.ui.keys import CohortKey

N_PATIENTS, MONTHS = 5_000, range(1, 13)
N_VISITS = N_PATIENTS * len(MONTHS)
N_EDITS = 100
STUDY = "nct07215754"
HEADER = b"patient_id,visit_date,physician_ga\n"
ROW = "P{:05d},2022-{:02d}-28,{:.1f}\n"
ROW_BYTES = len(ROW.format(0, 1, 0.0))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _quiet():
    """Outside of a running app Streamlit warns that it has no session, as is meant here."""
    before = streamlit.logger.get_logger("root").level
    streamlit.logger.set_log_level("ERROR")
    yield
    streamlit.logger.set_log_level(before)
    for cache in (compute._read, compute.cohort):
        cache.clear()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The dataset; every visit a row of the same length."""
    folder = tmp_path_factory.mktemp("sixty") / "set"
    folder.mkdir()
    about = f'title = "Sixty thousand visits"\nstudy = "{STUDY}"\ndata_cut = 2023-06-30\n'
    (folder / "dataset.toml").write_text(about)
    patients = "".join(
        f"P{i:05d},Centre {i % 20:02d},2022-01-{1 + i % 28:02d},2023-06-30\n"
        for i in range(N_PATIENTS)
    )
    header = "patient_id,centre,index_date,last_contact_date\n"
    (folder / "patients.csv").write_text(header + patients)
    rows = "".join(
        ROW.format(i, month, (i * month) % 30 / 10) for i in range(N_PATIENTS) for month in MONTHS
    )
    (folder / "visits.csv").write_bytes(HEADER + rows.encode())
    return folder


def _key(folder) -> CohortKey:
    return CohortKey(str(folder), compute.fingerprint(str(folder)), STUDY)


def _read(folder, visit: int) -> tuple[str, int]:
    """What the pages have of a visit: its assessment, and the state derived from it."""
    cohort = compute.cohort(_key(folder))
    value = cohort.tables["visits"]["physician_ga"].iloc[visit]
    return f"{value:.1f}", int(cohort.states["lldas_physician_ga"].iloc[visit])


def _offset(visit: int) -> int:
    return len(HEADER) + (visit + 1) * ROW_BYTES - len("0.0\n")


def _in_place(file, visit: int, value: str) -> None:
    with file.open("r+b") as content:
        content.seek(_offset(visit))
        content.write(value.encode())


def _in_place_keeping_the_time(file, visit: int, value: str) -> None:
    before = file.stat()
    _in_place(file, visit, value)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _by_another_file(file, visit: int, value: str) -> None:
    content = bytearray(file.read_bytes())
    content[_offset(visit) : _offset(visit) + len(value)] = value.encode()
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.replace(file)


EDITS = (_in_place, _in_place_keeping_the_time, _by_another_file)


def test_no_edit_is_overlooked(folder):
    file, stale, seen = folder / "visits.csv", [], set()
    size = file.stat().st_size
    for number in range(N_EDITS):
        visit = number * 7_919 % N_VISITS
        before, _ = _read(folder, visit)
        value = f"{(float(before) + 0.1 + number % 17 / 10) % 3:.1f}"
        EDITS[number % len(EDITS)](file, visit, value)
        expected = (value, TRUE if float(value) <= 1 else FALSE)
        if value == before or _read(folder, visit) != expected:
            stale.append(number)
        seen.add(compute.fingerprint(str(folder)))
    assert stale == []
    assert len(seen) == N_EDITS
    assert file.stat().st_size == size


def test_a_file_that_has_settled_is_read_again_once_it_changes(folder):
    file, visit = folder / "visits.csv", 31_337
    for value in ("0.7", "2.3"):
        time.sleep(compute.SETTLED_AFTER_NS / 1e9 + 0.1)
        settled = compute.fingerprint(str(folder))
        assert compute.fingerprint(str(folder)) == settled
        _in_place_keeping_the_time(file, visit, value)
        assert compute.fingerprint(str(folder)) != settled
        assert _read(folder, visit)[0] == value


def test_a_key_of_yesterday_gives_no_data_of_today(folder):
    with pytest.raises(UnreadableError, match="changed while it was read"):
        compute.cohort(CohortKey(str(folder), "0" * 64, STUDY))
