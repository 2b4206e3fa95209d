"""The nginx that the tests run, with the site of ``deploy/``."""

import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.dashboard import free_port

SITE = Path(__file__).parents[2] / "deploy" / "nginx.conf"
AS_ROOT = "/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"
# What a site of its own leaves to the main file; everything is written below one folder.
MAIN = """
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {site}
}}
"""


def find_nginx() -> str | None:
    """Path of an installed nginx; None when there is none."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:{AS_ROOT}")


@contextmanager
def serve_site(folder: Path, dashboard_port: int, sign_in_port: int) -> Iterator[str]:
    """Serve the site of ``deploy/`` as it is, but without a certificate and at free ports."""
    port = free_port()
    site = SITE.read_text()
    site = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", site)
    site = re.sub(r"listen 80;", f"listen 127.0.0.1:{free_port()};", site)
    site = re.sub(r"\n *ssl_\w+ [^\n]*", "", site)
    site = site.replace("127.0.0.1:8501", f"127.0.0.1:{dashboard_port}")
    site = site.replace("127.0.0.1:4180", f"127.0.0.1:{sign_in_port}")
    (folder / "nginx.conf").write_text(MAIN.format(site=site))
    nginx = find_nginx()
    assert nginx, "install nginx, or run tests/browser/nginx.py as root"
    command = [nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command) as process:
        try:
            _wait_until_it_answers(process, address)
            yield address
        finally:
            process.kill()


def _wait_until_it_answers(process: subprocess.Popen, address: str) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/oauth2/start", timeout=30).close()
        except urllib.error.HTTPError:
            return
        except urllib.error.URLError:
            continue
        return
    raise AssertionError(f"nginx ended with {process.returncode}")
