"""Puts one message into the outbox for every new invitation."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.database import insert_new
from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.delivery.remind import first_reminder_at
from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.queries import survey_version


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
        asking = survey_version(session, invitation.version_id).definition.rules.asking
        invitation.remind_at = first_reminder_at(asking, now)
    session.flush()
    return len(invitations)
