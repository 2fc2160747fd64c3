"""Reminds whoever has not answered: some days after the last mail has left, and never in place of it.

A reminder belongs to its invitation: it uses nobody's patience, so it moves no quarantine and counts for no cap.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from feedback_service.database import insert_new
from feedback_service.delivery.models import ASKING, Message, MessagePurpose, MessageState
from feedback_service.invitations.go_live import asking_since
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.reach import forbids
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.questionnaires.definition import Asking
from feedback_service.questionnaires.queries import survey_version

LOOK_AGAIN = timedelta(hours=6)  # at a mail that has not left yet; shorter than the shortest wait for a reminder
ON_ITS_WAY = frozenset({MessageState.PENDING, MessageState.LEASED, MessageState.HANDING, MessageState.UNKNOWN})
"""What may still turn out to be sent; a person settles `unknown`."""


@dataclass(frozen=True)
class _Mails:
    """What an invitation has been mailed so far in order to ask."""

    last: Message
    reminders: int


def first_reminder_at(asking: Asking, queued_at: datetime) -> datetime | None:
    """When to look whether a reminder is due for a mail that enters the outbox; None where the survey has none."""
    return queued_at + timedelta(days=asking.reminder_after_days) if asking.reminders else None


def queue_reminders(session: Session, now: datetime, limit: int) -> int:
    """Look at up to `limit` invitations whose time has come; returns how many. While sending is paused they wait."""
    if asking_since(session) is None:
        return 0
    due = session.scalars(
        select(Invitation)
        .where(Invitation.remind_at.is_not(None), Invitation.remind_at <= now)
        .order_by(Invitation.remind_at, Invitation.id)
        .limit(limit)
        .options(joinedload(Invitation.customer), joinedload(Invitation.order))
        .with_for_update(skip_locked=True, of=Invitation)
    ).all()
    mails = _mails_of(session, due)
    for invitation in due:
        invitation.remind_at = _next_look(session, invitation, mails.get(invitation.id), now)
    session.flush()
    return len(due)


def _mails_of(session: Session, invitations: Iterable[Invitation]) -> dict[int, _Mails]:
    found: dict[int, list[Message]] = {}
    ids = [invitation.id for invitation in invitations]
    asking = Message.invitation_id.in_(ids), Message.purpose.in_(ASKING)
    for message in session.scalars(select(Message).where(*asking).order_by(Message.id)):
        found.setdefault(message.invitation_id, []).append(message)
    return {
        invitation_id: _Mails(mails[-1], sum(mail.purpose == MessagePurpose.REMINDER for mail in mails))
        for invitation_id, mails in found.items()
    }


def _next_look(session: Session, invitation: Invitation, mails: _Mails | None, now: datetime) -> datetime | None:
    """Remind where it is time, and say when to look at this invitation again: None for never."""
    if mails is None or _is_over(invitation, now):
        return None
    rules = survey_version(session, invitation.version_id).definition.rules
    if mails.reminders >= rules.asking.reminders:
        return None
    if mails.last.state in ON_ITS_WAY:
        return now + LOOK_AGAIN
    if mails.last.sent_at is None:  # it never arrived, so there is nothing to be reminded of
        return None
    wait = timedelta(days=rules.asking.reminder_after_days)
    if mails.last.sent_at + wait > now:
        return mails.last.sent_at + wait
    refusal = forbids(session, invitation, now)
    _queue(session, invitation, mails.reminders + 1, refusal, now)
    return now + wait if refusal is None and mails.reminders + 1 < rules.asking.reminders else None


def _is_over(invitation: Invitation, now: datetime) -> bool:
    return invitation.answered_at is not None or invitation.cancelled_at is not None or invitation.expires_at <= now


def _queue(session: Session, invitation: Invitation, ordinal: int, refusal: SkipReason | None, now: datetime) -> None:
    """Put the reminder into the outbox; one that is not to leave is kept there with its reason, as any other no."""
    session.execute(
        insert_new(session, Message).values(
            uid=secrets.token_hex(16),
            purpose=MessagePurpose.REMINDER,
            subject_key=invitation.uid,
            ordinal=ordinal,
            invitation_id=invitation.id,
            state=MessageState.CANCELLED if refusal else MessageState.PENDING,
            attempts=0,
            created_at=now,
            next_attempt_at=now,
            detail=f"No reminder: {refusal.words}." if refusal else "",
        )
    )
