"""Who may be asked, and what they forbade."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_service.database import Base, row_id, state_type


class PersonKind(StrEnum):
    """Whom a survey can be for."""

    CUSTOMER = "customer"
    EMPLOYEE = "employee"


class SuppressionReason(StrEnum):
    """Why no mail goes to an address any more."""

    BAD_ADDRESS = "bad_address"
    """A mail server refused it while we were talking."""
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCES = "soft_bounces"
    """Several mails in a row came back although each might have arrived another day."""
    COMPLAINT = "complaint"
    """The person called a mail spam."""


class AddressFact(StrEnum):
    """What was learned about an address; `AddressChange` keeps each in its order."""

    UNSUBSCRIBED = "unsubscribed"
    PAUSED = "paused"
    PURCHASES_ONLY = "purchases_only"
    ANYTHING = "anything"
    """The person takes mails again, without restriction."""
    CONSENTED = "consented"
    SUPPRESSED = "suppressed"
    REINSTATED = "reinstated"
    """A person of the shop says that mail arrives there again."""


class Address(Base):
    """An e-mail address as a keyed hash: what hangs on it survives the erasure of the person."""

    __tablename__ = "addresses"
    __table_args__ = (
        CheckConstraint("(suppressed_at IS NULL) = (suppressed_reason IS NULL)", name="suppressed_with_reason"),
    )
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_asked_at: Mapped[datetime | None]
    """Moved by a conditional update, which is how a person is asked once and not twice."""
    last_answered_at: Mapped[datetime | None]
    """Written by responses."""
    unsubscribed_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    purchases_only: Mapped[bool] = mapped_column(default=False)
    consented_at: Mapped[datetime | None]
    """Only a survey that needs consent looks at it."""
    suppressed_at: Mapped[datetime | None]
    suppressed_reason: Mapped[SuppressionReason | None] = mapped_column(state_type(SuppressionReason))
    soft_bounces: Mapped[int] = mapped_column(default=0)
    """In a row; a delivery or an answer starts again at 0. Written by delivery."""


class AddressChange(Base):
    """One thing that was learned about an address, in the order it was: only ever added to."""

    __tablename__ = "address_changes"
    __table_args__ = (Index(None, "address_hash"),)
    id: Mapped[int] = row_id()
    address_hash: Mapped[str] = mapped_column(ForeignKey("addresses.hash"))
    fact: Mapped[AddressFact] = mapped_column(state_type(AddressFact))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(254))
    """Who or what said so: the link in a mail, a file, a mail provider, a colleague."""
    detail: Mapped[str] = mapped_column(Text, default="")


class Customer(Base):
    """A person as one source of data knows them."""

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index(None, "address_hash"),
        Index(
            "ix_customers_calendar_unplanned",
            "id",
            sqlite_where=text("calendar_planned_at IS NULL"),
            postgresql_where=text("calendar_planned_at IS NULL"),
        ),
        CheckConstraint("(lifetime_minor IS NULL) = (lifetime_currency IS NULL)", name="lifetime_with_currency"),
        Index(None, "lifetime_currency", "lifetime_minor"),
    )
    id: Mapped[int] = row_id()
    source: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(128))
    kind: Mapped[PersonKind] = mapped_column(state_type(PersonKind), default=PersonKind.CUSTOMER)
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    address_hash: Mapped[str | None] = mapped_column(ForeignKey("addresses.hash"))
    locale: Mapped[str | None] = mapped_column(String(16))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    country: Mapped[str | None] = mapped_column(String(2))
    """Whose public holidays the person keeps, as ISO 3166 has it."""
    calendar_planned_at: Mapped[datetime | None]
    """Written by invitations: when they last looked which calendar surveys concern this person."""
    open_cases: Mapped[int] = mapped_column(default=0)
    """Written by cases: nobody is asked how satisfied they are while a complaint of theirs is open."""
    lifetime_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Written by orders: what the person bought and kept, in the currency of most of it; None until they bought."""
    lifetime_currency: Mapped[str | None] = mapped_column(String(3))
    lifetime_orders: Mapped[int] = mapped_column(default=0)
    """Written by orders: how many orders that is."""
    spoken_to_at: Mapped[datetime | None]
    """Written by cases: when somebody of the shop last spoke with them, or wrote to them in person."""
    created_at: Mapped[datetime]
