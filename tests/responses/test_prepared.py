"""A prepared statement gives what SQLAlchemy gives, and fails as SQLAlchemy fails."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, bindparam, insert, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from feedback_service.invitations.models import GoLive
from feedback_service.responses.prepared import Prepared

AT = datetime(2026, 3, 20, 10, 0, 0, 123456, tzinfo=UTC)
WRITE = Prepared(
    insert(GoLive).values(
        id=bindparam("p_id"),
        at=bindparam("p_at"),
        set_at=bindparam("p_at"),
        set_by=literal("a test"),
        opt_outs_settled=True,
    )
)
READ = Prepared(
    select(GoLive.at, GoLive.opt_outs_settled, GoLive.paused_at, GoLive.set_by).where(GoLive.id == bindparam("p_id"))
)


def test_values_go_in_and_come_out_as_they_are(engine: Engine) -> None:
    with engine.begin() as connection:
        assert READ.first(connection, {"p_id": 1}) is None
        WRITE.do(connection, {"p_id": 1, "p_at": AT})
        row = READ.first(connection, {"p_id": 1})
        assert (row.at, row.opt_outs_settled, row.paused_at, row.set_by) == (AT, True, None, "a test")
        assert [tuple(each) for each in READ.all(connection, {"p_id": 1})] == [tuple(row)]


def test_it_is_part_of_the_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        WRITE.do(connection, {"p_id": 1, "p_at": AT})
        connection.rollback()
    with engine.begin() as connection:
        assert READ.first(connection, {"p_id": 1}) is None


def test_a_fault_is_sqlalchemy_s_and_repeats_nobody_s_words(engine: Engine, session: Session) -> None:
    session.execute(text("DROP TABLE go_live"))
    session.commit()
    with engine.connect() as connection, pytest.raises(DBAPIError) as error:
        WRITE.do(connection, {"p_id": 1, "p_at": AT, "p_words": "my private words"})
    assert "my private words" not in str(error.value)
    assert not error.value.connection_invalidated
