"""Which cases are about answers to one survey, and perhaps about those of one value of a dimension."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Dialect, and_, func, select
from sqlalchemy.orm import Session

from feedback_service.cases.inbox.dimensions import Dimension
from feedback_service.cases.inbox.told_apart import Reasons, answers_by, reasons
from feedback_service.cases.models import Case
from feedback_service.responses.models import Response


@dataclass(frozen=True)
class Apart:
    """By what answers are told apart, and all that is to be known to ask a database for it."""

    dimension: str
    dialect: Dialect
    asked: Reasons


def apart_by(session: Session, dimension: str) -> Apart:
    """The questions that buyers pick reasons in are read only where reasons tell answers apart."""
    asked = reasons(session) if dimension == Dimension.REASON else frozenset()
    return Apart(dimension, session.get_bind().dialect, asked)


def about(session: Session, survey: str, dimension: str, value: str) -> ColumnElement[bool]:
    """The cases about answers to a survey; where there is a value, only about those of it that count."""
    if not value:
        return about_survey(survey)
    return and_(about_survey(survey), about_value(apart_by(session, dimension), value))


# Both look at each case's own answer, by its key: no database can begin with all that a survey was ever answered.


def about_survey(key: Any) -> ColumnElement[bool]:
    """About an answer to this survey; `key` may be a parameter."""
    its_survey = select(Response.survey_key).where(Response.id == Case.response_id).correlate(Case).scalar_subquery()
    wanted: ColumnElement[bool] = its_survey == key
    return wanted


def about_value(apart: Apart, value: Any) -> ColumnElement[bool]:
    """About an answer of this value that counts; `value` may be a parameter."""
    answers = answers_by(apart.dimension, apart.dialect, apart.asked)
    its_values = answers.where(Response.id == Case.response_id, answers.selected_columns["value"] == value)
    return its_values.with_only_columns(func.count()).correlate(Case).scalar_subquery() > 0
