"""Staff check comments blind, one at a time; managers see how often the model was right."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName
from feedback_service.sentiment.checks.draw import draw_weekly_sample
from feedback_service.sentiment.models import BlindCheck
from tests.cases.factories import hire, signed_in
from tests.responses.factories import read
from tests.sentiment.factories import WEEK, read_many

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def ana(app: Flask, session: Session, now: datetime) -> FlaskClient:
    return signed_in(app, hire(app, session, "Ana", now))


@pytest.fixture
def maria(app: Flask, session: Session, now: datetime) -> FlaskClient:
    return signed_in(app, hire(app, session, "Maria", now, role=RoleName.MANAGER))


def _drawn(session: Session, now: datetime, count: int) -> None:
    read_many(session, now - WEEK, count)
    draw_weekly_sample(session, now, 100, zone=ZoneInfo("UTC"))
    session.commit()


def _label(client: FlaskClient, label: str) -> int:
    form = read(client.get("/comments/checks/")).form(having="response_id")
    form.pop(":action")
    return client.post("/comments/checks/", data={**form, "label": label}).status_code


def _checks(session: Session) -> list[BlindCheck]:
    session.rollback()
    found = list(session.scalars(select(BlindCheck).where(BlindCheck.checked_at.is_not(None))))
    session.rollback()
    return found


def test_the_page_shows_the_words_and_nothing_that_was_made_of_them(
    ana: FlaskClient, session: Session, now: datetime
) -> None:
    _drawn(session, now, 1)
    html = ana.get("/comments/checks/").get_data(as_text=True)
    page = html.partition("How does this comment read?")[2].partition("Why without the score?")[0]
    assert "nobody answers my mails" in page
    assert "mark-" not in page
    assert "%" not in page
    assert page.count("Negative") == page.count("Positive") == page.count("Neutral") == 1


def test_a_press_keeps_the_label_and_shows_the_next(ana: FlaskClient, session: Session, now: datetime) -> None:
    _drawn(session, now, 2)
    assert "2 to go" in read(ana.get("/comments/checks/")).text
    assert _label(ana, "negative") == 303
    assert "1 to go" in read(ana.get("/comments/checks/")).text
    assert _label(ana, "positive") == 303
    assert "Nothing to check" in read(ana.get("/comments/checks/")).text
    assert {check.label for check in _checks(session)} == {"negative", "positive"}


def test_a_press_without_a_label_keeps_nothing(ana: FlaskClient, session: Session, now: datetime) -> None:
    _drawn(session, now, 1)
    assert _label(ana, "") == 422
    assert _checks(session) == []


def test_one_may_be_left_out(ana: FlaskClient, session: Session, now: datetime) -> None:
    _drawn(session, now, 2)
    first = read(ana.get("/comments/checks/")).form(having="response_id")["response_id"]
    other = read(ana.get(f"/comments/checks/?after={first}")).form(having="response_id")["response_id"]
    assert first != other
    assert ana.get("/comments/checks/?after=" + "9" * 40).status_code == 200


def test_of_two_who_label_the_same_the_second_is_told(
    ana: FlaskClient, maria: FlaskClient, session: Session, now: datetime
) -> None:
    _drawn(session, now, 2)
    form = read(maria.get("/comments/checks/")).form(having="response_id")
    form.pop(":action")
    _label(ana, "negative")
    assert maria.post("/comments/checks/", data={**form, "label": "positive"}).status_code == 303
    assert "Somebody had checked that one already" in read(maria.get("/comments/checks/")).text
    assert [check.label for check in _checks(session)] == ["negative"]


def test_managers_see_how_often_it_is_right(maria: FlaskClient, session: Session, now: datetime) -> None:
    assert "Nothing checked yet" in read(maria.get("/comments/agreement/")).text
    _drawn(session, now, 12)
    assert "12 comments wait to be checked" in read(maria.get("/comments/agreement/")).text
    for check in session.scalars(select(BlindCheck)).all():
        check.label, check.checked_by, check.checked_at = check.model_label.value, 1, now
    session.commit()
    text = read(maria.get("/comments/agreement/")).text
    assert "Right in 100 % ± 12 of 12 checked blind" in text
    assert "76 to 100 %" in text


def test_colleagues_do_not_see_it(ana: FlaskClient) -> None:
    assert ana.get("/comments/agreement/").status_code == 403
    assert "How often it is right" not in read(ana.get("/comments/checks/")).text
