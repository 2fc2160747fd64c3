"""Finds the events: which survey will want to ask about what happened, and when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.invitations.events import about_order, about_touchpoint
from feedback_service.invitations.keep_plans import keep_plans
from feedback_service.invitations.plan_calendar import look_at_again
from feedback_service.orders.models import Order, Touchpoint
from feedback_service.questionnaires.definition import Rules, SurveyDefinition
from feedback_service.questionnaires.models import Survey
from feedback_service.questionnaires.queries import published_surveys

PORTION = 20_000  # rows marked in one transaction when rules changed: nobody else waits long for the database


def plan_decisions(session: Session, now: datetime, limit: int, *, shop_zone: ZoneInfo) -> int:
    """Look at orders and touchpoints that are new or changed; returns how many were looked at, `limit` for more."""
    changed = _changed_surveys(session)  # held before the rules are read, so that these are the rules of the moment
    published = [survey.definition for survey in published_surveys(session).values()]
    unfinished = _look_again_where_rules_changed(session, changed, published, now)
    surveys = [survey for survey in published if survey.rules.asks]
    orders = _orders(session, limit)
    touchpoints = _touchpoints(session, limit)
    events = [
        *(
            about_order(survey, *row, shop_zone)
            for row in orders
            for survey in surveys
            if survey.rules.trigger.by_order
        ),
        *(about_touchpoint(survey, *row) for row in touchpoints for survey in surveys if _asks_about(survey, row[0])),
    ]
    keep_plans(session, events, now)
    # A first purchase starts the check-ins, and a new one starts them again.
    look_at_again(session, {customer.id for order, customer in orders if order.planned_revision == 0})
    for order, _ in orders:
        order.planned_revision = order.revision
    for touchpoint, _ in touchpoints:
        touchpoint.planned_revision = touchpoint.revision
    session.flush()
    return limit if unfinished else max(len(orders), len(touchpoints))


def _changed_surveys(session: Session) -> Sequence[Survey]:
    return session.scalars(
        select(Survey)
        .where(Survey.planned_revision < Survey.revision)
        .with_for_update(skip_locked=True, key_share=True)  # a row that others only refer to stands in nobody's way
        .execution_options(populate_existing=True)
    ).all()


def _look_again_where_rules_changed(
    session: Session, changed: Sequence[Survey], surveys: Sequence[SurveyDefinition], now: datetime
) -> bool:
    """Have recent events planned anew for surveys that are new or have new rules, a portion of rows at a time, the
    newest first; decisions that were made stay made. Whether there is more to mark."""
    rules = {survey.key: survey.rules for survey in surveys}
    unfinished = False
    for survey in changed:
        if survey.key not in rules:
            continue
        if rules[survey.key].asks:
            survey.replan_below = _marked(session, rules[survey.key], survey.replan_below, now)
        if survey.replan_below is None:
            survey.planned_revision = survey.revision
        unfinished = unfinished or survey.replan_below is not None
    session.flush()
    return unfinished


def _marked(session: Session, rules: Rules, below: int | None, now: datetime) -> int | None:
    """Mark one portion; returns the id below which the next one lies, None when all are marked."""
    trigger = rules.trigger
    since = now - timedelta(days=trigger.max_age_days + trigger.delay_days)
    table: type[Order | Touchpoint | Customer]
    if trigger.by_order:
        table = Order
        recent = or_(Order.ordered_at >= since, Order.delivered_at >= since, Order.promised_on >= since.date())
        mark = update(Order).where(recent, Order.planned_revision > 0).values(planned_revision=-1)
    elif trigger.by_calendar:
        table = Customer
        mark = update(Customer).values(calendar_planned_at=None)
    else:
        table = Touchpoint
        mark = update(Touchpoint).where(Touchpoint.happened_at >= since).values(planned_revision=0)
    if below is None:
        below = (session.scalar(select(func.max(table.id))) or 0) + 1
    session.execute(
        mark.where(table.id >= below - PORTION, table.id < below).execution_options(synchronize_session=False)
    )
    return below - PORTION if below > PORTION else None


def _orders(session: Session, limit: int) -> list[tuple[Order, Customer]]:
    rows = session.execute(
        select(Order, Customer)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.planned_revision < Order.revision)
        .order_by(Order.id)
        .limit(limit)
        # Weaker than FOR UPDATE: an invitation that refers to the order need not wait, nor we for it in a circle.
        .with_for_update(skip_locked=True, key_share=True, of=Order)
    )
    return [(order, customer) for order, customer in rows]


def _touchpoints(session: Session, limit: int) -> list[tuple[Touchpoint, Customer]]:
    rows = session.execute(
        select(Touchpoint, Customer)
        .join(Customer, Customer.id == Touchpoint.customer_id)
        .where(Touchpoint.planned_revision < Touchpoint.revision)
        .order_by(Touchpoint.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=Touchpoint)
    )
    return [(touchpoint, customer) for touchpoint, customer in rows]


def _asks_about(survey: SurveyDefinition, touchpoint: Touchpoint) -> bool:
    return survey.rules.trigger.on.value == touchpoint.kind.value
