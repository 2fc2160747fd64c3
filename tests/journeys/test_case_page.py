"""A colleague works a case to its end with nothing but the keyboard, and the customer's mails are part of it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from feedback_service.demo.doors import PASSWORD, STAFF
from feedback_service.demo.queue_life import DUE_TOMORROW, KEPT
from tests.journeys.conftest import Camera
from tests.journeys.demo_process import Demo

pytestmark = pytest.mark.browser
FARTHEST = 60  # presses of the Tab key; whoever needs more has given up


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus."""
    for _ in range(FARTHEST):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not lead there")


def press(page: Page, button: str) -> None:
    tab_to(page, page.get_by_role("button", name=button, exact=True))
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def choose(page: Page, label: str, words: str) -> None:
    """By its first letters, as everybody who knows a list does."""
    field = page.get_by_label(label)
    tab_to(page, field)
    page.keyboard.type(words)
    expect(field.locator("option:checked")).to_have_text(words)


def fill(page: Page, label: str, words: str) -> None:
    tab_to(page, page.get_by_label(label))
    page.keyboard.type(words)


def test_a_case_is_worked_to_its_end_with_the_keyboard(chromium: Browser, demo: Demo, screenshot: Camera) -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{demo.url}/promises/")
    fill(page, "E-mail", STAFF[0])
    fill(page, "Password", PASSWORD)
    page.keyboard.press("Enter")

    tab_to(page, page.get_by_role("link", name=DUE_TOMORROW))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/cases/\d+"))
    log = page.locator(".timeline").last
    expect(log).to_contain_text(KEPT)
    expect(page.locator(".letter-in")).to_have_count(1)  # the customer answered the mail
    assert Axe().run(page).violations_count == 0
    screenshot(page, "the story so far")

    page.keyboard.press("n")
    choose(page, "What did you do?", "Note")
    fill(page, "What should colleagues know?", "Asked the depot; nothing else is missing.")
    press(page, "Add to the log")
    expect(page.get_by_text("Asked the depot; nothing else is missing.")).to_be_visible()

    page.keyboard.press("r")
    fill(page, "Your words to the customer", "All that was missing is with you now, and your shipping is paid back.")
    press(page, "Send the mail")
    expect(page.locator(".letter").first).to_contain_text("All that was missing is with you now")
    screenshot(page, "written")

    page.keyboard.press("x")
    choose(page, "What caused it?", "Wrong item")
    choose(page, "How did it end for the customer?", "Satisfied")
    tab_to(page, page.get_by_role("group", name="Was the customer reached?").get_by_role("radio").first)
    page.keyboard.press("Space")
    fill(page, "What was done?", "Sent what was missing and paid the shipping back.")
    press(page, "Resolve")
    expect(page.get_by_text("promise").first).to_be_visible()  # it is not closed over one without a word
    screenshot(page, "a promise is left")
    fill(page, "Why is it closed over them?", "Paid back a day early.")
    press(page, "Resolve")
    expect(page.get_by_text(re.compile("Resolved: Wrong item, satisfied"))).to_be_visible()
    assert Axe().run(page).violations_count == 0
    screenshot(page, "resolved")
    assert faults == []
