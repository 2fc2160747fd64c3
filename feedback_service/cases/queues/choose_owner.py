"""Chooses whose case it is, by the queue's rule or the routing rule's own; whoever is away gets none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.accounts.absences import away_on
from feedback_service.accounts.models import TeamMember, User
from feedback_service.accounts.teams import next_in_turn
from feedback_service.cases.models import ACTIVE, Case
from feedback_service.cases.queues.models import OwnerRule, Queue
from feedback_service.orders.models import Order

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True)
class About:
    """What an owner can be chosen by."""

    customer_id: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Of the order: its region, its store."""


def about(session: Session, case: Case) -> About:
    """The same of a case that is there."""
    order = session.get(Order, case.order_id) if case.order_id is not None else None
    return About(case.customer_id, order.attributes if order else {})


def choose_owner(
    session: Session,
    queue: Queue,
    owner_rule: OwnerRule,
    case: About,
    now: datetime,
    *,
    zone: ZoneInfo = UTC_ZONE,
    without: Collection[int] = (),
) -> tuple[int | None, str]:
    """Somebody's id, and by what they were chosen, in words; None where nobody is to be, or nobody is there.

    `without` are people who shall not get it, besides those who are away today by the clock of `zone`, switched off,
    or take no cases. Where a rule finds nobody it is the turn of whoever waited longest. The caller holds the team.
    """
    if owner_rule is OwnerRule.UNASSIGNED:
        return None, ""
    left_out = away_today(session, now, zone) | set(without)
    if owner_rule is not OwnerRule.ROUND_ROBIN:
        there = _members_there(session, queue.team_id, left_out)
        found = _BY[owner_rule](session, queue, case, there)
        if found is not None:
            return found
    return next_in_turn(session, queue.team_id, now, without=left_out), "round robin"


def away_today(session: Session, now: datetime, zone: ZoneInfo) -> set[int]:
    """Whose absence covers this day of the shop's."""
    return away_on(session, now.astimezone(zone).date())


def _members_there(session: Session, team_id: int, left_out: Collection[int]) -> set[int]:
    rows = session.scalars(
        select(TeamMember.user_id)
        .join(User, User.id == TeamMember.user_id)
        .where(TeamMember.team_id == team_id, TeamMember.takes_cases, User.active)
    )
    return set(rows) - set(left_out)


def _least_loaded(session: Session, _queue: Queue, _case: About, there: set[int]) -> tuple[int, str] | None:
    if not there:
        return None
    rows = session.execute(
        select(Case.owner_id, func.count()).where(Case.owner_id.in_(there), ACTIVE).group_by(Case.owner_id)
    )
    loads = dict.fromkeys(there, 0) | {owner: count for owner, count in rows if owner is not None}
    return min(there, key=lambda user: (loads[user], user)), "least loaded"


def _by_attribute(_session: Session, queue: Queue, case: About, there: set[int]) -> tuple[int, str] | None:
    name = (queue.owner_attribute or "").casefold()
    value = next((value for key, value in case.attributes.items() if key.casefold() == name), "")
    owner = queue.owners.get(value.strip().casefold())
    return (owner, f"{queue.owner_attribute} {value.strip()}") if owner is not None and owner in there else None


def _account_owner(session: Session, _queue: Queue, case: About, there: set[int]) -> tuple[int, str] | None:
    if case.customer_id is None:
        return None
    last = session.scalar(
        select(Case.owner_id)
        .where(Case.customer_id == case.customer_id, Case.owner_id.is_not(None))
        .order_by(Case.id.desc())
        .limit(1)
    )
    return (last, "account owner") if last is not None and last in there else None


_BY = {
    OwnerRule.LEAST_LOADED: _least_loaded,
    OwnerRule.BY_ATTRIBUTE: _by_attribute,
    OwnerRule.ACCOUNT_OWNER: _account_owner,
}
