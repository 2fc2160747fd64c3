"""Mails that left and events that did not, written row by row so that they can be counted by hand."""

from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from feedback_service.delivery.models import BounceKind, Message, MessagePurpose, MessageState
from feedback_service.invitations.models import Decision, DecisionState, Invitation
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.orders.models import Order
from feedback_service.responses.changes import business_day, count_change
from feedback_service.responses.models import Channel, Response
from tests.insights.factories import LISBON
from tests.responses.factories import NPS, asked

_numbers = count(1)


def mailed(
    session: Session,
    at: datetime,
    *,
    survey: str = NPS,
    score: int | None = None,
    words: str = "",
    opened: bool = False,
    bounced: bool = False,
    left: bool = True,
    attributes: dict[str, str] | None = None,
) -> Message:
    """Somebody asked by a mail, and what came of it: whether it left, came back, was opened, was answered."""
    person = asked(session, at, survey=survey, attributes=attributes)
    invitation = session.get_one(Invitation, person.invitation_id)
    mail = Message(
        uid=f"mail-{next(_numbers)}", purpose=MessagePurpose.INVITATION, subject_key=f"invitation:{invitation.id}",
        invitation_id=invitation.id, state=MessageState.SENT if left else MessageState.FAILED, created_at=at,
        detail="" if left else "refused", next_attempt_at=at, sent_at=at if left else None,
        bounced_at=at if bounced else None, bounce=BounceKind.HARD if bounced else None,
    )  # fmt: skip
    session.add(mail)
    if opened or score is not None:
        invitation.opened_at = at
    if score is not None:
        invitation.answered_at = at
        response = Response(
            channel=Channel.MAIL, invitation_id=invitation.id, survey_key=survey, customer_id=invitation.customer_id,
            order_id=invitation.order_id, locale="en", score=score, comment=words, answered_at=at,
            counted_on=business_day(at, LISBON),
        )  # fmt: skip
        session.add(response)
        session.flush()
        count_change(session, response, score, +1)
    session.flush()
    return mail


def skipped(
    session: Session, at: datetime, reason: SkipReason, *, attributes: dict[str, str] | None = None, survey: str = NPS
) -> None:
    """An order about which nobody was asked, and why; not committed."""
    person = asked(session, at - timedelta(days=400), survey=survey, attributes=attributes)  # long before these days
    invitation = session.get_one(Invitation, person.invitation_id)
    order = session.get_one(Order, invitation.order_id)
    session.add(
        Decision(
            survey_key=survey, event_key=f"skipped-{next(_numbers)}", order_id=order.id, customer_id=order.customer_id,
            event_at=at, due_at=at, planned_due_at=at, state=DecisionState.SKIPPED, reason=reason, decided_at=at,
        )
    )  # fmt: skip
    session.flush()


def waits(session: Session, at: datetime, *, dated: bool) -> None:
    """An event that is not decided yet; not committed."""
    person = asked(session, at - timedelta(days=400))
    invitation = session.get_one(Invitation, person.invitation_id)
    due = at + timedelta(days=1) if dated else None
    session.add(
        Decision(
            survey_key=NPS, event_key=f"waits-{next(_numbers)}", order_id=invitation.order_id,
            customer_id=invitation.customer_id, event_at=due, due_at=due, planned_due_at=due,
            state=DecisionState.WAITING,
        )
    )  # fmt: skip
    session.flush()
