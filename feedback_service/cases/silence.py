"""Opens a case for a valuable buyer who used to answer and does no more: looked for once a day, found once a year."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from feedback_service.cases.count_open import count_open_cases
from feedback_service.cases.hold import hold_teams
from feedback_service.cases.models import Case, CaseOrigin
from feedback_service.cases.new_case import Origin, put_in_queue
from feedback_service.cases.queues.models import SilenceLook
from feedback_service.cases.queues.place import own_queues, place_of
from feedback_service.cases.queues.queries import book
from feedback_service.cases.rules.conditions import Facts
from feedback_service.cases.rules.routing import FOLLOW_UP, CaseReason, Rule, routed
from feedback_service.cases.rules.silence import LEFT_LYING, LOOKED_AT, WAIT, fell_silent
from feedback_service.customers.models import Customer
from feedback_service.database import insert_new
from feedback_service.invitations.models import Invitation
from feedback_service.orders.models import ValueBand
from feedback_service.questionnaires.queries import published_surveys

RULE = Rule("A valuable buyer fell silent")
FURTHEST_BACK = timedelta(days=7)
"""After a pause so much is caught up on, and no more: nobody is called about what happened half a year ago."""
MOST = 2_000  # people of one look; more is a mail that did not arrive
PORTION = 500  # people whose invitations are read at once
ONCE_IN = timedelta(days=365)


def follow_up_silence(session: Session, now: datetime, _limit: int, *, key: bytes, zone: ZoneInfo) -> int:
    """Look once on each day of the shop's; returns how many cases were opened.

    Only people whose invitation was left lying since the last look are looked at.
    """
    span = _claim_day(session, now.astimezone(zone).date(), now)
    if span is None:
        return 0
    silent = list(_newest_of(session, _candidates(session, *span), now))
    if not silent:
        return 0
    surveys, found = published_surveys(session), book(session)
    asking = [invitation for invitation in silent if invitation.survey_key in surveys]
    routings = {each.id: surveys[each.survey_key].definition.rules.routing for each in asking}
    own = own_queues(session, found, {routing.team for routing in routings.values()})
    facts = Facts(top_tenth=True)
    route = replace(routed(RULE, FOLLOW_UP, facts), reason=CaseReason.SILENCE)
    places = {each.id: place_of(route, facts, found, own[routings[each.id].team], routings[each.id]) for each in asking}
    hold_teams(session, [place.queue.team_id for place in places.values()])
    opened = [put_in_queue(session, _origin(each), places[each.id], {}, key=key, now=now, zone=zone) for each in asking]
    count_open_cases(session, [each.customer_id for each in asking])
    return sum(case is not None for case in opened)


def _origin(invitation: Invitation) -> Origin:
    return Origin(
        kind=CaseOrigin.SILENCE,
        key=f"{invitation.customer_id}:{invitation.id}",
        response_id=None,
        reply_id=None,
        customer_id=invitation.customer_id,
        order_id=invitation.order_id,
    )


def _claim_day(session: Session, day: date, now: datetime) -> tuple[datetime, datetime] | None:
    """From when to when invitations are to be looked at; None where the day has had its look."""
    if session.scalar(select(SilenceLook.day).where(SilenceLook.day == day)) is not None:
        return None
    until = now - WAIT
    ours = insert_new(session, SilenceLook).values(day=day, looked_to=until).returning(SilenceLook.day)
    if session.execute(ours).first() is None:
        return None
    before = session.scalar(select(func.max(SilenceLook.looked_to)).where(SilenceLook.day < day))
    return max(before or until - FURTHEST_BACK, until - FURTHEST_BACK), until


def _candidates(session: Session, since: datetime, until: datetime) -> Sequence[int]:
    """Customers of the top tenth who left an invitation of that time lying, and with whom nobody is in talks."""
    told = (
        select(Case.id)
        .where(
            Case.customer_id == Customer.id,
            Case.origin_kind == CaseOrigin.SILENCE,
            Case.opened_at > until - ONCE_IN,
        )
        .exists()
    )
    return session.scalars(
        select(Invitation.customer_id)
        .join(Customer, Customer.id == Invitation.customer_id)
        .join(
            ValueBand,
            and_(
                ValueBand.currency == Customer.lifetime_currency, Customer.lifetime_minor >= ValueBand.top_tenth_minor
            ),
        )
        .where(
            Invitation.created_at > since,
            Invitation.created_at <= until,
            Invitation.answered_at.is_(None),
            Invitation.cancelled_at.is_(None),
            Customer.open_cases == 0,
            ~told,
        )
        .distinct()
        .order_by(Invitation.customer_id)
        .limit(MOST)
    ).all()


def _newest_of(session: Session, customers: Sequence[int], now: datetime) -> Iterator[Invitation]:
    """The newest invitation of each of these who fell silent."""
    for start in range(0, len(customers), PORTION):
        place = func.row_number().over(
            partition_by=Invitation.customer_id, order_by=(Invitation.created_at.desc(), Invitation.id.desc())
        )
        placed = (
            select(Invitation.id, place.label("place"))
            .where(Invitation.customer_id.in_(customers[start : start + PORTION]), Invitation.cancelled_at.is_(None))
            .subquery()
        )
        rows = session.scalars(
            select(Invitation)
            .join(placed, placed.c.id == Invitation.id)
            .where(placed.c.place <= LEFT_LYING + LOOKED_AT)
            .order_by(Invitation.customer_id, placed.c.place)
        )
        for _, each in groupby(rows, key=lambda invitation: invitation.customer_id):
            asked = list(each)
            if fell_silent([(one.created_at, one.answered_at is not None) for one in asked], now):
                yield asked[0]
