"""Says where a case goes once its rule is known: which queue, whose by which rule, and how long there is."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback_service.accounts.teams import team_id
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.cases.queues.models import OwnerRule, Queue
from feedback_service.cases.queues.queries import Book, book
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import Route, first_minutes
from feedback_service.questionnaires.definition import Routing
from feedback_service.questionnaires.queries import published_surveys

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


def place_by_hand(session: Session, route: Route, facts: Facts, routing: Routing) -> Place:
    """Where one case goes that a colleague opens, whatever the rules say."""
    found = book(session)
    return place_of(route, facts, found, own_queues(session, found, [routing.team])[routing.team], routing)


def routing_of(session: Session, survey_key: str | None = None) -> Routing:
    """Who sees to a survey's cases; where no survey is known, who sees to those of the first one."""
    surveys = published_surveys(session)
    named = min(surveys, default="") if survey_key is None else survey_key
    return surveys[named].definition.rules.routing if named in surveys else Routing()
