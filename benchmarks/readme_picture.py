"""Take the README's picture: the top of a study's page.

    python benchmarks/readme_picture.py studies/four-regions-clean/report.html

Needs playwright and Debian's chromium, as the browser tests do.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

OUT = Path(__file__).parents[1] / "docs" / "images"


def take(page_file: Path) -> Path:
    """Draw verdict and first row of curves, and nothing else, as PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 900, "height": 800})
        page.goto(page_file.resolve().as_uri())
        page.add_style_tag(
            content="nav, #budgets, #drawn, #methods, #places, details { display: none }"
        )
        box = page.locator("#curves svg, #curves figure").first.bounding_box()
        path = OUT / f"{page_file.parent.name}.png"
        height = box["y"] + box["height"] + 10
        page.screenshot(
            path=path, clip={"x": 0, "y": 0, "width": 900, "height": height}, full_page=True
        )
        browser.close()
    return path


if __name__ == "__main__":
    print(take(Path(sys.argv[1])))
