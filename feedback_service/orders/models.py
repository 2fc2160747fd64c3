"""What happened: purchases, and other moments at which a shop and a person met."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id, state_type


class OrderStatus(StrEnum):
    """How far an order came. Cancelled and refunded orders are not asked about."""

    PLACED = "placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Order(Base):
    """A purchase as its shop last described it."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("(amount_minor IS NULL) = (currency IS NULL)", name="amount_with_currency"),
        Index(None, "customer_id", "ordered_at", "status"),  # when somebody bought again, without a look at the orders
        Index(None, "ordered_at"),
        Index(None, "referral_code"),
        # Holds only what invitations have not looked at yet, so it stays small however many orders there are.
        Index(
            "ix_orders_unplanned",
            "id",
            sqlite_where=text("planned_revision < revision"),
            postgresql_where=text("planned_revision < revision"),
        ),
    )
    id: Mapped[int] = row_id()
    source: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(128))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    ordered_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    promised_on: Mapped[date | None]
    """A local date, passed at the end of that day where the customer lives."""
    days_late: Mapped[int | None]
    """Days from the promised to the delivered one where the customer lives, negative when early; None without both."""
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    """In the currency's smallest unit."""
    currency: Mapped[str | None] = mapped_column(String(3))
    status: Mapped[OrderStatus] = mapped_column(state_type(OrderStatus))
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)
    referral_code: Mapped[str | None] = mapped_column(String(32))
    """What the buyer gave at the checkout; advocacy knows whose it is."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the changes; written by every import that changed something."""
    planned_revision: Mapped[int] = mapped_column(default=0)
    """Written by invitations: the revision they last looked at."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TouchpointKind(StrEnum):
    """What can happen between a shop and a person besides a purchase."""

    SUPPORT_CLOSED = "support_closed"
    LEFT = "left"
    """They cancelled what they had with the shop."""
    CASE_RESOLVED = "case_resolved"
    """Written by cases, once per case; never taken in from a file."""


class Touchpoint(Base):
    """One such moment as its source last described it."""

    __tablename__ = "touchpoints"
    __table_args__ = (
        UniqueConstraint("source", "kind", "external_id"),
        Index(None, "customer_id"),
        Index(
            "ix_touchpoints_unplanned",
            "id",
            sqlite_where=text("planned_revision < revision"),
            postgresql_where=text("planned_revision < revision"),
        ),
    )
    id: Mapped[int] = row_id()
    source: Mapped[str] = mapped_column(String(64))
    kind: Mapped[TouchpointKind] = mapped_column(state_type(TouchpointKind))
    external_id: Mapped[str] = mapped_column(String(128))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    happened_at: Mapped[datetime]
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(default=1)
    planned_revision: Mapped[int] = mapped_column(default=0)
    """Written by invitations, as an order's."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ValueBand(Base):
    """From which lifetime value on a customer is among the top tenth of all who bought in a currency."""

    __tablename__ = "value_bands"
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    top_tenth_minor: Mapped[int] = mapped_column(BigInteger)
    customers: Mapped[int]
    """How many the band was drawn from."""
    computed_at: Mapped[datetime]
