"""Reads of the mails and files of a case, and who may have which file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, undefer

from feedback_service.accounts.models import User
from feedback_service.cases.mails.models import Attachment, CaseMail
from feedback_service.cases.mails.threads import mails_in
from feedback_service.cases.models import Case, CaseEntry
from feedback_service.delivery.models import Message, Reply, ReplyAttachment


@dataclass(frozen=True)
class MailOut:
    """A mail that a colleague wrote in a case."""

    message: Message
    writer: str
    came_back_at: datetime | None


@dataclass(frozen=True)
class MailIn:
    """A mail that the customer wrote, with what came with it."""

    reply: Reply
    files: Sequence[ReplyAttachment]


@dataclass(frozen=True)
class PutFile:
    """A file that a colleague put to a case, and when."""

    attachment: Attachment
    by: str
    at: datetime


_MAILS_OUT = (
    select(Message, User.name, CaseMail.came_back_at)
    .join(CaseMail, CaseMail.message_id == Message.id)
    .join(CaseEntry, and_(CaseEntry.case_id == CaseMail.case_id, CaseEntry.ordinal == CaseMail.entry))
    .outerjoin(User, User.id == CaseEntry.actor_id)
    .where(CaseMail.case_id == bindparam("case_id"))
    .order_by(Message.id.desc())
)


def mails_out_of(session: Session, case_id: int) -> list[MailOut]:
    """What colleagues wrote by mail, newest first."""
    rows = session.execute(_MAILS_OUT, {"case_id": case_id})
    return [MailOut(message, name or "The service", came_back_at) for message, name, came_back_at in rows]


_FILES_IN = (
    select(ReplyAttachment)
    .where(ReplyAttachment.reply_id.in_(bindparam("ids", expanding=True)))
    .order_by(ReplyAttachment.id)
)


def mails_in_of(session: Session, case: Case) -> list[MailIn]:
    """What the customer wrote by mail, newest first."""
    replies = mails_in(session, case)
    if not replies:
        return []
    files: dict[int, list[ReplyAttachment]] = {}
    for file in session.scalars(_FILES_IN, {"ids": [reply.id for reply in replies]}):
        files.setdefault(file.reply_id, []).append(file)
    return [MailIn(reply, files.get(reply.id, [])) for reply in reversed(replies)]


_PUT_FILES = (
    select(Attachment, User.name, CaseEntry.at)
    .join(CaseEntry, and_(CaseEntry.case_id == Attachment.case_id, CaseEntry.ordinal == Attachment.entry))
    .outerjoin(User, User.id == CaseEntry.actor_id)
    .where(Attachment.case_id == bindparam("case_id"))
    .order_by(Attachment.id.desc())
)


def put_files_of(session: Session, case_id: int) -> list[PutFile]:
    """The files that colleagues put to a case, newest first; those that were erased among them."""
    rows = session.execute(_PUT_FILES, {"case_id": case_id})
    return [PutFile(attachment, name or "Somebody", at) for attachment, name, at in rows]


def put_file(session: Session, case_id: int, attachment_id: int) -> Attachment | None:
    """A file of a colleague with its content; None where the case has none such, or it was erased."""
    return session.scalar(
        select(Attachment)
        .where(Attachment.id == attachment_id, Attachment.case_id == case_id, Attachment.content.is_not(None))
        .options(undefer(Attachment.content))
    )


def sent_file(session: Session, case: Case, attachment_id: int) -> ReplyAttachment | None:
    """A file that came with one of the customer's mails in this case, with its content."""
    theirs = [reply.id for reply in mails_in(session, case)]
    return session.scalar(
        select(ReplyAttachment)
        .where(ReplyAttachment.id == attachment_id, ReplyAttachment.reply_id.in_(theirs))
        .options(undefer(ReplyAttachment.content))
    )
