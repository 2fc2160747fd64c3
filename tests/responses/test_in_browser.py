"""In a real Chromium: whoever goes back after a fault finds the form as they left it, and is asked nothing."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service import clock
from feedback_service.responses.models import Response
from feedback_service.responses.rules.words import LONGEST_COMMENT
from tests.journeys.conftest import _playwright, chromium
from tests.responses.factories import answered_by, asked
from tests.responses.walk_in.conftest import serving
from tests.responses.walk_in.factories import opened

__all__ = ["_playwright", "chromium"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),  # what differs here is the browser
]
READING = 800  # ms; whoever presses sooner has not read
LONG = "🙂" * (LONGEST_COMMENT + 1)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The app behind a real server."""
    with serving(app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Somebody's phone."""
    context = chromium.new_context(viewport={"width": 375, "height": 740})
    yield context.new_page()
    context.close()


def back(page: Page) -> None:
    """Press the browser's Back. A page that cannot be shown without sending the form again is a browser's own."""
    page.go_back(wait_until="domcontentloaded")
    assert page.url.startswith("http"), "the browser asks whether to send the form once more"
    expect(page.locator("main")).to_be_visible()


def comment_of(session: Session) -> str:
    session.rollback()
    said = session.scalars(select(Response.comment)).one()
    session.rollback()
    return said


@pytest.mark.parametrize("way", ["mail", "receipt"])
def test_no_score_was_chosen_at_first(page: Page, session: Session, site: str, way: str) -> None:
    now = clock.now()
    start = asked(session, now).path if way == "mail" else f"/c/{opened(session, now).token}"
    page.goto(site + start)
    page.wait_for_timeout(READING)
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("alert")).to_have_text("Choose a number first, then press the button.")
    page.wait_for_timeout(READING)
    page.locator("label:has(input[value='2'])").click()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.locator(".given-score")).to_have_text("2")
    back(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("recommend")
    page.locator("label:has(input[value='3'])").click()
    page.wait_for_timeout(READING)
    page.get_by_role("button", name="Send my answer").click()
    expect(page.locator(".given-score")).to_have_text("3")
    session.rollback()
    assert session.scalars(select(Response.latest_score)).all() == [3], "the answer was corrected, and not given twice"


def test_words_were_too_long_at_first(page: Page, session: Session, site: str) -> None:
    person = answered_by(session, clock.now(), 2)
    page.goto(f"{site}{person.path}/more")
    button = page.get_by_role("button", name="Add this to my answer")
    page.locator("textarea").first.fill(LONG)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("is longer than 5,000 characters")
    page.locator("textarea").first.fill("Late.")
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your time.")
    back(page)
    page.locator("textarea").first.fill("Late, and broken.")
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your time.")
    assert comment_of(session) == "Late, and broken."
