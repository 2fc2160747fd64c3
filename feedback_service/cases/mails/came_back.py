"""Brings mails that did not arrive back to the case in which they were written: once, and to whoever owns it."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from feedback_service.cases.hold import hold_cases
from feedback_service.cases.mails.models import CaseMail
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import CaseEntry, EntryKind
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.rest import resume_if_waiting
from feedback_service.cases.write_log import write_entry
from feedback_service.delivery.models import RETURNED, BounceKind, DeliveryEvent, Message

_BOUNCED = {
    BounceKind.HARD: "The address takes no mail, so none goes there any more. Call the customer.",
    BounceKind.SOFT: "It came back for a passing reason, such as a full mailbox. Try again later, or call.",
}


def bring_back(session: Session, now: datetime, limit: int, *, key: bytes) -> int:
    """Take up to `limit` mails that came back or could not leave; returns how many were dealt with.

    Nothing is waited for: a case that somebody has in hand at this moment is told on the next run.
    """
    returned = session.scalars(
        select(Message)
        .where(text(RETURNED))
        .order_by(Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    dealt_with = [message for message in returned if _bring(session, message, key, now)]
    for message in dealt_with:
        message.return_heard_at = now
    session.flush()
    return len(dealt_with)


def _bring(session: Session, message: Message, key: bytes, now: datetime) -> bool:
    """Whether nothing is left to be done about it."""
    mail = session.get(CaseMail, message.id)
    if mail is None or message.words is None:  # what it said was erased, and so it was stopped
        return True
    case = next(iter(hold_cases(session, [standing_for(session, mail.case_id)])), None)
    if case is None:
        return False
    facts = {"message": message.id, "case": mail.case_id, "entry": mail.entry, "left": message.bounce is not None}
    write_entry(
        session,
        case.id,
        EntryKind.MAIL_CAME_BACK,
        actor_id=None,
        text=_reason(session, message),
        facts=facts,
        key=key,
        now=now,
    )
    mail.came_back_at = now
    resume_if_waiting(session, case.id, key=key, now=now)
    to = case.owner_id or _writer(session, mail)
    if to is not None:
        notify(session, to, NoticeKind.MAIL_CAME_BACK, key=f"mail:{message.id}", case_id=case.id, now=now, mail=True)
    return True


def _reason(session: Session, message: Message) -> str:
    """Why, in words for staff; with those of the server that refused it, where there are any."""
    if message.bounce is None:
        return message.detail
    said = session.scalar(
        select(DeliveryEvent.detail)
        .where(DeliveryEvent.message_id == message.id, DeliveryEvent.detail != "")
        .order_by(DeliveryEvent.id.desc())
        .limit(1)
    )
    return f"{_BOUNCED[message.bounce]} “{said}”" if said else _BOUNCED[message.bounce]


def _writer(session: Session, mail: CaseMail) -> int | None:
    return session.scalar(
        select(CaseEntry.actor_id).where(CaseEntry.case_id == mail.case_id, CaseEntry.ordinal == mail.entry)
    )
