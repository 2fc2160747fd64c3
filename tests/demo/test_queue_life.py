"""A visitor of the demo finds one of everything in the queue, however often its last days are played."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.cases.mails.models import CaseMail
from feedback_service.cases.mails.templates import take_in_replies
from feedback_service.cases.models import Case, CaseEntry, CaseState, EntryKind
from feedback_service.cases.notices.models import Notice, NoticeKind
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.verify_log import verify_logs
from feedback_service.demo.queue_life import Day, last_days, working_days_left
from feedback_service.paths import SURVEYS
from tests.cases.factories import KEY
from tests.cases.mails.factories import reachable
from tests.demo.factories import hired

LISBON = ZoneInfo("Europe/Lisbon")
MONDAY = datetime(2026, 3, 16, 9, tzinfo=LISBON)
VISIT = datetime(2026, 3, 20, tzinfo=LISBON)
DAYS = [MONDAY + timedelta(days=number) for number in range(4)]


def day(session: Session, morning: datetime) -> Day:
    return Day(session, KEY, LISBON, "Ember & Oak", morning, VISIT)


@pytest.fixture
def played(session: Session) -> Session:
    """The four days before the visit, in which six customers complained."""
    hired(session, MONDAY)
    take_in_replies(session, SURVEYS, MONDAY)
    for _ in range(6):
        reachable(session, MONDAY - timedelta(hours=20))
    for morning in DAYS:
        last_days(day(session, morning))
    session.commit()
    return session


def test_there_is_one_of_everything(played: Session) -> None:
    count = select(func.count())
    assert played.scalar(count.where(Case.waiting_since.is_not(None))) == 1
    assert played.scalar(count.where(Case.snoozed_until > VISIT)) == 1
    assert played.scalar(count.where(Case.state == CaseState.MERGED)) == 1
    assert played.scalar(count.where(Case.state == CaseState.OPEN)) == 2, "and something is left for the visitor"
    assert played.scalar(count.select_from(CaseMail)) == 2
    assert verify_logs(played, KEY).fault is None


def test_of_three_promises_one_was_kept_one_is_overdue_and_one_is_for_tomorrow(played: Session) -> None:
    overdue, kept, tomorrow = played.scalars(select(Promise).order_by(Promise.id))
    assert kept.kept_at is not None
    assert kept.kept_at < kept.due_at
    assert overdue.kept_at is None
    assert overdue.due_at < VISIT
    assert tomorrow.due_at.astimezone(LISBON).date() == VISIT.date() + timedelta(days=1)


def test_two_colleagues_are_called_by_name(played: Session) -> None:
    called = played.scalars(select(Notice.user_id).where(Notice.kind == NoticeKind.MENTIONED))
    assert len(set(called)) == 2


def test_playing_it_again_adds_nothing(played: Session) -> None:
    entries = select(func.count()).select_from(CaseEntry)
    before = played.scalar(entries)
    for morning in DAYS:
        last_days(day(played, morning))
    assert played.scalar(entries) == before


def test_where_nobody_complained_nothing_happens(session: Session) -> None:
    hired(session, MONDAY)
    last_days(day(session, DAYS[-1]))
    assert session.scalar(select(CaseEntry.kind).where(CaseEntry.kind == EntryKind.CLAIMED)) is None


def test_days_are_counted_as_the_team_works(session: Session) -> None:
    assert [working_days_left(day(session, morning)) for morning in DAYS] == [4, 3, 2, 1]
