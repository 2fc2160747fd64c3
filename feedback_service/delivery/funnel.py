"""How far events and their mails came: counted per survey and cohort of sending, in a few grouped statements."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, exists, func, null, select, union_all
from sqlalchemy.orm import Session, aliased

from feedback_service.customers.models import AddressChange, AddressFact
from feedback_service.database import spelled_out
from feedback_service.delivery.models import ASKING, DeliveryEvent, Message, MessagePurpose
from feedback_service.delivery.rules.cohorts import Cohort
from feedback_service.invitations.models import Decision, DecisionState, Invitation, LinkVisit
from feedback_service.invitations.rules.eligibility import SkipReason


@dataclass
class Funnel:
    """Counts of events, and of the mails that came of them. Several add up."""

    skipped: Counter[SkipReason] = field(default_factory=Counter)
    waiting: int = 0
    deferred: int = 0
    """Of those that wait: moved by hours, a holiday or a cap."""
    asked: int = 0
    sent: int = 0
    delivered: int = 0
    sent_with_reports: int = 0
    """Mails of the cohorts for which a provider reported at least one delivery: what `delivered` is a share of."""
    bounced: int = 0
    opened: int = 0
    """Opened the form, by all that is known no machine; whoever answered has."""
    confirmed: int = 0
    complained: int = 0
    unsubscribed: int = 0
    machine_visits: int = 0
    still_open: int = 0
    """Can still answer and have not."""

    @property
    def not_asked(self) -> int:
        """Skipped, for whatever reason."""
        return self.skipped.total()

    @property
    def planned(self) -> int:
        """Every event whose turn came: asked about, skipped, or waiting."""
        return self.not_asked + self.waiting + self.asked

    @property
    def arrived(self) -> int:
        """Sent and not come back: what a response rate is a share of."""
        return self.sent - self.bounced

    def __add__(self, other: "Funnel") -> "Funnel":
        return Funnel(**{name: value + getattr(other, name) for name, value in vars(self).items()})


@dataclass(frozen=True)
class StillToCome:
    """Events that wait and belong to no cohort yet."""

    later: int
    undated: int
    """Nothing has fixed their time: a parcel has not arrived, say."""


Counted = dict[int, Funnel]


def funnels(session: Session, cohorts: Sequence[Cohort], now: datetime, survey: str | None = None) -> list[Funnel]:
    """One funnel for each cohort, in their order, of one survey or of all."""
    counted: Counted = {number: Funnel() for number in range(len(cohorts))}
    _count_mails(session, cohorts, now, survey, counted)
    _count_skipped(session, cohorts, survey, counted)
    _count_waiting(session, cohorts, survey, counted)
    return list(counted.values())


def total(funnels: Iterable[Funnel]) -> Funnel:
    """All of them together."""
    return sum(funnels, Funnel())


def still_to_come(session: Session, cohorts: Sequence[Cohort], survey: str | None = None) -> StillToCome:
    """How many events wait for a time after the last cohort, or for one that nobody knows."""
    later, undated = session.execute(
        select(
            _how_many(Decision.due_at >= cohorts[-1].ends),
            _how_many(Decision.due_at.is_(None)),
        ).where(Decision.state == spelled_out(DecisionState.WAITING), *_of(survey, Decision.survey_key))
    ).one()
    return StillToCome(later, undated)


def returns_are_reported(session: Session) -> bool:
    """Whether anybody has ever reported what became of a mail; without that no bounce would be a number."""
    return bool(session.scalar(select(exists(select(DeliveryEvent.id)))))


def _of(survey: str | None, column: Any) -> list[ColumnElement[bool]]:
    return [] if survey is None else [column == survey]


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _within(at: Any, cohorts: Sequence[Cohort]) -> ColumnElement[bool]:
    return and_(at >= cohorts[0].begins, at < cohorts[-1].ends)


def _number(at: Any, cohorts: Sequence[Cohort]) -> ColumnElement[int]:
    """Which cohort a moment within them belongs to: neither database knows the other's way to name a local week."""
    return case(*((at < cohort.ends, number) for number, cohort in enumerate(cohorts[:-1])), else_=len(cohorts) - 1)


