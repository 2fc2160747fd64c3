"""Who works here."""

from datetime import datetime
from enum import StrEnum

from flask_security import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.database import Base, row_id


class RoleName(StrEnum):
    """What somebody may do; each includes the ones before it."""

    STAFF = "staff"
    MANAGER = "manager"
    ADMIN = "admin"


class Role(Base, RoleMixin):
    """A role as Flask-Security knows it."""

    __tablename__ = "roles"
    id: Mapped[int] = row_id()
    name: Mapped[str] = mapped_column(String(32), unique=True)
    description: Mapped[str] = mapped_column(String(200), default="")


class UserRole(Base):
    """Which user has which role."""

    __tablename__ = "user_roles"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id"), primary_key=True)


class User(Base, UserMixin):
    """Somebody who signs in. Never deleted, since the action log names them: `active` is switched off."""

    __tablename__ = "users"
    id: Mapped[int] = row_id()
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    roles: Mapped[list[Role]] = relationship(secondary="user_roles", lazy="joined")  # type: ignore[assignment]


class Team(Base):
    """People who share a queue."""

    __tablename__ = "teams"
    id: Mapped[int] = row_id()
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class TeamMember(Base):
    """Who is in a team, and when a case was last given to them: the round robin's memory."""

    __tablename__ = "team_members"
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    takes_cases: Mapped[bool] = mapped_column(default=True)
    last_assigned_at: Mapped[datetime | None]
