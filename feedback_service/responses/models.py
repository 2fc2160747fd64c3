"""The answer, kept as it was given."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.customers.models import Customer
from feedback_service.database import Base, row_id, state_type
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order


class Channel(StrEnum):
    """How an answer came in."""

    MAIL = "mail"
    IMPORT = "import"


class RevisionKind(StrEnum):
    """What a later word does: until the correction window closes it counts, after that it is only kept."""

    ANSWER = "answer"
    CORRECTION = "correction"
    LATER = "later"


def _same_as_score(context: DefaultExecutionContext) -> int:
    """A new answer says one thing."""
    score: int = context.get_current_parameters()["score"]  # type: ignore[no-untyped-call]  # SQLAlchemy left it bare
    return score


class Response(Base):
    """One confirmed answer, as it stands now."""

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("invitation_id"),
        UniqueConstraint("source", "external_id"),
        CheckConstraint("score BETWEEN 0 AND 10", name="score_on_a_scale"),
        CheckConstraint("latest_score BETWEEN 0 AND 10", name="latest_score_on_a_scale"),
        CheckConstraint(
            "(channel = 'import') = (external_id IS NOT NULL AND source IS NOT NULL)", name="imported_with_origin"
        ),
        Index(None, "customer_id"),
        Index(None, "survey_key", "answered_at"),
        Index(
            "ix_responses_unassessed",
            "id",
            sqlite_where=text("assessed_revision < revision"),
            postgresql_where=text("assessed_revision < revision"),
        ),
        Index(
            "ix_responses_unrouted",
            "id",
            sqlite_where=text("routed_revision < revision"),
            postgresql_where=text("routed_revision < revision"),
        ),
    )
    id: Mapped[int] = row_id()
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    source: Mapped[str | None] = mapped_column(String(64))
    external_id: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[Channel] = mapped_column(state_type(Channel))
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    locale: Mapped[str] = mapped_column(String(16))
    score: Mapped[int]
    """What counts in every metric; settled once the correction window has closed."""
    latest_score: Mapped[int] = mapped_column(default=_same_as_score)
    """What the person says now: staff and routing go by it."""
    comment: Mapped[str] = mapped_column(Text, default="")
    wants_contact: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime]
    """When the score was first confirmed."""
    counted_on: Mapped[date]
    """The shop's day of that moment: the answer's place in every trend, whatever is corrected later."""
    revision: Mapped[int] = mapped_column(default=1)
    assessed_revision: Mapped[int] = mapped_column(default=0)
    """Written by sentiment."""
    routed_revision: Mapped[int] = mapped_column(default=0)
    """Written by cases."""
    invitation: Mapped[Invitation | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    order: Mapped[Order | None] = relationship()


class ResponseRevision(Base):
    """Everything a person ever sent for one answer, in order."""

    __tablename__ = "response_revisions"
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RevisionKind] = mapped_column(state_type(RevisionKind))
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    wants_contact: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]


class ResponseChange(Base):
    """A delta for the rollups, written in the answering transaction; insights folds it and deletes it."""

    __tablename__ = "response_changes"
    id: Mapped[int] = row_id()
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"))
    day: Mapped[date]
    """In the business time zone."""
    score: Mapped[int]
    imported: Mapped[bool]
    delta: Mapped[int]
