"""Looks for silence: cheap while all is well, since every look begins with what would end the suspicion."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.orm import Session

from feedback_service.database import spelled_out
from feedback_service.delivery.models import UNSENT, Message, MessageState
from feedback_service.delivery.rules.alarms import GRACE, Alarm, Newest, Silence, alarms
from feedback_service.delivery.smtp import REFUSES_US
from feedback_service.invitations.go_live import go_live
from feedback_service.invitations.models import Decision, DecisionState, Invitation
from feedback_service.orders.models import Order

NEWEST = 50  # mails that are looked at to see whether most of them fail
JUST_NOW = timedelta(minutes=30)  # a server that took a mail within it does not refuse us


def alarms_now(session: Session, now: datetime, *, hours: int, answer_hours: int) -> list[Alarm]:
    """What is silent that should not be. Nothing before sending started, nor in a pause or soon after it.

    `hours`, `answer_hours`: how long silence may last; 0 for as long as it likes.
    """
    row = go_live(session)
    if row is None or row.paused_at is not None:
        return []
    since = now - timedelta(hours=hours)
    settled = row.set_at <= since  # what waited for sending to start is no sign of a fault
    found = Silence(
        work_waits_since=_oldest_work(session, since) if hours and settled else None,
        mail_waits_since=_oldest_mail(session, since) if hours and settled else None,
        refused_by_settings=_refused_by_settings(session, now - JUST_NOW) if hours else None,
        newest=_newest_mails(session, since) if hours else Newest(),
        mails_unanswered=_unanswered(session, now, timedelta(hours=answer_hours)) if answer_hours else 0,
    )
    return alarms(found, now, hours=hours, answer_hours=answer_hours)


def _oldest_work(session: Session, since: datetime) -> datetime | None:
    """Since when an order, a decision or an invitation waits for its step; the three small indexes tell."""
    order = session.scalar(
        select(Order.updated_at).where(Order.planned_revision < Order.revision).order_by(Order.id).limit(1)
    )
    decision = session.scalar(
        select(Decision.due_at)
        .where(Decision.state == spelled_out(DecisionState.WAITING), Decision.due_at <= since)
        .order_by(Decision.due_at)
        .limit(1)
    )
    invitation = session.scalar(
        select(Invitation.created_at).where(Invitation.queued_at.is_(None)).order_by(Invitation.id).limit(1)
    )
    return min((moment for moment in (order, decision, invitation) if moment is not None), default=None)


def _sent_since(session: Session, since: datetime) -> bool:
    return session.scalar(select(Message.id).where(Message.sent_at > since).limit(1)) is not None


def _waits() -> ColumnElement[bool]:
    return and_(text(UNSENT), Message.state == MessageState.PENDING)


def _oldest_mail(session: Session, since: datetime) -> datetime | None:
    """When the oldest mail was first due, where none has left since `since`."""
    if _sent_since(session, since):
        return None
    first_due = func.coalesce(Message.first_attempt_at, Message.next_attempt_at)
    return session.scalar(select(func.min(first_due)).where(_waits()))


def _refused_by_settings(session: Session, since: datetime) -> str | None:
    """What the server said last, where it refuses us and has taken nothing since `since`."""
    if _sent_since(session, since):
        return None
    return session.scalar(
        select(Message.detail)
        .where(_waits(), Message.attempts > 0, Message.detail.contains(REFUSES_US, autoescape=True))
        .order_by(Message.next_attempt_at.desc())
        .limit(1)
    )


def _newest_mails(session: Session, since: datetime) -> Newest:
    """How the newest mails ended, of those that were made since `since`."""
    newest = select(Message).order_by(Message.id.desc()).limit(NEWEST).subquery()
    rows = session.execute(
        select(newest.c.state, newest.c.detail)
        .where(newest.c.state.in_((MessageState.SENT, MessageState.FAILED)), newest.c.created_at > since)
        .order_by(newest.c.id.desc())
    ).all()
    failures = [row.detail for row in rows if row.state == MessageState.FAILED]
    return Newest(len(rows), len(failures), failures[0] if failures else "")


def _unanswered(session: Session, now: datetime, window: timedelta) -> int:
    """How many mails of the window have had time to be answered, if not one of the window was; else 0."""
    answered = (
        select(Message.id)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .where(Message.sent_at > now - window, Invitation.answered_at.is_not(None))
        .order_by(Message.sent_at)  # the oldest have had the most time
        .limit(1)
    )
    if session.scalar(answered) is not None:
        return 0
    had_time = Message.sent_at.between(now - window, now - window / GRACE)
    return session.scalar(select(func.count()).select_from(Message).where(had_time)) or 0
