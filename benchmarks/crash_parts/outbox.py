"""Looks into the installation's tables from outside: whether all is done, and when something is due."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker

from feedback_service.database import ReadAwareSession
from feedback_service.delivery.models import UNSENT, Message
from feedback_service.invitations.models import Decision, DecisionState

A_MOMENT = timedelta(seconds=1)
LEFT_TO_DO = (
    "SELECT (SELECT count(*) FROM orders) - (SELECT count(*) FROM messages)"
    " + (SELECT count(*) FROM messages WHERE state IN ('pending', 'leased', 'handing'))"
    " + (SELECT count(*) FROM responses WHERE assessed_revision < revision OR routed_revision < revision)"
    " + (SELECT count(*) FROM response_changes)"
)


class Outbox:
    """Reads only; a database that is down at the moment has nothing to say."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = sessionmaker(engine, class_=ReadAwareSession)

    def is_settled(self) -> bool:
        """Whether every order has its mail, every mail its end, and every answer its consequences."""
        try:
            with self._sessions() as session:
                session.info["read_only"] = True
                return bool(session.scalar(text(LEFT_TO_DO)) == 0)
        except SQLAlchemyError:
            return False

    def next_due(self) -> datetime | None:
        """When all that waits now may be taken up: leases over, back-offs over."""
        moments = (
            select(func.max(Message.leased_until)).where(text(UNSENT)),
            select(func.max(Message.next_attempt_at)).where(text(UNSENT)),
            select(func.max(Decision.due_at)).where(Decision.state == DecisionState.WAITING),
        )
        try:
            with self._sessions() as session:
                session.info["read_only"] = True
                found = [moment for query in moments if (moment := session.scalar(query)) is not None]
        except SQLAlchemyError:
            return None
        return max(found) + A_MOMENT if found else None
