"""Takes one rung of a queue's ladder: reminds the owner, gives the case to somebody else, or tells the manager."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.accounts.business_hours import BusinessHours, between
from feedback_service.accounts.managers import managers_of
from feedback_service.accounts.models import TeamMember, User
from feedback_service.cases.hand_over import give_to_another
from feedback_service.cases.models import Case, EntryKind, Escalation
from feedback_service.cases.notices.models import NoticeKind
from feedback_service.cases.notices.notify import notify
from feedback_service.cases.queues.models import Queue
from feedback_service.cases.rules.deadlines import Of, Rung, StepKind
from feedback_service.cases.write_log import write_entry
from feedback_service.database import insert_new
from feedback_service.formats import span

NAMES = {Of.FIRST_RESPONSE: "the first response", Of.RESOLUTION: "the resolution"}


@dataclass(frozen=True)
class _Taking:
    """A rung that is being taken, and why."""

    session: Session
    case: Case
    rung: Rung
    reason: str
    key: bytes
    now: datetime
    zone: ZoneInfo


def escalate(
    session: Session, case: Case, rung: Rung, reason: str, *, key: bytes, now: datetime, zone: ZoneInfo
) -> bool:
    """Whether the rung was taken now; for each opening of a case it is taken once. The caller holds team and case."""
    taken = session.execute(
        insert_new(session, Escalation)
        .values(case_id=case.id, opening=case.opening, rung=rung.number, at=now, reason=reason)
        .returning(Escalation.rung)
    ).first()
    if taken is None:
        return False
    _STEPS[rung.step](_Taking(session, case, rung, reason, key, now, zone))
    return True


def reason_of(rung: Rung, due_at: datetime, hours: BusinessHours | None, now: datetime) -> str:
    """Why a rung is taken, as a clause: how its deadline stands, in the team's time."""
    if now <= due_at:
        left = between(hours, now, due_at)
        return f"{NAMES[rung.of]} is due{_span(' in {}', left)}"
    return f"{NAMES[rung.of]} is{_span(' {}', between(hours, due_at, now))} late"


def _span(words: str, minutes: int) -> str:
    return words.format(span(timedelta(minutes=minutes))) if minutes else ""


def _remind(taking: _Taking) -> None:
    """The owner; where nobody has the case, or whoever has it cannot sign in, everybody in the team who takes cases."""
    owner = taking.session.get(User, taking.case.owner_id) if taking.case.owner_id is not None else None
    if owner is not None and owner.active:
        _log(taking, EntryKind.REMINDED, [owner.id])
        _tell(taking, NoticeKind.REMINDED, [owner.id])
        return
    members = _members(taking)
    _log(taking, EntryKind.REMINDED, members)
    _tell(taking, NoticeKind.REMINDED, members, unowned=True)


def _reassign(taking: _Taking) -> None:
    owner = give_to_another(
        taking.session, taking.case, taking.reason, mail=True, key=taking.key, now=taking.now, zone=taking.zone
    )
    if owner is None:  # a case in somebody's hands is better off than one in nobody's
        _log(taking, EntryKind.ESCALATED, [], reason=f"{taking.reason}, and nobody else is there to take it")


def _tell_managers(taking: _Taking) -> None:
    managers = managers_of(taking.session, _team(taking))
    _log(taking, EntryKind.ESCALATED, managers)
    _tell(taking, NoticeKind.ESCALATED, managers)


_STEPS: Mapping[StepKind, Callable[[_Taking], None]] = {
    StepKind.REMIND: _remind,
    StepKind.REASSIGN: _reassign,
    StepKind.MANAGER: _tell_managers,
}


def _log(taking: _Taking, kind: EntryKind, people: Sequence[int], reason: str = "") -> None:
    whom = {"to": people[0]} if len(people) == 1 else {"people": list(people)}
    facts = {
        "rung": taking.rung.number,
        "step": taking.rung.step.value,
        "deadline": taking.rung.of.value,
        "reason": reason or taking.reason,
        **whom,
    }
    write_entry(taking.session, taking.case.id, kind, actor_id=None, facts=facts, key=taking.key, now=taking.now)


def _tell(taking: _Taking, kind: NoticeKind, people: Sequence[int], *, unowned: bool = False) -> None:
    facts = {"reason": taking.reason, **({"unowned": True} if unowned else {})}
    case = taking.case
    for user_id in people:
        notify(
            taking.session,
            user_id,
            kind,
            key=f"rung:{case.id}:{case.opening}:{taking.rung.number}",
            case_id=case.id,
            facts=facts,
            now=taking.now,
            mail=True,
        )


def _team(taking: _Taking) -> int:
    return taking.session.get_one(Queue, taking.case.queue_id).team_id


def _members(taking: _Taking) -> list[int]:
    return list(
        taking.session.scalars(
            select(TeamMember.user_id)
            .join(User, User.id == TeamMember.user_id)
            .where(TeamMember.team_id == _team(taking), TeamMember.takes_cases, User.active)
            .order_by(TeamMember.user_id)
        )
    )
