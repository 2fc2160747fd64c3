"""Records an answer that a customer told a colleague: as the answer to an open invitation, else as one of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.invitations.models import Invitation
from feedback_service.masking import mask
from feedback_service.questionnaires.queries import VersionedSurvey
from feedback_service.responses.collect import Outcome, keep_press, keep_revision, leave_in_peace
from feedback_service.responses.first_press import Press
from feedback_service.responses.models import Channel, Response, RevisionKind

ANSWERED = "This order has an answer to this survey already. Leave the survey out."


class AnsweredBeforeError(Exception):
    """The order was answered for already; the message says so."""


@dataclass(frozen=True)
class Told:
    """What a customer said on the phone."""

    customer_id: int
    order_id: int | None
    score: int
    comment: str
    locale: str
    uid: str
    """Made by the form, so that pressing twice is one answer."""


def record_by_phone(
    session: Session, told: Told, survey: VersionedSurvey, *, zone: ZoneInfo, now: datetime
) -> Response:
    """Keep it, once for each uid.

    Raises AnsweredBeforeError where the order has an answer to this survey; the caller rolls back then.
    """
    ours = session.scalar(select(Response).where(Response.uid == told.uid))
    if ours is not None:
        return ours
    key = survey.definition.key
    # Looked for first: where the customer answers it between the two, their answer is found.
    invitation = _open_invitation(session, key, told, now)
    if told.order_id is not None and _answered(session, key, told.order_id):
        raise AnsweredBeforeError(ANSWERED)
    press = Press(
        survey_key=key,
        version_id=invitation.version_id if invitation else survey.version_id,
        locale=told.locale,
        score=told.score,
        channel=Channel.PHONE,
        invitation_id=invitation.id if invitation else None,
        customer_id=told.customer_id,
        order_id=told.order_id,
        uid=told.uid,
    )
    kept = keep_press(session, press, window=timedelta(0), zone=zone, now=now)
    if kept.outcome is not Outcome.FIRST or kept.response_id is None:  # the customer was faster: their words stay
        raise AnsweredBeforeError(ANSWERED)
    response = session.get_one(Response, kept.response_id, populate_existing=True)
    if told.comment:
        response.comment = mask(told.comment)
        response.revision += 1
        keep_revision(session, response, RevisionKind.CORRECTION, now)
    leave_in_peace(session, told.customer_id, now)
    return response


def _answered(session: Session, survey_key: str, order_id: int) -> bool:
    found = select(Response.id).where(Response.order_id == order_id, Response.survey_key == survey_key)
    return session.scalar(found.limit(1)) is not None


def _open_invitation(session: Session, survey_key: str, told: Told, now: datetime) -> Invitation | None:
    """Not locked: who answers it writes the answer first, and we would wait for each other. Its one answer decides."""
    if told.order_id is None:
        return None
    return session.scalar(
        select(Invitation)
        .where(
            Invitation.order_id == told.order_id,
            Invitation.customer_id == told.customer_id,
            Invitation.survey_key == survey_key,
            Invitation.answered_at.is_(None),
            Invitation.cancelled_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
        .limit(1)
    )
