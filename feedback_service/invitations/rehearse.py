"""Plays the next days on a copy, under the present rules and under others: who would be asked, and who would not.

The copy lies in memory, and the functions that play on it are the ones that plan and decide in earnest. Nothing is
kept, and only what is known today takes part: orders to come are not guessed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import create_engine, func, insert, select, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from feedback_service.customers.models import Customer
from feedback_service.database import Base, ReadAwareSession, prepare_engine, session_factory, spelled_out
from feedback_service.invitations.go_live import go_live as go_live_row
from feedback_service.invitations.go_live import set_paused
from feedback_service.invitations.invite import Shop, decide_due
from feedback_service.invitations.models import Decision, DecisionState, DecisionStep, StepKind
from feedback_service.invitations.plan import plan_decisions
from feedback_service.invitations.plan_calendar import plan_calendar
from feedback_service.invitations.rehearsal_rows import MODELS, MOST_EVENTS, Rows, Stretch, rows_that_matter, tables
from feedback_service.invitations.rules.eligibility import SkipReason
from feedback_service.invitations.rules.sending_hours import Deferral
from feedback_service.questionnaires.definition import Rules
from feedback_service.questionnaires.models import Survey

Sessions = sessionmaker[ReadAwareSession]
BATCH = 200  # as the pipeline's: where two things are due at one moment, the portion decides which comes first
DAYS = 30


class NotLiveError(Exception):
    """Nobody is asked under any rule; the message says what to do first."""


@dataclass(frozen=True)
class Outcome:
    """What became of one event on one day of the shop's: asked where there is neither reason nor deferral."""

    day: date
    survey_key: str
    event_key: str
    reason: SkipReason | None
    deferral: Deferral | None

    @property
    def asked(self) -> bool:
        """Whether an invitation came of it."""
        return self.reason is None and self.deferral is None


@dataclass(frozen=True)
class Forecast:
    """All that would happen under one set of rules, in its order."""

    outcomes: tuple[Outcome, ...]

    @property
    def asked(self) -> frozenset[tuple[str, str]]:
        """Survey and event of every invitation."""
        return frozenset((outcome.survey_key, outcome.event_key) for outcome in self.outcomes if outcome.asked)

    def asked_by_day(self, survey_key: str) -> Counter[date]:
        """How many people a survey would ask on each day."""
        return Counter(outcome.day for outcome in self.outcomes if outcome.asked and outcome.survey_key == survey_key)

    def reasons(self, survey_key: str) -> Counter[SkipReason | Deferral]:
        """How many events of a survey would be skipped, or put off, for each reason."""
        return Counter(
            why
            for outcome in self.outcomes
            if outcome.survey_key == survey_key and (why := outcome.reason or outcome.deferral)
        )


@dataclass(frozen=True)
class Rehearsal:
    """The same days under two sets of rules."""

    first_day: date
    days: int
    present: Forecast
    changed: Forecast
    paused: bool
    """Sending is paused: it is shown how things would go if it went on now."""


def rehearse(
    session: Session,
    changed: Mapping[str, Rules],
    *,
    now: datetime,
    shop: Shop,
    days: int = DAYS,
    most: int = MOST_EVENTS,
) -> Rehearsal:
    """What the surveys in `changed` would do under those rules for so many days, beside what they do as it is.

    Reads only, and holds no lock while it plays. Raises NotLiveError where sending never began, TooManyEventsError
    where more than `most` events matter.
    """
    row = go_live_row(session)
    if row is None:
        raise NotLiveError("Sending has not started: choose a first day on the Mail page, then try other rules.")
    paused, stretch = row.paused_at is not None, Stretch(now, now + timedelta(days=days))
    rows = rows_that_matter(session, changed, stretch, most=most)
    session.rollback()  # playing takes a while, and nobody shall wait for it
    return Rehearsal(
        first_day=now.astimezone(shop.zone).date(),
        days=days,
        present=_play(rows, {}, stretch, shop),
        changed=_play(rows, changed, stretch, shop),
        paused=paused,
    )


def _play(rows: Rows, changed: Mapping[str, Rules], stretch: Stretch, shop: Shop) -> Forecast:
    with _copy(rows) as sessions:
        with sessions.begin() as session:
            set_paused(session, False, now=stretch.begins)
            for key, rules in changed.items():
                survey = session.get_one(Survey, key)
                survey.rules = rules.model_dump(mode="json")
                survey.revision += 1
        _all_of(sessions, partial(plan_decisions, shop_zone=shop.zone), stretch.begins)
        _all_of(sessions, partial(plan_calendar, shop_zone=shop.zone), stretch.begins)
        moment: datetime | None = stretch.begins
        while moment is not None and moment < stretch.ends:
            _run(sessions, moment, shop)
            moment = _next_moment(sessions)
        with sessions() as session:
            return Forecast(tuple(_outcomes(session, shop)))


@contextmanager
def _copy(rows: Rows) -> Iterator[Sessions]:
    engine = prepare_engine(create_engine("sqlite://", poolclass=StaticPool))
    try:
        Base.metadata.create_all(engine, tables=tables())
        with engine.begin() as connection:
            for model in MODELS:
                if rows.get(model):
                    connection.execute(insert(model), rows[model])
            connection.execute(text("ANALYZE"))  # without it, looking for rivals walks through all that waits
        yield session_factory(engine)
    finally:
        engine.dispose()


def _run(sessions: Sessions, now: datetime, shop: Shop) -> None:
    """Decide what is due at one moment; where a turn of the calendar was, plan the next one, as the loop does."""
    decide, plan = partial(decide_due, shop=shop), partial(plan_calendar, shop_zone=shop.zone)
    _all_of(sessions, decide, now)
    while _unplanned(sessions):
        _all_of(sessions, plan, now)
        _all_of(sessions, decide, now)


def _unplanned(sessions: Sessions) -> bool:
    with sessions() as session:
        return (
            session.scalar(select(select(Customer.id).where(Customer.calendar_planned_at.is_(None)).exists())) or False
        )


def _all_of(sessions: Sessions, act: Callable[[Session, datetime, int], int], now: datetime) -> None:
    count = BATCH
    while count == BATCH:
        with sessions.begin() as session:
            count = act(session, now, BATCH)


def _next_moment(sessions: Sessions) -> datetime | None:
    with sessions() as session:
        return session.scalar(
            select(func.min(Decision.due_at)).where(Decision.state == spelled_out(DecisionState.WAITING))
        )


def _outcomes(session: Session, shop: Shop) -> Iterator[Outcome]:
    ends = (StepKind.INVITED, StepKind.SKIPPED, StepKind.DEFERRED)
    steps = session.execute(
        select(DecisionStep.at, Decision.survey_key, Decision.event_key, DecisionStep.reason, DecisionStep.deferral)
        .join(Decision, Decision.id == DecisionStep.decision_id)
        .where(DecisionStep.kind.in_(ends))
        .order_by(DecisionStep.id)
    )
    for at, survey_key, event_key, reason, deferral in steps:
        yield Outcome(at.astimezone(shop.zone).date(), survey_key, event_key, reason, deferral)
