"""An order comes in, its buyer is mailed and answers, staff put it right, and a manager sees it: in a real browser."""

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from feedback_service.demo.doors import ADMIN, MANAGER, PASSWORD, STAFF
from tests.journeys.conftest import Camera
from tests.journeys.demo_process import Demo

pytestmark = pytest.mark.browser

WIDTHS = {"phone": 375, "desktop": 1280}
READING = 800  # ms; whoever presses sooner has not read


@dataclass(frozen=True)
class Buyer:
    """Somebody who has just got a parcel."""

    order_id: str
    name: str
    email: str
    locale: str


def import_order(demo: Demo, buyer: Buyer, folder: Path) -> None:
    """The shop's export: delivered two days ago, so the delivery survey, or the NPS in its time, is due."""
    now = datetime.now(UTC)
    path = folder / f"{buyer.order_id}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "order_id",
                "customer_id",
                "email",
                "name",
                "locale",
                "ordered_at",
                "delivered_at",
                "status",
                "attr.region",
            ]
        )
        ordered, delivered = now - timedelta(days=12), now - timedelta(days=8)
        writer.writerow(
            [
                buyer.order_id, f"C-{buyer.order_id}", buyer.email, buyer.name, buyer.locale,
                ordered.isoformat(), delivered.isoformat(), "delivered", "Portugal",
            ]
        )  # fmt: skip
    assert "1 added" in demo.command("import", "orders", str(path), "--source", "journey")


def open_mail(page: Page, demo: Demo, buyer: Buyer) -> None:
    """Wait for the mail as a person would, by looking again."""
    for _ in range(60):
        page.goto(f"{demo.url}/mailbox/")
        mine = page.locator("li", has_text=buyer.email)
        if mine.count():
            mine.get_by_role("link").click()
            return
        page.wait_for_timeout(500)
    raise AssertionError("no mail came")


