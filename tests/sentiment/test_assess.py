"""Comments are scored once they are safe; a bad one is set aside with its reason and holds nothing up."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.responses.models import Response
from feedback_service.sentiment import reader
from feedback_service.sentiment.analyzer import MODEL_VERSION, FeedbackSentiment, SentimentLabel, score_text
from feedback_service.sentiment.assess import assess_comments
from feedback_service.sentiment.models import Assessment, CommentTheme, Contradiction, ThemeSource
from feedback_service.sentiment.queries import assessment_of
from tests.responses.factories import answered, at_once, say_more


def _run(session: Session, now: datetime, limit: int = 100) -> int:
    count = assess_comments(session, now, limit)
    session.commit()
    return count


def _all(session: Session) -> dict[int, Assessment]:
    return {row.response_id: row for row in session.scalars(select(Assessment))}


def test_each_comment_gets_a_verdict_and_silence_gets_none(session: Session, now: datetime) -> None:
    happy = answered(session, now, 9, comment="Great lamp, fast delivery, thank you!")
    unhappy = answered(session, now, 1, comment="Never received my order. Terrible.")
    silent = answered(session, now, 9)
    assert _run(session, now) == 3
    found = _all(session)
    assert found[happy.id].label == SentimentLabel.POSITIVE
    assert found[unhappy.id].label == SentimentLabel.NEGATIVE
    assert assessment_of(session, silent.id) is None
    assert {row.model_version for row in found.values()} == {MODEL_VERSION}
    assert {row.assessed_at for row in found.values()} == {now}
    assert _run(session, now) == 0


@pytest.mark.parametrize(
    ("comment", "locale", "reason", "why"),
    [
        ("Não chegou.", "pt-BR", "There is no model yet for the language “pt”.", "a language without a model"),
        ("12345 ?!", "en", "There are no words in it.", "no words"),
        ("   \n ", "en", "Nothing was written.", "nothing but blanks"),
    ],
)
def test_a_comment_without_a_score_has_a_reason(
    session: Session, now: datetime, comment: str, locale: str, reason: str, why: str
) -> None:
    response = answered(session, now, 3, comment=comment, locale=locale)
    _run(session, now)
    found = _all(session)[response.id]
    assert (found.label, found.polarity, found.subjectivity) == (SentimentLabel.UNSCORED, None, None), why
    assert found.reason == reason, why


def test_a_comment_that_the_model_trips_over_is_set_aside_and_the_rest_goes_on(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No text is known that makes the model of today raise, so one is made to; tomorrow's model may be less sound."""

    def trips(text: str, language: str | None = None) -> FeedbackSentiment:
        if "boom" in text:
            raise RecursionError("too deep")
        return score_text(text, language)

    monkeypatch.setattr(reader, "score_text", trips)
    before = answered(session, now, 9, comment="Great lamp!")
    bad = answered(session, now, 1, comment="boom")
    after = answered(session, now, 9, comment="Great shop!")
    assert _run(session, now) == 3
    found = _all(session)
    assert (found[bad.id].label, found[bad.id].polarity) == (SentimentLabel.UNSCORED, None)
    assert found[bad.id].reason == "The model failed on this comment; it needs a person to read it."
    assert {found[before.id].label, found[after.id].label} == {SentimentLabel.POSITIVE}
    assert _run(session, now) == 0  # and it does not come up again and again


def test_rewritten_words_are_judged_again(session: Session, now: datetime) -> None:
    response = answered(session, now, 9, comment="Great lamp!")
    _run(session, now)
    say_more(session, response, comment="It broke. Terrible quality.")
    assert _run(session, now + timedelta(hours=1)) == 1
    found = _all(session)[response.id]
    assert (found.label, found.response_revision) == (SentimentLabel.NEGATIVE, 2)
    assert found.assessed_at == now + timedelta(hours=1)


def test_words_taken_back_leave_no_verdict_behind(session: Session, now: datetime) -> None:
    response = answered(session, now, 9, comment="Great lamp!")
    _run(session, now)
    say_more(session, response, comment="")
    _run(session, now)
    assert assessment_of(session, response.id) is None


def test_a_long_rant_of_emoji_and_markup_is_no_trouble(session: Session, now: datetime) -> None:
    for comment in ("😡" * 5_000, "<script>" * 600, "not " * 1_200 + "good", "שלום " * 900, "a" * 5_000):
        answered(session, now, 1, comment=comment)
    assert _run(session, now) == 5
    assert all(row.reason for row in _all(session).values())


def test_a_limit_is_kept_and_workers_at_once_do_each_comment_once(
    sessions: sessionmaker[Session], now: datetime
) -> None:
    with sessions() as session:
        for number in range(20):
            answered(session, now, 9, comment=f"Great lamp number {number}!")

    def worker() -> int:
        with sessions() as own:
            done = 0
            while count := _run(own, now, limit=3):
                done += count
            return done

    at_once(worker, worker)
    with sessions() as session:
        assert len(_all(session)) == 20
        assert set(session.scalars(select(Response.assessed_revision))) == {1}


def test_a_verdict_keeps_its_model_language_probabilities_and_words(session: Session, now: datetime) -> None:
    response = answered(session, now, 1, comment="Terrible. My parcel arrived broken.")
    _run(session, now)
    found = _all(session)[response.id]
    assert (found.language, found.model_label, found.label) == ("en", "negative", "negative")
    assert found.p_neg is not None
    assert found.p_neu is not None
    assert found.p_pos is not None
    assert found.p_neg + found.p_neu + found.p_pos == pytest.approx(1)
    assert found.polarity == pytest.approx(found.p_pos - found.p_neg)
    assert any(weight < 0 for _, weight in found.words)
    themes = session.scalars(select(CommentTheme).where(CommentTheme.response_id == response.id)).all()
    assert "delivery" in {theme.theme_key for theme in themes}
    assert {theme.source for theme in themes} == {ThemeSource.WORDS}


def test_a_score_that_the_words_contradict_is_flagged(session: Session, now: datetime) -> None:
    bitter = answered(session, now, 9, comment="Terrible. It arrived broken and nobody answers. Awful shop.")
    kind = answered(session, now, 1, comment="Great lamp, fast delivery, thank you so much!")
    fine = answered(session, now, 9, comment="Great lamp, fast delivery, thank you so much!")
    _run(session, now)
    found = {key: row.contradiction for key, row in _all(session).items()}
    assert found == {
        bitter.id: Contradiction.GOOD_SCORE_BAD_WORDS,
        kind.id: Contradiction.BAD_SCORE_GOOD_WORDS,
        fine.id: None,
    }


def test_what_cannot_wait_is_kept_even_where_nothing_can_be_scored(session: Session, now: datetime) -> None:
    response = answered(session, now, 9, comment="ذهبنا إلى المستشفى", locale="ar")
    _run(session, now)
    found = _all(session)[response.id]
    assert (found.label, found.alerts) == (SentimentLabel.UNSCORED, ["injury"])


def test_a_comment_in_another_language_than_the_surveys_is_told_apart(session: Session, now: datetime) -> None:
    said = "Die Lampe ist leider kaputt angekommen und niemand antwortet mir auf meine Nachrichten."
    response = answered(session, now, 1, comment=said, locale="en")
    _run(session, now)
    found = _all(session)[response.id]
    assert (found.language, found.label) == ("de", SentimentLabel.UNSCORED)
