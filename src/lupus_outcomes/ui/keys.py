"""What a view is made of, as plain ids: the key of every cache and the content of every address."""

from dataclasses import dataclass, replace

from lupus_outcomes.derive.selection import Filters
from lupus_outcomes.release.disclosure import CLOSED, RELEASE

# Begins the path of a dataset that lies nowhere, for its reader has brought it. No file of the
# server can be meant: of those the whole path is given.
BROUGHT = "brought:"


@dataclass(frozen=True, slots=True)
class CohortKey:
    """A dataset as it is now, a study, a data cut and the readings of the definitions.

    ``fingerprint`` is the dataset's SHA-256: an edited file is another key. ``definitions``: pairs
    of option and value that are not the default. ``interim``: as it was at the frozen data cut of
    the interim analysis, the patients of that analysis only. ``centres``: the only ones its reader
    may see, none where all. ``disclosure``: what may leave the room, as the deployment has it.
    """

    path: str
    fingerprint: str
    protocol_id: str
    definitions: tuple[tuple[str, str], ...] = ()
    interim: bool = False
    centres: tuple[str, ...] | None = None
    disclosure: str = CLOSED


@dataclass(frozen=True, slots=True)
class StudyKey:
    """A cohort as selected and grouped by the reader."""

    cohort: CohortKey
    filters: Filters = ()
    group: str | None = None

    @property
    def is_for_release(self) -> bool:
        """Whether only rounded results may be shown."""
        return self.cohort.disclosure == RELEASE

    @property
    def whole(self) -> "StudyKey":
        """All patients of the study, not grouped: for pages about the dataset itself."""
        return StudyKey(self.cohort)

    @property
    def at_interim(self) -> "StudyKey":
        """The patients of the interim analysis at its frozen data cut, not filtered nor grouped."""
        return StudyKey(replace(self.cohort, interim=True))
