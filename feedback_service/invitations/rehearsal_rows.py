"""Collects what decides who is asked over the next days: the rows that a rehearsal plays with."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from feedback_service.customers.models import Address, Customer, PersonKind
from feedback_service.database import Base, spelled_out
from feedback_service.invitations.models import (
    DailyAsks,
    Decision,
    DecisionState,
    DecisionStep,
    GoLive,
    Invitation,
    InvitationLink,
)
from feedback_service.orders.models import Order, Touchpoint
from feedback_service.questionnaires.definition import Rules, TriggerEvent
from feedback_service.questionnaires.models import Survey, SurveyVersion, SurveyWording, VersionState

MOST_EVENTS = 20_000  # each is copied and decided twice: some minutes, and some hundred megabytes
AT_A_TIME = 1000  # ids in one statement; SQLite takes 32,766 parameters

MODELS: tuple[type[Base], ...] = (
    GoLive, Survey, SurveyVersion, SurveyWording, Address, Customer, Order, Touchpoint, Decision, DecisionStep,
    DailyAsks, Invitation, InvitationLink,
)  # fmt: skip
"""What deciding reads and writes, in an order in which rows may be added."""

Rows = dict[type[Base], list[dict[str, Any]]]


class TooManyEventsError(Exception):
    """More events than can be rehearsed in a reasonable time; the message says what to do."""


@dataclass(frozen=True)
class Stretch:
    """The time to rehearse: from `begins` up to, and without, `ends`."""

    begins: datetime
    ends: datetime


def rows_that_matter(session: Session, changed: Mapping[str, Rules], stretch: Stretch, *, most: int) -> Rows:
    """Every row on which a decision within the stretch can hang, under the present rules as under `changed` ones.

    Reads only. Raises TooManyEventsError where more than `most` orders, touchpoints and people matter.
    """
    surveys = _dicts(session, Survey)
    published = _dicts(session, SurveyVersion, SurveyVersion.state == VersionState.PUBLISHED)
    asked = {version["survey_key"] for version in published}
    rules = {row["key"]: Rules.model_validate(row["rules"]) for row in surveys if row["key"] in asked}
    planned_anew = [(row["key"], rules[row["key"]]) for row in surveys if row["key"] in asked and _pending(row)]
    planned_anew += [(key, rule) for key, rule in changed.items() if key in asked]
    patience = max((rule.asking.quarantine_days for rule in [*rules.values(), *changed.values()]), default=0)
    # Whoever is due within a quarantine may make a less important survey step back.
    waiting = _dicts(
        session,
        Decision,
        Decision.state == spelled_out(DecisionState.WAITING),
        Decision.due_at < stretch.ends + timedelta(days=patience),
        most=most + 1,
    )
    _bound(most, [row["id"] for row in waiting])
    orders = _ids(waiting, "order_id") | _look(session, most, Order, planned_anew, stretch.begins)
    touchpoints = _ids(waiting, "touchpoint_id") | _look(session, most, Touchpoint, planned_anew, stretch.begins)
    people: set[int] = set()
    if any(rule.trigger.by_calendar and rule.asks for rule in [*rules.values(), *changed.values()]):
        people = {row["customer_id"] for row in waiting if row["order_id"] is None and row["touchpoint_id"] is None}
        people |= _people(session, most, planned_anew)
        _bound(most, orders, touchpoints, people)  # before what they bought is read as well
        # A first purchase starts the turns, a recent one keeps them up.
        bought = {row["customer_id"] for row in _by(session, Order, Order.id, orders)}
        orders |= _ids(_by(session, Order, Order.customer_id, people | bought), "id")
    _bound(most, orders, touchpoints, people)
    return _whole(session, orders, touchpoints, people, waiting) | {
        Survey: surveys,
        GoLive: _dicts(session, GoLive),
    }


def _pending(survey: Mapping[str, Any]) -> bool:
    return bool(survey["planned_revision"] < survey["revision"])


def _bound(most: int, *events: Collection[int]) -> None:
    if sum(map(len, events)) > most:
        raise TooManyEventsError(
            f"More than {most:,} orders, matters and people take part, which would take too long to try."
        )


def _whole(
    session: Session,
    orders: Collection[int],
    touchpoints: Collection[int],
    people: Collection[int],
    waiting: Iterable[dict[str, Any]],
) -> Rows:
    """The rows of these events, and all that they refer to. Read from the ends towards the roots: what is added
    meanwhile by others is then either not seen at all or seen with its roots."""
    decisions = _unique(
        [
            *waiting,
            *_by(session, Decision, Decision.order_id, orders),
            *_by(session, Decision, Decision.touchpoint_id, touchpoints),
            *(row for row in _by(session, Decision, Decision.customer_id, people) if _of_calendar(row)),
        ]
    )
    invitations = _by(session, Invitation, Invitation.order_id, orders)
    shown = _ids(decisions, "touchpoint_id") | _ids(invitations, "touchpoint_id") | set(touchpoints)
    touchpoint_rows = _by(session, Touchpoint, Touchpoint.id, shown)
    order_rows = _by(session, Order, Order.id, set(orders) | _ids(decisions, "order_id"))
    referring = (decisions, invitations, touchpoint_rows, order_rows)
    known = set(people).union(*(_ids(rows, "customer_id") for rows in referring))
    named = _by(session, Customer, Customer.id, known)
    addresses = _ids(named, "address_hash") | _ids(invitations, "address_hash")
    # A complaint counts under whichever name the person bought.
    customers = _unique([*named, *_by(session, Customer, Customer.address_hash, addresses)])
    versions = _dicts(session, SurveyVersion)
    return {
        SurveyVersion: versions,
        SurveyWording: _by(session, SurveyWording, SurveyWording.version_id, _published(versions)),
        Address: _by(session, Address, Address.hash, addresses),
        Customer: customers,
        Order: order_rows,
        Touchpoint: touchpoint_rows,
        Decision: decisions,
        DailyAsks: _dicts(session, DailyAsks),
        Invitation: invitations,
    }


def _published(versions: Iterable[Mapping[str, Any]]) -> set[int]:
    return {row["id"] for row in versions if row["state"] == VersionState.PUBLISHED}


def _of_calendar(decision: Mapping[str, Any]) -> bool:
    return decision["order_id"] is None and decision["touchpoint_id"] is None


def _look(
    session: Session,
    most: int,
    table: type[Order] | type[Touchpoint],
    planned_anew: Iterable[tuple[str, Rules]],
    now: datetime,
) -> set[int]:
    """What the planner would look at: what it has not seen, and what a survey with other rules makes it see again."""
    wanted: list[ColumnElement[bool]] = [table.planned_revision < table.revision]
    for key, rules in planned_anew:
        trigger = rules.trigger
        since = now - timedelta(days=trigger.max_age_days + trigger.delay_days)
        if table is Order and trigger.by_order:
            recent = or_(Order.ordered_at >= since, Order.delivered_at >= since, Order.promised_on >= since.date())
            wanted.append(and_(recent, ~_decided(key, Decision.order_id == Order.id)))
        elif table is Touchpoint and not (trigger.by_order or trigger.by_calendar):
            recent = Touchpoint.happened_at >= since
            wanted.append(and_(recent, ~_decided(key, Decision.touchpoint_id == Touchpoint.id)))
    return set(session.scalars(select(table.id).where(or_(*wanted)).limit(most + 1)))


def _decided(survey_key: str, about: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the survey has made up its mind already, which no rule changes afterwards."""
    return (
        select(Decision.id)
        .where(about, Decision.survey_key == survey_key, Decision.state != DecisionState.WAITING)
        .exists()
    )


