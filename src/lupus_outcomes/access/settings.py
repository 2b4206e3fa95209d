"""What the deployment set: who may sign in and how, and where it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lupus_outcomes.access.audit import check_writable
from lupus_outcomes.access.readers import read_readers
from lupus_outcomes.access.toml_file import read_toml
from lupus_outcomes.errors import UnreadableError, UsageError

READERS_VARIABLE = "LUPUS_OUTCOMES_READERS"
PROVIDER_VARIABLE = "LUPUS_OUTCOMES_PROVIDER"
AUDIT_VARIABLE = "LUPUS_OUTCOMES_AUDIT"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PROVIDER_KEYS = (
    "redirect_uri",
    "cookie_secret",
    "client_id",
    "client_secret",
    "server_metadata_url",
)
CALLBACK = "/oauth2callback"
# Whoever guesses the secret can sign in as anyone.
SHORTEST_SECRET = 32


@dataclass(frozen=True, slots=True)
class SignIn:
    """The list of readers, what Streamlit is told of the identity provider, the audit log."""

    readers: Path
    provider: Path
    audit: Path


def read_sign_in(environment: Mapping[str, str]) -> SignIn | None:
    """Sign-in as it is set up; none where it is not.

    Raises
    ------
    UsageError
        Only some of it is set: that is a mistake, and must not pass for none.
    """
    readers, provider = environment.get(READERS_VARIABLE), environment.get(PROVIDER_VARIABLE)
    audit = environment.get(AUDIT_VARIABLE)
    if not readers and not provider:
        return None
    if not (readers and provider and audit):
        raise UsageError(
            f"Sign-in needs {READERS_VARIABLE}, {PROVIDER_VARIABLE} and {AUDIT_VARIABLE}. Set all."
        )
    return SignIn(Path(readers), Path(provider), Path(audit))


def read_audit_log(environment: Mapping[str, str]) -> Path | None:
    """Where it is written down who saw what; none where it is not."""
    path = environment.get(AUDIT_VARIABLE)
    return Path(path) if path else None


def check_sign_in(sign_in: SignIn) -> None:
    """Refuse at start what would refuse every reader later.

    Raises
    ------
    LupusOutcomesError
        The list of readers, the provider's file or the audit log is of no use.
    """
    read_readers(sign_in.readers)
    read_host(sign_in.provider)
    check_writable(sign_in.audit)


def read_host(path: Path) -> str:
    """The name readers reach the dashboard by, from the provider's file, which is checked.

    Raises
    ------
    UnreadableError
        A file that cannot be read, or lacks something, or sends its cookie in the clear.
    """
    given = _read_auth(path)
    if len(given["cookie_secret"]) < SHORTEST_SECRET:
        raise UnreadableError(
            f"{path.name}: cookie_secret is shorter than {SHORTEST_SECRET} characters. "
            'Take one from python -c "import secrets; print(secrets.token_hex())".'
        )
    back = urlsplit(given["redirect_uri"])
    host = back.hostname or ""
    is_private = back.scheme == "https" or host in LOOPBACK
    if not host or not is_private or back.path != CALLBACK:
        raise UnreadableError(f"{path.name}: write redirect_uri as https://NAME{CALLBACK}.")
    return host


def _read_auth(path: Path) -> Mapping[str, str]:
    given = read_toml(path).get("auth")
    given = given if isinstance(given, dict) else {}
    missing = [key for key in PROVIDER_KEYS if not isinstance(given.get(key), str)]
    if missing:
        raise UnreadableError(f"{path.name} lacks {', '.join(missing)} in its section [auth].")
    return given
