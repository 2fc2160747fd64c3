"""Gathers what routing goes by, for many answers in a few statements."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.cases.rules.conditions import REPEAT_DAYS, Facts
from feedback_service.customers.models import Customer
from feedback_service.delivery.models import Reply
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, Touchpoint, ValueBand
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.responses.models import Remedy, Response, ResponseAnswer
from feedback_service.responses.rules.bands import band
from feedback_service.sentiment.models import Assessment, CommentTheme
from feedback_service.sentiment.safety import SafetyKind, SafetyWords
from feedback_service.sentiment.themes.words import base_language

YEAR = timedelta(days=REPEAT_DAYS)
Value = tuple[str, Decimal]
"""Currency and whole units."""


def facts_of(
    session: Session,
    responses: Sequence[Response],
    surveys: Mapping[str, SurveyDefinition],
    *,
    safety: SafetyWords,
    key: bytes,
    at: datetime | None = None,
) -> dict[int, Facts]:
    """The facts of answers, by their ids.

    key: of the draw. at: the time of routing, for all; None for each answer's own time, and for what was read in its
    words when it came, which is what trying rules on thousands of old ones needs.
    """
    known = _Known.of(session, responses)
    said = texts_of(session, responses)
    return {
        response.id: _facts(response, surveys[response.survey_key], known, said[response.id], safety, key, at)
        for response in responses
    }


def texts_of(session: Session, responses: Iterable[Response]) -> dict[int, list[str]]:
    """Everything that was written in an answer, by its id: the comment, then all other texts."""
    texts = {response.id: [response.comment] if response.comment else [] for response in responses}
    rows = session.execute(
        select(ResponseAnswer.response_id, ResponseAnswer.text).where(
            ResponseAnswer.response_id.in_(texts), ResponseAnswer.text != ""
        )
    )
    for response_id, text in rows:
        texts[response_id].append(text)
    return texts


def draw(key: bytes, what: str) -> float:
    """A number in [0, 1) that nobody can foresee, and that stays the same."""
    digest = hmac.new(key, b"sample|" + what.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:6]) / 2**48


def reply_facts(
    session: Session,
    replies: Sequence[Reply],
    surveys: Mapping[int, str],
    safety: SafetyWords,
    key: bytes,
    at: datetime,
) -> dict[int, Facts]:
    """The same of mails that were written back; `surveys` has the key of the one that asked, by the reply's id."""
    invitations = {reply.invitation_id for reply in replies if reply.invitation_id is not None}
    asked = {row.id: row for row in session.scalars(select(Invitation).where(Invitation.id.in_(invitations)))}
    orders = {reply.id: asked[reply.invitation_id].order_id if reply.invitation_id else None for reply in replies}
    worth = _Worth.of(session, {reply.customer_id for reply in replies}, set(orders.values()))
    before = _earlier_cases(session, {reply.customer_id for reply in replies})
    return {
        reply.id: Facts(
            survey=surveys.get(reply.id, ""),
            wrote=True,
            alerts=safety.alerts([reply.subject, reply.words]),
            texts=(reply.subject, reply.words),
            channel="mail",
            language=asked[reply.invitation_id].locale if reply.invitation_id else "",
            order_value=worth.order(orders[reply.id]),
            lifetime_value=worth.lifetime(reply.customer_id),
            top_tenth=worth.is_top(reply.customer_id),
            attributes=worth.attributes(orders[reply.id]),
            repeat=_repeated(before, reply.customer_id, at, own=None),
            draw=draw(key, f"reply {reply.id}"),
        )
        for reply in replies
    }


def _facts(
    response: Response,
    survey: SurveyDefinition,
    known: "_Known",
    texts: Sequence[str],
    safety: SafetyWords,
    key: bytes,
    at: datetime | None,
) -> Facts:
    threshold, score = survey.rules.thresholds.detractor_max, response.latest_score
    read = known.reading(response)
    return Facts(
        survey=response.survey_key,
        score=score,
        lowest=survey.structure.scale[0],
        band=band(survey.structure.kind, score, threshold),
        unhappy=score <= threshold,
        contact=response.wants_contact or response.remedy == Remedy.CONTACT,
        put_right=response.remedy == Remedy.PUT_RIGHT,
        alerts=safety.alerts(texts) if at is not None or read is None else _read_alerts(read, texts, safety),
        sentiment=read.label.value if read else None,
        contradiction=read.contradiction.value if read and read.contradiction else None,
        themes=known.themes.get(response.id, frozenset()),
        texts=tuple(texts),
        channel=response.channel.value,
        language=_language(response, read),
        order_value=known.worth.order(response.order_id),
        lifetime_value=known.worth.lifetime(response.customer_id),
        top_tenth=known.worth.is_top(response.customer_id),
        attributes=known.attributes(response),
        repeat=_repeated(known.cases, response.customer_id, at or response.answered_at, own=response.id),
        draw=draw(key, str(response.id)),
    )