def sign_in(page: Page, demo: Demo, person: tuple[str, str, str], door: str) -> None:
    page.goto(f"{demo.url}{door}")
    page.get_by_label("E-mail").fill(person[0])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def no_overflow(page: Page) -> None:
    """Nothing wider than the screen."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


@pytest.mark.parametrize("device", WIDTHS)
def test_the_whole_loop(chromium: Browser, demo: Demo, tmp_path: Path, screenshot: Camera, device: str) -> None:
    buyer = Buyer(f"J-{device}", f"Noor {device.title()}", f"noor-{device}@example.org", "en")
    words = f"The box was crushed on {device} and nobody picks up the phone 😡"
    context = chromium.new_context(
        viewport={"width": WIDTHS[device], "height": 760}, java_script_enabled=False, locale="en-GB"
    )
    page = context.new_page()

    page.goto(demo.url)
    screenshot(page, "start page")
    import_order(demo, buyer, tmp_path)
    open_mail(page, demo, buyer)
    screenshot(page, "mail")
    expect(page.get_by_role("heading", name=re.compile(buyer.order_id))).to_be_visible()

    answer = tap_score(context, page, "1")
    screenshot(answer, "score tapped in the mail")
    expect(answer.get_by_role("radio", name="1", exact=True)).to_be_checked()
    answer.wait_for_timeout(READING)
    answer.get_by_role("button", name="Send my answer").click()
    screenshot(answer, "score confirmed")
    answer.locator("textarea[name=comment]").fill(words)
    answer.get_by_role("radio", name="Contact me").check()
    answer.get_by_role("button", name="Add this to my answer").click()
    expect(answer.get_by_role("heading", name="Thank you for your time.")).to_be_visible()
    screenshot(answer, "thanks")

    sign_in(page, demo, STAFF, "/cases/")
    case = find_case(page, demo, words)
    screenshot(page, "queue")
    case.click()
    expect(page.locator("blockquote").first).to_contain_text(f"on {device} and nobody picks up the phone")
    expect(page.locator("mark").first).to_contain_text("crushed")
    screenshot(page, "case")
    page.get_by_role("button", name=re.compile("Take")).click()
    fold(page, "Log what you did").click()
    page.get_by_label("What did you do?").select_option("Called the customer")
    page.get_by_role("group", name="Did you reach the customer?").get_by_label("Yes, we spoke").check()
    page.get_by_label("What should colleagues know?").fill("Rang; a new one leaves today.")
    page.get_by_role("button", name="Add to the log").click()
    expect(page.get_by_text("Rang; a new one leaves today.")).to_be_visible()
    screenshot(page, "action logged")
    page.get_by_label("Your words to the customer").fill("A new one left today; the number is 4471.")
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("list", name="Mails, newest first")).to_contain_text("A new one left today")
    screenshot(page, "written to the customer")
    fold(page, "Resolve").click()
    page.get_by_label("What caused it?").select_option("Damaged")
    page.get_by_label("How did it end for the customer?").select_option("Satisfied")
    page.get_by_role("group", name="Was the customer reached?").get_by_label("Yes").check()
    page.get_by_label("What was done?").fill("Replacement sent, packaging reported.")
    page.get_by_label("What do we tell the customer? (optional)").fill(
        "A new one is on its way, and the next box is stronger."
    )
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.get_by_text("Resolved: Damaged, satisfied")).to_be_visible()
    screenshot(page, "resolved")
    answer.locator("a[href^='/s/']").click()
    expect(answer.get_by_text("A new one is on its way, and the next box is stronger.")).to_be_visible()
    screenshot(answer, "what happened to my feedback")
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, demo, MANAGER, "/insights/")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_text("The numbers as a table").first.click()
    expect(page.get_by_role("table")).to_contain_text(f"{datetime.now(UTC):%b %Y}")
    screenshot(page, "trend")
    context.close()
    assert "The log holds" in demo.command("audit", "verify")


def fold(page: Page, title: str) -> Locator:
    """The line that opens one of the things that can be done with a case."""
    return page.locator("details.act > summary", has_text=re.compile(rf"^\s*{title}\b"))


def tap_score(context: BrowserContext, page: Page, score: str) -> Page:
    """A tap in the mail opens the page in a tab of its own, as a mail program would."""
    with context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name=score, exact=True).click()
    opened.value.wait_for_load_state()
    return opened.value


def find_case(page: Page, demo: Demo, words: str) -> Locator:
    """The loop opens the case within a sweep."""
    for _ in range(60):
        page.goto(f"{demo.url}/cases/")
        case = page.get_by_role("link", name=words)
        if case.count():
            return case
        page.wait_for_timeout(500)
    raise AssertionError("no case came")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", WIDTHS)
def test_every_page_is_fit_for_everybody(
    chromium: Browser, demo: Demo, screenshot: Camera, device: str, scheme: str
) -> None:
    """axe finds nothing to object to, nothing is cut off, and people may look at the pictures."""
    context = chromium.new_context(viewport={"width": WIDTHS[device], "height": 760}, color_scheme=scheme)
    page = context.new_page()
    page.goto(demo.url)
    survey = page.get_by_role("link", name="Answer a survey").get_attribute("href") or ""
    paths = [
        "/",
        survey,
        f"{survey}?score=5",
        "/r/unknown",
        "/u/unknown",
        "/improved/",
        "/mailbox/",
        "/sign-in",
        "/nowhere",
    ]
    for path in paths:
        look(page, demo, path, screenshot)
    sign_in(page, demo, ADMIN, "/cases/")
    first = page.locator("a.case-words").first.get_attribute("href") or ""
    staff = [
        "/cases/",
        "/cases/?view=resolved",
        "/cases/?view=resting",
        first,
        "/cases/new/",
        "/answers/",
        "/promises/",
        "/calls/",
        "/notices/",
        "/causes/",
        "/improvements/",
        "/improvements/1",
        "/queues/",
        "/replies/",
        "/insights/",
        "/insights/?survey=delivery_csat&grain=week&by=order.carrier",
        "/mail/",
        "/mail/funnel",
        "/comments/",
        "/comments/checks",
        "/comments/agreement",
        "/ways-in/",
        "/advocacy/",
        "/team/",
    ]
    for path in [*staff, "/styleguide/"]:
        look(page, demo, path, screenshot)
    context.close()


def look(page: Page, demo: Demo, path: str, screenshot: Camera) -> None:
    page.goto(f"{demo.url}{path}")
    screenshot(page, re.sub(r"\W+", " ", re.sub(r"/r/[\w-]{24}", "/r/link", path)).strip() or "start")
    no_overflow(page)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
