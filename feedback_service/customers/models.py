"""Who may be asked, and what they forbade."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id, state_type


class PersonKind(StrEnum):
    """Whom a survey can be for."""

    CUSTOMER = "customer"
    EMPLOYEE = "employee"


class SuppressionReason(StrEnum):
    """Why no mail goes to an address any more."""

    BAD_ADDRESS = "bad_address"


class Address(Base):
    """An e-mail address as a keyed hash: what hangs on it survives the erasure of the person."""

    __tablename__ = "addresses"
    __table_args__ = (
        CheckConstraint("(suppressed_at IS NULL) = (suppressed_reason IS NULL)", name="suppressed_with_reason"),
    )
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_asked_at: Mapped[datetime | None]
    """Moved by a conditional update, which is how a person is asked once and not twice."""
    unsubscribed_at: Mapped[datetime | None]
    suppressed_at: Mapped[datetime | None]
    suppressed_reason: Mapped[SuppressionReason | None] = mapped_column(state_type(SuppressionReason))


class Customer(Base):
    """A person as one source of data knows them."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("source", "external_id"), Index(None, "address_hash"))
    id: Mapped[int] = row_id()
    source: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(128))
    kind: Mapped[PersonKind] = mapped_column(state_type(PersonKind), default=PersonKind.CUSTOMER)
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    address_hash: Mapped[str | None] = mapped_column(ForeignKey("addresses.hash"))
    locale: Mapped[str | None] = mapped_column(String(16))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
