"""A real Chromium, and one demo shop that all journeys share."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.journeys.demo_process import Demo

CHROMIUM = shutil.which("chromium")
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""A test's browser asks nobody but the service."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo shop, started once."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    demo.start()
    demo.wait_until_ready()
    yield demo
    demo.stop()


@pytest.fixture(scope="module")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium. Without it the journeys are skipped, except in CI."""
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "CI needs Debian's chromium"
        pytest.skip("no chromium here: sudo apt-get install chromium")
    browser = _playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    yield browser
    browser.close()


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> "Camera":
    """Takes numbered pictures for people to look at, under screenshots/."""
    return Camera(SCREENSHOTS / request.node.name.replace("/", "_"))


class Camera:
    """Numbered pictures of one journey."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder, self.taken = folder, 0

    def __call__(self, page: Page, name: str) -> None:
        self.taken += 1
        page.screenshot(path=self.folder / f"{self.taken:02d} {name}.png", full_page=True)
