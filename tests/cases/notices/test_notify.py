"""A colleague is told once, in words that hold nothing of a customer's."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.count_up_to import capped
from feedback_service.cases.notices.mark_read import mark_all_read, mark_read
from feedback_service.cases.notices.models import Notice, NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.notices.queries import MOST_COUNTED, notices_of, unread
from feedback_service.cases.notices.shown import sentence, subject
from feedback_service.delivery.models import StaffMail
from tests.cases.deadlines.factories import mailed, switched_off, told
from tests.cases.factories import colleague, opened


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return colleague(session, "Ana", now)


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (NoticeKind.MENTIONED, {"by": 7}, "Ben mentioned you in case 12."),
        (NoticeKind.MENTIONED, {"by": 8}, "A colleague mentioned you in case 12."),
        (NoticeKind.ASSIGNED, {"reason": "its owner is away"}, "Case 12 is yours now: its owner is away."),
        (NoticeKind.ASSIGNED, {}, "Case 12 is yours now."),
        (NoticeKind.ASSIGNED, {"by": 7}, "Ben gave you case 12."),
        (NoticeKind.PROMISE_DUE, {"by": 7}, "Ben handed a promise in case 12 on to you."),
        (NoticeKind.REMINDED, {"reason": "it is due"}, "Case 12 waits for you: it is due."),
        (NoticeKind.REMINDED, {"unowned": True}, "Nobody has taken case 12."),
        (NoticeKind.ESCALATED, {"reason": "it is late"}, "Case 12 needs you: it is late."),
        (NoticeKind.SAFETY, {"alerts": ["injury"]}, "Case 12 speaks of injury or danger. Look at it at once."),
        (NoticeKind.SAFETY, {}, "Case 12 speaks of something that cannot wait. Look at it at once."),
        (NoticeKind.PROMISE_DUE, {}, "A promise in case 12 falls due soon."),
        (NoticeKind.PROMISE_DUE, {"from": 7, "to": 9}, "A promise in case 12 falls to you while Ben is away."),
        (NoticeKind.MAIL_CAME_BACK, {}, "A mail to the customer of case 12 did not arrive."),
        (NoticeKind.CUSTOMER_WROTE, {}, "The customer wrote in case 12."),
        (NoticeKind.PRAISED, {}, "A happy customer named you in case 12."),
    ],
)  # fmt: skip
def test_what_is_said(kind: NoticeKind, facts: dict[str, Any], said: str) -> None:
    assert sentence(kind, 12, facts, {7: "Ben"}) == said


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_is_said_with_a_case_and_without(kind: NoticeKind) -> None:
    for case_id in (12, None):
        assert sentence(kind, case_id, {}, {}).endswith(".")
        assert subject(kind, case_id)


def test_one_key_is_one_notice_and_one_mail(session: Session, ana: int, now: datetime) -> None:
    ben, case = colleague(session, "Ben", now), opened(session, now)
    for expected in (True, False):
        told_now = notify(
            session,
            ana,
            NoticeKind.MENTIONED,
            key="mention:1",
            case_id=case.id,
            facts={"by": ben},
            now=now,
            mail=True,
        )
        assert told_now is expected
    assert notify(session, ben, NoticeKind.MENTIONED, key="mention:1", case_id=case.id, facts={"by": ana}, now=now)
    session.commit()
    assert (told(session, ana), told(session, ben)) == (["mentioned"], ["mentioned"])
    assert mailed(session, ana) == [f"Ben mentioned you in case {case.id}."]
    assert mailed(session, ben) == []
    path, heading = session.execute(select(StaffMail.path, StaffMail.subject)).one()
    assert (path, heading) == (f"/cases/{case.id}", f"You were mentioned – case {case.id}")


def test_whoever_left_is_told_nothing(session: Session, ana: int, now: datetime) -> None:
    switched_off(session, ana)
    assert not notify(session, ana, NoticeKind.PRAISED, key="1", now=now, mail=True)
    session.commit()
    assert (told(session, ana), mailed(session, ana)) == ([], [])


# Read and unread


def several(session: Session, user_id: int, count: int, now: datetime) -> list[int]:
    for number in range(count):
        notify(session, user_id, NoticeKind.PRAISED, key=f"praise:{number}", now=now)
    session.commit()
    return list(session.scalars(select(Notice.id).where(Notice.user_id == user_id).order_by(Notice.id)))


def test_what_is_unread_is_counted_so_far(session: Session, ana: int, now: datetime) -> None:
    several(session, ana, 3, now)
    assert unread(session, ana) == 3
    several(session, ana, MOST_COUNTED + 20, now)
    assert unread(session, ana) == MOST_COUNTED
    assert (capped(99, MOST_COUNTED), capped(MOST_COUNTED, MOST_COUNTED)) == ("99", "99+")


def test_one_is_read_or_all_that_stood_there(session: Session, ana: int, now: datetime) -> None:
    first, second, third = several(session, ana, 3, now)
    ben = colleague(session, "Ben", now)
    assert not mark_read(session, ben, first, now), "it is not his"
    assert mark_read(session, ana, first, now)
    assert not mark_read(session, ana, first, now), "once"
    assert mark_all_read(session, ana, now, up_to=second) == 1
    found, more = notices_of(session, ana, read=False)
    assert ([notice.id for notice in found], more) == ([third], False)
    found, _ = notices_of(session, ana, read=True)
    assert [notice.id for notice in found] == [second, first], "newest first"
    session.commit()


def test_pages_go_on_where_the_one_before_ended(session: Session, ana: int, now: datetime) -> None:
    ids = several(session, ana, 120, now)
    seen: list[int] = []
    before, more = None, True
    while more:
        found, more = notices_of(session, ana, read=False, before=before)
        seen += [notice.id for notice in found]
        before = seen[-1]
    assert seen == ids[::-1]
    session.commit()
