"""Sign-in set up in a folder, for tests: three readers, a provider, an audit log."""

import time
from pathlib import Path
from typing import Any

from lupus_outcomes.access.settings import AUDIT_VARIABLE, PROVIDER_VARIABLE, READERS_VARIABLE

VIEWER, INVESTIGATOR, MANAGER = "viewer@a.example", "investigator@a.example", "manager@a.example"
CENTRE = "Centre 06"
READERS = f"""
[readers]
"{VIEWER}" = {{ role = "viewer", centres = ["{CENTRE}"] }}
"{INVESTIGATOR}" = {{ role = "investigator", centres = ["{CENTRE}"] }}
"{MANAGER}" = {{ role = "data_manager", centres = "all" }}
"""


def write_sign_in(folder: Path, provider: str = "http://127.0.0.1:9") -> dict[str, str]:
    """The files, and the variables that name them; Streamlit fills in its own port."""
    (folder / "readers.toml").write_text(READERS, "utf-8")
    (folder / "provider.toml").write_text(
        f"""
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "{"0123456789abcdef" * 2}"
client_id = "lupus-outcomes"
client_secret = "not-secret"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        "utf-8",
    )
    return {
        READERS_VARIABLE: str(folder / "readers.toml"),
        PROVIDER_VARIABLE: str(folder / "provider.toml"),
        AUDIT_VARIABLE: str(folder / "audit.jsonl"),
    }


def claims_of(email: str, **other: Any) -> dict[str, Any]:
    """What a provider says of someone who signed in just now."""
    known = {"is_logged_in": True, "email": email, "email_verified": True, "iat": time.time()}
    return known | other
