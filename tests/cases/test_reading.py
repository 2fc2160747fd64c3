"""A case shows how its comment was understood, marks the words that told, and lets staff say better."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.models import Assessment, CommentTheme, Correction
from tests.cases.factories import opened
from tests.responses.factories import read

SAID = "Terrible. My parcel arrived broken, <b>awful</b>."
pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def path(session: Session, now: datetime) -> str:
    """The address of a case whose comment has been read."""
    case = opened(session, now, 2, comment=SAID)
    assess_comments(session, now, 10)
    session.commit()
    return f"/cases/{case.id}"


def _correct(client: FlaskClient, path: str, **said: object) -> int:
    token = read(client.get(path)).form(having="language")["csrf_token"]
    return client.post(f"{path}/reading", data={"csrf_token": token, "label": "", "language": "", **said}).status_code


def test_the_words_that_told_are_marked_and_nothing_becomes_markup(anas: FlaskClient, path: str) -> None:
    html = anas.get(path).get_data(as_text=True)
    assert '<mark class="mark-complaint"><span class="hidden">complaint: </span>' in html
    assert "<b>awful" not in html
    text = read(anas.get(path)).text
    assert "Mood Negative" in text
    assert "Language English" in text
    assert "Delivery" in text


def test_a_comment_that_nobody_has_read_is_shown_as_it_is(anas: FlaskClient, session: Session, now: datetime) -> None:
    case = opened(session, now, 2, comment=SAID)
    html = anas.get(f"/cases/{case.id}").get_data(as_text=True)
    assert "&lt;b&gt;awful&lt;/b&gt;" in html
    assert "How the comment reads" not in html


def test_staff_correct_mood_language_and_themes(anas: FlaskClient, session: Session, path: str) -> None:
    assert _correct(anas, path, label="neutral", language="de", themes=["packaging", "no_such_theme"]) == 303
    text = read(anas.get(path)).text
    assert "Noted. Your word beats the model's." in text
    assert "Mood Neutral; the model said negative" in text
    assert "Corrected Ana, just now" in text
    correction = session.scalars(select(Correction)).one()
    assert (correction.label, correction.language) == ("neutral", "de")
    assert correction.themes == ["packaging"], "a theme that there is none of is not kept"
    session.rollback()


def test_what_is_not_touched_stays_the_models(anas: FlaskClient, session: Session, path: str) -> None:
    themes = [row.theme_key for row in session.scalars(select(CommentTheme))]
    session.rollback()
    assert _correct(anas, path, label="neutral", themes=themes) == 303
    correction = session.scalars(select(Correction)).one()
    assert (correction.label, correction.language, correction.themes) == ("neutral", None, None)
    session.rollback()


@pytest.mark.parametrize("said", [{"label": "splendid"}, {"language": "xx"}])
def test_what_is_no_answer_is_refused(anas: FlaskClient, session: Session, path: str, said: dict[str, str]) -> None:
    assert _correct(anas, path, **said) == 422
    assert session.scalars(select(Correction)).all() == []
    session.rollback()


def test_without_a_comment_there_is_nothing_to_correct(
    anas: FlaskClient, session: Session, now: datetime, path: str
) -> None:
    token = read(anas.get(path)).form(having="language")["csrf_token"]
    silent = opened(session, now, 2)
    sent = anas.post(f"/cases/{silent.id}/reading", data={"csrf_token": token, "label": "neutral"})
    assert sent.status_code == 303
    assert session.scalars(select(Correction)).all() == []
    session.rollback()


def test_a_contradiction_and_what_cannot_wait_stand_at_the_top(
    anas: FlaskClient, session: Session, now: datetime
) -> None:
    said = "Great lamp, fast delivery, lovely shop! But my daughter is allergic to it."
    case = opened(session, now, 2, comment="Great lamp, fast delivery, thank you so much! I love it.")
    other = opened(session, now, 9, comment=said)
    assess_comments(session, now, 10)
    session.commit()
    assert "A 2 with kind words" in read(anas.get(f"/cases/{case.id}")).text
    text = read(anas.get(f"/cases/{other.id}")).text
    assert "Speaks of an allergy" in text
    assert "Urgent: speaks of an allergy" in text
    assert "at score 9, speaks of an allergy" in text


def test_whoever_reads_is_told_that_something_was_taken_out(anas: FlaskClient, session: Session, now: datetime) -> None:
    case = opened(session, now, 2, comment="You charged [•••• ••••] twice, terrible.")
    assess_comments(session, now, 10)
    session.commit()
    assert "A card number or a password stood here" in read(anas.get(f"/cases/{case.id}")).text
    assert session.get(Assessment, case.response_id) is not None
