"""What the words say, what staff say they say, and how often the two agree."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.accounts.models import User
from feedback_service.database import Base, row_id, state_type
from feedback_service.sentiment.analyzer import SentimentLabel

WEEKLY_CHECKS = 25  # comments a week, a quarter of an hour's reading; 200 are there within two months


class Contradiction(StrEnum):
    """Score and words that do not go together."""

    GOOD_SCORE_BAD_WORDS = "good_score_bad_words"
    BAD_SCORE_GOOD_WORDS = "bad_score_good_words"


class ThemeSource(StrEnum):
    """Who says that a comment is about a theme."""

    WORDS = "words"
    """Words and phrases of the shop's list."""
    HEAD = "head"
    """A model that learned it from what staff corrected."""
    STAFF = "staff"


class CheckedLabel(StrEnum):
    """What somebody who read a comment may call it; a person always can tell."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"


class Assessment(Base):
    """How the comment of one answer was understood, by which model; `label` is staff's where they corrected it."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("(model_label = 'unscored') = (polarity IS NULL)", name="unscored_without_polarity"),
        CheckConstraint("(polarity IS NULL) = (p_neg + p_neu + p_pos IS NULL)", name="polarity_with_probabilities"),
        CheckConstraint("polarity BETWEEN -1 AND 1", name="polarity_range"),
        CheckConstraint(
            "p_neg BETWEEN 0 AND 1 AND p_neu BETWEEN 0 AND 1 AND p_pos BETWEEN 0 AND 1", name="probability_range"
        ),
        Index(None, "assessed_at"),
        Index(None, "model_version", "response_id"),
        Index(
            "ix_assessments_contradicting",
            "response_id",
            sqlite_where=text("contradiction IS NOT NULL"),
            postgresql_where=text("contradiction IS NOT NULL"),
        ),
    )
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True, autoincrement=False)
    response_revision: Mapped[int]
    label: Mapped[SentimentLabel] = mapped_column(state_type(SentimentLabel))
    """What counts."""
    model_label: Mapped[SentimentLabel] = mapped_column(state_type(SentimentLabel, "model_label"))
    p_neg: Mapped[float | None]
    p_neu: Mapped[float | None]
    p_pos: Mapped[float | None]
    polarity: Mapped[float | None]
    """The model's, P(positive) - P(negative)."""
    subjectivity: Mapped[float | None]
    language: Mapped[str] = mapped_column(String(16))
    """Detected, or as staff say."""
    reason: Mapped[str] = mapped_column(Text)
    words: Mapped[list[list[str | float]]] = mapped_column(JSON)
    """Pairs of word and weight, strongest first."""
    model_version: Mapped[str] = mapped_column(String(64))
    """Of the model that decided, or that declined to."""
    contradiction: Mapped[Contradiction | None] = mapped_column(state_type(Contradiction))
    alerts: Mapped[list[str]] = mapped_column(JSON)
    """Kinds of safety.py that the words touch, in its order."""
    assessed_at: Mapped[datetime]


class CommentTheme(Base):
    """One of the things that a comment is about."""

    __tablename__ = "comment_themes"
    __table_args__ = (
        CheckConstraint("polarity BETWEEN -1 AND 1", name="polarity_range"),
        Index(None, "theme_key", "response_id"),
    )
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True, autoincrement=False)
    theme_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    polarity: Mapped[float | None]
    """Of what is said about it; None where nobody can tell."""
    source: Mapped[ThemeSource] = mapped_column(state_type(ThemeSource))


class Correction(Base):
    """What a colleague says a comment says. Rows are only added; the newest about the same words counts."""

    __tablename__ = "corrections"
    __table_args__ = (Index(None, "response_id", "id"),)
    id: Mapped[int] = row_id()
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"))
    response_revision: Mapped[int]
    words_hash: Mapped[str] = mapped_column(String(64))
    """Of the words that were corrected: others are judged anew."""
    label: Mapped[CheckedLabel | None] = mapped_column(state_type(CheckedLabel))
    """None: as the model says. The same for language and themes."""
    language: Mapped[str | None] = mapped_column(String(16))
    themes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]


class Rescoring(Base):
    """A run over all comments with the models of its day. What is left of one that was killed is done by the next."""

    __tablename__ = "rescorings"
    id: Mapped[int] = row_id()
    models: Mapped[str] = mapped_column(Text)
    """Their versions; with others, all of it begins anew."""
    begun_at: Mapped[datetime]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    done_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last answer that was read again, in the order of ids."""
    finished_at: Mapped[datetime | None]


class CheckWeek(Base):
    """A week whose sample has been drawn: whoever writes this row draws it, and nobody draws it again."""

    __tablename__ = "check_weeks"
    week: Mapped[date] = mapped_column(primary_key=True)
    """Its Monday, in the shop's time zone."""
    scored: Mapped[int]
    """Comments that a model scored in it, from which the sample was drawn."""
    drawn_at: Mapped[datetime]


class BlindCheck(Base):
    """A comment of a week's random sample, to be labelled by somebody who does not see what the model said."""

    __tablename__ = "blind_checks"
    __table_args__ = (
        UniqueConstraint("week", "place"),
        CheckConstraint(f"place BETWEEN 1 AND {WEEKLY_CHECKS}", name="place_in_the_sample"),
        CheckConstraint(
            "(label IS NULL) = (checked_at IS NULL) AND (label IS NULL) = (checked_by IS NULL)",
            name="checked_by_somebody",
        ),
        CheckConstraint("model_label <> 'unscored'", name="scored"),
        Index(
            "ix_blind_checks_waiting",
            "week",
            "place",
            sqlite_where=text("checked_at IS NULL"),
            postgresql_where=text("checked_at IS NULL"),
        ),
    )
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True, autoincrement=False)
    week: Mapped[date] = mapped_column(ForeignKey(CheckWeek.week))
    place: Mapped[int]
    """In the draw: with the week it is unique, so that a sample never grows."""
    model_label: Mapped[SentimentLabel] = mapped_column(state_type(SentimentLabel))
    model_version: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    label: Mapped[CheckedLabel | None] = mapped_column(state_type(CheckedLabel))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    checked_at: Mapped[datetime | None]
