"""Every view of every page, with the server and Chromium in a network without any way out.

    python -m tests.proofs.offline     as root on Linux, some minutes; needs unshare and ip

The program starts itself anew in a network namespace of its own, in which there is nothing but the
loopback device, and shows first that no other machine can be reached.
"""

import os
import shutil
import socket
import subprocess
import sys

from playwright.sync_api import expect, sync_playwright

from lupus_outcomes.paths import SAMPLE
from tests.bench.pages import every_view
from tests.browser.chromium import launch_options
from tests.browser.conftest import Watched
from tests.browser.dashboard import serve, wait_until_drawn

INSIDE = "LUPUS_OUTCOMES_PROOF_INSIDE"
FIGURES, DRAWN = "[data-testid=stVegaLiteChart]", "[data-testid=stVegaLiteChart] svg.marks"
# Reserved for documentation: nobody has it, but a route would be tried.
ELSEWHERE = ("192.0.2.1", 80)


def main() -> int:
    if os.environ.get(INSIDE):
        return look_at_every_view()
    if not (shutil.which("unshare") and shutil.which("ip")):
        print("This proof needs unshare (util-linux) and ip (iproute2).")
        return 2
    again = f'ip link set lo up && exec "{sys.executable}" -m tests.proofs.offline'
    command = ["unshare", "--net", "sh", "-c", again]
    return subprocess.run(command, env=os.environ | {INSIDE: "yes"}, check=False).returncode


def has_way_out() -> bool:
    """Whether this machine believes that it can reach another."""
    with socket.socket() as asked:
        asked.settimeout(5)
        try:
            asked.connect(ELSEWHERE)
        except TimeoutError:
            return True
        except OSError:
            return False
    return True


def look_at_every_view() -> int:
    """Open each, and count figures that are drawn."""
    if has_way_out():
        print("There is a route to other machines: nothing is proved.")
        return 2
    n_figures, problems, views = 0, [], every_view()
    with serve(SAMPLE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for view in views:
            watched = Watched(browser.new_page())
            watched.page.goto(f"{address}/{view}")
            wait_until_drawn(watched.page)
            figures = watched.page.locator(FIGURES).count()
            expect(watched.page.locator(DRAWN)).to_have_count(figures)
            expect(watched.page.locator("h1")).to_have_count(1)
            n_figures += figures
            problems += [f"{view}: {problem}" for problem in watched.problems]
            watched.page.close()
        browser.close()
    print(f"{len(views)} views, {n_figures} figures drawn without a network")
    for problem in problems:
        print(f"  {problem}")
    return int(bool(problems) or not n_figures)


if __name__ == "__main__":
    sys.exit(main())
