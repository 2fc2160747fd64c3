"""How the comment of a case was understood, and the form in which staff correct it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_service.cases.models import Case
from feedback_service.sentiment.forms import CorrectionForm
from feedback_service.sentiment.queries import assessment_of, correction_of, themes_of
from feedback_service.sentiment.reader import Reader
from feedback_service.sentiment.shown import Reading, language_name, reading, theme_titles


def reading_of(session: Session, case: Case, reader: Reader, now: datetime, zone: ZoneInfo) -> Reading | None:
    """None where there is no comment, or it has not been read yet."""
    response = case.response
    if response is None or not response.comment:
        return None
    assessment = assessment_of(session, response.id)
    if assessment is None:
        return None
    return reading(
        response.comment,
        response.latest_score,
        assessment,
        themes_of(session, [response.id]).get(response.id, []),
        correction_of(session, response),
        reader.taxonomy,
        now,
        zone,
    )


def correction_form(found: Reading, reader: Reader, *, filled: bool) -> CorrectionForm:
    """With what was sent where it is `filled`, else with what counts now."""
    languages = {code: language_name(code) for code in reader.languages}
    options = {} if filled else {"formdata": None}
    return CorrectionForm(found, theme_titles(reader.taxonomy), languages, **options)
