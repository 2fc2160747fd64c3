"""A click is evidence: kept without an address, marked where it looks like a machine's, and never in the way."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from feedback_service.advocacy import record_clicks
from feedback_service.advocacy.models import ReferralClick
from feedback_service.advocacy.queries import referral_with
from feedback_service.advocacy.record_clicks import record_click, suspicion
from feedback_service.invitations.rules.visits import VisitSuspicion
from tests.advocacy.factories import A_BROWSER, code_of, customer


@pytest.fixture
def referral_id(session: Session, now: datetime) -> int:
    found = referral_with(session, code_of(session, customer(session, now), now))
    session.commit()
    assert found is not None
    return found


def clicks(session: Session) -> list[tuple[str, VisitSuspicion | None]]:
    rows = session.execute(select(ReferralClick.agent, ReferralClick.suspected).order_by(ReferralClick.id)).all()
    session.commit()
    return [(agent, suspected) for agent, suspected in rows]


@pytest.mark.parametrize(
    ("method", "agent", "suspected", "why"),
    [
        ("GET", A_BROWSER, None, "a browser"),
        ("GET", "WhatsApp/2.23.20.0 A", VisitSuspicion.KNOWN_AGENT, "a messenger makes a preview"),
        ("GET", "facebookexternalhit/1.1", VisitSuspicion.KNOWN_AGENT, "so does a network"),
        ("GET", "", VisitSuspicion.KNOWN_AGENT, "every browser has a name"),
        ("HEAD", A_BROWSER, VisitSuspicion.HEAD_FIRST, "no person asks for the head alone"),
    ],
)
def test_what_looks_like_a_machine_is_marked(
    method: str, agent: str, suspected: VisitSuspicion | None, why: str
) -> None:
    assert suspicion(method, agent) == suspected, why


def test_a_click_is_kept_with_what_the_visitor_calls_itself(
    engine: Engine, session: Session, referral_id: int, now: datetime
) -> None:
    record_click(engine, referral_id, method="GET", agent=A_BROWSER, now=now)
    record_click(engine, referral_id, method="GET", agent="x" * 500 + "\0\n", now=now)
    record_click(engine, referral_id, method="GET", agent=None, now=now)
    record_click(engine, referral_id, method="OPTIONS", agent=A_BROWSER, now=now)
    assert clicks(session) == [(A_BROWSER, None), ("x" * 200, None), ("", VisitSuspicion.KNOWN_AGENT)]


def test_many_friends_at_once_are_no_machine(engine: Engine, session: Session, referral_id: int, now: datetime) -> None:
    for _ in range(10):
        record_click(engine, referral_id, method="GET", agent=A_BROWSER, now=now)
    assert clicks(session) == [(A_BROWSER, None)] * 10


def test_a_day_has_room_for_so_many_and_machines_take_none_from_people(
    engine: Engine, session: Session, referral_id: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_clicks, "MOST_A_DAY", 3)
    for agent in ("curl/8", A_BROWSER):
        for _ in range(5):
            record_click(engine, referral_id, method="GET", agent=agent, now=now)
    assert len(clicks(session)) == 6
    record_click(engine, referral_id, method="GET", agent=A_BROWSER, now=now + timedelta(days=1))
    assert len(clicks(session)) == 7


def test_a_database_that_is_busy_is_not_waited_for(
    engine: Engine, session: Session, referral_id: int, now: datetime
) -> None:
    record_click(engine, referral_id + 1, method="GET", agent=A_BROWSER, now=now)  # no such referral: refused
    session.execute(select(func.count()).select_from(ReferralClick))
    if engine.dialect.name == "sqlite":  # this session holds the writer's lock now
        record_click(engine, referral_id, method="GET", agent=A_BROWSER, now=now)
    assert clicks(session) == []
