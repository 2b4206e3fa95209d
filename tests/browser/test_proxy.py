"""The site of ``deploy/nginx.conf`` in front of the dashboard: who is let through, and with what.

In place of oauth2-proxy answers a server that lets a cookie pass.
"""

import http.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.dashboard import PATIENCE_MS, wait_until_drawn
from tests.browser.nginx import serve_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COOKIE = {"name": "_oauth2_proxy", "value": "signed-in"}
WHO = f"{COOKIE['name']}={COOKIE['value']}"


class SignIn(BaseHTTPRequestHandler):
    """As much of oauth2-proxy as nginx asks for."""

    def do_GET(self):
        is_asked = self.path.startswith("/oauth2/auth")
        is_in = WHO in (self.headers.get("Cookie") or "")
        self.send_response(200 if not is_asked else 202 if is_in else 401)
        self.end_headers()
        if not is_asked:
            self.wfile.write(b"sign in at the provider")

    def log_message(self, format, *args):
        """Nothing, the test says what went wrong."""


@pytest.fixture(scope="module")
def site(dashboard, tmp_path_factory) -> Iterator[str]:
    """The address of the site, in front of the dashboard of the other tests."""
    with ThreadingHTTPServer(("127.0.0.1", 0), SignIn) as sign_in:
        Thread(target=sign_in.serve_forever, daemon=True).start()
        folder = tmp_path_factory.mktemp("nginx")
        with serve_site(folder, urlsplit(dashboard).port or 0, sign_in.server_port) as address:
            yield address
        sign_in.shutdown()


def ask(address: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """What is answered to a path as it stands, without following anywhere."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def signed_in(browser, site):
    """A reader whose cookie oauth2-proxy knows."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    context.add_cookies([COOKIE | {"url": site}])
    yield context
    context.close()


@pytest.fixture
def page(signed_in, site):
    page = signed_in.new_page()
    page.set_default_timeout(PATIENCE_MS)
    watched = Watched(page)
    page.goto(site)
    wait_until_drawn(page)
    yield page
    page.close()
    assert not watched.problems


@pytest.fixture
def file_address(page) -> str:
    """Where the bytes of a download lie, as the page of a reader asks for them."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Download", exact=True).first.click()
    with page.expect_download():
        page.get_by_role("button", name="Table CSV").click()
    paths = (urlsplit(url).path for url in asked)
    return next(path for path in paths if path.startswith("/media/"))


PATHS = (
    "/",
    "/flares?sex=male",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/stream",
    "/_stcore/upload_file/session/file",
    "/_stcore/agent/openapi.json",
    "/component/any/index.html",
    "/auth/login",
    "/oauth2callback?state=guess&code=guess",
    "/oauth2/../_stcore/health",
    "/oauth2/%2e%2e/favicon.png",
)


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_served_without_signing_in(site, path):
    answer, content = ask(site, path)
    assert answer.status in (302, 401, 403)
    assert "/oauth2/start" in (answer.getheader("Location") or "")
    assert b"streamlit" not in content.lower()
    assert content != b"ok"


def test_the_paths_are_there_for_who_signed_in(site):
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/favicon.png"):
        assert ask(site, path, Cookie=WHO)[0].status == 200


def test_a_file_is_served_to_who_signed_in_only(site, dashboard, file_address):
    # Streamlit itself asks nobody.
    assert ask(dashboard, file_address)[0].status == 200
    assert ask(site, file_address)[0].status == 302
    answer, content = ask(site, file_address, Cookie=WHO)
    assert answer.status == 200
    assert b"endpoint" in content


def test_every_answer_carries_the_headers(site):
    for path, cookie in (("/", WHO), ("/_stcore/health", WHO), ("/nowhere", ""), ("/", "")):
        answer, _ = ask(site, path, Cookie=cookie)
        policy = answer.getheader("Content-Security-Policy") or ""
        assert policy.startswith("default-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
        assert "*" not in policy
        script = next(part for part in policy.split(";") if "script-src" in part)
        assert "unsafe-inline" not in script
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("X-Frame-Options") == "DENY"
        assert answer.getheader("Referrer-Policy") == "no-referrer"
        assert answer.getheader("Strict-Transport-Security")
        assert answer.getheader("Server") == "nginx"


def test_a_page_draws_within_what_the_policy_allows(page):
    # A refusal by the policy is an error on the console, which fails the fixture.
    expect(page.get_by_text("You are seeing")).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart] svg.marks").first).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    page.get_by_role("button", name="Download", exact=True).first.click()
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Figure SVG").click()
    assert arriving.value.suggested_filename.endswith(".svg")


def test_what_the_policy_forbids_is_not_done(signed_in, site):
    page = signed_in.new_page()
    page.goto(site)
    wait_until_drawn(page)
    assert (
        page.evaluate(
            """async () => {
            const done = [];
            const script = document.createElement('script');
            script.textContent = 'window.injected = true';
            document.body.append(script);
            if (window.injected) done.push('script');
            await fetch('http://127.0.0.1:9/').catch(e => e).then(
                () => new Promise(told => setTimeout(told, 0)));
            return done;
        }"""
        )
        == []
    )
    refused = page.evaluate(
        """() => new Promise(told => {
            document.addEventListener('securitypolicyviolation', e => told(e.effectiveDirective));
            const image = new Image();
            image.src = 'http://127.0.0.2/pixel.png';
        })"""
    )
    assert refused == "img-src"
    page.close()


def test_behind_it_nobody_is_on_their_own_machine(signed_in, site):
    page = signed_in.new_page()
    page.goto(f"{site}/patient")
    wait_until_drawn(page)
    expect(page.get_by_text("to signed-in investigators")).to_be_visible()
    expect(page.get_by_role("combobox", name="Patient")).to_have_count(0)
    page.close()
