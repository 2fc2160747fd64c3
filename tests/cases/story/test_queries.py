"""The customer's whole story stands beside a case: in few statements, newest first, and nothing anonymous in it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from feedback_service.advocacy.models import Referral
from feedback_service.cases.models import Case, CaseState
from feedback_service.cases.story.queries import NEWEST, Story, story_beside
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Message, MessagePurpose, MessageState
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.models import Survey, SurveyKind
from tests.cases.factories import complained, opened
from tests.responses.factories import NPS, Asked, answered

DAY = timedelta(days=1)


@pytest.fixture
def somebody(session: Session, now: datetime) -> tuple[Asked, Case]:
    return complained(session, now)


def _story(session: Session, case: Case) -> Story:
    story = story_beside(session, case)
    assert story is not None
    return story


def _order(customer_id: int, number: int, now: datetime, **changed: object) -> Order:
    usual: dict[str, object] = {
        "source": "shop",
        "external_id": f"S-{number}",
        "customer_id": customer_id,
        "ordered_at": now - number * DAY,
        "status": OrderStatus.DELIVERED,
        "attributes": {},
        "created_at": now,
        "updated_at": now,
    }
    return Order(**usual | changed)


def test_of_somebody_nobody_knows_there_is_no_story(session: Session, now: datetime) -> None:
    assert story_beside(session, opened(session, now)) is None


def test_orders_come_newest_first_and_not_all(session: Session, somebody: tuple[Asked, Case], now: datetime) -> None:
    _, case = somebody
    assert case.customer_id is not None
    session.add_all(_order(case.customer_id, number, now) for number in range(NEWEST + 3))
    session.commit()
    orders = _story(session, case).orders
    assert [order.external_id for order in orders][:3] == ["S-0", "S-1", "S-2"]
    assert len(orders) == NEWEST


def test_earlier_answers_are_those_that_count(session: Session, somebody: tuple[Asked, Case], now: datetime) -> None:
    _, case = somebody
    states: tuple[dict[str, object], ...] = ({}, {"withdrawn_at": now}, {"suspected": "too_fast"}, {})
    for days, changed in enumerate(states):
        answer = answered(session, now - (days + 1) * DAY, 9 - days, comment=f"Day {days}.")
        answer.customer_id = case.customer_id
        for name, value in changed.items():
            setattr(answer, name, value)
    session.commit()
    story = _story(session, case)
    assert [(answer.score, answer.comment) for answer in story.answers] == [(9, "Day 0."), (6, "Day 3.")]
    assert case.response_id not in [answer.case_id for answer in story.answers]


def test_what_was_answered_anonymously_is_in_no_story(
    session: Session, somebody: tuple[Asked, Case], now: datetime
) -> None:
    _, case = somebody
    answer = answered(session, now - DAY, 3)
    answer.customer_id = case.customer_id
    session.commit()
    assert len(_story(session, case).answers) == 1
    session.get_one(Survey, NPS).kind = SurveyKind.ENPS  # even if such an answer named somebody, which none does
    session.commit()
    assert _story(session, case).answers == []


def test_whoever_shares_an_address_is_one_person(session: Session, somebody: tuple[Asked, Case], now: datetime) -> None:
    _, case = somebody
    _, other = complained(session, now + DAY)
    session.get_one(Customer, other.customer_id).address_hash = session.get_one(Customer, case.customer_id).address_hash
    session.commit()
    story = _story(session, case)
    assert story.customers == (case.customer_id, other.customer_id)
    assert [(each.id, each.state, each.owner) for each in story.cases] == [(other.id, CaseState.OPEN, None)]
    assert [answer.case_id for answer in story.answers] == [other.id]


def test_mails_tell_how_they_fared(session: Session, somebody: tuple[Asked, Case], now: datetime) -> None:
    person, case = somebody
    for ordinal, state in enumerate((MessageState.SENT, MessageState.FAILED), start=1):
        session.add(
            Message(
                uid=f"{ordinal}",
                purpose=MessagePurpose.REMINDER,
                subject_key="mail",
                ordinal=ordinal,
                invitation_id=person.invitation_id,
                state=state,
                created_at=now + ordinal * DAY,
                next_attempt_at=now,
                sent_at=now + ordinal * DAY if state is MessageState.SENT else None,
                detail="refused",
            )
        )
    session.commit()
    mails = _story(session, case).mails
    assert [(mail.state, mail.at) for mail in mails] == [
        (MessageState.FAILED, now + 2 * DAY),
        (MessageState.SENT, now + DAY),
    ]


def test_friends_who_ordered_are_counted_and_own_orders_are_not(
    session: Session, somebody: tuple[Asked, Case], now: datetime
) -> None:
    _, case = somebody
    _, friend = complained(session, now)
    assert case.customer_id is not None
    assert friend.customer_id is not None
    assert _story(session, case).referred is None
    session.add(Referral(customer_id=case.customer_id, code="ANA", created_at=now))
    session.add_all(
        (
            _order(case.customer_id, 1, now, referral_code="ANA"),
            _order(friend.customer_id, 2, now, referral_code="ANA"),
            _order(friend.customer_id, 3, now, referral_code="ANA", status=OrderStatus.REFUNDED),
        )
    )
    session.commit()
    assert _story(session, case).referred == 1


def test_the_number_of_statements_does_not_grow_with_the_story(
    session: Session, engine: Engine, somebody: tuple[Asked, Case], now: datetime
) -> None:
    _, case = somebody
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    _story(session, case)
    little = len(said)
    for number in range(5):
        _, other = complained(session, now + number * DAY)
        other.customer_id = case.customer_id
        session.add(_order(case.customer_id or 0, number, now))
    session.commit()
    session.expire_all()
    session.refresh(case)
    said.clear()
    _story(session, case)
    assert len(said) <= little <= 8
