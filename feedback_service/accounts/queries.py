"""Reads of staff."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Team, TeamMember, User


@dataclass(frozen=True)
class Colleague:
    """Somebody as the team page shows them."""

    id: int
    name: str
    email: str
    role: str
    teams: str
    active: bool


def colleagues(session: Session) -> list[Colleague]:
    """Everybody who has an account, active ones first, by name."""
    teams: dict[int, list[str]] = {}
    for user_id, team in session.execute(
        select(TeamMember.user_id, Team.name).join(Team, Team.id == TeamMember.team_id).order_by(Team.name)
    ):
        teams.setdefault(user_id, []).append(team)
    users = session.scalars(select(User).order_by(User.active.desc(), User.name)).unique()
    return [
        Colleague(
            user.id,
            user.name,
            user.email,
            ", ".join(role.name for role in user.roles),
            ", ".join(teams.get(user.id, [])),
            user.active,
        )
        for user in users
    ]
