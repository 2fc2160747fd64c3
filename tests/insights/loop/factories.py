"""A small shop's cases, written row by row so that their times can be counted by hand."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from feedback_service.accounts.teams import team_id
from feedback_service.cases.models import (
    Case,
    CaseDeadline,
    CaseKind,
    CaseOrigin,
    CaseState,
    DeadlineKind,
    EntryKind,
    Outcome,
)
from feedback_service.cases.queues.found import queue_of_team
from feedback_service.cases.rules.routing import CaseReason
from feedback_service.cases.write_log import write_entry
from feedback_service.insights.frame import Page
from feedback_service.insights.loop.reading import Reading
from feedback_service.insights.scope import Scope
from feedback_service.questionnaires.queries import survey_summaries
from tests.cases.factories import KEY
from tests.insights.factories import LISBON
from tests.responses.factories import NPS

ALLOWED = {DeadlineKind.FIRST_RESPONSE: timedelta(hours=8), DeadlineKind.RESOLUTION: timedelta(hours=72)}
_numbers = count(1)


def case_of(
    session: Session,
    opened: datetime,
    *,
    answered: timedelta | None = None,
    resolved: timedelta | None = None,
    owner: int | None = None,
    team: str = "care",
    cause: str | None = None,
    response: int | None = None,
    kind: CaseKind = CaseKind.FOLLOW_UP,
    reached: bool | None = None,
    late: bool = False,
) -> Case:
    """A case with the deadlines of its one opening: 8 hours to answer, 72 to resolve. `late`: what was not done is
    known to be missed. Not committed."""
    number = next(_numbers)
    case = Case(
        origin_kind=CaseOrigin.MANUAL, origin_key=f"loop-{number}",
        queue_id=queue_of_team(session, team_id(session, team)),
        response_id=response, owner_id=owner, kind=kind, reason=CaseReason.DETRACTOR, rule="Detractors", priority=3,
        priority_words="Low", state=CaseState.OPEN if resolved is None else CaseState.RESOLVED, opened_at=opened,
        due_at=opened + ALLOWED[DeadlineKind.FIRST_RESPONSE], sort_at=opened, reached=reached,
        resolved_at=None if resolved is None else opened + resolved, root_cause=cause,
        outcome=None if resolved is None else Outcome.SATISFIED,
    )  # fmt: skip
    session.add(case)
    session.flush()
    if resolved is not None:
        write_entry(session, case.id, EntryKind.RESOLVED, actor_id=None, facts={}, key=KEY, now=opened + resolved)
    for which, after in ((DeadlineKind.FIRST_RESPONSE, answered), (DeadlineKind.RESOLUTION, resolved)):
        met = (False if late else None) if after is None else after <= ALLOWED[which]
        done_at = None if after is None else opened + after
        session.add(
            CaseDeadline(
                case_id=case.id, opening=1, kind=which, due_at=opened + ALLOWED[which], done_at=done_at, met=met
            )
        )
    return case


def reading(session: Session, now: datetime, args: Mapping[str, str] | None = None, *, survey: str = NPS) -> Reading:
    """What the page reads at that address; of all cases unless it says otherwise."""
    asked = {"cases": "all", "survey": survey, **(args or {})}
    summaries = survey_summaries(session)
    scope = Scope.read(asked, now.astimezone(LISBON).date())
    named = next(each for each in summaries if each.key == survey)
    return Reading(session, Page(scope, named, summaries, asked), now, LISBON)


def only(first: date, last: date) -> dict[str, str]:
    """An address that looks at these days, in one period each."""
    return {"from": first.isoformat(), "to": last.isoformat(), "grain": "month"}
