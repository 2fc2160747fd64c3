"""Which reports managers get by mail, and which they got."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id, state_type
from feedback_service.insights.rules.report_times import Every

RUNNING = "next_at IS NOT NULL"


class Report(Base):
    """A report that a manager gets on a morning of every week or month, until they stop it."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_of_a_week"),
        Index(None, "user_id"),
        Index("ix_reports_due", "next_at", "id", sqlite_where=text(RUNNING), postgresql_where=text(RUNNING)),
    )
    id: Mapped[int] = row_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    every: Mapped[Every] = mapped_column(state_type(Every))
    weekday: Mapped[int]
    """0 is Monday; of a month, the first one."""
    survey_keys: Mapped[list[str]] = mapped_column(JSON)
    """None of them: all surveys there are by then."""
    next_at: Mapped[datetime | None]
    """When the next one is due; None: it was stopped."""
    created_at: Mapped[datetime]


class SentReport(Base):
    """A report on one period was put into the outbox; whoever writes it is the one who does so."""

    __tablename__ = "sent_reports"
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    every: Mapped[Every] = mapped_column(state_type(Every), primary_key=True)
    """A month may begin with a week that was reported on before."""
    period: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    made_at: Mapped[datetime]
