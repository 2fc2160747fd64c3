"""Visits are noted beside the requests: in order, bounded, never in anybody's way, and written before the end."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from feedback_service.database import prepare_engine
from feedback_service.invitations.models import LinkScope, LinkVisit
from feedback_service.invitations.record_visits import Noted
from feedback_service.invitations.rules.visits import MOST_KEPT, Visit
from feedback_service.invitations.visit_book import MOST_OF_ONE, MOST_TRIES, VisitBook
from tests.invitations.factories import NOW, invitation

PHONE = "Mozilla/5.0 (iPhone) Safari/604.1"
LONG_ENOUGH = 20.0  # seconds; a machine under load, not a measure


@pytest.fixture
def asked(session: Session) -> int:
    return invitation(session).id


@pytest.fixture
def book(engine: Engine) -> VisitBook:
    return VisitBook(engine)


def visit(invitation_id: int, seconds: float = 0) -> Noted:
    return Noted(invitation_id, Visit(LinkScope.ANSWER, NOW + timedelta(seconds=seconds), "GET", PHONE))


def written(session: Session) -> list[int]:
    """At which second after NOW each visit came, in the order of the rows."""
    rows = session.scalars(select(LinkVisit.at).order_by(LinkVisit.id)).all()
    session.commit()
    return [round((at - NOW).total_seconds()) for at in rows]


def test_a_note_is_written_by_a_thread_that_ends(book: VisitBook, session: Session, asked: int) -> None:
    book.note(visit(asked))
    writer = book._writer
    assert writer is not None
    assert [one.at for one in book.waiting(asked)] == [NOW], "the press looks here as well"
    writer.join(LONG_ENOUGH)
    assert not writer.is_alive()
    assert written(session) == [0]
    assert book.waiting(asked) == []
    book.note(visit(asked, 60))
    assert book._writer is not writer, "and begins again when there is something to write"
    book.flush()


def test_the_order_is_kept(book: VisitBook, session: Session, asked: int) -> None:
    other = invitation(session).id
    for number in range(10):
        book.note(visit((asked, other)[number % 2], 100 * number))
    book.flush()
    rows = session.execute(select(LinkVisit.invitation_id, LinkVisit.at).order_by(LinkVisit.id)).all()
    for each in (asked, other):
        assert [at for whose, at in rows if whose == each] == sorted(at for whose, at in rows if whose == each)
    assert len(rows) == 10


def test_a_keen_scanner_takes_no_memory(book: VisitBook, session: Session, asked: int) -> None:
    for number in range(1000):
        book.note(visit(asked, number))
    assert len(book.waiting(asked)) == MOST_OF_ONE
    book.flush()
    assert written(session) == list(range(MOST_OF_ONE))


def test_once_enough_is_known_of_somebody_nothing_more_is_asked_of_the_database(
    book: VisitBook, session: Session, asked: int
) -> None:
    for number in range(MOST_KEPT + 5):
        book.note(visit(asked, 60 * number))
        book.flush()
    assert len(written(session)) == MOST_KEPT
    book.note(visit(asked, 9999))
    assert book.waiting(asked) == []


def test_letting_go_of_the_database_writes_the_last_notes(
    book: VisitBook, engine: Engine, session: Session, asked: int
) -> None:
    book.note(visit(asked))
    engine.dispose()
    assert written(session) == [0]
    assert book.waiting(asked) == []


def test_what_somebody_has_in_hand_is_written_later(
    book: VisitBook, engine: Engine, session: Session, asked: int
) -> None:
    other = prepare_engine(create_engine(engine.url))
    with other.connect() as connection:
        connection.execute(text("UPDATE invitations SET locale = locale"))
        book.note(visit(asked))
        book.flush()
        assert [one.at for one in book.waiting(asked)] == [NOW]
        connection.rollback()
    book.flush()
    assert written(session) == [0]
    other.dispose()


def test_a_database_that_will_not_write_is_given_up_on(book: VisitBook, session: Session, asked: int) -> None:
    session.execute(text("DROP TABLE link_visits"))
    session.commit()
    book.note(visit(asked))
    for _ in range(MOST_TRIES):
        book.flush()
    assert book.waiting(asked) == []


def test_a_forked_process_begins_with_an_empty_book(
    book: VisitBook, session: Session, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.note(visit(asked))
    parent = book._writer
    assert parent is not None
    monkeypatch.setattr(os, "getpid", lambda: -1)
    book.note(visit(asked, 60))
    assert [one.at for one in book.waiting(asked)] == [NOW + timedelta(seconds=60)]
    book.flush()
    assert written(session) == [60]
