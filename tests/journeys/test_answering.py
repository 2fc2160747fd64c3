"""Every kind of survey is answered in a real browser: on a phone and a desk, with scripts and without, in three
languages; and every public page is fit for everybody, in every language, in light and dark."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from feedback_service import clock
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_surveys
from feedback_service.responses.models import Response
from tests.journeys.conftest import Camera
from tests.responses.factories import Asked, answered_by, asked, secret_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

WIDTHS = {"phone": 375, "desktop": 1280}
KINDS = {"nps": "post_purchase_nps", "csat": "delivery_csat", "ces": "ease_ces", "enps": "employee_pulse"}
LANGUAGES = {
    "nps": ("en", "de", "ar"),
    "csat": ("en", "fr", "pt-BR"),
    "ces": ("en", "es", "de"),
    "enps": ("en", "fr", "pt-BR"),
}
SHIPPED = read_surveys(SURVEYS)
WORDS = "Ça va très bien, شكرًا 🙂"
PERSONS = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36"
"""What a browser with a window calls itself; without one it says so, and is asked for one more press."""
READING = 800  # ms; whoever presses sooner has not read


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The app behind a real server."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()


@contextmanager
def page_of(chromium: Browser, width: int, *, scripts: bool = True, scheme: str = "light") -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": width, "height": 760},
        java_script_enabled=scripts,
        color_scheme="dark" if scheme == "dark" else "light",
        user_agent=PERSONS.format(chromium.version),
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def nothing_is_cut_off(page: Page) -> None:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("device", WIDTHS)
@pytest.mark.parametrize(("kind", "locale"), [(kind, locale) for kind in KINDS for locale in LANGUAGES[kind]])
def test_a_survey_is_answered(
    chromium: Browser,
    session: Session,
    site: str,
    screenshot: Camera,
    kind: str,
    locale: str,
    device: str,
    scripts: bool,
) -> None:
    survey = SHIPPED[KINDS[kind]]
    words, score = survey.wordings[locale], survey.structure.scale[-2]
    person = asked(session, clock.now(), survey=KINDS[kind], locale=locale)
    with page_of(chromium, WIDTHS[device], scripts=scripts) as page:
        page.goto(f"{site}{person.path}?score={score}")
        expect(page.locator("html")).to_have_attribute("lang", locale)
        expect(page.get_by_role("radio", name=str(score), exact=True)).to_be_checked()
        screenshot(page, "page")
        page.wait_for_timeout(READING)
        if survey.structure.anonymous:
            page.get_by_role("textbox").first.fill(WORDS)
        page.get_by_role("button", name=words.page.send).click()
        if not survey.structure.anonymous:
            expect(page.get_by_role("heading", name=words.more.heading)).to_be_visible()
            screenshot(page, "more")
            page.get_by_role("textbox").last.fill(WORDS)
            page.get_by_role("button", name=words.more.save).click()
        expect(page.get_by_role("heading", name=words.thanks.heading)).to_be_visible()
        screenshot(page, "thanks")
        nothing_is_cut_off(page)
    kept = session.scalars(select(Response)).one()
    assert (kept.score, kept.comment, kept.locale, kept.suspected) == (score, WORDS, locale, None)


def test_the_keyboard_alone_is_enough(chromium: Browser, session: Session, site: str) -> None:
    person = asked(session, clock.now())
    with page_of(chromium, 1280) as page:
        page.goto(f"{site}{person.path}")
        page.keyboard.press("Tab")
        _tab_to(page, "input[type=radio]")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        chosen = page.locator("input[name=score]:checked").get_attribute("value")
        page.wait_for_timeout(READING)
        _tab_to(page, "button[type=submit]")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Thank you, we have your answer.")).to_be_visible()
        _tab_to(page, "textarea[name=comment]")
        page.keyboard.type("All by keyboard")
        _tab_to(page, "button[type=submit]")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Thank you for your time.")).to_be_visible()
    kept = session.scalars(select(Response)).one()
    assert (str(kept.score), kept.comment) == (chosen, "All by keyboard")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and see that it can be seen."""
    for _ in range(40):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.mark.parametrize("width", [320, 375], ids=["320 px, which is 400 % of 1280", "375 px"])
@pytest.mark.parametrize("locale", ["de", "ar"])
def test_the_narrowest_page_holds_everything(
    chromium: Browser, session: Session, site: str, width: int, locale: str
) -> None:
    person = asked(session, clock.now(), locale=locale)
    with page_of(chromium, width) as page:
        page.goto(f"{site}{person.path}")
        nothing_is_cut_off(page)
        targets = page.locator("input[type=radio], button, .customer-foot a")
        for target in targets.all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24, target.evaluate("element => element.outerHTML")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "es", "fr", "de", "pt-BR", "ar"])
def test_every_public_page_is_fit_for_everybody(
    chromium: Browser, session: Session, site: str, screenshot: Camera, locale: str, scheme: str
) -> None:
    """axe finds nothing to object to: before an answer and after it, unhappy and happy, and where nothing works."""
    fresh = asked(session, clock.now(), locale=locale)
    happy, unhappy = (answered_by(session, clock.now(), score, locale=locale) for score in (10, 2))
    pulse = asked(session, clock.now(), survey="employee_pulse", locale=locale if locale != "ar" else "en")
    with page_of(chromium, 375, scheme=scheme) as page:
        for path in _public_pages(fresh, happy, unhappy, pulse):
            page.goto(f"{site}{path}")
            screenshot(page, re.sub(r"\W+", " ", re.sub(r"[\w-]{24}", "link", path)).strip())
            nothing_is_cut_off(page)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"


def _public_pages(fresh: Asked, happy: Asked, unhappy: Asked, pulse: Asked) -> list[str]:
    paths = [fresh.path, f"{fresh.path}?score=3", pulse.path, "/r/unknown", "/c/unknown"]
    for person in (happy, unhappy):
        status, leave = secret_of(person, "status"), secret_of(person, "unsubscribe")
        paths += [person.path, f"{person.path}/more", f"{person.path}/thanks", f"/s/{status}", f"/u/{leave}"]
    return [*paths, f"/u/{secret_of(happy, 'unsubscribe')}/why"]
