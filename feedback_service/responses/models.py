"""The answer, kept as it was given."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.customers.models import Customer
from feedback_service.database import Base, row_id, state_type
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order
from feedback_service.responses.rules.presses import PressSuspicion


class Channel(StrEnum):
    """How an answer came in."""

    MAIL = "mail"
    LINK = "link"
    """A link or a QR code on a receipt, a parcel, a counter."""
    KIOSK = "kiosk"
    EMBED = "embed"
    """A frame on a page of the shop's."""
    PHONE = "phone"
    """Told to a member of staff, who wrote it down."""
    IMPORT = "import"


WALK_IN = (Channel.LINK, Channel.KIOSK, Channel.EMBED)
"""Channels of people whom nobody asked by mail."""


class RevisionKind(StrEnum):
    """What a later word does: until the correction window closes it counts, after that it is only kept."""

    ANSWER = "answer"
    CONFIRMED = "confirmed"
    """The second sign of an answer that looked like a machine's."""
    WITHDRAWN = "withdrawn"
    CORRECTION = "correction"
    LATER = "later"


class Remedy(StrEnum):
    """What an unhappy buyer would like to happen."""

    NOTE = "note"
    """Nothing but that it is known."""
    CONTACT = "contact"
    PUT_RIGHT = "put_right"


class ContactHow(StrEnum):
    """By which way somebody wants to be reached."""

    MAIL = "mail"
    PHONE = "phone"


