"""What any library logs of an error: its kind and place, nothing it says."""

import logging

import pytest

from lupus_outcomes.logs import keep_data_out_of_the_log


@pytest.fixture
def kept():
    made = logging.getLogRecordFactory()
    keep_data_out_of_the_log()
    yield
    logging.setLogRecordFactory(made)


def test_an_error_is_its_kind(kept, caplog):
    log = logging.getLogger("some.library")
    try:
        raise ValueError("CANARY-7531")
    except ValueError as problem:
        log.exception("failed with %s", problem)
        log.warning("once more: CANARY-7531", exc_info=problem)
    assert "CANARY" not in caplog.text
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "ValueError in test_logs.py"
    ] * 2
    assert not any(record.exc_info for record in caplog.records)


def test_what_is_no_error_is_as_it_was(kept, caplog):
    logging.getLogger("some.library").warning("port %d", 8501)
    assert caplog.messages == ["port 8501"]
