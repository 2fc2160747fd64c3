"""Reads of what buyers write: counts that are kept ready, and comments from a window of so many, the newest first.

Only a segment takes reading answers one by one, and that is done up to `MOST_READ` of them; everything that is about
the comments themselves looks through a window, and says so where more lie behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Row, Select, case, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from feedback_service.insights.queries import scores_of_surveys
from feedback_service.insights.rules.periods import Grain, Period, period_of
from feedback_service.insights.rules.whole_months import Span
from feedback_service.insights.scope import Scope
from feedback_service.insights.segments.dimensions import Dimension
from feedback_service.insights.segments.live import COUNTED, answers_by, reasons
from feedback_service.insights.segments.queries import scores_by_span
from feedback_service.insights.segments.spans import Scores, by_span
from feedback_service.responses.models import Response
from feedback_service.sentiment.models import CommentTheme
from feedback_service.sentiment.shown import CLEAR
from feedback_service.sentiment.themes.queries import WEEKS_BEFORE, rising_in_week
from feedback_service.sentiment.themes.rising import Rising

MOST_READ = 100_000  # answers read one by one for a segment; they take about a second
NEWEST = 20_000  # comments that tones and examples are taken from
WINDOW = 5_000  # comments that one page of a list looks through
PAGE = 25
EXAMPLES = 3  # of each theme
MOST_WEIGHED = 3_000  # comments of either side that rising words are found in

Spread = Mapping[int, Scores]
"""Scores by the place of their period."""


@dataclass(frozen=True)
class Spoken:
    """What was said in each period of a scope, and in all of them and as many days before."""

    totals: Spread
    """Of all answers, with words or without."""
    sentiment: Mapping[str, Spread]
    themes: Mapping[str, Spread]
    """Place 0 is the time before, 1 that of the scope."""
    all_before: int
    """Answers in the time before."""
    too_many: int = 0
    """So many answers lie in these days that those of one segment were not looked for."""


@dataclass(frozen=True)
class Tones:
    """How often something good or bad is said about a theme, among the comments that were looked at."""

    comments: int
    praised: int
    criticised: int


@dataclass(frozen=True)
class Comments:
    """Some comments, newest first, and where the next ones begin."""

    answers: Sequence[Response]
    following: int | None = None
    looked_through: int | None = None
    """How many there were to look at, where more lie behind them and the list is not full."""


def spoken(session: Session, scope: Scope, value: str = "") -> Spoken:
    """What is said in the scope's periods, by all or by one value of its dimension."""
    spans = [(period.first, period.last) for period in scope.periods]
    both = [scope.before, scope.days]
    totals = {
        at: each.counts
        for at, each in enumerate(scores_of_surveys(session, [scope.survey], scope.periods)[scope.survey])
    }
    read = sum(_n(scores) for scores in totals.values())
    if value and read <= MOST_READ:
        return _within(session, scope, value, spans, both)
    before = Period(scope.before[0], scope.before[1] + timedelta(days=1), Grain.DAY)
    (earlier,) = scores_of_surveys(session, [scope.survey], [before])[scope.survey]
    return Spoken(
        totals,
        scores_by_span(session, scope.survey, Dimension.SENTIMENT, spans),
        scores_by_span(session, scope.survey, Dimension.THEME, both),
        earlier.n,
        read if value else 0,
    )


def _within(session: Session, scope: Scope, value: str, spans: list[Span], both: list[Span]) -> Spoken:
    rows = _rows(session, scope, scope.by, scope.before[0], scope.days[1]).subquery()
    chosen = select(rows).where(rows.c.value == value)
    ids = select(chosen.subquery().c.id)

    def told(dimension: str, among: list[Span]) -> dict[str, dict[int, Scores]]:
        days = min(among)[0], max(each[1] for each in among)
        return by_span(session, _counted(_rows(session, scope, dimension, *days).where(Response.id.in_(ids))), among)

    whole = by_span(session, _counted(chosen), spans).get(value, {})
    halves = by_span(session, _counted(chosen), both).get(value, {})
    return Spoken(whole, told(Dimension.SENTIMENT, spans), told(Dimension.THEME, both), _n(halves.get(0, {})))


def _rows(session: Session, scope: Scope, dimension: str, first: date, last: date) -> Select[Any]:
    return answers_by(dimension, session.get_bind().dialect, reasons(session)).where(
        Response.survey_key == scope.survey, Response.counted_on.between(first, last)
    )


def _counted(answers: Select[Any]) -> Select[Any]:
    rows = answers.subquery()
    return (
        select(rows.c.value, rows.c.day, rows.c.score, func.count().label("number"))
        .where(rows.c.value.is_not(None))
        .group_by(rows.c.value, rows.c.day, rows.c.score)
    )


def tones(session: Session, scope: Scope) -> dict[str, Tones]:
    """How each theme is spoken of in the newest comments of the scope."""
    window = _narrowed(session, scope, _window(scope, *scope.days, NEWEST))
    rows = session.execute(
        select(
            CommentTheme.theme_key,
            func.count(),
            func.sum(case((CommentTheme.polarity >= CLEAR, 1), else_=0)),
            func.sum(case((CommentTheme.polarity <= -CLEAR, 1), else_=0)),
        )
        .where(CommentTheme.response_id.in_(window))
        .group_by(CommentTheme.theme_key)
    )
    return {key: Tones(int(n), int(good), int(bad)) for key, n, good, bad in rows}


