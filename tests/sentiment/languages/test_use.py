"""Scoring with what was learned, and the honest reason where that is nothing yet."""

from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.pipeline import learn_languages
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.languages.claim import keep_counts
from feedback_service.sentiment.languages.models import LanguageHead
from feedback_service.sentiment.languages.use import learned
from tests.sentiment.languages.factories import answers, comments


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (
            214,
            (
                "There is no model yet for Portuguese. This shop's own answers will teach one: there are 214 of the"
                " 300 answered comments that it takes."
            ),
        ),
        (300, "There is no model yet for Portuguese; it is being learned."),
    ],
)
def test_before_there_is_a_head_a_comment_is_unscored_and_says_why(
    session: Session, now: datetime, number: int, reason: str
) -> None:
    keep_counts(session, {"pt": number}, now)
    found = learned(session)
    verdict = found.scores["pt"]("Adorei!")
    assert (verdict.label, verdict.polarity, verdict.p_pos) == (SentimentLabel.UNSCORED, None, None)
    assert (verdict.reason, verdict.language) == (reason, "pt")
    assert found.versions == {}


def test_english_is_not_among_them(session: Session, now: datetime) -> None:
    keep_counts(session, {"en": 900}, now)
    assert learned(session).scores == {}


def test_a_language_that_could_not_be_learned_says_why(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    answers(session, now, comments(320, labels=["positive"]))
    learn_languages(sessions, now, 200)
    verdict = learned(session).scores["pt"]("Adorei!")
    assert verdict.label == SentimentLabel.UNSCORED
    assert verdict.reason.startswith("There is no model yet for Portuguese. Of 320 answered comments only 0 came with")


def test_with_a_head_comments_are_scored_with_their_words_and_version(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    answers(session, now, comments(300))
    learn_languages(sessions, now, 200)
    found = learned(session)
    verdict = found.scores["pt"]("Adorei a loja, excelente!")
    assert (verdict.label, verdict.language, verdict.model_version) == (SentimentLabel.POSITIVE, "pt", "head-pt-1")
    assert (verdict.polarity or 0) > 0.5
    assert (verdict.p_neg or 0) + (verdict.p_neu or 0) + (verdict.p_pos or 0) == pytest.approx(1)
    assert {word for word, _ in verdict.words[:2]} == {"adorei", "excelente"}
    assert verdict.reason.startswith("Learned from 300 of this shop's comments: more praise (“")
    assert found.versions == {"pt": "head-pt-1"}


def test_what_a_head_knows_nothing_of_is_unscored(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    answers(session, now, comments(300))
    learn_languages(sessions, now, 200)
    score = learned(session).scores["pt"]
    assert score("Ω 漢字").reason == "Nothing in it stood in the 300 comments from which Portuguese was learned."
    assert score("  \n").reason == "Nothing was written."
    assert {score(text).label for text in ("Ω 漢字", "  \n")} == {SentimentLabel.UNSCORED}


def test_a_head_that_cannot_be_read_leaves_its_language_unscored(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    answers(session, now, comments(300))
    learn_languages(sessions, now, 200)
    session.execute(update(LanguageHead).values(weights=b"of another time"))
    found = learned(session)
    assert found.scores["pt"]("Adorei!").label == SentimentLabel.UNSCORED
    assert found.versions == {}
