"""What is asked, kept as it was when it was asked."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id, state_type


class SurveyKind(StrEnum):
    """The scale of the score question."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    """Customer effort: how easy it was."""
    ENPS = "enps"
    """Employees; anonymous."""


class VersionState(StrEnum):
    """A version is made by publishing, and retired by its successor. A draft is none yet: it lies on the survey."""

    PUBLISHED = "published"
    RETIRED = "retired"


class Survey(Base):
    """A touchpoint. Its metric key outlives every wording; its rules lie outside the versions."""

    __tablename__ = "surveys"
    __table_args__ = (
        CheckConstraint(
            "(draft IS NULL) = (draft_by IS NULL) AND (draft IS NULL) = (draft_at IS NULL)", name="draft_by_somebody"
        ),
    )
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[SurveyKind] = mapped_column(state_type(SurveyKind))
    metric: Mapped[str] = mapped_column(String(64))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What waits to be published, rules and words alike, whoever wrote it; may be half finished (see drafts.py)."""
    draft_by: Mapped[str | None] = mapped_column(String(254))
    """Who wrote last: a file, or a manager, by address."""
    draft_at: Mapped[datetime | None]
    file_hash: Mapped[str | None] = mapped_column(String(64))
    """What the survey's file said when it was last taken in: only a file that changed since becomes a draft."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts how often the rules changed."""
    planned_revision: Mapped[int] = mapped_column(default=0)
    """Written by invitations: the rules by which recent events were last planned."""
    replan_below: Mapped[int | None] = mapped_column(BigInteger)
    """Written by invitations: how far down, by id, they have come with planning by new rules; None before and after."""


class SurveyVersion(Base):
    """The questions and every locale's wording, word for word, under the hash of their content."""

    __tablename__ = "survey_versions"
    __table_args__ = (
        UniqueConstraint("survey_key", "content_hash"),
        Index(
            "ix_survey_versions_one_published",
            "survey_key",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )
    id: Mapped[int] = row_id()
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"))
    content_hash: Mapped[str] = mapped_column(String(64))
    structure_hash: Mapped[str] = mapped_column(String(64))
    structure: Mapped[str] = mapped_column(Text)
    """Canonical JSON of the questions."""
    state: Mapped[VersionState] = mapped_column(state_type(VersionState))
    created_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(254), default="file")
    """Whose words they are: a file's, or of a manager, by address."""


class SurveyWording(Base):
    """One locale's words of one version."""

    __tablename__ = "survey_wordings"
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_versions.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    wording_hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)
    """Canonical JSON of the words."""
