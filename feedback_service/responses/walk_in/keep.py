"""Keeps what a walk-in presses; who answers about an order of theirs is left in peace for a while."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, Customer
from feedback_service.responses.collect import Kept, Outcome, keep_press
from feedback_service.responses.first_press import Press
from feedback_service.responses.models import Channel, Response
from feedback_service.responses.walk_in.queries import walked
from feedback_service.responses.walk_in.visits import UID_BYTES

DOUBLE_PRESS = timedelta(seconds=30)
"""At a counter, a form that was sent longer ago and comes again was found there by the next person."""


def keep_walk_in(
    session: Session, press: Press, *, window: timedelta, zone: ZoneInfo, now: datetime
) -> tuple[Kept, str]:
    """Record a walk-in's score; what became of it, and the name of the answer. A form sent twice is one answer."""
    if press.channel is Channel.KIOSK and _somebody_elses(session, str(press.uid), now):
        press = replace(press, uid=secrets.token_urlsafe(UID_BYTES))
    kept = keep_press(session, press, window=window, zone=zone, now=now)
    if kept.outcome is Outcome.FIRST and press.customer_id is not None:
        _leave_in_peace(session, press.customer_id, now)
    return kept, str(press.uid)


def _somebody_elses(session: Session, uid: str, now: datetime) -> bool:
    before = walked(session.connection(), uid)
    return before is not None and (before.pages_sent > 0 or now - before.answered_at >= DOUBLE_PRESS)


def _leave_in_peace(session: Session, customer_id: int, now: datetime) -> None:
    """They have answered, so no survey asks them again for a while."""
    session.execute(
        update(Address)
        .where(Address.hash == select(Customer.address_hash).where(Customer.id == customer_id).scalar_subquery())
        .values(last_answered_at=now)
        .execution_options(synchronize_session=False)
    )


def pages_were_sent(session: Session, uid: str, page: int) -> None:
    """At a counter: show the pages of questions up to this one to nobody again."""
    session.execute(
        update(Response)
        .where(Response.uid == uid, (Response.pages_sent.is_(None)) | (Response.pages_sent < page))
        .values(pages_sent=page)
        .execution_options(synchronize_session=False)
    )


def answered_before(session: Session, collector_id: int, order_id: int) -> bool:
    """Whether this way in has an answer about this order."""
    return session.scalar(select(Response.id).filter_by(collector_id=collector_id, order_id=order_id)) is not None
