"""Reads of what comments are about."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.models import Assessment
from feedback_service.sentiment.themes.rising import Rising, Usage, rising, usage
from feedback_service.sentiment.themes.words import base_language

WEEKS_BEFORE = 8
"""Weeks that a week is compared with: long enough to be usual, short enough for the season."""
MOST_COMMENTS = 20_000
"""Comments read of each side, the newest first: some seconds' work, and more would change no z that is shown."""


def rising_in_week(
    session: Session,
    monday: date,
    *,
    survey_key: str | None = None,
    among: ColumnElement[bool] | None = None,
    most: int = MOST_COMMENTS,
) -> dict[str, list[Rising]]:
    """What rises in the comments of the week that begins on ``monday``, against the weeks before, by language.

    Only answers that count: none withdrawn or suspected, and no anonymous ones, whose words belong to nobody's trend.
    `among` leaves out others as well; `most` comments of each side are read.
    """
    ends, begins = monday + timedelta(weeks=1), monday - timedelta(weeks=WEEKS_BEFORE)
    this_week = _by_language(_comments(session, monday, ends, survey_key, among, most))
    earlier = _by_language(_comments(session, begins, monday, survey_key, among, most))
    found = {
        language: rising(usage(comments, language), _usage_of(earlier, language))
        for language, comments in sorted(this_week.items())
    }
    return {language: words for language, words in found.items() if words}


def _usage_of(comments: dict[str, list[str]], language: str) -> Usage:
    return usage(comments.get(language, ()), language)


def _by_language(rows: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, comment in rows:
        found.setdefault(base_language(language), []).append(comment)
    return found


def _comments(
    session: Session, first: date, end: date, survey_key: str | None, among: ColumnElement[bool] | None, most: int
) -> list[tuple[str, str]]:
    """Language and words of the newest comments of the days from ``first`` to before ``end``."""
    wanted = (
        select(Assessment.language, Response.comment)
        .join(Response, Response.id == Assessment.response_id)
        .where(Response.counted_on >= first, Response.counted_on < end, Response.comment != "")
        .where(Response.suspected.is_(None), Response.withdrawn_at.is_(None), Response.id > 0)
        .order_by(Response.counted_on.desc(), Response.id.desc())
        .limit(most)
    )
    if survey_key is not None:
        wanted = wanted.where(Response.survey_key == survey_key)
    if among is not None:
        wanted = wanted.where(among)
    return [(language, comment) for language, comment in session.execute(wanted)]
