"""A manager rewords a survey, sees and publishes it, and the next buyer is asked in new words: in a real browser."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from feedback_service.demo.doors import MANAGER, PASSWORD
from feedback_service.invitations.rules.eligibility import sampled_in
from tests.journeys.conftest import Camera
from tests.journeys.demo_process import Demo

pytestmark = pytest.mark.browser

WIDTHS = {"phone": 375, "desktop": 1280}
HOME = "/surveys/delivery_csat"
OLD, NEW = "How satisfied are you with the delivery?", "Did the parcel please you?"


def sign_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/surveys/")
    page.get_by_label("E-mail").fill(MANAGER[0])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Surveys")).to_be_visible()


def ask_somebody(demo: Demo, folder: Path, order_id: str) -> str:
    """A buyer whose order came days ago, so that the delivery survey, or the NPS in its time, is due; their address."""
    path, now = folder / "orders.csv", datetime.now(UTC)
    email = f"{order_id.lower()}@example.org"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", "customer_id", "email", "name", "locale", "ordered_at", "delivered_at", "status"])
        delivered = now - timedelta(days=2)
        writer.writerow(
            [order_id, f"C-{order_id}", email, "Noor", "en", (now - timedelta(days=6)).isoformat(),
             delivered.isoformat(), "delivered"]
        )  # fmt: skip
    assert "1 added" in demo.command("import", "orders", str(path), "--source", "journey")
    return email


def test_a_survey_is_reworded_seen_published_and_asked(
    chromium: Browser, demo: Demo, tmp_path: Path, screenshot: Camera
) -> None:
    page = chromium.new_context(viewport={"width": WIDTHS["desktop"], "height": 900}, locale="en-GB").new_page()
    sign_in(page, demo)
    screenshot(page, "surveys")
    page.get_by_role("link", name="Delivery CSAT").click()
    page.get_by_role("link", name="English").first.click()

    shown = page.frame_locator("#preview-frame")
    expect(shown.get_by_role("heading", name=OLD)).to_be_visible()
    card = page.get_by_role("region", name="The score page")
    card.get_by_label("The question").fill(NEW)
    expect(shown.get_by_role("heading", name=NEW)).to_be_visible()
    page.get_by_role("button", name="After a low score").click()
    expect(shown.get_by_text(NEW)).to_be_visible()
    page.get_by_label("Desktop, at half its size").check()
    screenshot(page, "typed and seen")
    page.get_by_role("region", name="The mail").get_by_label("The question above the scores").fill(NEW)
    page.get_by_role("button", name="Mail", exact=True).click()
    expect(shown.get_by_text(NEW)).to_be_visible()

    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    page.get_by_role("button", name="Save and review").click()
    expect(page.get_by_text("English, The score page: The question")).to_be_visible()
    screenshot(page, "what publishing changes")
    page.get_by_role("button", name="Publish this draft").click()
    expect(page.get_by_text("Published. From now on it is asked like this.")).to_be_visible()
    screenshot(page, "published")

    email = ask_somebody(demo, tmp_path, leftover_order(demo))
    for _ in range(60):
        page.goto(f"{demo.url}/mailbox/")
        mine = page.locator("li", has_text=email)
        if mine.count():
            break
        page.wait_for_timeout(500)
    mine.get_by_role("link").click()
    expect(page.frame_locator("iframe").get_by_text(NEW)).to_be_visible()
    screenshot(page, "the next mail")
    page.context.close()


def leftover_order(demo: Demo) -> str:
    """An order number that the NPS survey's sample of every second one leaves to the delivery survey."""
    return next(
        f"J{number}" for number in range(100) if not sampled_in(f"order:journey:J{number}", "post_purchase_nps", 2)
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", WIDTHS)
def test_the_editor_is_fit_for_everybody(
    chromium: Browser, demo: Demo, screenshot: Camera, device: str, scheme: str
) -> None:
    """axe finds nothing to object to, and nothing is wider than the screen."""
    context = chromium.new_context(viewport={"width": WIDTHS[device], "height": 900}, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, demo)
    page.goto(f"{demo.url}/surveys/post_purchase_nps/rules")
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Save draft").click()
    for path in (
        "",
        "/post_purchase_nps",
        "/post_purchase_nps/rules",
        "/post_purchase_nps/questions",
        "/post_purchase_nps/words/ar",
    ):
        page.goto(f"{demo.url}/surveys{path or '/'}")
        screenshot(page, path.strip("/").replace("/", " ") or "list")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    context.close()


def test_without_javascript_a_button_draws_the_preview(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": WIDTHS["desktop"], "height": 900})
    page = context.new_page()
    sign_in(page, demo)
    page.goto(f"{demo.url}/surveys/support_csat/words/en")
    page.get_by_role("region", name="The score page").get_by_label("The question").fill("Are you content?")
    page.get_by_role("button", name="Score page").click()
    expect(page.frame_locator("#preview-frame").get_by_role("heading", name="Are you content?")).to_be_visible()
    expect(page.get_by_role("region", name="The score page").get_by_label("The question")).to_have_value(
        "Are you content?"
    )
    context.close()
