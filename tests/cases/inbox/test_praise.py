"""A happy customer's words reach the colleague whom they name, once."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.inbox.praise import praise
from feedback_service.cases.notices.models import Notice, NoticeKind
from feedback_service.cases.open_cases import open_cases
from feedback_service.responses.models import Response
from feedback_service.sentiment.assess import assess_comments
from tests.cases.factories import KEY, colleague
from tests.responses.factories import answered


def _said(session: Session, now: datetime, score: int, comment: str) -> Response:
    response = answered(session, now, score, comment=comment)
    assess_comments(session, now, 100)
    session.commit()
    return response


def _told(session: Session) -> list[tuple[int, int | None]]:
    notices = session.scalars(select(Notice).where(Notice.kind == NoticeKind.PRAISED).order_by(Notice.id))
    return [(notice.user_id, notice.response_id) for notice in notices]


@pytest.mark.parametrize(
    ("score", "comment", "reaches"),
    [
        (10, "Marta was wonderful, thank you!", True),
        (8, "Marta was wonderful, she was so kind and helpful!", True),
        (10, "Everything was wonderful.", False),
        (2, "Marta was wonderful, the lamp is broken.", False),
        (10, "Marta was rude and terrible, I hate this awful shop.", False),
    ],
)
def test_praise_reaches_whom_it_names(session: Session, now: datetime, score: int, comment: str, reaches: bool) -> None:
    marta, _ = colleague(session, "Marta", now), colleague(session, "Ben", now)
    response = _said(session, now, score, comment)
    assert praise(session, [response], now) == reaches
    assert _told(session) == ([(marta, response.id)] if reaches else [])


def test_once_however_often_the_answer_is_routed(session: Session, now: datetime) -> None:
    colleague(session, "Marta", now)
    response = _said(session, now, 10, "Marta was wonderful, thank you!")
    assert [praise(session, [response], now) for _ in range(3)] == [1, 0, 0]


def test_words_that_are_yet_to_be_read_wait_for_that(session: Session, now: datetime) -> None:
    colleague(session, "Marta", now)
    response = answered(session, now, 10, comment="Marta was wonderful, thank you!")
    assert praise(session, [response], now) == 0


def test_a_colleague_who_left_and_a_name_that_two_have_are_nobody(session: Session, now: datetime) -> None:
    left = session.get_one(User, colleague(session, "Marta", now))
    left.active = False
    for name in ("Ben Okoro", "Ben Larsen"):
        colleague(session, name, now)
    response = _said(session, now, 10, "Marta and Ben were wonderful, thank you!")
    assert praise(session, [response], now) == 0


def test_it_happens_where_answers_are_routed(session: Session, now: datetime) -> None:
    marta = colleague(session, "Marta", now)
    response = _said(session, now, 10, "Marta was wonderful, thank you!")
    open_cases(session, now, 100, key=KEY)
    session.commit()
    assert _told(session) == [(marta, response.id)]
