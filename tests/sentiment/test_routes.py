"""Staff look at answers whose score and words do not go together, and say what the words are."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.sentiment.models import Correction
from feedback_service.sentiment.queries import PAGE
from tests.cases.factories import hire, signed_in
from tests.responses.factories import read
from tests.sentiment.factories import COMPLAINT, PRAISE, read_comment

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def ana(app: Flask, session: Session, now: datetime) -> FlaskClient:
    return signed_in(app, hire(app, session, "Ana", now))


def _judge(ana: FlaskClient, response_id: int, label: str) -> int:
    form = read(ana.get("/comments/")).form(having="response_id")
    sent = {"csrf_token": form["csrf_token"], "response_id": str(response_id), "label": label}
    return ana.post("/comments/", data=sent).status_code


def test_score_and_words_are_shown_side_by_side(ana: FlaskClient, session: Session, now: datetime) -> None:
    read_comment(session, now, 9, COMPLAINT)
    read_comment(session, now, 1, PRAISE)
    read_comment(session, now, 9, "Great shop, fine.")
    text = read(ana.get("/comments/")).text
    assert "A 9 with bitter words" in text
    assert "A 1 with kind words" in text
    assert "nobody answers my mails" in text
    assert "Great shop, fine." not in text


@pytest.mark.parametrize("label", ["positive", "negative", "neutral"])
def test_whoever_judges_takes_it_from_the_list(ana: FlaskClient, session: Session, now: datetime, label: str) -> None:
    response, found = read_comment(session, now, 9, COMPLAINT)
    assert _judge(ana, response.id, label) == 303
    assert "Score and words agree" in read(ana.get("/comments/")).text
    session.refresh(found)
    assert found.label == label
    assert [row.label for row in session.scalars(select(Correction))] == [label]
    session.rollback()


def test_a_label_that_is_none_is_refused(ana: FlaskClient, session: Session, now: datetime) -> None:
    response, _ = read_comment(session, now, 9, COMPLAINT)
    assert _judge(ana, response.id, "splendid") == 422
    assert _judge(ana, 4_711, "neutral") == 303
    assert "nothing to correct" in read(ana.get("/comments/")).text


def test_many_are_shown_page_by_page(ana: FlaskClient, session: Session, now: datetime) -> None:
    for number in range(PAGE + 1):
        read_comment(session, now, 9, f"{COMPLAINT} {number}.")
    html = ana.get("/comments/").get_data(as_text=True)
    assert html.count("A 9 with bitter words") == PAGE
    following = html.partition('rel="next" href="')[2].partition('"')[0]
    assert ana.get(following).get_data(as_text=True).count("A 9 with bitter words") == 1


def test_words_are_text_and_never_markup(ana: FlaskClient, session: Session, now: datetime) -> None:
    read_comment(session, now, 9, "<script>alert(1)</script> Terrible, awful, it arrived broken. {{ 7 * 7 }}")
    html = ana.get("/comments/").get_data(as_text=True)
    assert "<script" not in html
    assert "{{ 7 * 7 }}" in html
    assert '<mark class="mark-complaint">' in html


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_an_address_that_makes_no_sense_shows_the_newest(ana: FlaskClient, before: str) -> None:
    assert ana.get(f"/comments/?before={before}").status_code == 200
