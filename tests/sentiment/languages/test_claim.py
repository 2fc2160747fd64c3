"""Whose turn it is to learn a language: one worker at a time, when there is enough, and not every few seconds."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.sentiment.languages.claim import (
    COUNTED_EVERY,
    LEASE,
    Turn,
    claim_turn,
    counting_due,
    keep_counts,
)
from feedback_service.sentiment.languages.models import LanguageTraining
from tests.responses.factories import at_once


def _claimed(session: Session, now: datetime) -> str | None:
    turn = claim_turn(session, now)
    session.commit()
    return turn.language if turn else None


def test_comments_are_counted_now_and_then(session: Session, now: datetime) -> None:
    assert counting_due(session, now)
    keep_counts(session, {}, now)
    session.commit()
    assert not counting_due(session, now + COUNTED_EVERY - timedelta(seconds=1))
    assert counting_due(session, now + COUNTED_EVERY)


def test_a_count_replaces_the_one_before(session: Session, now: datetime) -> None:
    keep_counts(session, {"pt": 310, "de": 5}, now)
    keep_counts(session, {"pt": 340}, now + COUNTED_EVERY)
    session.commit()
    assert session.get_one(LanguageTraining, "pt").comments == 340
    assert session.get_one(LanguageTraining, "de").comments == 0  # all of them were taken back


@pytest.mark.parametrize(
    ("counts", "language", "why"),
    [
        ({}, None, "nobody wrote anything"),
        ({"pt": 299}, None, "one is missing"),
        ({"pt": 300}, "pt", "enough"),
        ({"pt": 300, "de": 301}, "de", "the one with most comments first"),
        ({"en": 5_000}, None, "English comes with a model"),
    ],
)
def test_a_language_with_enough_comments_is_learned(
    session: Session, now: datetime, counts: dict[str, int], language: str | None, why: str
) -> None:
    keep_counts(session, counts, now)
    assert _claimed(session, now) == language, why


@pytest.mark.parametrize(("number", "language"), [(399, None), (400, "pt")])
def test_a_language_is_learned_again_when_there_is_a_third_more(
    session: Session, now: datetime, number: int, language: str | None
) -> None:
    keep_counts(session, {"pt": number}, now)
    session.get_one(LanguageTraining, "pt").learned_from = 300
    session.commit()
    assert _claimed(session, now) == language


def test_two_workers_do_not_learn_the_same_language(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions() as session:
        keep_counts(session, {"pt": 300}, now)
        session.commit()

    def claim() -> Turn | None:
        with sessions() as session:
            turn = claim_turn(session, now)
            session.commit()
            return turn

    assert sorted(turn is None for turn in at_once(claim, claim, claim, claim)) == [False, True, True, True]


def test_a_worker_that_died_is_given_up(session: Session, now: datetime) -> None:
    keep_counts(session, {"pt": 300}, now)
    assert _claimed(session, now) == "pt"
    assert _claimed(session, now + LEASE - timedelta(seconds=1)) is None
    assert _claimed(session, now + LEASE) == "pt"


def test_workers_who_count_at_once_do_not_stand_in_each_others_way(
    sessions: sessionmaker[Session], now: datetime
) -> None:
    def count() -> None:
        with sessions() as session:
            keep_counts(session, {"pt": 7, "de": 8, "fr": 9}, now)
            session.commit()

    at_once(count, count, count, count)
    with sessions() as session:
        assert session.get_one(LanguageTraining, "fr").comments == 9
