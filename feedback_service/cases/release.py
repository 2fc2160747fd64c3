"""Tells the customer what was done: on the page behind their link, in a mail, and in the log."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.cases.mails.models import CaseMail
from feedback_service.cases.models import Case, CaseEntry, EntryKind
from feedback_service.cases.spoken import spoke_with
from feedback_service.cases.write_log import write_entry
from feedback_service.delivery.models import MessagePurpose, Reply
from feedback_service.delivery.queue_note import queue_note
from feedback_service.invitations.models import Invitation
from feedback_service.responses.models import Response


def tell_customer(
    session: Session, case_id: int, words: str, *, mail: bool = True, user_id: int, key: bytes, now: datetime
) -> None:
    """Show these words instead of any earlier ones. The case's row is the caller's; each release is one entry.

    `mail` False: the page says it, and no mail goes out, as after a slip of the pen.
    """
    release = 1 + (
        session.scalar(
            select(func.count())
            .select_from(CaseEntry)
            .where(CaseEntry.case_id == case_id, CaseEntry.kind == EntryKind.RELEASED)
        )
        or 0
    )
    session.execute(
        update(Case)
        .where(Case.id == case_id)
        .values(released_words=words, released_at=now)
        .execution_options(synchronize_session="fetch")
    )
    invitation = who_was_asked(session, case_id) if mail else None
    facts = {"release": release, "mail": invitation is not None}
    entry = write_entry(
        session, case_id, EntryKind.RELEASED, actor_id=user_id, text=words, facts=facts, key=key, now=now
    )
    spoke_with(session, case_id, now)
    if invitation is not None:
        message_id = queue_note(
            session,
            invitation.id,
            MessagePurpose.OUTCOME,
            words=words,
            subject_key=f"case:{case_id}:{release}",
            now=now,
            locale=_language(session, case_id),
        )
        if message_id is not None:
            session.add(CaseMail(message_id=message_id, case_id=case_id, entry=entry.ordinal))
            session.flush()


def asked_by(case: Case) -> Invitation | None:
    """The invitation from which a case grew: the way to its person's page and mails. None for walk-ins and strangers,
    and where the person took the answer back, since nothing more is to come to them."""
    response, reply = case.response, case.reply
    if response is not None and response.withdrawn_at is not None:
        return None
    invitation = response.invitation if response is not None else None
    return invitation or (reply.invitation if reply is not None else None)


def who_was_asked(session: Session, case_id: int) -> Invitation | None:
    """The same as the database has it now, for whoever acts: the answer may have been taken back since."""
    row = session.execute(
        select(Invitation, Response.withdrawn_at)
        .select_from(Case)
        .outerjoin(Response, Response.id == Case.response_id)
        .outerjoin(Reply, Reply.id == Case.reply_id)
        .join(Invitation, Invitation.id == func.coalesce(Response.invitation_id, Reply.invitation_id))
        .where(Case.id == case_id)
    ).first()
    return row[0] if row is not None and row.withdrawn_at is None else None


def _language(session: Session, case_id: int) -> str | None:
    """The language that the person chose, which may be another than the mail's."""
    return session.scalar(select(Response.locale).join(Case, Case.response_id == Response.id).where(Case.id == case_id))
