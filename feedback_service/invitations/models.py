"""Who is asked, when, and why not."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.customers.models import Customer
from feedback_service.database import Base, row_id, state_type
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.orders.models import Order


class DecisionState(StrEnum):
    """A decision waits for its time, then is made once."""

    WAITING = "waiting"
    INVITED = "invited"
    SKIPPED = "skipped"


class LinkScope(StrEnum):
    """What a personal link allows; one kind never opens another's door."""

    ANSWER = "answer"
    UNSUBSCRIBE = "unsubscribe"


class GoLive(Base):
    """The one row that starts sending. Without it nobody is asked; orders placed before `at` never are."""

    __tablename__ = "go_live"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    at: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(254))


class Decision(Base):
    """Whether one event makes one survey ask somebody: planned, then invited, or skipped with its reason."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("survey_key", "event_key"),
        CheckConstraint("(state = 'skipped') = (reason IS NOT NULL)", name="skipped_with_reason"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_time"),
        Index(
            "ix_decisions_due",
            "due_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "customer_id"),
        Index(None, "order_id"),
    )
    id: Mapped[int] = row_id()
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"))
    event_key: Mapped[str] = mapped_column(String(200))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    event_at: Mapped[datetime | None]
    """When the trigger was reached; unknown while, say, neither delivery nor promise is known."""
    due_at: Mapped[datetime | None]
    state: Mapped[DecisionState] = mapped_column(state_type(DecisionState))
    reason: Mapped[SkipReason | None] = mapped_column(state_type(SkipReason))
    decided_at: Mapped[datetime | None]
    order: Mapped[Order] = relationship()
    customer: Mapped[Customer] = relationship()


class Invitation(Base):
    """One person, asked once about one event, with the exact words of one survey version."""

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("survey_key", "event_key"),
        Index(None, "customer_id"),
        Index(None, "order_id"),
        Index(
            "ix_invitations_unqueued",
            "id",
            sqlite_where=text("queued_at IS NULL"),
            postgresql_where=text("queued_at IS NULL"),
        ),
    )
    id: Mapped[int] = row_id()
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    """Random; what personal links are made from."""
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"))
    event_key: Mapped[str] = mapped_column(String(200))
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_versions.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    address_hash: Mapped[str] = mapped_column(ForeignKey("addresses.hash"))
    """Whose patience was used: what they forbid holds for this address, whatever the shop writes down later."""
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    locale: Mapped[str] = mapped_column(String(16))
    link_generation: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    """Written by delivery, once there is a message for it."""
    answered_at: Mapped[datetime | None]
    """Written by responses."""
    customer: Mapped[Customer] = relationship()
    order: Mapped[Order] = relationship()


class InvitationLink(Base):
    """The hash of a personal link: enough to recognise it, useless to whoever steals it."""

    __tablename__ = "invitation_links"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), index=True)
    scope: Mapped[LinkScope] = mapped_column(state_type(LinkScope))
