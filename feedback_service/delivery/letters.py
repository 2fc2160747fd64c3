"""Claimed mails: what each is written from, and what becomes of one that does not leave."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, load_only

from feedback_service.customers.models import Customer
from feedback_service.delivery.last_look import Clocks, Facts, Stop, last_look
from feedback_service.delivery.models import NOTES, Message, MessageState
from feedback_service.delivery.render import Letterhead, render_survey_mail
from feedback_service.delivery.render_note import render_note
from feedback_service.delivery.rules.backoff import next_attempt
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import survey_version

Fate = Mapping[str, object]
"""What becomes of a message's row, as columns and values; an empty one where somebody else holds it by now."""

# Only what a mail is written from: whole rows take three times as long. Whatever else is asked of a letter raises.
_LETTERS = (
    select(Message)
    .where(Message.id.in_(bindparam("ids", expanding=True)))
    .options(
        load_only(
            Message.uid,
            Message.purpose,
            Message.words,
            Message.locale,
            Message.signed,
            Message.thread,
            Message.attempts,
            Message.first_attempt_at,
        ),
        joinedload(Message.invitation).options(
            load_only(
                Invitation.uid,
                Invitation.locale,
                Invitation.link_generation,
                Invitation.version_id,
                Invitation.answered_at,
            ),
            joinedload(Invitation.customer).load_only(
                Customer.name, Customer.email, Customer.address_hash, Customer.time_zone, Customer.country
            ),
            joinedload(Invitation.order).load_only(Order.external_id),
        ),
    )
    .order_by(Message.id)
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """A claimed mail as it was when it was claimed. A thread may read it without a session."""

    message: Message
    survey: SurveyDefinition

    @property
    def id(self) -> int:
        """The message's id."""
        return self.message.id

    @property
    def customer(self) -> Customer:
        """Whom it goes to."""
        return self.message.invitation.customer

    @property
    def recipient(self) -> str:
        """Where it goes; empty where nobody is left."""
        return self.customer.email or ""


def letters(session: Session, ids: Collection[int], now: datetime) -> tuple[list[Letter], dict[int, Fate]]:
    """The mails with these ids, in their order, and what becomes of those whose survey cannot be read."""
    messages = session.scalars(_LETTERS, {"ids": list(ids)}).all()
    surveys = _surveys(session, messages)
    readable, broken = [], {}
    for message in messages:
        survey = surveys.get(message.invitation.version_id)
        if survey is None:
            detail = "The mail could not be written: its survey cannot be read."
            broken[message.id] = after_failure(message, detail, permanent=False, now=now)
        else:
            readable.append(Letter(message, survey))
    return readable, broken


def _surveys(session: Session, messages: Iterable[Message]) -> dict[int, SurveyDefinition]:
    """By version; one that cannot be read is left out, so that its mails do not hold up the others."""
    found = {}
    for version_id in {message.invitation.version_id for message in messages}:
        try:
            found[version_id] = survey_version(session, version_id).definition
        except ValueError:
            log.exception("survey could not be read", version=version_id)
    return found


def written(letter: Letter, letterhead: Letterhead, now: datetime) -> bytes | Fate:
    """The mail; or, where it cannot be written, what becomes of its row instead."""
    message = letter.message
    try:
        if message.purpose in NOTES:
            return render_note(message, letter.survey, letterhead, now=now)
        return render_survey_mail(
            message.invitation,
            letter.survey,
            letterhead,
            message_uid=message.uid,
            now=now,
            purpose=message.purpose,
        )
    except ValueError as error:  # a header that cannot be written: another attempt would be the same mail
        return {"state": MessageState.FAILED, "detail": str(error)}
    except Exception as error:  # a template that somebody is editing must not hold up the mails behind this one
        log.exception("mail could not be written", message=letter.id)
        detail = f"The mail could not be written: {type(error).__name__}. Look at its template and wording."
        return after_failure(message, detail, permanent=False, now=now)


def stopped_or_deferred(letter: Letter, found: Facts | None, clocks: Clocks, now: datetime) -> Fate | None:
    """What keeps a mail from leaving now, or None where nothing does. Without `found` the lease is lost."""
    if found is None:
        return {}
    if found.recipient != letter.customer.email:  # it is written again, to where the person is now
        return deferred(now)
    try:
        look = last_look(found, letter.customer, letter.survey.rules, clocks, now)
    except Exception as error:  # what is wrong with one mail must not hold up the others
        log.exception("mail could not be looked at", message=letter.id)
        detail = f"Whether the mail may leave could not be told: {type(error).__name__}."
        return after_failure(letter.message, detail, permanent=False, now=now)
    if look is None:
        return None
    if isinstance(look, Stop):
        return {"state": MessageState.CANCELLED, "detail": f"Not sent: {look.reason}."}
    return deferred(look.until, f"Put off: {look.reason}.")


def deferred(until: datetime, detail: str | None = None) -> Fate:
    """Back into the outbox until then; it counts as no attempt."""
    fate: Fate = {"state": MessageState.PENDING, "next_attempt_at": until}
    return fate if detail is None else {**fate, "detail": detail}


def after_failure(message: Message, detail: str, *, permanent: bool, now: datetime) -> Fate:
    """What becomes of a message that could not be sent: another attempt, or the end."""
    attempts, first = message.attempts + 1, message.first_attempt_at or now
    again = None if permanent else next_attempt(attempts, first, now, spread_by=message.uid)
    fate = {"state": MessageState.FAILED} if again is None else deferred(again)
    return {"attempts": attempts, "first_attempt_at": first, "detail": detail, **fate}
