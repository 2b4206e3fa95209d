"""The list of readers: who is on it is admitted, and nobody who only looks like them."""

import pytest

from lupus_outcomes.access.readers import (
    SIGNED_IN_SECONDS,
    admit,
    hash_email,
    read_readers,
)
from lupus_outcomes.errors import NotAdmittedError, UnreadableError

NOW = 1_790_000_000.0
LISTED = """
[readers]
"anna.assess@clinic.example" = { role = "investigator", centres = ["West"] }
"Bo+Trial@Clinic.example" = { role = "viewer", centres = "all" }
"k.east@clinic.example" = { role = "data_manager", centres = ["East", "West", "East"] }
"""
ANNA = {
    "is_logged_in": True,
    "email": "anna.assess@clinic.example",
    "email_verified": True,
    "iat": NOW - 60,
}


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    path = tmp_path_factory.mktemp("readers") / "readers.toml"
    path.write_text(LISTED, "utf-8")
    return read_readers(path)


ADMITTED = {
    "as listed": ({}, "investigator"),
    "in capitals": ({"email": "ANNA.ASSESS@CLINIC.EXAMPLE"}, "investigator"),
    "listed in capitals": ({"email": "bo+trial@clinic.example"}, "viewer"),
    "a plus that is listed": ({"email": "Bo+Trial@clinic.example"}, "viewer"),
    "another reader": ({"email": "k.east@clinic.example"}, "data_manager"),
    "signed in just now": ({"iat": NOW}, "investigator"),
    "the provider's clock is ahead": ({"iat": NOW + 200}, "investigator"),
    "hours ago": ({"iat": NOW - SIGNED_IN_SECONDS + 1}, "investigator"),
    "a claim of no concern": ({"name": "Anna", "groups": ["all"]}, "investigator"),
}
REFUSED = {
    "not listed": {"email": "carl@clinic.example"},
    "a plus that is not listed": {"email": "anna.assess+x@clinic.example"},
    "without the plus": {"email": "bo@clinic.example"},
    "a dot less": {"email": "annaassess@clinic.example"},
    "a beginning": {"email": "anna.assess@clinic.exampl"},
    "a continuation": {"email": "anna.assess@clinic.example.org"},
    "another domain": {"email": "anna.assess@evil.example"},
    "a subdomain": {"email": "anna.assess@mail.clinic.example"},
    "a blank before": {"email": " anna.assess@clinic.example"},
    "a blank after": {"email": "anna.assess@clinic.example "},
    "a line's end": {"email": "anna.assess@clinic.example\n"},
    "a zero byte": {"email": "anna.assess@clinic.example\0"},
    "a zero-width blank": {"email": "anna.assess\u200b@clinic.example"},
    "a Cyrillic a": {"email": "\u0430nna.assess@clinic.example"},
    "wide letters": {"email": "anna.assess@clinic.ex\uff41mple"},
    "a long s": {"email": "anna.a\u017f\u017fess@clinic.example"},
    "a Kelvin sign": {"email": "\u212a.east@clinic.example"},
    "a combining accent": {"email": "anna.assess@clinic.examp\u0301le"},
    "two addresses": {"email": "x@evil.example,anna.assess@clinic.example"},
    "a display name": {"email": "Anna <anna.assess@clinic.example>"},
    "two at signs": {"email": "anna.assess@clinic.example@evil.example"},
    "a list": {"email": ["anna.assess@clinic.example"]},
    "a number": {"email": 7},
    "an empty address": {"email": ""},
    "no address": {"email": None},
    "the name only": {"email": None, "preferred_username": "anna.assess@clinic.example"},
    "not verified": {"email_verified": False},
    "verified as a word": {"email_verified": "true"},
    "verified as a number": {"email_verified": 1},
    "nothing said of verified": {"email_verified": None},
    "not signed in": {"is_logged_in": False},
    "signed in as a word": {"is_logged_in": "true"},
    "no time of sign-in": {"iat": None},
    "the time as a word": {"iat": str(NOW)},
    "true for the time": {"iat": True},
    "no number": {"iat": float("nan")},
    "too long ago": {"iat": NOW - SIGNED_IN_SECONDS - 1},
    "to come": {"iat": NOW + 3600},
}


