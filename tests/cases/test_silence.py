"""A valuable buyer who used to answer and does no more gets a call; looked for once a day, and found once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseKind, CaseOrigin
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.rules.silence import fell_silent
from feedback_service.cases.silence import follow_up_silence
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
from tests.cases.factories import KEY
from tests.cases.queues.factories import top_tenth_from
from tests.conftest import NOW
from tests.responses.factories import asked

DAY = timedelta(days=1)
LISBON = ZoneInfo("Europe/Lisbon")


def _buyer(session: Session, now: datetime, answered: str, *, newest_days: int = 15, minor: int = 100_000) -> int:
    """A customer who was asked monthly, the newest time so many days ago: y answered, n did not; committed."""
    customer = 0
    for number, mark in enumerate(answered):
        at = now - (newest_days + 30 * (len(answered) - 1 - number)) * DAY
        invitation = session.get_one(Invitation, asked(session, at).invitation_id)
        customer = customer or invitation.customer_id
        invitation.customer_id = customer
        invitation.answered_at = at if mark == "y" else None
    session.execute(
        update(Customer).where(Customer.id == customer).values(lifetime_minor=minor, lifetime_currency="EUR")
    )
    session.commit()
    return customer


def _look(session: Session, now: datetime) -> int:
    opened = follow_up_silence(session, now, 100, key=KEY, zone=LISBON)
    session.commit()
    return opened


def test_a_valuable_buyer_who_fell_silent_is_followed_up_once(session: Session, now: datetime) -> None:
    top_tenth_from(session, 90_000, now)
    customer = _buyer(session, now, "yyyynn")
    assert [_look(session, now), _look(session, now), _look(session, now + DAY)] == [1, 0, 0]
    case = session.scalars(select(Case)).one()
    assert (case.origin_kind, case.kind, case.reason) == (CaseOrigin.SILENCE, CaseKind.FOLLOW_UP, CaseReason.SILENCE)
    assert (case.customer_id, case.rule) == (customer, "A valuable buyer fell silent")
    assert case.priority_words == "Low + 1: top tenth by lifetime value; sorted 2 h ahead of its deadline"
    assert session.get_one(Customer, customer, populate_existing=True).open_cases == 1


@pytest.mark.parametrize(
    ("answered", "newest_days", "minor", "why"),
    [
        ("yyyynn", 15, 89_999, "not among the best customers"),
        ("yyyyyn", 15, 100_000, "only one was left lying"),
        ("ynnynn", 15, 100_000, "never was one to answer"),
        ("yyynn", 15, 100_000, "too few before to tell"),
        ("yyyynn", 13, 100_000, "may answer yet"),
        ("yyyynn", 60, 100_000, "so long ago that it was looked at before"),
    ],
)
def test_nobody_else_is(session: Session, now: datetime, answered: str, newest_days: int, minor: int, why: str) -> None:
    top_tenth_from(session, 90_000, now)
    _buyer(session, now, answered, newest_days=newest_days, minor=minor)
    assert _look(session, now) == 0, why


def test_whoever_has_an_open_case_is_in_talks_already(session: Session, now: datetime) -> None:
    top_tenth_from(session, 90_000, now)
    customer = _buyer(session, now, "yyyynn")
    session.get_one(Customer, customer).open_cases = 1
    session.commit()
    assert _look(session, now) == 0


def test_a_pause_of_some_days_is_caught_up_on(session: Session, now: datetime) -> None:
    top_tenth_from(session, 90_000, now)
    assert _look(session, now) == 0
    _buyer(session, now, "yyynynn", newest_days=13)
    assert _look(session, now + 3 * DAY) == 1


@pytest.mark.parametrize(
    ("asked_days", "answered", "silent"),
    [
        ([14, 20, 40, 60, 80, 99], "nnyyyn", True),
        ([13, 20, 40, 60, 80, 99], "nnyyyy", False),
        ([14, 20, 40, 60, 80, 99], "nyyyyy", False),
        ([14, 20, 40, 60, 80, 99], "nnnnyy", False),
        ([14, 20, 40, 60, 80], "nnyyy", False),
        ([14], "n", False),
        ([], "", False),
    ],
)
def test_the_rule_of_silence(asked_days: list[int], answered: str, silent: bool) -> None:
    history = [(NOW - days * DAY, mark == "y") for days, mark in zip(asked_days, answered, strict=True)]
    assert fell_silent(history, NOW) is silent
