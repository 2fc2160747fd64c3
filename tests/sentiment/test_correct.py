"""What staff say of a comment counts at once, beats later models, and ends with the words that it was about."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.correct import NothingToCorrectError, correct, standing_correction
from feedback_service.sentiment.models import (
    Assessment,
    CheckedLabel,
    CommentTheme,
    Contradiction,
    Correction,
    ThemeSource,
)
from tests.cases.factories import colleague
from tests.responses.factories import answered, say_more
from tests.sentiment.factories import COMPLAINT, PRAISE, read_comment

HOUR = timedelta(hours=1)


def _again(session: Session, now: datetime) -> int:
    count = assess_comments(session, now, 100)
    session.commit()
    return count


def _themes(session: Session, response_id: int) -> dict[str, ThemeSource]:
    rows = session.scalars(select(CommentTheme).where(CommentTheme.response_id == response_id))
    return {row.theme_key: row.source for row in rows}


def test_a_label_counts_at_once_and_beside_it_stands_what_the_model_said(session: Session, now: datetime) -> None:
    response, found = read_comment(session, now, 2, COMPLAINT)
    user = colleague(session, "Marta", now)
    correct(session, response.id, label=CheckedLabel.POSITIVE, language=None, themes=None, by=user, now=now)
    session.commit()
    assert (found.label, found.model_label) == (SentimentLabel.POSITIVE, SentimentLabel.NEGATIVE)
    assert found.contradiction is Contradiction.BAD_SCORE_GOOD_WORDS
    correct(session, response.id, label=None, language=None, themes=None, by=user, now=now + HOUR)
    session.commit()
    assert (found.label, found.contradiction) == (SentimentLabel.NEGATIVE, None)
    assert session.scalar(select(func.count(Correction.id))) == 2, "nothing that was said is rewritten"


def test_reading_again_keeps_what_staff_said(session: Session, now: datetime) -> None:
    response, found = read_comment(session, now, 2, COMPLAINT)
    user = colleague(session, "Marta", now)
    themes = ["staff", "delivery"]
    correct(session, response.id, label=CheckedLabel.NEUTRAL, language=None, themes=themes, by=user, now=now)
    response.assessed_revision = 0
    session.commit()
    assert _again(session, now + HOUR) == 1
    assert (found.label, found.assessed_at) == (SentimentLabel.NEUTRAL, now + HOUR)
    assert _themes(session, response.id) == dict.fromkeys(themes, ThemeSource.STAFF)


def test_new_words_are_judged_anew(session: Session, now: datetime) -> None:
    response, found = read_comment(session, now, 2, COMPLAINT)
    user = colleague(session, "Marta", now)
    correct(session, response.id, label=CheckedLabel.NEUTRAL, language=None, themes=["staff"], by=user, now=now)
    session.commit()
    say_more(session, response, score=9)
    _again(session, now)
    assert found.label is SentimentLabel.NEUTRAL, "another score changes no word"
    say_more(session, response, comment=PRAISE)
    _again(session, now)
    assert found.label is SentimentLabel.POSITIVE
    assert ThemeSource.STAFF not in _themes(session, response.id).values()
    assert standing_correction(session, response) is None


def test_another_language_has_the_comment_read_again(session: Session, now: datetime) -> None:
    response, found = read_comment(session, now, 2, COMPLAINT)
    user = colleague(session, "Marta", now)
    assert found.language == "en"
    correct(session, response.id, label=None, language="nl", themes=None, by=user, now=now)
    session.commit()
    assert _again(session, now) == 1
    assert (found.language, found.label) == ("nl", SentimentLabel.UNSCORED)
    correct(session, response.id, label=CheckedLabel.NEGATIVE, language="nl", themes=None, by=user, now=now)
    session.commit()
    assert _again(session, now) == 0, "nothing else to find out"
    assert (found.label, found.polarity) == (SentimentLabel.NEGATIVE, None)


def test_the_models_own_themes_come_back(session: Session, now: datetime) -> None:
    response, _ = read_comment(session, now, 2, "The delivery was late, very late.")
    before = _themes(session, response.id)
    assert set(before.values()) == {ThemeSource.WORDS}
    user = colleague(session, "Marta", now)
    correct(session, response.id, label=None, language=None, themes=[], by=user, now=now)
    session.commit()
    assert _themes(session, response.id) == {}
    correct(session, response.id, label=None, language=None, themes=None, by=user, now=now)
    session.commit()
    _again(session, now)
    assert _themes(session, response.id) == before


def test_what_has_no_words_cannot_be_corrected(session: Session, now: datetime) -> None:
    silent = answered(session, now, 9)
    _again(session, now)
    user = colleague(session, "Marta", now)
    for response_id in (silent.id, silent.id + 1_000):
        with pytest.raises(NothingToCorrectError, match="nothing to correct"):
            correct(session, response_id, label=None, language=None, themes=None, by=user, now=now)


def test_words_taken_back_leave_nothing_behind(session: Session, now: datetime) -> None:
    response, _ = read_comment(session, now, 2, "The delivery was late, very late.")
    say_more(session, response, comment="")
    _again(session, now)
    assert session.get(Assessment, response.id) is None
    assert _themes(session, response.id) == {}
