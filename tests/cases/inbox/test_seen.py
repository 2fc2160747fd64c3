"""Who has read what, once each, however many press at once."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.inbox.models import Seen
from feedback_service.cases.inbox.seen import mark_read
from feedback_service.responses.models import Response
from tests.cases.factories import colleague
from tests.responses.factories import answered, at_once


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
