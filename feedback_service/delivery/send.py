"""Sends what is in the outbox, so that a crash at any point loses no mail and sends none twice.

    pending -> leased -> handing -> sent

`handing` is committed when the server has the whole mail but for the final dot. A lease that ran out before it
is taken up again; one that ran out after it is `unknown`, and only a person or the receiving side can settle it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, joinedload

from feedback_service.customers.forbid import suppress
from feedback_service.customers.models import Address, SuppressionReason
from feedback_service.database import SessionFactory
from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.models import UNSENT, Message, MessageState
from feedback_service.delivery.render import Letterhead, render_survey_mail
from feedback_service.delivery.rules.backoff import next_attempt
from feedback_service.delivery.rules.refusals import Stage
from feedback_service.delivery.settle import settle
from feedback_service.delivery.smtp import Accepted, Conversation, MailRefused, OutcomeUnknown
from feedback_service.invitations.invite import reachability
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.rules.eligibility import unreachable
from feedback_service.questionnaires.queries import survey_version

LEASE = timedelta(minutes=10)  # longer than a batch of slow mails, shorter than anybody's patience
HELD = (MessageState.LEASED, MessageState.HANDING)
RELEASED: Mapping[str, None] = {"leased_until": None, "lease_key": None}

log = structlog.get_logger(__name__)


class LeaseLostError(Exception):
    """Somebody else holds the message now; ours must not leave."""


@dataclass(frozen=True)
class _Batch:
    """What one run holds: its lease, and how it was told to write."""

    sessions: SessionFactory
    lease_key: str
    letterhead: Letterhead
    now: datetime
    began: float = field(default_factory=monotonic)

    def mark(self, message_id: int, **values: object) -> None:
        """Change a message that we still hold. Raises LeaseLostError where we no longer do."""
        with self.sessions() as session:
            _mark(session, message_id, self.lease_key, values)
            session.commit()

    def renewed(self) -> datetime:
        """The end of a lease that begins at this moment, however long the batch has taken."""
        return self.now + timedelta(seconds=monotonic() - self.began) + LEASE


def send_due(sessions: SessionFactory, now: datetime, limit: int, *, server: MailServer, letterhead: Letterhead) -> int:
    """Send up to `limit` mails over one connection; returns how many were dealt with.

    Commits as it goes: between one network call and the next the state must be durable.
    """
    with sessions() as session:
        release_expired(session, now)
        lease_key, ids = _claim(session, now, limit)
        session.commit()
    batch = _Batch(sessions, lease_key, letterhead, now)
    with Conversation(server) as conversation:
        for done, message_id in enumerate(ids):
            try:
                takes_more = _send_one(batch, conversation, message_id)
            except LeaseLostError:
                log.info("lease lost", message=message_id)
                continue
            if not takes_more:
                _give_back(sessions, ids[done + 1 :], lease_key, now)
                return done + 1
    return len(ids)


def release_expired(session: Session, now: datetime) -> None:
    """Take up what a crashed worker held: before the final dot it is safe to try again, after it nobody knows."""
    stopped = "The service stopped while the mail was being handed over. It may or may not have left."
    fates: tuple[tuple[MessageState, dict[str, object]], ...] = (
        (MessageState.LEASED, {"state": MessageState.PENDING}),
        (MessageState.HANDING, {"state": MessageState.UNKNOWN, "detail": stopped}),
    )
    for state, fate in fates:
        session.execute(
            update(Message)
            .where(text(UNSENT), Message.state == state, Message.leased_until <= now)
            .values({**fate, **RELEASED})
        )


def _claim(session: Session, now: datetime, limit: int) -> tuple[str, list[int]]:
    lease_key = secrets.token_hex(16)
    # Found first and then updated: as a subquery of the update, PostgreSQL may run it again and exceed the limit.
    due = session.scalars(
        select(Message.id)
        .where(text(UNSENT), Message.state == MessageState.PENDING, Message.next_attempt_at <= now)
        .order_by(Message.next_attempt_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    ids = session.scalars(
        update(Message)
        .where(Message.id.in_(due), Message.state == MessageState.PENDING)
        .values(state=MessageState.LEASED, leased_until=now + LEASE, lease_key=lease_key)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return lease_key, sorted(ids)


def _send_one(batch: _Batch, conversation: Conversation, message_id: int) -> bool:
    """Deal with one claimed message; whether the server will take another. Raises LeaseLostError."""
    with batch.sessions() as session:
        session.info["read_only"] = True  # writing a mail takes a while, and nobody shall wait for it
        message = _loaded(session, message_id)
        raw = _written(session, message, batch.letterhead, batch.now)
    if not isinstance(raw, bytes):
        batch.mark(message_id, **{**RELEASED, **raw})
        return True
    try:
        accepted = conversation.send(
            batch.letterhead.sender,
            message.invitation.customer.email or "",
            raw,
            lambda: batch.mark(
                message_id,
                state=MessageState.HANDING,
                attempts=message.attempts + 1,
                leased_until=batch.renewed(),
            ),
        )
    except OutcomeUnknown as unknown:
        batch.mark(message_id, state=MessageState.UNKNOWN, detail=str(unknown), **RELEASED)
        return True
    except MailRefused as refusal:
        _keep_refusal(batch, message, refusal)
        return not (refusal.settings_are_bad or refusal.stage is Stage.CONNECT)
    _keep_acceptance(batch, message_id, accepted)
    return True


def _keep_refusal(batch: _Batch, message: Message, refusal: MailRefused) -> None:
    """Back to the outbox, or the end of it; an address that takes no mail is never written to again."""
    address = message.invitation.customer.address_hash
    with batch.sessions() as session:
        fate = _after_failure(message, str(refusal), refusal.permanent, batch.now)
        _mark(session, message.id, batch.lease_key, fate)
        if refusal.address_is_bad and address:
            suppress(session, address, SuppressionReason.BAD_ADDRESS, batch.now)
        session.commit()
    log.info("mail refused", message=message.id, stage=refusal.stage, code=refusal.code)


def _keep_acceptance(batch: _Batch, message_id: int, accepted: Accepted) -> None:
    said = f"The mail server accepted it ({accepted.code})."
    try:
        batch.mark(message_id, state=MessageState.SENT, sent_at=batch.now, detail=said, **RELEASED)
    except LeaseLostError:  # the answer took longer than the lease, and a sweep called the mail unknown
        with batch.sessions() as session:
            settle(session, message_id, arrived=True, by="the mail server's late answer", now=batch.now)
            session.commit()


def _written(session: Session, message: Message, letterhead: Letterhead, now: datetime) -> bytes | Mapping[str, object]:
    """The mail; or, where none is to leave now, what becomes of its row instead."""
    if reason := _reason_to_stop(session, message, now):
        return {"state": MessageState.CANCELLED, "detail": f"Not sent: {reason}."}
    try:
        survey = survey_version(session, message.invitation.version_id).definition
        return render_survey_mail(message.invitation, survey, letterhead, message_uid=message.uid, now=now)
    except ValueError as error:  # a header that cannot be written: another attempt would be the same mail
        return {"state": MessageState.FAILED, "detail": str(error)}
    except Exception as error:  # a template that somebody is editing must not hold up the mails behind this one
        log.exception("mail could not be written", message=message.id)
        detail = f"The mail could not be written: {type(error).__name__}. Look at its template and wording."
        return _after_failure(message, detail, permanent=False, now=now)


def _after_failure(message: Message, detail: str, permanent: bool, now: datetime) -> Mapping[str, object]:
    attempts, first = message.attempts + 1, message.first_attempt_at or now
    again = None if permanent else next_attempt(attempts, first, now, spread_by=message.uid)
    fate = (
        {"state": MessageState.FAILED} if again is None else {"state": MessageState.PENDING, "next_attempt_at": again}
    )
    return {"attempts": attempts, "first_attempt_at": first, "detail": detail, **RELEASED, **fate}


def _loaded(session: Session, message_id: int) -> Message:
    return session.scalars(
        select(Message)
        .where(Message.id == message_id)
        .options(
            joinedload(Message.invitation).joinedload(Invitation.customer),
            joinedload(Message.invitation).joinedload(Invitation.order),
        )
    ).one()


def _reason_to_stop(session: Session, message: Message, now: datetime) -> str | None:
    """What happened since the decision that the mail must not ignore, in words."""
    invitation = message.invitation
    if invitation.answered_at is not None:
        return "the person has answered already"
    if invitation.expires_at <= now:
        return "its link had stopped working before the mail could leave"
    customer = invitation.customer
    address = session.get(Address, customer.address_hash) if customer.address_hash else None
    reason = unreachable(invitation.order.status, reachability(customer, address))
    return reason.words if reason else None


def _mark(session: Session, message_id: int, lease_key: str, values: Mapping[str, object]) -> None:
    held = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.lease_key == lease_key, Message.state.in_(HELD))
        .values(**values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    if held.first() is None:
        raise LeaseLostError


def _give_back(sessions: SessionFactory, ids: list[int], lease_key: str, now: datetime) -> None:
    """Return what was not tried, since the server takes nothing now."""
    with sessions() as session:
        session.execute(
            update(Message)
            .where(Message.id.in_(ids), Message.lease_key == lease_key, Message.state == MessageState.LEASED)
            .values(state=MessageState.PENDING, next_attempt_at=now, **RELEASED)
        )
        session.commit()
