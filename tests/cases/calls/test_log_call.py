"""A call is written down in one go: its case, who has it, and what was said."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.cases.calls.log_call import CaseGoesOnError, log_call
from feedback_service.cases.models import Case, CaseKind, CaseState, EntryKind
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.verify_log import verify_logs
from feedback_service.customers.models import Customer
from tests.cases.calls.factories import top_customers
from tests.cases.factories import KEY, colleague, log_kinds, opened
from tests.responses.factories import at_once

LISBON = ZoneInfo("Europe/Lisbon")


def _log(session: Session, customer: int, user: int, now: datetime, *, reached: bool = True, uid: str = "one") -> int:
    case = log_call(
        session, customer, "She loves the lamp.", reached=reached, uid=uid, user_id=user, key=KEY, zone=LISBON, now=now
    )
    session.commit()
    return case


@pytest.mark.parametrize("reached", [True, False])
def test_the_case_is_the_callers_and_the_call_is_in_its_log(session: Session, now: datetime, reached: bool) -> None:
    ana, buyer = colleague(session, "Ana", now), top_customers(session, now, 10)[-1]
    case = session.get_one(Case, _log(session, buyer.id, ana, now, reached=reached))
    assert (case.kind, case.reason, case.state, case.owner_id) == (
        CaseKind.THANKS,
        CaseReason.THANKS,
        CaseState.IN_PROGRESS,
        ana,
    )
    assert log_kinds(session, case.id) == [EntryKind.OPENED, EntryKind.CLAIMED, EntryKind.CALLED]
    session.expire_all()
    customer = session.get_one(Customer, buyer.id)
    assert (customer.spoken_to_at, customer.open_cases) == (now if reached else None, 1)
    assert verify_logs(session, KEY).fault is None


def test_two_presses_are_one_call(sessions: sessionmaker[Session], session: Session, now: datetime) -> None:
    ana, buyer = colleague(session, "Ana", now), top_customers(session, now, 10)[-1].id

    def press() -> int:
        with sessions() as own:
            return _log(own, buyer, ana, now)

    assert len(set(at_once(press, press))) == 1
    assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_what_goes_on_already_is_where_the_call_belongs(session: Session, now: datetime) -> None:
    ana, buyer = colleague(session, "Ana", now), top_customers(session, now, 10)[-1]
    case = opened(session, now)
    case.customer_id = buyer.id
    session.commit()
    with pytest.raises(CaseGoesOnError) as found:
        _log(session, buyer.id, ana, now)
    assert found.value.case_id == case.id


def test_two_colleagues_who_call_one_after_the_other(session: Session, now: datetime) -> None:
    ana, ben = colleague(session, "Ana", now), colleague(session, "Ben", now)
    buyer = top_customers(session, now, 10)[-1].id
    case = _log(session, buyer, ana, now)
    with pytest.raises(CaseGoesOnError) as found:
        _log(session, buyer, ben, now, uid="two")
    assert found.value.case_id == case
