"""Answers that can be told apart, and the same told apart by hand."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.insights.segments.dimensions import ATTRIBUTE, Dimension
from feedback_service.orders.models import Order, OrderStatus, ValueBand
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.changes import business_day, count_change, note_changes
from feedback_service.responses.models import Channel, Response, ResponseAnswer
from feedback_service.sentiment.analyzer import SentimentLabel
from feedback_service.sentiment.models import Assessment, CommentTheme, ThemeSource
from tests.insights.factories import LISBON
from tests.responses.factories import NPS

DECIDED = "driver"
"""The question of the shipped surveys by which buyers say what decided."""
TOP_TENTH_FROM = 50_000
_numbers = count(1)


@dataclass(frozen=True)
class Buyer:
    """All by which an answer is told apart but its words."""

    carrier: str = "Swift"
    days_late: int | None = None
    spent: int | None = None
    """Lifetime value in cents."""
    locale: str = "en"


def answer(session: Session, at: datetime, score: int, buyer: Buyer, *, survey: str = NPS) -> Response:
    """An answer about an order, with its delta; not committed."""
    number = next(_numbers)
    customer = Customer(
        source="shop", external_id=f"s{number}", name="", created_at=at,
        lifetime_minor=buyer.spent, lifetime_currency=None if buyer.spent is None else "EUR",
    )  # fmt: skip
    session.add(customer)
    session.flush()
    order = Order(
        source="shop", external_id=f"S-{number}", customer_id=customer.id, ordered_at=at, status=OrderStatus.DELIVERED,
        days_late=buyer.days_late, attributes={"carrier": buyer.carrier} if buyer.carrier else {}, created_at=at,
        updated_at=at,
    )  # fmt: skip
    session.add(order)
    session.flush()
    response = Response(
        channel=Channel.MAIL, survey_key=survey, customer_id=customer.id, order_id=order.id, locale=buyer.locale,
        score=score, answered_at=at, counted_on=business_day(at, LISBON),
    )  # fmt: skip
    session.add(response)
    session.flush()
    count_change(session, response, score, +1)
    return response


def rescored(session: Session, response: Response, score: int) -> None:
    """A correction; not committed."""
    count_change(session, response, response.score, -1)
    count_change(session, response, score, +1)
    response.score = score


def withdrawn(session: Session, response: Response, at: datetime) -> None:
    """Taken back; not committed."""
    if response.withdrawn_at is None:
        count_change(session, response, response.score, -1)
        response.withdrawn_at = at


def picked(session: Session, response: Response, reasons: list[str], at: datetime) -> None:
    """What decided, instead of what was picked before; not committed."""
    kept = session.get(ResponseAnswer, (response.id, DECIDED)) or ResponseAnswer(
        response_id=response.id, question_key=DECIDED, text=""
    )
    kept.chosen, kept.answered_at = reasons, at
    session.add(kept)
    note_changes(session, [response])


def read_as(session: Session, response: Response, label: SentimentLabel, themes: list[str], at: datetime) -> None:
    """How a comment was understood, instead of how it was before; not committed."""
    found = session.get(Assessment, response.id) or Assessment(
        response_id=response.id, response_revision=1, model_label=label, language="en", reason="", words=[],
        model_version="by hand", alerts=[], p_neg=0.2, p_neu=0.5, p_pos=0.3, polarity=0.1,
    )  # fmt: skip
    found.label, found.assessed_at = label, at
    session.add(found)
    session.flush()
    for old in session.scalars(select(CommentTheme).where(CommentTheme.response_id == response.id)):
        session.delete(old)
    session.flush()
    session.add_all(
        CommentTheme(response_id=response.id, theme_key=key, polarity=None, source=ThemeSource.WORDS) for key in themes
    )
    note_changes(session, [response])


def a_band(session: Session, at: datetime) -> None:
    """From which lifetime value on a buyer is among the top tenth; not committed."""
    session.add(ValueBand(currency="EUR", top_tenth_minor=TOP_TENTH_FROM, customers=100, computed_at=at))


def by_hand(session: Session, dimension: str, survey: str = NPS) -> dict[str, dict[date, dict[int, int]]]:
    """Every answer read and put in its place: by value and day, how often each score was given."""
    places: dict[str, dict[date, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for response in session.scalars(select(Response).where(Response.survey_key == survey)):
        if response.withdrawn_at is None and response.suspected is None and response.id > 0:
            for value in _values(session, dimension, response):
                places[value][response.counted_on][response.score] += 1
    return {value: {day: dict(scores) for day, scores in days.items()} for value, days in places.items()}


def _values(session: Session, dimension: str, response: Response) -> list[str]:
    if dimension == Dimension.THEME:
        return list(session.scalars(select(CommentTheme.theme_key).where(CommentTheme.response_id == response.id)))
    if dimension == Dimension.REASON:
        kept = session.get(ResponseAnswer, (response.id, DECIDED))
        return list(kept.chosen) if kept else []
    if dimension == Dimension.SENTIMENT:
        found = session.get(Assessment, response.id)
        return [found.label.value] if found else []
    return [value] if (value := _of_the_buyer(session, dimension, response)) else []


def _of_the_buyer(session: Session, dimension: str, response: Response) -> str | None:
    order, customer = response.order, response.customer
    if dimension.startswith(ATTRIBUTE):
        return order.attributes.get(dimension.removeprefix(ATTRIBUTE)) if order else None
    late = None if order is None or order.days_late is None else order.days_late > 0
    top = customer is not None and (customer.lifetime_minor or 0) >= TOP_TENTH_FROM
    known: dict[str, str | None] = {
        Dimension.LANGUAGE: response.locale,
        Dimension.TOUCHPOINT: "order" if order else "none",
        Dimension.TEAM: None,  # these answers are about orders
        Dimension.DELIVERY: None if late is None else "late" if late else "on_time",
        Dimension.VALUE_BAND: None if customer is None else "top_tenth" if top else "others",
    }
    return known[dimension]


def kinds(session: Session) -> set[str]:
    """Keys of the surveys there are."""
    return set(session.scalars(select(Survey.key)))
