"""The accountability queue: an unhappy buyer, an owner, a deadline, and what was done."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_service.accounts.models import User
from feedback_service.cases.queues.models import Queue
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
    SILENCE = "silence"
    """A valuable buyer who used to answer, and does no more."""
    MANUAL = "manual"
    """Opened by a member of staff."""


class CaseKind(StrEnum):
    """What is to be done about it."""

    FOLLOW_UP = "follow_up"
    """Somebody is owed an answer."""
    REVIEW = "review"
    """Score and words contradict each other: a person decides what was meant."""
    THANKS = "thanks"
    """A call to somebody who is content."""


class CaseState(StrEnum):
    """Open until somebody claims it, in progress until it is resolved; merged where another case goes on for it."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    MERGED = "merged"


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
    REPLIED = "replied"
    """A mail that was written on the case's page; it lies in the outbox."""
    MAIL_CAME_BACK = "mail_came_back"
    ATTACHED = "attached"
    CORRECTED = "corrected"
    """Puts an earlier entry right, which stays as it is; the facts say which."""
    ANSWER_CHANGED = "answer_changed"
    REROUTED = "rerouted"
    """Another rule applies now, since the answer or its reading changed."""
    CUSTOMER_WROTE = "customer_wrote"
    RELEASED = "released"
    """Words for the customer, on their page and in a mail."""
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    RECOVERY_ANSWERED = "recovery_answered"
    """What the customer says to "did we put it right?"."""
    WITHDRAWN = "withdrawn"
    """The customer took the answer back and had its words erased; the facts say which entries lost theirs."""
    WAITING = "waiting"
    """The customer is to answer; the deadline stands still."""
    RESUMED = "resumed"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    MERGED = "merged"
    """Another case goes on for this one."""
    TOOK_IN = "took_in"
    """This case goes on for another one."""
    UNMERGED = "unmerged"
    PROMISED = "promised"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_LET_GO = "promise_let_go"
    PROMISE_HANDED_ON = "promise_handed_on"
    DEADLINE_MISSED = "deadline_missed"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    UNASSIGNED = "unassigned"
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

_ACTIVE = "state IN ('open', 'in_progress')"
_PRESENT = f"{_ACTIVE} AND waiting_since IS NULL AND snoozed_until IS NULL"
_RESTING = f"{_ACTIVE} AND (waiting_since IS NOT NULL OR snoozed_until IS NOT NULL)"

ACTIVE_STATES = (CaseState.OPEN, CaseState.IN_PROGRESS)
ACTIVE: ColumnElement[bool] = literal_column("cases.state IN ('open', 'in_progress')")
"""Somebody has yet to see to it. Spelled out, here and below: SQLite uses a partial index only where it sees that it
fits."""
PRESENT: ColumnElement[bool] = literal_column(
    "cases.state IN ('open', 'in_progress') AND cases.waiting_since IS NULL AND cases.snoozed_until IS NULL"
)
"""It is to be seen to now."""
RESTING: ColumnElement[bool] = literal_column(
    "cases.state IN ('open', 'in_progress') AND (cases.waiting_since IS NOT NULL OR cases.snoozed_until IS NOT NULL)",
)
"""It waits for the customer, or for a day."""


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of some of the cases; all its columns run the same way, so that a page can begin anywhere in it."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


_FILTERS = {"queue": "queue_id", "owner": "owner_id", "priority": "priority", "reason": "reason", "kind": "kind"}
"""What the list is narrowed by: the name in an index's name, and the column."""


def _walked(order: str, *by: str) -> tuple[str, ...]:
    """The columns of an index in which a page is found from any place on.

    After the order come all that a list can be narrowed by, so that what a filter keeps out is not read.
    """
    lead = tuple(_FILTERS[each] for each in by)
    return (*lead, order, "id", "due_at", *(column for column in _FILTERS.values() if column not in lead))


