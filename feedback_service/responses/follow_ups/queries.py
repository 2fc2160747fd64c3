"""Reads of what was answered after the score."""

from typing import Protocol

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from feedback_service.questionnaires.queries import survey_version
from feedback_service.questionnaires.questions import COMMENT, YES
from feedback_service.responses.models import ContactHow, ContactWhen, Remedy, Response, ResponseAnswer
from feedback_service.responses.rules.answers import CONTACT, REMEDY, Contact, Given
from feedback_service.responses.rules.applicable import pages_for
from feedback_service.responses.rules.bands import band


class OwnAnswers(Protocol):
    """What stands in an answer's own row besides the score."""

    @property
    def id(self) -> int: ...
    @property
    def comment(self) -> str: ...
    @property
    def wants_contact(self) -> bool: ...
    @property
    def remedy(self) -> Remedy | None: ...
    @property
    def contact_how(self) -> ContactHow | None: ...
    @property
    def contact_when(self) -> ContactWhen | None: ...
    @property
    def contact_phone(self) -> str | None: ...


def answers_to_follow_ups(reader: Session | Connection, response: OwnAnswers) -> dict[str, Given]:
    """All that was answered besides the score, by question key, shown or not."""
    rows = reader.execute(
        select(ResponseAnswer.question_key, ResponseAnswer.chosen, ResponseAnswer.text).where(
            ResponseAnswer.response_id == response.id
        )
    )
    others = {row.question_key: Given(tuple(row.chosen), row.text) for row in rows}
    own = {
        COMMENT: Given(text=response.comment),
        **_wishes(response),
    }
    return {key: given for key, given in (own | others).items() if given}


def _wishes(response: OwnAnswers) -> dict[str, Given]:
    """How to be reached belongs to the remedy that somebody gets in touch, else to the wish for it."""
    contact = None
    if response.contact_how is not None and response.contact_when is not None:
        contact = Contact(response.contact_how, response.contact_when, response.contact_phone or "")
    of_remedy = response.remedy is Remedy.CONTACT
    return {
        CONTACT: Given((YES,), contact=None if of_remedy else contact) if response.wants_contact else Given(),
        REMEDY: Given((response.remedy.value,), contact=contact if of_remedy else None) if response.remedy else Given(),
    }


def driver_of(session: Session, response_id: int) -> Given | None:
    """What the person says decided their score, which beats any inference: keys of options, and words beside "other".

    None where it was not asked, not answered, or is not asked of the band that they are in now.
    """
    response = session.execute(
        select(Response.version_id, Response.latest_score, *_OWN).where(Response.id == response_id)
    ).one()
    if response.version_id is None:
        return None
    survey = survey_version(session, response.version_id).definition
    structure = survey.structure
    now_in = band(structure.kind, response.latest_score, survey.rules.thresholds.detractor_max)
    answers = answers_to_follow_ups(session, response)
    put = (question for page in pages_for(structure, now_in, answers) for question in page if question.driver)
    return next((answers[question.key] for question in put if question.key in answers), None)


_OWN = (
    Response.id,
    Response.comment,
    Response.wants_contact,
    Response.remedy,
    Response.contact_how,
    Response.contact_when,
    Response.contact_phone,
)
