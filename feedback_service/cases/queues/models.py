"""Queues, and the rules by which cases come into them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.accounts.models import Team
from feedback_service.database import Base, row_id, state_type


class OwnerRule(StrEnum):
    """Who gets a new case."""

    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    BY_ATTRIBUTE = "by_attribute"
    """Whoever is named for the order's value of an attribute, such as a region."""
    ACCOUNT_OWNER = "account_owner"
    """Whoever worked on the customer's last case."""
    UNASSIGNED = "unassigned"


class Queue(Base):
    """Cases that one team answers for, with its deadlines and what closing one takes."""

    __tablename__ = "queues"
    __table_args__ = (
        CheckConstraint("first_response_minutes IS NULL OR first_response_minutes > 0", name="first_response_positive"),
        CheckConstraint("resolution_minutes > 0", name="resolution_positive"),
        CheckConstraint("owner_rule <> 'by_attribute' OR owner_attribute IS NOT NULL", name="attribute_named"),
    )
    id: Mapped[int] = row_id()
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    owner_rule: Mapped[OwnerRule | None] = mapped_column(state_type(OwnerRule))
    """None: as the survey says that the answer came from."""
    owner_attribute: Mapped[str | None] = mapped_column(String(64))
    owners: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """For owners by attribute: user id by value, in small letters."""
    first_response_minutes: Mapped[int | None]
    """In business time of the team, as all deadlines; None: as the survey says."""
    resolution_minutes: Mapped[int] = mapped_column(default=72 * 60)
    needs_root_cause: Mapped[bool] = mapped_column(default=True)
    needs_what_was_done: Mapped[bool] = mapped_column(default=True)
    needs_reached: Mapped[bool] = mapped_column(default=True)
    """Whether closing says if the customer was reached."""
    ladder: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Rungs in order, each {"step": "remind" | "reassign" | "manager", "of": "first_response" | "resolution",
    "minutes": business minutes after that deadline, negative before it, "number": by which cases remember it}."""
    rungs_numbered: Mapped[int] = mapped_column(default=0)
    """The highest number that a rung of this queue ever had."""
    team: Mapped[Team] = relationship()


class SilenceLook(Base):
    """A day on which somebody looked for valuable buyers who fell silent: whoever writes the row looks."""

    __tablename__ = "silence_looks"
    day: Mapped[date] = mapped_column(primary_key=True)
    """In the shop's time zone."""
    looked_to: Mapped[datetime]
    """Invitations up to then were looked at; the next look begins there."""


class RoutingRule(Base):
    """Which answers open a case, and in which queue: the first rule that matches decides."""

    __tablename__ = "routing_rules"
    __table_args__ = (CheckConstraint("points BETWEEN 0 AND 3", name="points_range"),)
    id: Mapped[int] = row_id()
    position: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    """Stands on every case that it opens."""
    active: Mapped[bool] = mapped_column(default=True)
    conditions: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What must hold, all of it; rules/conditions.py reads it."""
    kind: Mapped[str | None] = mapped_column(String(32))
    """The kind of case it opens; None: it opens none, and keeps the rules below from doing so."""
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("queues.id"))
    """None: the queue of the team that the survey names."""
    owner_rule: Mapped[OwnerRule | None] = mapped_column(state_type(OwnerRule))
    points: Mapped[int] = mapped_column(default=0)
    """Added to the priority."""
    tells_managers: Mapped[bool] = mapped_column(default=False)
    """Whether managers hear at once of every case that it opens."""
    first_response_minutes: Mapped[int | None]
    resolution_minutes: Mapped[int | None]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: as it came with the service."""
    changed_at: Mapped[datetime]
    queue: Mapped[Queue | None] = relationship()
