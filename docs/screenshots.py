"""Take the screenshots of docs and README from the product itself, on the bundled sample."""

import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from app import CONTENTS, FIRST  # noqa: E402
from tests.browser.chromium import launch_options  # noqa: E402
from tests.browser.dashboard import serve, wait_until_drawn  # noqa: E402

from lupus_outcomes.paths import SAMPLE  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
WIDTH, TALLEST = 1440, 4_000
COMMITTEE = {"committee": "deck?slide=attainment&committee=on"}
# Figures fade in and tables measure themselves after the script has run.
SETTLE_MS = 1_200
RESAMPLED_MS = 180_000


def main() -> None:
    """One picture a page, as tall as the page."""
    FOLDER.mkdir(exist_ok=True)
    views = {Path(path).stem: title for pages in CONTENTS.values() for path, title in pages.items()}
    # The first page has the bare address.
    views = {name: "" if title == FIRST else name for name, title in views.items()}
    with serve(SAMPLE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_page(viewport={"width": WIDTH, "height": 1_000}, color_scheme="light")
        for name, view in (views | COMMITTEE).items():
            page.set_viewport_size({"width": WIDTH, "height": 1_000})
            page.goto(f"{address}/{view}")
            wait_until_drawn(page)
            # A first answer is replaced when the resampling in the background is done.
            expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=RESAMPLED_MS)
            wait_until_drawn(page)
            page.wait_for_timeout(SETTLE_MS)
            tall = page.evaluate(
                "() => document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight"
            )
            page.set_viewport_size({"width": WIDTH, "height": min(max(tall, 1_000), TALLEST)})
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
