"""What unhappy buyers said and bought after somebody spoke to them, beside those to whom nobody did."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback_service.insights.loop.shown import FIGURES
from feedback_service.insights.loop.told import OBSERVED, REGRESSION, aftermath_told
from feedback_service.insights.loop.unhappy import unhappy_buyers
from feedback_service.orders.models import Order, OrderStatus
from feedback_service.responses.models import Channel, Response
from tests.insights.loop.factories import case_of, reading
from tests.insights.segments.factories import Buyer, answer
from tests.responses.factories import CSAT, NPS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def again(session: Session, first: Response, at: datetime, score: int, survey: str = NPS) -> None:
    """The same buyer's next answer; not committed."""
    session.add(
        Response(
            channel=Channel.MAIL, survey_key=survey, customer_id=first.customer_id, locale="en", score=score,
            answered_at=at, counted_on=at.date(),
        )
    )  # fmt: skip


def bought(session: Session, first: Response, at: datetime, status: OrderStatus = OrderStatus.PLACED) -> None:
    """The same buyer's next order; not committed."""
    session.add(
        Order(
            source="shop", external_id=f"again-{first.id}-{at:%d%H}", customer_id=first.customer_id, ordered_at=at,
            status=status, attributes={}, created_at=at, updated_at=at,
        )
    )  # fmt: skip


def test_an_empty_shop_says_nothing(session: Session, now: datetime) -> None:
    assert aftermath_told(reading(session, now)) == []


def test_two_dozen_unhappy_buyers_followed_by_hand(session: Session, now: datetime) -> None:
    """Twelve were called and of these nine answer 9 the next time; of twelve others three do. The rest says 3."""
    then = now - 120 * DAY
    for number in range(24):
        first = answer(session, then, 2, Buyer())
        called = number < 12
        case_of(session, then, response=first.id, answered=2 * HOUR if called else 9 * DAY, resolved=10 * DAY)
        happy = number % 12 < (9 if called else 3)
        again(session, first, then + 30 * DAY, 9 if happy else 3)
        if number % 12 < (6 if called else 3):
            bought(session, first, then + 20 * DAY)
    answer(session, then, 9, Buyer())  # who is happy is not looked at
    session.commit()
    read = reading(session, now)
    contacted, others = FIGURES["next-score"](read).lines[0].marks
    assert (contacted.label, contacted.value, contacted.n) == ("Contacted", 50, 12)
    assert (others.label, others.value, others.n) == ("Not contacted", -50, 12)
    assert contacted.note == others.note == "of 12 people"
    shares = {mark.label: mark for mark in FIGURES["bought-again"](read).lines[0].marks}
    assert [round(shares[f"{name}, 30 days"].value or 0) for name in ("Contacted", "Not contacted")] == [50, 25]
    assert shares["Contacted, 180 days"].note == "6 not followed so long yet"
    told = aftermath_told(read)
    assert told[0].startswith(
        "Contacted within 7 days: 12 unhappy buyers, of whom 12 answered this survey again. NPS then: +50"
    )
    assert "Those contacted scored 100 points higher than the others" in told[2]
    assert "observed" in OBSERVED
    assert "regression to the mean" in REGRESSION


def test_what_counts_as_contact_and_as_what_came_after(session: Session, now: datetime) -> None:
    then = now - 60 * DAY
    first = answer(session, then, 3, Buyer())
    case_of(session, then, response=first.id, answered=HOUR, resolved=DAY)
    unreached = answer(session, then + HOUR, 0, Buyer())
    case_of(session, then, response=unreached.id, answered=HOUR, resolved=DAY, reached=False)
    again(session, first, then + 20 * DAY, 1)  # unhappy once more, and still one buyer
    again(session, first, then + 21 * DAY, 5, survey=CSAT)  # another question
    bought(session, first, then + 9 * DAY, OrderStatus.REFUNDED)
    bought(session, first, then + 10 * DAY)
    session.commit()
    found = unhappy_buyers(session, NPS, 6, (now - 90 * DAY, now))
    assert [(each.score, each.contacted_at) for each in found] == [(3, then + HOUR), (0, None)]
    assert [score for _, score in found[0].later_answers] == [1]
    assert found[0].later_orders[-1:] == [then + 10 * DAY]
    assert len(found[0].later_orders) == 1
