"""Sign-in is set up whole, or the dashboard does not start."""

import pytest

from lupus_outcomes.access.settings import (
    AUDIT_VARIABLE,
    PROVIDER_VARIABLE,
    READERS_VARIABLE,
    check_sign_in,
    read_audit_log,
    read_sign_in,
)
from lupus_outcomes.errors import LupusOutcomesError, UsageError
from tests.sign_in import write_sign_in


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
