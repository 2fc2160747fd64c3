"""What a thank-you can offer: a link to recommend us by, and a say in whether one's words are shown."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.customers.models import Customer
from feedback_service.database import Base, row_id, state_type
from feedback_service.invitations.models import Invitation
from feedback_service.invitations.rules.visits import VisitSuspicion


class Referral(Base):
    """One customer's code: whoever orders with it was sent by them."""

    __tablename__ = "referrals"
    id: Mapped[int] = row_id()
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    """Short enough to be typed at a checkout; orders.referral_code says it back."""
    created_at: Mapped[datetime]
    customer: Mapped[Customer] = relationship()


class ReferralClick(Base):
    """Evidence that a referral link was opened, by a person or a machine."""

    __tablename__ = "referral_clicks"
    __table_args__ = (Index(None, "referral_id", "at"),)
    id: Mapped[int] = row_id()
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"))
    at: Mapped[datetime]
    agent: Mapped[str] = mapped_column(String(200))
    suspected: Mapped[VisitSuspicion | None] = mapped_column(state_type(VisitSuspicion))


class SignedAs(StrEnum):
    """Under which name words may be shown."""

    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    NOBODY = "nobody"


class ShownWhere(StrEnum):
    """How far the consent reaches."""

    SHOP = "shop"
    """On the shop's own pages."""
    ANYWHERE = "anywhere"
    """In advertisements and at other places too."""


class Testimonial(Base):
    """Words that a customer allows us to show, under which name and where; what is withdrawn stays as a fact."""

    __tablename__ = "testimonials"
    __table_args__ = (CheckConstraint("(withdrawn_at IS NULL) = (words <> '')", name="words_until_withdrawn"),)
    id: Mapped[int] = row_id()
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), unique=True)
    words: Mapped[str] = mapped_column(Text)
    """Exactly what was agreed to; empty once withdrawn."""
    signed_as: Mapped[SignedAs] = mapped_column(state_type(SignedAs))
    shown_where: Mapped[ShownWhere] = mapped_column(state_type(ShownWhere))
    consented_at: Mapped[datetime]
    consent_words: Mapped[str] = mapped_column(Text)
    """The sentence that was agreed to, as it stood on the page."""
    withdrawn_at: Mapped[datetime | None]
    invitation: Mapped[Invitation] = relationship()
