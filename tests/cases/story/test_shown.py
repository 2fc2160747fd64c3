"""A customer's story in short lines that say what matters about each thing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedback_service.cases.models import CaseState
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.story.queries import NEWEST, EarlierAnswer, MailLine, OtherCase, Story
from feedback_service.cases.story.shown import EXCERPT, MAIL_WORDS, story_shown
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import BounceKind, MessagePurpose, MessageState
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.questionnaires.models import SurveyKind

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")
DAY = timedelta(days=1)
RULES: dict[str, object] = {
    "title": "After the purchase",
    "trigger": {"on": "delivered"},
    "thresholds": {"detractor_max": 6},
}
ANA = Customer(name="Ana", lifetime_minor=142350, lifetime_currency="EUR", lifetime_orders=7, spoken_to_at=NOW - DAY)


def _story(**parts: Any) -> Story:
    empty: dict[str, Any] = {"orders": [], "answers": [], "cases": [], "mails": [], "referred": None}
    return Story(customers=(1,), **empty | parts)


def _shown(customer: Customer = ANA, about: int | None = None, **parts: object):  # type: ignore[no-untyped-def]
    return story_shown(_story(**parts), customer, about, lambda case_id: f"/cases/{case_id}", NOW, LISBON)


def test_what_they_are_worth_and_when_somebody_spoke_with_them() -> None:
    shown = _shown()
    assert (shown.worth, shown.spoken, shown.referred) == ("€1,423.50 in 7 orders", "24 h ago", "")
    stranger = _shown(Customer(name="Ben"))
    assert (stranger.worth, stranger.spoken) == ("", "")


@pytest.mark.parametrize(
    ("orders", "words"),
    [(0, "Has a link, nobody ordered by it yet"), (1, "1 order of a friend"), (3, "3 orders of friends")],
)
def test_whom_they_sent(orders: int, words: str) -> None:
    assert _shown(referred=orders).referred == words


@pytest.mark.parametrize(
    ("promised", "delivered", "status", "fate", "late"),
    [
        (date(2026, 3, 18), NOW, OrderStatus.DELIVERED, "Delivered 2 days late", True),
        (date(2026, 3, 19), NOW, OrderStatus.DELIVERED, "Delivered 1 day late", True),
        (date(2026, 3, 20), NOW, OrderStatus.DELIVERED, "Delivered on time", False),
        (None, NOW, OrderStatus.DELIVERED, "Delivered 20 Mar 2026", False),
        (date(2026, 3, 28), None, OrderStatus.SHIPPED, "Shipped, promised for 28 Mar 2026", False),
        (None, None, OrderStatus.CANCELLED, "Cancelled", False),
    ],
)
def test_how_an_order_went(
    promised: date | None, delivered: datetime | None, status: OrderStatus, fate: str, late: bool
) -> None:
    order = Order(
        id=3, external_id="L-1", ordered_at=NOW - 9 * DAY, promised_on=promised, delivered_at=delivered, status=status
    )
    line = _shown(about=3, orders=[order]).orders[0]
    assert (line.fate, line.late, line.about, line.amount) == (fate, late, True, "")
    assert not _shown(orders=[order] * (NEWEST - 1)).more_orders


def test_an_earlier_answer_leads_to_its_case() -> None:
    answer = EarlierAnswer(4, SurveyKind.NPS, RULES, "It\nbroke. " * 40, NOW - 9 * DAY, 12)
    line = _shown(answers=[answer]).answers[0]
    assert (line.band, line.survey, line.url) == ("detractor", "After the purchase", "/cases/12")
    assert line.comment.startswith("It broke. It broke.")
    assert len(line.comment) == EXCERPT + 1


@pytest.mark.parametrize(
    ("state", "into", "words", "active"),
    [
        (CaseState.OPEN, None, "Open", True),
        (CaseState.RESOLVED, None, "Resolved", False),
        (CaseState.MERGED, 9, "Merged into case 9", False),
    ],
)
def test_another_case(state: CaseState, into: int | None, words: str, active: bool) -> None:
    ended = NOW - DAY if state is CaseState.RESOLVED else None
    other = OtherCase(5, state, CaseReason.DETRACTOR, NOW - 3 * DAY, ended, 1, 2, "Ben", into)
    line = _shown(cases=[other]).cases[0]
    assert (line.state, line.active, line.owner, line.url) == (words, active, "Ben", "/cases/5")
    assert line.when == ("24 h ago" if ended else "3 d ago")


@pytest.mark.parametrize(
    ("changed", "words", "bad"),
    [
        ({}, "sent", False),
        ({"delivered": True}, "arrived", False),
        ({"bounce": BounceKind.HARD}, "came back", True),
        ({"complained": True}, "called spam", True),
        ({"state": MessageState.FAILED}, "could not be sent", True),
    ],
)
def test_how_a_mail_fared(changed: dict[str, object], words: str, bad: bool) -> None:
    usual: dict[str, object] = {"state": MessageState.SENT, "delivered": False, "bounce": None, "complained": False}
    mail = MailLine(purpose=MessagePurpose.INVITATION, survey_rules=RULES, at=NOW, **usual | changed)  # type: ignore[arg-type]  # a test's short hand
    line = _shown(mails=[mail]).mails[0]
    assert (line.what, line.about, line.state, line.bad) == ("Invitation", "After the purchase", words, bad)


def test_every_state_of_a_mail_has_its_words() -> None:
    assert set(MAIL_WORDS) == set(MessageState)