def _read_alerts(read: Assessment, texts: Sequence[str], safety: SafetyWords) -> tuple[SafetyKind, ...]:
    """What the comment was found to speak of when it came, and the other texts, which nobody keeps so."""
    found = {SafetyKind(kind) for kind in read.alerts} | set(safety.alerts(texts[1:]) if texts[1:] else ())
    return tuple(kind for kind in SafetyKind if kind in found)


def _language(response: Response, read: Assessment | None) -> str:
    """The language of the words where it is known, else that of the page; a page's country is kept."""
    if read is None or not read.language or base_language(read.language) == base_language(response.locale):
        return response.locale
    return read.language


@dataclass(frozen=True)
class _Earlier:
    """A case that a customer had."""

    opened_at: datetime
    response_id: int | None


@dataclass(frozen=True)
class _Worth:
    """What orders and customers are worth."""

    orders: Mapping[int, Order]
    customers: Mapping[int, Value]
    bands: Mapping[str, Decimal]

    @classmethod
    def of(cls, session: Session, customers: set[int | None], orders: set[int | None]) -> "_Worth":
        rows = session.execute(
            select(Customer.id, Customer.lifetime_currency, Customer.lifetime_minor).where(
                Customer.id.in_(customers - {None}), Customer.lifetime_minor.is_not(None)
            )
        )
        return cls(
            {order.id: order for order in session.scalars(select(Order).where(Order.id.in_(orders - {None})))},
            {row.id: _value(row.lifetime_currency, row.lifetime_minor) for row in rows},
            {row.currency: _value(row.currency, row.top_tenth_minor)[1] for row in session.scalars(select(ValueBand))},
        )

    def order(self, order_id: int | None) -> Value | None:
        order = self.orders.get(order_id) if order_id is not None else None
        if order is None or order.currency is None or order.amount_minor is None:
            return None
        return _value(order.currency, order.amount_minor)

    def attributes(self, order_id: int | None) -> Mapping[str, str]:
        order = self.orders.get(order_id) if order_id is not None else None
        return order.attributes if order is not None else {}

    def lifetime(self, customer_id: int | None) -> Value | None:
        return self.customers.get(customer_id) if customer_id is not None else None

    def is_top(self, customer_id: int | None) -> bool:
        value = self.lifetime(customer_id)
        return value is not None and value[0] in self.bands and value[1] >= self.bands[value[0]]


@dataclass(frozen=True)
class _Known:
    """What is known about a batch of answers."""

    readings: Mapping[int, Assessment]
    themes: Mapping[int, frozenset[str]]
    worth: _Worth
    touchpoints: Mapping[int, Mapping[str, str]]
    """Attributes of what was asked about, where it was no order, by the invitation's id."""
    cases: Mapping[int, Sequence[_Earlier]]

    @classmethod
    def of(cls, session: Session, responses: Sequence[Response]) -> "_Known":
        ids = [response.id for response in responses]
        customers = {response.customer_id for response in responses}
        asked = {response.invitation_id for response in responses if response.invitation_id is not None}
        themes: dict[int, set[str]] = {}
        for response_id, theme in session.execute(
            select(CommentTheme.response_id, CommentTheme.theme_key).where(CommentTheme.response_id.in_(ids))
        ):
            themes.setdefault(response_id, set()).add(theme)
        touched = session.execute(
            select(Invitation.id, Touchpoint.attributes)
            .join(Touchpoint, Touchpoint.id == Invitation.touchpoint_id)
            .where(Invitation.id.in_(asked))
        )
        readings = session.scalars(select(Assessment).where(Assessment.response_id.in_(ids)))
        return cls(
            {reading.response_id: reading for reading in readings},
            {response_id: frozenset(keys) for response_id, keys in themes.items()},
            _Worth.of(session, customers, {response.order_id for response in responses}),
            {row.id: row.attributes for row in touched},
            _earlier_cases(session, customers),
        )

    def reading(self, response: Response) -> Assessment | None:
        """What the words were read as, unless they were changed since."""
        read = self.readings.get(response.id)
        return read if read is not None and read.response_revision == response.revision else None

    def attributes(self, response: Response) -> Mapping[str, str]:
        touched = self.touchpoints.get(response.invitation_id or 0, {})
        told = {name: str(value) for name, value in touched.items() if value is not None}
        return {**told, **self.worth.attributes(response.order_id)}


def _earlier_cases(session: Session, customers: set[int | None]) -> dict[int, list[_Earlier]]:
    found: dict[int, list[_Earlier]] = {}
    rows = session.execute(
        select(Case.customer_id, Case.opened_at, Case.response_id).where(Case.customer_id.in_(customers - {None}))
    )
    for customer_id, opened_at, response_id in rows:
        found.setdefault(customer_id or 0, []).append(_Earlier(opened_at, response_id))
    return found


def _repeated(
    cases: Mapping[int, Sequence[_Earlier]], customer_id: int | None, at: datetime, *, own: int | None
) -> bool:
    """Whether a customer had a case within the year before, besides the one of this very answer."""
    return any(
        at - YEAR <= case.opened_at <= at and (own is None or case.response_id != own)
        for case in cases.get(customer_id or 0, ())
    )


def _value(currency: str, minor: int) -> Value:
    return currency, Decimal(minor).scaleb(-get_currency_precision(currency))
