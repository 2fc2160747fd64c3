"""Whose turn it is."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Team, TeamMember, User
from feedback_service.database import insert_new

TICK = timedelta(microseconds=1)  # the least that both databases tell apart


def team_id(session: Session, key: str) -> int:
    """The id of a team; a team that rules name and nobody founded yet is founded, so that no case is homeless."""
    session.execute(insert_new(session, Team).values(key=key, name=key.replace("_", " ").capitalize()))
    return session.scalars(select(Team.id).where(Team.key == key)).one()


def next_in_turn(session: Session, team: int, now: datetime, *, without: Collection[int] = ()) -> int | None:
    """The member of a team who has waited longest for a case, now marked as having got one; None in an empty team.

    Nobody of `without` gets one, for being away.

    The team's row is locked until the transaction ends: two workers that looked at once would give both cases to one.
    """
    session.execute(select(Team.id).where(Team.id == team).with_for_update(key_share=True))  # new cases may refer to it
    waited_longest = session.scalar(
        select(TeamMember.user_id)
        .join(User, User.id == TeamMember.user_id)
        .where(
            TeamMember.team_id == team,
            TeamMember.takes_cases,
            User.active,
            TeamMember.user_id.not_in(sorted(without)),
        )
        .order_by(TeamMember.last_assigned_at.asc().nulls_first(), TeamMember.user_id)
        .limit(1)
    )
    if waited_longest is not None:
        session.execute(
            update(TeamMember)
            .where(TeamMember.team_id == team, TeamMember.user_id == waited_longest)
            .values(last_assigned_at=_after_all_turns(session, team, now))
        )
    return waited_longest


def _after_all_turns(session: Session, team: int, now: datetime) -> datetime:
    """Now, or just after the latest turn: many cases share one `now`, and a clock may be put back."""
    latest = session.scalar(select(func.max(TeamMember.last_assigned_at)).where(TeamMember.team_id == team))
    return now if latest is None else max(now, latest + TICK)