def examples(session: Session, scope: Scope, themes: Sequence[str]) -> dict[str, list[Response]]:
    """The newest comments about each theme, a few."""
    window = _narrowed(session, scope, _window(scope, *scope.days, NEWEST))
    ranked = (
        select(
            CommentTheme.theme_key,
            CommentTheme.response_id,
            func.row_number()
            .over(
                partition_by=CommentTheme.theme_key,
                order_by=(Response.counted_on.desc(), CommentTheme.response_id.desc()),
            )
            .label("place"),
        )
        .join(Response, Response.id == CommentTheme.response_id)
        .where(CommentTheme.theme_key.in_(themes), CommentTheme.response_id.in_(window))
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.theme_key, Response)
        .join(Response, Response.id == ranked.c.response_id)
        .where(ranked.c.place <= EXAMPLES)
        .order_by(ranked.c.theme_key, ranked.c.place)
    )
    found: dict[str, list[Response]] = {}
    for key, response in rows:
        found.setdefault(key, []).append(response)
    return found


def about(session: Session, scope: Scope, theme: str, before: int | None) -> Comments:
    """A page of the comments about a theme; `before`: an answer's id."""
    window = _window(scope, *scope.days, WINDOW, before)
    ids = _narrowed(session, scope, window)
    named = select(CommentTheme.response_id).where(CommentTheme.theme_key == theme, CommentTheme.response_id.in_(ids))
    found = session.scalars(
        select(Response).where(Response.id.in_(named)).order_by(*_NEWEST_FIRST).limit(PAGE + 1)
    ).all()
    return _page(session, window, found)


def with_words(session: Session, scope: Scope, phrase: str, before: int | None) -> Comments:
    """A page of the comments of the scope's days that use a word or a phrase, in whatever letters.

    They are compared here, since not every database knows small letters beyond those of English.
    """
    window, wanted = _window(scope, *scope.days, WINDOW, before), phrase.casefold()
    ids = _narrowed(session, scope, window)
    rows = session.execute(select(Response.id, Response.comment).where(Response.id.in_(ids)).order_by(*_NEWEST_FIRST))
    using = [id for id, comment in rows if wanted in " ".join(comment.casefold().split())][: PAGE + 1]
    found = session.scalars(select(Response).where(Response.id.in_(using)).order_by(*_NEWEST_FIRST)).all()
    return _page(session, window, found)


def week_told(scope: Scope) -> Period:
    """The last week that is over and ends within the scope's days, or before them where none does."""
    week = period_of(Grain.WEEK, min(scope.days[1], scope.today))
    return week if week.is_closed(scope.today) and week.last <= scope.days[1] else week.previous


def rising_words(session: Session, scope: Scope) -> dict[str, list[Rising]]:
    """What rises in that week against the weeks before, by language, among the newest comments of either."""
    week = week_told(scope)
    among = _of_segment(session, scope, week.first - timedelta(weeks=WEEKS_BEFORE), week.last) if scope.value else None
    return rising_in_week(session, week.first, survey_key=scope.survey, among=among, most=MOST_WEIGHED)


_NEWEST_FIRST = (Response.counted_on.desc(), Response.id.desc())


def _window(scope: Scope, first: date, last: date, most: int, before: int | None = None) -> CTE:
    """The newest comments of these days, from an answer on; an index has them in this order."""
    statement = select(Response.id, Response.counted_on).where(
        Response.survey_key == scope.survey, Response.counted_on.between(first, last), COUNTED, Response.comment != ""
    )
    if before is not None:
        edge = aliased(Response)
        its_day = select(edge.counted_on).where(edge.id == before).scalar_subquery()
        statement = statement.where(tuple_(Response.counted_on, Response.id) < tuple_(its_day, before))
    return statement.order_by(*_NEWEST_FIRST).limit(most).cte("looked_through")


def _narrowed(session: Session, scope: Scope, window: CTE) -> Select[Any]:
    """Ids of the comments in a window that are of the scope's segment."""
    ids = select(window.c.id)
    if not scope.value:
        return ids
    told_apart = answers_by(scope.by, session.get_bind().dialect, reasons(session))
    rows = told_apart.where(Response.id.in_(ids)).subquery()
    return select(rows.c.id).where(rows.c.value == scope.value)


def _of_segment(session: Session, scope: Scope, first: date, last: date) -> ColumnElement[bool]:
    """Whether an answer of these days is of the scope's segment."""
    mine = _rows(session, scope, scope.by, first, last).subquery()
    return Response.id.in_(select(mine.c.id).where(mine.c.value == scope.value))


def _page(session: Session, window: CTE, found: Sequence[Response]) -> Comments:
    if len(found) > PAGE:
        return Comments(found[:PAGE], found[PAGE - 1].id)
    edges: Sequence[Row[Any]] = session.execute(
        select(window.c.id).order_by(window.c.counted_on, window.c.id).limit(1)
    ).all()
    if session.scalar(select(func.count()).select_from(window)) != WINDOW:
        return Comments(found)
    return Comments(found, edges[0].id, WINDOW)


def _n(scores: Scores) -> int:
    return sum(scores.values())
