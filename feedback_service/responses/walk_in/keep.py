"""Keeps what a walk-in presses; who answers about an order of theirs is left in peace for a while."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, not_, select, update
from sqlalchemy.orm import Session

from feedback_service.responses.collect import Kept, Outcome, keep_press, leave_in_peace
from feedback_service.responses.first_press import Press
from feedback_service.responses.models import Channel, Response
from feedback_service.responses.walk_in.queries import walked
from feedback_service.responses.walk_in.visits import UID_BYTES

_WAITS: ColumnElement[bool] = and_(Response.suspected.is_not(None), Response.withdrawn_at.is_(None))
"""For a second sign."""
MOST_PAGES = 1_000  # no survey has so many
DOUBLE_PRESS = timedelta(seconds=30)
"""At a counter, a form that was sent longer ago and comes again was found there by the next person."""


def keep_walk_in(
    session: Session, press: Press, *, window: timedelta, zone: ZoneInfo, now: datetime
) -> tuple[Kept, str]:
    """Record a walk-in's score; what became of it, and the name of the answer. A form sent twice is one answer.

    Where a press that looked like a machine's came first about an order, this one is the second sign: whoever holds
    the parcel must not find it answered by nobody.
    """
    if press.channel is Channel.KIOSK and _somebody_elses(session, str(press.uid), now):
        press = replace(press, uid=secrets.token_urlsafe(UID_BYTES))
    elif press.order_id is not None:
        doubted = select(Response.uid).filter_by(collector_id=press.collector_id, order_id=press.order_id)
        press = replace(press, uid=session.scalar(doubted.where(_WAITS)) or press.uid)
    kept = keep_press(session, press, window=window, zone=zone, now=now)
    if kept.outcome is Outcome.FIRST and press.customer_id is not None:
        leave_in_peace(session, press.customer_id, now)
    return kept, str(press.uid)


def _somebody_elses(session: Session, uid: str, now: datetime) -> bool:
    before = walked(session.connection(), uid)
    return before is not None and (before.pages_sent > 0 or now - before.answered_at >= DOUBLE_PRESS)


def pages_were_sent(session: Session, uid: str, page: int) -> None:
    """At a counter: show the pages of questions up to this one to nobody again. An address may hold any number."""
    page = min(page, MOST_PAGES)
    session.execute(
        update(Response)
        .where(Response.uid == uid, (Response.pages_sent.is_(None)) | (Response.pages_sent < page))
        .values(pages_sent=page)
        .execution_options(synchronize_session=False)
    )


def answered_before(session: Session, collector_id: int, order_id: int) -> bool:
    """Whether this way in has an answer about this order, other than one that waits for a second sign."""
    answer = select(Response.id).filter_by(collector_id=collector_id, order_id=order_id).where(not_(_WAITS))
    return session.scalar(answer) is not None
