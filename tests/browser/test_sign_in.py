"""Signing in at an identity provider, in a browser: allowed, denied, not verified."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from lupus_outcomes.access.audit import verify_log
from lupus_outcomes.access.readers import hash_email
from tests.browser.conftest import COHORT
from tests.browser.dashboard import PATIENCE_MS, free_port, serve, wait_until_drawn
from tests.sign_in import CENTRE, INVESTIGATOR, VIEWER, write_sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OTHER, UNVERIFIED = "other@a.example", "unverified"
PEOPLE = (
    {"sub": VIEWER, "email": VIEWER.upper(), "email_verified": True},
    {"sub": INVESTIGATOR, "email": INVESTIGATOR, "email_verified": True},
    {"sub": OTHER, "email": OTHER, "email_verified": True},
    {"sub": UNVERIFIED, "email": VIEWER, "email_verified": False},
)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """An identity provider on this machine."""
    port = free_port()
    people = [word for who in PEOPLE for word in ("--user-claims", json.dumps(who))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *people]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None and not answers(address):
                continue
            yield address
        finally:
            process.kill()


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=30).close()
    except urllib.error.URLError:
        return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sign_in")


@pytest.fixture(scope="module")
def served(provider, folder) -> Iterator[str]:
    """The dashboard on the test cohort, behind sign-in."""
    with serve(COHORT, write_sign_in(folder, provider)) as address:
        yield address


@pytest.fixture
def visit(browser, served):
    """Someone at a browser of their own, who opens the dashboard."""
    contexts = []

    def visit_(path: str = "") -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        contexts.append(context)
        # The provider's page would fetch its looks from elsewhere.
        context.route(lambda url: "127.0.0.1" not in url, lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{served}{path}")
        wait_until_drawn(page)
        return page

    yield visit_
    for context in contexts:
        context.close()


def sign_in(page: Page, who: str) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=who, exact=True).click()
    page.wait_for_url("**/")
    wait_until_drawn(page)


def test_nobody_is_shown_anything(visit):
    for path in ("", "/centres", "/patient?sex=male"):
        page = visit(path)
        expect(page.get_by_text("Sign in to see this dashboard")).to_be_visible()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        for absent in ("You are seeing", "Centre 0", "Remission", "Cohort"):
            expect(page.get_by_text(absent)).to_have_count(0)


def test_who_is_listed_sees_their_own_centre(visit):
    page = visit()
    sign_in(page, VIEWER)
    seen = page.get_by_text("You are seeing")
    expect(seen).to_contain_text("19 of 19 patients")
    expect(seen).to_contain_text(f"Centre: {CENTRE} only")
    expect(page.get_by_text("Signed in as viewer")).to_be_visible()
    page.get_by_role("button", name="About").click()
    expect(page.get_by_text("Data dictionary", exact=True)).to_be_visible()
    expect(page.get_by_text("Your own data")).to_have_count(0)
    page.goto(f"{page.url}patient")
    wait_until_drawn(page)
    expect(page.get_by_text("to signed-in investigators")).to_be_visible()


def test_a_download_is_written_down(visit, folder):
    page = visit()
    sign_in(page, INVESTIGATOR)
    page.get_by_role("button", name="Download", exact=True).first.click()
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Table CSV").click()
    log = folder / "audit.jsonl"
    assert not verify_log(log).broken_line
    last = json.loads(log.read_bytes().splitlines()[-1])
    assert last["event"] == "download"
    assert last["reader"] == hash_email(INVESTIGATOR)
    assert last["result"] == arriving.value.suggested_filename


def test_no_file_arrives_while_the_log_cannot_be_written(visit, folder):
    page = visit()
    sign_in(page, INVESTIGATOR)
    page.get_by_role("button", name="Download", exact=True).first.click()
    expect(page.get_by_role("button", name="Table CSV")).to_be_visible()
    log = folder / "audit.jsonl"
    log.rename(folder / "kept.jsonl")
    log.mkdir()
    arrived = []
    page.on("download", lambda download: arrived.append(download))
    page.get_by_role("button", name="Table CSV").click()
    expect(page.get_by_text("Failed to generate file")).to_be_visible()
    page.reload()
    wait_until_drawn(page)
    expect(page.get_by_text("so there are no downloads").first).to_be_visible()
    assert not arrived
    log.rmdir()
    (folder / "kept.jsonl").rename(log)


@pytest.mark.parametrize(
    ("who", "why"),
    [(OTHER, "is not on the list of readers"), (UNVERIFIED, "has not verified the e-mail")],
)
def test_who_is_not_admitted_is_told_so_and_shown_nothing(visit, who, why):
    page = visit()
    sign_in(page, who)
    expect(page.get_by_text("Sign in to see this dashboard")).to_be_visible()
    expect(page.get_by_text(why)).to_be_visible()
    expect(page.get_by_text("You are seeing")).to_have_count(0)
    expect(page.get_by_text("Remission")).to_have_count(0)


def test_who_signs_out_is_out(visit, served, provider):
    page = visit()
    sign_in(page, VIEWER)
    with page.expect_navigation(url=lambda url: url.startswith(provider)):
        page.get_by_role("button", name="Sign out").click()
    page.goto(served)
    wait_until_drawn(page)
    expect(page.get_by_text("Sign in to see this dashboard")).to_be_visible()