@pytest.mark.parametrize("case", ADMITTED)
def test_who_is_listed_is_admitted(readers, case):
    claims, role = ADMITTED[case]
    assert admit(ANNA | claims, readers, NOW).role == role


@pytest.mark.parametrize("case", REFUSED)
def test_who_is_not_is_refused(readers, case):
    with pytest.raises(NotAdmittedError) as refusal:
        admit(ANNA | REFUSED[case], readers, NOW)
    assert "@" not in str(refusal.value)


@pytest.mark.parametrize("missing", ANNA)
def test_a_missing_claim_is_refused(readers, missing):
    claims = {name: claim for name, claim in ANNA.items() if name != missing}
    with pytest.raises(NotAdmittedError):
        admit(claims, readers, NOW)


def test_nobody_is_refused(readers):
    with pytest.raises(NotAdmittedError, match="not signed in"):
        admit({}, readers, NOW)


def test_a_role_gives_what_it_is_for_and_no_more(readers):
    by_role = {reader.role: reader for reader in readers.values()}
    may = {role: (r.may_see_patients, r.may_download_rows) for role, r in by_role.items()}
    assert may == {
        "viewer": (False, False),
        "investigator": (True, False),
        "data_manager": (False, True),
    }
    assert by_role["viewer"].centres is None
    assert by_role["data_manager"].centres == ("East", "West")


def test_a_reader_is_named_by_a_hash(readers):
    reader = readers["anna.assess@clinic.example"]
    assert reader.name == hash_email("Anna.Assess@clinic.example")
    assert "anna" not in repr(reader)


BAD_FILES = {
    "no TOML": "[readers",
    "empty": "",
    "nobody": "[readers]\n",
    "another section": LISTED + '[writers]\n"x@y.example" = 1\n',
    "an unknown role": '[readers]\n"a@b.example" = { role = "admin", centres = "all" }\n',
    "a role in capitals": '[readers]\n"a@b.example" = { role = "Viewer", centres = "all" }\n',
    "no role": '[readers]\n"a@b.example" = { centres = "all" }\n',
    "no centres": '[readers]\n"a@b.example" = { role = "viewer" }\n',
    "a misspelt key": '[readers]\n"a@b.example" = { role = "viewer", centre = ["West"] }\n',
    "one more key": '[readers]\n"a@b.example" = { role = "viewer", centres = "all", x = 1 }\n',
    "an empty list": '[readers]\n"a@b.example" = { role = "viewer", centres = [] }\n',
    "an empty name": '[readers]\n"a@b.example" = { role = "viewer", centres = [" "] }\n',
    "a centre as a word": '[readers]\n"a@b.example" = { role = "viewer", centres = "West" }\n',
    "true": '[readers]\n"a@b.example" = { role = "viewer", centres = true }\n',
    "not a table": '[readers]\n"a@b.example" = "viewer"\n',
    "a whole domain": '[readers]\n"*@b.example" = { role = "viewer", centres = "all" }\n@',
    "a domain alone": '[readers]\n"@b.example" = { role = "viewer", centres = "all" }\n',
    "no address": '[readers]\n"anna" = { role = "viewer", centres = "all" }\n',
    "an address in another script": (
        '[readers]\n"\u0430@b.example" = { role = "viewer", centres = "all" }\n'
    ),
    "twice": (
        '[readers]\n"a@b.example" = { role = "viewer", centres = "all" }\n'
        '"A@b.example" = { role = "investigator", centres = "all" }\n'
    ),
    "a list": '[[readers]]\nemail = "a@b.example"\n',
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_list_that_is_not_understood_is_refused_whole(tmp_path, case):
    path = tmp_path / "readers.toml"
    path.write_text(BAD_FILES[case], "utf-8")
    with pytest.raises(UnreadableError) as refusal:
        read_readers(path)
    assert "readers.toml" in str(refusal.value)
    assert "b.example" not in str(refusal.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "readers.toml"
    path.write_bytes(b"[readers]\n\xff")
    with pytest.raises(UnreadableError, match="no TOML"):
        read_readers(path)


def test_a_list_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="Check path"):
        read_readers(tmp_path / "readers.toml")
