"""A manager sees pages as buyers will, with what is typed now; nothing is kept, and nothing can be sent from there."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from feedback_service.accounts.models import RoleName
from feedback_service.paths import SURVEYS
from feedback_service.questionnaires.read_files import read_surveys
from tests.accounts.factories import add_colleague, address, sign_in
from tests.guards.factories import fingerprint
from tests.questionnaires.editing.browser import form_on
from tests.questionnaires.factories import NPS

pytestmark = pytest.mark.usefixtures("now")
HOME = f"/surveys/{NPS}"
ENGLISH = f"{HOME}/words/en"
PAGES = ("score", "low", "middle", "high")


@pytest.fixture
def ana(app: Flask, client: FlaskClient) -> FlaskClient:
    add_colleague(app, RoleName.MANAGER)
    sign_in(client, address(RoleName.MANAGER))
    return client


def typed(browser: FlaskClient, where: str, page: str, **words: str) -> str:
    """The preview of a page once something was typed on another."""
    form = form_on(browser.get(where).text)
    for name, text in words.items():
        form[name.replace("__", ".")] = text
    locale = where.rpartition("/")[2] if "/words/" in where else "en"
    return browser.post(f"{HOME}/preview/{locale}?page={page}", data=form).text


def test_the_score_page_is_the_one_that_buyers_see(ana: FlaskClient) -> None:
    page = ana.get(f"{HOME}/preview/en").text
    assert "How likely are you to recommend Corner Shop to a friend?" in page
    assert page.count('type="radio"') == 11
    assert "This is about order A-1001." in page
    arabic = ana.get(f"{HOME}/preview/ar").text
    assert 'lang="ar" dir="rtl"' in arabic


def test_each_band_is_asked_its_own_questions(ana: FlaskClient) -> None:
    low, middle, high = (ana.get(f"{HOME}/preview/en?page={page}").text for page in PAGES[1:])
    assert "What went wrong?" in low
    assert "What would make it a 9 or a 10?" in middle
    assert "Put order A-1001 right" in low
    assert "Put order A-1001 right" not in high
    assert "Please contact me about this" in high


def test_what_is_typed_is_drawn_and_not_kept(ana: FlaskClient, engine: Engine) -> None:
    before = fingerprint(engine)
    assert "How was it at Corner Shop?" in typed(
        ana, ENGLISH, "score", wordings__en__page__question="How was it at {shop}?"
    )
    assert "What broke?" in typed(
        ana, f"{HOME}/questions", "low", wordings__en__questions__comment__detractor="What broke?"
    )
    assert "Wie war es?" in typed(ana, f"{HOME}/words/de", "score", wordings__de__page__question="Wie war es?")
    form = form_on(ana.get(ENGLISH).text)
    form["wordings.en.mail.intro"] = "Typed a moment ago."
    assert "Typed a moment ago." in ana.post(f"{HOME}/preview/en/mail", data=form).text
    assert fingerprint(engine) == before


def test_a_word_that_is_missing_leaves_a_mark(ana: FlaskClient) -> None:
    assert "<h1>…</h1>" in typed(ana, ENGLISH, "score", wordings__en__page__question="")
    assert "Send my answer" in typed(ana, ENGLISH, "score", wordings__en__page__question="")


def test_what_cannot_be_drawn_is_said(ana: FlaskClient) -> None:
    page = typed(ana, ENGLISH, "score", wordings__en__page__question="{oder}")
    assert "The preview waits" in page
    assert "Has the unknown placeholder {oder}" in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("key", sorted(read_surveys(SURVEYS)))
def test_every_page_of_every_survey_is_drawn(ana: FlaskClient, key: str) -> None:
    for locale in read_surveys(SURVEYS)[key].wordings:
        for page in PAGES:
            drawn = ana.get(f"/surveys/{key}/preview/{locale}?page={page}")
            assert drawn.status_code == 200
            assert "The preview waits" not in drawn.text
            assert "<h1>…<" not in drawn.text
        assert "<html" in ana.get(f"/surveys/{key}/preview/{locale}/mail").text


def test_an_anonymous_survey_asks_everything_on_its_one_page(ana: FlaskClient) -> None:
    page = ana.get("/surveys/employee_pulse/preview/en").text
    assert page.count('type="radio"') >= 11
    assert "<textarea" in page


def test_nothing_can_be_sent_from_a_preview(ana: FlaskClient, engine: Engine) -> None:
    before = fingerprint(engine)
    for page in PAGES:
        drawn = ana.get(f"{HOME}/preview/en?page={page}")
        policy = drawn.headers["Content-Security-Policy"]
        assert "form-action 'none'" in policy
        assert "sandbox allow-same-origin" in policy
        assert "frame-ancestors 'self'" in policy
        assert "script-src" not in policy
        assert drawn.headers["X-Frame-Options"] == "SAMEORIGIN"
        action = re.search(r'<form method="post"(?: action="([^"]*)")?', drawn.text)
        nonce = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', drawn.text)
        assert action
        assert nonce
        sent = ana.post(action[1] or f"{HOME}/preview/en", data={"csrf_token": nonce[1], "score": "9"})
        assert sent.status_code in {400, 404}, "no link is behind it"
    assert fingerprint(engine) == before


def test_a_preview_needs_our_token(ana: FlaskClient) -> None:
    assert ana.post(f"{HOME}/preview/en", data={"part": "rules"}).status_code == 400


@pytest.mark.parametrize(
    "path", ["nothing/preview/en", f"{NPS}/preview/nl", f"{NPS}/preview/en?page=last", "delivery_csat/preview/ar"]
)
def test_what_is_not_there_is_not_found(ana: FlaskClient, path: str) -> None:
    assert ana.get(f"/surveys/{path}").status_code == 404
