"""What a visit to a personal link leaves behind, on a real database and with visitors side by side."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from time import monotonic

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from feedback_service.invitations.models import Invitation, LinkScope, LinkVisit
from feedback_service.invitations.record_visits import record_visit
from feedback_service.invitations.rules.visits import MOST_SUSPECTED_KEPT, VisitSuspicion
from tests.invitations.factories import NOW, invitation

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Version/18.3 Safari/604.1"
SEVERAL = VisitSuspicion.SEVERAL_AT_ONCE


@pytest.fixture
def asked(session: Session) -> int:
    return invitation(session).id


def visit(
    engine: Engine,
    invitation_id: int,
    seconds: float = 0,
    scope: LinkScope = LinkScope.ANSWER,
    method: str = "GET",
    agent: str = PHONE,
) -> None:
    now = NOW + timedelta(seconds=seconds)
    record_visit(engine, invitation_id, scope, method=method, agent=agent, now=now)


def kept(session: Session) -> list[LinkVisit]:
    rows = session.scalars(select(LinkVisit).order_by(LinkVisit.id).execution_options(populate_existing=True)).all()
    session.commit()  # even a look takes SQLite's writer lock
    return list(rows)


def opened_at(session: Session, invitation_id: int) -> datetime | None:
    opened = session.get_one(Invitation, invitation_id, populate_existing=True).opened_at
    session.commit()
    return opened


def test_a_person_opens_the_form(engine: Engine, session: Session, asked: int) -> None:
    visit(engine, asked, 5)
    visit(engine, asked, 900)
    (first, second) = kept(session)
    assert (first.scope, first.method, first.agent, first.suspected) == (LinkScope.ANSWER, "GET", PHONE, None)
    assert second.suspected is None
    assert opened_at(session, asked) == NOW + timedelta(seconds=5)


def test_a_scanner_is_kept_and_never_counted(engine: Engine, session: Session, asked: int) -> None:
    visit(engine, asked, agent="Mimecast-URL-Protect/1.0")
    visit(engine, asked, method="HEAD", agent="curl/8.5.0")
    assert [row.suspected for row in kept(session)] == [VisitSuspicion.KNOWN_AGENT] * 2
    assert opened_at(session, asked) is None
    visit(engine, asked, 600)
    assert opened_at(session, asked) == NOW + timedelta(minutes=10)


def test_an_opening_is_taken_back_when_the_mails_other_link_follows(
    engine: Engine, session: Session, asked: int
) -> None:
    visit(engine, asked)
    assert opened_at(session, asked) == NOW
    visit(engine, asked, 0.4, LinkScope.UNSUBSCRIBE)
    assert [row.suspected for row in kept(session)] == [SEVERAL] * 2
    assert opened_at(session, asked) is None


def test_an_opening_that_came_from_elsewhere_is_not_touched(engine: Engine, session: Session, asked: int) -> None:
    earlier = NOW - timedelta(days=1)
    session.get_one(Invitation, asked).opened_at = earlier
    session.commit()
    visit(engine, asked, agent="curl/8.5.0")
    assert opened_at(session, asked) == earlier


def test_a_scanner_that_comes_side_by_side_is_seen(engine: Engine, session: Session, asked: int) -> None:
    start = Barrier(6)

    def come(number: int) -> None:
        start.wait(timeout=10)
        visit(engine, asked, number / 10)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(come, range(6)))
    assert [row.suspected for row in kept(session)] == [SEVERAL] * 6
    assert opened_at(session, asked) is None


def test_no_more_is_kept_than_is_of_use(engine: Engine, session: Session, asked: int) -> None:
    for number in range(MOST_SUSPECTED_KEPT + 5):
        visit(engine, asked, number, agent="curl/8.5.0")
    assert len(kept(session)) == MOST_SUSPECTED_KEPT
    visit(engine, asked, 3600)
    assert opened_at(session, asked) == NOW + timedelta(hours=1)


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT"])
def test_a_press_is_no_visit(engine: Engine, session: Session, asked: int, method: str) -> None:
    visit(engine, asked, method=method)
    assert kept(session) == []


@pytest.fixture
def busy(engine: Engine, asked: int) -> Iterator[None]:
    """Somebody else writes, and takes their time."""
    with engine.connect() as connection:
        connection.execute(text("UPDATE invitations SET locale = locale WHERE id = :id"), {"id": asked})
        yield
        connection.rollback()


@pytest.mark.usefixtures("busy")
def test_a_page_does_not_wait_for_its_evidence(engine: Engine, asked: int, capsys: pytest.CaptureFixture[str]) -> None:
    began = monotonic()
    visit(engine, asked)
    assert monotonic() - began < 5, "SQLite's usual patience is 20 s, PostgreSQL's has no end"
    written = capsys.readouterr()
    assert "visit not recorded" in written.out + written.err


def test_afterwards_the_connection_is_as_patient_as_before(engine: Engine, asked: int) -> None:
    visit(engine, asked)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA busy_timeout")) == 20_000
        else:
            assert connection.scalar(text("SHOW lock_timeout")) == "0"


def test_a_database_that_refuses_is_no_fault_of_the_page(
    engine: Engine, session: Session, asked: int, capsys: pytest.CaptureFixture[str]
) -> None:
    session.execute(text("DROP TABLE link_visits"))
    session.commit()
    visit(engine, asked)
    written = capsys.readouterr()
    assert "visit not recorded" in written.out + written.err
