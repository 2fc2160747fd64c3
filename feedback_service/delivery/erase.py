"""Erases what mails said and what was written back to them."""

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from feedback_service.customers.erase import ERASED_DETAIL, emails_of
from feedback_service.customers.erasure import Erasure
from feedback_service.customers.models import Customer
from feedback_service.delivery.cancel_mails import cancel_with_mails
from feedback_service.delivery.models import NOTES, DeliveryEvent, Message, MessageState, Reply, ReplyAttachment
from feedback_service.invitations.models import Invitation

WITHDRAWN = "Not sent: the answer was taken back."


def erase_replies(session: Session, erasure: Erasure) -> int:
    """Empty the replies, and of people who are forgotten also who wrote them; returns how many rows lost something.

    It waits for whoever is bringing one to a case at this moment; nobody takes one up after that.
    """
    emails = emails_of(session, erasure.customer_ids)
    theirs = or_(
        Reply.invitation_id.in_(erasure.invitation_ids),
        Reply.customer_id.in_(erasure.customer_ids),
        func.lower(Reply.sender).in_(emails),
    )
    said = or_(Reply.words != "", Reply.subject != "", Reply.mail_id.is_not(None))
    gone = {"words": "", "subject": "", "mail_id": None, "routed_at": func.coalesce(Reply.routed_at, erasure.at)}
    if erasure.customer_ids:
        said, gone = or_(said, Reply.sender != ""), {**gone, "sender": ""}
    without_files = _erase_files(session, theirs)  # first, while it still stands there whose they are
    changed = set(
        session.scalars(
            update(Reply)
            .where(theirs, said)
            .values(**gone)
            .returning(Reply.id)
            .execution_options(synchronize_session="fetch")
        )
    )
    return len(changed | without_files)


def _erase_files(session: Session, theirs: ColumnElement[bool]) -> set[int]:
    """Which replies had some. The rows go with them: nothing else tells of a file that a customer sent."""
    of_theirs = select(Reply.id).where(theirs)
    gone = session.scalars(
        delete(ReplyAttachment)
        .where(ReplyAttachment.reply_id.in_(of_theirs))
        .returning(ReplyAttachment.reply_id)
        .execution_options(synchronize_session="fetch")
    )
    return set(gone)


def erase_mails(session: Session, erasure: Erasure) -> int:
    """Empty the notes, of which none leaves any more; returns how many lost something.

    One that a worker holds at this moment is stopped by the last look, since it has nothing left to say.
    """
    theirs = Message.invitation_id.in_(erasure.invitation_ids)
    session.execute(
        update(Message)
        .where(theirs, Message.purpose.in_(NOTES), Message.state == MessageState.PENDING)
        .values(state=MessageState.CANCELLED, detail=WITHDRAWN)
        .execution_options(synchronize_session="fetch")
    )
    emptied = session.scalars(
        update(Message)
        .where(theirs, Message.words.is_not(None))
        .values(words=None, signed=None, thread=None)
        .returning(Message.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if erasure.customer_ids:
        _stop_asking(session, erasure)
        _forget_mentions(session, erasure)
    return len(emptied)


def _stop_asking(session: Session, erasure: Erasure) -> None:
    waiting = select(Invitation.id).where(
        Invitation.id.in_(erasure.invitation_ids), Invitation.answered_at.is_(None), Invitation.cancelled_at.is_(None)
    )
    for invitation_id in session.scalars(waiting.order_by(Invitation.id)).all():
        cancel_with_mails(session, invitation_id, by=erasure.by, reason="the person was erased", now=erasure.at)


def _forget_mentions(session: Session, erasure: Erasure) -> None:
    """Mail servers repeat an address in what they say of it."""
    hashes = select(Customer.address_hash).where(Customer.id.in_(erasure.customer_ids))
    mailed = select(Message.id).where(Message.invitation_id.in_(erasure.invitation_ids))
    reported = or_(DeliveryEvent.message_id.in_(mailed), DeliveryEvent.address_hash.in_(hashes))
    for email in emails_of(session, erasure.customer_ids):
        session.execute(
            update(Message)
            .where(Message.invitation_id.in_(erasure.invitation_ids), _names(Message.detail, email))
            .values(detail=ERASED_DETAIL)
            .execution_options(synchronize_session="fetch")
        )
        session.execute(
            update(DeliveryEvent)
            .where(and_(reported, _names(DeliveryEvent.detail, email)))
            .values(detail=ERASED_DETAIL)
            .execution_options(synchronize_session="fetch")
        )


def _names(column: InstrumentedAttribute[str], email: str) -> ColumnElement[bool]:
    return func.lower(column).contains(email, autoescape=True)
