"""The database is away, or somebody holds it: nothing that was typed is lost, and sending it again is safe."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from feedback_service.database import db
from feedback_service.responses.busy import is_away
from feedback_service.responses.models import Response, ResponseChange
from tests.responses.factories import Asked, asked, look, press, read

WORDS = 'It came late.\r\n\r\n"Three weeks" & <b>nothing</b>'


@pytest.fixture
def person(session: Session, now: datetime) -> Asked:
    return asked(session, now)


@contextmanager
def held(engine: Engine, app: Flask) -> Iterator[None]:
    """Somebody else writes for longer than anybody waits."""
    with app.app_context():
        event.listen(db.engine, "begin", _impatient)
    with engine.connect() as other:
        other.execute(text("UPDATE invitations SET locale = locale"))
        other.execute(text("UPDATE responses SET locale = locale"))
        yield
        other.rollback()


def _impatient(connection: object) -> None:
    """So that a test need not wait as long as a page would."""
    if connection.dialect.name == "postgresql":  # type: ignore[attr-defined]  # a Connection
        connection.exec_driver_sql("SET LOCAL lock_timeout = 200")  # type: ignore[attr-defined]  # a Connection


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for patience in ("PAGE_BUSY_MS", "SQLITE_BUSY_MS"):
        monkeypatch.setattr(f"feedback_service.database.{patience}", 200)


@contextmanager
def away(app: Flask) -> Iterator[None]:
    """No connection can be had."""

    def refuse(*_: object) -> None:
        raise OperationalError("connect", None, Exception("the server is gone"))

    with app.app_context():
        engines = [db.engine, db.looking]
    for engine in engines:
        event.listen(engine, "checkout", refuse)
    yield
    for engine in engines:
        event.remove(engine, "checkout", refuse)


def test_a_score_that_could_not_be_kept_is_sent_again_from_the_page(
    app: Flask, client: FlaskClient, session: Session, engine: Engine, person: Asked
) -> None:
    form = {**look(client, person.path).forms[0], "score": "9"}
    form.pop(":action")
    with held(engine, app):
        busy = client.post(f"{person.path}?lang=de", data=form)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    page = read(busy)
    assert "Einen Moment: Bei uns ist gerade viel los." in page.text
    again = dict(page.forms[0])
    assert again.pop(":action") == f"{person.path}?lang=de"
    assert again == form
    assert client.post(f"{person.path}?lang=de", data=again).status_code == 303
    assert client.post(f"{person.path}?lang=de", data=again).status_code == 303, "twice does no harm"
    assert session.scalars(select(Response.score)).all() == [9]
    assert session.scalars(select(ResponseChange.delta)).all() == [1]


def test_words_stand_on_the_page_as_they_were_typed(
    app: Flask, client: FlaskClient, session: Session, engine: Engine, person: Asked
) -> None:
    press(client, person.path, score="3")
    form = {**look(client, f"{person.path}/more").form(having="comment"), "comment": WORDS}
    form.pop(":action")
    with held(engine, app):
        busy = client.post(f"{person.path}/more", data=form)
    assert busy.status_code == 503
    page = read(busy)
    assert "Nothing you typed is lost" in page.text
    assert " ".join(WORDS.split()) in page.text
    assert form["csrf_token"] not in page.text
    again = dict(page.forms[0])
    assert again.pop(":action") == f"{person.path}/more"
    assert again["comment"].splitlines() == WORDS.splitlines()
    assert client.post(f"{person.path}/more", data=again).status_code == 303
    session.rollback()
    assert session.scalars(select(Response.comment)).one().splitlines() == WORDS.splitlines()


def test_a_page_that_cannot_be_shown_says_when_to_come_again(app: Flask, client: FlaskClient, person: Asked) -> None:
    with away(app):
        for path in (person.path, f"{person.path}?score=9", f"{person.path}/more", "/u/anything"):
            busy = client.get(path, headers={"Accept-Language": "fr"})
            assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
            page = read(busy)
            assert "Un instant : nous sommes très occupés." in page.text
            assert page.forms == []
    assert client.get(person.path).status_code == 200


def test_a_press_while_nothing_can_be_read_is_kept_on_the_page(app: Flask, client: FlaskClient, person: Asked) -> None:
    form = {**look(client, person.path).forms[0], "score": "9"}
    with away(app):
        page = read(client.post(person.path, data=form))
    assert page.forms[0]["score"] == "9"
    assert client.post(person.path, data=page.forms[0]).status_code == 303


@pytest.mark.parametrize(
    ("error", "away", "why"),
    [
        (OperationalError("q", None, Exception("database is locked")), True, "somebody writes"),
        (OperationalError("q", None, Exception("server closed the connection")), True, "it went away"),
        (PoolTimeout(), True, "all connections are in use"),
        (IntegrityError("q", None, Exception("UNIQUE constraint failed")), False, "a fault of ours"),
        (OperationalError("q", None, Exception("no such table: responses")), False, "a fault of ours, under SQLite"),
        (ValueError("x"), False, "nothing of the database's"),
    ],
)
def test_when_trying_again_may_help(error: Exception, away: bool, why: str) -> None:
    assert is_away(error) is away, why
