"""How far events came, counted by hand and by the database."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from feedback_service.customers.forbid import unsubscribe
from feedback_service.delivery.funnel import Funnel, StillToCome, funnels, returns_are_reported, still_to_come, total
from feedback_service.delivery.models import (
    BounceKind,
    DeliveryEvent,
    DeliveryEventKind,
    Message,
    MessagePurpose,
    MessageState,
)
from feedback_service.delivery.rules.cohorts import Cohort, Span, cohorts
from feedback_service.invitations.models import Decision, DecisionState, Invitation, LinkScope, LinkVisit
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.invitations.rules.visits import VisitSuspicion
from tests.delivery.factories import outbox
from tests.invitations.factories import CSAT, LISBON, NOW, NPS, decide, numbered, order, plan

WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
WEEKS = cohorts(Span.WEEK, NOW, LISBON)


def counted(session: Session, survey: str | None = CSAT, spans: list[Cohort] = WEEKS) -> list[Funnel]:
    found = funnels(session, spans, NOW, survey)
    session.commit()
    return found


def this_week(session: Session, survey: str | None = CSAT) -> Funnel:
    return counted(session, survey)[-1]


def sent(session: Session, message: Message, at: datetime = NOW, **facts: object) -> None:
    """The mail left, and this became of it."""
    session.execute(
        update(Message).where(Message.id == message.id).values(state=MessageState.SENT, sent_at=at, **facts)
    )
    session.commit()


def invited(session: Session, message: Message, **facts: object) -> None:
    """This became of whoever was asked."""
    session.execute(update(Invitation).where(Invitation.id == message.invitation_id).values(**facts))
    session.commit()


# The spans


def test_weeks_begin_on_monday_where_the_shop_is_and_leave_no_gap() -> None:
    assert len(WEEKS) == 26
    assert (WEEKS[-1].first_day, WEEKS[-1].last_day) == (date(2026, 3, 16), date(2026, 3, 22))
    assert WEEKS[-1].begins <= NOW < WEEKS[-1].ends
    assert all(earlier.ends == later.begins for earlier, later in pairwise(WEEKS))


def test_a_week_in_which_the_clocks_change_is_an_hour_shorter() -> None:
    berlin = cohorts(Span.WEEK, datetime(2026, 3, 29, 12, tzinfo=UTC), ZoneInfo("Europe/Berlin"))[-1]
    assert berlin.ends - berlin.begins == WEEK - HOUR


def test_months_go_over_the_years_end() -> None:
    months = cohorts(Span.MONTH, NOW, LISBON)
    assert [month.first_day.month for month in months] == [10, 11, 12, 1, 2, 3]
    assert (months[2].first_day, months[2].last_day) == (date(2025, 12, 1), date(2025, 12, 31))


# The counts


def test_nothing_at_all_is_all_noughts(session: Session) -> None:
    assert counted(session) == [Funnel()] * 26
    assert still_to_come(session, WEEKS) == StillToCome(later=0, undated=0)
    assert not returns_are_reported(session)


def test_a_week_counted_by_hand(session: Session) -> None:
    """Seven are asked: one mail does not leave, one comes back, one is called spam, three open, two answer."""
    mails = outbox(session, 7)
    refunded = order(session, numbered(20), status="refunded")
    order(session, numbered(21), status="cancelled")
    order(session, numbered(22), email="")
    order(session, numbered(23), delivered_at=NOW + HOUR)  # due tomorrow
    order(session, numbered(24), delivered_at=NOW + 2 * WEEK)  # due in two weeks
    order(session, numbered(25), delivered_at=None, status="shipped")
    plan(session)
    decide(session)
    for mail in mails[:6]:
        sent(session, mail)
    sent(session, mails[0], bounced_at=NOW, bounce=BounceKind.HARD)
    sent(session, mails[1], complained_at=NOW, delivered_at=NOW)
    for mail in mails[2:4]:
        sent(session, mail, delivered_at=NOW)
    invited(session, mails[2], opened_at=NOW, answered_at=NOW)
    invited(session, mails[3], answered_at=NOW)  # from a browser that was taken for a machine
    invited(session, mails[4], opened_at=NOW)
    unsubscribe(session, mails[4].invitation.address_hash, NOW + HOUR)
    session.commit()
    assert refunded.id
    assert this_week(session) == Funnel(
        skipped=Counter(
            {SkipReason.ORDER_REFUNDED: 1, SkipReason.ORDER_CANCELLED: 1, SkipReason.NO_ADDRESS: 1},
        ),
        waiting=1,
        asked=7,
        sent=6,
        delivered=3,
        sent_with_reports=6,
        bounced=1,
        opened=3,
        confirmed=2,
        complained=1,
        unsubscribed=1,
        machine_visits=0,
        still_open=4,
    )
    assert this_week(session).planned == 11
    assert this_week(session).arrived == 5
    assert still_to_come(session, WEEKS, CSAT) == StillToCome(later=1, undated=1)


def test_an_invitation_belongs_to_the_week_in_which_its_mail_left(session: Session) -> None:
    one, other, unsent = outbox(session, 3)
    sent(session, one, WEEKS[-1].begins)
    sent(session, other, WEEKS[-1].begins - timedelta(microseconds=1))
    invited(session, unsent, created_at=WEEKS[-3].begins)
    found = counted(session)
    assert [(week.asked, week.sent) for week in found[-3:]] == [(1, 0), (1, 1), (1, 1)]
    assert total(found).asked == 3


def test_what_lies_before_the_first_week_is_left_out(session: Session) -> None:
    (mail,) = outbox(session, 1)
    sent(session, mail, WEEKS[0].begins - HOUR)
    assert total(counted(session)).asked == 0
    sent(session, mail, WEEKS[0].begins)
    assert counted(session)[0].asked == 1


def test_surveys_are_told_apart_and_add_up(session: Session) -> None:
    outbox(session, 2)
    order(session, numbered(0, nps=True), delivered_at=NOW - timedelta(days=6))
    plan(session)
    decide(session)
    assert (this_week(session, CSAT).asked, this_week(session, NPS).asked) == (2, 1)
    assert this_week(session, None) == this_week(session, CSAT) + this_week(session, NPS)


def test_a_reminder_is_not_a_second_question(session: Session) -> None:
    (mail,) = outbox(session, 1)
    sent(session, mail, NOW - WEEK)
    session.add(
        Message(
            uid="b" * 32,
            purpose=MessagePurpose.REMINDER,
            subject_key=mail.subject_key,
            invitation_id=mail.invitation_id,
            state=MessageState.SENT,
            created_at=NOW,
            next_attempt_at=NOW,
            sent_at=NOW,
            complained_at=NOW,
        )
    )
    session.commit()
    found = counted(session)
    assert [(week.asked, week.sent, week.complained) for week in found[-2:]] == [(1, 1, 1), (0, 0, 0)]


def test_without_a_provider_that_reports_nothing_is_known_of_deliveries(session: Session) -> None:
    one, other = outbox(session, 2)
    sent(session, one)
    sent(session, other, NOW - WEEK, delivered_at=NOW - WEEK)
    last, this = counted(session)[-2:]
    assert (this.delivered, this.sent_with_reports) == (0, 0), "not one of one: nobody says"
    assert (last + this).sent_with_reports == 1
    assert not returns_are_reported(session)
    session.add(DeliveryEvent(source="ses", event_key="1", kind=DeliveryEventKind.DELIVERED, at=NOW, received_at=NOW))
    session.commit()
    assert returns_are_reported(session)


def test_machines_are_counted_for_themselves(session: Session) -> None:
    one, other = outbox(session, 2)
    for mail, suspected in ((one, VisitSuspicion.KNOWN_AGENT), (one, VisitSuspicion.HEAD_FIRST), (other, None)):
        session.add(
            LinkVisit(
                invitation_id=mail.invitation_id,
                scope=LinkScope.ANSWER,
                at=NOW,
                method="GET",
                agent="",
                suspected=suspected,
            )
        )
    session.commit()
    assert (this_week(session).machine_visits, this_week(session).opened) == (2, 0)


def test_leaving_counts_for_the_question_that_came_before_it(session: Session) -> None:
    (earlier,) = outbox(session, 1)
    invited(session, earlier, created_at=NOW - 5 * WEEK)
    sent(session, earlier, NOW - 5 * WEEK)
    first = session.get_one(Invitation, earlier.invitation_id)
    session.add(
        Invitation(
            uid="c" * 32,
            survey_key=CSAT,
            event_key="later",
            version_id=first.version_id,
            customer_id=first.customer_id,
            address_hash=first.address_hash,
            locale="en",
            link_generation=1,
            created_at=NOW - WEEK,
            expires_at=NOW + WEEK,
        )
    )
    unsubscribe(session, first.address_hash, NOW)
    session.commit()
    found = counted(session)
    assert (found[-6].unsubscribed, found[-2].unsubscribed) == (0, 1)


def test_having_left_before_is_nothing_that_the_question_did(session: Session) -> None:
    (mail,) = outbox(session, 1)
    unsubscribe(session, mail.invitation.address_hash, NOW - HOUR)
    session.commit()
    assert this_week(session).unsubscribed == 0


def test_what_was_moved_to_another_hour_is_waiting_and_said_so(session: Session) -> None:
    order(session, numbered(0), delivered_at=NOW)
    plan(session)
    session.execute(update(Decision).where(Decision.survey_key == CSAT).values(due_at=Decision.planned_due_at))
    session.commit()
    before = this_week(session)
    due = session.scalars(select(Decision).where(Decision.survey_key == CSAT)).one()
    due.due_at = (due.due_at or NOW) + HOUR
    session.commit()
    assert (before.waiting, before.deferred) == (1, 0)
    assert (this_week(session).waiting, this_week(session).deferred) == (1, 1)
    assert due.state == DecisionState.WAITING


@pytest.mark.parametrize("count", [1, 5])
def test_more_mails_need_no_more_statements(session: Session, engine: Engine, count: int) -> None:
    outbox(session, count)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(str(call[2])))
    counted(session)
    assert len([statement for statement in statements if statement.startswith(("SELECT", "WITH"))]) == 3
