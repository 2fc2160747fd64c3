"""Says where a case goes once its rule is known: which queue, whose by which rule, and how long there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Team
from feedback_service.accounts.teams import team_id
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.cases.queues.models import OwnerRule, Queue
from feedback_service.cases.queues.queries import Book
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import Route, first_minutes
from feedback_service.questionnaires.definition import Routing

HOUR = 60  # minutes


@dataclass(frozen=True)
class Place:
    """Where a case goes. A rule's own word comes first, then the queue's, then the survey's."""

    route: Route
    facts: Facts
    queue: Queue
    owner_rule: OwnerRule
    first_minutes: int
    """Business minutes, as the next."""
    resolution_minutes: int


def own_queues(session: Session, book: Book, teams: Iterable[str]) -> dict[str, Queue]:
    """The own queues of teams, by key; what is missing is founded, in an order that is the same for all workers."""
    found = dict(book.own)
    for team in sorted(set(teams) - found.keys()):
        found[team] = session.get_one(Queue, queue_of_team(session, team_id(session, team)))
    return found


def place_of(route: Route, facts: Facts, book: Book, own: Queue, routing: Routing) -> Place:
    """Where a case goes by its rule; `own` is the queue of the team that the survey names in `routing`."""
    rule = route.rule
    queue = book.queues.get(rule.queue_id, own) if rule.queue_id is not None else own
    return Place(
        route,
        facts,
        queue,
        OwnerRule(rule.owner_rule or queue.owner_rule or routing.owner),
        first_minutes(
            rule,
            facts,
            queue=queue.first_response_minutes,
            survey=routing.due_hours * HOUR,
            survey_contact=routing.contact_due_hours * HOUR,
        ),
        rule.resolution_minutes or queue.resolution_minutes,
    )


def hold_teams(session: Session, places: Sequence[Place]) -> None:
    """Lock the teams of these places until the transaction ends, in the order of their ids: whoever gives out cases
    does so before any case is held, so that no two wait for each other in a ring."""
    ids = sorted({place.queue.team_id for place in places})
    if ids:
        session.execute(select(Team.id).where(Team.id.in_(ids)).order_by(Team.id).with_for_update(key_share=True)).all()
