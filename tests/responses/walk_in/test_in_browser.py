"""In a real Chromium: a panel on a website that trusts nobody, a screen for one person after the other, a receipt."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, Route, expect

from feedback_service.responses.models import Channel
from feedback_service.responses.walk_in import routes
from feedback_service.responses.walk_in.surroundings import Pace
from tests.responses.walk_in.conftest import Camera, Place
from tests.responses.walk_in.factories import answers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),  # what differs here is the browser
]
LATER = 91 * 24 * 3600 * 1000  # milliseconds; the panel comes again after 90 days
MOST_SECONDS = 15_000


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="A question from Corner Shop")


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def choose(where: Page | FrameLocator, score: int) -> None:
    where.locator(f"label:has(input[value='{score}'])").click()


def no_violations(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


# The panel


def test_a_panel_is_answered_on_a_foreign_page_with_a_strict_policy(
    place: Place, page: Page, screenshot: Camera
) -> None:
    way = place.panel()
    page.goto(place.shop)
    expect(panel(page)).to_be_visible()
    screenshot(page, "asked")
    no_violations(page)
    page.wait_for_timeout(800)  # nobody reads a question in less, and whoever does is taken for a machine
    choose(inside(page), 9)
    inside(page).get_by_role("button", name="Send my answer").click()
    inside(page).get_by_role("button", name="Add this to my answer").wait_for()
    screenshot(page, "more")
    no_violations(page)
    inside(page).get_by_role("button", name="Add this to my answer").click()
    expect(inside(page).get_by_role("heading", level=1)).to_have_text("Thank you for your time.")
    screenshot(page, "thanked")
    [answer] = answers(place.session)
    assert (answer.channel, answer.collector_id, answer.score) == (Channel.EMBED, way.id, 9)


def test_it_takes_no_focus_and_is_closed_from_anywhere(place: Place, page: Page) -> None:
    place.panel()
    page.goto(place.shop)
    search = page.get_by_label("Search")
    search.focus()
    expect(panel(page)).to_be_visible()
    page.keyboard.type("green tea")
    expect(search).to_have_value("green tea")
    page.keyboard.press("Tab")
    expect(panel(page).get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page)).to_have_count(0)
    expect(search).to_be_focused()
    for leave in ("button", "frame"):
        page.evaluate("() => feedbackSurvey.open()")
        expect(panel(page)).to_be_visible()
        if leave == "frame":
            inside(page).locator("input[name=score]").first.focus()
        else:
            panel(page).get_by_role("button", name="Close").focus()
        page.keyboard.press("Escape")
        expect(panel(page)).to_have_count(0)


def test_it_waits_for_a_page_whose_styles_come_late(place: Place, page: Page) -> None:
    place.panel()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/style.css", hold)
    with page.expect_response("**/frame?*"), page.expect_response("**/frame.js"):
        page.goto(place.shop, wait_until="commit")
    held[0].continue_()
    expect(panel(page)).to_be_visible()


def test_it_is_as_high_as_its_page(place: Place, page: Page) -> None:
    place.panel()
    page.goto(place.shop)
    expect(panel(page)).to_be_visible()
    frame = page.frames[1]
    height = frame.evaluate("() => document.documentElement.getBoundingClientRect().height")
    assert page.locator("iframe").bounding_box()["height"] == pytest.approx(height, abs=1)  # type: ignore[index]
    # No other page may say how high it is: this message does not come from the frame.
    page.evaluate("() => window.postMessage({ feedbackHeight: 3000, feedbackClose: true }, '*')")
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    assert page.locator("iframe").bounding_box()["height"] == pytest.approx(height, abs=1)  # type: ignore[index]


def test_a_browser_is_shown_it_once_in_a_while(place: Place, page: Page) -> None:
    way = place.panel()
    key = f"feedback-survey-{way.token}"
    page.goto(place.shop)
    expect(panel(page)).to_be_visible()
    assert page.evaluate("() => Object.keys(localStorage)") == [key]
    assert page.context.cookies() == []
    page.reload(wait_until="networkidle")
    expect(panel(page)).to_have_count(0)
    page.evaluate(f"() => localStorage.setItem('{key}', Date.now() - {LATER})")
    page.reload()
    expect(panel(page)).to_be_visible()


REFUSED = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })"


def test_without_storage_a_cookie_of_the_page_remembers(place: Place, page: Page) -> None:
    way = place.panel()
    page.add_init_script(REFUSED)
    page.goto(place.shop)
    expect(panel(page)).to_be_visible()
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["domain"]) == (f"feedback-survey-{way.token}", "localhost")
    page.reload(wait_until="networkidle")
    expect(panel(page)).to_have_count(0)


def test_a_browser_that_keeps_nothing_is_not_asked_on_every_page(place: Place, page: Page) -> None:
    place.panel()
    page.add_init_script(f"{REFUSED}; Object.defineProperty(document, 'cookie', {{ get: () => '', set() {{}} }})")
    page.goto(place.shop, wait_until="networkidle")
    expect(panel(page)).to_have_count(0)
    page.evaluate("() => feedbackSurvey.open()")  # whoever asks for it, sees it
    expect(panel(page)).to_be_visible()


def test_it_leaves_one_name_behind(place: Place, page: Page) -> None:
    page.goto(place.shop)
    before = set(page.evaluate("() => Object.getOwnPropertyNames(window)"))
    place.panel('data-open="manual"')
    page.goto(place.shop, wait_until="networkidle")
    expect(panel(page)).to_have_count(0)
    after = set(page.evaluate("() => Object.getOwnPropertyNames(window)"))
    assert {name for name in after - before if not name.isdecimal()} == {"feedbackSurvey"}


def test_a_website_that_may_not_hold_it_shows_nothing(place: Place, visitor: BrowserContext) -> None:
    way = place.panel()
    way = place.session.merge(way)
    way.origins = ["https://another-shop.example"]
    place.session.commit()
    page = visitor.new_page()  # whose browser complains, and rightly so
    with page.expect_event("console", lambda said: "frame-ancestors" in said.text):
        page.goto(place.shop)
    expect(panel(page)).to_be_hidden()
    assert page.evaluate("() => localStorage.length") == 0


def test_it_speaks_the_language_of_the_page_or_the_one_it_is_told(place: Place, page: Page) -> None:
    place.panel('data-after="0" data-lang="ar" data-order="10042"')
    page.goto(place.shop)
    shown = page.get_by_role("region", name="سؤال من Corner Shop")
    expect(shown).to_be_visible()
    expect(inside(page).locator("html")).to_have_attribute("dir", "rtl")
    expect(inside(page).locator("input[name=order]")).to_have_value("10042")
    box = page.get_by_role("button", name="إغلاق").bounding_box()
    assert box is not None
    assert box["x"] < 100  # where a reader from right to left looks for it


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_looks_at_home_on_a_wide_screen(place: Place, chromium: Browser, screenshot: Camera, scheme: str) -> None:
    place.panel()
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(place.shop)
    expect(panel(page)).to_be_visible()
    screenshot(page, scheme)
    no_violations(page)
    assert panel(page).evaluate("(shown) => getComputedStyle(shown).animationName") == "none"
    context.close()


# The counter


@pytest.fixture
def touchscreen(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
    yield context.new_page()
    context.close()


def answered_at(screen: Page, start: str) -> None:
    """Somebody gives a score and writes; the thanks are on the screen."""
    screen.goto(start)
    screen.wait_for_timeout(800)  # see above
    choose(screen, 3)
    screen.get_by_role("button", name="Send my answer").click()
    screen.get_by_label("What went wrong?").fill("My name is Ana Souza.")
    screen.get_by_role("button", name="Add this to my answer").click()
    screen.get_by_role("link", name="Back to the start").wait_for()


def start_of(place: Place, **wishes: str) -> str:
    return f"{place.service}/c/{place.way(Channel.KIOSK, **wishes).token}/kiosk"


def empty(screen: Page) -> bool:
    return screen.locator("input:checked").count() == 0


def test_a_screen_starts_afresh_for_the_next_person(
    place: Place, touchscreen: Page, screenshot: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "THANKING", Pace(quiet=1, warning=0, without_script=1))
    start = start_of(place)
    answered_at(touchscreen, start)
    screenshot(touchscreen, "thanks")
    touchscreen.wait_for_url(start, timeout=MOST_SECONDS)
    assert empty(touchscreen)
    for _ in range(4):
        touchscreen.go_back()
        assert touchscreen.url in {start, "about:blank"}
        assert "Ana" not in touchscreen.content()
        assert empty(touchscreen)


def test_it_does_so_without_scripts_too(place: Place, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "THANKING", Pace(quiet=1, warning=0, without_script=1))
    context = chromium.new_context(java_script_enabled=False)
    screen, start = context.new_page(), start_of(place)
    answered_at(screen, start)
    screen.wait_for_url(start, timeout=MOST_SECONDS)
    for _ in range(5):
        screen.go_back()
        assert screen.url in {start, f"{start}/thanks", "about:blank"}
        assert "Ana" not in screen.content()
        assert empty(screen)
    context.close()


def test_it_warns_and_waits_for_whoever_is_still_there(place: Place, touchscreen: Page, screenshot: Camera) -> None:
    start, warning = start_of(place), touchscreen.get_by_role("alert")
    touchscreen.clock.install()
    touchscreen.goto(start)
    choose(touchscreen, 3)
    touchscreen.get_by_role("button", name="Send my answer").click()
    words = touchscreen.get_by_label("What went wrong?")
    words.fill("It is")
    for _ in range(5):  # three minutes and more of writing, a letter at a time
        touchscreen.clock.fast_forward(50_000)
        words.press("x")
        expect(warning).to_be_hidden()
    touchscreen.clock.fast_forward(61_000)
    expect(warning).to_have_text("Are you still there? This page will soon start afresh. Touch it to go on.")
    screenshot(touchscreen, "warning")
    touchscreen.get_by_role("heading", level=1).click()
    expect(warning).to_be_hidden()
    expect(words).to_have_value("It isxxxxx")
    touchscreen.clock.fast_forward(61_000)
    expect(warning).to_be_visible()
    touchscreen.clock.fast_forward(21_000)
    touchscreen.wait_for_url(start)
    assert empty(touchscreen)


def test_a_language_that_was_chosen_is_nobody_elses(place: Place, touchscreen: Page) -> None:
    start = start_of(place)
    touchscreen.clock.install()
    touchscreen.goto(start)
    touchscreen.get_by_role("link", name="Deutsch").click()
    expect(touchscreen.locator("html")).to_have_attribute("lang", "de")
    touchscreen.clock.fast_forward(41_000)
    touchscreen.clock.fast_forward(21_000)
    touchscreen.wait_for_url(start)
    expect(touchscreen.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_every_page_is_for_everybody(
    place: Place, chromium: Browser, screenshot: Camera, scheme: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page, start = context.new_page(), start_of(place)
    link = f"{place.service}/c/{place.way(Channel.LINK).token}"
    for name, address in (
        ("counter", start),
        ("counter in Arabic", f"{start}?lang=ar"),
        ("thanks", f"{start}/thanks"),
        ("receipt", link),
        ("receipt in German", f"{link}?lang=de"),
        ("nothing here", f"{place.service}/c/nobody"),
    ):
        page.goto(address)
        screenshot(page, name)
        no_violations(page)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), name
    page.goto(start)
    for target in page.locator(".scale-target").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= (44 if width == 375 else 64)
    context.close()


# A receipt


def test_going_back_corrects_the_answer(place: Place, page: Page) -> None:
    page.goto(f"{place.service}/c/{place.way(Channel.LINK).token}")
    page.wait_for_timeout(800)  # see above
    choose(page, 3)
    page.get_by_role("button", name="Send my answer").click()
    page.wait_for_url(re.compile("/more"))
    page.go_back()
    choose(page, 8)
    page.get_by_role("button", name="Send my answer").click()
    page.wait_for_url(re.compile("/more"))
    [answer] = answers(place.session)
    assert answer.score == 8
