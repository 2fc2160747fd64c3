"""Reads of the inbox: every answer that counts and has a name to it, newest first.

A filter may let one answer in a million through. So that a page takes the same time however rare that is, it looks
through a window of so many answers and says where to look further.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, literal_column, or_, select, text
from sqlalchemy.orm import Session, joinedload

from feedback_service.cases.desk.counts import COUNT_CAP
from feedback_service.cases.inbox.models import Seen
from feedback_service.cases.models import Case
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import UNREAD, Response
from feedback_service.responses.rules.bands import LOWEST_PROMOTER
from feedback_service.sentiment.models import CommentTheme
from feedback_service.sentiment.queries import themes_of

PAGE = 25  # answers on a page, so many as somebody reads in one go
WINDOW = 5_000  # answers that one page looks through

SHOWN: ColumnElement[bool] = literal_column(
    "responses.id > 0 AND responses.suspected IS NULL AND responses.withdrawn_at IS NULL"
)
"""Of an answer in confidence nobody reads anything; one of a machine, or one that was taken back, is none."""


class Show(StrEnum):
    """Which answers, by who has read them."""

    ALL = "all"
    UNREAD = "unread"
    """By the one who looks."""
    UNSEEN = "unseen"
    """By anybody."""


class Band(StrEnum):
    """Of a score."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


@dataclass(frozen=True)
class Filters:
    """What somebody wants to see, and from which answer on."""

    show: Show = Show.ALL
    words: bool = False
    """Only those with words."""
    survey: str | None = None
    band: Band | None = None
    before: int | None = None
    """An answer's id."""

    @property
    def narrow(self) -> bool:
        """Whether some answers are left out that the page would have to look at."""
        return self.show is Show.UNREAD or self.words or self.survey is not None or self.band is not None

    def from_here(self, before: int | None) -> "Filters":
        """The same from another answer on."""
        return replace(self, before=before)


@dataclass(frozen=True)
class OwnCase:
    """The case that grew from an answer."""

    id: int
    queue_id: int
    owner_id: int | None


@dataclass(frozen=True)
class AnswerLine:
    """An answer with what stands beside it."""

    response: Response
    survey: Survey
    themes: Sequence[CommentTheme]
    case: OwnCase | None
    read_by_me: datetime | None


@dataclass(frozen=True)
class InboxPage:
    """Some answers, and where the next ones begin."""

    lines: Sequence[AnswerLine]
    following: int | None
    looked_through: int | None = None
    """How many answers there were to look at, where more lie behind them and the page is not full."""


def answers(session: Session, filters: Filters, *, user_id: int) -> InboxPage:
    """One page of the inbox."""
    if not filters.narrow:
        ids = list(session.scalars(_base(filters).limit(PAGE + 1)))
        return InboxPage(_lines(session, ids[:PAGE], user_id), ids[PAGE - 1] if len(ids) > PAGE else None)
    window = _window(filters)
    ids = list(session.scalars(_through(session, window, filters, user_id)))
    if len(ids) > PAGE:
        return InboxPage(_lines(session, ids[:PAGE], user_id), ids[PAGE - 1])
    size, last = session.execute(select(func.count(), func.min(window.c.id))).one()
    more = size == WINDOW
    return InboxPage(_lines(session, ids, user_id), last if more else None, size if more else None)


def _base(filters: Filters) -> Select[int]:
    statement = select(Response.id).order_by(Response.id.desc())
    statement = statement.where(text(UNREAD) if filters.show is Show.UNSEEN else SHOWN)
    return statement if filters.before is None else statement.where(Response.id < filters.before)


def _window(filters: Filters) -> Subquery:
    """id, survey_key, latest_score and whether it is worded, of the answers that the page looks through."""
    return (
        _base(filters)
        .add_columns(Response.survey_key, Response.latest_score, (Response.comment != "").label("worded"))
        .limit(WINDOW)
        .subquery()
    )


def _through(session: Session, window: Subquery, filters: Filters, user_id: int) -> Select[int]:
    statement = select(window.c.id).order_by(window.c.id.desc()).limit(PAGE + 1)
    if filters.words:
        statement = statement.where(window.c.worded)
    if filters.survey is not None:
        statement = statement.where(window.c.survey_key == filters.survey)
    if filters.band is not None:
        statement = statement.where(_in_band(session, window, filters.band))
    if filters.show is Show.UNREAD:
        read = exists().where(Seen.user_id == user_id, Seen.response_id == window.c.id)
        statement = statement.where(~read)
    return statement


def _in_band(session: Session, window: Subquery, wanted: Band) -> ColumnElement[bool]:
    """Where the band begins and ends is each survey's own affair."""
    score, conditions = window.c.latest_score, []
    for survey in session.scalars(select(Survey)):
        highest = Rules.model_validate(survey.rules).thresholds.detractor_max
        lowest = max(LOWEST_PROMOTER[survey.kind], highest + 1)
        within = {
            Band.DETRACTOR: score <= highest,
            Band.PASSIVE: and_(score > highest, score < lowest),
            Band.PROMOTER: score >= lowest,
        }[wanted]
        conditions.append(and_(window.c.survey_key == survey.key, within))
    return or_(*conditions) if conditions else literal_column("1 = 0")


def _lines(session: Session, ids: Sequence[int], user_id: int) -> list[AnswerLine]:
    """Everything about these answers, in a statement for each kind of thing."""
    rows = session.execute(
        select(Response, Survey)
        .join(Survey, Survey.key == Response.survey_key)
        .where(Response.id.in_(ids))
        .order_by(Response.id.desc())
        .options(joinedload(Response.customer), joinedload(Response.order), joinedload(Response.collector))
    ).all()
    themes, cases = themes_of(session, ids), cases_of(session, ids)
    read = dict(
        session.execute(
            select(Seen.response_id, Seen.at).where(Seen.user_id == user_id, Seen.response_id.in_(ids))
        ).all()
    )
    return [
        AnswerLine(response, survey, themes.get(response.id, ()), cases.get(response.id), read.get(response.id))
        for response, survey in rows
    ]


def cases_of(session: Session, ids: Sequence[int]) -> dict[int, OwnCase]:
    """The cases that grew from answers, by the answer's id."""
    rows = session.execute(
        select(Case.response_id, Case.id, Case.queue_id, Case.owner_id)
        .where(Case.response_id.in_(ids))
        .order_by(Case.id.desc())  # the first one stays
    )
    return {row.response_id: OwnCase(row.id, row.queue_id, row.owner_id) for row in rows}


def count_unseen(session: Session) -> int:
    """How many answers nobody has read, counted up to COUNT_CAP."""
    some = select(Response.id).where(text(UNREAD)).limit(COUNT_CAP).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
