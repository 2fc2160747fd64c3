"""The whole way from answered comments to a head in use, on both databases, and what is kept of it."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.pipeline import learn_languages
from feedback_service.responses.models import Response
from feedback_service.sentiment.languages.claim import COUNTED_EVERY, LEASE, claim_turn, keep_counts
from feedback_service.sentiment.languages.head import Head
from feedback_service.sentiment.languages.keep import keep_outcome
from feedback_service.sentiment.languages.models import LanguageHead, LanguageTraining
from feedback_service.sentiment.languages.queries import heads_in_use, versions_of
from feedback_service.sentiment.languages.train import train
from tests.responses.factories import at_once
from tests.sentiment.languages.factories import answers, comments


def test_a_language_is_learned_once_there_are_300_comments(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    answers(session, now, comments(299))
    assert learn_languages(sessions, now, 200) == 0
    answers(session, now, comments(1, seed=7))
    assert learn_languages(sessions, now, 200) == 0  # counted a moment ago
    assert learn_languages(sessions, now + COUNTED_EVERY, 200) == 1
    assert learn_languages(sessions, now + COUNTED_EVERY, 200) == 0
    (head,) = heads_in_use(session)
    assert (head.language, head.version, head.model_version, head.comments) == ("pt", 1, "head-pt-1", 300)
    assert head.reason.startswith("Tried on comments that it had not seen")
    assert Head.from_bytes(head.weights or b"").score("adorei, excelente").label == "positive"
    training = session.get_one(LanguageTraining, "pt")
    assert (training.learned_from, training.lease) == (300, None)


def test_comments_that_waited_for_a_head_are_read_again(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    ids = answers(session, now, comments(300))
    others = answers(session, now, comments(3), language="de")
    learn_languages(sessions, now, 200)
    session.expire_all()
    assert {session.get_one(Response, each).assessed_revision for each in ids} == {0}
    assert {session.get_one(Response, each).assessed_revision for each in others} == {1}


def test_a_new_version_retires_the_old_one_which_stays(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    later = now + timedelta(days=30)
    answers(session, now, comments(300))
    learn_languages(sessions, now, 200)
    answers(session, later, comments(100, seed=3))
    assert learn_languages(sessions, later, 200) == 1
    new, old = versions_of(session, "pt")
    assert (new.version, new.used_from, new.retired_at) == (2, later, None)
    assert (old.version, old.used_from, old.retired_at) == (1, now, later)
    assert old.weights is not None


def test_what_cannot_be_learned_is_written_down_and_leaves_the_head_in_use(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    later = now + timedelta(days=30)
    answers(session, now, comments(300))
    learn_languages(sessions, now, 200)
    keep_counts(session, {"pt": 900}, later)
    turn = claim_turn(session, later)
    assert turn is not None
    tried = keep_outcome(session, turn, train(comments(300, labels=["positive"]), "pt"), later)
    session.commit()
    assert tried is not None
    assert (tried.version, tried.used_from, tried.weights) == (2, None, None)
    assert [head.version for head in heads_in_use(session)] == [1]


def test_a_shop_that_always_gets_the_same_score_breaks_nothing(
    session: Session, sessions: sessionmaker[Session], now: datetime
) -> None:
    answers(session, now, comments(320, labels=["positive"]))
    assert learn_languages(sessions, now, 200) == 1
    assert learn_languages(sessions, now + COUNTED_EVERY, 200) == 0  # not until there is a third more
    assert heads_in_use(session) == []
    assert "only 0 came with a bad score" in versions_of(session, "pt")[0].reason


def test_who_lost_the_turn_writes_nothing(session: Session, now: datetime) -> None:
    keep_counts(session, {"pt": 300}, now)
    slow = claim_turn(session, now)
    quick = claim_turn(session, now + LEASE)
    assert slow is not None
    assert quick is not None
    outcome = train(comments(300), "pt")
    assert keep_outcome(session, slow, outcome, now + LEASE) is None
    kept = keep_outcome(session, quick, outcome, now + LEASE)
    session.commit()
    assert session.scalars(select(LanguageHead)).all() == [kept]


def test_workers_at_once_learn_it_once(session: Session, sessions: sessionmaker[Session], now: datetime) -> None:
    answers(session, now, comments(300))
    assert sum(at_once(*[partial(learn_languages, sessions, now, 200)] * 3)) == 1
    assert [head.version for head in versions_of(session, "pt")] == [1]
