"""Everything a user can cause: a line that names place and way out, never a patient's value."""


class LupusOutcomesError(Exception):
    """A user's mistake. Its message is printed as it stands, without a traceback."""

    exit_status = 1


class UsageError(LupusOutcomesError):
    """The command was called with words it does not know."""

    exit_status = 2


class UnreadableError(LupusOutcomesError):
    """A file or folder that cannot be opened, decoded or parsed."""

    exit_status = 2


class RefusedDatasetError(LupusOutcomesError):
    """A dataset with at least one error among its findings; nothing of it is loaded."""

    def __init__(self, message: str, findings: tuple = ()):
        super().__init__(message)
        self.findings = findings


class MappingError(LupusOutcomesError):
    """A mapping file that does not fit the export it is meant for."""


class NotCollectedError(LupusOutcomesError):
    """A result was asked for that rests on a column this dataset does not have."""


class NotAdmittedError(LupusOutcomesError):
    """Someone signed in, or did not, and may not see this dashboard."""


class AuditError(LupusOutcomesError):
    """The audit log cannot be written; what would have to be logged does not happen."""


class NotReleasedError(LupusOutcomesError):
    """A result that must not be shown in release mode."""
