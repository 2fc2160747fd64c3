"""Gives a customer a link to recommend the shop by; asked for twice, it is the same."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.advocacy.codes import new_code
from feedback_service.advocacy.models import Referral
from feedback_service.advocacy.queries import referral_code
from feedback_service.database import insert_new

MOST_TRIES = 20  # a code that is taken is drawn again; so often in a row only by a fault


class NoCodeFreeError(Exception):
    """Every code that was drawn belonged to somebody."""


def refer(session: Session, customer_id: int, now: datetime) -> str:
    """The customer's code, made where there is none yet. Raises NoCodeFreeError."""
    for _ in range(MOST_TRIES):
        session.execute(insert_new(session, Referral).values(customer_id=customer_id, code=new_code(), created_at=now))
        if code := referral_code(session, customer_id):
            return code
    raise NoCodeFreeError(f"{MOST_TRIES} codes in a row were taken")
