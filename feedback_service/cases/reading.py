"""How the comment of a case was understood, and the form in which staff correct it."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from feedback_service.accounts.models import User
from feedback_service.cases.models import Case
from feedback_service.config import Settings
from feedback_service.formats import language_name
from feedback_service.sentiment.correct import words_hash
from feedback_service.sentiment.forms import CorrectionForm
from feedback_service.sentiment.models import Assessment, CommentTheme, Correction
from feedback_service.sentiment.reader import Reader
from feedback_service.sentiment.shown import Reading, reading, theme_titles

_RESPONSE_ID = bindparam("response_id", type_=Assessment.response_id.type)
_NEWEST = select(func.max(Correction.id)).where(Correction.response_id == _RESPONSE_ID).scalar_subquery()
_UNDERSTOOD = (
    select(Assessment, CommentTheme, Correction, User.name)
    .outerjoin(CommentTheme, CommentTheme.response_id == Assessment.response_id)
    .outerjoin(Correction, Correction.id == _NEWEST)
    .outerjoin(User, User.id == Correction.by)
    .where(Assessment.response_id == _RESPONSE_ID)
    .order_by(CommentTheme.theme_key)
)
"""All that is known of a comment, with a row for each theme."""


def reading_of(
    session: Session, case: Case, settings: Settings, now: datetime, *, filled: bool = False
) -> tuple[Reading, CorrectionForm] | tuple[None, None]:
    """How it was understood, and the form; nothing where there is no comment, or it has not been read yet.

    The form holds what was sent where it is `filled`, else what counts now.
    """
    response = case.response
    if response is None or not response.comment:
        return None, None
    rows = session.execute(_UNDERSTOOD, {"response_id": response.id}).all()
    if not rows:
        return None, None
    assessment, _, correction, who = rows[0]
    stands = correction is not None and correction.words_hash == words_hash(response.comment)
    reader = Reader.of(session, settings.surveys_folder, settings.shop_locale, models=False)
    found = reading(
        response.comment,
        response.latest_score,
        assessment,
        [row[1] for row in rows if row[1] is not None],
        (correction, who) if stands else None,
        reader.taxonomy,
        now,
        settings.zone,
    )
    languages = {code: language_name(code) for code in reader.languages}
    options = {} if filled else {"formdata": None}
    return found, CorrectionForm(found, theme_titles(reader.taxonomy), languages, **options)
