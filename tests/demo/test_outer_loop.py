"""The demo's staff read what came in, ring whom they should, and stop what recurs."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Absence
from feedback_service.cases.improvements.models import Improvement, ImprovementCase
from feedback_service.cases.models import Case, CaseKind, CaseState
from feedback_service.delivery.models import Message, MessagePurpose
from feedback_service.demo.outer_loop import CALLS, PLANS, enter_holiday, improve, read_answers, ring_top_spenders
from feedback_service.responses.models import Response
from tests.cases.calls.factories import top_customers
from tests.cases.factories import KEY, resolved
from tests.cases.mails.factories import reachable
from tests.demo.factories import hired
from tests.responses.factories import answered

LISBON = ZoneInfo("Europe/Lisbon")
A_DAY = timedelta(days=1)
VISIT = datetime(2026, 3, 20, tzinfo=UTC)


def test_what_works_is_published_and_told_and_what_does_not_yet_is_open(session: Session) -> None:
    ana = hired(session, VISIT - 60 * A_DAY)["Ana"]
    case = reachable(session, VISIT - 40 * A_DAY, owner=ana)
    resolved(session, case, ana, VISIT - 39 * A_DAY)
    session.execute(update(Case).values(root_cause="late_delivery"))
    for _ in range(2):  # an interrupted start plays the weeks again
        for days in range(20, 0, -1):
            improve(session, KEY, VISIT - days * A_DAY, VISIT, LISBON)
    made = {made.title: made for made in session.scalars(select(Improvement))}
    assert set(made) == {plan.title for plan in PLANS}
    done, under_way = made[PLANS[0].title], made[PLANS[-1].title]
    assert done.took_effect_on is not None
    assert done.published_at is not None
    assert under_way.took_effect_on is None
    assert under_way.due_on > VISIT.date()
    assert session.scalar(select(ImprovementCase.told_at)) is not None
    told = select(func.count()).where(Message.purpose == MessagePurpose.IMPROVEMENT)
    assert session.scalar(told) == 1


def test_all_but_the_newest_answers_are_read(session: Session) -> None:
    hired(session, VISIT)
    old = answered(session, VISIT - 10 * A_DAY, 9)
    read_answers(session, VISIT - 9 * A_DAY, VISIT)
    new = answered(session, VISIT - A_DAY, 9)
    read_answers(session, VISIT - A_DAY / 2, VISIT)
    session.expire_all()
    assert session.get_one(Response, old.id).read_at is not None
    assert session.get_one(Response, new.id).read_at is None


def test_top_spenders_are_rung_on_two_days(session: Session) -> None:
    hired(session, VISIT)
    top_customers(session, VISIT - 40 * A_DAY, 30)
    for _ in range(2):
        for days in range(20, 0, -1):
            ring_top_spenders(session, KEY, VISIT - days * A_DAY, VISIT, LISBON)
    calls = session.scalars(select(Case)).all()
    assert len(calls) == len(CALLS)
    assert {(case.kind, case.state) for case in calls} == {(CaseKind.THANKS, CaseState.RESOLVED)}
    assert len({case.customer_id for case in calls}) == len(CALLS)


def test_somebody_is_away_from_a_monday_on_that_is_still_to_come(session: Session) -> None:
    people = hired(session, VISIT)
    for number in range(7):
        visit = VISIT + number * A_DAY
        enter_holiday(session, visit - A_DAY / 2, visit, LISBON)
        absence = session.scalars(select(Absence)).one()
        assert absence.first_day.weekday() == 0
        assert timedelta(days=3) <= absence.first_day - visit.date() < timedelta(days=10)
        assert (absence.user_id, absence.taker_id) == (people["Tom"], people["Ana"])
        session.delete(absence)
        session.flush()
