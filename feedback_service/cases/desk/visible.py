"""Which queues somebody sees: those of their teams and of teams that are open to all; whoever manages sees each one."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import RoleName, Team, TeamMember, User
from feedback_service.cases.merge import standing_for
from feedback_service.cases.models import Case
from feedback_service.cases.promises.models import Promise
from feedback_service.cases.promises.queries import STANDING
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.search.find import EVERY_CASE

SEES_ALL = frozenset({RoleName.MANAGER, RoleName.ADMIN})


def sees_all(user: User) -> bool:
    """Whether somebody manages, and so sees every queue and deals with everybody's promises."""
    return any(role.name in SEES_ALL for role in user.roles)


def visible_queues(session: Session, user: User) -> frozenset[int] | None:
    """Ids of the queues that somebody sees; None: all of them."""
    if sees_all(user):
        return None
    own_teams = select(TeamMember.team_id).where(TeamMember.user_id == user.id)
    found = select(Queue.id).join(Team, Team.id == Queue.team_id).where(or_(Team.open_to_all, Team.id.in_(own_teams)))
    return frozenset(session.scalars(found))


def may_see(session: Session, user: User, what: Case | int) -> bool:
    """Whether somebody sees a case, or the queue with this id. A case that is theirs they see wherever it lies, and one
    in which they have a promise to keep."""
    if isinstance(what, Case) and what.owner_id == user.id:
        return True
    queues = visible_queues(session, user)
    if queues is None or (what.queue_id if isinstance(what, Case) else what) in queues:
        return True
    return isinstance(what, Case) and _has_promised(session, user, what)


def _has_promised(session: Session, user: User, case: Case) -> bool:
    """In the case itself, or in one for which it goes on."""
    promised_in = session.scalars(select(Promise.case_id).where(Promise.owner_id == user.id, STANDING).distinct()).all()
    return case.id in promised_in or any(standing_for(session, case_id) == case.id for case_id in promised_in)


def seen_by(user_id: int, queues: frozenset[int] | None) -> ColumnElement[bool]:
    """The condition on a case in a list, for somebody who sees these queues. What `may_see` lets in for a promise alone
    stands in the list of promises."""
    if queues is None:
        return EVERY_CASE
    return or_(Case.queue_id.in_(sorted(queues)), Case.owner_id == user_id)
