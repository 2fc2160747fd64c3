"""Counts kept ready, so that a trend does not read every answer again."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base


class DailyScore(Base):
    """How often a score was given on a day (business time zone), folded from `response_changes`."""

    __tablename__ = "daily_scores"
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    imported: Mapped[bool] = mapped_column(primary_key=True)
    count: Mapped[int]
