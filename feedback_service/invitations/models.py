"""Who is asked, when, and why not."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.customers.models import Customer
from feedback_service.database import Base, row_id, state_type
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.invitations.rules.sending_hours import Deferral
from feedback_service.invitations.rules.visits import VisitSuspicion
from feedback_service.orders.models import Order, Touchpoint


class DecisionState(StrEnum):
    """A decision waits for its time, then is made once."""

    WAITING = "waiting"
    INVITED = "invited"
    SKIPPED = "skipped"


class StepKind(StrEnum):
    """What happened to a decision on its way."""

    PLANNED = "planned"
    MOVED = "moved"
    """The order changed, or a rule."""
    DEFERRED = "deferred"
    INVITED = "invited"
    SKIPPED = "skipped"


class LinkScope(StrEnum):
    """What a personal link allows; one kind never opens another's door."""

    ANSWER = "answer"
    UNSUBSCRIBE = "unsubscribe"
    """The preference page too: whoever may forbid everything may forbid a part."""
    STATUS = "status"
    """What happened to my feedback: lives on when answering has ended."""
    WITHDRAW = "withdraw"
    """Erases the answer; known from the moment it is asked for, and mailed to the person's own address."""


class GoLive(Base):
    """The one row that starts sending. Without it nobody is asked; what happened before `at` is never asked about."""

    __tablename__ = "go_live"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    at: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(254))
    opt_outs_settled: Mapped[bool] = mapped_column(default=False)
    """Somebody confirmed that earlier opt-outs were taken in, or that there are none."""
    paused_at: Mapped[datetime | None]
    """While it is set nobody is asked and nothing is mailed; what waits goes on waiting."""


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
        Index(
            "ix_decisions_skipped",
            "survey_key",
            "decided_at",
            "reason",
            sqlite_where=text("state = 'skipped'"),
            postgresql_where=text("state = 'skipped'"),
        ),
        CheckConstraint("order_id IS NULL OR touchpoint_id IS NULL", name="one_event"),
        Index(None, "customer_id"),
        Index(None, "order_id"),
        Index(None, "touchpoint_id"),
    )
    id: Mapped[int] = row_id()
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"))
    event_key: Mapped[str] = mapped_column(String(255))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey("touchpoints.id"))
    """Both empty: the calendar asks."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    event_at: Mapped[datetime | None]
    """When the trigger was reached; unknown while, say, neither delivery nor promise is known."""
    due_at: Mapped[datetime | None]
    """When it is decided: as planned, or later where hours, a holiday or a cap moved it."""
    planned_due_at: Mapped[datetime | None]
    """As the trigger alone has it."""
    state: Mapped[DecisionState] = mapped_column(state_type(DecisionState))
    reason: Mapped[SkipReason | None] = mapped_column(state_type(SkipReason))
    decided_at: Mapped[datetime | None]
    order: Mapped[Order | None] = relationship()
    touchpoint: Mapped[Touchpoint | None] = relationship()
    customer: Mapped[Customer] = relationship()


class DecisionStep(Base):
    """One thing that happened to a decision, with the rule as it was then: what `feedback explain` reads out."""

    __tablename__ = "decision_steps"
    __table_args__ = (Index(None, "decision_id"),)
    id: Mapped[int] = row_id()
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    at: Mapped[datetime]
    kind: Mapped[StepKind] = mapped_column(state_type(StepKind))
    reason: Mapped[SkipReason | None] = mapped_column(state_type(SkipReason))
    deferral: Mapped[Deferral | None] = mapped_column(state_type(Deferral))
    due_at: Mapped[datetime | None]
    """When it is, or was, to be decided after this step."""
    rule: Mapped[str] = mapped_column(Text)
    """The rule behind it, in words for staff."""


class DailyAsks(Base):
    """How many people a survey with a daily cap asked on one day of the shop's: counted by conditional update."""

    __tablename__ = "daily_asks"
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    asked: Mapped[int] = mapped_column(default=0)


class Invitation(Base):
    """One person, asked once about one event, with the exact words of one survey version."""

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("survey_key", "event_key"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_by IS NULL)", name="cancelled_by_somebody"),
        Index(None, "customer_id"),
        Index(None, "order_id"),
        Index(None, "address_hash"),
        Index(None, "created_at"),
        Index(
            "ix_invitations_touchpoint_id",
            "touchpoint_id",
            sqlite_where=text("touchpoint_id IS NOT NULL"),
            postgresql_where=text("touchpoint_id IS NOT NULL"),
        ),
        Index(
            "ix_invitations_unqueued",
            "id",
            sqlite_where=text("queued_at IS NULL"),
            postgresql_where=text("queued_at IS NULL"),
        ),
        Index(
            "ix_invitations_to_remind",
            "remind_at",
            "id",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
    )
    id: Mapped[int] = row_id()
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    """Random; what personal links are made from."""
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"))
    event_key: Mapped[str] = mapped_column(String(255))
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_versions.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    address_hash: Mapped[str] = mapped_column(ForeignKey("addresses.hash"))
    """Whose patience was used: what they forbid holds for this address, whatever the shop writes down later."""
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey("touchpoints.id"))
    locale: Mapped[str] = mapped_column(String(16))
    link_generation: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    """Written by delivery, once there is a message for it."""
    remind_at: Mapped[datetime | None]
    """When the next reminder is due; written by delivery as each mail leaves."""
    opened_at: Mapped[datetime | None]
    """When somebody, by all that is known no machine, first opened the form. Written by responses."""
    answered_at: Mapped[datetime | None]
    """Written by responses."""
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None] = mapped_column(String(254))
    """Who took it back, and why, in a line."""
    customer: Mapped[Customer] = relationship()
    order: Mapped[Order | None] = relationship()
    touchpoint: Mapped[Touchpoint | None] = relationship()


class InvitationLink(Base):
    """The hash of a personal link: enough to recognise it, useless to whoever steals it."""

    __tablename__ = "invitation_links"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), index=True)
    scope: Mapped[LinkScope] = mapped_column(state_type(LinkScope))


class LinkVisit(Base):
    """Evidence that a personal link was opened, by a person or a machine: never counted as an answer, never deleted."""

    __tablename__ = "link_visits"
    __table_args__ = (Index(None, "invitation_id", "at"),)
    id: Mapped[int] = row_id()
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"))
    scope: Mapped[LinkScope] = mapped_column(state_type(LinkScope))
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(8))
    agent: Mapped[str] = mapped_column(String(200))
    """What the visitor calls itself, cut; no network address is kept."""
    suspected: Mapped[VisitSuspicion | None] = mapped_column(state_type(VisitSuspicion))
    """Why it looks like a machine, where it does."""