def _count_mails(
    session: Session, cohorts: Sequence[Cohort], now: datetime, survey: str | None, counted: Counted
) -> None:
    begun = _invitations_by_sending(cohorts, survey)
    number = _number(begun.c.at, cohorts).label("number")
    visits = (
        select(func.count())
        .where(LinkVisit.invitation_id == Invitation.id, LinkVisit.suspected.is_not(None))
        .correlate(Invitation)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            number,
            func.count().label("asked"),
            func.count(begun.c.sent_at).label("sent"),
            _how_many(_a_mail(Message.delivered_at)).label("delivered"),
            _how_many(_a_mail(Message.bounced_at)).label("bounced"),
            _how_many(_a_mail(Message.complained_at)).label("complained"),
            _how_many(Invitation.opened_at.is_not(None) | Invitation.answered_at.is_not(None)).label("opened"),
            _how_many(Invitation.answered_at.is_not(None)).label("confirmed"),
            _how_many(_was_the_last_straw()).label("unsubscribed"),
            func.coalesce(func.sum(visits), 0).label("machine_visits"),
            _how_many(_can_still_answer(begun, now)).label("still_open"),
        )
        .join_from(begun, Invitation, Invitation.id == begun.c.invitation_id)
        .group_by(number)
    )
    for row in rows:
        funnel = counted[row.number]
        for name, value in row._mapping.items():
            if name != "number":
                setattr(funnel, name, int(value))
        funnel.sent_with_reports = funnel.sent if funnel.delivered else 0


def _invitations_by_sending(cohorts: Sequence[Cohort], survey: str | None) -> CTE:
    """Who was asked, and when: as the first mail left or, where none has, as it was decided. Each has its index."""
    first_mail = and_(Message.purpose == MessagePurpose.INVITATION, Message.ordinal == 1)
    sent = (
        select(Message.invitation_id, Message.sent_at.label("at"), Message.sent_at)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .where(first_mail, _within(Message.sent_at, cohorts), *_of(survey, Invitation.survey_key))
    )
    its_mail = and_(first_mail, Message.invitation_id == Invitation.id, Message.sent_at.is_not(None))
    unsent = select(Invitation.id, Invitation.created_at, null()).where(
        _within(Invitation.created_at, cohorts),
        ~exists(select(Message.id).where(its_mail)).correlate(Invitation),
        *_of(survey, Invitation.survey_key),
    )
    return union_all(sent, unsent).cte("begun")


def _a_mail(fact: Any) -> ColumnElement[bool]:
    """Whether this is known of any mail that asked by the invitation, the reminder included."""
    its_mail = and_(Message.invitation_id == Invitation.id, Message.purpose.in_(ASKING))
    return exists(select(Message.id).where(its_mail, fact.is_not(None))).correlate(Invitation)


def _can_still_answer(begun: CTE, now: datetime) -> ColumnElement[bool]:
    waits = and_(Invitation.answered_at.is_(None), Invitation.cancelled_at.is_(None))
    return and_(waits, Invitation.expires_at > now, begun.c.sent_at.is_not(None))


def _was_the_last_straw() -> ColumnElement[bool]:
    """Whether the person told us to stop after this question, and before any other."""
    other = aliased(Invitation)
    in_between = exists(
        select(other.id).where(
            other.address_hash == Invitation.address_hash,
            other.created_at > Invitation.created_at,
            other.created_at <= AddressChange.at,
        )
    ).correlate(Invitation, AddressChange)
    return exists(
        select(AddressChange.id).where(
            AddressChange.address_hash == Invitation.address_hash,
            AddressChange.fact == AddressFact.UNSUBSCRIBED,
            AddressChange.at >= Invitation.created_at,
            ~in_between,
        )
    ).correlate(Invitation)


def _count_skipped(session: Session, cohorts: Sequence[Cohort], survey: str | None, counted: Counted) -> None:
    number = _number(Decision.decided_at, cohorts).label("number")
    rows = session.execute(
        select(number, Decision.reason, func.count())
        .where(
            Decision.state == spelled_out(DecisionState.SKIPPED),
            _within(Decision.decided_at, cohorts),
            *_of(survey, Decision.survey_key),
        )
        .group_by(number, Decision.reason)
    )
    for which, reason, count in rows:
        if reason is not None:
            counted[which].skipped[reason] += count


def _count_waiting(session: Session, cohorts: Sequence[Cohort], survey: str | None, counted: Counted) -> None:
    number = _number(Decision.due_at, cohorts).label("number")
    rows = session.execute(
        select(number, func.count(), _how_many(Decision.due_at > Decision.planned_due_at))
        .where(
            Decision.state == spelled_out(DecisionState.WAITING),
            _within(Decision.due_at, cohorts),
            *_of(survey, Decision.survey_key),
        )
        .group_by(number)
    )
    for which, waiting, deferred in rows:
        counted[which].waiting += waiting
        counted[which].deferred += deferred
