"""What there is to tell a person about their feedback: facts and days, and no name, order or word of theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.find_case import answer_behind, case_about
from feedback_service.cases.models import Case, CaseEntry, CaseState, EntryKind, Verdict
from feedback_service.cases.recovery import case_asked_about
from feedback_service.delivery.models import Reply
from feedback_service.invitations.models import Invitation
from feedback_service.questionnaires.models import Survey, SurveyKind
from feedback_service.responses.models import Response


@dataclass(frozen=True)
class CaseTold:
    """The case, as far as its customer is told of it."""

    id: int
    resolved_at: datetime | None
    """None while it is open."""
    due_at: datetime
    in_hand_since: datetime | None
    """None while nobody works on it, or only somebody who can no longer sign in."""
    released_words: str | None
    released_at: datetime | None
    verdict: Verdict | None
    verdict_at: datetime | None
    seen: int
    """How far the log had come when it last said what was done: what a page shows, and a press is about."""
    wrote_at: datetime | None

    @property
    def told_since(self) -> bool:
        """Whether the released words are about this end of it, and not about an earlier one."""
        return bool(self.released_at and self.resolved_at and self.released_at >= self.resolved_at)


@dataclass(frozen=True)
class Feedback:
    """Where somebody's feedback stands."""

    received_at: datetime | None
    """None where nothing came yet."""
    answered: bool
    """Whether there is an answer to take back; somebody may only have written back."""
    suspected: bool
    withdrawn_at: datetime | None
    anonymous: bool
    wrote_at: datetime | None
    """When the person last added something, on the page or in a mail."""
    case: CaseTold | None


def feedback_behind(session: Session, invitation: Invitation) -> Feedback:
    """All that the page behind an invitation's status link says."""
    response = answer_behind(session, invitation)
    case_id = case_about(session, invitation)
    case = _case(session, case_id) if case_id is not None else None
    survey = session.get_one(Survey, invitation.survey_key)
    return Feedback(
        received_at=_received_at(session, invitation, response, case),
        answered=response is not None,
        suspected=response is not None and response.suspected is not None,
        withdrawn_at=response.withdrawn_at if response else None,
        anonymous=survey.kind == SurveyKind.ENPS,
        wrote_at=case.wrote_at if case else _replied_at(session, invitation),
        case=case,
    )


def _received_at(
    session: Session, invitation: Invitation, response: Response | None, case: CaseTold | None
) -> datetime | None:
    """When the first of it came; for "did we put it right?" that is what the case grew from."""
    if case is not None and (response is None or case_asked_about(session, invitation) is not None):
        return session.scalar(select(Case.opened_at).where(Case.id == case.id))
    return response.answered_at if response else None


def _replied_at(session: Session, invitation: Invitation) -> datetime | None:
    return session.scalar(select(func.max(Reply.received_at)).where(Reply.invitation_id == invitation.id))


def _case(session: Session, case_id: int) -> CaseTold:
    case, worked_on = session.execute(
        select(Case, User.active)
        .outerjoin(User, User.id == Case.owner_id)
        .where(Case.id == case_id)
        .execution_options(populate_existing=True)
    ).one()
    newest: dict[EntryKind, CaseEntry] = {}
    for entry in session.scalars(select(CaseEntry).where(CaseEntry.case_id == case_id).order_by(CaseEntry.ordinal)):
        newest[entry.kind] = entry
    taken = [newest[kind].at for kind in (EntryKind.ASSIGNED, EntryKind.CLAIMED) if kind in newest]
    wrote = newest.get(EntryKind.CUSTOMER_WROTE)
    return CaseTold(
        id=case.id,
        resolved_at=case.resolved_at if case.state == CaseState.RESOLVED else None,
        due_at=case.due_at,
        in_hand_since=max(taken) if worked_on and taken else None,
        released_words=case.released_words,
        released_at=case.released_at,
        verdict=case.verdict,
        verdict_at=case.verdict_at,
        seen=last_told(newest),
        wrote_at=wrote.at if wrote else None,
    )


def last_told(newest: dict[EntryKind, CaseEntry]) -> int:
    """The entry that last said what was done, by ordinal; 0 where none did. `newest` holds each kind's last entry."""
    return max((newest[kind].ordinal for kind in (EntryKind.RESOLVED, EntryKind.RELEASED) if kind in newest), default=0)
