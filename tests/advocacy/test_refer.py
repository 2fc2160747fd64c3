"""A customer has one code, whenever and however often they ask."""

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from feedback_service.advocacy import refer as refer_module
from feedback_service.advocacy.models import Referral
from feedback_service.advocacy.queries import referral_code, referral_with
from feedback_service.advocacy.refer import NoCodeFreeError, refer
from tests.advocacy.factories import code_of, customer
from tests.responses.factories import at_once


def test_asked_for_twice_it_is_the_same_code(session: Session, now: datetime) -> None:
    ana, bo = customer(session, now), customer(session, now)
    code = code_of(session, ana, now)
    assert code_of(session, ana, now) == code
    assert referral_code(session, ana.id) == code
    assert referral_code(session, bo.id) is None
    assert code_of(session, bo, now) != code
    assert referral_with(session, code) is not None
    assert referral_with(session, "BCDFGHJ") is None


def test_two_presses_at_once_make_one_code(sessions: sessionmaker[Session], session: Session, now: datetime) -> None:
    ana = customer(session, now)
    session.commit()

    def press() -> str:
        with sessions() as own:
            code = refer(own, ana.id, now)
            own.commit()
            return code

    first, second = at_once(press, press)
    assert first == second
    assert session.scalar(select(func.count()).select_from(Referral)) == 1


def test_a_code_that_is_taken_is_drawn_again(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = code_of(session, customer(session, now), now)
    draws = iter([taken, taken, "BCDFGHJ"])
    monkeypatch.setattr(refer_module, "new_code", lambda: next(draws))  # chance would not do it within a lifetime
    assert code_of(session, customer(session, now), now) == "BCDFGHJ"


def test_a_shop_without_a_free_code_says_so(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = code_of(session, customer(session, now), now)
    monkeypatch.setattr(refer_module, "new_code", lambda: taken)
    with pytest.raises(NoCodeFreeError):
        refer(session, customer(session, now).id, now)
