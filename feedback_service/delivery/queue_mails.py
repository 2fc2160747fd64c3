"""Puts one message into the outbox for every new invitation."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.invitations.models import Invitation


def queue_invitation_mails(session: Session, now: datetime, limit: int) -> int:
    """Queue up to `limit` mails; the unique key of a message makes a second run harmless."""
    invitations = session.scalars(
        select(Invitation)
        .where(Invitation.queued_at.is_(None))
        .order_by(Invitation.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for invitation in invitations:
        session.execute(
            insert_new(session, Message).values(
                uid=secrets.token_hex(16),
                purpose=MessagePurpose.INVITATION,
                subject_key=invitation.uid,
                ordinal=1,
                invitation_id=invitation.id,
                state=MessageState.PENDING,
                attempts=0,
                created_at=now,
                next_attempt_at=now,
                detail="",
            )
        )
        invitation.queued_at = now
    session.flush()
    return len(invitations)
