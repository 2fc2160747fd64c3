"""Writes a first answer: the row, its mark on the invitation, its revision and its delta, together or not at all.

The unique keys decide between two presses at once; who comes second writes nothing. On PostgreSQL all of it is one
statement, so that an answer costs one round trip; SQLite is at hand and takes one after the other.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Insert,
    Integer,
    Select,
    Update,
    bindparam,
    exists,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from feedback_service.customers.models import Address
from feedback_service.database import UTCDateTime
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Channel, Response, ResponseChange, ResponseRevision, RevisionKind
from feedback_service.responses.prepared import Prepared
from feedback_service.responses.rules.presses import PressSuspicion


@dataclass(frozen=True)
class Press:
    """A score as somebody's page sent it. An answer to a mail has an invitation; a walk-in's has a uid."""

    survey_key: str
    version_id: int
    locale: str
    score: int
    channel: Channel = Channel.MAIL
    invitation_id: int | None = None
    customer_id: int | None = None
    order_id: int | None = None
    collector_id: int | None = None
    uid: str | None = None
    claimed_order: str | None = None
    suspected: PressSuspicion | None = None


_PRESSED = (
    "survey_key",
    "version_id",
    "locale",
    "score",
    "channel",
    "invitation_id",
    "customer_id",
    "order_id",
    "collector_id",
    "uid",
    "claimed_order",
    "suspected",
)


def write_first(connection: Connection, press: Press, day: date, now: datetime) -> int | None:
    """The new answer's id; None where there is one already. A suspected one is kept, and nothing is told of it."""
    values: dict[str, Any] = {f"p_{name}": getattr(press, name) for name in _PRESSED}
    values |= {"p_now": now, "p_day": day, "p_seen_to": int(press.suspected is not None)}
    if connection.dialect.name == "postgresql" and press.suspected is None and press.invitation_id is not None:
        at_once = _AT_ONCE.first(connection, values)
        return None if at_once is None else int(at_once.id)
    made = _ANSWER.first(connection, values)
    if made is None:
        return None
    values["p_made"] = made.id
    _REVISION.do(connection, values)
    if press.suspected is None:
        _CHANGE.do(connection, values)
        if press.invitation_id is not None:
            mark_answered(connection, press.invitation_id, now)
    return int(made.id)


def mark_answered(connection: Connection, invitation_id: int, now: datetime) -> None:
    """Tell the invitation, and leave its person in peace: they are not asked again for a while.

    Their address evidently works, too.
    """
    values = {"p_invitation_id": invitation_id, "p_now": now}
    _MARK.do(connection, values)
    _PEACE.do(connection, values)


def _answer(insertion: sqlite.Insert | postgresql.Insert) -> Any:
    values: dict[str, Any] = {name: bindparam(f"p_{name}") for name in _PRESSED}
    values |= {
        "latest_score": bindparam("p_score"),
        "comment": literal(""),
        "wants_contact": literal(value=False),
        "answered_at": bindparam("p_now"),
        "counted_on": bindparam("p_day"),
        "revision": literal(1),
        "assessed_revision": bindparam("p_seen_to"),  # what is suspected is nobody's work yet
        "routed_revision": bindparam("p_seen_to"),
        "routed_assessed": bindparam("p_seen_to"),
    }
    return insertion.values(values).on_conflict_do_nothing().returning(Response.id)


def _revision(made: Select[int]) -> Insert:
    columns = ResponseRevision.__table__.c
    said = {
        "ordinal": literal(1),
        "kind": literal(RevisionKind.ANSWER, columns.kind.type),
        "score": bindparam("p_score", type_=Integer),
        "comment": literal(""),
        "wants_contact": literal(value=False),
        "details": literal({}, columns.details.type),
        "recorded_at": bindparam("p_now", type_=UTCDateTime),
    }
    return insert(ResponseRevision).from_select(["response_id", *said], made.add_columns(*said.values()))


def _change(made: Select[int]) -> Insert:
    columns = ResponseChange.__table__.c
    said = {
        "survey_key": bindparam("p_survey_key", type_=columns.survey_key.type),
        "day": bindparam("p_day", type_=columns.day.type),
        "score": bindparam("p_score", type_=Integer),
        "imported": literal(value=False),
        "delta": literal(1),
    }
    return insert(ResponseChange).from_select(
        [*said], made.with_only_columns(*said.values(), maintain_column_froms=True)
    )


def _mark(where: ColumnElement[bool]) -> Update:
    return (
        update(Invitation)
        .where(Invitation.id == bindparam("p_invitation_id"), where)
        .values(answered_at=bindparam("p_now"), remind_at=None)
    )


def _peace(where: ColumnElement[bool]) -> Update:
    asked = select(Invitation.address_hash).where(Invitation.id == bindparam("p_invitation_id")).scalar_subquery()
    return (
        update(Address).where(Address.hash == asked, where).values(last_answered_at=bindparam("p_now"), soft_bounces=0)
    )


def _at_once() -> Select[int]:
    made: CTE = _answer(postgresql.insert(Response)).cte("made")
    new = select(made.c.id)
    follow = (_mark(exists(new)), _peace(exists(new)), _revision(new), _change(new))
    names = ("marked", "left_in_peace", "revised", "counted")
    return new.add_cte(*(statement.cte(name) for name, statement in zip(names, follow, strict=True)))


_ANSWER = Prepared(_answer(sqlite.insert(Response)), _answer(postgresql.insert(Response)))
_MADE = select(bindparam("p_made", type_=Integer))
_REVISION, _CHANGE = Prepared(_revision(_MADE)), Prepared(_change(_MADE))
_MARK, _PEACE = Prepared(_mark(true())), Prepared(_peace(true()))
_AT_ONCE = Prepared(_at_once())