class ContactWhen(StrEnum):
    """At which time of their day."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class Collector(Base):
    """A way in besides the mail: a link for receipts, a kiosk, a frame on the shop's pages. Its answers say so."""

    __tablename__ = "collectors"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("channel IN ('link', 'kiosk', 'embed')", name="walk_in_channel"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_somebody"),
    )
    id: Mapped[int] = row_id()
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """Its public address: no secret, since it is printed on receipts; random, so that nobody counts through them."""
    name: Mapped[str] = mapped_column(String(120))
    """Where it is: "Receipts, Lisbon"."""
    survey_key: Mapped[str] = mapped_column(ForeignKey("surveys.key"))
    channel: Mapped[Channel] = mapped_column(state_type(Channel))
    locale: Mapped[str | None] = mapped_column(String(16))
    """In which language it begins; the visitor's where it is empty."""
    origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    """For a frame: the shop's pages that may hold it, such as https://shop.example."""
    again_after_days: Mapped[int] = mapped_column(default=90)
    """For a frame: how long one browser is left alone after it was shown."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(254))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(254))


TO_ROUTE = (
    "(routed_revision < revision OR routed_assessed < assessed_revision) AND suspected IS NULL AND withdrawn_at IS NULL"
)
"""What cases have yet to look at. A query says it in these very words: SQLite uses the partial index only then."""
UNREAD = "read_at IS NULL AND id > 0 AND suspected IS NULL AND withdrawn_at IS NULL"
"""What nobody of the shop has read yet; for a query, as the last."""


def _same_as_score(context: DefaultExecutionContext) -> int:
    """A new answer says one thing."""
    score: int = context.get_current_parameters()["score"]  # type: ignore[no-untyped-call]  # SQLAlchemy left it bare
    return score


class Response(Base):
    """One answer, as it stands now: confirmed, unless `suspected` says why not yet.

    An anonymous one has no invitation, no person and no order, a random negative id, and its pulse's day for a time.
    """

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("invitation_id"),
        UniqueConstraint("uid"),
        UniqueConstraint("collector_id", "order_id"),
        CheckConstraint(
            "(channel IN ('link', 'kiosk', 'embed')) = (collector_id IS NOT NULL AND uid IS NOT NULL)",
            name="walk_in_with_collector",
        ),
        CheckConstraint(
            "id > 0 OR (customer_id IS NULL AND invitation_id IS NULL AND order_id IS NULL)", name="anonymous"
        ),
        UniqueConstraint("source", "external_id"),
        CheckConstraint("score BETWEEN 0 AND 10", name="score_on_a_scale"),
        CheckConstraint("latest_score BETWEEN 0 AND 10", name="latest_score_on_a_scale"),
        CheckConstraint(
            "(channel = 'import') = (external_id IS NOT NULL AND source IS NOT NULL)", name="imported_with_origin"
        ),
        Index(None, "customer_id"),
        Index(None, "survey_key", "answered_at"),
        Index(None, "survey_key", "counted_on", "id"),
        Index(
            "ix_responses_unassessed",
            "id",
            sqlite_where=text("assessed_revision < revision"),
            postgresql_where=text("assessed_revision < revision"),
        ),
        Index(
            "ix_responses_unrouted",
            "id",
            sqlite_where=text(TO_ROUTE),
            postgresql_where=text(TO_ROUTE),
        ),
        Index("ix_responses_unread", "id", sqlite_where=text(UNREAD), postgresql_where=text(UNREAD)),
    )
    id: Mapped[int] = row_id()
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"))
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("collectors.id"))
    uid: Mapped[str | None] = mapped_column(String(32))
    """Of a walk-in: made by the form, so that pressing twice is one answer; signed, it opens the pages after it."""
    claimed_order: Mapped[str | None] = mapped_column(String(128))
    """An order number that a walk-in typed; nothing proves it."""
    pages_sent: Mapped[int | None]
    """At a kiosk: how many pages after the score were sent. They are not shown again, whoever comes next."""
    version_id: Mapped[int | None] = mapped_column(ForeignKey("survey_versions.id"))
    """The words that were answered; unknown for imported answers."""
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
    remedy: Mapped[Remedy | None] = mapped_column(state_type(Remedy))
    contact_how: Mapped[ContactHow | None] = mapped_column(state_type(ContactHow))
    contact_when: Mapped[ContactWhen | None] = mapped_column(state_type(ContactWhen))
    contact_phone: Mapped[str | None] = mapped_column(String(40))
    suspected: Mapped[PressSuspicion | None] = mapped_column(state_type(PressSuspicion))
    """Why the press looks like a machine's. Such an answer counts nowhere until a second sign clears this."""
    withdrawn_at: Mapped[datetime | None]
    """The person took it back: it counts nowhere, and its words are erased."""
    answered_at: Mapped[datetime]
    """When the score was first confirmed."""
    counted_on: Mapped[date]
    """The shop's day of that moment: the answer's place in every trend, whatever is corrected later."""
    revision: Mapped[int] = mapped_column(default=1)
    assessed_revision: Mapped[int] = mapped_column(default=0)
    """Written by sentiment."""
    routed_revision: Mapped[int] = mapped_column(default=0)
    """Written by cases."""
    routed_assessed: Mapped[int] = mapped_column(default=0)
    """Written by cases: the assessment that they have looked at."""
    read_at: Mapped[datetime | None]
    """Written by cases: when somebody of the shop first read it."""
    invitation: Mapped[Invitation | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    order: Mapped[Order | None] = relationship()
    collector: Mapped[Collector | None] = relationship()


class ResponseAnswer(Base):
    """What was answered to one follow-up question; comment, contact wish and remedy stand in `responses`."""

    __tablename__ = "response_answers"
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True, autoincrement=False)
    question_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    chosen: Mapped[list[str]] = mapped_column(JSON)
    """Keys of options, "yes" or "no", a rating's number; empty for a text."""
    text: Mapped[str] = mapped_column(Text, default="")
    """A text, or the words beside "other"."""
    answered_at: Mapped[datetime]


class ResponseRevision(Base):
    """Everything a person ever sent for one answer, in order."""

    __tablename__ = "response_revisions"
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RevisionKind] = mapped_column(state_type(RevisionKind))
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    wants_contact: Mapped[bool] = mapped_column(default=False)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The other answers as they then stood: {question key: {"chosen": [...], "text": "..."}}, remedy and contact."""
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
