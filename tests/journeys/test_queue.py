"""An agent and a manager work the queue with nothing but a keyboard, and nothing moves under their hands."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from feedback_service.demo.doors import MANAGER, PASSWORD, STAFF
from tests.journeys.conftest import Camera
from tests.journeys.demo_process import Demo

pytestmark = pytest.mark.browser
WIDTHS = {"phone": 375, "desktop": 1280}


def sign_in(page: Page, demo: Demo, who: str) -> None:
    """With the keyboard, as everything here."""
    page.goto(f"{demo.url}/cases/")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(who)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    keys_work(page)


def keys_work(page: Page) -> None:
    """Wait until the page's script listens: then it offers its keys, and chooses. A heading is there long before."""
    expect(page.locator("#desk-help:not([hidden])")).to_be_attached()


def axe(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def focused(page: Page) -> str:
    """The id of the case whose line has the focus."""
    return str(page.evaluate("document.activeElement.closest('.case')?.dataset.id ?? ''"))


def test_an_agent_works_the_queue_with_the_keyboard(chromium: Browser, demo: Demo, screenshot: Camera) -> None:
    page = chromium.new_context(viewport={"width": WIDTHS["desktop"], "height": 900}).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    sign_in(page, demo, STAFF[0])
    axe(page)
    screenshot(page, "queue")
    ids = page.locator(".case").evaluate_all("rows => rows.map(row => row.dataset.id)")
    page.keyboard.press("j")
    assert focused(page) == ids[0]
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert focused(page) == ids[0]
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("3 cases chosen:")).to_be_visible()
    axe(page)
    screenshot(page, "chosen")
    page.keyboard.press("Escape")
    expect(page.get_by_text("3 cases chosen:")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)

    page.keyboard.press("/")
    page.keyboard.type("qqqqqq")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    keys_work(page)
    axe(page)
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_url(f"{demo.url}/cases/")

    open_case = page.locator(".case:has(.case-take button)").first
    number = open_case.get_attribute("data-id")
    open_case.locator(".case-words").focus()
    page.keyboard.press("c")
    row = page.locator(f"#case-{number}")
    expect(row).to_contain_text("In progress")
    expect(page.locator("#desk-news")).to_have_text(f"Case {number} is yours.")
    assert focused(page) == number  # the focus stayed where it was
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/cases/{number}$"))
    assert faults == []


def test_a_manager_gives_cases_away_and_sees_news_without_a_jump(
    chromium: Browser, demo: Demo, screenshot: Camera
) -> None:
    page = chromium.new_context(viewport={"width": WIDTHS["desktop"], "height": 900}).new_page()
    sign_in(page, demo, MANAGER[0])
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("1 case chosen:")).to_be_visible()
    before = page.locator(".case").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().top)")
    page.evaluate("document.querySelector('.case').dataset.mark = 'old'")
    page.evaluate("document.querySelectorAll('.case')[4].remove()")  # as though it had come since
    number = focused(page)
    assert number
    page.evaluate("htmx.trigger('#desk-fresh', 'refresh')")
    expect(page.get_by_text("1 new case: show")).to_be_visible()
    assert focused(page) == number
    after = page.locator(".case").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().top)")
    assert after == before[:-1]
    expect(page.get_by_text("1 case chosen:")).to_be_visible()  # what was chosen stays chosen
    axe(page)
    screenshot(page, "news")
    page.get_by_label("Give to", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"1 case given to|0 given to"))).to_be_visible()
    axe(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_queue_fits_every_screen(
    chromium: Browser, demo: Demo, screenshot: Camera, width: str, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": WIDTHS[width], "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    sign_in(page, demo, MANAGER[0])
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    axe(page)
    screenshot(page, f"{width} {scheme}")
