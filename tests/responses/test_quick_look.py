"""The first look takes a short way, and nobody can tell: the page, its headers and its evidence are the same."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
import pytest
from flask import Flask, request, request_started
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_service.database import db
from feedback_service.invitations.links import token_hash
from feedback_service.invitations.models import Invitation, LinkVisit
from feedback_service.responses.queries import _ASKED, asked_behind
from feedback_service.responses.quick_look import QuickLook
from tests.evidence import write_evidence
from tests.responses.factories import CSAT, NPS, Asked, asked, later, look, press, read

MOST_STATEMENTS = 3


@pytest.fixture
def person(session: Session, now: datetime) -> Asked:
    return asked(session, now, name="Zoë <b>O'Neill</b> & {shop}")


@contextmanager
def taken(client: FlaskClient) -> Iterator[list[str]]:
    """Which requests went through the app."""
    through: list[str] = []
    app = client.application

    def note(_app: object, **_: object) -> None:
        through.append(request.path)

    with request_started.connected_to(note, app):
        yield through


def without_nonce(answer: TestResponse) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("survey", "end"),
    [(NPS, ""), (NPS, "?score=9"), (NPS, "?score=0"), (NPS, "?score=10"), (CSAT, ""), (CSAT, "?score=5")],
)
def test_the_second_look_is_the_first_again(
    client: FlaskClient, session: Session, now: datetime, survey: str, end: str
) -> None:
    first, second = (asked(session, now, survey=survey, name=name) for name in ("Ana", "Bea"))
    drawn = client.get(first.path + end)
    with taken(client) as through:
        short = client.get(first.path + end)
        other = client.get(second.path + end)
    assert through == []
    assert without_nonce(short) == without_nonce(drawn)
    assert sorted(short.headers) == sorted(drawn.headers)
    assert second.secret in other.get_data(as_text=True)
    assert first.secret not in other.get_data(as_text=True)


def test_a_name_is_text_on_the_short_way_too(client: FlaskClient, person: Asked) -> None:
    drawn, short = client.get(person.path), client.get(person.path)
    assert without_nonce(drawn) == without_nonce(short)
    assert "<b>O'Neill" not in short.get_data(as_text=True)


def test_each_page_has_a_nonce_of_its_own_that_works(client: FlaskClient, session: Session, person: Asked) -> None:
    client.get(person.path)
    assert press(client, person.path, score="9").status_code == 303


def test_whatever_is_not_plain_goes_through_the_app(client: FlaskClient, session: Session, now: datetime) -> None:
    ended, answered, plain = asked(session, now), asked(session, now), asked(session, now)
    client.get(plain.path)
    press(client, answered.path, score="3")
    paths = [
        answered.path,
        f"{plain.path}?lang=de",
        f"{plain.path}?score=9&x=1",
        f"{plain.path}?score=099",
        "/r/nobody",
    ]
    with taken(client) as through:
        codes = [client.get(path).status_code for path in paths]
        codes.append(client.head(plain.path).status_code)
        with later(now, days=31):
            codes.append(client.get(ended.path).status_code)
    assert len(through) == len(codes) == 7
    assert codes == [200, 200, 200, 200, 404, 200, 410]


def test_the_evidence_is_kept(client: FlaskClient, session: Session, now: datetime, person: Asked) -> None:
    client.get(person.path)
    with later(now, minutes=1), taken(client) as through:
        client.get(person.path, headers={"User-Agent": "Mozilla/5.0 Firefox/130.0"})
    assert through == []
    write_evidence(client.application)
    newest = session.scalars(select(LinkVisit).order_by(LinkVisit.id.desc())).first()
    assert newest is not None
    assert (newest.agent, newest.method) == ("Mozilla/5.0 Firefox/130.0", "GET")
    assert session.get_one(Invitation, person.invitation_id, populate_existing=True).opened_at == now


def test_a_script_is_still_stopped(client: FlaskClient, person: Asked) -> None:
    codes = [client.get(person.path).status_code for _ in range(250)]
    assert codes == [200] * 240 + [429] * 10


def test_a_new_wording_is_seen_at_once(client: FlaskClient, session: Session, person: Asked) -> None:
    before = read(client.get(person.path)).text
    invitation = session.get_one(Invitation, person.invitation_id)
    invitation.locale = "de"
    session.commit()
    assert read(client.get(person.path)).text != before


@pytest.fixture
def said(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that reaches the database by the app, as the driver has it."""
    statements: list[str] = []
    execute = psycopg.Cursor.execute

    def note_and_execute(cursor: psycopg.Cursor, query: str, *more: object, **options: object) -> object:
        statements.append(query)
        return execute(cursor, query, *more, **options)  # type: ignore[arg-type]  # whatever it was called with

    def trace(connection: object, *_: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(statements.append)

    monkeypatch.setattr(psycopg.Cursor, "execute", note_and_execute)
    with app.app_context():
        engines = [db.engine, db.looking]
    for engine in engines:
        event.listen(engine, "checkout", trace)
    yield statements
    for engine in engines:
        event.remove(engine, "checkout", trace)


@pytest.mark.parametrize("end", ["", "?score=9", "?lang=de"])
def test_a_look_takes_few_statements(client: FlaskClient, person: Asked, said: list[str], end: str) -> None:
    client.get(person.path + end)
    write_evidence(client.application)
    said.clear()
    assert client.get(person.path + end).status_code == 200
    assert 0 < len(said) <= MOST_STATEMENTS, said


def test_what_is_read_short_is_what_is_read_at_length(app: Flask, client: FlaskClient, person: Asked) -> None:
    look(client, person.path)
    for _ in range(2):
        with app.app_context(), db.looking.connect() as connection:
            short = asked_behind(connection, token_hash(person.secret))
            at_length = connection.execute(_ASKED, {"token_hash": token_hash(person.secret)}).one()
        assert tuple(short) == tuple(at_length)
        assert short._fields == at_length._fields
        press(client, person.path, score="3")


def test_a_counter_that_others_share_leaves_everything_to_the_app(client: FlaskClient) -> None:
    assert isinstance(client.application.wsgi_app, QuickLook), "while the process counts for itself"
