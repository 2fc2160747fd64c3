"""Answers told apart by a dimension, read as they stand now: what the inbox shows of one value, and insights counts."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from feedback_service.cases.inbox.dimensions import (
    ATTRIBUTE,
    LATE,
    LONGEST_VALUE,
    NO_EVENT,
    ON_TIME,
    OTHERS,
    TOP_TENTH,
    Dimension,
)
from feedback_service.customers.models import Customer
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order, Touchpoint, ValueBand
from feedback_service.questionnaires.models import Survey, SurveyKind, SurveyVersion
from feedback_service.questionnaires.questions import Structure
from feedback_service.responses.models import Response, ResponseAnswer
from feedback_service.sentiment.models import Assessment, CommentTheme

Reasons = frozenset[tuple[str, str]]
"""Surveys with the key of the question by which buyers say what decided."""

ORDER = "order"
"""The touchpoint of an answer about an order."""

COUNTED: ColumnElement[bool] = and_(
    Response.suspected.is_(None),
    Response.withdrawn_at.is_(None),
    Response.id > 0,  # colleagues who answered a pulse are not told apart
)
"""What counts in every metric."""


def reasons(session: Session) -> Reasons:
    """The questions by which buyers say what decided, of all versions there were."""
    structures = session.execute(select(SurveyVersion.survey_key, SurveyVersion.structure).distinct())
    return frozenset((key, question) for key, structure in structures if (question := _driver(structure)) is not None)


@lru_cache(maxsize=256)
def _driver(structure: str) -> str | None:
    questions = Structure.model_validate_json(structure).questions
    return next((question.key for question in questions if question.driver), None)


def answers_by(dimension: str, dialect: Dialect, asked: Reasons) -> Select[Any]:
    """Rows of (id, survey_key, day, value, score), one for each answer and value of it; none for those without.

    Raises ValueError for what is no dimension.
    """
    if dimension.startswith(ATTRIBUTE):
        value: ColumnElement[str] = Order.attributes[dimension.removeprefix(ATTRIBUTE)].as_string()
        return _rows(value).join(Order, Order.id == Response.order_id).where(value != "")
    if dimension == Dimension.REASON:
        return _by_reason(dialect, asked)
    return _WAYS[Dimension(dimension)]()


def _rows(value: Any) -> Select[Any]:
    return (
        select(
            Response.id,
            Response.survey_key,
            Response.counted_on.label("day"),
            func.substr(value, 1, LONGEST_VALUE).label("value"),
            Response.score,
        )
        .join(Survey, Survey.key == Response.survey_key)
        .where(COUNTED, Survey.kind != SurveyKind.ENPS)
    )


def _by_touchpoint() -> Select[Any]:
    moment = case((Response.order_id.is_not(None), literal(ORDER)), else_=literal(NO_EVENT))
    return (
        _rows(func.coalesce(Touchpoint.kind, moment))
        .outerjoin(Invitation, Invitation.id == Response.invitation_id)
        .outerjoin(Touchpoint, Touchpoint.id == Invitation.touchpoint_id)
    )


def _by_team() -> Select[Any]:
    team = Touchpoint.attributes["team"].as_string()
    return (
        _rows(team)
        .join(Invitation, Invitation.id == Response.invitation_id)
        .join(Touchpoint, Touchpoint.id == Invitation.touchpoint_id)
        .where(team != "")
    )


def _by_value_band() -> Select[Any]:
    top = Customer.lifetime_minor >= ValueBand.top_tenth_minor
    return (
        _rows(case((top, literal(TOP_TENTH)), else_=literal(OTHERS)))
        .join(Customer, Customer.id == Response.customer_id)
        .outerjoin(ValueBand, ValueBand.currency == Customer.lifetime_currency)
    )


def _by_delivery() -> Select[Any]:
    return (
        _rows(case((Order.days_late > 0, literal(LATE)), else_=literal(ON_TIME)))
        .join(Order, Order.id == Response.order_id)
        .where(Order.days_late.is_not(None))
    )


def _by_reason(dialect: Dialect, asked: Reasons) -> Select[Any]:
    chosen: Any
    if dialect.name == "sqlite":
        chosen = func.json_each(ResponseAnswer.chosen).table_valued("value")
    else:
        chosen = func.json_array_elements_text(ResponseAnswer.chosen).table_valued("value").render_derived()
    of_reasons = [
        and_(ResponseAnswer.question_key == question, Response.survey_key == survey)
        for survey, question in sorted(asked)
    ]
    return (
        _rows(chosen.c.value)
        .join(ResponseAnswer, ResponseAnswer.response_id == Response.id)
        .join(chosen, literal(1) == 1)
        .where(or_(*of_reasons) if of_reasons else literal(0) == 1)
    )


_WAYS: dict[Dimension, Callable[[], Select[Any]]] = {
    Dimension.TOUCHPOINT: _by_touchpoint,
    Dimension.TEAM: _by_team,
    Dimension.LANGUAGE: lambda: _rows(Response.locale),
    Dimension.VALUE_BAND: _by_value_band,
    Dimension.DELIVERY: _by_delivery,
    Dimension.SENTIMENT: lambda: _rows(Assessment.label).join(Assessment, Assessment.response_id == Response.id),
    Dimension.THEME: lambda: _rows(CommentTheme.theme_key).join(CommentTheme, CommentTheme.response_id == Response.id),
}
