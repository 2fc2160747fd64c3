"""Which mails make up a conversation, so that what comes back finds its case and mail programs show one thread."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, and_, bindparam, cast, select, union
from sqlalchemy.orm import Session

from feedback_service.cases.mails.models import CaseMail
from feedback_service.cases.models import Case, CaseEntry, EntryKind
from feedback_service.delivery.models import Message, MessagePurpose, Reply
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response

LONGEST_THREAD = 12  # mails that a mail names; programs find the thread by its beginning and its end
_CASE_ID = bindparam("case_id", type_=Case.id.type)
_MAILS_IN = (
    select(Reply)
    .where(
        Reply.id.in_(
            union(
                select(Case.reply_id).where(Case.id == _CASE_ID),
                select(cast(CaseEntry.facts["reply"].as_string(), BigInteger)).where(
                    CaseEntry.case_id == _CASE_ID, CaseEntry.kind == EntryKind.CUSTOMER_WROTE
                ),
                # By way of the invitation, since there is an index on that.
                select(Reply.id)
                .join(Message, and_(Message.invitation_id == Reply.invitation_id, Message.id == Reply.message_id))
                .join(CaseMail, CaseMail.message_id == Message.id)
                .where(CaseMail.case_id == _CASE_ID),
                # What they wrote before there was a case was added to their answer.
                select(Reply.id)
                .join(Response, Response.invitation_id == Reply.invitation_id)
                .join(Case, Case.response_id == Response.id)
                .where(Case.id == _CASE_ID),
            )
        )
    )
    .order_by(Reply.received_at, Reply.id)
)


def case_of_message(session: Session, message_id: int) -> int | None:
    """The case that a mail of ours was written in, or None; `merge.standing_for` says which one goes on for it."""
    return session.scalar(select(CaseMail.case_id).where(CaseMail.message_id == message_id))


def mails_out(session: Session, case_id: int) -> list[Message]:
    """The mails that staff wrote in a case, oldest first."""
    of_the_case = select(CaseMail.message_id).where(CaseMail.case_id == case_id)
    return list(session.scalars(select(Message).where(Message.id.in_(of_the_case)).order_by(Message.id)))


def mails_in(session: Session, case: Case) -> list[Reply]:
    """What the customer wrote by mail in a case, oldest first: what the log knows of, and what the case grew from."""
    return list(session.scalars(_MAILS_IN, {"case_id": case.id}))


def thread_of(session: Session, case: Case, invitation: Invitation) -> str:
    """What `Message.thread` holds for the next mail of a case: the customer's last mail is what it answers."""
    asked = session.scalars(
        select(Message).where(Message.invitation_id == invitation.id, Message.purpose == MessagePurpose.INVITATION)
    )
    theirs = mails_in(session, case)
    dated: list[tuple[datetime, str]] = [
        *((mail.created_at, mail.uid) for mail in (*asked, *mails_out(session, case.id))),
        *((mail.received_at, mail.mail_id) for mail in theirs if mail.mail_id),
    ]
    answers = next((mail.mail_id for mail in reversed(theirs) if mail.mail_id), None)
    return " ".join(_shortened([each for _, each in sorted(dated) if each != answers], answers))


def _shortened(earlier: list[str], answers: str | None) -> Iterable[str]:
    kept = earlier if len(earlier) < LONGEST_THREAD else [earlier[0], *earlier[2 - LONGEST_THREAD :]]
    return (*kept, answers) if answers else kept
