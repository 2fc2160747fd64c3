"""Keeps staff: who signs in, as what, and in which team."""

import re
import secrets
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedback_service.accounts.models import Role, RoleName, TeamMember, User
from feedback_service.accounts.teams import team_id
from feedback_service.database import insert_new

SHORTEST_PASSWORD = 10  # characters
LONGEST_NAME = 120
TEAM_KEY = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class AccountError(ValueError):
    """An account that cannot be made as asked; the message says why."""


def add_user(
    session: Session, *, email: str, name: str, password: str, role: RoleName, team: str | None, now: datetime
) -> User:
    """Make an account. Raises AccountError, in a sentence, for whatever cannot be."""
    email = sign_in_address(email)
    if session.scalar(select(User.id).where(User.email == email)):
        raise AccountError(f"{email} has an account already.")
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise AccountError(f"The name needs 1 to {LONGEST_NAME} characters.")
    if team and not TEAM_KEY.fullmatch(team):
        raise AccountError("Use the team's key in small letters, such as care.")
    user = User(
        email=email,
        name=name,
        password=hash_password(password),
        fs_uniquifier=secrets.token_hex(32),
        created_at=now,
        roles=[_role(session, role)],
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError:  # another admin was a moment faster
        session.rollback()
        raise AccountError(f"{email} has an account already.") from None
    if team:
        session.add(TeamMember(team_id=team_id(session, team), user_id=user.id))
        session.flush()
    return user


def sign_in_address(text: str) -> str:
    """An address in the one form in which it is kept and compared. Raises AccountError where it is none."""
    try:
        address = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise AccountError(f"{text} is no e-mail address: {error}") from None
    return address.normalized.lower()


def _role(session: Session, name: RoleName) -> Role:
    session.execute(insert_new(session, Role).values(name=name, description=""))
    return session.scalars(select(Role).where(Role.name == name)).one()


def set_active(session: Session, user_id: int, *, active: bool) -> None:
    """Let somebody in, or out: whoever is out has no session any more and gets no more cases."""
    user = session.get_one(User, user_id)
    user.active = active
    user.fs_uniquifier = secrets.token_hex(32)