class Case(Base):
    """One unhappy buyer's matter."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("origin_kind", "origin_key"),
        CheckConstraint("(state = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_with_time"),
        CheckConstraint("state <> 'resolved' OR outcome IS NOT NULL", name="resolved_with_outcome"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into_another"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("state <> 'in_progress' OR owner_id IS NOT NULL", name="in_progress_with_owner"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority_range"),
        CheckConstraint("(verdict IS NULL) = (verdict_at IS NULL)", name="verdict_with_time"),
        CheckConstraint("opening >= 1", name="opened_at_least_once"),
        _partial("ix_cases_queue", *_walked("sort_at"), where=_PRESENT),
        *(_partial(f"ix_cases_queue_{by}", *_walked("sort_at", by), where=_PRESENT) for by in _FILTERS),
        _partial("ix_cases_resting", *_walked("sort_at"), where=_RESTING),
        _partial("ix_cases_snoozed", "snoozed_until", "id", where="snoozed_until IS NOT NULL"),
        _partial("ix_cases_next_look", "next_look_at", "id", where="next_look_at IS NOT NULL"),
        # What is both rare and filtered by twice, such as safety words of a low priority.
        _partial("ix_cases_queue_reason_priority", *_walked("sort_at", "reason", "priority"), where=_PRESENT),
        _partial("ix_cases_resolved", *_walked("resolved_at"), where="state = 'resolved'"),
        *(
            _partial(f"ix_cases_resolved_{by}", *_walked("resolved_at", by), where="state = 'resolved'")
            for by in _FILTERS
        ),
        # What lies behind the numbers of insights: cases by when they were opened, and those closed over a cause.
        Index("ix_cases_opened", *_walked("opened_at")),
        *(Index(f"ix_cases_opened_{by}", *_walked("opened_at", by)) for by in ("queue", "owner")),
        _partial("ix_cases_standing", *_walked("opened_at"), where=_ACTIVE),
        _partial("ix_cases_resolved_cause", "root_cause", *_walked("resolved_at"), where="state = 'resolved'"),
        Index("ix_cases_seen", "id", *_FILTERS.values()),  # whether who searches may see what the words found
        _partial("ix_cases_merged", "merged_into_id", where="merged_into_id IS NOT NULL"),
        _partial("ix_cases_unproved", "id", where="proved_length < log_length"),
        Index(None, "customer_id"),
        Index(None, "response_id"),
    )
    id: Mapped[int] = row_id()
    origin_kind: Mapped[CaseOrigin] = mapped_column(state_type(CaseOrigin))
    origin_key: Mapped[str] = mapped_column(String(128))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("responses.id"))
    """None where nobody answered a survey: somebody wrote, or fell silent, or a colleague opened the case."""
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("replies.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queues.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[CaseKind] = mapped_column(state_type(CaseKind), default=CaseKind.FOLLOW_UP)
    reason: Mapped[CaseReason] = mapped_column(state_type(CaseReason))
    state: Mapped[CaseState] = mapped_column(state_type(CaseState), default=CaseState.OPEN)
    rule: Mapped[str] = mapped_column(String(120))
    """Name of the rule that opened it."""
    priority: Mapped[int]
    """1 is most urgent."""
    priority_words: Mapped[str] = mapped_column(Text)
    """The sum behind the priority, for the page."""
    opened_at: Mapped[datetime]
    opening: Mapped[int] = mapped_column(default=1)
    """Counts how often it was opened; each opening has its own deadlines."""
    due_at: Mapped[datetime]
    """The deadline that runs now: of the first response until somebody responded, then of the resolution."""
    sort_at: Mapped[datetime]
    """Due time minus the priority's weight: the queue's order, which does not change with the clock."""
    next_look_at: Mapped[datetime | None]
    """When the service has something to do about it: a deadline passes, or a rung of the queue's ladder is due."""
    waiting_since: Mapped[datetime | None]
    """The customer is to answer; deadlines stand still."""
    snoozed_until: Mapped[datetime | None]
    """Out of sight until then; deadlines go on."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    resolved_at: Mapped[datetime | None]
    root_cause: Mapped[str | None] = mapped_column(ForeignKey("causes.key"))
    outcome: Mapped[Outcome | None] = mapped_column(state_type(Outcome))
    reached: Mapped[bool | None]
    """Whether the customer was reached, as whoever closed the case says."""
    released_words: Mapped[str | None] = mapped_column(Text)
    """What we did, as the customer reads it; erased with the customer's words."""
    released_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None] = mapped_column(state_type(Verdict))
    """What the customer says to it."""
    verdict_at: Mapped[datetime | None]
    log_length: Mapped[int] = mapped_column(default=0)
    """Also the case's version: whoever acts says which length they saw."""
    log_head: Mapped[str] = mapped_column(String(64), default="")
    """Hash of the newest entry."""
    proved_length: Mapped[int] = mapped_column(default=0)
    """How much of the log a manifest outside the database vouches for."""
    response: Mapped[Response | None] = relationship()
    reply: Mapped[Reply | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    order: Mapped[Order | None] = relationship()
    owner: Mapped[User | None] = relationship()
    queue: Mapped[Queue] = relationship()
    deadlines: Mapped[list["CaseDeadline"]] = relationship(
        primaryjoin="and_(foreign(CaseDeadline.case_id) == Case.id, CaseDeadline.opening == Case.opening)",
        viewonly=True,
    )
    """Those of the present opening."""

    def is_worked_on_by(self, user_id: int) -> bool:
        """Whether it is in this person's hands, and begun."""
        return self.state == CaseState.IN_PROGRESS and self.owner_id == user_id


class DeadlineKind(StrEnum):
    """What a deadline is for."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


class CaseDeadline(Base):
    """By when something was to be done in one opening of a case, and whether it was. Never moved backwards."""

    __tablename__ = "case_deadlines"
    __table_args__ = (
        CheckConstraint("met IS NOT TRUE OR done_at IS NOT NULL", name="met_when_done"),
        Index(None, "due_at"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    opening: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeadlineKind] = mapped_column(state_type(DeadlineKind), primary_key=True)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    met: Mapped[bool | None]
    """Stored when it happens: True when it was done in time, False as soon as the time was over."""


class Escalation(Base):
    """A rung of the queue's ladder that was taken for one opening of a case: each once."""

    __tablename__ = "escalations"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    opening: Mapped[int] = mapped_column(primary_key=True)
    rung: Mapped[int] = mapped_column(primary_key=True)
    """The rung's number in its queue."""
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)


class CaseEntry(Base):
    """One line of the action log. Triggers refuse to change or delete it; `hash` chains it to the one before."""

    __tablename__ = "case_entries"
    __table_args__ = (_partial("ix_case_entries_closed", "at", "case_id", where="kind = 'resolved'"),)
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


WORDS_OF_ENTRY: ColumnElement[bool] = and_(
    CaseEntryWords.case_id == CaseEntry.case_id, CaseEntryWords.ordinal == CaseEntry.ordinal
)
"""Puts words beside their entry."""
