"""What a log may hold: the kind of an error, never what it says, which may be a patient's value."""

import logging


def keep_data_out_of_the_log() -> None:
    """From now on no library's log carries the words or the traceback of an error."""
    made = logging.getLogRecordFactory()

    def make_record(*arguments, **more) -> logging.LogRecord:
        record = made(*arguments, **more)
        if record.exc_info and record.exc_info[0] is not None:
            # Its message may hold what the error says, too; where it was written is enough.
            kind = record.exc_info[0].__name__
            record.msg, record.args = f"{kind} in {record.filename}:{record.lineno}", ()
            record.exc_info = None
        return record

    logging.setLogRecordFactory(make_record)
