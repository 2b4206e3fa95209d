"""Sign-in is set up whole, or the dashboard does not start."""

import re
from pathlib import Path

import pytest

from lupus_outcomes.access.readers import PATIENTS, ROLES, ROWS
from lupus_outcomes.access.settings import (
    AUDIT_VARIABLE,
    PROVIDER_VARIABLE,
    READERS_VARIABLE,
    check_sign_in,
    read_audit_log,
    read_host,
    read_sign_in,
)
from lupus_outcomes.errors import LupusOutcomesError, UsageError
from tests.sign_in import write_sign_in

DEPLOYMENT = Path(__file__).parents[3] / "docs" / "deployment.md"


def test_nothing_set_is_no_sign_in():
    assert read_sign_in({}) is None
    assert read_sign_in({READERS_VARIABLE: ""}) is None


def test_an_audit_log_may_stand_alone(tmp_path):
    environment = {AUDIT_VARIABLE: str(tmp_path / "audit.jsonl")}
    assert read_sign_in(environment) is None
    assert read_audit_log(environment) == tmp_path / "audit.jsonl"


@pytest.mark.parametrize("missing", [READERS_VARIABLE, PROVIDER_VARIABLE, AUDIT_VARIABLE])
def test_half_of_it_is_a_mistake(tmp_path, missing):
    environment = {n: v for n, v in write_sign_in(tmp_path).items() if n != missing}
    with pytest.raises(UsageError, match="Set all"):
        read_sign_in(environment)


def test_the_whole_of_it_is_checked(tmp_path):
    sign_in = read_sign_in(write_sign_in(tmp_path))
    assert sign_in is not None
    check_sign_in(sign_in)


BROKEN = {
    "readers.toml": [b"[readers]\n", b"\xff"],
    "provider.toml": [b"", b"[auth]\n", b"auth = 1\n", b"[auth", b"\xff"],
}


@pytest.mark.parametrize(("name", "content"), [(n, c) for n, cs in BROKEN.items() for c in cs])
def test_a_broken_file_is_refused(tmp_path, name, content):
    sign_in = read_sign_in(write_sign_in(tmp_path))
    assert sign_in is not None
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LupusOutcomesError, match=name):
        check_sign_in(sign_in)


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_not_there_is_refused(tmp_path, name):
    sign_in = read_sign_in(write_sign_in(tmp_path))
    assert sign_in is not None
    (tmp_path / name).unlink()
    with pytest.raises(LupusOutcomesError, match=name):
        check_sign_in(sign_in)


def test_a_secret_that_can_be_guessed_is_refused(tmp_path):
    sign_in = read_sign_in(write_sign_in(tmp_path))
    assert sign_in is not None
    provider = tmp_path / "provider.toml"
    provider.write_text(provider.read_text().replace("0123456789abcdef" * 2, "secret"))
    with pytest.raises(LupusOutcomesError, match="cookie_secret is shorter") as refusal:
        check_sign_in(sign_in)
    assert "'secret'" not in str(refusal.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://dashboard.example/oauth2callback",
        "https://dashboard.example/",
        "https:///oauth2callback",
        "dashboard.example/oauth2callback",
    ],
)
def test_the_way_back_is_private_and_the_right_one(tmp_path, address):
    write_sign_in(tmp_path)
    provider = tmp_path / "provider.toml"
    said = provider.read_text().replace("http://127.0.0.1:{port}/oauth2callback", address)
    provider.write_text(said)
    with pytest.raises(LupusOutcomesError, match="write redirect_uri as https"):
        read_host(provider)
    provider.write_text(said.replace(address, "https://dashboard.example/oauth2callback"))
    assert read_host(provider) == "dashboard.example"


def test_the_files_of_the_documentation_are_understood(tmp_path):
    environment = write_sign_in(tmp_path)
    blocks = re.findall(r"```toml\n(.*?)```", DEPLOYMENT.read_text(encoding="utf-8"), re.DOTALL)
    readers, provider = blocks
    (tmp_path / "readers.toml").write_text(readers, "utf-8")
    (tmp_path / "provider.toml").write_text(provider, "utf-8")
    sign_in = read_sign_in(environment)
    assert sign_in is not None
    check_sign_in(sign_in)
    assert read_host(sign_in.provider) == "dashboard.example"


def test_the_documentation_says_what_each_role_may():
    rows = re.findall(r"^\| (\w+) \| yes \| (yes|no) \| (yes|no) \|$", DEPLOYMENT.read_text(), re.M)
    said = {role: (patients == "yes", rows == "yes") for role, patients, rows in rows}
    assert said == {role: (PATIENTS in may, ROWS in may) for role, may in ROLES.items()}
