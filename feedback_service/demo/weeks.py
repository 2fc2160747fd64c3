"""Plays the demo shop's last weeks: mails go out, buyers answer, two colleagues work the queue, each at its hour."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case, CaseState, EntryKind, Outcome, RootCause
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.work import claim, log_action, resolve
from feedback_service.config import Settings
from feedback_service.database import SessionFactory
from feedback_service.delivery.models import Message, MessageState
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import Order
from feedback_service.pipeline import run_all
from feedback_service.questionnaires.queries import survey_version
from feedback_service.responses.collect import add_words, confirm_score

NOON = 12  # staff start before it; buyers answer at any hour
HALF_A_DAY = timedelta(hours=12)
LEFT_FOR_VISITORS = timedelta(days=6)  # cases younger than this are mostly untouched: there must be something to do
SHARE_FORGOTTEN, SHARE_RESOLVED = 0.12, 0.75

Reply = dict[str, str]


def play_weeks(
    settings: Settings, sessions: SessionFactory, replies: list[Reply], *, since: date, until: datetime
) -> None:
    """Run the loop twice a day from `since` to `until`, with everybody in it."""
    planned = {(reply["order_id"], reply["survey"]): reply for reply in replies}
    moment = datetime.combine(since, time(9), settings.zone)
    while moment < until:
        run_all(settings, sessions, moment)
        with sessions() as session:
            _buyers_answer(session, planned, moment, settings)
            session.commit()
        run_all(settings, sessions, moment)
        if moment.hour < NOON:
            with sessions() as session:
                _staff_work(session, settings.privacy_secret, moment, until)
                session.commit()
        moment += HALF_A_DAY
    run_all(settings, sessions, until)


def _buyers_answer(
    session: Session, planned: dict[tuple[str, str], Reply], moment: datetime, settings: Settings
) -> None:
    waiting = session.execute(
        select(Invitation, Order.external_id)
        .join(Message, Message.invitation_id == Invitation.id)
        .join(Order, Order.id == Invitation.order_id)
        .where(Message.state == MessageState.SENT, Invitation.answered_at.is_(None))
    ).all()
    for invitation, order_id in waiting:
        reply = planned.get((order_id, invitation.survey_key))
        if reply is None:
            continue
        at = max(datetime.fromisoformat(reply["answered_at"]), invitation.created_at + timedelta(minutes=17))
        if at <= moment:
            _answer(session, invitation, reply, at, settings.zone)


def _answer(session: Session, invitation: Invitation, reply: Reply, at: datetime, zone: ZoneInfo) -> None:
    asking = survey_version(session, invitation.version_id).definition.rules.asking
    window = timedelta(hours=asking.correction_hours)
    confirm_score(session, invitation, int(reply["score"]), window=window, zone=zone, now=at)
    add_words(
        session,
        invitation,
        comment=reply["comment"],
        wants_contact=reply["wants_contact"] == "true",
        window=window,
        now=at + timedelta(minutes=1),
    )


STORIES: tuple[tuple[RootCause, Outcome, EntryKind, str, str], ...] = (
    (
        RootCause.LATE_DELIVERY, Outcome.SATISFIED, EntryKind.CALLED,
        "Rang in the morning, explained what held the parcel up and waived the shipping.",
        "Shipping paid back; the buyer was glad somebody rang.",
    ),
    (
        RootCause.DAMAGED, Outcome.SATISFIED, EntryKind.REPLACED,
        "A new one left the warehouse today, double boxed.",
        "Replacement arrived whole.",
    ),
    (
        RootCause.PRODUCT_QUALITY, Outcome.PARTLY_SATISFIED, EntryKind.MAILED,
        "Asked for the batch number and offered a different roast.",
        "Different roast on its way; batch passed on to the roastery.",
    ),
    (
        RootCause.BILLING, Outcome.SATISFIED, EntryKind.REFUNDED,
        "Refunded the difference to the card.",
        "Refund confirmed by the buyer.",
    ),
    (
        RootCause.WEBSITE, Outcome.NOT_REACHED, EntryKind.CALLED,
        "Two calls, no answer; left a message with our direct number.",
        "Could not be reached. The confusing filter was reported to the web team.",
    ),
)  # fmt: skip


QUESTION = (
    RootCause.NOT_OURS, Outcome.SATISFIED, EntryKind.CALLED,
    "Rang back: nothing wrong, only a question about the next roast.",
    "Question answered.",
)  # fmt: skip
"""What it mostly is when a happy buyer asks to be contacted."""


def _staff_work(session: Session, key: bytes, moment: datetime, until: datetime) -> None:
    """The owners take what is half a day old, say what they did, and resolve most of it."""
    due = session.scalars(
        select(Case).where(
            Case.state == CaseState.OPEN,
            Case.owner_id.is_not(None),
            Case.opened_at <= moment - HALF_A_DAY,
            Case.opened_at <= until - LEFT_FOR_VISITORS,
        )
    ).all()
    for case in due:
        dice = random.Random(f"demo {case.origin_key}")  # noqa: S311 - the same on every start, nothing secret
        if (
            dice.random() < SHARE_FORGOTTEN or case.owner_id is None
        ):  # somebody is always forgotten, or there would be no queue
            continue
        cause, outcome, kind, did, ended = dice.choice(STORIES) if case.reason == CaseReason.DETRACTOR else QUESTION
        owner, at = case.owner_id, moment + timedelta(minutes=dice.randint(5, 400))
        claim(session, case.id, user_id=owner, key=key, now=at)
        log_action(session, case.id, kind, did, user_id=owner, key=key, now=at + timedelta(minutes=20))
        if dice.random() < SHARE_RESOLVED:
            resolve(
                session,
                case.id,
                root_cause=cause,
                outcome=outcome,
                text=ended,
                user_id=owner,
                key=key,
                now=at + timedelta(hours=3),
            )
