"""Who works here."""

from datetime import date, datetime
from enum import StrEnum

from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
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


class Calendar(Base):
    """When a team works. Deadlines count its hours only."""

    __tablename__ = "calendars"
    id: Mapped[int] = row_id()
    name: Mapped[str] = mapped_column(String(120), unique=True)
    zone: Mapped[str] = mapped_column(String(64))
    hours: Mapped[dict[str, list[list[str]]]] = mapped_column(JSON)
    """By weekday, "mon" to "sun", each with its spans in order, such as [["09:00", "12:30"], ["13:30", "18:00"]].

    A span that ends at "24:00" lasts until midnight, and a day that is missing is free."""
    country: Mapped[str | None] = mapped_column(String(2))
    """Whose public holidays are free, as ISO 3166 has it."""
    holidays: Mapped[list[str]] = mapped_column(JSON, default=list)
    """More free days, as ISO dates."""


class Team(Base):
    """People who share queues."""

    __tablename__ = "teams"
    id: Mapped[int] = row_id()
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendars.id"))
    """None: the team works around the clock."""
    open_to_all: Mapped[bool] = mapped_column(default=False)
    """Whether staff of other teams see its queues too."""
    calendar: Mapped[Calendar | None] = relationship()


class TeamMember(Base):
    """Who is in a team, and when a case was last given to them: the round robin's memory."""

    __tablename__ = "team_members"
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    takes_cases: Mapped[bool] = mapped_column(default=True)
    last_assigned_at: Mapped[datetime | None]


class Absence(Base):
    """When somebody is away. Cases that they have not begun move to others on the first day."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        Index(None, "user_id", "last_day"),
    )
    id: Mapped[int] = row_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    """Both in the shop's time zone, and both included."""
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who keeps the promises that fall due meanwhile."""
    entered_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime]
