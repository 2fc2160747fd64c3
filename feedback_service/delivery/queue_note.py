"""Puts a mail into the outbox that asks nothing: it answers what a person did, and belongs to their invitation."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.delivery.models import NOTES, Message, MessagePurpose, MessageState


def queue_note(
    session: Session,
    invitation_id: int,
    purpose: MessagePurpose,
    *,
    words: str | None,
    subject_key: str,
    now: datetime,
    ordinal: int = 1,
    locale: str | None = None,
    signed: str | None = None,
    thread: str | None = None,
) -> int | None:
    """Queue a note to whoever was asked by the invitation; its id, or None where it was queued before.

    Its purpose, `subject_key` (of at most 128 characters) and `ordinal` exist once, so queueing it twice is one mail.
    `words` are plain text and stand in the mail as they are; None where the mail has only words of its own. `locale` is
    the language that the person chose, where it may be another than the invitation's; `signed` and `thread` are as
    Message has them. Reminders and counts of who was asked know nothing of notes. Raises ValueError for a purpose that
    asks.
    """
    if purpose not in NOTES:
        raise ValueError(f"a mail that asks is no note: {purpose}")
    made = session.execute(
        insert_new(session, Message)
        .values(
            uid=secrets.token_hex(16),
            purpose=purpose,
            subject_key=subject_key,
            ordinal=ordinal,
            invitation_id=invitation_id,
            words=words,
            locale=locale,
            signed=signed,
            thread=thread or None,
            state=MessageState.PENDING,
            attempts=0,
            created_at=now,
            next_attempt_at=now,
            detail="",
        )
        .returning(Message.id)
    )
    return made.scalar()
