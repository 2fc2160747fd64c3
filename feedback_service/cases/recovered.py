"""How often it was put right: recovery answers by the cohort of their sending date, and cases that were closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, func, null, or_, select, union_all
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseEntry, EntryKind
from feedback_service.cases.recovery import SOURCE
from feedback_service.cases.rules.recovered import lowest_recovered
from feedback_service.cases.search.find import EVERY_CASE
from feedback_service.database import spelled_out
from feedback_service.delivery.models import Message, MessagePurpose
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Touchpoint, TouchpointKind
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.responses.models import Response

Span = tuple[datetime, datetime]
"""Half-open."""
_ABOUT_A_CASE: ColumnElement[bool] = and_(Touchpoint.source == SOURCE, Touchpoint.kind == TouchpointKind.CASE_RESOLVED)


@dataclass(frozen=True)
class Recovered:
    """Counts of one period."""

    closed: int
    """Cases that were closed in it; one that was closed twice counts once."""
    asked: int
    """Mails sent in it that ask whether it was put right."""
    answers: int
    """Confirmed answers to those mails, whenever they came."""
    recovered: int
    """Answers of at least 7 of 10, or the same share of another scale."""
    still_open: int
    """Of those asked, who can still answer: until there are none, the shares are immature."""

    @property
    def of_answers(self) -> float | None:
        """Recovered ÷ recovery answers, from 0 to 1; None without an answer."""
        return self.recovered / self.answers if self.answers else None

    @property
    def of_closed(self) -> float | None:
        """Recovered ÷ closed cases; None where none was closed. It may pass 1 where a period is short: cases are closed
        days before somebody is asked about them."""
        return self.recovered / self.closed if self.closed else None


def recovered(
    session: Session, start: datetime, end: datetime, now: datetime, among: ColumnElement[bool] = EVERY_CASE
) -> Recovered:
    """The counts of [start, end). `among`: a condition on the case that was closed, and is asked about."""
    whole, _ = recovered_in(session, [(start, end)], now, among)
    return whole


def recovered_in(
    session: Session, spans: Sequence[Span], now: datetime, among: ColumnElement[bool] = EVERY_CASE
) -> tuple[Recovered, list[Recovered]]:
    """The counts of all these half-open spans together, and of each; no two of them share a moment."""
    # As an expression, so that no database begins with all mails of the time: those of closed cases are few.
    sent_at = case((Message.purpose == MessagePurpose.INVITATION, Message.sent_at))
    statement = (
        select(
            _place(sent_at, spans).label("place"),
            func.count().label("asked"),
            func.count(Response.id).label("answers"),
            func.count().filter(or_(*(_put_right(kind) for kind in SurveyKind))).label("good"),
            func.count().filter(_can_still_answer(now)).label("still_open"),
        )
        .select_from(Touchpoint)
        .join(Invitation, Invitation.touchpoint_id == Touchpoint.id)
        .join(Message, Message.invitation_id == Invitation.id)
        .join(Survey, Survey.key == Invitation.survey_key)
        .outerjoin(
            Response,
            and_(
                Response.invitation_id == Invitation.id,
                Response.suspected.is_(None),
                Response.withdrawn_at.is_(None),
            ),
        )
        .where(
            *_within(sent_at, spans),
            *_asked_around(spans),
            _ABOUT_A_CASE,
        )
        .group_by("place")
    )
    if among is not EVERY_CASE:
        # Only where such a mail was sent: other cases are not looked up, and what other events are called is no number.
        asked_about = case((and_(_ABOUT_A_CASE, sent_at.is_not(None)), cast(Touchpoint.external_id, Case.id.type)))
        statement = statement.join(Case, Case.id == asked_about).where(among)
    rows = session.execute(statement)
    found = {row.place: (row.asked, row.answers, row.good, row.still_open) for row in rows}
    closed = _closed(session, spans, among)
    each = [Recovered(closed.get(number, 0), *found.get(number, (0, 0, 0, 0))) for number in range(len(spans))]
    asked, answers, good, still_open = (sum(counts) for counts in zip((0, 0, 0, 0), *found.values(), strict=True))
    return Recovered(closed[None], asked, answers, good, still_open), each


def _asked_around(spans: Sequence[Span]) -> tuple[ColumnElement[bool], ...]:
    """A mail leaves after it was decided on and before its link ends: only of such invitations is it looked up.

    The day more is for a mail that was on its way when the link ended.
    """
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    return Invitation.created_at < last, Invitation.expires_at > first - timedelta(days=1)


def _can_still_answer(now: datetime) -> ColumnElement[bool]:
    """An answer that was taken back is none, and no other can be given in its place."""
    pending = and_(Response.id.is_(None), Invitation.answered_at.is_(None), Invitation.cancelled_at.is_(None))
    return and_(pending, Invitation.expires_at > now)


def _put_right(kind: SurveyKind) -> ColumnElement[bool]:
    return and_(Survey.kind == kind, Response.score >= lowest_recovered(kind))


def _closed(session: Session, spans: Sequence[Span], among: ColumnElement[bool]) -> dict[int | None, int]:
    """By the place of the span, how many cases were closed in it; None: in any of them."""
    statement = select(CaseEntry.case_id, _place(CaseEntry.at, spans).label("place")).where(
        CaseEntry.kind == spelled_out(EntryKind.RESOLVED), *_within(CaseEntry.at, spans)
    )
    if among is not EVERY_CASE:
        statement = statement.join(Case, Case.id == CaseEntry.case_id).where(among)
    found = statement.distinct().cte("closed")
    of_each = select(found.c.place, func.count()).where(found.c.place.is_not(None)).group_by(found.c.place)
    of_all = select(null(), func.count(func.distinct(found.c.case_id))).where(found.c.place.is_not(None))
    return dict(session.execute(union_all(of_each, of_all)).all())


def _place(at: Any, spans: Sequence[Span]) -> ColumnElement[int | None]:
    """Of the span that holds a moment."""
    return case(*((and_(at >= start, at < end), number) for number, (start, end) in enumerate(spans)))


def _within(at: Any, spans: Sequence[Span]) -> tuple[ColumnElement[bool], ...]:
    return at >= min(start for start, _ in spans), at < max(end for _, end in spans)
