"""Views kept under the short id of their stamp, a small file each, so that the id reopens them.

A file holds the page, its choices and the sealed stamp with what was found then; no patient. It is
its owner's only.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.release.provenance import ID_DIGITS, SEAL, seal

LINKS_VARIABLE = "LUPUS_OUTCOMES_LINKS"
ID = re.compile(rf"[0-9a-f]{{{ID_DIGITS}}}")
PAGE = re.compile(r"[a-z_]*")
View = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """``page``: its path in the address, empty for the first. ``view``: its choices there."""

    page: str
    view: View
    stamp: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id of its stamp."""
        return str(self.stamp["id"])

    @property
    def centres(self) -> tuple[str, ...] | None:
        """The centres that whoever kept it may see; none where all."""
        found = self.stamp["recipe"].get("centres")
        return None if found is None else tuple(found)


def links_folder(environment: Mapping[str, str]) -> Path:
    """Where links are kept: as the deployment has it, else where programs keep their state."""
    if given := environment.get(LINKS_VARIABLE):
        return Path(given)
    state = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "lupus-outcomes" / "links"


def keep_link(folder: Path, link: Link) -> None:
    """Keep it; one that is there already stays as it is.

    Raises
    ------
    UnreadableError
        It cannot be written.
    """
    file = folder / f"{link.id}.json"
    content = {"page": link.page, "view": dict(link.view), "stamp": dict(link.stamp)}
    try:
        if file.exists():
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written aside and renamed: whoever opens it meanwhile finds all of it or nothing.
        with NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as aside:
            json.dump(content, aside, ensure_ascii=False)
        Path(aside.name).replace(file)
    except OSError as problem:
        reason = problem.strerror or "cannot be written"
        raise UnreadableError(f"Links are not kept, {folder.name}: {reason}.") from None


def find_link(folder: Path, asked: str) -> Link | None:
    """The link of that id; none where none was kept.

    Raises
    ------
    UnreadableError
        It was changed after it was kept.
    """
    if not ID.fullmatch(asked):
        return None
    try:
        content = json.loads((folder / f"{asked}.json").read_bytes())
    except OSError:
        return None
    except ValueError:
        content = {}
    with suppress(KeyError, TypeError, AttributeError):
        link = Link(content["page"], content["view"], content["stamp"])
        is_whole = seal(link.stamp) == link.stamp[SEAL] and link.id == asked
        if is_whole and PAGE.fullmatch(link.page) and _is_view(link.view):
            return link
    raise UnreadableError(f"The link {asked} was changed after it was kept.")


def _is_view(view: Any) -> bool:
    return isinstance(view, dict) and all(
        isinstance(values, list) and all(isinstance(value, str) for value in values)
        for values in view.values()
    )
