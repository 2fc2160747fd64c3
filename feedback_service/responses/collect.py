"""Keeps what a person presses and writes: the score at once, words when they come, everything as a revision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address
from feedback_service.database import insert_new
from feedback_service.invitations.models import Invitation
from feedback_service.responses.changes import business_day, count_change
from feedback_service.responses.models import Channel, Response, ResponseRevision, RevisionKind
from feedback_service.responses.rules.revisions import score_may_change


@dataclass(frozen=True)
class Kept:
    """What became of a press."""

    response: Response
    score_stands: bool
    """The correction window had closed: the new score is kept beside the answer and does not replace it."""


def confirm_score(
    session: Session, invitation: Invitation, score: int, *, window: timedelta, zone: ZoneInfo, now: datetime
) -> Kept:
    """Record a confirmed score. The first makes the answer; later ones correct it while `window` is open.

    The unique key on the invitation decides between two presses at once: the loser becomes a correction.
    """
    made = session.execute(
        insert_new(session, Response)
        .values(
            invitation_id=invitation.id,
            channel=Channel.MAIL,
            survey_key=invitation.survey_key,
            customer_id=invitation.customer_id,
            order_id=invitation.order_id,
            locale=invitation.locale,
            score=score,
            comment="",
            wants_contact=False,
            answered_at=now,
            counted_on=business_day(now, zone),
            revision=1,
            assessed_revision=0,
            routed_revision=0,
        )
        .returning(Response.id)
    ).first()
    response = _locked(session, invitation)
    if made is not None:
        invitation.answered_at = now
        invitation.remind_at = None
        _leave_in_peace(session, invitation, now)
        _keep_revision(session, response, RevisionKind.ANSWER, now, score=score)
        count_change(session, response, score, +1)
        return Kept(response, score_stands=False)
    return _correct(session, response, score, window, now)


def _leave_in_peace(session: Session, invitation: Invitation, now: datetime) -> None:
    """Whoever has answered is not asked again for a while, and their address evidently works."""
    session.execute(
        update(Address)
        .where(Address.hash == invitation.address_hash)
        .values(last_answered_at=now, soft_bounces=0)
        .execution_options(synchronize_session=False)
    )


def _correct(session: Session, response: Response, score: int, window: timedelta, now: datetime) -> Kept:
    if score == response.latest_score:  # a double press, a back button
        return Kept(response, score_stands=score != response.score)
    response.latest_score = score
    response.revision += 1
    if not score_may_change(response.answered_at, now, window):
        _keep_revision(session, response, RevisionKind.LATER, now, score=score)
        return Kept(response, score_stands=True)
    count_change(session, response, response.score, -1)
    count_change(session, response, score, +1)
    response.score = score
    _keep_revision(session, response, RevisionKind.CORRECTION, now, score=score)
    return Kept(response, score_stands=False)


def add_words(
    session: Session,
    invitation: Invitation,
    *,
    comment: str,
    wants_contact: bool,
    window: timedelta,
    now: datetime,
) -> Response:
    """Keep the comment and the wish to be contacted; they are welcome for as long as the link lives.

    An empty comment leaves the words that are there: it comes from a page that was opened before they were written.
    """
    response = _locked(session, invitation)
    comment = comment or response.comment
    if (comment, wants_contact) == (response.comment, response.wants_contact):
        return response
    response.comment = comment
    response.wants_contact = wants_contact
    response.revision += 1
    kind = RevisionKind.CORRECTION if score_may_change(response.answered_at, now, window) else RevisionKind.LATER
    _keep_revision(session, response, kind, now, score=response.latest_score)
    return response


def _locked(session: Session, invitation: Invitation) -> Response:
    return session.scalars(
        select(Response)
        .where(Response.invitation_id == invitation.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _keep_revision(session: Session, response: Response, kind: RevisionKind, now: datetime, *, score: int) -> None:
    newest = session.scalar(
        select(func.max(ResponseRevision.ordinal)).where(ResponseRevision.response_id == response.id)
    )
    session.add(
        ResponseRevision(
            response_id=response.id,
            ordinal=(newest or 0) + 1,
            kind=kind,
            score=score,
            comment=response.comment,
            wants_contact=response.wants_contact,
            recorded_at=now,
        )
    )
    session.flush()
