"""Whoever asks for opinions sees how many matters of a person are open, at any moment and however many work on them."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.models import Case, Outcome
from feedback_service.cases.open_cases import open_cases
from feedback_service.cases.work import claim, reopen, resolve
from feedback_service.customers.models import Customer
from feedback_service.responses.models import Response
from tests.cases.factories import KEY, colleague
from tests.responses.factories import answered, at_once, say_more


@pytest.fixture
def customer(session: Session, now: datetime) -> Customer:
    ana = Customer(source="shop", external_id="ana", name="Ana", created_at=now)
    session.add(ana)
    session.commit()
    return ana


def unhappy(session: Session, now: datetime, customer: Customer) -> Response:
    """An answer of this customer's that opens a case."""
    response = answered(session, now, 0)
    response.customer_id = customer.id
    session.commit()
    return response


def open_all(session: Session, now: datetime) -> list[Case]:
    open_cases(session, now, 100, key=KEY)
    session.commit()
    found = session.scalars(select(Case).order_by(Case.id)).all()
    session.commit()
    return list(found)


def open_count(session: Session) -> int:
    found = session.scalars(select(Customer.open_cases)).one()
    session.commit()
    return found


def end(session: Session, case: Case, user: int, now: datetime) -> None:
    told = {"root_cause": "unknown", "outcome": Outcome.SATISFIED, "text": "Done."}
    resolve(session, case.id, **told, user_id=user, key=KEY, now=now)  # type: ignore[arg-type]  # each its own type
    session.commit()


def test_the_count_follows_every_turn(session: Session, now: datetime, customer: Customer) -> None:
    ana = colleague(session, "Ana", now)
    first, _ = unhappy(session, now, customer), unhappy(session, now, customer)
    cases = open_all(session, now)
    assert open_count(session) == 2
    for case in cases:
        claim(session, case.id, user_id=ana, key=KEY, now=now)
    end(session, cases[0], ana, now)
    assert open_count(session) == 1
    end(session, cases[1], ana, now)
    assert open_count(session) == 0
    reopen(session, cases[1].id, user_id=ana, key=KEY, now=now)
    session.commit()
    assert open_count(session) == 1
    say_more(session, first, comment="Still broken")  # which opens the other again
    open_all(session, now)
    assert open_count(session) == 2


def test_two_colleagues_who_resolve_at_once_leave_nothing_open(
    session: Session, sessions: sessionmaker[Session], now: datetime, customer: Customer
) -> None:
    ana = colleague(session, "Ana", now)
    for _ in range(6):
        unhappy(session, now, customer)
    cases = open_all(session, now)
    for case in cases:
        claim(session, case.id, user_id=ana, key=KEY, now=now)
    session.commit()

    def work(case: Case) -> None:
        with sessions() as own:
            end(own, case, ana, now)

    at_once(*[lambda case=case: work(case) for case in cases])
    assert open_count(session) == 0


def test_an_answer_of_nobody_known_counts_for_nobody(session: Session, now: datetime, customer: Customer) -> None:
    answered(session, now, 0)
    assert len(open_all(session, now)) == 1
    assert open_count(session) == 0
