"""Reads of queues and rules: what routing goes by, loaded once per batch, and what the managers' pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased, selectinload

from feedback_service.accounts.models import Absence, Calendar, Team, User
from feedback_service.cases.count_up_to import count_up_to
from feedback_service.cases.models import PRESENT, Case, CaseOrigin
from feedback_service.cases.queues.models import Queue, RoutingRule
from feedback_service.cases.queues.read_file import shipped_routing
from feedback_service.cases.rules.conditions import read_conditions
from feedback_service.cases.rules.routing import Rule
from feedback_service.questionnaires.models import Survey
from feedback_service.responses.models import Response


@dataclass(frozen=True)
class Book:
    """The rules that are switched on, in their order, and all queues."""

    rules: tuple[Rule, ...]
    queues: Mapping[int, Queue]
    own: Mapping[str, Queue]
    """A team's own queue, by the key of both."""


def book(session: Session) -> Book:
    """What routing goes by at this moment."""
    queues = session.execute(select(Queue, Team.key).join(Team, Team.id == Queue.team_id)).all()
    return Book(
        rules=tuple(active_rules(session)),
        queues={queue.id: queue for queue, _ in queues},
        own={queue.key: queue for queue, team in queues if queue.key == team},
    )


def active_rules(session: Session) -> list[Rule]:
    """The rules that are switched on, in their order.

    An installation that never took any in goes by those that come with the service: nobody is left unheard for it.
    """
    rows = session.scalars(select(RoutingRule).order_by(RoutingRule.position)).all()
    if not rows:
        return [entry.rule for entry in shipped_routing().rules if entry.active]
    return [rule_of(row) for row in rows if row.active]


def rule_of(row: RoutingRule) -> Rule:
    """A rule as the rules know it. Raises ConditionsError where its conditions are no longer known."""
    return Rule(
        id=row.id,
        name=row.name,
        conditions=read_conditions(row.conditions, f"The rule “{row.name}”"),
        kind=row.kind,
        points=row.points,
        queue_id=row.queue_id,
        owner_rule=row.owner_rule,
        first_response_minutes=row.first_response_minutes,
        resolution_minutes=row.resolution_minutes,
        tells_managers=row.tells_managers,
    )


def rules_in_order(session: Session) -> list[RoutingRule]:
    """All rules, switched on or not, with their queues."""
    return list(
        session.scalars(select(RoutingRule).options(selectinload(RoutingRule.queue)).order_by(RoutingRule.position))
    )


def all_queues(session: Session) -> list[Queue]:
    """All queues with their teams and calendars, by name."""
    loaded = selectinload(Queue.team).selectinload(Team.calendar)
    return list(session.scalars(select(Queue).options(loaded).order_by(Queue.name)))


def open_by_queue(session: Session) -> dict[int, int]:
    """How many cases are to be seen to, by queue, counted up to COUNT_CAP."""
    queues = session.scalars(select(Queue.id)).all()
    return {queue: count_up_to(session, select(Case.id).where(Case.queue_id == queue, PRESENT)) for queue in queues}


def all_calendars(session: Session) -> list[Calendar]:
    """All calendars, by name."""
    return list(session.scalars(select(Calendar).order_by(Calendar.name)))


def people_by_address(session: Session) -> dict[str, int]:
    """The ids of everybody who works here, by e-mail address."""
    rows = session.execute(select(User.email, User.id).where(User.active).order_by(User.name))
    return {row.email: row.id for row in rows}


def people_named(session: Session) -> list[tuple[str, str]]:
    """Everybody who works here, as a list offers them: id and name."""
    rows = session.execute(select(User.id, User.name).where(User.active).order_by(User.name, User.id))
    return [(str(row.id), row.name) for row in rows]


@dataclass(frozen=True)
class AbsenceLine:
    """An absence as the list shows it."""

    id: int
    name: str
    first_day: date
    last_day: date
    taker: str


def absences_from(session: Session, today: date) -> list[AbsenceLine]:
    """Those that are not over, the next ones first."""
    away, taker = aliased(User), aliased(User)
    rows = session.execute(
        select(Absence.id, away.name, Absence.first_day, Absence.last_day, taker.name.label("taker"))
        .join(away, away.id == Absence.user_id)
        .outerjoin(taker, taker.id == Absence.taker_id)
        .where(Absence.last_day >= today)
        .order_by(Absence.first_day, Absence.id)
    )
    return [AbsenceLine(row.id, row.name, row.first_day, row.last_day, row.taker or "") for row in rows]


@dataclass(frozen=True)
class ExampleLine:
    """An answer that a tried rule would have decided."""

    score: int
    survey: str
    comment: str
    answered_at: datetime
    case_id: int | None


def examples_of(session: Session, response_ids: Sequence[int]) -> list[ExampleLine]:
    """These answers with the case that grew from each, the newest first."""
    rows = session.execute(
        select(Response.latest_score, Survey.rules, Response.comment, Response.answered_at, Case.id)
        .join(Survey, Survey.key == Response.survey_key)
        .outerjoin(Case, and_(Case.response_id == Response.id, Case.origin_kind == CaseOrigin.RESPONSE))
        .where(Response.id.in_(response_ids))
        .order_by(Response.answered_at.desc())
    )
    return [ExampleLine(score, rules["title"], said, at, case_id) for score, rules, said, at, case_id in rows]
