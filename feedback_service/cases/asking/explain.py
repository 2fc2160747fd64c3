"""Tells the whole story of one person, from the order to the case: every event, decision and rule, in its order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.delivery.explain import mail_lines
from feedback_service.invitations.explain import MOST, Line, Person, asking_lines, person_behind, titles
from feedback_service.invitations.queries import OpenInvitation, open_invitations
from feedback_service.responses.models import Response

_NO_TIME = datetime.max.replace(tzinfo=UTC)  # behind everything that has one


@dataclass(frozen=True)
class Story:
    """One person's: what happened, oldest first; what comes next, soonest first; and what can still be answered."""

    person: Person
    past: list[Line]
    ahead: list[Line]
    open: list[OpenInvitation]


def story_of(session: Session, customer_id: int, now: datetime, zone: ZoneInfo) -> Story | None:
    """The story of a customer under all their names; None where there is no such customer."""
    person = person_behind(session, customer_id)
    if person is None:
        return None
    lines = [
        *asking_lines(session, person, now, zone),
        *mail_lines(session, person, now),
        *_withdrawals(session, person),
        *_cases(session, person),
    ]
    lines.sort(key=lambda line: line.at or _NO_TIME)
    return Story(
        person,
        past=[line for line in lines if not line.ahead],
        ahead=[line for line in lines if line.ahead],
        open=open_invitations(session, person.ids, now),
    )


def _withdrawals(session: Session, person: Person) -> Iterator[Line]:
    rows = session.execute(
        select(Response.withdrawn_at, Response.survey_key)
        .where(Response.customer_id.in_(person.ids), Response.withdrawn_at.is_not(None))
        .order_by(Response.id.desc())
        .limit(MOST)
    ).all()
    named = titles(session)
    for at, survey in rows:
        yield Line(at, f"Took back the answer to {named[survey]}, which was erased")


def _cases(session: Session, person: Person) -> Iterator[Line]:
    cases = session.scalars(select(Case).where(Case.customer_id.in_(person.ids)).order_by(Case.id.desc()).limit(MOST))
    for case in cases:
        yield Line(case.opened_at, f"Case {case.id} was opened", case.rule, case_id=case.id)
        if case.resolved_at is not None:
            yield Line(case.resolved_at, f"Case {case.id} was resolved", case_id=case.id)
