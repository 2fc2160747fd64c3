"""Reads of the inbox: every answer that counts and has a name to it, newest first.

A filter may let one answer in a million through. So that a page takes the same time however rare that is, it looks
through a window of so many answers and says where to look further. The days of one survey are no such filter: its
answers are walked day by day, in an index.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, literal_column, or_, select, text, tuple_
from sqlalchemy.orm import Session, aliased, joinedload

from feedback_service.cases.count_up_to import count_up_to
from feedback_service.cases.inbox.models import Seen
from feedback_service.cases.inbox.told_apart import answers_by, reasons
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
    first: date | None = None
    last: date | None = None
    """The days that answers count for, both included."""
    by: str = ""
    """A dimension, such as the order's carrier."""
    value: str = ""
    """Only those of this value of it."""
    low: int | None = None
    high: int | None = None
    """The scores that count, both included."""
    before: int | None = None
    """An answer's id."""

    @property
    def behind(self) -> bool:
        """Whether they are the answers behind a number of insights."""
        return bool(self.first or self.last or self.value) or self.low is not None or self.high is not None

    @property
    def day_by_day(self) -> bool:
        """Whether they are walked by the day they count for, rather than as they came."""
        return self.survey is not None and (self.first or self.last) is not None

    @property
    def narrow(self) -> bool:
        """Whether some answers are left out that the page would have to look at."""
        chosen = self.words or self.survey is not None or self.band is not None
        return self.show is Show.UNREAD or chosen or self.behind

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
    if session.scalar(select(func.count()).select_from(window)) != WINDOW:
        return InboxPage(_lines(session, ids, user_id), None)
    edge = session.scalar(select(window.c.id).order_by(*_order(window.c, filters, newest_first=False)).limit(1))
    return InboxPage(_lines(session, ids, user_id), edge, WINDOW)


def _base(filters: Filters) -> Select[int]:
    columns = Response.__table__.c
    statement = select(Response.id).where(text(UNREAD) if filters.show is Show.UNSEEN else SHOWN)
    statement = statement.order_by(*_order(columns, filters))
    if not filters.day_by_day:
        return statement if filters.before is None else statement.where(Response.id < filters.before)
    statement = statement.where(Response.survey_key == filters.survey, *_within(columns, filters))
    if filters.before is None:
        return statement
    edge = aliased(Response)
    its_day = select(edge.counted_on).where(edge.id == filters.before).scalar_subquery()
    return statement.where(tuple_(Response.counted_on, Response.id) < tuple_(its_day, filters.before))


def _order(columns: Any, filters: Filters, *, newest_first: bool = True) -> list[ColumnElement[Any]]:
    by = [columns.counted_on, columns.id] if filters.day_by_day else [columns.id]
    return [column.desc() for column in by] if newest_first else by


def _within(columns: Any, filters: Filters) -> list[ColumnElement[bool]]:
    bounds = [] if filters.first is None else [columns.counted_on >= filters.first]
    return bounds if filters.last is None else [*bounds, columns.counted_on <= filters.last]


def _window(filters: Filters) -> CTE:
    """What is to be known of the answers that the page looks through."""
    return (
        _base(filters)
        .add_columns(
            Response.survey_key,
            Response.latest_score,
            Response.score,
            Response.counted_on,
            (Response.comment != "").label("worded"),
        )
        .limit(WINDOW)
        .cte("looked_through")
    )


def _through(session: Session, window: CTE, filters: Filters, user_id: int) -> Select[int]:
    statement = select(window.c.id).order_by(*_order(window.c, filters)).limit(PAGE + 1)
    statement = statement.where(*_within(window.c, filters))
    if filters.words:
        statement = statement.where(window.c.worded)
    if filters.survey is not None:
        statement = statement.where(window.c.survey_key == filters.survey)
    if filters.band is not None:
        statement = statement.where(_in_band(session, window, filters.band))
    if filters.show is Show.UNREAD:
        read = exists().where(Seen.user_id == user_id, Seen.response_id == window.c.id)
        statement = statement.where(~read)
    if filters.low is not None:
        statement = statement.where(window.c.score >= filters.low)
    if filters.high is not None:
        statement = statement.where(window.c.score <= filters.high)
    if filters.value:
        statement = statement.where(window.c.id.in_(_of_value(session, window, filters)))
    return statement


def _of_value(session: Session, window: CTE, filters: Filters) -> Select[int]:
    told_apart = answers_by(filters.by, session.get_bind().dialect, reasons(session))
    rows = told_apart.where(Response.id.in_(select(window.c.id))).subquery()
    return select(rows.c.id).where(rows.c.value == filters.value)


def _in_band(session: Session, window: CTE, wanted: Band) -> ColumnElement[bool]:
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
        .options(joinedload(Response.customer), joinedload(Response.order), joinedload(Response.collector))
    ).all()
    themes, cases = themes_of(session, ids), cases_of(session, ids)
    read = dict(
        session.execute(
            select(Seen.response_id, Seen.at).where(Seen.user_id == user_id, Seen.response_id.in_(ids))
        ).all()
    )
    lines = {
        response.id: AnswerLine(
            response, survey, themes.get(response.id, ()), cases.get(response.id), read.get(response.id)
        )
        for response, survey in rows
    }
    return [lines[response_id] for response_id in ids if response_id in lines]


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
    return count_up_to(session, select(Response.id).where(text(UNREAD)))
