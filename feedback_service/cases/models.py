"""The accountability queue: an unhappy buyer, an owner, a deadline, and what was done."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.accounts.models import Team, User
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.customers.models import Customer
from feedback_service.database import Base, row_id, state_type
from feedback_service.delivery.models import Reply
from feedback_service.orders.models import Order
from feedback_service.responses.models import Response


class CaseOrigin(StrEnum):
    """What a case grew from; one origin opens one case."""

    RESPONSE = "response"
    REPLY = "reply"


class CaseState(StrEnum):
    """Open until somebody claims it, in progress until it is resolved."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"


class RootCause(StrEnum):
    """What went wrong, as far as is known when the case is closed."""

    LATE_DELIVERY = "late_delivery"
    LOST_PARCEL = "lost_parcel"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    PRODUCT_QUALITY = "product_quality"
    NOT_AS_DESCRIBED = "not_as_described"
    PRICE = "price"
    STAFF = "staff"
    WEBSITE = "website"
    BILLING = "billing"
    RETURNS = "returns"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How it ended for the customer."""

    SATISFIED = "satisfied"
    PARTLY_SATISFIED = "partly_satisfied"
    NOT_SATISFIED = "not_satisfied"
    NOT_REACHED = "not_reached"
    NO_ACTION_POSSIBLE = "no_action_possible"


class EntryKind(StrEnum):
    """What an entry of the action log records."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    CLAIMED = "claimed"
    CALLED = "called"
    MAILED = "mailed"
    REFUNDED = "refunded"
    REPLACED = "replaced"
    APOLOGISED = "apologised"
    FIXED_CAUSE = "fixed_cause"
    NOTED = "noted"
    ANSWER_CHANGED = "answer_changed"
    CUSTOMER_WROTE = "customer_wrote"
    RELEASED = "released"
    """Words for the customer, on their page and in a mail."""
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    RECOVERY_ANSWERED = "recovery_answered"
    """What the customer says to "did we put it right?"."""
    WITHDRAWN = "withdrawn"
    """The customer took the answer back and had its words erased; the facts say which entries lost theirs."""
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Verdict(StrEnum):
    """Whether the customer takes what we did as the end of it."""

    ACCEPTED = "accepted"
    DISPUTED = "disputed"


ACTIONS = (
    EntryKind.CALLED,
    EntryKind.MAILED,
    EntryKind.REFUNDED,
    EntryKind.REPLACED,
    EntryKind.APOLOGISED,
    EntryKind.FIXED_CAUSE,
    EntryKind.NOTED,
)
"""What staff log by hand."""


class Case(Base):
    """One unhappy buyer's matter."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("origin_kind", "origin_key"),
        CheckConstraint(
            "(state = 'resolved') = (resolved_at IS NOT NULL AND root_cause IS NOT NULL AND outcome IS NOT NULL)",
            name="resolved_with_cause_and_outcome",
        ),
        CheckConstraint("state <> 'in_progress' OR owner_id IS NOT NULL", name="in_progress_with_owner"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority_range"),
        CheckConstraint("(verdict IS NULL) = (verdict_at IS NULL)", name="verdict_with_time"),
        Index(
            "ix_cases_queue",
            "sort_at",
            "id",
            sqlite_where=text("state <> 'resolved'"),
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index(
            "ix_cases_queue_owner",
            "owner_id",
            "sort_at",
            "id",
            sqlite_where=text("state <> 'resolved'"),
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index(None, "resolved_at", "id"),
        Index(None, "customer_id"),
        Index(None, "response_id"),
        CheckConstraint("response_id IS NOT NULL OR reply_id IS NOT NULL", name="has_origin"),
    )
    id: Mapped[int] = row_id()
    origin_kind: Mapped[CaseOrigin] = mapped_column(state_type(CaseOrigin))
    origin_key: Mapped[str] = mapped_column(String(128))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("responses.id"))
    """None where a person wrote without having answered the survey."""
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("replies.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[CaseReason] = mapped_column(state_type(CaseReason))
    state: Mapped[CaseState] = mapped_column(state_type(CaseState), default=CaseState.OPEN)
    rule: Mapped[str] = mapped_column(String(120))
    """Name of the rule that opened it."""
    priority: Mapped[int]
    """1 is most urgent."""
    priority_words: Mapped[str] = mapped_column(Text)
    """The sum behind the priority, for the page."""
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sort_at: Mapped[datetime]
    """Due time minus the priority's weight: the queue's order, which does not change with the clock."""
    resolved_at: Mapped[datetime | None]
    root_cause: Mapped[RootCause | None] = mapped_column(state_type(RootCause))
    outcome: Mapped[Outcome | None] = mapped_column(state_type(Outcome))
    released_words: Mapped[str | None] = mapped_column(Text)
    """What we did, as the customer reads it; erased with the customer's words."""
    released_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None] = mapped_column(state_type(Verdict))
    """What the customer says to it."""
    verdict_at: Mapped[datetime | None]
    log_length: Mapped[int] = mapped_column(default=0)
    log_head: Mapped[str] = mapped_column(String(64), default="")
    """Hash of the newest entry."""
    response: Mapped[Response | None] = relationship()
    reply: Mapped[Reply | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    order: Mapped[Order | None] = relationship()
    owner: Mapped[User | None] = relationship()
    team: Mapped[Team] = relationship()


class CaseEntry(Base):
    """One line of the action log. Triggers refuse to change or delete it; `hash` chains it to the one before."""

    __tablename__ = "case_entries"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(state_type(EntryKind))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Nobody when the service itself acted."""
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What changed, in keys and ids; never a person's words."""
    commitment: Mapped[str] = mapped_column(String(64))
    """A keyed, salted hash of the words, which lie in `case_entry_words` so that they can be erased."""
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def erases(self) -> list[int]:
        """The earlier entries that lost their words here; for any other entry none."""
        ordinals: list[int] = self.facts["erased"] if self.kind == EntryKind.WITHDRAWN else []
        return ordinals


class CaseEntryWords(Base):
    """The words of an entry: the erasable half."""

    __tablename__ = "case_entry_words"
    __table_args__ = (ForeignKeyConstraint(["case_id", "ordinal"], ["case_entries.case_id", "case_entries.ordinal"]),)
    case_id: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    text: Mapped[str] = mapped_column(Text)
