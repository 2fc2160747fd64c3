"""Takes an answer back: asks its person by mail whether it was they, and erases what this stage keeps of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.erasure import Erasure
from feedback_service.customers.models import Address
from feedback_service.database import insert_new
from feedback_service.delivery.models import WITHDRAWAL_LASTS, Message, MessagePurpose, MessageState
from feedback_service.delivery.queue_note import queue_note
from feedback_service.invitations.links import links_of
from feedback_service.invitations.models import Invitation, InvitationLink, LinkScope
from feedback_service.orders.models import Order
from feedback_service.responses.changes import count_change
from feedback_service.responses.models import Response, ResponseAnswer, ResponseRevision, RevisionKind

AGAIN_AFTER = timedelta(
    hours=1
)  # before that, asking again sends no second mail: whoever has a link could fill a mailbox
CAME_TO_NOTHING = (MessageState.FAILED, MessageState.CANCELLED)


class Standing(Enum):
    """How far a withdrawal has come."""

    NOTHING_THERE = auto()
    """No answer, or an anonymous one, which nobody can find."""
    TO_ASK = auto()
    """No mail is on its way; one could be sent."""
    ASKED = auto()
    UNREACHABLE = auto()
    """There is no address that takes mail."""
    DONE = auto()
    ENDED = auto()
    """The mail's link has had its time."""
    TO_PRESS = auto()
    """The mail's link works, and nobody has pressed yet."""


def standing_of_wish(session: Session, invitation: Invitation, now: datetime) -> Standing:
    """What the page says that is opened to ask for a withdrawal."""
    response = any_answer_to(session, invitation)
    if response is None:
        return Standing.NOTHING_THERE
    if response.withdrawn_at is not None:
        return Standing.DONE
    if not _reachable(session, invitation):
        return Standing.UNREACHABLE
    newest = _newest_mail(session, invitation)
    waits = newest is not None and newest.state not in CAME_TO_NOTHING and newest.created_at > now - AGAIN_AFTER
    return Standing.ASKED if waits else Standing.TO_ASK


def standing_of_link(session: Session, invitation: Invitation, now: datetime) -> Standing:
    """What the page says that the mail's link opens."""
    response = any_answer_to(session, invitation)
    if response is None:
        return Standing.NOTHING_THERE
    if response.withdrawn_at is not None:
        return Standing.DONE
    newest = _newest_mail(session, invitation)
    ended = newest is None or newest.created_at <= now - WITHDRAWAL_LASTS
    return Standing.ENDED if ended else Standing.TO_PRESS


def any_answer_to(session: Session, invitation: Invitation) -> Response | None:
    """The answer to an invitation, also one that is suspected or was taken back."""
    return session.scalar(select(Response).where(Response.invitation_id == invitation.id))


def walk_in_answer_of(session: Session, uid: str) -> Response | None:
    """The answer of somebody whom nobody asked by mail."""
    return session.scalar(select(Response).where(Response.uid == uid))


def ask_by_mail(session: Session, invitation: Invitation, keys: Sequence[bytes], now: datetime) -> Standing:
    """Send the mail whose link erases, unless one is on its way; how it stands after that. `keys` by generation.

    The link is known from here on. Of two who ask at once, the second waits for the first and sees its mail.
    """
    answer = select(Response.locale).where(Response.invitation_id == invitation.id)
    locale = session.scalar(answer.with_for_update(key_share=True))
    standing = standing_of_wish(session, invitation, now)
    if standing is not Standing.TO_ASK:
        return standing
    for row in links_of(invitation, keys, [LinkScope.WITHDRAW]):
        known = {"token_hash": row.token_hash, "invitation_id": row.invitation_id, "scope": row.scope}
        session.execute(insert_new(session, InvitationLink).values(**known))
    newest = _newest_mail(session, invitation)
    queue_note(
        session,
        invitation.id,
        MessagePurpose.WITHDRAWAL,
        words=None,
        subject_key=invitation.uid,
        ordinal=newest.ordinal + 1 if newest else 1,
        now=now,
        locale=locale,
    )
    return Standing.ASKED


def _reachable(session: Session, invitation: Invitation) -> bool:
    customer = invitation.customer
    if not customer.email or customer.address_hash is None:
        return False
    suppressed = select(Address.suppressed_at).where(Address.hash == customer.address_hash)
    return session.scalar(suppressed) is None


def _newest_mail(session: Session, invitation: Invitation) -> Message | None:
    return session.scalar(
        select(Message)
        .where(Message.purpose == MessagePurpose.WITHDRAWAL, Message.subject_key == invitation.uid)
        .order_by(Message.ordinal.desc())
        .limit(1)
    )


def everything_of(session: Session, customer_ids: Sequence[int], *, at: datetime, by: str, key: bytes) -> Erasure:
    """Whatever these people answered, about whichever of their orders, so that they are forgotten as a whole."""
    own = select(Order.id).where(Order.customer_id.in_(customer_ids))
    answers = or_(Response.customer_id.in_(customer_ids), Response.order_id.in_(own))
    return Erasure(
        response_ids=tuple(session.scalars(select(Response.id).where(answers).order_by(Response.id))),
        invitation_ids=tuple(
            session.scalars(
                select(Invitation.id).where(Invitation.customer_id.in_(customer_ids)).order_by(Invitation.id)
            )
        ),
        customer_ids=tuple(customer_ids),
        at=at,
        by=by,
        key=key,
    )


def erase_answers(session: Session, erasure: Erasure) -> int:
    """Withdraw the answers: they count nowhere, and nothing of them is left but that they were given and taken back.

    Each answer's row is held until the end of the transaction, so that nobody goes on with its words meanwhile.
    """
    responses = session.scalars(
        select(Response)
        .where(Response.id.in_(erasure.response_ids))
        .order_by(Response.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    standing = [response for response in responses if response.withdrawn_at is None]
    for response in standing:
        _withdraw(session, response, erasure.at)
    session.flush()
    return len(standing)


def _withdraw(session: Session, response: Response, now: datetime) -> None:
    if response.suspected is None:  # a suspected one was never counted
        count_change(session, response, response.score, -1)
    response.comment, response.wants_contact = "", False
    response.remedy = response.contact_how = response.contact_when = response.contact_phone = None
    response.claimed_order = None
    response.withdrawn_at = now
    response.revision += 1
    # Nothing is left to be assessed, and nobody to be contacted.
    response.assessed_revision = response.routed_revision = response.routed_assessed = response.revision
    _erase_history(session, response.id)
    ordinal = select(func.max(ResponseRevision.ordinal)).where(ResponseRevision.response_id == response.id)
    session.add(
        ResponseRevision(
            response_id=response.id,
            ordinal=(session.scalar(ordinal) or 0) + 1,
            kind=RevisionKind.WITHDRAWN,
            score=response.latest_score,
            recorded_at=now,
        )
    )


def _erase_history(session: Session, response_id: int) -> None:
    session.execute(delete(ResponseAnswer).where(ResponseAnswer.response_id == response_id))
    session.execute(
        update(ResponseRevision)
        .where(ResponseRevision.response_id == response_id)
        .values(comment="", wants_contact=False, details={})
        .execution_options(synchronize_session="fetch")
    )
