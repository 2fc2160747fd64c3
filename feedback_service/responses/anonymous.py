"""Keeps an anonymous answer: the link is spent, and nothing on the answer says by whom, or when within the round.

The invitation's mark and the answer are written together, but share nothing: the answer has a random id, its round's
day for a time, and neither person nor link. Ids are random, so that they tell no order. What a database notes for
itself (versions of rows, the places where they lie) is beyond us: whoever administers it has to be trusted.
"""

import secrets
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address
from feedback_service.database import LARGEST_ID
from feedback_service.invitations.models import Invitation
from feedback_service.responses.changes import count_change
from feedback_service.responses.first_press import Press
from feedback_service.responses.follow_ups.keep import columns_of, details_of, insert_answers
from feedback_service.responses.models import Channel, Response, ResponseRevision, RevisionKind
from feedback_service.responses.rules.answers import Answers, masked
from feedback_service.responses.rules.rounds import round_day


def keep_anonymous(
    session: Session,
    press: Press,
    answers: Answers,
    *,
    event_key: str,
    asked_at: datetime,
    zone: ZoneInfo,
    now: datetime,
) -> bool:
    """Keep score and answers at once, by a link that was not used before; False where it was."""
    if press.invitation_id is None or not _spend(session, press.invitation_id, asked_at, zone, now):
        return False
    write_anonymous(session, press, answers, day=round_day(event_key, asked_at, zone), zone=zone)
    return True


def write_anonymous(session: Session, press: Press, answers: Answers, *, day: date, zone: ZoneInfo) -> None:
    """Write an answer of the round of that day; of `press` only what was said is taken, and in which words."""
    midnight, answers = _midnight(day, zone), masked(answers)
    response = Response(
        id=-1 - secrets.randbelow(LARGEST_ID),
        channel=Channel.MAIL,
        survey_key=press.survey_key,
        version_id=press.version_id,
        locale=press.locale,
        score=press.score,
        answered_at=midnight,
        counted_on=day,
        routed_assessed=1,
        routed_revision=1,  # nobody can be asked back, so there is nothing to do about it
        **columns_of(answers),
    )
    session.add(response)
    session.flush()
    insert_answers(session, response.id, answers, midnight)
    session.add(
        ResponseRevision(
            response_id=response.id,
            ordinal=1,
            kind=RevisionKind.ANSWER,
            score=press.score,
            comment=response.comment,
            details=details_of(answers),
            recorded_at=midnight,
        )
    )
    count_change(session, response, press.score, +1)
    session.flush()


def _spend(session: Session, invitation_id: int, asked_at: datetime, zone: ZoneInfo, now: datetime) -> bool:
    """Mark the link as used, once, and leave its person in peace; the day is all that is said of when."""
    day = max(asked_at, _midnight(now.astimezone(zone).date(), zone))
    spent = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.answered_at.is_(None), Invitation.cancelled_at.is_(None))
        .values(answered_at=day, remind_at=None)
        .returning(Invitation.id)
    ).first()
    if spent is None:
        return False
    asked = select(Invitation.address_hash).where(Invitation.id == invitation_id).scalar_subquery()
    earlier = or_(Address.last_answered_at.is_(None), Address.last_answered_at < day)
    session.execute(
        update(Address)
        .where(Address.hash == asked, earlier)
        .values(last_answered_at=day, soft_bounces=0)
        .execution_options(synchronize_session=False)
    )
    return True


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)
