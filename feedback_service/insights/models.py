"""Counts kept ready, so that a trend does not read every answer again."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.cases.inbox.dimensions import LONGEST_VALUE
from feedback_service.database import Base


class DailyScore(Base):
    """How often a score was given on a day (business time zone), folded from `response_changes`."""

    __tablename__ = "daily_scores"
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    imported: Mapped[bool] = mapped_column(primary_key=True)
    count: Mapped[int]


class DailySegment(Base):
    """How often a score was given on a day by those of one value of one dimension; of two dimensions, nothing is kept.

    Counted anew for the whole day whenever one of its answers changed (see segments/recount.py).
    """

    __tablename__ = "daily_segments"
    __table_args__ = (Index(None, "survey_key", "dimension", "day"),)
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(LONGEST_VALUE), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class CountedMonth(Base):
    """A month of a survey that has counts; a fresh one's days are also summed up (see sum_months.py).

    One that is not is read day by day.
    """

    __tablename__ = "counted_months"
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    last: Mapped[date]
    """Its last day."""
    fresh: Mapped[bool]


class MonthlyScore(Base):
    """The daily scores of a month, summed up, so that a trend over years need not read every day."""

    __tablename__ = "monthly_scores"
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    imported: Mapped[bool] = mapped_column(primary_key=True)
    count: Mapped[int]


class MonthlySegment(Base):
    """The daily segments of a month, summed up."""

    __tablename__ = "monthly_segments"
    __table_args__ = (Index(None, "survey_key", "dimension", "month"),)
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(LONGEST_VALUE), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class StaleDay(Base):
    """A day of a survey whose segments are to be counted anew; until then they are read from its answers."""

    __tablename__ = "stale_days"
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class Fold(Base):
    """The only row counts how often changes were folded; it is there from the beginning."""

    __tablename__ = "folds"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
