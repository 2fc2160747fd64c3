"""Keeps staff: who signs in, as what, and in which team."""

import secrets
from datetime import datetime

from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, RoleName, TeamMember, User
from feedback_service.accounts.teams import team_id
from feedback_service.database import insert_new

SHORTEST_PASSWORD = 10  # characters


class AccountError(ValueError):
    """An account that cannot be made as asked; the message says why."""


def add_user(
    session: Session, *, email: str, name: str, password: str, role: RoleName, team: str | None, now: datetime
) -> User:
    """Make an account. Raises AccountError for a known address or a short password."""
    if session.scalar(select(User.id).where(User.email == email)):
        raise AccountError(f"{email} has an account already.")
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    user = User(
        email=email,
        name=name,
        password=hash_password(password),
        fs_uniquifier=secrets.token_hex(32),
        created_at=now,
        roles=[_role(session, role)],
    )
    session.add(user)
    session.flush()
    if team:
        session.add(TeamMember(team_id=team_id(session, team), user_id=user.id))
        session.flush()
    return user


def _role(session: Session, name: RoleName) -> Role:
    session.execute(insert_new(session, Role).values(name=name, description=""))
    return session.scalars(select(Role).where(Role.name == name)).one()


def set_active(session: Session, user_id: int, *, active: bool) -> None:
    """Let somebody in, or out: whoever is out has no session any more and gets no more cases."""
    user = session.get_one(User, user_id)
    user.active = active
    user.fs_uniquifier = secrets.token_hex(32)
