"""Who has read what, once each, however many press at once."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.inbox.models import Seen
from feedback_service.cases.inbox.open_case import open_for_answer
from feedback_service.cases.inbox.seen import mark_read
from feedback_service.cases.open_cases import open_cases
from feedback_service.invitations.models import Invitation
from feedback_service.responses.collect import add_words
from feedback_service.responses.models import Response
from tests.cases.factories import KEY, colleague
from tests.responses.factories import Asked, answered, answered_by, at_once, say_more


def test_the_first_who_reads_it_is_kept_and_each_is_noted_once(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    answer = answered(session, now, 9)
    later = now + timedelta(hours=1)
    assert mark_read(session, [answer.id], user_id=ana, now=now) == 1
    assert mark_read(session, [answer.id], user_id=ana, now=later) == 0
    assert mark_read(session, [answer.id, 999], user_id=ben, now=later) == 1
    session.commit()
    session.refresh(answer)
    assert answer.read_at == now
    assert set(session.execute(select(Seen.user_id, Seen.at)).all()) == {(ana, now), (ben, later)}


def _says_more(session: Session, person: Asked, words: str, at: datetime) -> Response:
    """Add words to a score, as the page behind the mail does; committed."""
    invitation = session.get_one(Invitation, person.invitation_id)
    add_words(session, invitation, comment=words, wants_contact=False, window=timedelta(days=30), now=at)
    session.commit()
    return session.scalars(select(Response).where(Response.invitation_id == invitation.id)).one()


def _routed(session: Session, at: datetime) -> None:
    open_cases(session, at, 100, key=KEY)
    session.commit()


@pytest.mark.parametrize("routed_before", [True, False])
def test_words_that_come_after_the_score_was_read_are_unread_again(
    session: Session, now: datetime, routed_before: bool
) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    person = answered_by(session, now, 9)
    if routed_before:
        _routed(session, now)
    answer = session.scalars(select(Response)).one()
    for minutes, user_id in ((1, ana), (3, ben)):  # Ben reads it with the words
        if user_id == ben:
            _says_more(session, person, "Please call me.", now + timedelta(minutes=2))
        mark_read(session, [answer.id], user_id=user_id, now=now + timedelta(minutes=minutes))
        session.commit()
    _routed(session, now + timedelta(minutes=4))
    session.refresh(answer)
    assert answer.read_at == now + timedelta(minutes=3)
    assert session.scalars(select(Seen.user_id)).all() == [ben]
    _says_more(session, person, "Please call me, it burnt.", now + timedelta(minutes=5))
    _routed(session, now + timedelta(minutes=6))
    session.refresh(answer)
    assert (answer.read_at, session.scalars(select(Seen.user_id)).all()) == (None, [])
    mark_read(session, [answer.id], user_id=ana, now=now + timedelta(minutes=7))
    session.commit()
    answer.assessed_revision += 1  # only its reading changes
    _routed(session, now + timedelta(minutes=8))
    session.refresh(answer)
    assert answer.read_at == now + timedelta(minutes=7)


def test_whoever_opens_a_case_from_the_words_has_read_them_and_nobody_else(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    person = answered_by(session, now, 9)
    answer = session.scalars(select(Response)).one()
    mark_read(session, [answer.id], user_id=ana, now=now + timedelta(minutes=1))
    session.commit()
    _says_more(session, person, "Please call me.", now + timedelta(minutes=2))
    opened_at = now + timedelta(minutes=3)
    open_for_answer(session, answer.id, user_id=ben, key=KEY, now=opened_at)
    mark_read(session, [answer.id], user_id=ben, now=opened_at)
    session.commit()
    _routed(session, now + timedelta(minutes=4))
    session.refresh(answer)
    assert (answer.read_at, session.scalars(select(Seen.user_id)).all()) == (opened_at, [ben])


def test_what_moved_since_the_page_was_drawn_is_not_marked(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    as_drawn, moved = answered(session, now, 9), answered(session, now, 9)
    drawn = {answer.id: answer.revision for answer in (as_drawn, moved)}
    say_more(session, moved, comment="And it burnt.")
    assert mark_read(session, drawn, read_of=drawn, user_id=ana, now=now) == 1
    session.commit()
    assert session.scalars(select(Seen.response_id)).all() == [as_drawn.id]
    session.refresh(moved)
    assert moved.read_at is None


def test_what_nobody_may_read_cannot_be_marked(session: Session, now: datetime) -> None:
    ana = colleague(session, "Ana", now)
    gone = answered(session, now, 2)
    gone.withdrawn_at = now
    session.commit()
    assert mark_read(session, [gone.id, -5, 12345], user_id=ana, now=now) == 0
    assert mark_read(session, [], user_id=ana, now=now) == 0


def test_several_at_once_wait_for_each_other_and_lose_nothing(
    sessions: sessionmaker[Session], session: Session, now: datetime
) -> None:
    people = [colleague(session, name, now) for name in ("Ana", "Ben", "Cleo", "Ana")]
    ids = [answered(session, now, 9).id for _ in range(10)]

    def press(user_id: int, order: list[int]) -> int:
        with sessions() as own:
            count = mark_read(own, order, user_id=user_id, now=now)
            own.commit()
            return count

    orders = [ids, ids[::-1], ids[3:] + ids[:3], ids]
    assert at_once(*map(partial, [press] * 4, people, orders)) == [10] * 4
    assert session.scalar(select(func.count()).select_from(Seen)) == 40
    assert session.scalar(select(func.count()).where(Response.read_at.is_(None)).select_from(Response)) == 0
