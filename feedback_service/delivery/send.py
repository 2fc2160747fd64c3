"""Sends what is in the outbox, so that a crash at any point loses no mail and sends none twice.

    pending -> leased -> handing -> sent

`handing` is committed when the server has the whole mail but for the final dot. A lease that ran out before it
is taken up again; one that ran out after it is `unknown`, and only a person or the receiving side can settle it.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

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
from feedback_service.delivery.smtp import Conversation, MailRefused, OutcomeUnknown
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


def send_due(sessions: SessionFactory, now: datetime, limit: int, *, server: MailServer, letterhead: Letterhead) -> int:
    """Send up to `limit` mails over one connection; returns how many were dealt with.

    Commits as it goes: between one network call and the next the state must be durable.
    """
    with sessions() as session:
        release_expired(session, now)
        lease_key, ids = _claim(session, now, limit)
        session.commit()
    with Conversation(server) as conversation:
        for done, message_id in enumerate(ids):
            try:
                takes_more = _send_one(sessions, conversation, message_id, lease_key, letterhead, now)
            except LeaseLostError:
                log.info("lease lost", message=message_id)
                continue
            if not takes_more:
                _give_back(sessions, ids[done + 1 :], lease_key, now)
                return done + 1
    return len(ids)


def release_expired(session: Session, now: datetime) -> None:
    """Take up what a crashed worker held: before the final dot it is safe to try again, after it nobody knows."""
    for state, fate, detail in (
        (MessageState.LEASED, MessageState.PENDING, ""),
        (
            MessageState.HANDING,
            MessageState.UNKNOWN,
            "The service stopped while the mail was being handed over. It may or may not have left.",
        ),
    ):
        session.execute(
            update(Message)
            .where(text(UNSENT), Message.state == state, Message.leased_until <= now)
            .values(state=fate, detail=detail, **RELEASED)
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


def _send_one(
    sessions: SessionFactory,
    conversation: Conversation,
    message_id: int,
    lease_key: str,
    letterhead: Letterhead,
    now: datetime,
) -> bool:
    """Deal with one claimed message; whether the server will take another. Raises LeaseLostError."""

    def mark(**values: object) -> None:
        with sessions() as session:
            _mark(session, message_id, lease_key, values)
            session.commit()

    with sessions() as session:
        message = _loaded(session, message_id)
        raw = _written(session, message, letterhead, now)
    if not isinstance(raw, bytes):
        mark(**{**RELEASED, **raw})
        return True
    customer = message.invitation.customer
    try:
        accepted = conversation.send(
            letterhead.sender,
            customer.email or "",
            raw,
            lambda: mark(state=MessageState.HANDING, attempts=message.attempts + 1),
        )
    except OutcomeUnknown as unknown:
        mark(state=MessageState.UNKNOWN, detail=str(unknown), **RELEASED)
        return True
    except MailRefused as refusal:
        with sessions() as session:
            _mark(session, message_id, lease_key, _after_failure(message, str(refusal), refusal.permanent, now))
            if refusal.address_is_bad and customer.address_hash:
                suppress(session, customer.address_hash, SuppressionReason.BAD_ADDRESS, now)
            session.commit()
        log.info("mail refused", message=message_id, stage=refusal.stage, code=refusal.code)
        return not (refusal.settings_are_bad or refusal.stage is Stage.CONNECT)
    try:
        mark(
            state=MessageState.SENT,
            sent_at=now,
            detail=f"The mail server accepted it ({accepted.code}).",
            **RELEASED,
        )
    except LeaseLostError:  # the answer took longer than the lease, and a sweep called the mail unknown
        with sessions() as session:
            settle(session, message_id, arrived=True, by="the mail server's late answer", now=now)
            session.commit()
    return True


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
        detail = f"The mail could not be written: {type(error).__name__}: {error}. Look at its template and wording."
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
