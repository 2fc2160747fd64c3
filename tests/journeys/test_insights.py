"""A manager goes through every page of insights on a phone and at a desk, by day and by night."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, expect

from feedback_service.demo.doors import MANAGER, PASSWORD
from tests.journeys.conftest import Camera
from tests.journeys.demo_process import Demo

pytestmark = pytest.mark.browser
WIDTHS = {"phone": 375, "desktop": 1280}
PLACES = ("Overview", "Why", "Comments", "Coverage", "Loop", "Value", "Staff", "Alerts", "Reports")
WITHOUT_FIGURES = ("Alerts", "Reports")
LOADED = """
async () => {
  const pictures = [...document.images]
  for (const each of pictures) each.loading = "eager"
  await Promise.all(pictures.map(each => each.complete || new Promise(done => { each.onload = each.onerror = done })))
  return pictures.map(each => ({ words: each.alt, width: each.naturalWidth, url: each.currentSrc }))
}
"""
"""Every picture of a page, once it is there or has failed."""
NONSENSE = (
    ("from=2026-05-01&to=2026-01-01", "The first day comes after the last"),
    ("from=31.12.2026", "31.12.2026 is no day such as"),
    ("from=0001-01-01", "0001-01-01 is no day such as"),
    ("from=2000-01-01&grain=day", "A page shows 120 periods at most"),
    ("to=2199-12-31", "The last day lies ahead"),
    ("grain=fortnight", "There are no periods of that length"),
    ("survey=nobody_wrote_this", "There is no such survey"),
    ("by=<script>alert(1)</script>&is=x", "Answers cannot be told apart by that"),
)


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, demo: Demo) -> StorageState:
    """What the browser of a manager keeps who has signed in."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{demo.url}/insights/")
    page.get_by_label("E-mail").fill(MANAGER[0])
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    kept = context.storage_state()
    context.close()
    return kept


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_seen_by_everybody(
    chromium: Browser, demo: Demo, signed_in: StorageState, screenshot: Camera, width: str, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": WIDTHS[width], "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        storage_state=signed_in,
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(f"{demo.url}/insights/")
    for name in PLACES:
        page.get_by_role("navigation", name="Insights").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        look_at(page, screenshot, name)
    page.goto(f"{demo.url}/insights/value")
    page.get_by_role("region", name="Scorecards").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Carrier: "), level=1)).to_be_visible()
    look_at(page, screenshot, "Scorecard")
    assert faults == []
    context.close()


def look_at(page: Page, screenshot: Camera, name: str) -> None:
    """Whether all of a page is there, fits, and can be read by everybody."""
    pictures = page.evaluate(LOADED)
    assert pictures or name in WITHOUT_FIGURES
    for picture in pictures:
        assert picture["width"] > 0, picture["url"]
        title, _, told = picture["words"].partition(". ")
        assert title, picture["url"]
        assert told, picture["url"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than its screen"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    screenshot(page, name)


def test_a_point_leads_to_its_answers_and_a_picture_says_what_it_shows(
    chromium: Browser, demo: Demo, signed_in: StorageState
) -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, storage_state=signed_in).new_page()
    page.goto(f"{demo.url}/insights/")
    drawn = page.request.get(str(page.locator("#figure-trend img").evaluate("each => each.src"))).text()
    assert re.search(r"<title[^>]*>[^<]+</title>", drawn)
    assert re.search(r"<desc[^>]*>[^<]+</desc>", drawn)
    page.locator("#figure-trend .spots-wide a").nth(-2).click()
    expect(page).to_have_url(re.compile(r"/answers/\?survey=post_purchase_nps&from=\d{4}-\d{2}-01&to="))
    expect(page.locator(".answer").first).to_be_visible()


def test_an_address_that_makes_no_sense_is_told_in_a_sentence(
    chromium: Browser, demo: Demo, signed_in: StorageState
) -> None:
    page = chromium.new_context(storage_state=signed_in).new_page()
    for query, said in NONSENSE:
        page.goto(f"{demo.url}/insights/?{query}")
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
