"""The nginx that the tests run: an installed one, else Debian's package.

Run as a script it makes sure that there is one; ``make test`` does so before the tests.
"""

import os
import re
import shutil
import subprocess
import sys
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


def provide_nginx() -> None:
    """Install one where there is none, from Debian as root; else say what to do."""
    if find_nginx():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", "nginx-light"], check=True, env=quiet)
    else:
        sys.exit("The test of deploy/nginx.conf needs nginx. Install it.")


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


if __name__ == "__main__":
    provide_nginx()
