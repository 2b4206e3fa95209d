"""The list of readers, and whether someone who signed in is on it. Who is not named is refused."""

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lupus_outcomes.access.toml_file import read_toml
from lupus_outcomes.errors import NotAdmittedError, UnreadableError

PATIENTS, ROWS = "patients", "rows"
# What each role may have beyond released results. Roles do not include one another: who needs
# single patients does not need files of rows, and the other way round.
ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "viewer": frozenset(),
        "investigator": frozenset({PATIENTS}),
        "data_manager": frozenset({ROWS}),
    }
)
OPEN_ROLE, OWN_MACHINE_ROLE = "open", "own_machine"
ALL_CENTRES = "all"
# Streamlit's cookie lasts for thirty days; a reader signs in once a working day.
SIGNED_IN_SECONDS = 12 * 3600
# Clocks of provider and server differ a little.
CLOCK_SECONDS = 300
# ASCII only: other scripts have letters that look the same, or turn into ASCII in lower case.
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d-]+(?:\.[a-z\d-]+)+", re.ASCII | re.IGNORECASE)
_NAME_DIGITS = 16
_KEYS = {"role", "centres"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who may see results. ``name``: a hash of the e-mail. ``centres``: none means all."""

    name: str
    role: str
    centres: tuple[str, ...] | None = None
    permissions: frozenset[str] = frozenset()

    @property
    def may_see_patients(self) -> bool:
        """Whether single patients may be shown."""
        return PATIENTS in self.permissions

    @property
    def may_download_rows(self) -> bool:
        """Whether files with a row a patient may be had."""
        return ROWS in self.permissions


ANYONE = Reader("", OPEN_ROLE)
OWNER = Reader("", OWN_MACHINE_ROLE, permissions=frozenset({PATIENTS, ROWS}))


def read_readers(path: Path) -> Mapping[str, Reader]:
    """Readers by their e-mail in lower case. One bad entry refuses the whole list.

    Raises
    ------
    UnreadableError
        A file that cannot be read, or an entry that is not understood; the message has no e-mail.
    """
    content = read_toml(path)
    listed = content.get("readers")
    if set(content) != {"readers"} or not isinstance(listed, dict) or not listed:
        raise UnreadableError(f"{path.name} needs one section, [readers]. See docs/deployment.md.")
    found: dict[str, Reader] = {}
    for number, (email, entry) in enumerate(listed.items(), start=1):
        wrong = _find_wrong(email, entry, found)
        if wrong:
            raise UnreadableError(f"{path.name}, reader {number}: {wrong}.")
        found[email.lower()] = _as_reader(email, entry)
    return MappingProxyType(found)


def _find_wrong(email: str, entry: Any, before: Mapping[str, Reader]) -> str:
    """What is wrong with an entry and the way out; empty where nothing is."""
    if not _EMAIL.fullmatch(email):
        return "no plain e-mail address. Write it in quotation marks, without spaces"
    if email.lower() in before:
        return "named twice. Capitals make no difference; keep one"
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        return "write role and centres, nothing else"
    if entry["role"] not in ROLES:
        return f"no such role. Use one of {', '.join(ROLES)}"
    centres = entry["centres"]
    is_list = isinstance(centres, list) and centres and all(_is_name(name) for name in centres)
    return "" if is_list or centres == ALL_CENTRES else 'centres are "all" or a list of names'


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and bool(name.strip())


def _as_reader(email: str, entry: Mapping[str, Any]) -> Reader:
    role, centres = entry["role"], entry["centres"]
    scope = None if centres == ALL_CENTRES else tuple(sorted(set(centres)))
    return Reader(hash_email(email), role, scope, ROLES[role])


def hash_email(email: str) -> str:
    """What stands for a reader in the audit log; who has the list can tell whom it means."""
    return hashlib.sha256(email.lower().encode()).hexdigest()[:_NAME_DIGITS]


def admit(
    claims: Mapping[str, Any], readers: Mapping[str, Reader], now: float | None = None
) -> Reader:
    """Who signed in, by what the identity provider says; ``now``: seconds since 1970.

    E-mails are compared whole, without regard to capitals and with nothing else forgiven.

    Raises
    ------
    NotAdmittedError
        Anything but a recently verified e-mail that is on the list.
    """
    email, since = claims.get("email"), claims.get("iat")
    if claims.get("is_logged_in") is not True:
        raise NotAdmittedError("You are not signed in.")
    if not isinstance(email, str) or not _EMAIL.fullmatch(email):
        raise NotAdmittedError("Your account has no e-mail address that can be used here.")
    if claims.get("email_verified") is not True:
        raise NotAdmittedError("Your provider has not verified the e-mail address of your account.")
    if not _is_recent(since, time.time() if now is None else now):
        raise NotAdmittedError("You signed in too long ago. Sign in again.")
    if email.lower() not in readers:
        raise NotAdmittedError("Your account is not on the list of readers of this dashboard.")
    return readers[email.lower()]


def _is_recent(since: Any, now: float) -> bool:
    """Whether a time is one, at most half a day old and not to come."""
    is_number = isinstance(since, int | float) and not isinstance(since, bool)
    return is_number and -CLOCK_SECONDS <= now - since <= SIGNED_IN_SECONDS
