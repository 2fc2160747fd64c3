"""Corrections teach themes, a lesson at a time, and an old lesson stays to be looked up."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.correct import correct
from feedback_service.sentiment.themes.learn import keep_lesson, lessons_due, taught, theme_heads
from feedback_service.sentiment.themes.models import ThemeLesson
from feedback_service.sentiment.themes.taxonomy import shipped_themes
from tests.cases.factories import colleague
from tests.responses.factories import answered, say_more
from tests.sentiment.themes.test_head import PIECES, settled


def _corrected(session: Session, now: datetime, comments: int, seed: int = 1) -> None:
    """Staff go through ``comments`` comments of a shop for toys."""
    by = colleague(session, "Ana", now)
    answers = [(answered(session, now, 4, comment=one.text), one.themes) for one in settled(comments, seed)]
    assess_comments(session, now, comments)
    for answer, themes in answers:
        correct(session, answer.id, label=None, language=None, themes=themes, by=by, now=now)
    session.commit()


def _lesson(session: Session, now: datetime) -> list[ThemeLesson]:
    learned = [taught(lesson, shipped_themes()) for lesson in lessons_due(session)]
    kept = [keep_lesson(session, one, now) for one in learned]
    session.commit()
    return kept


def test_themes_are_learned_again_once_there_is_a_third_more(session: Session, now: datetime) -> None:
    _corrected(session, now, 90)
    assert lessons_due(session) == [], "too few to learn from"
    _corrected(session, now, 30, seed=2)
    (first,) = _lesson(session, now)
    assert (first.model_version, first.corrections, first.comments) == ("themes-en-1", 120, 120)
    assert [tried["theme"] for tried in first.tried if tried["better"]] == [PIECES]
    assert lessons_due(session) == [], "nothing new since"
    _corrected(session, now, 40, seed=3)
    (second,) = _lesson(session, now + timedelta(days=1))
    assert second.version == 2
    assert first.retired_at == now + timedelta(days=1)
    assert first.weights is not None, "a verdict of the first lesson can still be explained"
    head = theme_heads(session)["en"]
    assert head.judge("The jigsaw lacks a piece", set())[PIECES].chance > 0.5


def test_a_comment_that_was_changed_since_teaches_nothing(session: Session, now: datetime) -> None:
    _corrected(session, now, 110)
    say_more(session, session.scalars(select(Response).limit(1)).one(), comment="Something else")
    (lesson,) = lessons_due(session)
    assert len(lesson.comments) == 109
