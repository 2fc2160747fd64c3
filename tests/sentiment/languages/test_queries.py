"""What a language is learned from: words beside a score that counts, and what staff made of them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from feedback_service.responses.models import Response
from feedback_service.responses.rules.presses import PressSuspicion
from feedback_service.sentiment.correct import correct
from feedback_service.sentiment.languages import queries
from feedback_service.sentiment.languages.queries import comments_by_language, comments_in
from feedback_service.sentiment.languages.train import Comment
from feedback_service.sentiment.models import CheckedLabel
from tests.cases.factories import colleague
from tests.responses.factories import say_more
from tests.sentiment.languages.factories import answers

WRITTEN = [Comment("Adorei a loja", "positive"), Comment("Chegou ontem", "neutral"), Comment("Péssimo", "negative")]


def test_scores_label_comments_newest_first(session: Session, now: datetime) -> None:
    answers(session, now - timedelta(days=1), WRITTEN[:2])
    answers(session, now, WRITTEN[2:])
    assert comments_in(session, "pt") == [WRITTEN[2], WRITTEN[1], WRITTEN[0]]
    assert comments_by_language(session) == {"pt": 3}
    assert comments_in(session, "de") == []


def test_only_the_newest_are_read(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(session, now, WRITTEN)
    monkeypatch.setattr(queries, "MOST_COMMENTS", 2)
    assert len(comments_in(session, "pt")) == 2


def test_what_does_not_count_teaches_nothing(session: Session, now: datetime) -> None:
    """A machine's press, an answer taken back, an employee's: eNPS is about another thing, and anonymous."""
    machine, gone, _ = answers(session, now, WRITTEN)
    session.get_one(Response, machine).suspected = next(iter(PressSuspicion))
    session.get_one(Response, gone).withdrawn_at = now
    answers(session, now, WRITTEN, survey="employee_pulse")
    session.commit()
    assert comments_in(session, "pt") == [WRITTEN[2]]
    assert comments_by_language(session) == {"pt": 1}


def test_staffs_word_beats_the_score_for_as_long_as_the_words_stand(session: Session, now: datetime) -> None:
    response_id, *_ = answers(session, now, WRITTEN[:1])
    said = {"language": None, "themes": None, "by": colleague(session, "Anna", now), "now": now}
    correct(session, response_id, label=CheckedLabel.NEUTRAL, **said)
    correct(session, response_id, label=CheckedLabel.NEGATIVE, **said)
    session.commit()
    assert comments_in(session, "pt") == [Comment("Adorei a loja", "negative", by_staff=True)]
    say_more(session, session.get_one(Response, response_id), comment="Adorei mesmo")
    assert comments_in(session, "pt") == [Comment("Adorei mesmo", "positive")]
