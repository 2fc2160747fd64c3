"""A link is opened: by its person, by a scanner, or by both; only the person's look at the form counts."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from feedback_service.invitations.models import Invitation, LinkVisit
from feedback_service.invitations.record_visits import Noted
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.invitations.visit_book import VISIT_BOOK, VisitBook
from tests.responses.factories import Asked, asked, later, press

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"}


@pytest.fixture(autouse=True)
def _written_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page notes is written before the test looks; `test_visit_book.py` has the real thread."""
    book: VisitBook = app.extensions[VISIT_BOOK]
    note = book.note

    def note_and_write(visit: Noted | None) -> None:
        note(visit)
        book.flush()

    monkeypatch.setattr(book, "note", note_and_write)


def opened_at(session: Session, person: Asked) -> datetime | None:
    opened = session.get_one(Invitation, person.invitation_id, populate_existing=True).opened_at
    session.commit()
    return opened


def suspicions(session: Session) -> list[VisitSuspicion | None]:
    found = session.scalars(select(LinkVisit.suspected).order_by(LinkVisit.id)).all()
    session.commit()
    return list(found)


def test_a_person_who_taps_a_score_has_opened_the_form(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    assert client.get(f"{person.path}?score=9", headers=PHONE).status_code == 200
    assert opened_at(session, person) == now
    assert suspicions(session) == [None]


def test_a_scanner_that_opens_the_score_row_has_not(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    for score in range(11):
        client.get(f"{person.path}?score={score}", headers=PHONE)
    assert suspicions(session) == [VisitSuspicion.SEVERAL_AT_ONCE] * 11
    assert opened_at(session, person) is None
    with later(now, minutes=20) as afterwards:
        client.get(f"{person.path}?score=9", headers=PHONE)
    assert opened_at(session, person) == afterwards


def test_a_head_shows_no_form(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    client.head(person.path, headers=PHONE)
    assert suspicions(session) == [VisitSuspicion.HEAD_FIRST]
    assert opened_at(session, person) is None


def test_a_form_that_has_closed_cannot_be_opened(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    with later(now, days=30):
        assert client.get(person.path, headers=PHONE).status_code == 410
    assert suspicions(session) == [None]
    assert opened_at(session, person) is None


def test_what_follows_a_press_is_no_visit(client: FlaskClient, session: Session, now: datetime) -> None:
    person = asked(session, now)
    press(client, person.path, score="9")
    visits = len(suspicions(session))
    for end in ("/more", "/thanks"):
        client.get(person.path + end, headers=PHONE)
    assert len(suspicions(session)) == visits == 1


def test_an_unknown_link_leaves_nothing(client: FlaskClient, session: Session, now: datetime) -> None:
    asked(session, now)
    client.get("/r/nothing", headers=PHONE)
    assert suspicions(session) == []


def test_a_page_whose_evidence_cannot_be_written_is_the_same_page(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    person = asked(session, now)
    with later(now, seconds=-timedelta(hours=1).seconds):
        before = client.get(person.path, headers=PHONE)
    session.execute(text("DROP TABLE link_visits"))
    session.commit()
    after = client.get(person.path, headers=PHONE)
    assert (after.status_code, len(after.text)) == (before.status_code, len(before.text)) == (200, len(before.text))
