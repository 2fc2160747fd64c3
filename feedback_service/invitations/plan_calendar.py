"""Plans the turns of the calendar: one waiting turn for each person and calendar survey, and after it the next.

Locks people first and waits for no decision: a turn that is being decided at this moment is left alone, and whoever
decides it has its person looked at again.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.customers.models import Customer
from feedback_service.invitations.events import Event, about_person
from feedback_service.invitations.keep_plans import keep_plans
from feedback_service.invitations.models import Decision, DecisionState
from feedback_service.orders.models import Order
from feedback_service.questionnaires.definition import SurveyDefinition
from feedback_service.questionnaires.queries import published_surveys


def plan_calendar(session: Session, now: datetime, limit: int, *, shop_zone: ZoneInfo) -> int:
    """Look at people whose next turns are not planned; returns how many were looked at."""
    people = session.scalars(
        select(Customer)
        .where(Customer.calendar_planned_at.is_(None))
        .order_by(Customer.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    if not people:
        return 0
    surveys = [survey.definition for survey in published_surveys(session).values()]
    by_calendar = [survey for survey in surveys if survey.rules.trigger.by_calendar and survey.rules.asks]
    if by_calendar:
        keep_plans(session, _movable(session, list(_events(session, by_calendar, people, shop_zone, now)), now), now)
    for person in people:
        person.calendar_planned_at = now
    session.flush()
    return len(people)


def look_at_again(session: Session, people: Collection[int]) -> None:
    """Have the next turns of these people planned anew. Locks them by id, so that nobody waits in a ring."""
    if not people:
        return
    session.scalars(
        select(Customer.id).where(Customer.id.in_(people)).order_by(Customer.id).with_for_update(key_share=True)
    ).all()
    # Said in any case, and not only where it is news: another worker may just have planned by what is now the past.
    session.execute(update(Customer).where(Customer.id.in_(people)).values(calendar_planned_at=None))


def _events(
    session: Session, surveys: Sequence[SurveyDefinition], people: Sequence[Customer], zone: ZoneInfo, now: datetime
) -> Iterable[Event]:
    rows = session.execute(
        select(Order.customer_id, func.min(Order.ordered_at))
        .where(Order.customer_id.in_([person.id for person in people]))
        .group_by(Order.customer_id)
    )
    first_purchases = dict(rows.all())
    for survey in surveys:
        for person in people:
            event = about_person(survey, person, first_purchases.get(person.id), zone, now)
            if event is not None:
                yield event


def _movable(session: Session, events: Sequence[Event], now: datetime) -> list[Event]:
    """The events whose place is free; a turn that waits takes the new day's key where the rules moved it.

    A turn whose day has come stays, whatever holds it back: the next one is planned when it is decided.
    """
    wanted = {(event.survey.key, event.customer.id): event for event in events}
    waiting = session.scalars(
        select(Decision)
        .where(
            Decision.state == DecisionState.WAITING,
            Decision.customer_id.in_({customer_id for _, customer_id in wanted}),
            Decision.order_id.is_(None),
            Decision.touchpoint_id.is_(None),
        )
        .order_by(Decision.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    taken = _taken(session, events)
    for decision in waiting:
        event = wanted.get((decision.survey_key, decision.customer_id))
        if event is None or decision.event_key == event.key:
            continue
        if (decision.event_at and decision.event_at <= now) or (decision.survey_key, event.key) in taken:
            del wanted[decision.survey_key, decision.customer_id]
        else:
            decision.event_key = event.key
    session.flush()
    return list(wanted.values())


def _taken(session: Session, events: Sequence[Event]) -> set[tuple[str, str]]:
    """The places that some decision has already."""
    rows = session.execute(
        select(Decision.survey_key, Decision.event_key).where(
            Decision.survey_key.in_({event.survey.key for event in events}),
            Decision.event_key.in_({event.key for event in events}),
        )
    )
    return {(survey_key, event_key) for survey_key, event_key in rows}
