"""What managers were called about, and which weeks were looked at."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id, state_type
from feedback_service.insights.rules.alarms import Outcome, Signal

LONGEST_SERIES = 160
OPEN = "outcome = 'open'"


class Alert(Base):
    """One episode. Its series and the week that raised it make it exist once, and so be mailed once."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("series", "week"),
        CheckConstraint("(outcome = 'open') = (ended IS NULL)", name="over_with_week"),
        CheckConstraint("width > 0", name="width_positive"),
        Index("ix_alerts_open", "series", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index(None, "week"),
    )
    id: Mapped[int] = row_id()
    series: Mapped[str] = mapped_column(String(LONGEST_SERIES))
    signal: Mapped[Signal] = mapped_column(state_type(Signal))
    survey_key: Mapped[str | None] = mapped_column(ForeignKey("surveys.key"))
    subject: Mapped[str] = mapped_column(String(250))
    """What it is about, as it was called then."""
    week: Mapped[date]
    """The Monday of the week that raised it."""
    width: Mapped[int]
    """Of how many weeks together, that one the last."""
    p_value: Mapped[float] = mapped_column(Float)
    now: Mapped[dict[str, float]] = mapped_column(JSON)
    """These weeks: value, low, high and n; a number a week has no low and high."""
    usual: Mapped[dict[str, float]] = mapped_column(JSON)
    """The weeks that they were compared with, alike."""
    outcome: Mapped[Outcome] = mapped_column(state_type(Outcome), default=Outcome.OPEN)
    ended: Mapped[date | None]
    """The Monday of the week by which it was over."""
    raised_at: Mapped[datetime]


class WatchedWeek(Base):
    """A closed week that was looked at; whoever writes it is the one who tells of it."""

    __tablename__ = "watched_weeks"
    week: Mapped[date] = mapped_column(primary_key=True)
    """Its Monday."""
    at: Mapped[datetime]
    series: Mapped[int]
    """How many were looked at."""
    level: Mapped[float] = mapped_column(Float)
    """The p below which one look alarmed."""


class AlertsOff(Base):
    """A manager who wants no mails about alerts."""

    __tablename__ = "alerts_off"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    since: Mapped[datetime]
