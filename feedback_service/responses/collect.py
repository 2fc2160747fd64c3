"""Keeps what a person presses and writes: the score at once, words when they come, everything as a revision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Address, Customer
from feedback_service.invitations.models import Invitation
from feedback_service.masking import mask
from feedback_service.responses.changes import business_day, count_change
from feedback_service.responses.first_press import Press, mark_answered, write_first
from feedback_service.responses.models import Response, ResponseRevision, RevisionKind
from feedback_service.responses.rules.revisions import score_may_change


class Outcome(StrEnum):
    """What became of a press."""

    FIRST = "first"
    SAME = "same"
    """It says what was said before: a double press, a back button."""
    CORRECTED = "corrected"
    STANDS = "stands"
    """The correction window had closed: the new score is kept beside the answer and does not replace it."""
    CONFIRMED = "confirmed"
    """A second sign: the answer that looked like a machine's counts from now on."""
    SUSPECTED = "suspected"
    """Kept, and counted nowhere until a second sign."""
    ONCE_MORE = "once_more"
    """It looks like a machine's and would change what a person confirmed: nothing was kept."""
    WITHDRAWN = "withdrawn"
    """The person had taken the answer back: nothing was kept."""
    ELSEWHERE = "elsewhere"
    """A walk-in about an order that has been answered for by this way in."""


@dataclass(frozen=True)
class Kept:
    """What became of a press, and of which answer; none is meant where the outcome is `ELSEWHERE`."""

    outcome: Outcome
    response_id: int | None


def keep_press(session: Session, press: Press, *, window: timedelta, zone: ZoneInfo, now: datetime) -> Kept:
    """Record a pressed score. The first makes the answer; later ones correct it while `window` is open.

    The unique keys decide between two presses at once: the loser becomes a correction.
    """
    made = write_first(session.connection(), press, business_day(now, zone), now)
    if made is not None:
        return Kept(Outcome.SUSPECTED if press.suspected else Outcome.FIRST, made)
    own = Response.invitation_id == press.invitation_id if press.invitation_id else Response.uid == press.uid
    response = _locked(session, own)
    if response is None:
        return Kept(Outcome.ELSEWHERE, None)
    return Kept(_again(session, response, press, window, zone, now), response.id)


def _again(
    session: Session, response: Response, press: Press, window: timedelta, zone: ZoneInfo, now: datetime
) -> Outcome:
    """What a press does to the answer that is there."""
    if response.withdrawn_at is not None:
        return Outcome.WITHDRAWN
    if response.suspected is not None:
        response.latest_score, response.locale = press.score, press.locale
        if press.suspected is None:
            _confirm(session, response, zone, now)
            return Outcome.CONFIRMED
        return _still_suspected(session, response, now)
    if press.score == response.latest_score:
        response.locale = press.locale
        return Outcome.SAME
    if press.suspected is not None:
        return Outcome.ONCE_MORE
    response.locale = press.locale
    return _correct(session, response, press.score, window, now)


def _still_suspected(session: Session, response: Response, now: datetime) -> Outcome:
    if response.score != response.latest_score:
        response.score = response.latest_score
        keep_revision(session, response, RevisionKind.CORRECTION, now)
    return Outcome.SUSPECTED


def _correct(session: Session, response: Response, score: int, window: timedelta, now: datetime) -> Outcome:
    response.latest_score = score
    response.revision += 1
    if not score_may_change(response.answered_at, now, window):
        keep_revision(session, response, RevisionKind.LATER, now)
        return Outcome.STANDS
    count_change(session, response, response.score, -1)
    count_change(session, response, score, +1)
    response.score = score
    keep_revision(session, response, RevisionKind.CORRECTION, now)
    return Outcome.CORRECTED


def second_sign(session: Session, response_id: int, now: datetime, zone: ZoneInfo) -> bool:
    """Let a suspected answer count from `now` on, since a person has shown; whether there was one to be settled.

    Of two signs at once, one counts it.
    """
    response = _locked(session, Response.id == response_id)
    if response is None or response.suspected is None or response.withdrawn_at is not None:
        return False
    _confirm(session, response, zone, now)
    return True


def _confirm(session: Session, response: Response, zone: ZoneInfo, now: datetime) -> None:
    response.suspected = None
    response.score = response.latest_score
    response.answered_at = now
    response.counted_on = business_day(now, zone)
    response.revision += 1
    count_change(session, response, response.score, +1)
    if response.invitation_id is not None:
        mark_answered(session.connection(), response.invitation_id, now)
    elif response.customer_id is not None:
        leave_in_peace(session, response.customer_id, now)
    keep_revision(session, response, RevisionKind.CONFIRMED, now)


def leave_in_peace(session: Session, customer_id: int, now: datetime) -> None:
    """A customer whom nobody had asked has answered, so no survey asks them for a while."""
    session.execute(
        update(Address)
        .where(Address.hash == select(Customer.address_hash).where(Customer.id == customer_id).scalar_subquery())
        .values(last_answered_at=now)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class Confirmed:
    """An answer after a press, for work that has it at hand."""

    response: Response
    outcome: Outcome

    @property
    def score_stands(self) -> bool:
        """Whether the press came too late to count."""
        return self.outcome is Outcome.STANDS


def confirm_score(
    session: Session, invitation: Invitation, score: int, *, window: timedelta, zone: ZoneInfo, now: datetime
) -> Confirmed:
    """Record a score that a person has evidently confirmed, for work that has the invitation at hand."""
    press = Press(
        survey_key=invitation.survey_key,
        version_id=invitation.version_id,
        locale=invitation.locale,
        score=score,
        invitation_id=invitation.id,
        customer_id=invitation.customer_id,
        order_id=invitation.order_id,
    )
    kept = keep_press(session, press, window=window, zone=zone, now=now)
    session.refresh(invitation)
    return Confirmed(session.get_one(Response, kept.response_id, populate_existing=True), kept.outcome)


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
    response = _locked(session, Response.invitation_id == invitation.id)
    if response is None:
        raise LookupError(f"invitation {invitation.id} has no answer to add words to")
    comment = mask(comment) or response.comment
    if (comment, wants_contact) == (response.comment, response.wants_contact):
        return response
    response.comment = comment
    response.wants_contact = wants_contact
    response.revision += 1
    kind = RevisionKind.CORRECTION if score_may_change(response.answered_at, now, window) else RevisionKind.LATER
    keep_revision(session, response, kind, now)
    return response


def _locked(session: Session, which: ColumnElement[bool]) -> Response | None:
    return session.scalars(
        select(Response).where(which).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).one_or_none()


def keep_revision(
    session: Session, response: Response, kind: RevisionKind, now: datetime, details: dict[str, Any] | None = None
) -> None:
    """Write down how an answer stands now; without `details`, the other answers are as they were."""
    newest = session.execute(
        select(ResponseRevision.ordinal, ResponseRevision.details)
        .where(ResponseRevision.response_id == response.id)
        .order_by(ResponseRevision.ordinal.desc())
        .limit(1)
    ).first()
    session.add(
        ResponseRevision(
            response_id=response.id,
            ordinal=newest.ordinal + 1 if newest else 1,
            kind=kind,
            score=response.latest_score,
            comment=response.comment,
            wants_contact=response.wants_contact,
            details=details if details is not None else dict(newest.details if newest else {}),
            recorded_at=now,
        )
    )
    session.flush()
