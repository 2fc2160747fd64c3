"""Founds what a rule or a survey names and nobody made yet, so that no case is homeless."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Team
from feedback_service.cases.queues.models import Queue
from feedback_service.database import insert_new

RESOLUTION_MINUTES = 72 * 60


def queue_of_team(session: Session, team_id: int) -> int:
    """The id of a team's own queue, which has the team's key."""
    team = session.get_one(Team, team_id)
    session.execute(
        insert_new(session, Queue).values(
            key=team.key,
            name=team.name,
            team_id=team.id,
            owners={},
            resolution_minutes=RESOLUTION_MINUTES,
            needs_root_cause=True,
            needs_what_was_done=True,
            needs_reached=True,
            ladder=[],
        )
    )
    return session.scalars(select(Queue.id).where(Queue.key == team.key)).one()