def _people(session: Session, most: int, planned_anew: Iterable[tuple[str, Rules]]) -> set[int]:
    """Whose turns the planner would look at."""
    kinds = {
        PersonKind.EMPLOYEE if rules.trigger.on is TriggerEvent.PULSE else PersonKind.CUSTOMER
        for _, rules in planned_anew
        if rules.trigger.by_calendar and rules.asks
    }
    wanted = or_(Customer.calendar_planned_at.is_(None), Customer.kind.in_(kinds))
    return set(session.scalars(select(Customer.id).where(wanted).limit(most + 1)))


def _dicts(
    session: Session, model: type[Base], *conditions: ColumnElement[bool], most: int | None = None
) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(_all_of(model).where(*conditions).limit(most)).mappings()]


def _by(
    session: Session, model: type[Base], column: InstrumentedAttribute[Any], values: Collection[Any]
) -> list[dict[str, Any]]:
    """The rows whose column has one of the values, a portion of values at a time."""
    return [row for portion in _portions(sorted(values)) for row in _dicts(session, model, column.in_(portion))]


def _all_of(model: type[Base]) -> Select[Any]:
    table: FromClause = model.__table__
    return select(table)


def _portions(values: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while portion := list(islice(rest, AT_A_TIME)):
        yield portion


def _ids(rows: Iterable[Mapping[str, Any]], column: str) -> set[Any]:
    return {row[column] for row in rows if row[column] is not None}


def _unique(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({row["id"]: row for row in rows}.values())


def tables() -> list[Table]:
    """The tables of MODELS."""
    return [table for table in Base.metadata.sorted_tables if table in {model.__table__ for model in MODELS}]
